"""A job from its body to its results."""

import csv
import gzip
import io
import json
import re
from collections import Counter
from datetime import timedelta
from functools import partial
from threading import Event

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from anyio import to_thread
from sqlalchemy import update

from accounts.reading import read_documents
from serving.app.openapi import openapi
from serving.http import idempotency
from serving.http.lingering import MOST_BYTES
from serving.jobs import gauges, job_run, parquet_input
from serving.routes import job_creation
from serving.store import timestamps
from serving.store.audit_check import verify_audit_logs
from serving.store.engine import NoUsableStore
from serving.store.idempotency_keys import RememberedAnswer
from serving.store.tables import jobs

NDJSON = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}
PARQUET = {"Content-Type": "application/vnd.apache.parquet"}
PROBLEM = "application/problem+json"


ONE_DATABASE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


class Pieces:
    """A body of no stated length."""

    def __init__(self, piece, count):
        self.pieces = [piece] * count

    async def __aiter__(self):
        for piece in self.pieces:
            yield piece


def fits(job):
    document = openapi()
    jsonschema.validate(
        job, document["components"]["schemas"]["Job"] | {"components": document["components"]}
    )


def parquet(values, name="document"):
    sink = io.BytesIO()
    pq.write_table(pa.table({name: values}), sink)
    return sink.getvalue()


def test_a_job_gives_the_verdicts_of_its_accounts_in_order(client, submit, worker, detector, documents):
    job_id = submit()
    queued = client.get(f"/v1/jobs/{job_id}").json()
    fits(queued)
    assert (queued["state"], queued["accounts"]) == ("queued", {"total": 12, "done": 0, "refused": 0})
    assert client.get(f"/v1/jobs/{job_id}/results").status_code == 409
    assert worker().step()
    assert not worker().step()
    done = client.get(f"/v1/jobs/{job_id}").json()
    fits(done)
    assert (done["state"], done["accounts"]) == ("done", {"total": 12, "done": 12, "refused": 4})
    assert done["model"]["sha256"] == detector.bundle.sha256
    answer = client.get(done["results"])
    assert answer.headers["content-type"] == "application/x-ndjson"
    expected = [verdict.to_json() for verdict in detector.screen(read_documents(documents).tables)]
    result_lines = answer.text.splitlines()
    assert result_lines[:4] + result_lines[6:10] == expected
    assert {json.loads(line)["model"]["sha256"] for line in expected} == {detector.bundle.sha256}
    garbled, wrong, twice, number = (json.loads(result_lines[place]) for place in (4, 5, 10, 11))
    assert garbled["problem"]["detail"].startswith("line 5: must be JSON.")
    assert (wrong["account_id"], len(wrong["problem"]["errors"])) == ("=b", 2)
    assert twice["problem"]["detail"].startswith("line 12: account_id must be unique in the input")
    assert number["problem"]["detail"] == "line 13: must be a JSON object. Got 7."


def test_a_body_packed_by_gzip_gives_the_same(client, submit, worker, lines, results_alone, body):
    packed = client.post(
        "/v1/jobs", content=gzip.compress(body), headers=NDJSON | {"Content-Encoding": "gzip"}
    ).json()
    assert packed["input"]["bytes"] == len(body)
    assert worker().step()
    assert lines(packed["job_id"]) == results_alone()


@pytest.mark.parametrize("job_verdicts", ["none", "flagged", "all"])
def test_verdicts_of_a_job_can_be_looked_up_and_decided_about(
    client, submit, worker, lines, store, job_verdicts
):
    job_id = submit()
    assert worker(job_verdicts=job_verdicts).step()
    verdicts = [one for one in map(json.loads, lines(job_id)) if "label" in one]
    flagged = {"inflated", "automated", "review"}
    assert {one["label"] in flagged for one in verdicts} == {True, False}
    for one in verdicts:
        place = f"/v1/verdicts/{one['verdict_id']}"
        if job_verdicts == "none" or (job_verdicts == "flagged" and one["label"] not in flagged):
            assert client.get(place).status_code == 404
            continue
        assert client.get(place).json() == one
        assert client.post(f"{place}/replay").json()["same"]
        decision = {"outcome": "overturned", "by": "Jo", "reason": "seen the invoices"}
        assert client.post(f"{place}/decisions", json=decision).status_code == 201
    assert verify_audit_logs(store)[0].fault is None


