# ruff: noqa: E501
"""Folders of tables: Parquet and CSV, in order and not, and what is refused in them."""

import datetime as dt
import io
import json

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from accounts.document import to_documents
from accounts.errors import BadInput
from accounts.reading import read
from accounts.reading.table_files import ParquetTable
from accounts.schema import LISTS, TABLES
from accounts.tables import Tables

AS_OF = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
ACCOUNTS = "account_id,platform,as_of\na,x,2026-11-01T00:00:00Z\nb,x,2026-11-01T00:00:00Z\nc,x,2026-11-01T00:00:00Z\n"


def population(accounts=40):
    """Accounts with rows in every table, nulls, empty texts, and texts that need quoting."""
    generator = np.random.default_rng(7)
    texts = ["", "plain", 'with "quotes", commas', "two\nlines", "é 🔥", None]
    ids = [f"id {number:03d}, é" for number in range(accounts)]

    def rows(number):
        at = AS_OF - dt.timedelta(
            seconds=int(generator.integers(0, 10**7)), microseconds=int(generator.integers(0, 3))
        )
        likes = [None, 0, 10**15, int(generator.integers(0, 999))][number % 4]
        return {"published_at": at, "likes": likes, "caption": texts[number % 6], "text": texts[number % 6]}

    return Tables.of(
        accounts=[
            {"account_id": name, "platform": "x", "as_of": AS_OF, "followers": number, "has_picture": [True, False, None][number % 3]}
            for number, name in enumerate(ids)
        ],
        posts=pl.DataFrame([{"account_id": name, "post_id": f"p{number}"} | rows(number) for name in ids for number in range(7)]).drop("text"),
        comments=pl.DataFrame([{"account_id": name, "post_id": f"p{number % 3}", "by_creator": number == 2} | rows(number) for name in ids[::2] for number in range(11)]).drop("caption"),
        history=[{"account_id": name, "date": dt.date(2026, 9, 1) + dt.timedelta(days=day), "followers": day} for name in ids for day in range(20)],
        audience=[{"account_id": name, "followers": number, "username": "u"} for name in ids[1::2] for number in range(3)],
    )  # fmt: skip


def write(tables, folder, suffix, shuffled=False):
    folder.mkdir(exist_ok=True)
    for name in TABLES:
        frame = tables[name]
        if shuffled and name != "accounts":
            frame = frame.sample(fraction=1, shuffle=True, seed=3)
        if suffix == "parquet":
            frame.write_parquet(folder / f"{name}.parquet", row_group_size=50)
        else:
            frame.with_columns(
                pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
            ).write_csv(folder / f"{name}.csv")
    return folder


def gathered(path, **options):
    return Tables.concat(chunk.tables for chunk in read(path, **options))


def order(path, **options):
    return [str(entry) for chunk in read(path, keep_going=True, **options) for entry in chunk.order]


def refusal(path, **options):
    with pytest.raises(BadInput) as refused:
        list(read(path, **options))
    return [str(fault) for fault in refused.value.faults]


