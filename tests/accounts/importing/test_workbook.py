"""Workbooks: sheets of any kind, and files that would unpack to more than a computer has."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from accounts.errors import BadInput
from accounts.importing import import_paths
from accounts.importing import workbook as workbooks
from accounts.importing.folders import files_of
from accounts.importing.workbook import FREE_BYTES, LONGEST_TEXT, MOST_PARTS, MOST_SHEETS, rows_of, sheets_of

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{}</Relationships>"
)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)


def workbook(shared: tuple[str, ...] = (), **sheets: str) -> bytes:
    """A workbook of sheets, each the XML of its rows, and of the texts that its cells share."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", TYPES)
        office = f'<Relationship Id="r" Type="{KIND}/officeDocument" Target="xl/workbook.xml"/>'
        file.writestr("_rels/.rels", RELATIONS.format(office))
        parts = [
            f'<Relationship Id="s{number}" Type="{KIND}/worksheet" Target="worksheets/sheet{number}.xml"/>'
            for number, _ in enumerate(sheets, 1)
        ]
        styles = f'<Relationship Id="t" Type="{KIND}/styles" Target="styles.xml"/>'
        styles += f'<Relationship Id="x" Type="{KIND}/sharedStrings" Target="sharedStrings.xml"/>'
        texts = "".join(f"<si><t>{text}</t></si>" for text in shared)
        file.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format("".join([*parts, styles])))
        file.writestr("xl/styles.xml", STYLES)
        main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        listed = "".join(
            f'<sheet name="{name}" sheetId="{number}" r:id="s{number}"/>'
            for number, name in enumerate(sheets, 1)
        )
        file.writestr(
            "xl/workbook.xml", f'<workbook {main} xmlns:r="{KIND}"><sheets>{listed}</sheets></workbook>'
        )
        for number, rows in enumerate(sheets.values(), 1):
            file.writestr(
                f"xl/worksheets/sheet{number}.xml",
                f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>",
            )
        file.writestr("xl/sharedStrings.xml", f"<sst {main}>{texts}</sst>")
    return packed.getvalue()


def row(number: int, *cells: object) -> str:
    """The XML of a row; pairs are a number and its style."""
    written = []
    for column, cell in zip("ABCDEFGH", cells, strict=False):
        if isinstance(cell, tuple):
            written.append(f'<c r="{column}{number}" s="{cell[1]}"><v>{cell[0]}</v></c>')
        elif isinstance(cell, (int, float)):
            written.append(f'<c r="{column}{number}"><v>{cell}</v></c>')
        else:
            written.append(f'<c r="{column}{number}" t="inlineStr"><is><t>{cell}</t></is></c>')
    return f'<row r="{number}">{"".join(written)}</row>'


POSTS = (
    row(1, "Username", "Date", "Likes", "Comments", "Post ID")
    + row(2, "bread.lab", (46315.5, 2), 1505, 31, "p1")
    + row(3, "bread.lab", (46308, 1), 78, 4, 7.14e18)
)
CREATORS = row(1, "Handle", "Followers", "Platform") + row(2, "bread.lab", "25.1K", "Instagram")


def test_cells_are_texts_as_a_csv_file_has_them() -> None:
    rows = list(rows_of(workbook(Posts=POSTS), "book.xlsx"))
    assert rows[1] == ["bread.lab", "2026-10-20T12:00:00", "1505", "31", "p1"]
    assert rows[2] == ["bread.lab", "2026-10-13", "78", "4", "7.14e+18"]


