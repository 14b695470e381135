"""Coverage-guided fuzzing of every reader: ``make fuzz``, or ``python tests/fuzz/readers.py WHICH``.

Whatever bytes come, a reader gives accounts or refuses in sentences. Anything else that it raises, ten
seconds without an answer and two gigabytes of memory are findings; libFuzzer writes the bytes to a file.
What follows WHICH are libFuzzer's own options, such as ``-max_total_time=60``.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["accounts"]):
    from accounts.digest import account_digests
    from accounts.document import to_documents
    from accounts.errors import AssayError
    from accounts.reading import read, read_document, read_documents
    from accounts.reading.bounds import check_shape
    from accounts.reading.json_parser import ParseError
    from accounts.schema import TABLES
    from accounts.simulation import simulate
    from accounts.tables import Tables

HERE = Path(tempfile.mkdtemp(prefix="assay-fuzz-"))
CUT = b"\x00\xff\x00"
"""Between the tables of a folder; one after the other, in the order of the schema."""

OPTIONS = ["-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"]


def refused_or_read(path: Path) -> None:
    """Read a path; what is good in it can be written down and read again, and is the same."""
    for keep_going in (False, True):
        try:
            for chunk in read(path, keep_going=keep_going):
                assert all(str(fault).strip() for fault in chunk.faults)
                same_again(chunk.tables)
        except AssayError as error:
            assert str(error).strip()


def same_again(tables: Tables) -> None:
    """Documents of accounts are read as those accounts."""
    documents = list(to_documents(tables))
    again = read_documents(documents)
    assert not again.faults
    assert account_digests(again.tables) == account_digests(tables)


def document(data: bytes) -> None:
    """One document, as the service reads it."""
    try:
        check_shape(data, 64)
        same_again(read_document(data))
    except (AssayError, ParseError) as error:
        assert str(error).strip()


def json_file(data: bytes) -> None:
    """One document in a file."""
    (HERE / "account.json").write_bytes(data)
    refused_or_read(HERE / "account.json")


def lines(data: bytes) -> None:
    """JSON Lines."""
    (HERE / "accounts.jsonl").write_bytes(data)
    refused_or_read(HERE / "accounts.jsonl")


def tables(suffix: str) -> Callable[[bytes], None]:
    """A folder of tables."""

    def folder(data: bytes) -> None:
        place = HERE / "tables"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        for name, content in zip(TABLES, data.split(CUT), strict=False):
            (place / f"{name}{suffix}").write_bytes(content)
        refused_or_read(place)

    return folder


READERS: dict[str, Callable[[bytes], None]] = {
    "document": document,
    "json": json_file,
    "lines": lines,
    "csv": tables(".csv"),
    "parquet": tables(".parquet"),
}


def seeds(which: str) -> Path:
    """A corpus to begin with: a few simulated accounts in the reader's form."""
    folder = HERE / "seeds"
    folder.mkdir()
    population = simulate(4, 1).tables
    small = population.map(lambda _, rows: rows.group_by("account_id", maintain_order=True).head(6))
    texts = [json.dumps(one).encode() for one in to_documents(small)]
    if which in {"document", "json"}:
        contents = texts
    elif which == "lines":
        contents = [b"\n".join(texts)]
    else:
        contents = [CUT.join(written(small[name], which) for name in TABLES)]
    for number, content in enumerate(contents):
        (folder / str(number)).write_bytes(content)
    return folder


def written(frame: object, form: str) -> bytes:
    """A table's file."""
    sink = io.BytesIO()
    getattr(frame, f"write_{form}")(sink)
    return sink.getvalue()


def main() -> None:
    """Fuzz one reader until it is told to stop."""
    which, options = sys.argv[1], sys.argv[2:]
    atheris.Setup([sys.argv[0], str(seeds(which)), *OPTIONS, *options], READERS[which])
    try:
        atheris.Fuzz()
    finally:
        shutil.rmtree(HERE, ignore_errors=True)


if __name__ == "__main__":
    main()