def csv(folder, **files):
    for name, text in ({"accounts": ACCOUNTS} | files).items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def parquet(folder, **frames):
    accounts = pl.DataFrame({"account_id": ["a", "b", "c"], "platform": "x", "as_of": AS_OF})
    for name, frame in ({"accounts": accounts} | frames).items():
        table = pa.table(frame) if isinstance(frame, dict) else frame
        table.write_parquet(folder / f"{name}.parquet") if isinstance(
            table, pl.DataFrame
        ) else pq.write_table(table, folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize("chunk_accounts", [1, 7, 500])
def test_tables_are_read_as_they_were_written(tmp_path, suffix, chunk_accounts):
    tables = population()
    found = gathered(write(tables, tmp_path, suffix), chunk_accounts=chunk_accounts)
    for table in TABLES:
        assert_frame_equal(found[table], tables[table])


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_shuffled_tables_give_the_same_rows_by_account(tmp_path, suffix):
    tables = population()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    folder = write(tables, tmp_path / "tables", suffix, shuffled=True)
    chunks = list(read(folder, chunk_accounts=7, temporary=scratch))
    assert [len(chunk.tables) for chunk in chunks] == [7, 7, 7, 7, 7, 5]
    for chunk in chunks:
        ids = chunk.tables.accounts["account_id"]
        for table in TABLES:
            expected = tables.select(ids)[table]
            assert_frame_equal(chunk.tables[table], expected, check_row_order=table == "accounts")
    assert list(scratch.iterdir()) == []


def test_documents_lines_and_tables_are_the_same_accounts(tmp_path):
    tables = population()
    path = tmp_path / "creators.jsonl"
    path.write_text("".join(json.dumps(document) + "\n" for document in to_documents(tables)))
    found = gathered(path, chunk_accounts=9)
    for table in TABLES:
        assert_frame_equal(found[table], tables[table])


def test_a_table_that_is_not_there_has_no_rows(tmp_path):
    found = gathered(csv(tmp_path))
    assert [found[table].height for table in TABLES] == [3, *[0] * (len(TABLES) - 1)]


def test_other_files_beside_the_tables_do_not_matter(tmp_path):
    (tmp_path / "labels.parquet").write_bytes(b"anything")
    (tmp_path / "notes.csv").write_bytes(b"x")
    assert order(csv(tmp_path)) == ["a", "b", "c"]


def test_a_child_table_of_ids_alone_is_rows_of_nulls(tmp_path):
    found = gathered(csv(tmp_path, audience="account_id\nb\na\nb\n"))
    assert found.audience["account_id"].to_list() == ["a", "b", "b"]


def test_csv_tells_an_empty_text_from_none_and_reads_flags_and_whole_numbers(tmp_path):
    posts = '\ufeffaccount_id,caption,is_sponsored,likes\r\na,"",TRUE,120.0\r\n\r\na,,0,007\r\na,"x\ny",False,5\r\n'
    found = gathered(csv(tmp_path, posts=posts)).posts
    assert found["caption"].to_list() == ["", None, "x\ny"]
    assert found["is_sponsored"].to_list() == [True, False, False]
    assert found["likes"].to_list() == [120, 7, 5]


@pytest.mark.parametrize("dtype", [pa.int8(), pa.uint64(), pa.float32(), pa.float64(), pa.null()])
def test_parquet_counts_may_be_any_numbers_that_are_whole(tmp_path, dtype):
    likes = pa.array([None] * 2 if pa.types.is_null(dtype) else [7, None], dtype)
    found = gathered(parquet(tmp_path, posts={"account_id": ["a", "a"], "likes": likes})).posts
    assert found["likes"].to_list() == ([None, None] if pa.types.is_null(dtype) else [7, None])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "+02:00", "America/New_York"])
def test_parquet_times_of_any_unit_and_zone_become_utc(tmp_path, unit, zone):
    times = pa.array([dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC), None], pa.timestamp(unit, zone))
    found = gathered(parquet(tmp_path, posts={"account_id": ["a", "a"], "published_at": times})).posts
    assert found["published_at"].to_list() == [dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC), None]


@pytest.mark.parametrize(
    "make", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_parquet_texts_may_be_of_any_make(tmp_path, make):
    columns = {
        "account_id": ["b", "a"],
        "post_id": ["p", None],
        "published_at": ["2026-10-01T12:00:00Z", None],
    }
    posts = {name: pa.array(values, pa.string()).cast(make) for name, values in columns.items()}
    found = gathered(parquet(tmp_path, posts=posts)).posts
    assert found.select("account_id", "post_id").rows() == [("a", None), ("b", "p")]
    assert found["published_at"][1] == dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)


