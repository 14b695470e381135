"""Counts in files: no full disk ends a process that counts, and nothing that was counted is lost by it."""

import os
import subprocess
import sys

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

from serving.observe import count_files
from serving.observe.count_files import CountFile, read_counts, write_count_files

SHORT = 100


@pytest.fixture
def path(tmp_path):
    return tmp_path / "counter_1.db"


@pytest.fixture
def file(path):
    one = CountFile(str(path))
    yield one
    one.close()


def counts(path):
    return {key: (value, timestamp) for key, value, timestamp, _ in read_counts(path)}


def test_a_file_has_the_format_of_the_library(file, path, tmp_path):
    theirs = MmapedDict(str(tmp_path / "theirs"))
    for number, key in enumerate(("a", "bb", "ccc", "é" * 7, "x" * 90_000, "a")):
        assert file.read_value(key) == theirs.read_value(key)
        file.write_value(key, number + 0.5, number)
        theirs.write_value(key, number + 0.5, number)
    assert file.read_value("a") == theirs.read_value("a") == (5.5, 5)
    file.write()
    theirs.close()
    used = len(file.content)
    assert path.read_bytes()[:used] == (tmp_path / "theirs").read_bytes()[:used]


def test_the_counts_of_a_process_that_had_the_same_id_go_on(file, path):
    file.write_value("a", 3.0, 0.0)
    file.write()
    second = CountFile(str(path))
    second.write_value("b", second.read_value("a")[0] + 1, 0.0)
    second.close()
    assert counts(path) == {"a": (3.0, 0.0), "b": (4.0, 0.0)}


def test_a_disk_without_room_leaves_no_file_and_loses_no_count(file, path, monkeypatch):
    def no_room(*_):
        raise OSError(28, "No space left on device")

    file.write_value("a", 1.0, 0.0)
    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", no_room)
        with pytest.raises(OSError, match="No space"):
            write_count_files()
        assert not list(path.parent.iterdir())
        file.write_value("a", 2.0, 0.0)
    write_count_files()
    assert counts(path) == {"a": (2.0, 0.0)}


def test_a_file_that_was_written_in_part_can_be_read(file, path, monkeypatch):
    file.write_value("a", 1.0, 0.0)
    file.write()
    for number in range(5_000):
        file.write_value(f"key {number}", 1.0, 0.0)
    write, left = os.pwrite, [SHORT]

    def some_room(descriptor, content, start):
        if not left:
            raise OSError(28, "No space left on device")
        return write(descriptor, content[: left.pop()], start)

    with monkeypatch.context() as patched:
        patched.setattr(os, "pwrite", some_room)
        with pytest.raises(OSError, match="No space"):
            file.write()
    assert counts(path) == {"a": (1.0, 0.0)}
    file.write()
    assert len(counts(path)) == 5_001


def test_what_has_room_in_the_file_needs_none_on_the_disk(file, path):
    file.write_value("a", 1.0, 0.0)
    file.write()
    size = path.stat().st_size
    for number in range(500):
        file.write_value(f"key {number}", 1.0, 0.0)
    file.write()
    assert path.stat().st_size == size == count_files.STEP_BYTES
    assert path.stat().st_blocks * 512 >= size


def test_no_process_that_counts_has_files_in_memory(tmp_path):
    """A page of such a file for which the disk has no room ends the process by SIGBUS."""
    code = (
        "from serving.observe.gc_pauses import GcPauses\n"
        "from serving.observe.metrics import Metrics\n"
        "counts = Metrics(GcPauses())\n"
        "counts.requests.labels('/livez', 'GET', '200').inc()\n"
        "counts.seconds.labels('/livez').observe(1)\n"
        "counts.in_flight.inc()\n"
        "print(counts.text().decode())\n"
        "print([line for line in open('/proc/self/maps') if '.db' in line])\n"
    )
    variables = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    said = subprocess.check_output([sys.executable, "-c", code], env=variables, text=True, cwd=tmp_path)
    lines = said.splitlines()
    assert 'assay_requests_total{method="GET",route="/livez",status="200"} 1.0' in lines
    assert lines[-1] == "[]"
    kinds = {path.name.rpartition("_")[0] for path in tmp_path.iterdir()}
    assert kinds == {"counter", "gauge_livesum", "histogram"}


def test_files_of_several_processes_are_added_up(tmp_path):
    for process in (1, 2):
        file = CountFile(str(tmp_path / f"counter_{process}.db"))
        file.write_value('["n", "n_total", {"a": "b"}, "Help."]', float(process), 0.0)
        file.close()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(tmp_path))
    assert registry.get_sample_value("n_total", {"a": "b"}) == 3.0
