"""Kills on PostgreSQL where there is none: not run, and not silently left out."""

import pytest

from benchmarks.attack import kills, run


def test_without_postgresql_the_attack_is_not_run(monkeypatch, capsys):
    monkeypatch.setattr(kills, "installed_programs", lambda: None)
    monkeypatch.setattr(run, "record", lambda *_: pytest.fail("it was recorded"))
    assert run.main(["kills_postgresql"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "== kills_postgresql",
        "not run: PostgreSQL is not installed",
    ]
