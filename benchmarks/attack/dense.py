"""Bodies that would stop the service while they are parsed: dense ones, workbooks, chunks of a byte."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import openpyxl
import psutil

from benchmarks.attack.outcome import Outcome, raw_answer, status_of
from benchmarks.serving.memory import WARM, empty_objects, forget_peak, highest_mib, worker_of
from benchmarks.serving.servers import Server
from benchmarks.serving.stalls import (
    BATCH,
    ONE,
    Waits,
    accounts_with_comments,
    empty_lists,
    longest_waits,
    unknown_fields,
)

__all__ = ["SETTINGS", "attack"]

MOST_SECONDS, MOST_TIMES_BARE = 0.5, 2.0
"""That ``/livez`` may wait, and beside it how many times as long as a loop that does nothing waited in the
same seconds: whoever asks and whoever answers both wait for a processor. It was 4.5 s at the attack."""

SETTINGS = {"ASSAY_REQUEST_SECONDS": "600"}


class Body(NamedTuple):
    """A body, where it is sent and with which headers, and the status that is due."""

    name: str
    path: str
    content: bytes
    headers: dict[str, str]
    due: int = 422


JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/x-ndjson"}
CSV = {"Content-Type": "text/csv"}
XLSX = {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_MIB_ADDED = 256
"""To the process that answers, by these: it was 1,673, and 73 once they were read a few at a time."""

TINY_CHUNKS = 2_000_000
TEXT = '<row r="%d"><c r="%s%d" t="inlineStr"><is><t>%s</t></is></c></row>'
SHARED = f"<si><t>{'b' * 32_000}</t></si>"
SHARING_ROW = "<row>" + '<c t="s"><v>2</v></c>' * 20 + "</row>"
"""Cells that refer to the third of the workbook's shared texts, behind the names of its columns."""

SHEETS: dict[str, Callable[[], str]] = {
    "a workbook with 480 MB of text in a cell": lambda: TEXT % (2, "A", 2, "a" * 480_000_000),
    "a workbook of 18.9 million cells, two of them filled": lambda: TEXT % (1_048_576, "R", 1_048_576, "x"),
    "a workbook of three million empty rows": lambda: "<row/>" * 3_000_000,
    "a workbook whose 400,000 cells share a text of 32,000 characters": lambda: SHARING_ROW * 20_000,
}
"""The rows of each, which are made when its turn has come: they are large."""
MOST_MIB = 1_024
"""That any process of the service may take for them; it was 18,700 for the shared text."""


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """Each body once, with ``/livez`` asked all the time beside it."""
    yield from empty_documents(server)
    for body in bodies():
        yield from sent_beside_livez(server, body)
    for target in ("/v1/verdicts", "/nowhere"):
        name = f"{TINY_CHUNKS:,} chunks of a byte to {target}"
        with longest_waits(server.url) as waits:
            status = tiny_chunks_status(server.url, target)
        yield Outcome(name, "400, 404 or cut off", str(status), status in (400, 404, "cut off"))
        yield livez_outcome(name, waits)
    most = most_mib(server)
    yield Outcome(
        "most memory of a process", f"at most {MOST_MIB:,} MiB", f"{most:,.0f} MiB", most <= MOST_MIB
    )


def bodies() -> Iterator[Body]:
    """Each body, made when its turn has come."""
    yield Body("64 MiB of empty lists", BATCH, empty_lists(), JSON)
    yield Body("16 MiB of unknown fields", BATCH, unknown_fields(), JSON)
    yield Body("a document of 16 MiB of unknown fields", ONE, unknown_fields(), JSON)
    yield Body("60 MiB of line ends", BATCH, b"\n" * (60 * 2**20), LINES)
    yield Body("60 MiB of numbers in lines", BATCH, b"0\n" * (30 * 2**20), LINES)
    keyed = {**JSON, "Idempotency-Key": "dense"}
    yield Body("a legal batch of 64 MiB with an Idempotency-Key", BATCH, accounts_with_comments(), keyed, 200)
    yield Body("a table of a million accounts", BATCH, million_accounts(), CSV)
    yield Body("48 MiB of one answer of another program", BATCH, page_of_videos(), JSON, 200)
    for name, rows in SHEETS.items():
        book = workbook(rows())
        yield Body(f"{name}, {len(book):,} bytes", BATCH, book, XLSX)


