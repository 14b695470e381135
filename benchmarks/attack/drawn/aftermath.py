"""What is left after an attack: processes, files and memory, the log, the audit log, and what was erased."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from benchmarks.attack.drawn.tenants import COMMENTER, Tenant, store_of, until
from benchmarks.attack.erasing import holds_any
from benchmarks.attack.outcome import Outcome
from benchmarks.serving.servers import Server
from serving.store.audit_check import verify_audit_logs

__all__ = ["Sizes", "after", "judged", "sizes_of"]

MOST_FILES, MOST_THREADS, MOST_TEMPORARY, MOST_MIB = 20, 45, 5, 500.0
"""More than before: the pool of threads beside the loop has up to 40, once it was busy."""

LOOKS: Final = 600
END_SECONDS: Final = 120.0
OF_INPUT: Final = ("job_failed",)
"""Errors in the log that an input is the cause of: its tenant reads why."""

WELCOME: Final = ("Assay answers at ", "  curl -s", "The vetting desk is at ", "There is no API key yet")
"""How the lines begin that `assay serve` says for people."""

OF_THE_ANSWER: Final = ("verdict_id", "judged_at", "created_at")


@dataclass(frozen=True)
class Sizes:
    """What the service takes: open files that are no connections, threads, temporary files, resident MiB."""

    files: int
    threads: int
    temporary: int
    mib: float


def sizes_of(server: Server, home: Path) -> Sizes:
    """What all of its processes take now."""
    parent = psutil.Process(server.process.pid)
    files = threads = 0
    for process in [parent, *parent.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # what reads a file of the desk ends with that
            files += process.num_fds() - len(process.net_connections())
            threads += process.num_threads()
    temporary = sum(1 for path in (home / "temporary").rglob("*") if path.is_file())
    return Sizes(files, threads, temporary, sum(server.memory_mib()))


def judged(tenant: Tenant, document: dict[str, Any]) -> dict[str, Any]:
    """The verdict on a document, without what is of the answer alone."""
    with tenant.client("key: all") as client:
        answer = client.post("/v1/verdicts?explain=all", json=document)
    answer.raise_for_status()
    return {name: value for name, value in answer.json().items() if name not in OF_THE_ANSWER}


def after(
    server: Server, home: Path, tenants: Sequence[Tenant], before: Sizes, erased: Sequence[str]
) -> Iterator[Outcome]:
    """End the jobs, hold what the service takes against before, end it, and read its logs."""
    end_jobs(tenants)
    now = sizes_of(server, home)
    for name, most, was, found in (
        ("open files", MOST_FILES, before.files, now.files),
        ("threads", MOST_THREADS, before.threads, now.threads),
        ("temporary files", MOST_TEMPORARY, before.temporary, now.temporary),
        ("resident MiB", MOST_MIB, before.mib, now.mib),
    ):
        yield Outcome(
            f"{name} after the attack",
            f"at most {most:g} more than {was:.0f}",
            f"{found:.0f}",
            found - was <= most,
        )
    left = files_with(home, erased)
    yield Outcome.equal(f"files that hold any of {len(erased)} accounts that were erased", [], left)
    server.process.send_signal(signal.SIGTERM)
    try:
        code: int | str = server.process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        code = "none"
    yield Outcome.equal(f"exit code within {END_SECONDS:g} s of SIGTERM", 0, code)
    yield from of_log(home / "service.log")
    with store_of(home) as store:
        faults = [fault for check in verify_audit_logs(store) for fault in check.faults]
    yield Outcome.equal("faults that `audit verify` finds", [], faults)


def end_jobs(tenants: Sequence[Tenant]) -> None:
    """Cancel the jobs that wait or run, and wait until none does."""
    for tenant in tenants:
        with tenant.client("key: all") as client:
            for job in unfinished_jobs(client):
                client.post(f"/v1/jobs/{job}/cancel")
            until(lambda: not unfinished_jobs(client), LOOKS)


def unfinished_jobs(client: httpx.Client) -> list[str]:
    """The ids of a tenant's jobs that wait or run, among the newest."""
    newest = client.get("/v1/jobs", params={"limit": 100}).json()["jobs"]
    return [job["job_id"] for job in newest if job["state"] in ("queued", "running")]


def files_with(home: Path, names: Sequence[str]) -> list[str]:
    """The files of the service that still hold any of some ids, once it had time to remove them."""

    def left() -> list[str]:
        return [path.name for path in home.rglob("*") if path.is_file() and holds_any(path, list(names))]

    until(lambda: not left())
    return left()


def of_log(path: Path) -> Iterator[Outcome]:
    """What must not stand in the service's log; what it says of itself at its start is no JSON.

    Its first requests may come before `assay serve` has noticed that it answers, and says so.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    errors, strange, is_asked = Counter[str](), list[str](), False
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            strange += [line[:200]] if is_asked and not line.startswith(WELCOME) else []
            continue
        is_asked = is_asked or entry["event"] == "request"
        if entry["level"] in ("error", "critical") and entry["event"] not in OF_INPUT:
            errors[f"{entry['event']}: {entry.get('error')} at {(entry.get('places') or [None])[-1]}"] += 1
    yield Outcome.equal("errors in the log", {}, dict(errors))
    yield Outcome.equal("lines of the log that are no JSON", [], strange[:5])
    yield Outcome.equal("the log names a commenter", False, COMMENTER in text)