def test_parquet_dates_may_be_days_or_texts(tmp_path):
    day = dt.date(2026, 10, 1)
    for number, dates in enumerate((pa.array([day]), pa.array([day], pa.date64()), pa.array(["2026-10-01"]))):
        (tmp_path / str(number)).mkdir()
        found = gathered(parquet(tmp_path / str(number), history={"account_id": ["a"], "date": dates}))
        assert found.history["date"].to_list() == [day]


COUNT = "must be a whole number from 0 to 10^15 or null. Got"
ROWS = [
    ("likes", "-4", f"likes {COUNT} \"-4\"."),
    ("likes", "1e3", f'likes {COUNT} "1e3".'),
    ("likes", "3.5", f'likes {COUNT} "3.5".'),
    ("likes", " 5", f'likes {COUNT} " 5".'),
    ("likes", "+5", f'likes {COUNT} "+5".'),
    ("likes", "-0", f'likes {COUNT} "-0".'),
    ("likes", "+5.0", f'likes {COUNT} "+5.0".'),
    ("likes", "9" * 30, f'likes {COUNT} "{"9" * 30}".'),
    ("likes", '""', f'likes {COUNT} "".'),
    ("is_sponsored", "yes", 'is_sponsored must be true or false, or null. Got "yes".'),
    ("published_at", "2026-10-01T12:00:00", 'published_at must be a time with its zone from 1970 to 2199, such as 2026-11-01T00:00:00Z, or null. Got "2026-10-01T12:00:00".'),
    ("published_at", "2026-11-01T00:00:01Z", 'published_at must not lie after as_of. Got "2026-11-01T00:00:01Z".'),
    ("post_id", '""', 'post_id must be a text of 1 to 256 characters or null. Got "".'),
    ("caption", "\udcff", 'caption must be a text or null. Got "\\xff", which is not UTF-8.'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cell", "sentence"), ROWS, ids=[f"{column}={cell[:9]!r}" for column, cell, _ in ROWS]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_bad_cell_is_named_by_its_row_also_after_sorting(tmp_path, column, cell, sentence, backwards):
    ids = ["c", "b", "a"] if backwards else ["a", "b", "c"]
    text = f"account_id,{column}\n{ids[0]},\n{ids[1]},{cell}\n{ids[2]},\n"
    csv(tmp_path, posts=text.encode("utf-8", "surrogateescape"))
    assert order(tmp_path) == ["a", f"posts.csv row 2: {sentence}", "c"]
    assert refusal(tmp_path) == [f"posts.csv row 2: {sentence}"]


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("likes", [1, -4, 2], f"likes {COUNT} -4."),
        ("likes", pa.array([1, 2**64 - 1, 2], pa.uint64()), f"likes {COUNT} {2**64 - 1}."),
        ("likes", [1.0, 3.5, None], f"likes {COUNT} 3.5."),
        ("likes", pa.array([1.0, float("nan"), None], from_pandas=False), f"likes {COUNT} NaN."),
        ("likes", [1.0, float("inf"), None], f"likes {COUNT} Infinity."),
        ("published_at", pa.array([0, 2 * 10**18, None], pa.int64()).cast(pa.timestamp("ns", "UTC")), "published_at must not lie after as_of. Got"),
        ("published_at", pa.array([0, -(2**62), None], pa.int64()).cast(pa.timestamp("ms", "UTC")), "published_at must be a time with its zone"),
        ("published_at", ["2026-10-01T12:00:00Z", "soon", None], "published_at must be a time with its zone"),
        ("post_id", ["p", "", "p"], "post_id must be a text of 1 to 256 characters or null."),
    ],
)  # fmt: skip
def test_a_bad_value_in_parquet_is_named_by_its_row(tmp_path, column, values, sentence):
    parquet(tmp_path, posts={"account_id": ["a", "b", "c"], column: values})
    good, fault, other = order(tmp_path)
    assert (good, other) == ("a", "c") and fault.startswith(f"posts.parquet row 2: {sentence}")