def test_every_sheet_is_read_by_itself(tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").write_bytes(workbook(Posts=POSTS, Creators=CREATORS))
    assert [file.name for file in files_of([tmp_path / "book.xlsx"])] == [
        "book.xlsx [Posts]",
        "book.xlsx [Creators]",
    ]
    imported = import_paths([tmp_path / "book.xlsx"], as_of=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    (document,) = imported.documents
    assert document["platform"] == "instagram"
    assert document["profile"]["followers"] == 25100
    posts = document["posts"]
    assert [post["likes"] for post in posts] == [1505, 78]
    assert posts[0]["published_at"] == "2026-10-20T12:00:00Z"
    assert posts[1]["post_id"] == "book.xlsx [Posts] row 3"


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>',
        '<row r="1048576"><c r="XFC0001048576"><v>1</v></c><c><v>1</v></c></row>',
        f'<row r="1048576">{"<c><v>1</v></c>" * 30}</row>',
        '<row r="2"><c r="XFD2"/></row>' + "<row/>" * 1_500,
    ],
)
@pytest.mark.parametrize("place", ["worksheets", "elsewhere"])
def test_a_sheet_with_one_cell_far_away_is_refused(far: str, place: str) -> None:
    content = workbook(Posts=row(1, "Handle") + far)
    moved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(moved, "w") as new:
        for member in old.infolist():
            part = old.read(member).replace(b"worksheets/", place.encode() + b"/")
            new.writestr(member.filename.replace("worksheets", place), part)
    with pytest.raises(BadInput, match="must have at most 20,000,000 cells in all"):
        list(rows_of(moved.getvalue(), "book.xlsx"))


def test_a_sheet_may_begin_anywhere() -> None:
    rows = (
        '<row r="2"><c r="C2"><v>1</v></c></row><row r="4"><c r="B4"><v>2</v></c><c r="D4"><v>3</v></c></row>'
    )
    found = list(rows_of(workbook(Posts=rows), "book.xlsx"))
    assert found == [[""] * 4, ["", "", "1", ""], [""] * 4, ["", "2", "", "3"]]


@pytest.mark.parametrize(
    "rows", ['<row r="1048576"><c r="H1048576"><v>1</v></c></row>', "<row/>" * 1_000_000]
)
def test_a_sheet_that_is_nearly_empty_is_refused(rows: str) -> None:
    with pytest.raises(BadInput, match="must not be nearly empty"):
        list(rows_of(workbook(Posts=row(1, "Handle", "Followers") + rows), "book.xlsx"))


def test_a_sheet_with_a_cell_below_many_others_is_read() -> None:
    far = '<row r="900"><c r="H900"><v>1</v></c></row>'
    assert len(list(rows_of(workbook(Posts=row(1, "Handle") + far), "book.xlsx"))) == 900


@pytest.mark.parametrize("place", ["cell", "before the sheet"])
def test_a_text_that_no_cell_can_hold_is_refused(place: str) -> None:
    long = "ab" * LONGEST_TEXT
    rows = row(1, "Handle") + (row(2, long) if place == "cell" else f"<!--{long}-->")
    with pytest.raises(BadInput, match="must have at most 32,767 characters in a cell"):
        sheets_of(workbook(Posts=rows), "book.xlsx")


def test_a_workbook_that_becomes_hundreds_of_times_larger_is_refused() -> None:
    rows = "<row><c/></row>" * (FREE_BYTES // 15 + 1)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(Posts=rows))) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new,
    ):
        for member in old.infolist():
            new.writestr(member.filename, old.read(member))
    assert len(packed.getvalue()) < FREE_BYTES // 200
    with pytest.raises(BadInput, match="must unpack to at most 16 MiB"):
        sheets_of(packed.getvalue(), "book.xlsx")


def references(count: int, value: str) -> str:
    return "".join(
        f'<row r="{number}"><c r="A{number}" t="s">{value}</c></row>' for number in range(1, count + 1)
    )


