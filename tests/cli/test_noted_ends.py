"""A log of the service is read for the ends that it notes, whatever else it holds."""

import json
import os
import signal
import subprocess
import sys
import tracemalloc

import pytest

from accounts.errors import WrongUsage
from cli.work.noted_ends import LONGEST_LINE, ends_in
from serving.store.audit_log import ChainHead

END = {"time": "2026", "level": "info", "event": "audit_end", "tenant": "a", "entries": 3, "hash": "0f"}
GOOD = json.dumps(END).encode()
HEAD = ChainHead("a", 3, "0f")


@pytest.fixture
def log(tmp_path):
    """Writes a log of some lines."""

    def write(*lines):
        path = tmp_path / "service.log"
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    return write


@pytest.mark.parametrize(
    "line",
    [
        GOOD,
        GOOD + b"\r",
        b"web-1  | " + GOOD,
        b"\xef\xbb\xbf" + GOOD,
        bytes(3 * LONGEST_LINE) + GOOD,
    ],
    ids=["as written", "CRLF", "a prefix", "a mark", "NULs of a rotated file"],
)
def test_an_end_is_found_whatever_stands_around_it(log, line):
    others = (b"no JSON", b"", b'{"event": "audit_ends_not_noted"}', b"x" * (3 * LONGEST_LINE), b"\xff[[[")
    named = json.dumps({"event": "request", "tenant": "audit_end"}).encode()
    assert ends_in(log(*others, line, named, line)) == {HEAD}


DAMAGED = {
    "a list as hash": json.dumps(END | {"hash": [1]}).encode(),
    "a list as tenant": json.dumps(END | {"tenant": ["a"]}).encode(),
    "a text as number": json.dumps(END | {"entries": "3"}).encode(),
    "a float as number": json.dumps(END | {"entries": 3.0}).encode(),
    "a truth as number": json.dumps(END | {"entries": True}).encode(),
    "no hash": json.dumps({name: END[name] for name in ("event", "tenant", "entries")}).encode(),
    "a list as event": json.dumps(END | {"event": ["audit_end"]}).encode(),
    "deeply nested": GOOD[:-1] + b', "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "a long number": GOOD[:-1] + b', "x": ' + b"9" * 5_000 + b"}",
    "its head is cut off": GOOD[30:],
    "its end is cut off": GOOD[:-20],
    "no UTF-8": GOOD[:-1] + b', "x": "\xff"}',
    "too long": GOOD[:-1] + b', "x": "' + b"a" * (2 * LONGEST_LINE) + b'"}',
    "named far behind": b"{" + b" " * (2 * LONGEST_LINE) + GOOD[1:],
    "wrapped": json.dumps({"log": GOOD.decode()}).encode(),
}


@pytest.mark.parametrize("line", DAMAGED.values(), ids=DAMAGED)
def test_a_line_that_names_an_end_and_cannot_be_read_is_refused_with_its_number(log, line):
    with pytest.raises(WrongUsage, match=r"line 3 names an end of an audit log .* cannot be read"):
        ends_in(log(GOOD, b"", line, GOOD))


def test_a_log_without_an_end_is_refused(log, tmp_path):
    with pytest.raises(WrongUsage, match="notes no end"):
        ends_in(log(b'{"event": "request"}'))
    with pytest.raises(WrongUsage, match="cannot be read: No such file"):
        ends_in(tmp_path / "nowhere")


@pytest.mark.parametrize("place", ["/dev/zero", "/dev/null", "/"])
def test_what_is_neither_a_file_nor_a_pipe_is_refused(place):
    with pytest.raises(WrongUsage, match="neither a file nor a pipe"):
        ends_in(place)


def test_a_log_is_not_kept(log):
    lines = [b'{"event": "request"}' + b" " * 1_000] * 20_000
    path = log(*lines, b"a" * 20_000_000, GOOD, *[GOOD] * 1_000)
    tracemalloc.start()
    try:
        assert ends_in(path) == {HEAD}
        assert tracemalloc.get_traced_memory()[1] < 10 * LONGEST_LINE
    finally:
        tracemalloc.stop()


def test_a_pipe_is_read_to_its_end(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, GOOD + b"\n")
    os.close(writing)
    assert ends_in(f"/dev/fd/{reading}") == {HEAD}
    os.close(reading)
    named = tmp_path / "fifo"
    os.mkfifo(named)
    with pytest.raises(WrongUsage, match="notes no end"):  # nobody writes to it
        ends_in(named)


def test_sigterm_ends_it_while_a_pipe_gives_nothing_more(tmp_path):
    named = tmp_path / "fifo"
    os.mkfifo(named)
    kept = os.open(named, os.O_RDWR)
    os.write(kept, GOOD + b"\n")
    program = (
        "import cli.app, sys, cli.work.noted_ends as ends; reading = ends.naming_lines\n"
        "def saying(file):\n    print('reads', flush=True)\n    yield from reading(file)\n"
        "ends.naming_lines = saying; sys.argv = ['assay', 'audit', 'verify', '--since', %r]; cli.app.run()"
    )
    environment = os.environ | {"ASSAY_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", program % str(named)], stdout=subprocess.PIPE, env=environment
    ) as running:
        assert running.stdout.readline() == b"reads\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 128 + signal.SIGTERM
    os.close(kept)
