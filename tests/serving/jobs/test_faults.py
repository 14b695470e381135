"""What goes wrong beside a job: nothing is lost, nothing comes twice."""

import asyncio
import errno
import gc
import io
import json
import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DataError

from accounts.errors import WrongUsage
from detector.bundle import load, starter_path
from detector.model_store import ModelStore
from detector.screening import Detector
from serving.http.problems import problem
from serving.jobs import erasure, job_run, upload
from serving.jobs import supervisor as supervisor_module
from serving.jobs.erasure import erase_from_unfinished
from serving.jobs.job_files import ARRIVING, HELD, holding
from serving.jobs.job_run import FeaturesNotUsable, JobRun
from serving.jobs.result_pieces import check_lengths, checked_pieces
from serving.jobs.supervisor import Supervisor
from serving.routes import job_creation
from serving.routes import jobs as job_routes
from serving.store import engine, leases, timestamps
from serving.store.audit_check import verify_audit_logs
from serving.store.engine import NoUsableStore, open_database
from serving.store.job_rows import JobState, ResultsDamaged, cancel_job, remove_job, result_pieces
from serving.store.leases import LeaseLost, finish_job, take_lease
from serving.store.tables import job_pieces, jobs
from serving.store.verdict_rows import erase_account

NDJSON = {"Content-Type": "application/x-ndjson"}
LAST_PIECE = job_pieces.c.piece == select(func.max(job_pieces.c.piece)).scalar_subquery()
ONE_DATABASE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
LONGEST_SECONDS = 300  # a worker has a low priority: where others take all, it comes late


class Died(BaseException):
    """As if the process was gone: nothing is given back."""


def at_piece(monkeypatch, number, happen):
    """Have something happen just before a piece is noted."""
    record = job_run.record_piece

    def record_faultily(store, job, piece, *more):
        if piece.piece == number:
            happen()
        return record(store, job, piece, *more)

    monkeypatch.setattr(job_run, "record_piece", record_faultily)


def die():
    raise Died


def once(happen):
    """Something that happens the first time only."""
    left = [happen]
    return lambda: left.pop()() if left else None


@pytest.mark.parametrize(("number", "done"), [(0, 0), (2, 6), (4, 11)])
def test_where_a_worker_died_another_goes_on(
    submit, worker, lines, look, results_alone, monkeypatch, number, done
):
    expected = results_alone()
    job_id = submit()
    with monkeypatch.context() as patch:
        at_piece(patch, number, die)
        with pytest.raises(Died):
            worker("the first").step()
    assert (look(job_id).state, look(job_id).done) == ("running", done)
    second = worker("the second", job_lease_seconds=0.2)
    assert not second.step()
    time.sleep(0.3)
    assert second.step()
    assert lines(job_id) == expected
    assert (look(job_id).done, look(job_id).refused, look(job_id).deaths) == (12, 4, 0)


def test_one_that_stood_still_finds_its_lease_gone(submit, worker, lines, results_alone, monkeypatch, look):
    expected, job_id = results_alone(), submit()
    other = worker("the second", job_lease_seconds=0.01)

    def stand_still():
        other.step()
        time.sleep(0.02)
        with monkeypatch.context() as patch:
            patch.undo()
            assert other.step()

    at_piece(monkeypatch, 1, once(stand_still))
    assert worker("the first", job_lease_seconds=3_600).step()
    assert lines(job_id) == expected
    assert look(job_id).state == "done"


def test_a_worker_that_was_only_silent_is_no_death(
    submit, worker, store, monkeypatch, look, lines, results_alone
):
    expected, job_id = results_alone(), submit()
    deaths = []

    def take_over():
        assert take_lease(store, look(job_id), "the second", died=True)
        deaths.append(look(job_id).deaths)

    at_piece(monkeypatch, 0, once(take_over))
    assert worker("the first", job_lease_seconds=3_600).step()
    assert (look(job_id).owner, deaths, look(job_id).deaths) == ("the second", [1], 0)
    assert worker("the second").step()
    assert lines(job_id) == expected


def test_nothing_is_leased_while_its_worker_still_imports(submit, worker, look, lines, results_alone):
    expected, job_id, one = results_alone(), submit(), worker("the slow one", job_lease_seconds=3_600)
    other = worker("the quick one", job_lease_seconds=0)
    seen = []

    def import_slowly():
        seen.append((look(job_id).state, look(job_id).owner))
        assert other.step()

    one.prepare = import_slowly
    assert not one.step()
    assert seen == [("queued", None)]
    assert (look(job_id).state, look(job_id).deaths) == ("done", 0)
    assert lines(job_id) == expected