def test_a_row_of_a_wrong_width_with_a_cell_too_long_for_any_table_is_a_fault_of_its_own(tmp_path, capfd):
    stamp = "2026-11-01T00:00:00Z"
    text = f"account_id,platform,as_of\na,x,{stamp}\nb,x,{stamp},{'z' * 140_000}\nc,x,{stamp}\n"
    found = list(read(csv(tmp_path, accounts=text), keep_going=True))
    assert [name for chunk in found for name in chunk.tables.accounts["account_id"]] == ["a", "c"]
    assert ["row 2" in str(fault) for chunk in found for fault in chunk.faults] == [True]
    assert not capfd.readouterr().err


def test_texts_in_parquet_that_are_no_utf8_are_refused(tmp_path):
    ok, bad = pa.array([b"fine", b"\xff\xfe", b"fine"]), pa.StringArray
    data = bad.from_buffers(3, *ok.buffers()[1:])
    parquet(tmp_path, posts={"account_id": ["a", "b", "c"], "caption": data})
    assert (
        order(tmp_path)[1]
        == 'posts.parquet row 2: caption must be a text or null. Got "\\xff\\xfe", which is not UTF-8.'
    )
    parquet(tmp_path, posts={"account_id": data})
    assert any("account_id must be in the accounts table" in entry for entry in order(tmp_path))


def test_a_bad_text_in_one_of_several_row_groups_leaves_the_others_as_they_are(tmp_path):
    captions = pa.array([b"\xc3\xa9", b"\xff\xfe", "\N{FIRE}".encode()])
    data = pa.StringArray.from_buffers(3, *captions.buffers()[1:])
    parquet(tmp_path)
    posts = pa.table({"account_id": ["a", "b", "c"], "caption": data})
    pq.write_table(posts, tmp_path / "posts.parquet", row_group_size=1)
    good, fault, other = order(tmp_path)
    assert (good, other) == (
        "a",
        "c",
    ) and 'posts.parquet row 2: caption must be a text or null. Got "\\xff' in fault
    assert gathered(tmp_path, keep_going=True).posts["caption"].to_list() == ["é", "\N{FIRE}"]


def test_row_groups_of_one_row_are_read_as_one_of_all_rows(tmp_path):
    tables = population()
    whole, split = tmp_path / "whole", tmp_path / "split"
    write(tables, whole, "parquet", shuffled=True)
    split.mkdir()
    for path in whole.iterdir():
        pq.write_table(pq.read_table(path), split / path.name, row_group_size=1)
    for name in TABLES:
        assert_frame_equal(gathered(split)[name], gathered(whole)[name])
    file = ParquetTable.open("posts", split / "posts.parquet")
    batches = [batch for batch, _ in file.batches(file.names, lambda *_: None)]
    assert [len(batch) for batch in batches] == [len(tables.posts)]


def test_short_batches_are_joined_up_to_some_bytes(tmp_path):
    posts = pa.table({"account_id": ["a"] * 5, "caption": ["x" * 10_000_000] * 5})
    pq.write_table(posts, tmp_path / "posts.parquet", row_group_size=1)
    file = ParquetTable.open("posts", tmp_path / "posts.parquet")
    read_rows = [(len(batch), rows.tolist()) for batch, rows in file.batches(file.names, lambda *_: None)]
    assert read_rows == [(2, [1, 2]), (2, [3, 4]), (1, [5])]


def test_rows_of_unknown_accounts_in_parquet_are_left_out(tmp_path):
    posts = {"account_id": ["a", "zz", "c"], "caption": ["one", "two", "three"]}
    assert order(parquet(tmp_path, posts=posts))[0].startswith("posts.parquet row 2: account_id must be in")
    assert gathered(tmp_path, keep_going=True).posts["caption"].to_list() == ["one", "three"]


