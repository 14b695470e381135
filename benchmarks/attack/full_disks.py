"""A disk with no byte left, below the service's home or below its PostgreSQL server, and then room again.

A limit on the length of files, as in ``full_disk``, leaves the holes of files that exist writable: only a
disk that is full ends a process that has such a file in memory.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx

from benchmarks.attack.drawn.tenants import store_of
from benchmarks.attack.outcome import ACCOUNT, NotRun, Outcome
from benchmarks.attack.storage import ONE, readiness, unable_for_a_while
from benchmarks.serving.postgresql import installed_programs, postgresql_server
from benchmarks.serving.servers import serving
from serving.store.audit_check import verify_audit_logs

__all__ = ["attack_home", "attack_postgresql", "full", "small_disk"]

HOME_BYTES = 400 * 2**20
"""Bodies of jobs are refused with less than 256 MiB."""

SERVER_BYTES = 160 * 2**20
STEPS_BYTES = (2**20, 2**16, 2**12)
VERDICTS = 20
STORED = {"ASSAY_STORE_VERDICTS": "true"}
OK, UNABLE = 200, 503


def attack_home(folder: Path) -> Iterator[Outcome]:
    """The disk of the home is full while clients score, and has room again; no worker ends meanwhile."""
    log, why = folder / "service.log", "the disk is full"
    with small_disk(folder / "disk", HOME_BYTES) as disk:
        home = disk / "home"
        home.mkdir()
        with serving(1, {"ASSAY_HOME": str(home), **STORED}, log=log) as server:
            try:
                yield from unable_for_a_while(server, home, why, partial(full, disk))
            except httpx.TransportError as error:
                yield Outcome(f"requests while {why}", "answered", repr(error), holds=False)
            ended = log.read_text(encoding="utf-8").count('"service_worker_ended"')
            yield Outcome.equal("workers that ended", 0, ended)


def attack_postgresql(folder: Path) -> Iterator[Outcome]:
    """The disk of the PostgreSQL server is full, and has room again.

    Raises
    ------
    NotRun
        If PostgreSQL is not installed.
    """
    if installed_programs() is None:
        raise NotRun("PostgreSQL is not installed")
    folder.chmod(0o711)  # a server of root's runs as somebody else
    with small_disk(folder / "disk", SERVER_BYTES) as disk, postgresql_server(disk) as socket:
        database = f"postgresql+psycopg://assay@/postgres?host={socket}"
        settings = {"ASSAY_HOME": str(folder), "ASSAY_DATABASE": database, **STORED}
        with (
            serving(1, settings, log=folder / "service.log") as server,
            httpx.Client(base_url=server.url, timeout=60) as client,
        ):
            yield Outcome.equal("ready at first", OK, readiness(client, OK))
            stored = [client.post(ONE, content=ACCOUNT).json()["verdict_id"]]
            with full(disk):
                yield from on_full_server(client, stored)
            yield Outcome.equal("ready after that", OK, readiness(client, OK))
            yield Outcome.equal("a verdict after that", OK, client.post(ONE, content=ACCOUNT).status_code)
            lost = sum(client.get(f"{ONE}/{one}").status_code != OK for one in stored)
            yield Outcome.equal(f"lost, of {len(stored)} verdicts that were answered 200", 0, lost)
        with store_of(folder, database=database) as store:
            faults = [check.fault for check in verify_audit_logs(store) if check.fault]
        yield Outcome.equal("faults that `audit verify` finds", [], faults)


def on_full_server(client: httpx.Client, stored: list[str]) -> Iterator[Outcome]:
    """Readiness and verdicts while the server's disk is full; the verdicts that it had room for are added."""
    yield Outcome.equal("ready while the server's disk is full", UNABLE, readiness(client, UNABLE))
    statuses = Counter[int]()
    for number in range(VERDICTS):
        answer = client.post(ONE, content=ACCOUNT.replace(b"victim", b"another-%d" % number))
        statuses[answer.status_code] += 1
        if answer.status_code == OK:
            stored.append(answer.json()["verdict_id"])
    yield Outcome(
        f"{VERDICTS} verdicts meanwhile", "503, or 200 while a page has room", str(dict(statuses)),
        set(statuses) <= {OK, UNABLE} and answer.status_code == UNABLE,
    )  # fmt: skip
    yield Outcome.equal("a stored verdict meanwhile", OK, client.get(f"{ONE}/{stored[0]}").status_code)
    yield Outcome.equal("ready after these", UNABLE, client.get("/readyz").status_code)


@contextmanager
def small_disk(place: Path, size_bytes: int) -> Iterator[Path]:
    """A disk of so many bytes, in memory, in a new folder that everybody may write.

    Raises
    ------
    NotRun
        If this user may mount none.
    """
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes},mode=1777", "assay-attack", str(place)]
    try:
        subprocess.run(command, capture_output=True, text=True, check=True)
    except FileNotFoundError as error:
        raise NotRun("mount is not installed") from error
    except subprocess.CalledProcessError as error:
        raise NotRun(f"no disk can be mounted here: {error.stderr.strip()}") from error
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=False)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """A file that takes all that is left of a disk."""
    filler = disk / "filler"
    try:
        with filler.open("wb") as file:
            for step in STEPS_BYTES:
                with suppress(OSError):
                    while True:
                        os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
        yield
    finally:
        filler.unlink()
