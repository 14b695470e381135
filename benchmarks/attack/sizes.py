"""Files that are not what they say: Parquet that becomes large, in rows or in memory; and a full tenant."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.attack.fairness import keys_of
from benchmarks.attack.outcome import ACCOUNT, Outcome
from benchmarks.serving.memory import highest_mib
from benchmarks.serving.servers import Server
from serving.jobs.parquet_child import MEMORY_BYTES
from serving.store.api_keys import Scope

__all__ = ["SETTINGS", "STATED_BYTES", "attack", "with_false_size"]

BOMB_ROWS, FALSE_ROWS, STATED_ROWS = 1_000_000, 20_000, 10_000
BIO_CHARACTERS = 20_000
LONG_ROWS, LONG_BIO_CHARACTERS = 19_000, 100_000
STATED_BYTES = 2**27
"""Of a row group that has 1.9 GB in a page, more than may be taken for it."""

MOST_BYTES = 64 * 2**20
MOST_CHILD_MIB = MEMORY_BYTES // 2**20 + 256
"""Of the process that unpacks: what it may take for a file, and what it has at its start."""

LOOKS, LOOK_SECONDS = 12_000, 0.05
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}
TENANT_BYTES = 2**20
SETTINGS = {"ASSAY_TENANT_BYTES": str(TENANT_BYTES)}


def attack(server: Server, home: Path) -> Iterator[Outcome]:
    """A dictionary of one document, footers with half of the rows and of the bytes; more than a tenant's."""
    files = {
        "a dictionary bomb": bomb(), "a false num_rows": with_false_rows(),
        "a false total_byte_size": with_false_size(LONG_ROWS, LONG_BIO_CHARACTERS),
    }  # fmt: skip
    with httpx.Client(base_url=server.url, timeout=60) as client:
        for name, content in files.items():
            place = client.post("/v1/jobs", content=content, headers=PARQUET).headers["location"]
            job, most, mib = ended(client, place, home, server)
            why = f"{job['state']}: {(job['problem'] or {}).get('detail')}"
            step = f"a job of {name}, {len(content):,} bytes"
            yield Outcome(step, "failed, and why", why, why.startswith("failed: The input "))
            yield Outcome.equal(f"accounts judged of {name}", 0, job["accounts"]["done"])
            on_disk = f"{most / 2**20:.0f} MiB"
            yield Outcome(
                f"on the disk by {name}", f"at most {MOST_BYTES // 2**20} MiB", on_disk, most <= MOST_BYTES
            )
            yield Outcome(
                f"memory of the process that unpacks {name}", f"at most {MOST_CHILD_MIB:,} MiB",
                f"{mib:,.0f} MiB", 0 < mib <= MOST_CHILD_MIB,
            )  # fmt: skip
    yield from full_tenant(server, home)


def full_tenant(server: Server, home: Path) -> Iterator[Outcome]:
    """A tenant's jobs take more than they may; another tenant goes on, and the first when one is removed."""
    full, other = keys_of(home, "full", "other", scopes=[Scope.READ, Scope.SCORE])
    body = b" " * (TENANT_BYTES * 2 // 3) + ACCOUNT
    with httpx.Client(base_url=server.url, timeout=60, headers=LINES) as client:

        def send(key: dict[str, str]) -> httpx.Response:
            return client.post("/v1/jobs", content=body, headers=key)

        first = send(full)
        yield Outcome.equal(f"a job of two thirds of {TENANT_BYTES:,} bytes", 202, first.status_code)
        refused = send(full)
        found = (refused.status_code, refused.json()["code"])
        yield Outcome.equal("another one of that tenant", (507, "tenant-full"), found)
        yield Outcome.equal("a job of another tenant", 202, send(other).status_code)
        verdict = client.post("/v1/verdicts", content=ACCOUNT, headers=full | JSON).status_code
        yield Outcome.equal("a verdict for the full tenant", 200, verdict)
        client.headers.update(full)
        place = first.headers["location"]
        yield Outcome.equal("the job that it has", "done", ended(client, place, home, server)[0]["state"])
        removed = client.delete(place).status_code
        yield Outcome.equal("a further job once it is removed", (204, 202), (removed, send(full).status_code))


def ended(client: httpx.Client, place: str, home: Path, server: Server) -> tuple[dict[str, Any], int, float]:
    """A job once it has ended, the most bytes that its folder had, and the most MiB of what unpacked it."""
    most, mib = 0, 0.0
    for _ in range(LOOKS):
        most = max(most, sum(file.stat().st_size for file in home.glob("jobs/*/.input*")))
        mib = max(mib, unpacking_mib(server))
        job: dict[str, Any] = client.get(place).json()
        if job["state"] in {"done", "failed", "cancelled"}:
            break
        time.sleep(LOOK_SECONDS)
    return job, most, mib


def unpacking_mib(server: Server) -> float:
    """The most that a process of a service which unpacks Parquet has taken, in MiB; 0 where there is none."""
    most = 0.0
    for process in psutil.Process(server.process.pid).children(recursive=True):
        with suppress(psutil.Error, OSError, StopIteration):
            if "serving.jobs.parquet_child" in process.cmdline():
                most = max(most, highest_mib(process.pid))
    return most


def text_with_bio(characters: int) -> str:
    """A document with a biography of so many characters."""
    document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    return json.dumps(document | {"profile": {"bio": "b" * characters}})


def bomb() -> bytes:
    """One document in a dictionary, named by every row."""
    indices = pa.array([0] * BOMB_ROWS, pa.int32())
    return parquet(pa.DictionaryArray.from_arrays(indices, pa.array([text_with_bio(BIO_CHARACTERS)])))


def with_false_rows() -> bytes:
    """A file whose footer states half of its rows."""
    content = parquet(pa.array(["{}"] * FALSE_ROWS))
    return with_footer(content, FALSE_ROWS, STATED_ROWS, times=1)


def with_false_size(rows: int, characters: int) -> bytes:
    """A file whose rows lie in one page, written out, and whose footer states 134 MB for them.

    To make it takes twice the memory that the page does.
    """
    texts = pa.chunked_array([pa.array([text_with_bio(characters)])] * rows)
    content = parquet(texts, use_dictionary=False, data_page_size=2**31 - 1, write_statistics=False)
    true = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(0).total_byte_size
    return with_footer(content, true, STATED_BYTES, times=-1)


def with_footer(content: bytes, true: int, stated: int, times: int) -> bytes:
    """A Parquet file whose footer states another number, so many times or, where -1, wherever it stands."""
    length = int.from_bytes(content[-8:-4], "little")
    pages, footer = content[: -8 - length], content[-8 - length : -8]
    false = footer.replace(varint(true), varint(stated), times)
    return pages + false + len(false).to_bytes(4, "little") + content[-4:]


def parquet(values: Any, **more: Any) -> bytes:
    """A column of documents as a Parquet file."""
    sink = io.BytesIO()
    pq.write_table(pa.table({"document": values}), sink, compression="zstd", **more)
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
