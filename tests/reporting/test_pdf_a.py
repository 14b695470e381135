"""What of PDF/A-3a (ISO 19005-3, level A) can be checked without a validator: the rules that a file breaks.

No validator of PDF/A is a Python package, so this is a part of the standard: the file's frame, metadata,
output intent, fonts and their widths, images, colours, actions, annotations, tags and attached files. Not
checked: XMP's own schema, the order of tags against the order of reading, and whether a figure's words fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from pypdf.generic import (
    BooleanObject,
    ContentStream,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)  # fmt: skip

ACTIONS = {
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/JavaScript", "/SubmitForm",
    "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView",
}  # fmt: skip
BLEND_MODES = {"/Normal", "/Compatible"}
FORBIDDEN_KEYS = ("/JS", "/JavaScript", "/AA", "/XFA", "/OPI", "/Ref", "/Alternates", "/TR", "/HTP")


def broken_rules(content: bytes) -> list[str]:
    """Every rule that is broken, with the number of the object."""
    return _rules(content, PdfReader(BytesIO(content), strict=True))


def _rules(content: bytes, reader: PdfReader) -> list[str]:
    found = [*_file(content, reader), *_metadata(reader), *_intent(reader), *_tags(reader)]
    for number, value in _objects(reader):
        found += [f"object {number}: {rule}" for rule in _object(value)]
    for place, page in enumerate(reader.pages, 1):
        found += [f"page {place}: {rule}" for rule in _page(page, reader)]
    return [*found, *_attachments(reader)]


def _objects(reader: PdfReader) -> Iterator[tuple[int, DictionaryObject]]:
    size: Any = reader.trailer["/Size"]
    for number in range(1, int(size)):
        value = reader.get_object(IndirectObject(number, 0, reader))
        if isinstance(value, DictionaryObject):
            yield number, value


def _file(content: bytes, reader: PdfReader) -> Iterator[str]:
    first, second = content.split(b"\n", 2)[:2]
    if not re.fullmatch(rb"%PDF-1\.[0-7]", first):
        yield "6.1.2: the first line is not %PDF-1.n"
    if not (second.startswith(b"%") and len(second) >= 5 and all(byte > 127 for byte in second[1:5])):
        yield "6.1.2: the second line has no four bytes over 127"
    if not content.rstrip(b"\r\n").endswith(b"%%EOF"):
        yield "6.1.3: something follows %%EOF"
    if reader.is_encrypted or "/Encrypt" in reader.trailer:
        yield "6.1.3: it is encrypted"
    if "/ID" not in reader.trailer:
        yield "6.1.3: it has no identifier"


def _metadata(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    written = root["/Metadata"].get_object().get_data().decode()
    if 'pdfaid:part="3"' not in written or 'pdfaid:conformance="A"' not in written:
        yield "6.6.4: the metadata do not say part 3, conformance A"
    for key, value in (reader.trailer["/Info"] or {}).items():  # type: ignore[attr-defined]
        if key in ("/CreationDate", "/ModDate"):
            continue
        if str(value) not in unescape(written):
            yield f"6.6.3: {key} is not the same in the metadata"


def _intent(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    (intent,) = root["/OutputIntents"]
    profile = intent.get_object()["/DestOutputProfile"].get_object()
    header = profile.get_data()[:40]
    if intent.get_object()["/S"] != "/GTS_PDFA1":
        yield "6.2.3: the output intent is none of PDF/A"
    if profile["/N"] != 3 or header[16:20] != b"RGB " or header[36:40] != b"acsp" or header[8] > 4:
        yield "6.2.3: the profile is no ICC profile of RGB up to version 4"


def _tags(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    if not root["/MarkInfo"]["/Marked"] or "/StructTreeRoot" not in root:
        yield "6.7.2: it is not tagged"
    if not root.get("/Lang"):
        yield "6.7.4: no language is said"
    for number, value in _objects(reader):
        if value.get("/S") == "/Figure" and not value.get("/Alt"):
            yield f"6.7.8: figure {number} has no words instead"


def _object(value: DictionaryObject) -> Iterator[str]:
    for key in FORBIDDEN_KEYS:
        if key in value:
            yield f"has {key}"
    if value.get("/S") in ACTIONS:
        yield f"6.5.1: is an action {value['/S']}"
    if isinstance(value, StreamObject):
        yield from _stream(value)
    if value.get("/Type") == "/ExtGState" or "/BM" in value:
        modes = value.get("/BM", "/Normal")
        if modes not in BLEND_MODES:
            yield f"6.2.10: blends as {modes}"
    if value.get("/Subtype") == "/Link" and not int(value.get("/F", 0)) & 4:
        yield "6.3.2: an annotation is not printed"
    if value.get("/Type") == "/Font":
        yield from _font(value)


def _stream(value: StreamObject) -> Iterator[str]:
    if "/F" in value or "/FFilter" in value or "/FDecodeParms" in value:
        yield "6.1.7.1: its bytes lie outside of the file"
    if "/LZWDecode" in str(value.get("/Filter")) or "/Crypt" in str(value.get("/Filter")):
        yield "6.1.7.2: a filter that is not allowed"
    if value.get("/Subtype") == "/Image":
        if value.get("/Interpolate") == BooleanObject(True):
            yield "6.2.8: an image is interpolated"
        if value.get("/ColorSpace") not in (None, "/DeviceRGB", "/DeviceGray"):
            yield f"6.2.4: an image's colours are {value.get('/ColorSpace')}"
    if value.get("/Subtype") == "/PS":
        yield "6.2.9: it is PostScript"


def _font(font: DictionaryObject) -> Iterator[str]:
    if font["/Subtype"] == "/Type0":
        if "/ToUnicode" not in font:
            yield "6.2.11.7: no way from a font's glyphs to characters"
        return
    descriptor: Any = font.get("/FontDescriptor")
    programs = [key for key in ("/FontFile", "/FontFile2", "/FontFile3") if descriptor and key in descriptor]
    if not programs:
        if font["/Subtype"] != "/Type3":
            yield f"6.2.11.4: font {font.get('/BaseFont')} is not in the file"
        return
    if font["/Subtype"] == "/CIDFontType2":
        if font.get("/CIDToGIDMap") is None:
            yield "6.2.11.3: no way from codes to glyphs"
        program = TTFont(BytesIO(descriptor[programs[0]].get_object().get_data()))
        yield from _widths(font, program)


def _widths(font: Any, program: TTFont) -> Iterator[str]:
    """Widths that the page reckons with are those of the font, within one in a thousand."""
    names, unit = program.getGlyphOrder(), program["head"].unitsPerEm
    written = iter(font.get("/W", ()))
    for first in written:
        for offset, width in enumerate(next(written)):
            place = int(first) + offset
            if place >= len(names):
                yield f"6.2.11.4.1: glyph {place} of {font['/BaseFont']} is not in the file"
                continue
            name = names[place]
            own = 1000 * program["hmtx"][name][0] / unit
            if abs(own - float(width)) > 1:
                yield f"6.2.11.5: glyph {name} of {font['/BaseFont']} is {own:.0f} wide, not {width}"


def _page(page: Any, reader: PdfReader) -> Iterator[str]:
    """Colours that the output intent covers, graphics states not too deep, every text within a tag."""
    depth = marked = 0
    for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
        depth += (operator == b"q") - (operator == b"Q")
        if operator in (b"BMC", b"BDC"):
            marked += 1
        elif operator == b"EMC":
            marked -= 1
        elif operator in (b"k", b"K"):
            yield "6.2.4: colours of print"
        elif operator == b"ri" and operands[0] not in ("/RelativeColorimetric", "/Perceptual"):
            yield f"6.2.6: rendering intent {operands[0]}"
        elif operator in (b"Tj", b"TJ") and not marked:
            yield "6.7.3: a text stands outside of every tag"
        if depth > 28:
            yield "6.1.13: graphics states nest deeper than 28"
    if depth or marked:
        yield f"{depth} graphics states and {marked} tags are not closed"


def _attachments(reader: PdfReader) -> Iterator[str]:
    root: Any = reader.trailer["/Root"]
    associated = [one.get_object() for one in root.get("/AF", ())]
    if len({id(one) for one in associated}) != len(associated):
        yield "6.8: a file is associated twice"
    names = root["/Names"]["/EmbeddedFiles"]["/Names"][1::2]
    for one in (name.get_object() for name in names):
        if not any(one is other for other in associated):
            yield "6.8: an attached file is not associated with the document"
    for one in associated:
        if not {"/F", "/UF", "/AFRelationship"} <= set(one):
            yield "6.8: an attached file lacks its names or its relationship"
        embedded = one["/EF"]["/F"].get_object()
        if "/Subtype" not in embedded or "/ModDate" not in embedded["/Params"]:
            yield "6.8: an attached file lacks its type or its date"


def test_a_report_breaks_no_rule_of_pdf_a(pdf: bytes) -> None:
    assert not broken_rules(pdf)


def test_a_report_with_every_script_and_emoji_breaks_none(hostile_pdf: bytes) -> None:
    fonts = {str(value.get("/BaseFont")) for _, value in _objects(PdfReader(BytesIO(hostile_pdf)))}
    for name in ("Arabic", "Hebrew", "Devanagari", "Emoji"):
        assert any(name in font for font in fonts), name
    assert any(value.get("/Subtype") == "/Image" for _, value in _objects(PdfReader(BytesIO(hostile_pdf))))
    assert not broken_rules(hostile_pdf)


def _change_intent(reader: PdfReader) -> None:
    root: Any = reader.trailer["/Root"]
    root["/OutputIntents"][0].get_object()[NameObject("/S")] = NameObject("/GTS_PDFX")


def _change_image(reader: PdfReader) -> None:
    image = next(value for _, value in _objects(reader) if value.get("/Subtype") == "/Image")
    image[NameObject("/Interpolate")] = BooleanObject(True)


def _take_font_out(reader: PdfReader) -> None:
    del next(value for _, value in _objects(reader) if "/FontFile2" in value)["/FontFile2"]


def _take_words_out(reader: PdfReader) -> None:
    del next(value for _, value in _objects(reader) if value.get("/S") == "/Figure")["/Alt"]


def _take_relationship_out(reader: PdfReader) -> None:
    del next(value for _, value in _objects(reader) if "/AFRelationship" in value)["/AFRelationship"]


def _add_a_script(reader: PdfReader) -> None:
    root: Any = reader.trailer["/Root"]
    root["/Pages"].get_object()[NameObject("/JS")] = BooleanObject(True)


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("6.2.3", _change_intent), ("6.2.8", _change_image), ("6.2.11.4", _take_font_out),
        ("6.7.8", _take_words_out), ("6.8", _take_relationship_out), ("has /JS", _add_a_script),
    ],
)  # fmt: skip
def test_a_broken_rule_is_seen(hostile_pdf: bytes, rule: str, change: Callable[[PdfReader], None]) -> None:
    reader = PdfReader(BytesIO(hostile_pdf))
    change(reader)
    assert any(rule in found for found in _rules(hostile_pdf, reader))


def test_bytes_after_the_end_are_seen(hostile_pdf: bytes) -> None:
    assert "6.1.3: something follows %%EOF" in _file(hostile_pdf + b"more", PdfReader(BytesIO(hostile_pdf)))
