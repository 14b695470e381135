"""The faults of a disk that an attack puts under a service: while they last, and gone after them."""

import shutil
import subprocess
import sys

import pytest

from benchmarks.attack.full_disks import full, small_disk
from benchmarks.attack.outcome import NotRun
from benchmarks.attack.storage import ROOM_BYTES, no_growth, read_only
from benchmarks.serving.servers import Server

WRITER = """
import sys
with open(sys.argv[1], "ab", buffering=0) as file:
    for line in sys.stdin:
        try:
            print(file.write(bytes(int(line))), flush=True)
        except OSError as error:
            print(type(error).__name__, flush=True)
"""


def test_a_file_of_a_process_grows_no_further_and_then_it_does_again(tmp_path):
    (tmp_path / "assay.db-wal").write_bytes(bytes(1_000))
    command = [sys.executable, "-c", WRITER, str(tmp_path / "assay.db-wal")]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:

        def written(size):
            process.stdin.write(f"{size}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        assert written(10) == "10"
        with no_growth(Server(process, "", 0.0), tmp_path):
            assert written(2 * ROOM_BYTES) == str(ROOM_BYTES)
            assert written(1) == "OSError"
        assert written(1) == "1"
        process.stdin.close()


def test_a_full_disk_takes_no_byte_and_then_it_does_again(tmp_path):
    try:
        with small_disk(tmp_path / "disk", 2**22) as disk, (disk / "file").open("wb", buffering=0) as file:
            with full(disk), pytest.raises(OSError, match="No space"):
                file.write(b"x")
            assert file.write(b"x") == 1
    except NotRun as reason:
        pytest.skip(str(reason))


def test_who_may_mount_no_disk_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotRun, match="mount"), small_disk(tmp_path / "disk", 2**22):
        pass


def test_what_is_read_only_is_not_written_by_who_has_it_open(tmp_path):
    with (tmp_path / "assay.db").open("wb", buffering=0) as file:
        try:
            with read_only(tmp_path), pytest.raises(PermissionError):
                file.write(b"x")
        except NotRun as reason:
            pytest.skip(str(reason))
        assert file.write(b"x") == 1


def test_without_chattr_nothing_is_made_read_only(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(NotRun, match="chattr"), read_only(tmp_path):
        pass