def test_rows_of_unknown_accounts_are_told_and_the_rest_is_read(tmp_path):
    posts = "account_id,likes\na,1\nzz,2\nzz,3\n,4\nc,5\nzz,6\n"
    faults = [
        'posts.csv row 2: account_id must be in the accounts table. Got "zz", and in 1 more rows after it.',
        "posts.csv row 4: account_id must be a text of 1 to 256 characters. Got null.",
        'posts.csv row 6: account_id must be in the accounts table. Got "zz".',
    ]
    assert order(csv(tmp_path, posts=posts)) == [*faults, "a", "b", "c"]
    assert gathered(tmp_path, keep_going=True).posts["likes"].to_list() == [1, 5]
    assert refusal(tmp_path) == faults[:1]
    chunk = next(read(tmp_path, keep_going=True))
    assert [fault.account_id for fault in chunk.faults] == ["zz", None, "zz"]


def test_duplicates_and_bad_keys_of_accounts_are_refused_and_the_first_stays(tmp_path):
    accounts = ACCOUNTS + "a,x,2026-11-01T00:00:00Z\n,x,2026-11-01T00:00:00Z\nd,,2026-11-01T00:00:00\n"
    found = order(csv(tmp_path, accounts=accounts, posts="account_id,likes\na,1\nd,2\n"), chunk_accounts=2)
    assert found[:4] == [
        "a",
        "b",
        "c",
        'accounts.csv row 4: account_id must be unique in the input. Got "a".',
    ]
    assert found[4] == "accounts.csv row 5: account_id must be a text of 1 to 256 characters. Got null."
    assert found[5].startswith("accounts.csv row 6: platform must be one of") and found[5].endswith(
        "Got null."
    )
    assert found[6].startswith("accounts.csv row 6: as_of must be a time with its zone")
    assert gathered(tmp_path, keep_going=True).posts["likes"].to_list() == [1]


def test_what_must_be_unique_in_an_account_is(tmp_path):
    csv(
        tmp_path,
        posts="account_id,post_id\na,p\nb,p\na,p\n",
        history="account_id,date\nb,2026-10-01\nb,2026-10-01\n",
    )
    assert order(tmp_path) == [
        'posts.csv row 3: post_id must be unique in the account. Got "p".',
        'history.csv row 2: date must be unique in the account. Got "2026-10-01".',
        "c",
    ]


def test_every_fault_of_an_account_in_every_table_is_told(tmp_path):
    csv(tmp_path, posts="account_id,likes\nb,x\nb,1\nb,y\n", comments="account_id,likes\nb,z\n")
    places = ["posts.csv row 1", "posts.csv row 3", "comments.csv row 1"]
    assert [sentence.split(":")[0] for sentence in refusal(tmp_path)] == places


def test_rows_with_a_wrong_number_of_cells_are_told_and_counted(tmp_path):
    posts = "account_id,likes\na,1\nb\n\nc,2,3\nzz,1,2\nc,x\na,y\n"
    assert order(csv(tmp_path, posts=posts)) == [
        "posts.csv row 4: must have 2 cells, one for each column. Got 3.",
        f'posts.csv row 6: likes {COUNT} "y".',
        "posts.csv row 2: must have 2 cells, one for each column. Got 1.",
        "posts.csv row 3: must have 2 cells, one for each column. Got 3.",
        f'posts.csv row 5: likes {COUNT} "x".',
    ]


def test_many_rows_with_a_wrong_number_of_cells_are_one_refusal(tmp_path):
    csv(tmp_path, posts="account_id,likes\n" + "a\n" * 1001)
    assert refusal(tmp_path, keep_going=True) == [
        "posts.csv: has more than 1,000 rows with a wrong number of cells."
    ]


