"""Files of documents: lines, limits, and what an input as a whole may be."""

import json
from itertools import islice

import pytest

from accounts.errors import BadInput, WrongUsage
from accounts.reading import read
from accounts.reading.chunks import merge_small_chunks
from accounts.size_limits import MAX_DOCUMENT_BYTES

KEYS = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}


def line(account_id, **more):
    return json.dumps(KEYS | {"account_id": account_id} | more).encode() + b"\n"


def order(path, **options):
    return [str(entry) for chunk in read(path, keep_going=True, **options) for entry in chunk.order]


def refusal(path, **options):
    with pytest.raises(BadInput) as refused:
        list(read(path, **options))
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize("name", ["creators.jsonl", "creators.ndjson", "CREATORS.JSONL"])
def test_lines_are_accounts_in_order(tmp_path, name):
    (tmp_path / name).write_bytes(line("b") + line("a") + line("c").rstrip())
    assert order(str(tmp_path / name)) == ["b", "a", "c"]


def test_small_chunks_are_merged_in_order(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_bytes(line(f"{name}1") + b"{}\n" + line(f"{name}2"))
    single = [chunk for name in "abc" for chunk in read(tmp_path / f"{name}.jsonl", keep_going=True)]
    merged = list(merge_small_chunks(single, 4))
    assert [len(chunk.tables) for chunk in merged] == [4, 2]
    assert [entry for chunk in merged for entry in chunk.order] == [
        one for chunk in single for one in chunk.order
    ]
    assert merged[0].tables.accounts["account_id"].to_list() == ["a1", "a2", "b1", "b2"]
    assert merged[1] is single[2]


def test_blank_lines_carriage_returns_and_a_byte_order_mark_do_not_matter(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + line("a") + b"\r\n  \n" + line("b").replace(b"\n", b"\r\n") + b"\n" + b"{}"
    )
    found = order(path)
    assert found[:2] == ["a", "b"] and all(entry.startswith("creators.jsonl line 6: ") for entry in found[2:])


def test_a_bad_line_is_named_and_loses_no_good_one(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(
        line("a")
        + b'{"account_id" 3}\n'
        + b"\xff\n"
        + line("b", posts=[{"likes": -4}])
        + line("a")
        + line("c")
    )
    assert order(path) == [
        "a",
        "creators.jsonl line 2: must be JSON. Column 15: expecting ':' delimiter.",
        "creators.jsonl line 3: must be UTF-8. Byte 1 is not.",
        "creators.jsonl line 4: posts[0].likes must be a whole number from 0 to 10^15 or null. Got -4.",
        'creators.jsonl line 5: account_id must be unique in the input. Got "a".',
        "c",
    ]


@pytest.mark.parametrize("chunk_accounts", [1, 2, 500])
def test_the_first_bad_account_stops_after_those_before_it(tmp_path, chunk_accounts):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(line("a") + line("b") + line("c", schema=2, folowers=1) + line("d", schema=3))
    chunks = read(path, chunk_accounts=chunk_accounts)
    found = []
    with pytest.raises(BadInput) as refused:
        for chunk in chunks:
            found += chunk.order
    assert found == ["a", "b"]
    assert [fault.place for fault in refused.value.faults] == ["creators.jsonl line 3"] * 2


def test_duplicates_are_found_across_chunks_and_the_first_stays(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(b"".join(line(f"a{number % 70}") for number in range(100)))
    found = order(path, chunk_accounts=3)
    assert found[:70] == [f"a{number}" for number in range(70)]
    assert all("must be unique in the input" in entry for entry in found[70:])


def test_chunks_are_bounded_and_read_only_when_asked_for(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(b"".join(line(f"a{number}") for number in range(25)) + b"broken\n")
    chunks = list(islice(read(path, chunk_accounts=10), 2))
    assert [len(chunk.tables) for chunk in chunks] == [10, 10]


def test_large_documents_make_small_chunks(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(b"".join(line(name, profile={"bio": "x" * (MAX_DOCUMENT_BYTES // 2)}) for name in "abc"))
    assert [len(chunk.tables) for chunk in read(path)] == [2, 1]


def test_a_line_too_long_is_named_and_passed_over(tmp_path):
    path = tmp_path / "creators.jsonl"
    with path.open("wb") as file:
        file.write(line("a"))
        for _ in range(3):
            file.write(b" " * (MAX_DOCUMENT_BYTES // 2 + 1))
        file.write(b"\n" + line("b"))
    assert order(path) == ["a", "creators.jsonl line 2: must be at most 64 MiB long.", "b"]


def test_one_document_may_be_written_over_several_lines(tmp_path):
    path = tmp_path / "creator.json"
    path.write_text(json.dumps(KEYS, indent=2))
    assert order(path) == ["a"]
    path.write_text(json.dumps(KEYS | {"posts": [{"likes": 0.5}]}, indent=2))
    assert order(path) == [
        "creator.json: posts[0].likes must be a whole number from 0 to 10^15 or null. Got 0.5."
    ]
    assert refusal(path) == order(path)


def test_a_document_too_large_is_refused(tmp_path):
    path = tmp_path / "creator.json"
    path.write_bytes(b" " * MAX_DOCUMENT_BYTES + b"{}")
    assert refusal(path) == ["creator.json: must be at most 64 MiB long."]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.json", None, "{path}: does not exist."),
        ("empty.json", b" \n", "empty.json: is empty. An account document was expected."),
        ("empty.jsonl", b"", "empty.jsonl: is empty. An account document in every line was expected."),
        ("blank.jsonl", b"\n\n", "blank.jsonl: is empty. An account document in every line was expected."),
        (
            "creators.xlsx",
            b"PK",
            "creators.xlsx: must end in .json, .jsonl or .ndjson, or be a folder of tables.",
        ),
    ],
)
@pytest.mark.parametrize("keep_going", [True, False])
def test_what_is_no_input_is_refused_in_one_sentence(tmp_path, name, content, sentence, keep_going):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert refusal(path, keep_going=keep_going) == [sentence.format(path=path)]


def test_an_input_of_one_bad_line_says_what_is_wrong_with_it(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(b"[]\n")
    assert refusal(path) == ["creators.jsonl line 1: must be a JSON object. Got a list."]


def test_fewer_than_one_account_a_chunk_cannot_be_meant(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.write_bytes(line("a"))
    with pytest.raises(WrongUsage, match="chunk_accounts"):
        read(path, chunk_accounts=0)


def test_what_the_system_refuses_is_one_sentence(tmp_path):
    path = tmp_path / "creators.jsonl"
    path.symlink_to(path.with_name("creators.json"))
    assert refusal(path) == [f"{path}: does not exist."]
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "accounts.csv").write_text(
        "account_id,platform,as_of\na,x,2026-11-01T00:00:00Z\nb,x,2026-11-01T00:00:00Z\n"
    )
    (folder / "posts.csv").write_text("account_id\nb\na\n")
    (found,) = refusal(folder, temporary=tmp_path / "nowhere")
    assert found.startswith(f"{folder}: cannot be read. ") and "nowhere" in found


def test_a_json_file_may_be_a_list_of_documents(tmp_path):
    path = tmp_path / "creators.json"
    lines = [line(name) for name in ("b", "a", "b")]
    path.write_bytes(b"\xef\xbb\xbf [" + b",".join([*lines[:2], b"7", lines[2]]) + b"]\n")
    found = order(path, chunk_accounts=2)
    assert found[:2] == ["b", "a"]
    assert found[2:] == [
        "creators.json[2]: must be a JSON object. Got 7.",
        'creators.json[3]: account_id must be unique in the input. Got "b".',
    ]
    assert refusal(path) == [found[2]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"[]", "is empty. Account documents were expected."),
        (b'[{"account_id": "a"}', "must be JSON."),
        (b"[{}] x", "must be JSON."),
        (b"[" * 100_000, "must be JSON of a sensible depth."),
    ],
)
def test_a_list_that_is_none_is_refused_as_a_whole(tmp_path, content, sentence):
    (tmp_path / "creators.json").write_bytes(content)
    (found,) = refusal(tmp_path / "creators.json")
    assert found.startswith(f"creators.json: {sentence}")
