"""Files and streams of the command line: devices, pipes, links, inputs, endings, closed streams, a full disk.

Each line of a shell runs in a folder of its own; what it must not touch must be as it was. As root it meets
devices, too: they are made in that folder, for a program that replaces devices would take the machine's.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.attack.drawn.tenants import until
from benchmarks.attack.outcome import ACCOUNT, Outcome

__all__ = ["Line", "attack", "outcome_of"]

ROOT: Final = Path(__file__).parents[2]
AT_ONCE: Final = 2
LONGEST_SECONDS, LOOKS = 300, 1_500
DEVICES: Final = {"null": os.makedev(1, 3), "full": os.makedev(1, 7)}
PLAIN: Final = "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
INPUT, ID = "accounts.jsonl", "victim"
MANY: Final = 2_500
"""Accounts of several chunks: verdicts are written while the program waits for another account."""

PIPE_BYTES: Final = 2**20
"""As much as a pipe may hold on Linux: whoever feeds one waits for no reader."""

LINKS: Final = {
    "link-to-accounts.jsonl": INPUT, "link.jsonl": "old.jsonl", "new-link.jsonl": "new.jsonl",
    "loop.jsonl": "loop.jsonl", "link-to-null": "null",
}  # fmt: skip


class Line(NamedTuple):
    """A line for a shell, and what should come of it.

    Attributes
    ----------
    text
        ``assay`` in it is the one of this checkout.
    code
        The exit code that docs/command-line.md gives.
    writes
        The files that are new or other ones afterwards; all else in the folder is as before.
    says
        A part of what is printed, on standard output or error.
    """

    text: str
    code: int
    writes: frozenset[str] = frozenset()
    says: str = ""


SCREEN: Final = "assay screen accounts.jsonl"
REPLACES: Final = "would replace what is read"
LINES: Final = (
    Line(f"timeout 120 cat pipe > read.jsonl & {SCREEN} --json --out pipe; code=$?; wait; exit $code",
         0, frozenset({"read.jsonl"})),
    Line(f"{SCREEN} --out link.jsonl", 0, frozenset({"old.jsonl"})),
    Line(f"{SCREEN} --out new-link.jsonl", 0, frozenset({"new.jsonl"})),
    Line(f"{SCREEN} --out loop.jsonl", 2, says="a symbolic link that leads to itself"),
    Line(f"{SCREEN} --out accounts.jsonl", 2, says=REPLACES),
    Line(f"{SCREEN} --out link-to-accounts.jsonl", 2, says=REPLACES),
    Line(f"{SCREEN} --out hard-link.jsonl", 2, says=REPLACES),
    Line(f"prlimit --fsize=1024 {SCREEN} --out old.jsonl", 3, says="File too large"),
    Line("assay screen nowhere.jsonl 2>&-", 3),
    Line("assay screen 2>&-", 2),
    Line(f"{SCREEN} --json >&-", 2, says="Standard output is closed; name a file with --out."),
    Line(f"{SCREEN} --out new.jsonl <&- >&- 2>&-", 0, frozenset({"new.jsonl"})),
    Line(f"COLUMNS=0 {SCREEN}", 0, says="3 accounts"),
    Line(f"COLUMNS=99999999999999 {SCREEN}", 0, says="3 accounts"),
    Line(f"{PLAIN} assay explain accounts.jsonl --account {ID}-1", 0, says="╭"),
    Line('[ "$(python -m cli.assay --version)" = "$(assay --version)" ] && assay --version', 0, says="assay"),
)  # fmt: skip

DEVICE_LINES: Final = (
    Line(f"{SCREEN} --json --out null", 0),
    Line(f"{SCREEN} --json --out link-to-null", 0),
    Line(f"{SCREEN} --json --out full", 3, says="The disk is full"),
)

ENDINGS: Final = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGTERM: 143}


def attack(home: Path) -> Iterator[Outcome]:
    """Every line, then every signal in the middle of a file, with one process and with two."""
    lines = LINES if os.geteuid() else (*LINES, *DEVICE_LINES)
    folders = [home / str(number) for number in range(len(lines))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(outcome_of, folders, lines)
        for processes in (1, 2):
            yield from pool.map(partial(ended_midway, home, processes), ENDINGS)


def outcome_of(folder: Path, line: Line) -> Outcome:
    """Run a line in a new folder."""
    fill(folder)
    before = contents(folder)
    done = subprocess.run(
        line.text, shell=True, cwd=folder, env=environment(folder), timeout=LONGEST_SECONDS,
        capture_output=True, check=False,
    )  # fmt: skip
    after, printed = contents(folder), (done.stdout + done.stderr).decode(errors="replace")
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    says = line.says if line.says in printed else printed[-200:]
    return Outcome.equal(
        line.text,
        summary(line.code, line.writes, line.says),
        summary(done.returncode, changed, says, traceback="Traceback" in printed),
    )


def summary(code: int, writes: Iterable[str], says: str = "", *, traceback: bool = False) -> str:
    """What came of a line, in a few words.

    >>> summary(2, [], "would replace what is read")
    "exit 2, writes nothing, says 'would replace what is read'"
    """
    parts = [f"exit {code}", f"writes {' '.join(sorted(writes)) or 'nothing'}"]
    parts += [f"says {says!r}"] if says else []
    return ", ".join([*parts, "a traceback"] if traceback else parts)


def fill(folder: Path) -> None:
    """Make a folder with what a line may read, and what it must leave as it is."""
    folder.mkdir()
    (folder / INPUT).write_bytes(accounts(3))
    (folder / "hard-link.jsonl").hardlink_to(folder / INPUT)
    (folder / "old.jsonl").write_text("old")
    os.mkfifo(folder / "pipe")
    for link, target in LINKS.items():
        (folder / link).symlink_to(target)
    if os.geteuid() == 0:
        for name, device in DEVICES.items():
            os.mknod(folder / name, stat.S_IFCHR | 0o666, device)


def accounts(number: int) -> bytes:
    """Documents of small accounts, one a line."""
    documents = ({**json.loads(ACCOUNT), "account_id": f"{ID}-{one}"} for one in range(number))
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def environment(folder: Path) -> Mapping[str, str]:
    """The variables of a shell that finds ``assay`` and ``python`` of this environment, and no champion."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "ASSAY_HOME": str(folder / "home")}


