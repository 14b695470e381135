import os
import threading

import pytest

from accounts.errors import WrongUsage
from cli.atomic_file import atomic_file


def write(path, inputs=(), text="new"):
    with atomic_file(path, inputs) as draft:
        draft.write_text(text)


def test_a_failure_leaves_what_was_there_and_no_draft(tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("old")
    with pytest.raises(RuntimeError), atomic_file(out) as draft:
        draft.write_text("half")
        raise RuntimeError
    assert out.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.parametrize("target_exists", [True, False])
def test_a_link_stays_a_link(tmp_path, target_exists):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    if target_exists:
        target.write_text("old")
    link.symlink_to(target)
    write(link)
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_link_that_leads_to_itself_is_refused(tmp_path):
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    with pytest.raises(WrongUsage, match=r"loop\.csv cannot be written: it is a symbolic link"):
        write(loop)
    assert os.listdir(tmp_path) == ["loop.csv"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write(pipe)
    reader.join()
    assert read == ["new"]
    assert pipe.is_fifo()


def test_a_device_is_not_replaced(tmp_path):
    null = tmp_path / "null"
    null.symlink_to(os.devnull)
    write(null)
    assert null.is_char_device()


@pytest.mark.parametrize("name", ["accounts.csv", "link.csv", "hard.csv", "../folder/accounts.csv"])
def test_an_input_is_never_replaced(tmp_path, name):
    folder = tmp_path / "folder"
    folder.mkdir()
    source = folder / "accounts.csv"
    source.write_text("rows")
    (folder / "link.csv").symlink_to(source)
    (folder / "hard.csv").hardlink_to(source)
    for given in (source, folder):
        with pytest.raises(WrongUsage, match="would replace what is read"):
            write(folder / name, [given])
    assert source.read_text() == "rows"


def test_nothing_is_written_into_a_folder_that_is_read(tmp_path):
    folder, link = tmp_path / "folder", tmp_path / "link"
    folder.mkdir()
    link.symlink_to(folder)
    (tmp_path / "into.csv").symlink_to(folder / "not there.csv")
    for name in ("folder/new.csv", "link/new.csv", "folder/../folder/new.csv", "into.csv"):
        with pytest.raises(WrongUsage, match="or lie in it"):
            write(tmp_path / name, [folder])
    assert os.listdir(folder) == []
    write(tmp_path / "new.csv", [folder])