@ONE_DATABASE
def test_an_account_that_cannot_be_judged_fails_alone(client, submit, worker, lines, detector, monkeypatch):
    screen_batch = type(detector).screen_batch

    def broken(self, tables, **more):
        if "a-2" in tables.accounts["account_id"].to_list():
            raise ZeroDivisionError
        return screen_batch(self, tables, **more)

    monkeypatch.setattr(type(detector), "screen_batch", broken)
    body = b"\n".join(
        json.dumps({"account_id": f"a-{number}", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}).encode()
        for number in range(4)
    )
    job_id = submit(body)
    assert worker().step()
    results = [json.loads(line) for line in lines(job_id)]
    assert [one["account_id"] for one in results] == ["a-0", "a-1", "a-2", "a-3"]
    assert ["label" in one for one in results] == [True, True, False, True]
    assert results[2]["problem"]["status"] == 500
    assert client.get(f"/v1/jobs/{job_id}").json()["accounts"] == {"total": 4, "done": 4, "refused": 1}
    (alone,) = [
        one
        for one in client.post("/v1/verdicts/batch", content=b"[" + body.replace(b"\n", b",") + b"]").json()[
            "verdicts"
        ]
        if "problem" in one
    ]
    assert alone == results[2]


@ONE_DATABASE
def test_a_document_beyond_a_limit_is_refused_as_it_is_alone(start, submit, worker, lines):
    limits = {"most_rows": 1, "longest_text": 9, "deepest_json": 4, "largest_document_bytes": 200}
    good = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    beyond = [{"posts": [{}, {}]}, {"profile": {"bio": "long" * 3}}, {"posts": [[[[]]]]}, {"x": "y" * 200}]
    documents = [json.dumps(good | one | {"account_id": f"a{n}"}) for n, one in enumerate([*beyond, {}])]
    job_id = submit("\n".join(documents).encode())
    assert worker(**limits).step()
    *refused, judged = (json.loads(line) for line in lines(job_id))
    assert judged["account_id"] == "a4" and "label" in judged
    client = start(**limits)
    for number, (document, result) in enumerate(zip(documents[:3], refused, strict=False), 1):
        alone = client.post("/v1/verdicts", content=document, headers=JSON).json()
        problem = result["problem"]
        assert problem["detail"] == f"line {number}: {alone['detail'].removeprefix('The body ')}"
        assert problem["setting"] == alone["setting"]
    assert refused[3]["problem"]["detail"] == "line 4: must be at most 200 bytes long."


@ONE_DATABASE
def test_once_a_job_has_ended_only_its_results_are_left(submit, worker, small):
    job_id = submit()
    worker().step()
    file_names = [path.name for path in (small.jobs_path / job_id).glob("*.*")]
    assert sorted(file_names) == [f"000000{piece}-a worker.jsonl" for piece in range(5)]


@ONE_DATABASE
def test_results_as_csv_hold_no_formula(client, submit, worker):
    job_id = submit()
    worker().step()
    answer = client.get(f"/v1/jobs/{job_id}/results?format=csv", headers={"Accept": "application/pdf"})
    assert answer.headers["content-disposition"] == f'attachment; filename="assay-{job_id}.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 12
    assert [row["account_id"] for row in rows][5] == "'=b"
    assert rows[5]["problem"].startswith("line 6: platform must be one of")
    assert rows[0]["label"] and not rows[0]["problem"]


