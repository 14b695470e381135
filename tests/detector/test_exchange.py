import os

import pytest

from detector import exchange as module
from detector.exchange import exchange, in_steps


@pytest.fixture
def two(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return tmp_path / "one", tmp_path / "other"


def said(two):
    return [(path / "file").read_text() for path in two]


@pytest.mark.parametrize("way", [exchange, in_steps])
def test_each_takes_the_other_s_name(two, way):
    way(*two)
    assert said(two) == ["other", "one"]
    assert sorted(os.listdir(two[0].parent)) == ["one", "other"]


@pytest.mark.parametrize("way", [exchange, in_steps])
@pytest.mark.parametrize("gone", [0, 1])
def test_if_one_is_missing_the_other_keeps_its_name(two, way, gone):
    moved = two[gone].rename(two[gone].with_name("elsewhere"))
    with pytest.raises(FileNotFoundError):
        way(*two)
    moved.rename(two[gone])
    assert said(two) == ["one", "other"]


def test_where_the_system_cannot_it_is_done_in_steps(two, monkeypatch):
    monkeypatch.setattr(module.ctypes, "CDLL", lambda *_, **__: object())
    exchange(*two)
    assert said(two) == ["other", "one"]
