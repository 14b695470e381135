"""Chunks go to processes and come back in order; what is sent arrives as it was."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from accounts.errors import BadInput, Fault, WorkerLost
from accounts.schema import TABLES
from cli import worker_pool
from cli.shared_tables import read_accounts, write_accounts
from cli.worker_pool import WorkerPool, processes_for


def who(tables, word):
    """Who the accounts are, and which process says so."""
    return tables.accounts["account_id"].to_list(), os.getpid(), word


@pytest.mark.parametrize("accounts", [0, None])
def test_tables_arrive_as_they_were_and_leave_nothing_behind(population, tmp_path, accounts):
    sent = population.tables.map(lambda _, frame: frame if accounts is None else frame.head(accounts))
    arrived = read_accounts(write_accounts(sent, str(tmp_path)))
    for name in TABLES:
        assert_frame_equal(arrived[name], sent[name])
    assert not list(tmp_path.iterdir())


def test_answers_come_in_the_order_of_the_chunks(population):
    ids = population.tables.accounts["account_id"].to_list()
    chunks = [population.tables.select([name]) for name in ids]
    for processes in (1, 2):
        with WorkerPool(processes, ["polars"]) as pool:
            assert pool.submit(who, chunks[0], "now")()[2] == "now"
            answers = list(pool.map(who, chunks, "so"))
        assert [(found, word) for found, _, word in answers] == [([name], "so") for name in ids]
        assert ({process for _, process, _ in answers} == {os.getpid()}) == (processes == 1)


def test_only_large_inputs_deserve_several_processes(tmp_path, monkeypatch):
    (tmp_path / "posts.csv").write_bytes(b"x" * 100)
    monkeypatch.setattr(worker_pool, "PARALLEL_FROM_BYTES", 101)
    assert processes_for(tmp_path) == processes_for(tmp_path / "posts.csv") == 1
    monkeypatch.setattr(worker_pool, "PARALLEL_FROM_BYTES", 100)
    assert processes_for(tmp_path) == processes_for(tmp_path / "posts.csv") == os.cpu_count()


def test_an_interrupt_while_workers_start_is_not_forgotten(monkeypatch):
    monkeypatch.setattr(worker_pool.forkserver, "ensure_running", lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt), WorkerPool(2, ["polars"]):
        time.sleep(60)  # another thread may be the one that hears of it, a moment later


def test_the_loss_of_what_starts_workers_is_told_like_that_of_a_worker(population, monkeypatch):
    def lose_connection(*_):
        raise EOFError("unexpected EOF")  # what its socket says

    with WorkerPool(2, ["polars"]) as pool:
        monkeypatch.setattr(pool._pool, "submit", lose_connection)
        with pytest.raises(WorkerLost, match="ended from outside"):
            pool.submit(who, population.tables, "now")()
        with pytest.raises(WorkerLost, match="ended from outside"):
            list(pool.map(who, [population.tables], "so"))


def killed_worker(tables, word):
    """Ends the process that it works in."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_came_before_a_refusal_is_answered(population):
    def until_refused():
        for name in ids[:3]:
            yield population.tables.select([name])
        raise BadInput(Fault("a.jsonl line 4", "", "must be JSON."))

    ids = population.tables.accounts["account_id"].to_list()
    with WorkerPool(2, ["polars"]) as pool:
        answers = pool.map(who, until_refused(), "so")
        assert [next(answers)[0] for _ in range(3)] == [[name] for name in ids[:3]]
        with pytest.raises(BadInput, match="line 4"):
            next(answers)


def test_a_worker_that_is_killed_is_one_sentence(population):
    with WorkerPool(2, ["polars"]) as pool, pytest.raises(WorkerLost, match="ended from outside"):
        list(pool.map(killed_worker, [population.tables] * 3, "so"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(tmp_path, how):
    code = (
        "import sys, time\nfrom accounts.tables import Tables\nfrom cli.worker_pool import WorkerPool\n"
        "from tests_of_workers import slow\n"
        "def items():\n"
        "    yield Tables.of()\n"
        "    print('working', flush=True)\n"
        "    time.sleep(60)\n"
        "    yield Tables.of()\n"
        "with WorkerPool(2, ['polars']) as pool:\n"
        "    list(pool.map(slow, items()))\n"
    )
    (tmp_path / "tests_of_workers.py").write_text("def slow(tables):\n    return 1\n")
    root = str(Path(__file__).parents[2])
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([root, str(tmp_path)]),
        "TMPDIR": str(tmp_path),  # what a killed parent leaves behind goes with the test's own folder
    }
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment)
    assert parent.stdout.readline() == b"working\n"
    parent.send_signal(how)
    # Whoever else holds the pipe is a worker that stayed: its end is seen only once all are gone.
    assert parent.communicate(timeout=30)[0] == b""


def lost():
    """Ends the process that it is asked in."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_one_that_is_killed_while_it_is_asked_is_the_same_sentence():
    with WorkerPool(2, ["polars"]) as pool, pytest.raises(WorkerLost, match="ended from outside"):
        pool.submit(lost)()
