"""Files to drop and to upload: good ones, and workbooks, archives, tables and Parquet that are none."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Final

import openpyxl
import pyarrow as pa

from benchmarks.attack.drawn.bodies import lines
from benchmarks.attack.sizes import parquet, with_false_rows

__all__ = ["FILE_NAMES", "File", "drawn_file", "good_table"]

File = tuple[bytes, str, str]
"""Content, media type, and the end of the name that it should have."""

CSV, TSV, NDJSON = "text/csv", "text/tab-separated-values", "application/x-ndjson"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET: Final = "application/vnd.apache.parquet"
SHEETS: Final = 2_000
ZEROS: Final = 50_000_000

FILE_NAMES: Final = (
    "../../../etc/passwd", "..\\..\\a.csv", "a\0.csv", "a\r\nX-Planted: 1.csv", '";a="', "a" * 300, ".", "",
    "con.csv", "-rf.csv",
    "\u202evsc.a", "\ud800.csv", "=1+1.csv", "a/b/c.json", "<img src=x onerror=assay>.csv", "a.csv.gz",
    "a.zip", "\xe9.jsonl", "a%2f.csv",
)  # fmt: skip


def good_table(rng: random.Random) -> File:
    """A table of a few creators."""
    rows = [f"creator{rng.randrange(9)}_{number},{rng.randrange(10**6)},12" for number in range(5)]
    return "\n".join(["username,followers,posts", *rows]).encode(), CSV, ".csv"


def bare_returns(rng: random.Random) -> File:
    """A table whose lines end with bare CR, and a quote that is never closed."""
    content = good_table(rng)[0].replace(b"\n", b"\r")
    return content + rng.choice((b"", b'\r"a,1,2\r', b"\r\0,1\r", b"\r" * 20_000)), CSV, ".csv"


def odd_table(rng: random.Random) -> File:
    """A table with columns twice, very many of them, ragged rows, formulas, or bytes of latin-1."""
    content = rng.choice((
        b"username,username,followers\na,b,1\n", b",".join([b"username"] * 20_000) + b"\n" + b"a," * 20_000,
        b"username,followers\n" + b"a,1,2,3,4\nb\n" * 50,
        b"username,followers\n=cmd|' /C calc'!A0,1\n@SUM(A1),2\n",
        b"username,followers\n\xe9,1\n", b"username;followers\n" + b"a;1\n" * 2_000, b"\xff\xfeu\0s\0",
        b"sep=,\nusername\na\n",
        b"username,followers\n" + b"a," + b"9" * 5_000 + b"\n", b'"' * 5_001,
        b"username,followers\n" + b"z" * 200_000 + b",1\n",
    ))  # fmt: skip
    return content, rng.choice((CSV, TSV)), rng.choice((".csv", ".tsv", ".txt"))


@cache
def workbook(sheets: int) -> bytes:
    """A workbook with so many sheets; the first is a table of a creator."""
    book = openpyxl.Workbook(write_only=True)
    for number in range(sheets):
        sheet = book.create_sheet(f"s{number}")
        if not number:
            sheet.append(["username", "followers"])
            sheet.append(["creator", 5])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@cache
def archive(name: str, kind: str) -> bytes:
    """A zip with one member: zeros (``bomb``), a path outside (``outside``), or another zip (``nested``)."""
    content = {"bomb": b"\0" * ZEROS, "outside": b"a", "nested": workbook(1)}[kind]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, content)
    return written.getvalue()


def odd_workbook(rng: random.Random) -> File:
    """A workbook: a good one, one of very many sheets, one that is damaged, or an archive that is none."""
    content = rng.choice((
        lambda: workbook(1), lambda: workbook(SHEETS), lambda: workbook(1)[: rng.randrange(4_000)],
        lambda: archive("xl/workbook.xml", "bomb"), lambda: archive("../../outside.xml", "outside"),
        lambda: archive("a.xlsx", "nested"), lambda: b"PK\x03\x04" + rng.randbytes(500),
        lambda: with_bytes_changed(rng, workbook(1)),
    ))()  # fmt: skip
    return content, XLSX, ".xlsx"


def with_bytes_changed(rng: random.Random, content: bytes) -> bytes:
    """The content with some bytes changed."""
    changed = bytearray(content)
    for _ in range(10):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


@cache
def false_rows() -> bytes:
    """Parquet whose footer states half of its rows."""
    return with_false_rows()


def odd_parquet(rng: random.Random) -> File:
    """Parquet: with one document, with a false footer, cut, changed, of another column, or none at all."""
    document = '{"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}'
    good = parquet(pa.array([document] * 3))
    content = rng.choice((
        good, false_rows(), good[: rng.randrange(len(good))], with_bytes_changed(rng, good),
        parquet(pa.array([1, 2])),
        parquet(pa.array([None, document, ""])), b"PAR1" + rng.randbytes(60) + b"PAR1",
        b"PAR1\xff\xff\xff\x7fPAR1",
    ))  # fmt: skip
    return content, PARQUET, ".parquet"


FILES: Final[tuple[Callable[[random.Random], File], ...]] = (
    good_table, good_table, bare_returns, odd_table, odd_table, odd_workbook, odd_parquet,
    lambda rng: (lines([{"account_id": "a", "platform": "x"}, {}, 1]), NDJSON, ".jsonl"),
    lambda rng: (b'{"items": [{"kind": "youtube#channel", "id": 5}]}', "application/json", ".json"),
    lambda rng: (rng.randbytes(2_000), CSV, rng.choice((".csv", ".json", ".xlsx", ".pdf", ".exe"))),
    lambda rng: (b"", CSV, ".csv"),
)  # fmt: skip


def drawn_file(rng: random.Random) -> File:
    """One of all kinds of files."""
    return rng.choice(FILES)(rng)