def test_a_bad_row_of_the_accounts_table_is_told(tmp_path):
    csv(tmp_path, accounts=ACCOUNTS + "d,x\n")
    assert order(tmp_path) == [
        "accounts.csv row 4: must have 3 cells, one for each column. Got 2.",
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    ("posts", "sentence"),
    [
        ("", "posts.csv: is empty. A header with the columns' names was expected."),
        ("account_id,lkes\na,1\n", "posts.csv: lkes is not a column of the posts table; did you mean likes?"),
        ("account_id;likes\na;1\n", "posts.csv: account_id;likes is not a column of the posts table; cells must be separated by commas."),
        ("account_id,likes,likes\na,1,2\n", "posts.csv: likes must be one column. Got it twice."),
        ("likes\n1\n", "posts.csv: account_id must be a column of it. It is missing."),
        ('account_id,caption\na,"open\nb,c\n', "posts.csv: must close every quote. One is open to the end."),
        ('account_id,caption\na,b\nb,"', "posts.csv: must close every quote. One is open to the end."),
        (b"\xff\xfea\x00", "posts.csv: must begin with a header of names in UTF-8."),
        (b"account_id\nb\xff,1,2\n", "posts.csv row 1: must be UTF-8 and have a cell for each column."),
        ("account_id,caption\na," + "x" * (17 * 2**20) + "\n", "posts.csv: must have rows of at most 8 MiB. One is longer, or a quote is never closed."),
    ],
    ids=range(10),
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # pyarrow's, of such a row
def test_a_csv_file_that_cannot_be_the_table_is_refused(tmp_path, posts, sentence):
    assert refusal(csv(tmp_path, posts=posts), keep_going=True)[0].startswith(sentence)


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("published_at", pa.array([dt.datetime(2026, 1, 1)]), "Got a column of timestamp[us]."),
        ("likes", pa.array(["3"]), "Got a column of string."),
        ("likes", pa.array([True]), "Got a column of bool."),
        ("is_sponsored", pa.array([1]), "Got a column of int64."),
        ("caption", pa.array([1]), "Got a column of int64."),
        ("caption", pa.array([["x"]]), "Got a column of list<"),
    ],
)  # fmt: skip
def test_a_parquet_column_of_another_type_is_refused(tmp_path, column, values, sentence):
    (found,) = refusal(parquet(tmp_path, posts={"account_id": ["a"], column: values}), keep_going=True)
    assert found.startswith(f"posts.parquet: {column} must be") and sentence in found


def test_a_parquet_file_that_cannot_be_the_table_is_refused(tmp_path):
    assert refusal(parquet(tmp_path, posts={"account_id": ["a"], "lkes": [1]})) == [
        "posts.parquet: lkes is not a column of the posts table; did you mean likes?"
    ]
    (tmp_path / "posts.parquet").write_bytes(b"PAR1 no")
    (found,) = refusal(tmp_path)
    assert found.startswith("posts.parquet: must be a readable Parquet file.") and "\n" not in found


