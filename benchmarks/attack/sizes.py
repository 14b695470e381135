"""Parquet files that are not what they say: one that becomes large, and one with more rows than it states."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server

__all__ = ["attack"]

BOMB_ROWS, FALSE_ROWS, STATED_ROWS = 1_000_000, 20_000, 10_000
BIO_CHARACTERS = 20_000
MOST_BYTES = 64 * 2**20
LOOKS, LOOK_SECONDS = 1_200, 0.5
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """A dictionary of one document with a million rows, and a footer with half of the rows."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for name, content in (("a dictionary bomb", bomb()), ("a false num_rows", with_false_rows())):
            job, most = ended(client, content, home)
            yield Outcome.equal(f"a job of {name}, {len(content):,} bytes", "failed", job["state"])
            yield Outcome.equal(f"accounts judged of {name}", 0, job["accounts"]["done"])
            mib = f"{most / 2**20:.0f} MiB"
            yield Outcome(
                f"on the disk by {name}", f"at most {MOST_BYTES // 2**20} MiB", mib, most <= MOST_BYTES
            )


def ended(client: httpx.Client, content: bytes, home: Path) -> tuple[dict[str, Any], int]:
    """A job of an input once it has ended, and the most bytes that its folder had."""
    place = client.post("/v1/jobs", content=content, headers=PARQUET).headers["location"]
    most = 0
    for _ in range(LOOKS):
        most = max(most, sum(file.stat().st_size for file in home.glob("jobs/*/.input*")))
        job: dict[str, Any] = client.get(place).json()
        if job["state"] in {"done", "failed", "cancelled"}:
            break
        time.sleep(LOOK_SECONDS)
    return job, most


def bomb() -> bytes:
    """One document in a dictionary, named by every row."""
    document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    text = json.dumps(document | {"profile": {"bio": "b" * BIO_CHARACTERS}})
    indices = pa.array([0] * BOMB_ROWS, pa.int32())
    return parquet(pa.DictionaryArray.from_arrays(indices, pa.array([text])))


def with_false_rows() -> bytes:
    """A file whose footer states half of its rows."""
    content = parquet(pa.array(["{}"] * FALSE_ROWS))
    length = int.from_bytes(content[-8:-4], "little")
    pages, footer = content[: -8 - length], content[-8 - length : -8]
    return pages + footer.replace(varint(FALSE_ROWS), varint(STATED_ROWS), 1) + content[-8:]


def parquet(values: Any) -> bytes:
    """A column of documents as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(pa.table({"document": values}), sink, compression="zstd")
    return sink.getvalue()


def varint(number: int) -> bytes:
    """A number as Thrift's compact protocol writes it: zigzag, seven bits in each byte.

    >>> varint(20_000).hex()
    'c0b802'
    """
    number, found = 2 * number, []
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])
