"""Bodies that would stop the service while they are parsed: dense ones, workbooks, chunks of a byte."""

from __future__ import annotations

import io
import re
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import httpx
import openpyxl
import psutil

from benchmarks.attack.beside import run_beside
from benchmarks.attack.outcome import Outcome, raw_answer, status_of
from benchmarks.serving.servers import Server

__all__ = ["attack"]

LONGEST_SECONDS = 2.0
"""That ``/livez`` may wait, on a machine that others use as well; it was 4.5 at the attack."""

BODIES = {
    "64 MiB of empty lists": b"[" + b"[]," * (64 * 2**20 // 3 - 2) + b"[]]",
    "16 MiB of unknown fields": b"{" + b",".join(b'"f%07d":0' % number for number in range(1_300_000)) + b"}",
    "60 MiB of line ends": b"\n" * (60 * 2**20),
    "60 MiB of numbers in lines": b"0\n" * (30 * 2**20),
}
TINY_CHUNKS = 2_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT = '<row r="%d"><c r="%s%d" t="inlineStr"><is><t>%s</t></is></c></row>'
SHARED = f"<si><t>{'b' * 32_000}</t></si>"
SHARING_ROW = "<row>" + '<c t="s"><v>2</v></c>' * 20 + "</row>"
"""Cells that refer to the third of the workbook's shared texts, behind the names of its columns."""

SHEETS = {
    "a workbook with 480 MB of text in a cell": TEXT % (2, "A", 2, "a" * 480_000_000),
    "a workbook of 18.9 million cells, two of them filled": TEXT % (1_048_576, "R", 1_048_576, "x"),
    "a workbook of three million empty rows": "<row/>" * 3_000_000,
    "a workbook whose 400,000 cells share a text of 32,000 characters": SHARING_ROW * 20_000,
}
MOST_MIB = 1_024
"""That any process of the service may take for them; it was 18,700 for the shared text."""


def attack(server: Server, _: Path) -> Iterator[Outcome]:
    """Each body once, with ``/livez`` asked all the time beside it."""
    for name, body in BODIES.items():
        status, wait = send_beside_livez(server.url, partial(batch_status, server.url, body))
        yield Outcome.equal(name, 422, status)
        yield livez_outcome(name, wait)
    for name, rows in SHEETS.items():
        book = workbook(rows)
        status, wait = send_beside_livez(server.url, partial(batch_status, server.url, book, XLSX))
        step = f"{name}, {len(book):,} bytes"
        yield Outcome.equal(step, 422, status)
        yield livez_outcome(step, wait)
    for target in ("/v1/verdicts", "/nowhere"):
        name = f"{TINY_CHUNKS:,} chunks of a byte to {target}"
        status, wait = send_beside_livez(server.url, partial(tiny_chunks_status, server.url, target))
        yield Outcome(name, "400, 404 or cut off", str(status), status in (400, 404, "cut off"))
        yield livez_outcome(name, wait)
    most = most_mib(server)
    yield Outcome(
        "most memory of a process", f"at most {MOST_MIB:,} MiB", f"{most:,.0f} MiB", most <= MOST_MIB
    )


def most_mib(server: Server) -> float:
    """The most that any process of a service has taken, by the kernel's high-water mark, in MiB."""
    family = [server.process.pid, *(one.pid for one in psutil.Process(server.process.pid).children(True))]
    texts = [Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in family]
    marks = [re.search(r"VmHWM:\s*(\d+) kB", text) for text in texts]
    return max(int(mark[1]) / 2**10 for mark in marks if mark)


def livez_outcome(name: str, wait: float) -> Outcome:
    """Whether ``/livez`` waited too long beside a body."""
    due, found = f"at most {LONGEST_SECONDS} s", f"{wait:.2f} s"
    return Outcome(f"/livez beside {name}", due, found, wait <= LONGEST_SECONDS)


def send_beside_livez(url: str, send: Callable[[], int | str]) -> tuple[int | str, float]:
    """Send a body; its status, and the longest that ``/livez`` waited meanwhile, in seconds."""
    waits = [0.0]
    with run_beside(partial(ask, url, waits)):
        status = send()
    return status, max(waits)


def batch_status(url: str, body: bytes, media_type: str | None = None) -> int:
    """The status of a batch."""
    kind = media_type or ("application/json" if body[:1] in {b"[", b"{"} else "application/x-ndjson")
    headers = {"Content-Type": kind}
    return httpx.post(f"{url}/v1/verdicts/batch", content=body, headers=headers, timeout=120).status_code


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


def ask(url: str, waits: list[float], over: threading.Event) -> None:
    """Ask for ``/livez`` until it is over, and note how long each answer took."""
    with httpx.Client(base_url=url, timeout=120) as client:
        while not over.is_set():
            began = time.perf_counter()
            client.get("/livez")
            waits.append(time.perf_counter() - began)