@ONE_DATABASE
def test_results_as_parquet_say_the_same(client, submit, worker, lines):
    job_id = submit()
    worker().step()
    header = {"Accept": "text/html, application/vnd.apache.parquet;q=0.9"}
    table = pq.read_table(io.BytesIO(client.get(f"/v1/jobs/{job_id}/results", headers=header).content))
    assert [line.encode() for line in table["line"].to_pylist()] == lines(job_id)
    assert table["account_id"].to_pylist()[5] == "=b"
    assert table.schema.field("suspicion").type == pa.float64()


@ONE_DATABASE
@pytest.mark.parametrize("dtype", [pa.string(), pa.large_binary()])
def test_parquet_gives_what_lines_give(client, submit, worker, lines, results_alone, body, dtype):
    values = [line or None for line in body.split(b"\n")]
    job_id = submit(parquet(pa.array(values, pa.binary()).cast(dtype)), PARQUET)
    assert client.get(f"/v1/jobs/{job_id}").json()["accounts"]["total"] is None
    worker().step()
    assert client.get(f"/v1/jobs/{job_id}").json()["accounts"]["total"] == 13
    result_lines = [line.replace(b"row ", b"line ") for line in lines(job_id)]
    assert b'"rule": "must be a JSON object. Got null."' in result_lines.pop(6)
    assert result_lines == results_alone(body)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (parquet(["{}"])[:-9], "The input must be a whole Parquet file."),
        (b"PAR1" * 2, "The input must be a whole Parquet file."),
        (parquet(["{}"], "text"), "The input must have one column, document. Its columns: text."),
        (parquet([1]), "The input must hold text in its column document."),
        (parquet(pa.array([], pa.string())), "The input must hold 1 to 8 accounts. Got 0."),
        (parquet(["{}"] * 9), "The input must hold 1 to 8 accounts. Got 9."),
        (parquet(["x" * 5_000]), "The input must be at most 4,096 bytes long when unpacked."),
        (parquet([" " * 2_000] * 3), "The input must be at most 4,096 bytes long when unpacked."),
    ],
)
def test_what_is_no_parquet_fails_and_says_why(client, submit, worker, content, detail):
    job_id = submit(content, PARQUET)
    worker(job_accounts=8, job_bytes=4_096).step()
    job = client.get(f"/v1/jobs/{job_id}").json()
    fits(job)
    assert job["state"] == "failed"
    assert job["problem"]["detail"].startswith(detail)
    assert client.get(job["results"]).content == b""


def test_parquet_that_is_unpacked_does_not_hang(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_input, "ROWS_AT_ONCE", 2)
    (tmp_path / "in").write_bytes(parquet(["{}"] * 5))
    moved, most = [], {"most_rows": 9, "most_bytes": 99, "most_ratio": 100}
    never = {"unwanted": lambda line: False}
    parquet_input.parquet_to_lines(
        tmp_path / "in", tmp_path / "out", **most, **never, on_progress=lambda: moved.append(1)
    )
    assert len(moved) == 3


def test_what_was_done_is_in_the_log(submit, worker, client, store):
    submit()
    worker().step()
    client.post(f"/v1/jobs/{submit()}/cancel")
    with store.database.reading() as connection:
        entries = connection.exec_driver_sql("SELECT document FROM audit_entries ORDER BY entry").scalars()
        found = [(one["action"], one["actor"]) for one in map(json.loads, entries)]
    verdict_events = [one for one in found if one[0].startswith("verdict")]
    assert set(verdict_events) == {("verdict.made", "worker")}
    assert [one for one in found if one not in verdict_events] == [
        ("job.created", "anyone"),
        ("job.done", "worker"),
        ("job.created", "anyone"),
        ("job.cancelled", "anyone"),
    ]
    assert [checked.fault for checked in verify_audit_logs(store)] == [None]