def test_a_parquet_file_damaged_in_the_middle_is_refused(tmp_path):
    parquet(
        tmp_path,
        posts=pl.DataFrame({"account_id": ["a"] * 999, "caption": [f"text {n}" for n in range(999)]}),
    )
    data = bytearray((tmp_path / "posts.parquet").read_bytes())
    data[4 : len(data) // 2] = bytes(len(data) // 2 - 4)
    (tmp_path / "posts.parquet").write_bytes(data)
    assert refusal(tmp_path, keep_going=True)[0].startswith("posts.parquet: must be a readable Parquet file.")


def test_one_table_in_two_formats_is_refused(tmp_path):
    parquet(csv(tmp_path, posts="account_id\na\n"), posts={"account_id": ["a"]})
    (tmp_path / "accounts.csv").unlink()
    assert refusal(tmp_path) == [f"{tmp_path.name}: must hold posts.parquet or posts.csv, not both."]


def test_formats_may_be_mixed(tmp_path):
    parquet(csv(tmp_path, posts="account_id,likes\na,1\n"), comments={"account_id": ["b"]})
    (tmp_path / "accounts.csv").unlink()
    found = gathered(tmp_path)
    assert (found.posts.height, found.comments.height) == (1, 1)


def test_a_folder_without_accounts_is_refused(tmp_path):
    sentence = [f"{tmp_path.name}: must hold accounts.parquet or accounts.csv."]
    assert refusal(tmp_path) == sentence
    (tmp_path / "posts.csv").write_text("account_id\na\n")
    assert refusal(tmp_path, keep_going=True) == sentence
    csv(tmp_path, accounts="account_id,platform,as_of\n")
    assert refusal(tmp_path) == ["accounts.csv: is empty. A row for each account was expected."]


def test_an_account_with_too_many_rows_is_refused_and_the_others_are_read(tmp_path):
    ids = pl.Series(["a", *["b"] * 1_000_001, "c"])
    parquet(tmp_path, audience=pl.DataFrame({"account_id": ids}))
    found = list(read(tmp_path, keep_going=True))
    assert [str(entry) for chunk in found for entry in chunk.order] == [
        "a",
        "audience.parquet: must hold at most 1,000,000 rows of one account. Got 1,000,001.",
        "c",
    ]
    assert sum(chunk.tables.audience.height for chunk in found) == 2


def test_many_rows_make_small_chunks(tmp_path):
    ids = np.repeat(["a", "b", "c"], [400_000, 200_000, 200_000])
    parquet(tmp_path, audience=pl.DataFrame({"account_id": ids}))
    assert [chunk.order for chunk in read(tmp_path)] == [("a",), ("b", "c")]


@pytest.mark.parametrize("how", ["abandoned", "failed"])
def test_nothing_stays_in_the_temporary_folder(tmp_path, how):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    folder = write(population(), tmp_path / "tables", "parquet", shuffled=True)
    if how == "failed":
        broken = pl.read_parquet(folder / "accounts.parquet").with_columns(platform=pl.lit("myspace"))
        broken.write_parquet(folder / "accounts.parquet")
    chunks = read(folder, chunk_accounts=2, temporary=scratch)
    if how == "failed":
        with pytest.raises(BadInput):
            next(chunks)
    else:
        next(chunks)
        assert list(scratch.iterdir())
        chunks.close()
    assert list(scratch.iterdir()) == []


def test_one_bad_account_among_many_is_all_that_is_lost(tmp_path):
    tables = population()
    bad = tables.accounts["account_id"][5]
    posts = tables.posts.with_columns(pl.when(account_id=bad).then(-1).otherwise("likes").alias("likes"))
    write(Tables.of(**{table: tables[table] for table in TABLES} | {"posts": posts}), tmp_path, "parquet")
    found = gathered(tmp_path, keep_going=True, chunk_accounts=4)
    for table in ("accounts", *LISTS):
        assert_frame_equal(found[table], tables[table].filter(pl.col("account_id") != bad))


def test_the_csv_rows_are_read_wherever_the_blocks_end(tmp_path):
    text = io.StringIO("account_id,caption\n")
    text.seek(0, io.SEEK_END)
    captions = [f"{number} " + 'x"\n,' * 40_000 for number in range(120)]
    for caption in captions:
        text.write('a,"' + caption.replace('"', '""') + '"\n')
    csv(tmp_path, posts=text.getvalue())
    assert gathered(tmp_path).posts["caption"].to_list() == captions


def test_a_quote_open_from_the_first_row_is_refused(tmp_path):
    (tmp_path / "accounts.csv").write_text('account_id,platform,as_of\n"a,x,2026-01-01T00:00:00Z\n')
    with pytest.raises(BadInput, match="must close every quote"):
        list(read(tmp_path))


def test_parquet_whose_column_has_no_legible_name_is_refused(tmp_path):
    pl.DataFrame({"account_id": ["a"], "zzzz": [1]}).write_parquet(tmp_path / "accounts.parquet")
    content = (tmp_path / "accounts.parquet").read_bytes()
    (tmp_path / "accounts.parquet").write_bytes(content.replace(b"zzzz", b"\x95zzz"))
    with pytest.raises(BadInput, match=r"^accounts.parquet: must be a readable Parquet file"):
        list(read(tmp_path))
