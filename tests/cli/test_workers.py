"""Chunks go to processes and come back in order; what is sent arrives as it was."""

import os

from polars.testing import assert_frame_equal

from accounts.schema import TABLES
from cli import workers
from cli.workers import Workers, packed, processes_for, unpacked


def who(tables, told):
    """Who the accounts are, and which process says so."""
    return tables.accounts["account_id"].to_list(), os.getpid(), told


def test_packed_tables_arrive_as_they_were(population):
    arrived = unpacked(packed(population.tables))
    for name in TABLES:
        assert_frame_equal(arrived[name], population.tables[name])


def test_answers_come_in_the_order_of_the_chunks(population):
    ids = population.tables.accounts["account_id"].to_list()
    chunks = [population.tables.select([name]) for name in ids]
    for processes in (1, 2):
        answers = list(Workers(processes, ["polars"]).map(who, chunks, "so"))
        assert [(found, told) for found, _, told in answers] == [([name], "so") for name in ids]
        assert ({process for _, process, _ in answers} == {os.getpid()}) == (processes == 1)


def test_only_large_inputs_deserve_several_processes(tmp_path, monkeypatch):
    (tmp_path / "posts.csv").write_bytes(b"x" * 100)
    monkeypatch.setattr(workers, "WORTH_IT", 101)
    assert processes_for(tmp_path) == processes_for(tmp_path / "posts.csv") == 1
    monkeypatch.setattr(workers, "WORTH_IT", 100)
    assert processes_for(tmp_path) == processes_for(tmp_path / "posts.csv") == os.cpu_count()