@ONE_DATABASE
def test_workers_at_the_same_time_do_every_job_once(submit, worker, lines, results_alone, small, look):
    expected = results_alone()
    job_ids = [submit() for _ in range(6)]
    working = [threading.Thread(target=until_idle, args=(worker(f"worker {n}"),)) for n in range(3)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join(LONGEST_SECONDS)
    for job_id in job_ids:
        assert lines(job_id) == expected
        owners = {path.name.partition("-")[2] for path in (small.jobs_path / job_id).glob("*.*")}
        assert len(owners) == 1
        assert look(job_id).done == 12


def until_idle(worker):
    while worker.step():
        pass


@ONE_DATABASE
def test_a_worker_that_was_killed_is_followed_by_one_that_goes_on(
    submit, lines, look, results_alone, small, body, monkeypatch
):
    monkeypatch.setattr(supervisor_module, "LONGEST_END_SECONDS", 600)
    small_ones = (
        f'{{"account_id": "a{n}", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}}' for n in range(24)
    )
    many = body + b"\n" + "\n".join(small_ones).encode()
    expected, job_id = results_alone(many), submit(many)
    variables = {**os.environ, "ASSAY_HOME": str(small.home)}
    supervisor = Supervisor(variables)
    supervisor.start()
    try:
        wait_until(lambda: look(job_id).done >= 3)
        supervisor.child.send_signal(signal.SIGKILL)
        killed = supervisor.child.pid
        wait_until(lambda: look(job_id).ended)
        assert supervisor.child.pid != killed
    finally:
        supervisor.stop()
    assert supervisor.child.returncode == 0
    assert lines(job_id) == expected
    assert (look(job_id).state, look(job_id).done, look(job_id).total) == ("done", 36, 36)


@ONE_DATABASE
def test_once_the_service_is_about_to_end_no_other_worker_starts(small, monkeypatch):
    """SIGTERM comes to both, or a moment earlier to the worker."""
    monkeypatch.setattr(supervisor_module, "SHORTEST_PAUSE_SECONDS", 600.0)
    supervisor = Supervisor({**os.environ, "ASSAY_HOME": str(small.home)})
    supervisor.start()
    try:
        wait_until(lambda: supervisor.child is not None)
        supervisor.child.send_signal(signal.SIGTERM)
        ended = supervisor.child
        ended.wait()
        supervisor.start_no_more()
        supervisor.thread.join()
        assert supervisor.child is ended
    finally:
        supervisor.stop()


def wait_until(true):
    deadline = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@ONE_DATABASE
def test_a_worker_that_is_told_to_end_gives_its_job_back(submit, worker, monkeypatch, look):
    job_id, one = submit(), worker()
    at_piece(monkeypatch, 1, one.stopping.set)
    assert one.step()
    assert (look(job_id).state, look(job_id).owner, look(job_id).done) == ("queued", None, 6)
    assert worker("another").step()
    assert look(job_id).state == "done"


@ONE_DATABASE
def test_a_job_that_its_workers_die_of_fails(submit, worker, monkeypatch, client):
    job_id = submit()
    with monkeypatch.context() as patch:
        at_piece(patch, 1, die)
        for _ in range(3):
            with pytest.raises(Died):
                worker().step()
    assert worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["accounts"]["done"]) == ("failed", 3)
    assert job["problem"]["detail"] == "Its process was ended 3 times at account 4 or after."
    assert len(client.get(job["results"]).content.splitlines()) == 3


def test_a_tenant_with_many_jobs_keeps_no_other_waiting(start, key, worker, look, monkeypatch):
    client, order = start(no_auth=False), []
    keys = {tenant: key(tenant) | NDJSON for tenant in ("many", "few", "one")}

    def submit_as(tenant):
        return client.post("/v1/jobs", content=b"{}", headers=keys[tenant]).json()["job_id"]

    waiting = [(tenant, submit_as(tenant)) for tenant in ("many", "many", "many", "few", "few", "one")]
    with monkeypatch.context() as patch:
        at_piece(patch, 0, die)
        with pytest.raises(Died):
            worker().step()
    while waiting:
        assert worker().step()
        for one in [one for one in waiting if look(one[1], one[0]).ended]:
            waiting.remove(one)
            order.append(one[0])
    assert order == ["many", "few", "one", "many", "few", "many"]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", ["tenants", "jobs"])
def test_a_job_whose_rows_somebody_holds_keeps_no_other_waiting(
    submit, worker, look, lines, results_alone, monkeypatch, held, table
):
    hold, let_go = held
    expected, one = results_alone(), worker()
    monkeypatch.setattr(engine, "LOCK_WAIT_MS", 1)
    first = submit()
    hold(table, "default")
    other = submit() if table == "jobs" else None  # of the same tenant, whose row nobody holds
    while one.step():
        continue
    assert not look(first).ended and look(first).deaths == 0
    assert other is None or lines(other) == expected
    assert look(first).stalled == (None if other else "Another transaction holds what this would change.")
    let_go()
    one.waits.clear()
    assert one.step()
    assert lines(first) == expected


@ONE_DATABASE
def test_a_job_that_breaks_its_workers_fails(submit, worker, monkeypatch, client):
    job_id = submit()
    with monkeypatch.context() as patch:
        patch.setattr(job_run, "screen_piece", None)
        for _ in range(3):
            with pytest.raises(TypeError):
                worker().step()
    assert worker().step()
    assert client.get(f"/v1/jobs/{job_id}").json()["state"] == "failed"


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_job_that_the_database_refuses_breaks_its_worker(submit, worker, monkeypatch):
    record = job_run.record_piece

    def record_faultily(store, job, piece, *more):
        return record(store, job, replace(piece, file="no text: \0"), *more)

    submit()
    monkeypatch.setattr(job_run, "record_piece", record_faultily)
    with pytest.raises(DataError):
        worker().step()


def test_what_nobody_foresaw_ends_a_worker_and_is_told_without_values(tmp_path):
    code = (
        "import sys\nfrom serving.jobs import worker\ndef broken(_):\n    raise KeyError('secret')\n"
        "worker.open_store = broken\nsys.exit(worker.main('one'))"
    )
    (tmp_path / "assay.db").touch()  # a worker makes none
    variables = {**os.environ, "ASSAY_HOME": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], env=variables, stdin=pipe, stderr=pipe) as process:
        stderr = process.stderr.read()
        assert process.wait(LONGEST_SECONDS) == 1
    (line,) = map(json.loads, stderr.splitlines())
    assert (line["event"], line["error"]) == ("worker_failed", "KeyError")
    assert b"secret" not in stderr