@ONE_DATABASE
@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 415),
        ({}, b"{}", 415),
        (NDJSON | {"Content-Encoding": "br"}, b"{}", 415),
        (NDJSON | {"Content-Encoding": "gzip"}, b"{}", 400),
        (NDJSON | {"Content-Encoding": "gzip"}, gzip.compress(b"{}\n" * 10**5, mtime=0), 413),
        (NDJSON, b"", 422),
        (NDJSON, b" \n\r\n", 422),
        (NDJSON, b"{}\n" * 9, 413),
        (NDJSON, Pieces(b"{}\n", 9), 413),
        (NDJSON, b"{}\n" + b"\n" * 9, 413),
        (NDJSON, Pieces(b"{}\n \r\n\n", 5), 413),
        (NDJSON, b"x" * 5_000, 413),
        (NDJSON, Pieces(b"x" * 500, 10), 413),
        (NDJSON | {"Idempotency-Key": ""}, b"{}", 400),
    ],
)
def test_what_can_be_no_job_is_refused_and_leaves_nothing(start, small, headers, content, status):
    client = start(job_accounts=8, job_bytes=4_096)
    answer = client.post("/v1/jobs", content=content, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert client.get("/v1/jobs").json() == {"jobs": [], "next": None}
    assert not [path for path in small.jobs_path.glob("*") if path.is_dir()]


@ONE_DATABASE
def test_no_more_jobs_than_may_be(start, small):
    client = start(jobs_at_once=1)
    first, second = (client.post("/v1/jobs", content=b"{}", headers=NDJSON) for _ in range(2))
    assert (first.status_code, second.status_code, second.headers["retry-after"]) == (202, 429, "60")
    assert len([path for path in small.jobs_path.iterdir() if path.is_dir()]) == 1


class Endless:
    """A body without end, of which a refusal may read a little, so that the client sees it."""

    read = 0

    async def __aiter__(self):
        while True:
            self.read += 2**16
            yield b" " * 2**16


@ONE_DATABASE
def test_where_there_are_as_many_jobs_as_may_be_no_more_of_a_body_is_read_than_a_little(start, small):
    client, header = start(jobs_at_once=1), NDJSON | {"Idempotency-Key": "k"}
    first = client.post("/v1/jobs", content=b"{}", headers=header)
    body = Endless()
    second = client.post("/v1/jobs", content=body, headers=NDJSON)
    assert (second.status_code, second.headers["connection"]) == (429, "close")
    assert body.read <= MOST_BYTES + 2**17
    assert len([path for path in small.jobs_path.iterdir() if path.is_dir()]) == 1
    again = client.post("/v1/jobs", content=b"{}", headers=header)
    assert (again.status_code, again.json()) == (202, first.json())


def test_the_same_key_and_body_are_the_same_job(client, small):
    header = NDJSON | {"Idempotency-Key": "k"}
    first, second = (client.post("/v1/jobs", content=b"{}", headers=header) for _ in range(2))
    assert second.json() == first.json()
    assert second.headers["location"] == first.headers["location"] == f"/v1/jobs/{first.json()['job_id']}"
    again = dict(first.headers) | {"idempotent-replayed": "true"}
    assert dict(second.headers) | {"x-request-id": ""} == again | {"x-request-id": ""}
    assert "assay-model" in again
    assert client.post("/v1/jobs", content=b"[]", headers=header).status_code == 409
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1
    assert len([path for path in small.jobs_path.iterdir() if path.is_dir()]) == 1


def lose_store(*_):
    raise NoUsableStore("gone")


def then_lose_store(task):
    """The same, but nobody learns what came of it."""
    return lambda *given: lose_store(task(*given))


@pytest.mark.parametrize(
    ("module", "name", "instead"),
    [
        (idempotency, "remember_answer_of", lose_store),
        (idempotency, "remember_answer", lose_store),
        (idempotency, "remember_answer", then_lose_store(idempotency.remember_answer)),
        (job_creation, "add_job", then_lose_store(job_creation.add_job)),
    ],
)
def test_a_key_makes_one_job_whatever_fails_beside_it(client, monkeypatch, module, name, instead):
    header = NDJSON | {"Idempotency-Key": "k"}
    with monkeypatch.context() as patch:
        patch.setattr(module, name, instead)
        client.post("/v1/jobs", content=b"{}", headers=header)
    assert client.post("/v1/jobs", content=b"{}", headers=header).status_code == 202
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


@pytest.mark.parametrize("error", [RuntimeError, partial(job_creation.TooManyJobs, 1)])
def test_a_job_keeps_its_files_though_its_request_fails_in_the_end(client, worker, monkeypatch, error):
    """As where a client hangs up once its job is there: a worker may be done with the input by then."""
    once = job_creation.idempotent

    async def then_fail(*given):
        await once(*given)
        assert await to_thread.run_sync(worker().step)
        raise error()

    monkeypatch.setattr(job_creation, "idempotent", then_fail)
    assert client.post("/v1/jobs", content=parquet(["{}"]), headers=PARQUET).status_code >= 400
    (job,) = client.get("/v1/jobs").json()["jobs"]
    assert job["state"] == "done"
    assert client.get(f"/v1/jobs/{job['job_id']}/results").status_code == 200


def test_who_lost_the_key_to_another_makes_no_job(client, small, monkeypatch):
    header, remember = NDJSON | {"Idempotency-Key": "k"}, idempotency.remember_answer

    def taken_over(connection, claim, *answer):
        assert remember(connection, claim, RememberedAnswer(b"{}", None))
        return remember(connection, claim, *answer)

    monkeypatch.setattr(idempotency, "remember_answer", taken_over)
    answer = client.post("/v1/jobs", content=b"{}", headers=header)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "5")
    assert client.get("/v1/jobs").json()["jobs"] == []
    assert not [path for path in small.jobs_path.iterdir() if path.is_dir()]