def million_accounts() -> bytes:
    """A table with an account in each of its rows."""
    rows = b"".join(b"a%07d,instagram,2026-10-03,%d\n" % (number, number) for number in range(1_000_000))
    return b"account_id,platform,as_of,followers\n" + rows


def page_of_videos() -> bytes:
    """An answer of YouTube's interface with 300,000 videos, all of them of one channel."""
    about = {"channelId": "UC42", "publishedAt": "2026-10-01T10:00:00Z", "title": "Rye"}
    videos = [
        {"id": f"v{number}", "kind": "youtube#video", "snippet": about, "statistics": {"viewCount": "5300"}}
        for number in range(300_000)
    ]
    return json.dumps({"kind": "youtube#videoListResponse", "items": videos}).encode()


def empty_documents(server: Server) -> Iterator[Outcome]:
    """As many empty documents as a batch has room for, and the memory that the service takes for them."""
    body = Body("64 MiB of 22 million empty documents", BATCH, empty_objects(), JSON)
    httpx.post(f"{server.url}{BATCH}", content=WARM, headers=JSON, timeout=60)
    worker = worker_of(server)
    forget_peak(worker)
    before = highest_mib(worker)
    yield from sent_beside_livez(server, body)
    added = highest_mib(worker) - before
    due, found = f"at most {MOST_MIB_ADDED} MiB", f"{added:.0f} MiB"
    yield Outcome(f"memory for {body.name}", due, found, added <= MOST_MIB_ADDED)


def most_mib(server: Server) -> float:
    """The most that any process of a service has taken, in MiB."""
    family = [server.process.pid, *(one.pid for one in psutil.Process(server.process.pid).children(True))]
    return max(map(highest_mib, family))


def livez_outcome(name: str, waits: Waits) -> Outcome:
    """Whether ``/livez`` waited too long beside a body.

    >>> livez_outcome("a body", Waits(livez=0.9, bare=0.3)).line()
    'holds  /livez beside a body: should be at most 1.10 s (a bare loop waited 0.30 s), was 0.90 s'
    """
    most = MOST_SECONDS + MOST_TIMES_BARE * waits.bare
    due = f"at most {most:.2f} s (a bare loop waited {waits.bare:.2f} s)"
    return Outcome(f"/livez beside {name}", due, f"{waits.livez:.2f} s", waits.livez <= most)


def sent_beside_livez(server: Server, body: Body) -> Iterator[Outcome]:
    """Send a body: its status, and whether ``/livez`` waited too long meanwhile."""
    with longest_waits(server.url) as waits:
        answer = httpx.post(
            f"{server.url}{body.path}", content=body.content, headers=body.headers, timeout=600
        )
    yield Outcome.equal(body.name, body.due, answer.status_code)
    yield livez_outcome(body.name, waits)


def workbook(rows: str) -> bytes:
    """A workbook whose sheet has a line of names of columns, and these rows."""
    book = openpyxl.Workbook()
    book.active.append(["username", "followers"])
    written, packed = io.BytesIO(), io.BytesIO()
    book.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            part = old.read(member).replace(b"</sheetData>", f"{rows}</sheetData>".encode())
            part = part.replace(b"</sst>", f"{SHARED}</sst>".encode())
            new.writestr(member.filename, part)
    return packed.getvalue()


def tiny_chunks_status(url: str, target: str) -> int | str:
    """The status of a body that comes byte by byte; ``cut off`` where the service hangs up meanwhile."""
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    answer = raw_answer(url, head + b"1\r\n \r\n" * TINY_CHUNKS, 120)
    return "cut off" if answer in (b"", b"reset") else status_of(answer)