def test_a_worker_that_cannot_be_started_is_tried_again(monkeypatch):
    started = []

    class Full(Supervisor):
        def _start_process(self):
            started.append(1)
            if len(started) > 1:
                self.stopping.set()
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    supervisor = Full({})
    supervisor.start()
    supervisor.thread.join(LONGEST_SECONDS)
    assert len(started) == 2
    supervisor.stop()


def test_a_job_is_cancelled_within_a_piece(client, submit, worker, monkeypatch, look, small):
    job_id = submit()
    at_piece(monkeypatch, 2, lambda: client.post(f"/v1/jobs/{job_id}/cancel"))
    assert worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["accounts"]["done"]) == ("cancelled", 6)
    assert len(client.get(job["results"]).content.splitlines()) == 6
    assert len(list((small.jobs_path / job_id).glob("*.*"))) == 2
    assert not worker("another").step()
    assert client.post(f"/v1/jobs/{job_id}/cancel").json() == job


def test_a_job_that_is_removed_within_a_piece_fails_at_nothing(
    client, submit, worker, monkeypatch, small, caplog
):
    job_id, screen = submit(), job_run.screen_piece

    def removed_meanwhile(*given):
        client.post(f"/v1/jobs/{job_id}/cancel")
        assert client.delete(f"/v1/jobs/{job_id}").status_code == 204
        return screen(*given)

    monkeypatch.setattr(job_run, "screen_piece", removed_meanwhile)
    with caplog.at_level(logging.INFO):
        assert worker().step()
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    assert not (small.jobs_path / job_id).exists()
    assert not worker("another").step()


def test_a_job_that_waits_is_cancelled_at_once_and_one_that_is_done_not_at_all(client, submit, worker, small):
    waiting = submit()
    assert client.post(f"/v1/jobs/{waiting}/cancel").json()["state"] == "cancelled"
    assert not worker().step()
    assert not list((small.jobs_path / waiting).glob("*.*"))
    done = submit()
    worker().step()
    assert client.post(f"/v1/jobs/{done}/cancel").status_code == 409


def test_what_was_kept_for_long_enough_is_removed(client, submit, worker, rewrite, small):
    old, young, waiting = submit(), submit(), submit()
    one = worker()
    one.step()
    one.step()
    rewrite(old, expires_at=timestamps.now(plus=timedelta(seconds=-1)))
    worker("another", run_jobs=False).clean_up()
    assert client.get(f"/v1/jobs/{old}").status_code == 404
    assert not (small.jobs_path / old).exists()
    assert len(client.get(f"/v1/jobs/{young}/results").content.splitlines()) == 12
    assert client.get(f"/v1/jobs/{waiting}").json()["state"] == "queued"


def test_a_job_that_waited_for_too_long_fails_and_loses_its_input(client, submit, worker, store, small):
    old, young = submit(), submit()
    with store.database.writing() as connection:
        past = timestamps.now(plus=timedelta(days=-small.job_days, seconds=-1))
        connection.execute(update(jobs).where(jobs.c.job_id == old).values(created_at=past))
    worker().clean_up()
    job = client.get(f"/v1/jobs/{old}").json()
    assert (job["state"], job["problem"]["detail"]) == ("failed", "It was not done within 7 days.")
    assert not list((small.jobs_path / old).glob("*.*"))
    assert client.get(f"/v1/jobs/{young}").json()["state"] == "queued"


@pytest.mark.parametrize("form", ["application/x-ndjson", "application/vnd.apache.parquet"])
@ONE_DATABASE
def test_only_their_owner_reads_files(submit, worker, monkeypatch, documents, small, form):
    sink = io.BytesIO()
    pq.write_table(pa.table({"document": pa.array(documents, pa.binary())}), sink)
    content = sink.getvalue() if "parquet" in form else b"\n".join(documents)
    folder = small.jobs_path / submit(content, {"Content-Type": form})
    (sent,) = folder.glob("*.*")
    assert (sent.stat().st_mode & 0o777, sent.suffix in (".jsonl", ".parquet")) == (0o600, True)
    at_piece(monkeypatch, 1, die)
    with pytest.raises(Died):
        worker().step()
    files = [path for path in folder.iterdir() if path.is_file()]
    assert len(files) == 4 + ("parquet" in form)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    for path in (small.jobs_path, folder):
        assert path.stat().st_mode & 0o777 == 0o700


@ONE_DATABASE
@pytest.mark.parametrize("name", [HELD, ARRIVING])
def test_files_of_no_job_are_removed_once_they_are_old(submit, worker, small, name):
    job_id, names = submit(), ("lost", "held", "fresh")
    lost, held, fresh = (small.jobs_path / name for name in names)
    for path in (lost, held, fresh):
        path.mkdir()
        (path / "input.part").write_bytes(b"{}")
    for path in (lost / "input.part", lost, held / "input.part", held, small.jobs_path / job_id):
        os.utime(path, (0, 0))
    (held / name).touch()
    os.utime(held / name, (0, 0))
    os.utime(held, (0, 0))
    with holding(held / name):
        worker().clean_up()
    assert not lost.exists()
    assert held.exists() and fresh.exists() and (small.jobs_path / job_id / "input.jsonl").exists()
    worker().clean_up()
    assert not held.exists()


BEGIN_AND_HANG = """
import anyio
from serving.routes.source_files import private_folder

async def hang():
    async with private_folder() as files:
        (files.folder / "body.csv").write_text("an account")
        print(files.path, flush=True)
        await anyio.sleep(600)

anyio.run(hang)
"""