def test_jobs_are_listed_the_newest_first(client, submit):
    job_ids = [submit(b"{}") for _ in range(5)]
    listed, cursor = [], ""
    while cursor is not None:
        answer = client.get(f"/v1/jobs?limit=2{cursor and '&cursor='}{cursor}").json()
        listed += [job["job_id"] for job in answer["jobs"]]
        cursor = answer["next"]
    assert listed == job_ids[::-1]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limt=5",
        "limit=5&limit=5",
        "limit=101",
        "limit=00011000",
        "limit=0001999999999999999999999999",
        "limit=-1",
        "limit=",
        "limit=²",
        "cursor=",
        "cursor=x",
        "cursor=MQ==",
    ],
)
def test_a_list_that_cannot_be_is_refused(client, query):
    answer = client.get(f"/v1/jobs?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)


@ONE_DATABASE
def test_another_form_of_results_is_refused(client, submit, worker):
    place = f"/v1/jobs/{submit()}/results"
    worker().step()
    assert client.get(f"{place}?format=xml").status_code == 400
    assert client.get(place, headers={"Accept": "application/pdf"}).status_code == 406
    for accept in ("*/*", "text/*", "text/csv;q=0.1"):
        assert client.get(place, headers={"Accept": accept}).status_code == 200


def test_two_tenants_never_see_each_others_jobs(start, key, worker, body, documents, lines):
    client, ours, theirs = start(no_auth=False), key("acme"), key("rival")
    asked = {"Idempotency-Key": "k", **NDJSON}
    job_id = client.post("/v1/jobs", content=body, headers=ours | asked).json()["job_id"]
    other = client.post("/v1/jobs", content=body, headers=theirs | asked).json()["job_id"]
    assert job_id != other
    worker().step()
    worker().step()
    before = client.get(f"/v1/jobs/{job_id}/results", headers=ours).content
    asked_for = set()
    for path, methods in openapi()["paths"].items():
        if not path.startswith("/v1/jobs/{job_id}"):
            continue
        for method in methods:
            asked_for.add((path, method))
            answer = client.request(method.upper(), path.format(job_id=job_id), headers=theirs)
            assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM), path
            assert answer.json()["detail"] == f"There is no job {job_id}."
    assert len(asked_for) == 4
    assert [job["job_id"] for job in client.get("/v1/jobs", headers=theirs).json()["jobs"]] == [other]
    erasure = client.delete(f"/v1/subjects/{json.loads(documents[0])['account_id']}", headers=theirs)
    assert erasure.json()["job_lines"] == 1
    assert client.get(f"/v1/jobs/{job_id}/results", headers=ours).content == before
    assert client.delete(f"/v1/jobs/{job_id}", headers=ours).status_code == 204
    assert client.get(f"/v1/jobs/{other}/results", headers=theirs).status_code == 200