def contents(folder: Path) -> dict[str, str]:
    """What each name in a folder stands for: a link, a device, a pipe, or a file by its digest."""
    return {path.name: content(path) for path in folder.iterdir()}


def content(path: Path) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    status = path.stat()
    return f"{stat.filemode(status.st_mode)} {status.st_rdev}"


def ended_midway(home: Path, processes: int, ending: signal.Signals) -> Outcome:
    """Send a signal to a program that has written some rows, and waits for more accounts."""
    folder = home / f"{ending.name}-{processes}"
    folder.mkdir()
    os.mkfifo(folder / INPUT)
    # Whoever runs the attack may ignore SIGHUP, as nohup does, and children inherit that.
    command = ["env", "--default-signal=HUP,INT,TERM", "assay", "screen", INPUT, "--out", "out.jsonl"]
    command += ["--processes", str(processes)]
    with (
        fed_pipe(folder / INPUT, accounts(MANY)),
        (folder.parent / f"{folder.name}.log").open("w+") as log,
        subprocess.Popen(command, cwd=folder, env=environment(folder), stderr=log) as process,
    ):
        until(lambda: process.poll() is not None or rows(folder), LOOKS)
        begun = rows(folder)
        process.send_signal(ending)
        try:
            process.wait(LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        log.seek(0)
        printed = log.read()
    return Outcome.equal(
        f"{ending.name} to {processes} process{'es' * (processes > 1)}, rows in the draft",
        summary(ENDINGS[ending], []),
        summary(process.wait(), drafts(folder), traceback="Traceback" in printed) if begun else "no rows",
    )


@contextmanager
def fed_pipe(path: Path, text: bytes) -> Iterator[None]:
    """Keep a pipe open that holds a text, and has no end before the block's."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        os.write(descriptor, text)
        yield
    finally:
        os.close(descriptor)


def drafts(folder: Path) -> list[str]:
    """The names in a folder beside that of the input."""
    return [path.name for path in folder.iterdir() if path.name != INPUT]


def rows(folder: Path) -> bool:
    """Whether a file beside the input holds something of an account."""
    return any(ID.encode() in (folder / name).read_bytes() for name in drafts(folder))