@pytest.mark.parametrize("value", ["<v>1</v>", "<v>+1</v>", "<v>0000000000000000000001</v>", "<v>7</v>"])
def test_a_text_that_cells_share_counts_as_often_as_they_do(value: str) -> None:
    shared = ("a", "b" * 32_000)
    few, many = references(20, value), references(FREE_BYTES // 32_000 + 1, value)
    with pytest.raises(BadInput, match="must unpack to at most 16 MiB"):
        sheets_of(workbook(shared, S=many), "x.xlsx")
    assert sheets_of(workbook(shared, S=few), "x.xlsx") == ["S"]
    short = references(FREE_BYTES // 32_000 + 1, "<v>0</v>")
    assert next(iter(rows_of(workbook(shared, S=short), "x.xlsx"))) == ["a"]


def test_a_second_part_of_shared_texts_hides_no_length() -> None:
    packed = io.BytesIO(workbook(("b" * 32_000,), S=references(FREE_BYTES // 32_000 + 1, "<v>0</v>")))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/other.xml", f"<sst><si><t></t></si><si><t>{'c' * 40_000}</t></si></sst>")
    with pytest.raises(BadInput, match="must unpack to at most 16 MiB"):
        sheets_of(packed.getvalue(), "x.xlsx")


def test_pictures_are_not_even_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO(workbook(Posts=POSTS))
    with zipfile.ZipFile(content, "a") as book:
        book.writestr("xl/media/image1.PNG", b"\0" * 2**20)
    monkeypatch.setattr("accounts.importing.workbook.MAX_UNPACKED_BYTES", 2**19)
    assert sheets_of(content.getvalue(), "book.xlsx") == ["Posts"]


def test_a_workbook_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.importing.workbook.MAX_UNPACKED_BYTES", 2**20)
    with pytest.raises(BadInput, match="must unpack to at most 1 MiB"):
        sheets_of(workbook(Posts=" " * 2**21), "book.xlsx")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no workbook", workbook(Posts=POSTS)[:-40]])
def test_what_is_no_workbook_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(BadInput, match=r"book\.xlsx: must be an Excel workbook"):
        sheets_of(content, "book.xlsx")


def repacked(content: bytes, **changes: str) -> bytes:
    """A workbook with other parts: by name, with ``__`` for a slash and no suffix, their XML."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for member in old.infolist():
            name = member.filename.removesuffix(".xml").removesuffix(".xml.rels").replace("/", "__")
            new.writestr(member.filename, changes.get(name, old.read(member)))
    return packed.getvalue()


def test_a_workbook_is_unpacked_and_opened_once_for_all_of_its_sheets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, unpack = [], workbooks._bounded
    monkeypatch.setattr(workbooks, "_bounded", lambda *parts: opened.append(parts[1]) or unpack(*parts))
    sheets = {f"Posts{number}": POSTS for number in range(20)}
    (tmp_path / "book.xlsx").write_bytes(workbook(**sheets))
    files = list(files_of([tmp_path / "book.xlsx"]))
    assert [len(list(file.rows)) for file in files] == [2] * 20
    assert all(file.header for file in files)
    assert opened == ["book.xlsx"]


def test_a_workbook_with_very_many_sheets_is_refused() -> None:
    sheets = {f"s{number}": "" for number in range(MOST_SHEETS + 1)}
    with pytest.raises(BadInput, match=r"book\.xlsx: must have at most 250 sheets\. Got 251\."):
        sheets_of(workbook(**sheets), "book.xlsx")
    del sheets["s0"]
    assert len(sheets_of(workbook(**sheets), "book.xlsx")) == MOST_SHEETS


@pytest.mark.parametrize(
    "place", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "Worksheets\\sheet1.XML"]
)
def test_sheets_that_are_one_part_are_refused(place: str) -> None:
    content = workbook(Posts=POSTS, Again=POSTS)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        places = book.read("xl/_rels/workbook.xml.rels").decode()
    shared = repacked(content, xl___rels__workbook=places.replace("worksheets/sheet2.xml", place))
    with pytest.raises(BadInput, match="must have a part of its own for each sheet"):
        sheets_of(shared, "book.xlsx")


def test_a_workbook_of_very_many_parts_is_refused_before_any_is_looked_at() -> None:
    packed = io.BytesIO(workbook(Posts=POSTS))
    with zipfile.ZipFile(packed, "a") as book:
        for number in range(MOST_PARTS):
            book.writestr(f"xl/comments/{number}.xml", "")
    with pytest.raises(BadInput, match="must be packed of at most 5,000 files"):
        sheets_of(packed.getvalue(), "book.xlsx")


def test_a_part_that_is_there_twice_is_refused() -> None:
    packed = io.BytesIO(workbook(Posts=POSTS))
    with zipfile.ZipFile(packed, "a") as book, pytest.warns(UserWarning, match="Duplicate name"):
        book.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(BadInput, match="must have each of its parts once"):
        sheets_of(packed.getvalue(), "book.xlsx")


def test_a_document_of_another_office_is_not_read_without_the_bounds() -> None:
    """One cell that repeats itself a thousand million times."""
    table = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="100000">'
        '<table:table-cell table:number-columns-repeated="10000" office:value-type="float" office:value="1"/>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("META-INF/manifest.xml", "<manifest/>")
        file.writestr("content.xml", table)
    with pytest.raises(BadInput, match="must be an Excel workbook"):
        sheets_of(packed.getvalue(), "book.xlsx")