def job_metrics(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    found = (line.partition(" ") for line in answer.text.splitlines())
    return {name: float(value) for name, _, value in found if name.startswith("assay_jobs")}


def test_verdicts_of_jobs_are_counted_once_though_a_piece_is_done_again(
    client, submit, worker, lines, look, monkeypatch
):
    record, before = job_run.record_piece, []

    def lost(*given):
        before.append(verdicts_counted(client))
        raise NoUsableStore("gone")

    job_id, one = submit(), worker()
    with monkeypatch.context() as patch:
        patch.setattr(
            job_run, "record_piece", lambda *given: (lost if given[2].piece == 1 else record)(*given)
        )
        with pytest.raises(NoUsableStore):
            one.step()
    assert one.step()
    assert sum(before[0].values()) == sum(
        "problem" not in line for line in map(json.loads, lines(job_id)[:3])
    )
    found = verdicts_counted(client)
    judged = [line for line in map(json.loads, lines(job_id)) if "problem" not in line]
    assert {name: count for name, count in found.items() if count} == Counter(
        (line["label"], line["platform"]) for line in judged
    )
    client.delete(f"/v1/jobs/{job_id}")
    assert verdicts_counted(client) == found


def verdicts_counted(client):
    """By label and platform."""
    found = Counter()
    for line in client.get("/metrics").text.splitlines():
        if job_metrics := re.match(r"assay_job_verdicts_total{(.*)} (\S+)$", line):
            names = dict(re.findall(r'(\w+)="([^"]*)"', job_metrics[1]))
            assert names["evidence"].startswith("profile")
            found[names["label"], names["platform"]] += float(job_metrics[2])
    return found


def test_jobs_are_counted(client, submit, worker, store):
    assert job_metrics(client)["assay_jobs_oldest_waiting_seconds"] == 0
    job_ids = [submit(b"{}") for _ in range(4)]
    old = timestamps.now(plus=timedelta(hours=-1))
    with store.database.writing() as connection:
        for job_id, values in zip(
            job_ids,
            [{"state": "running"}, {"stalled": "full"}, {"created_at": old}, {"state": "failed"}],
            strict=True,
        ):
            connection.execute(update(jobs).where(jobs.c.job_id == job_id).values(values))
    found = job_metrics(client)
    assert 3_600 <= found.pop("assay_jobs_oldest_waiting_seconds") < 3_700
    assert found == {
        'assay_jobs{state="queued"}': 1,
        'assay_jobs{state="running"}': 1,
        'assay_jobs{state="stalled"}': 1,
        'assay_jobs{state="failed"}': 1,
    }


@ONE_DATABASE
@pytest.mark.parametrize("fault", [NoUsableStore("gone"), ValueError("unforeseen")])
def test_jobs_that_cannot_be_counted_are_left_out(client, monkeypatch, fault):
    def fails(_):
        raise fault

    monkeypatch.setattr(gauges, "count_jobs", fails)
    assert job_metrics(client) == {}


@ONE_DATABASE
def test_nobody_waits_for_a_database_that_hangs(client, monkeypatch):
    over, ended = Event(), []
    monkeypatch.setattr(gauges, "LONGEST_SECONDS", 0.05)
    monkeypatch.setattr(gauges, "count_jobs", lambda _: ended.append(over.wait(60)))
    assert [job_metrics(client), job_metrics(client)] == [{}, {}]
    assert not ended
    over.set()


@ONE_DATABASE
def test_where_nothing_is_kept_there_are_no_jobs(start):
    client = start(store_verdicts=False)
    assert client.post("/v1/jobs", content=b"{}", headers=NDJSON).status_code == 403