@ONE_DATABASE
def test_files_of_a_request_whose_process_was_killed_are_removed(worker, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    command = [sys.executable, "-c", BEGIN_AND_HANG]
    variables = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=variables) as process:
        folder = Path(process.stdout.readline().strip())
        for path in (*folder.rglob("*"), folder):
            os.utime(path, (0, 0))
        worker().clean_up()
        assert folder.exists()
        process.kill()
        process.wait()
    worker().clean_up()
    assert not folder.exists()


def test_a_full_disk_delays_a_job(client, submit, worker, lines, results_alone, monkeypatch):
    expected, job_id = results_alone(), submit()
    whole = job_run.write_whole
    with monkeypatch.context() as patch:
        patch.setattr(job_run, "write_whole", once_full(whole, 2))
        assert worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["stalled"]) == ("queued", "There is no space left on the disk.")
    assert job["accounts"]["done"] == 3
    assert worker("another").step()
    assert lines(job_id) == expected
    assert client.get(f"/v1/jobs/{job_id}").json()["stalled"] is None


def once_full(whole, number):
    calls = iter(range(1, 100))

    def written(path, pieces):
        if next(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device", "/secret/place")
        whole(path, pieces)

    return written


@contextmanager
def files_of_at_most(most):
    """Every file that this process writes ends at so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@ONE_DATABASE
def test_a_real_limit_on_files_is_a_full_disk(client, submit, worker, results_alone, small):
    expected, job_id = results_alone(), submit()
    ModelStore(small.home).add(load(starter_path()))
    with files_of_at_most(700_000):
        answer = client.post("/v1/jobs", content=b" " * 800_000 + b"{}", headers=NDJSON)
    assert (answer.status_code, answer.headers["content-type"]) == (507, "application/problem+json")
    assert job_id in {path.name for path in small.jobs_path.iterdir()}
    assert not list(small.jobs_path.glob("*/input.part"))
    assert worker().step()
    assert client.get(f"/v1/jobs/{job_id}/results").content.splitlines() == expected


@ONE_DATABASE
@pytest.mark.parametrize("path", ["/v1/verdicts/batch", "/v1/jobs"])
@pytest.mark.parametrize(
    "sent",
    [
        {"files": {"file": ("posts.csv", b"handle,likes\n" + b"a,1\n" * 300_000)}},
        {"content": b"handle,likes\n" + b"a,1\n" * 300_000, "headers": {"Content-Type": "text/csv"}},
        {"content": b'[{"pad": "' + b"x" * 900_000 + b'"}]', "headers": {"Content-Type": "application/json"}},
    ],
    ids=["form", "table", "JSON"],
)
def test_a_full_folder_for_temporary_files_is_a_full_disk(client, path, sent):
    with files_of_at_most(700_000):
        answer = client.post(path, **sent)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")


@ONE_DATABASE
def test_what_would_fill_the_disk_is_refused_unread(start, monkeypatch):
    monkeypatch.setattr(upload, "RESERVED_BYTES", 2**62)
    answer = start().post("/v1/jobs", content=b"{}", headers=NDJSON)
    assert (answer.status_code, answer.headers["connection"]) == (507, "close")
    assert answer.json()["detail"] == "There is not enough space left on the service's disk."


def test_a_database_that_goes_and_comes_back_costs_nothing(
    submit, worker, lines, results_alone, monkeypatch, look
):
    expected, job_id, one = results_alone(), submit(), worker()

    def lose_store():
        raise NoUsableStore("gone")

    at_piece(monkeypatch, 2, once(lose_store))
    with pytest.raises(NoUsableStore):
        one.step()
    assert one.step()
    assert lines(job_id) == expected
    assert look(job_id).deaths == 0


def test_a_database_without_room_for_a_piece_delays_a_job(
    client, submit, worker, lines, results_alone, monkeypatch, tmp_path
):
    """SQLite has temporary files for a large statement elsewhere: the database itself has room."""
    expected, job_id = results_alone(), submit()

    def fill():
        with open_database(tmp_path / "full.db").writing() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            connection.exec_driver_sql("CREATE TABLE wide (column)")

    with monkeypatch.context() as patch:
        at_piece(patch, 2, once(fill))
        assert worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert (job["state"], job["stalled"]) == ("queued", "There is no space left on the disk.")
    assert worker("another").step()
    assert lines(job_id) == expected
    assert client.get(f"/v1/jobs/{job_id}").json()["stalled"] is None


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_connections_that_are_cut_cost_nothing(submit, worker, lines, results_alone, monkeypatch, postgresql):
    expected, job_id, one = results_alone(), submit(), worker()

    def cut():
        with psycopg.connect(f"host={postgresql} user=assay dbname=postgres", autocommit=True) as connection:
            others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    at_piece(monkeypatch, 2, once(cut))
    for _ in range(3):
        try:
            one.step()
        except NoUsableStore:
            continue
    assert lines(job_id) == expected


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_worker_that_stood_still_in_a_transaction_costs_nothing(
    submit, worker, lines, results_alone, monkeypatch, stand_still, look
):
    expected, job_id, one, store = results_alone(), submit(), worker(), leases.store_verdicts_in

    def then_stand_still(connection, *given):
        store(connection, *given)
        stand_still(connection)

    with monkeypatch.context() as patch:
        patch.setattr(leases, "store_verdicts_in", then_stand_still)
        with pytest.raises(NoUsableStore):
            one.step()
    assert (look(job_id).state, look(job_id).done) == ("running", 0)
    assert one.step()
    assert lines(job_id) == expected
    assert look(job_id).deaths == 0


@pytest.mark.parametrize("days", [-400, 400])
@ONE_DATABASE
def test_a_clock_that_moves_neither_stops_a_job_nor_lets_two_work(
    submit, worker, lines, results_alone, monkeypatch, days
):
    expected, job_id = results_alone(), submit()
    other = worker("the second")

    class Moved(timestamps.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + timedelta(days=days)

    def move():
        monkeypatch.setattr(timestamps, "datetime", Moved)
        assert not other.step()
        assert not other.step()

    at_piece(monkeypatch, 2, once(move))
    assert worker("the first").step()
    assert lines(job_id) == expected


@ONE_DATABASE
def test_a_body_that_breaks_off_makes_no_job(start, small):
    client = start()
    messages = [{"type": "http.request", "body": b"{}\n", "more_body": True}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    headers = {"content-type": "application/x-ndjson", "host": "127.0.0.1", "content-length": "10"}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/jobs",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(client.app(scope, receive, send))
    assert sent[0]["status"] == 499  # which nobody reads but the log
    assert not [path for path in small.jobs_path.iterdir() if path.is_dir()]
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_a_last_line_that_breaks_off_is_refused_alone(submit, worker, lines, documents):
    job_id = submit(documents[0] + b"\n" + documents[1][:-5])
    worker().step()
    first, second = map(json.loads, lines(job_id))
    assert first["account_id"] == json.loads(documents[0])["account_id"]
    assert second["problem"]["detail"].startswith("line 2: must be JSON.")


def test_a_job_keeps_to_the_model_that_it_started_with(submit, worker, lines, monkeypatch, results_alone):
    expected, job_id = results_alone(), submit()
    with monkeypatch.context() as patch:
        at_piece(patch, 2, die)
        with pytest.raises(Died):
            worker().step()
    monkeypatch.setattr(job_run, "open_detector", None)  # whatever is in use now
    assert worker().step()
    assert lines(job_id) == expected


@ONE_DATABASE
def test_a_job_ends_with_the_copy_of_its_model_that_an_older_assay_made(
    submit, worker, lines, monkeypatch, results_alone, small
):
    expected, job_id = results_alone(), submit()
    with monkeypatch.context() as patch:
        at_piece(patch, 2, die)
        with pytest.raises(Died):
            worker().step()
    assert not (small.jobs_path / job_id / "model").exists()
    (model,) = (small.home / "models").iterdir()
    model.rename(small.jobs_path / job_id / "model")
    monkeypatch.setattr(job_run, "find", lambda *_: None)  # as if the starter were another by now
    assert worker().step()
    assert lines(job_id) == expected
    assert model.is_dir()  # its stored verdicts can be replayed once the job is gone


@ONE_DATABASE
def test_a_job_whose_model_is_spoilt_fails(client, submit, worker, monkeypatch, small):
    job_id = submit()
    with monkeypatch.context() as patch:
        at_piece(patch, 2, die)
        with pytest.raises(Died):
            worker().step()
    (model,) = (small.home / "models").iterdir()
    (model / "likes.txt").write_text("tree\n")
    assert worker().step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    assert job["problem"]["detail"].startswith("The model that it started with cannot be used")


@ONE_DATABASE
def test_an_input_that_is_gone_fails(client, submit, worker, small):
    job_id = submit()
    (small.jobs_path / job_id / "input.jsonl").unlink()
    worker().step()
    assert client.get(f"/v1/jobs/{job_id}").json()["problem"]["detail"] == "The input is no longer there."


def account_ids_of(lines):
    return [json.loads(line)["account_id"] for line in lines]


def account_ids_in(folder):
    """Those in all files of a job, whatever these are named."""
    return account_ids_of(line for path in folder.iterdir() for line in path.read_bytes().splitlines())


@pytest.mark.parametrize("when", ["waiting", "running", "in its piece", "done"])
def test_an_erased_account_is_in_no_input_and_no_result(
    client, store, submit, worker, lines, documents, monkeypatch, small, when
):
    erased = json.loads(documents[2])["account_id"]
    escaped = documents[2].replace(
        erased.encode(), "".join(f"\\u{ord(char):04x}" for char in erased).encode()
    )
    body = b"\n".join([*documents[:2], escaped, *documents[3:]])
    job_id = submit(body)
    path, counts = small.jobs_path / job_id / "input.jsonl", []

    def erase():
        counts.append(client.delete(f"/v1/subjects/{erased}").json()["job_lines"])
        if path.exists():
            assert len(path.read_bytes()) == len(body)
            assert path.read_bytes().splitlines()[2].strip() == b""

    if when == "waiting":
        erase()
    at_piece(monkeypatch, {"running": 2, "in its piece": 0}.get(when, 9), once(erase))
    worker().step()
    if when == "done":
        erase()
    assert counts == [{"running": 2}.get(when, 1)]
    others = [document for document in documents if document is not documents[2]]
    assert account_ids_of(lines(job_id)) == account_ids_of(others)
    assert verify_audit_logs(store)[0].fault is None
    for file in (small.jobs_path / job_id).iterdir():
        assert erased.encode() not in file.read_bytes()


ODD_LINES = [
    b'"victim.41"', b'["victim.41"]', b'{"id": "victim.41"}', b'{"victim.41": 1}',
    b'{"account": "victim.41",,}', b'{"account_id": 7, "platform": "x", "as_of": "victim.41"}',
]  # fmt: skip


@ONE_DATABASE
def test_an_erased_id_is_in_no_result_that_names_no_account(client, submit, worker, lines, documents, small):
    job_id = submit(b"\n".join([documents[0], b'{"victim.419": 1}', *ODD_LINES]))
    worker().step()
    before = lines(job_id)
    quoted = [line for line in before[2:] if b"victim.41" in line]
    assert quoted
    assert client.delete("/v1/subjects/victim.41").json()["job_lines"] == len(quoted)
    assert lines(job_id) == [line for line in before if line not in quoted]
    assert b"victim.419" in lines(job_id)[1]


@ONE_DATABASE
def test_an_erased_id_is_in_no_input_line_that_names_no_account(
    client, submit, worker, lines, documents, small
):
    job_id = submit(b"\n".join([documents[0], b'{"victim.419": 1}', *ODD_LINES]))
    assert client.delete("/v1/subjects/victim.41").json()["job_lines"] == len(ODD_LINES)
    worker().step()
    assert account_ids_of(lines(job_id)) == [json.loads(documents[0])["account_id"], None]


@pytest.mark.parametrize("is_done", ["around the job", "before it"])
def test_an_account_erased_while_its_job_arrives_is_left_out(
    client, submit, worker, lines, documents, monkeypatch, is_done
):
    erased, add_job = json.loads(documents[2])["account_id"], job_creation.add_job

    def erased_meanwhile(store, *parts):
        subject = ("default", erased, "test")
        if is_done == "around the job":
            erase_from_unfinished(store, *subject)
            job = add_job(store, *parts)
            erase_account(store, *subject)
        else:
            erase_from_unfinished(store, *subject)
            erase_account(store, *subject)
            job = add_job(store, *parts)
        return job

    monkeypatch.setattr(job_creation, "add_job", erased_meanwhile)
    job_id = submit(b"\n".join(documents))
    worker().step()
    others = [document for document in documents if document is not documents[2]]
    assert account_ids_of(lines(job_id)) == account_ids_of(others)


@ONE_DATABASE
def test_an_account_erased_while_its_parquet_waits_is_left_out(client, submit, worker, lines, documents):
    sink = io.BytesIO()
    pq.write_table(pa.table({"document": pa.array(documents, pa.binary())}), sink)
    job_id = submit(sink.getvalue(), {"Content-Type": "application/vnd.apache.parquet"})
    erased = json.loads(documents[2])["account_id"]
    client.delete(f"/v1/subjects/{erased}")
    worker().step()
    assert erased not in account_ids_of(lines(job_id))
    assert len(lines(job_id)) == len(documents) - 1


def test_who_lost_a_lease_can_end_nothing(submit, store, look):
    job_id = submit()
    first = take_lease(store, look(job_id), "the first", died=False)
    assert take_lease(store, look(job_id), "the second", died=True).deaths == 1
    assert take_lease(store, first, "late", died=False) is None
    with pytest.raises(LeaseLost):
        finish_job(store, first, JobState.FAILED, timedelta(days=1), problem(500, "x"))
    cancel_job(store, "default", job_id, "anyone", timedelta(days=1))
    assert look(job_id).owner is None


@ONE_DATABASE
def test_a_lease_is_renewed_meanwhile(submit, store, look, small, monkeypatch):
    job = take_lease(store, look(submit()), "one", died=False)
    quick = small.model_copy(update={"job_lease_seconds": 0.03})
    with job_run.renewing_lease(JobRun(quick, store, job, threading.Event()), 0.01):
        wait_until(lambda: look(job.job_id).beats > job.beats + 2)
    with store.database.reading() as connection:
        assert connection.execute(select(jobs.c.owner)).scalar() == "one"


@ONE_DATABASE
def test_a_run_that_others_leave_no_processor_does_not_hang(submit, store, look, small, monkeypatch):
    run = JobRun(small, store, look(submit()), threading.Event())
    assert run.waits  # of this very thread
    assert not run.hangs
    run.progressed_at -= 2 * job_run.LONGEST_PIECE_SECONDS
    assert run.hangs
    starved = {thread: waited + 1.5 * job_run.LONGEST_PIECE_SECONDS for thread, waited in run.waits.items()}
    monkeypatch.setattr(job_run, "processor_waits", lambda: starved)
    assert not run.hangs
    run.note_progress()
    assert run.waits == starved
    run.progressed_at -= 2 * job_run.LONGEST_PIECE_SECONDS
    assert run.hangs


@ONE_DATABASE
def test_the_accounts_of_a_piece_are_gone_before_the_next_without_the_garbage_collector(
    submit, worker, monkeypatch, look, documents
):
    """Also where a document is no JSON, and where Assay itself fails on one."""
    pieces, alive = [], []
    screen, screen_batch, unlucky = job_run.screen_each, Detector.screen_batch, json.loads(documents[2])

    def raising(detector, tables, **options):
        if unlucky["account_id"] in tables.accounts["account_id"]:
            raise LookupError
        return screen_batch(detector, tables, **options)

    def screened(detector, tables):
        alive.append(sum(piece() is not None for piece in pieces))
        pieces.append(weakref.ref(tables))
        return screen(detector, tables)

    job_id = submit()
    monkeypatch.setattr(job_run, "screen_each", screened)
    monkeypatch.setattr(Detector, "screen_batch", raising)
    gc.disable()
    try:
        assert worker().step()
    finally:
        gc.enable()
    assert look(job_id).done == 12
    assert len(alive) > 2 and set(alive) == {0}


def test_what_lies_elsewhere_is_said(client, submit, rewrite, worker, documents, look):
    job_id = submit()
    worker().step()
    rewrite(job_id, folder="another")
    erased = json.loads(documents[2])["account_id"]
    for method, path in (
        ("GET", f"/v1/jobs/{job_id}/results"), ("DELETE", f"/v1/jobs/{job_id}"),
        ("DELETE", f"/v1/subjects/{erased}"),
    ):  # fmt: skip
        answer = client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (409, "files-elsewhere"), path
        assert "lie in the folder of another service (another): ask there as well." in answer.json()["detail"]
        assert answer.json()["detail"].endswith("is lost, an operator says so: assay jobs forget-folder ID.")
    assert look(job_id) is not None


@ONE_DATABASE
def test_an_erasure_that_finds_a_full_disk_is_not_said_to_be_done(
    client, submit, worker, documents, monkeypatch
):
    submit()
    worker().step()
    erased = json.loads(documents[2])["account_id"]
    with monkeypatch.context() as patch:
        patch.setattr(erasure, "write_whole", once_full(erasure.write_whole, 1))
        assert client.delete(f"/v1/subjects/{erased}").status_code == 507
    assert client.delete(f"/v1/subjects/{erased}").json()["job_lines"] == 1


@ONE_DATABASE
def test_a_job_waits_for_features_that_cannot_be_used_and_its_process_ends(
    submit, worker, look, client, monkeypatch
):
    """Another process runs them as they are then."""
    job_id = submit()

    def moved_away(_):
        raise WrongUsage("--features /secret/features.py cannot be read: No such file or directory.")

    with monkeypatch.context() as patch:
        patch.setattr(job_run, "use_features", moved_away)
        with pytest.raises(FeaturesNotUsable):
            worker().step()
    assert (look(job_id).state, look(job_id).deaths) == ("queued", 0)
    shown = client.get(f"/v1/jobs/{job_id}").text
    assert "The service's own features cannot be used." in shown and "/secret" not in shown
    assert worker().step()
    assert look(job_id).state == "done"


@ONE_DATABASE
@pytest.mark.parametrize("when", ["before it is noted", "after"])
def test_an_erasure_whose_process_is_ended_leaves_no_line_for_good(
    client, submit, worker, documents, small, monkeypatch, when
):
    job_id = submit()
    worker().step()
    erased, other = (json.loads(documents[place])["account_id"] for place in (2, 1))
    original = erasure.replace_piece

    def ended(*parts):
        if when == "after":
            original(*parts)
            parts[0].commit()
        raise NoUsableStore("The answer is lost.")

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "replace_piece", ended)
        assert client.delete(f"/v1/subjects/{erased}").status_code == 503
    folder = small.jobs_path / job_id
    (folder / ".0000000-a worker.jsonl.part").write_bytes(documents[2])
    assert {erased, other} <= set(account_ids_in(folder))
    assert client.delete(f"/v1/subjects/{erased}").status_code == 200
    assert erased not in account_ids_in(folder) and not list(folder.glob(".*"))
    assert client.delete(f"/v1/subjects/{other}").status_code == 200
    assert other not in account_ids_in(folder)
    assert account_ids_of(client.get(f"/v1/jobs/{job_id}/results").text.splitlines())


@ONE_DATABASE
def test_results_that_a_worker_left_are_searched_while_its_job_waits(
    client, store, submit, worker, documents, small, look
):
    """Another worker's line that no row names, beside one of somebody else, of a job that goes on."""
    job_id = submit()
    folder = small.jobs_path / job_id
    erased, other = (json.loads(documents[place])["account_id"] for place in (2, 1))
    for place, name in ((2, "0000000-dead.jsonl"), (1, "0000001-dead.jsonl")):
        (folder / name).write_bytes(documents[place] + b"\n")
    assert client.delete(f"/v1/subjects/{erased}").status_code == 200
    assert not (folder / "0000000-dead.jsonl").exists() and (folder / "0000001-dead.jsonl").exists()
    (folder / ".0000001-dead.jsonl.part").write_bytes(documents[1])
    assert worker().step()
    assert look(job_id).state == "done" and not list(folder.glob(".*")) and not list(folder.glob("*dead*"))
    found = account_ids_of(client.get(f"/v1/jobs/{job_id}/results").text.splitlines())
    assert other in found and erased not in found


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_a_piece_that_was_cut_is_not_served_as_whole(client, submit, worker, small, form):
    job_id = submit()
    worker().step()
    path = small.jobs_path / job_id / "0000002-a worker.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    answer = client.get(f"/v1/jobs/{job_id}/results?format={form}")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json()["detail"].startswith("Piece 3 of the results")
    path.unlink()
    assert client.get(f"/v1/jobs/{job_id}/results?format={form}").status_code == 500
    path.write_bytes(whole)
    assert client.get(f"/v1/jobs/{job_id}/results?format={form}").status_code == 200


@pytest.mark.parametrize("name", ["proven_pieces", "check_lengths"])
def test_results_whose_job_is_removed_in_the_moment_are_not_found(
    client, store, submit, worker, look, small, monkeypatch, name
):
    job_id = submit()
    worker().step()
    job, original = look(job_id), getattr(job_routes, name)

    def removed_meanwhile(*parts):
        remove_job(store, job.tenant, job.job_id, "key:abc")
        shutil.rmtree(small.jobs_path / job_id, ignore_errors=True)
        return original(*parts)

    monkeypatch.setattr(job_routes, name, removed_meanwhile)
    assert client.get(f"/v1/jobs/{job_id}/results").status_code == 404


def test_results_that_an_erasure_writes_anew_in_the_moment_are_handed_out(
    client, submit, worker, documents, monkeypatch
):
    job_id = submit()
    worker().step()
    erased, original = json.loads(documents[2])["account_id"], job_routes.check_lengths
    erase = once(lambda: client.delete(f"/v1/subjects/{erased}"))

    def erased_meanwhile(*parts):
        erase()
        return original(*parts)

    monkeypatch.setattr(job_routes, "check_lengths", erased_meanwhile)
    answer = client.get(f"/v1/jobs/{job_id}/results")
    assert answer.status_code == 200
    assert erased not in account_ids_of(answer.text.splitlines())


def test_results_that_an_erasure_shortens_once_their_length_is_stated_do_not_end(
    client, submit, worker, documents, monkeypatch
):
    job_id = submit()
    worker().step()
    whole = client.get(f"/v1/jobs/{job_id}/results")
    assert int(whole.headers["content-length"]) == len(whole.content)
    erased, original = json.loads(documents[2])["account_id"], job_routes.checked_pieces

    def erased_meanwhile(*parts):
        client.delete(f"/v1/subjects/{erased}")
        yield from original(*parts)

    monkeypatch.setattr(job_routes, "checked_pieces", erased_meanwhile)
    with pytest.raises(AssertionError):  # httpx's, of an answer that nothing ends
        client.get(f"/v1/jobs/{job_id}/results")
    again = client.get(f"/v1/jobs/{job_id}/results")
    assert int(again.headers["content-length"]) == len(again.content) < len(whole.content)
    assert erased not in account_ids_of(again.text.splitlines())


@ONE_DATABASE
def test_a_piece_that_was_changed_breaks_its_download_off(store, client, submit, worker, look, small):
    job_id = submit()
    worker().step()
    folder = small.jobs_path / job_id
    path = folder / "0000002-a worker.jsonl"
    path.write_bytes(path.read_bytes().replace(b"account", b"ACCOUNT"))
    with store.database.reading() as connection:
        pieces = result_pieces(connection, look(job_id))
    check_lengths(folder, pieces)
    sent = []
    with pytest.raises(ResultsDamaged, match="Piece 3 "):
        sent.extend(checked_pieces(folder, pieces, lambda _: None))  # what came before is not taken for all


@ONE_DATABASE
@pytest.mark.parametrize("number", [0, 1])
def test_a_piece_that_is_left_out_refuses_the_download(client, store, submit, worker, number):
    job_id = submit()
    worker().step()
    with store.database.writing() as connection:
        connection.execute(delete(job_pieces).where(job_pieces.c.piece == number))
    answer = client.get(f"/v1/jobs/{job_id}/results")
    assert (answer.status_code, answer.json()["code"]) == (500, "results-damaged")
    assert answer.json()["detail"].startswith(f"Piece {number + 1} ")


@pytest.mark.parametrize(
    "forge",
    [
        delete(job_pieces).where(LAST_PIECE),
        update(job_pieces).where(job_pieces.c.piece == 1).values(sha256="0" * 64),
        update(jobs).values(refused=0),
        update(jobs).values(seal=None),
    ],
    ids=["last piece", "hash", "count", "seal"],
)
def test_results_whose_rows_were_changed_are_not_handed_out(client, store, submit, worker, forge):
    job_id = submit()
    worker().step()
    path = f"/v1/jobs/{job_id}/results"
    assert client.get(path).status_code == 200
    assert verify_audit_logs(store)[0].fault is None
    with store.database.writing() as connection:
        connection.execute(forge)
    answer = client.get(path)
    assert answer.status_code == 500
    assert answer.json()["detail"] == "The results are not what was written: screen the input again."
    fault = f"job {job_id} or one of its results was changed or removed"
    assert verify_audit_logs(store)[0].fault == fault


@pytest.mark.parametrize(
    ("forge", "fault"),
    [
        (update(jobs).values(state="failed"), "job {} is in another state than the log says"),
        (update(jobs).values(state="queued"), "job {} is in another state than the log says"),
        (delete(jobs), "job {} was removed"),
        (update(jobs).values(job_id="0" * 32), f"job {'0' * 32} was added"),
    ],
    ids=["failed", "queued", "removed", "renamed"],
)
def test_a_job_is_what_the_log_says(store, submit, look, forge, fault):
    job_id = submit()
    cancel_job(store, "default", job_id, "test", timedelta(days=1))
    assert verify_audit_logs(store)[0].fault is None
    with store.database.writing() as connection:
        connection.execute(forge)
    assert verify_audit_logs(store)[0].fault == fault.format(job_id)


def test_an_erasure_makes_no_forged_results_good(client, store, submit, worker, documents):
    good, forged = submit(), submit()
    for _ in range(2):
        worker().step()
    with store.database.writing() as connection:
        connection.execute(delete(job_pieces).where(job_pieces.c.job_id == forged, LAST_PIECE))
    erased = json.loads(documents[1])["account_id"]
    assert client.delete(f"/v1/subjects/{erased}").json()["job_lines"] > 1
    assert client.get(f"/v1/jobs/{good}/results").status_code == 200
    assert client.get(f"/v1/jobs/{forged}/results").status_code == 500


def test_erasures_at_once_find_what_another_rewrote_meanwhile(client, submit, worker, store, small):
    job_id = submit()
    until_idle(worker())
    lines = client.get(f"/v1/jobs/{job_id}/results?format=ndjson").text.splitlines()
    names = [json.loads(line)["account_id"] for line in lines][:2]
    noted = [erase_from_unfinished(store, "default", name, "test") for name in names]
    counts = [
        erasure.erase_from_files(store, small, own, (), name) for own, name in zip(noted, names, strict=True)
    ]
    assert all(counts)
    left = client.get(f"/v1/jobs/{job_id}/results?format=ndjson")
    assert left.status_code == 200 and not any(name in left.text for name in names)
    assert len(left.text.splitlines()) == len(lines) - sum(counts)
