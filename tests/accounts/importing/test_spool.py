"""What waits on disk comes back as it was, nothing of it is left behind, and memory does not grow."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import tracemalloc
from collections import defaultdict
from errno import ENOSPC
from operator import itemgetter
from pathlib import Path
from threading import Thread

import pytest

from accounts.errors import BadInput
from accounts.importing import Imported, files, import_paths, name_index, reading, spool, threads
from accounts.importing.catalogue import SOURCES
from accounts.importing.name_index import NameIndex
from accounts.importing.reading import chunks_of
from accounts.importing.spool import Groups, Spool
from benchmarks.speed import importing as benchmark

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
SAMPLES = Path(__file__).parent / "samples"
ONE_ACCOUNT = frozenset({"x-archive"})
"""Sources of one account alone, whose document is as large as the file."""


def keep_little(monkeypatch: pytest.MonkeyPatch, kept_bytes: int, names: int) -> None:
    """Let only so many bytes of rows, and so many names, stand in memory."""
    monkeypatch.setattr(spool, "KEPT_BYTES", kept_bytes)
    monkeypatch.setattr(spool, "BLOCK_BYTES", max(1, kept_bytes // 16))
    monkeypatch.setattr(spool, "FIRST_ROWS", 2)
    monkeypatch.setattr(spool, "WEIGHED", 2)
    monkeypatch.setattr(spool, "MOST_RUNS", 3)
    monkeypatch.setattr(name_index, "MOST_NAMES", names)


def as_json(imported: Imported) -> str:
    """All that came of the files, with the order of every field."""
    accounts = [(one.files, one.document) for one in imported.accounts]
    return json.dumps([accounts, dict(imported.sources), imported.leftovers.lines, imported.notes])


@pytest.mark.parametrize("kept_bytes", [1, 300, 10**6])
def test_rows_come_back_in_their_order(kept_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_little(monkeypatch, kept_bytes, 2)
    rows = [("é" * (number % 40), number, None, {"a": [number]}) for number in range(500)]
    waiting: Spool[object] = Spool()
    assert list(waiting) == []
    for row in rows[:300]:
        waiting.append(row)
    assert list(waiting) == rows[:300]
    for row in rows[300:]:
        waiting.append(row)
    assert list(waiting) == list(waiting) == rows


@pytest.mark.parametrize("kept_bytes", [1, 300, 10**6])
def test_groups_come_back_by_key_with_their_rows_in_order(
    kept_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_little(monkeypatch, kept_bytes, 2)
    draw = random.Random(5)
    expected: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    groups: Groups[int, tuple[int, str]] = Groups()
    assert groups.is_in_memory
    for number in range(800):
        key, row = draw.randrange(60), (number, "x" * draw.randrange(30))
        expected[key].append(row)
        groups.append(key, row)
    assert list(groups) == list(groups) == sorted(expected.items())
    assert groups.is_in_memory == (kept_bytes == 10**6)


@pytest.mark.parametrize("names", [1, 7, 10**6])
def test_an_index_is_a_dictionary(names: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_index, "MOST_NAMES", names)
    draw = random.Random(6)
    last: dict[str, int] = {}
    newest: dict[str, tuple[str, str]] = {}
    index: NameIndex[int] = NameIndex()
    ranked: NameIndex[tuple[str, ...]] = NameIndex(rank=itemgetter(0))
    for number in range(600):
        name, value = f"é\0{draw.randrange(90)}", (str(draw.randrange(9)), str(number))
        last[name] = index[name] = number
        newest[name] = max(newest.get(name, value), value, key=lambda one: (one[0], int(one[1])))
        ranked[name] = value
    asked = [f"é\0{number}" for number in range(100)]
    assert [index.get(name) for name in asked] == [last.get(name) for name in asked]
    assert [name in index for name in asked] == [name in last for name in asked]
    for some in (asked, asked[:3], []):
        found = ranked.among(some)
        assert {name: found[name] for name in some if name in found} == {
            name: newest[name] for name in some if name in newest
        }


def test_an_index_that_another_thread_drops_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_index, "MOST_NAMES", 1)
    index: NameIndex[int] = NameIndex()
    index["rye"] = 5
    failures: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", failures.append)
    holders = [index]
    del index
    dropping = Thread(target=holders.clear)
    dropping.start()
    dropping.join()
    assert not holders and not failures


def test_an_index_without_room_on_the_disk_says_so_as_a_file_does(monkeypatch: pytest.MonkeyPatch) -> None:
    make_table = name_index._table

    def small_table() -> sqlite3.Connection:
        table = make_table()
        table.execute("PRAGMA max_page_count = 2")
        return table

    monkeypatch.setattr(name_index, "_table", small_table)
    monkeypatch.setattr(name_index, "MOST_NAMES", 2_000)
    index: NameIndex[int] = NameIndex()
    with pytest.raises(OSError, match="No space left") as caught:
        for number in range(2_000):
            index[f"name {number}"] = number
    assert caught.value.errno == ENOSPC


@pytest.mark.parametrize("name", [*SOURCES, "."])
def test_documents_are_the_same_from_disk(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    there = as_json(import_paths([SAMPLES / name], as_of=NOW))
    keep_little(monkeypatch, 1, 1)
    imported = import_paths([SAMPLES / name], as_of=NOW)
    assert as_json(imported) == there
    accounts = imported.accounts
    assert not isinstance(accounts, list)
    assert (len(accounts), accounts[0], accounts[-1:]) == (
        len(list(accounts)), next(iter(accounts)), list(accounts)[-1:],
    )  # fmt: skip


def conversations(path: Path, tweets: int, seed: int) -> Path:
    """Tweets in no order, some of them twice, under posts, replies and tweets that no file holds."""
    draw = random.Random(seed)
    rows = []
    for _ in range(tweets):
        row = {
            "type": "tweet", "id": str(draw.randrange(tweets)), "text": "rye", "likeCount": draw.randrange(9),
            "createdAt": f"Tue Oct 20 15:{draw.randrange(60):02}:00 +0000 2026",
            "author": {"userName": f"a{draw.randrange(20)}", "id": "5", "followers": 9},
        }  # fmt: skip
        if draw.random() < 0.6:
            row |= {
                "inReplyToId": str(draw.randrange(2 * tweets)),
                "conversationId": str(draw.randrange(tweets)),
            }
        rows.append(row)
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


@pytest.mark.parametrize("seed", range(4))
def test_threads_are_the_same_from_disk(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = conversations(tmp_path / "tweets.jsonl", 400, seed)
    there = import_paths([path], as_of=NOW)
    kinds = [post.get("kind") for document in there.documents for post in document.get("posts", ())]
    assert {"reply", None} <= set(kinds)
    assert any("comments" in document for document in there.documents)
    keep_little(monkeypatch, 1, 1)
    assert as_json(import_paths([path], as_of=NOW)) == as_json(there)


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    path = conversations(tmp_path / "tweets.jsonl", 200, 5)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    keep_little(monkeypatch, 1, 1)
    gc.collect()
    opened = len(os.listdir("/proc/self/fd"))
    imported = import_paths([path], as_of=NOW)
    assert len(os.listdir("/proc/self/fd")) > opened  # it does stand in files,
    assert not list(folder.iterdir())  # which have no name
    del imported
    with path.open("a") as stream:
        stream.write("\n{broken")
    with pytest.raises(BadInput, match="must be JSON"):
        import_paths([path], as_of=NOW)
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == opened
    assert not list(folder.iterdir())


def test_an_import_is_the_same_with_every_hash_seed() -> None:
    program = (
        "import datetime as dt, json, pathlib, sys; from accounts.importing import import_paths;"
        "found = import_paths([pathlib.Path(sys.argv[1])], as_of=dt.datetime(2026, 11, 1, tzinfo=dt.UTC));"
        "print(json.dumps([found.documents, found.leftovers.lines, found.notes]))"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", program, str(SAMPLES)],
            env=os.environ | {"PYTHONHASHSEED": str(seed)}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in (1, 2)
    ]  # fmt: skip
    assert printed[0] == printed[1]


def peak_of_import(path: Path) -> int:
    """Bytes in use at once, at most, while a file is imported and its accounts are checked."""
    gc.collect()
    tracemalloc.start()
    try:
        for _ in chunks_of(import_paths([path], as_of=NOW)):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("source", sorted(benchmark.SOURCES.keys() - ONE_ACCOUNT))
def test_memory_is_that_of_an_account_and_not_of_the_file(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_little(monkeypatch, 2**16, 200)
    monkeypatch.setattr(reading, "MOST_ROWS", 100)
    monkeypatch.setattr(files, "MOST_OF_HEAD", 2)
    monkeypatch.setattr(threads, "AT_ONCE", 50)
    peaks = []
    for megabytes in (1, 4):
        monkeypatch.setattr(benchmark, "CREATORS", 100 * megabytes)  # documents of the same size
        path = tmp_path / f"{megabytes}.jsonl"
        benchmark.write(path, benchmark.SOURCES[source](), megabytes)
        peaks.append(peak_of_import(path))
    assert peaks[1] < 1.5 * peaks[0]
