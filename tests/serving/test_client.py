"""The client against the application itself, and against one that cannot always answer."""

import asyncio
import gzip
import hashlib
import io
import json
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx
import openpyxl
import polars as pl
import pytest

from accounts.errors import BadInput
from accounts.media_types import MEDIA_TYPES
from serving import client as module
from serving.app.application import make_app
from serving.client import AsyncClient, Client, Refusal, Retries, UnreadableAnswer, VerdictResult
from serving.settings import Settings

URL = "http://127.0.0.1"
QUEUED = {"job_id": "j", "state": "queued"}
QUICK = Retries(most=3, first_seconds=0.001)
GOOD = {
    "verdict_id": "v", "account_id": "a", "label": "review", "suspicion": 0.5, "authenticity_score": 50,
    "reasons": [{"sentence": "it is so"}], "model": {"sha256": "m"},
}  # fmt: skip


@pytest.fixture(scope="module")
def variables():
    """No line for every request: whoever asks how a job goes fills the pipe that nobody reads."""
    return {"ASSAY_LOG_REQUESTS": "false"}


@pytest.fixture
def app(tmp_path, loaded):
    return make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))


def test_it_reads_the_service_s_own_answers(app, documents, detector, population):
    some = [json.loads(document) for document in documents]

    async def talk():
        async with AsyncClient(URL, transport=httpx.ASGITransport(app)) as assay:
            return (
                await assay.verdict(some[0], explain="all"),
                await assay.verdict(some[0], explain="none", blocks=["profile"]),
                await assay.verdicts([some[0], {"account_id": "b", "platform": "myspace"}, some[1]]),
            )

    whole, less, (first, bad, second) = asyncio.run(talk())
    assert whole.account_id == less.account_id == first.account_id == some[0]["account_id"]
    assert whole.document["counter_reasons"] and not less.document["counter_reasons"]
    assert less.document["evidence"]["blocks"]["posts"]["present"] is False
    assert [first.document, second.document] == [
        one.to_dict() for one in detector.screen(population.tables)[:2]
    ]
    assert (bad.status, bad.account_id, bad.problem["errors"][0]["field"]) == (422, "b", "platform")


def test_what_is_refused_is_raised_with_the_problem(app):
    async def talk():
        async with AsyncClient(URL, transport=httpx.ASGITransport(app)) as assay:
            await assay.verdict({"account_id": 3})

    with pytest.raises(Refusal, match="account_id must be a text") as refused:
        asyncio.run(talk())
    assert (refused.value.status, refused.value.problem["status"]) == (422, 422)


class Moody:
    """A service that answers what it is told to, in order."""

    def __init__(self, *moods):
        self.moods = list(moods)
        self.asked = []

    def __call__(self, request):
        self.asked.append(request)
        mood = self.moods.pop(0)
        if isinstance(mood, Exception):
            raise mood
        return mood


def both(moody):
    """The same question from either client."""
    yield lambda: Client(URL, "k", retries=QUICK, transport=httpx.MockTransport(moody)).verdict({})

    async def ask_async():
        async with AsyncClient(URL, "k", retries=QUICK, transport=httpx.MockTransport(moody)) as assay:
            return await assay.verdict({})

    yield lambda: asyncio.run(ask_async())


@pytest.mark.parametrize("way", [0, 1], ids=["sync", "async"])
def test_it_asks_again_where_the_service_cannot_answer(way):
    moody = Moody(
        httpx.Response(503, headers={"Retry-After": "0"}), httpx.ConnectError("nobody there"),
        httpx.Response(429), httpx.Response(200, json=GOOD),
    )  # fmt: skip
    assert list(both(moody))[way]() == VerdictResult.of(GOOD)
    assert len(moody.asked) == 4
    assert {request.headers["authorization"] for request in moody.asked} == {"Bearer k"}


@pytest.mark.parametrize("way", [0, 1], ids=["sync", "async"])
def test_after_the_last_try_it_gives_up(way):
    moody = Moody(*[httpx.Response(503, text="no JSON") for _ in range(4)])
    with pytest.raises(Refusal, match="The service answered 503"):
        list(both(moody))[way]()
    moody = Moody(httpx.ReadTimeout("late"))  # it may have been judged: not asked again
    with pytest.raises(httpx.ReadTimeout):
        list(both(moody))[way]()


def test_it_waits_longer_each_time_and_as_long_as_it_is_told():
    retries = Retries(most=8, first_seconds=1, longest_seconds=20)
    waits = list(retries.waits())
    assert all(min(2**n, 20) / 2 <= wait <= min(2**n, 20) for n, wait in enumerate(waits))
    assert retries.before_next(0.5, httpx.Response(503, headers={"Retry-After": "7"})) == 7
    assert retries.before_next(0.5, httpx.Response(503, headers={"Retry-After": "9999"})) == 20
    assert retries.before_next(0.5, httpx.Response(503, headers={"Retry-After": "Wed, 21 Oct"})) == 0.5
    assert retries.before_next(0.5, None) == 0.5


def test_it_imports_httpx_and_nothing_heavy():
    code = f"import sys, {module.__name__}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "polars", "lightgbm", "starlette", "bentoml", "pydantic", "sqlalchemy"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_lost_answer_is_asked_for_again_where_that_does_no_harm(way):
    lost = httpx.ReadTimeout("late")
    for ask in (
        lambda assay: assay.verdict({}, idempotency_key="k"),
        lambda assay: assay.get_verdict("v"),
    ):
        moody = Moody(lost, httpx.Response(200, json=GOOD))
        assert run(way, moody, ask) == VerdictResult.of(GOOD)
        assert len(moody.asked) == 2
    with pytest.raises(httpx.ReadTimeout):
        run(way, Moody(lost), lambda assay: assay.cancel_job("j"))


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_decision_is_made_once_however_often_it_is_sent(way):
    moody = Moody(httpx.Response(503), httpx.ReadTimeout("late"), httpx.Response(201, json={}))
    run(way, moody, lambda assay: assay.decide("v", "confirmed", by="Jo", reason="seen"))
    assert len({request.headers["idempotency-key"] for request in moody.asked}) == 1


def run(way, moody, ask, retries=QUICK):
    """What comes of a question."""
    if way == "sync":
        return ask(Client(URL, retries=retries, transport=httpx.MockTransport(moody)))

    async def ask_async():
        async with AsyncClient(URL, retries=retries, transport=httpx.MockTransport(moody)) as assay:
            found = ask(assay)
            return [one async for one in found] if hasattr(found, "__aiter__") else await found

    return asyncio.run(ask_async())


@pytest.fixture(params=["sync", "async"])
def talk(request, address):
    """Asks the running service by one of the clients: the method's name and its arguments."""
    if request.param == "sync":
        with Client(address, timeout=600) as assay:

            def ask(name, *arguments, **more):
                found = getattr(assay, name)(*arguments, **more)
                return list(found) if hasattr(found, "__next__") else found

            yield ask
        return
    with asyncio.Runner() as runner:
        assay = AsyncClient(address, timeout=600)

        async def ask_later(name, *arguments, **more):
            found = getattr(assay, name)(*arguments, **more)
            return [one async for one in found] if hasattr(found, "__aiter__") else await found

        yield lambda *arguments, **more: runner.run(ask_later(*arguments, **more))
        runner.run(assay.close())


def test_what_is_stored_is_found_decided_about_and_erased(talk, documents):
    some = [json.loads(document) for document in documents]
    account_id = some[0]["account_id"]
    verdict = talk("verdict", some[0])
    assert len(talk("verdicts", some)) == len(some)
    assert talk("get_verdict", verdict.verdict_id) == verdict
    assert talk("replay", verdict.verdict_id)["same"]
    decision = talk("decide", verdict.verdict_id, "overturned", by="Jo", reason="a giveaway")
    assert talk("decisions", verdict.verdict_id) == [decision]
    assert talk("audit", verdict.verdict_id)[-1]["details"]["decision_id"] == decision["decision_id"]
    assert [one["verdict_id"] for one in talk("find", decision="overturned")] == [verdict.verdict_id]
    since = datetime.now(UTC) - timedelta(hours=1)
    assert len(talk("find", since=since)) == len(some) > len(talk("page_of_verdicts", page=3).items) == 3
    assert [one["account_id"] for one in talk("labels")] == [account_id]
    assert talk("observe", some[:1])["refused"] == []
    assert talk("account", account_id)["verdicts"]["history"][0]["decision"] == "overturned"
    assert talk("erase", account_id)["decisions"] == 1
    assert talk("subject", account_id)["verdicts"] == 0
    with pytest.raises(Refusal) as refused:
        talk("account", account_id)
    assert (refused.value.status, refused.value.code) == (404, "not-found")


def test_jobs_are_created_waited_for_and_removed(talk, documents, tmp_path):
    file = tmp_path / "accounts.jsonl"
    file.write_bytes(b"\n".join([*documents[:3], b"{}"]))
    for given in (file, [json.loads(document) for document in documents[:3]] + [{}]):
        job = talk("create_job", given)
        ended = talk("wait_for_job", job["job_id"], every=0.5)
        assert (ended["state"], ended["accounts"]["refused"]) == ("done", 1)
        kinds = [type(one) for one in talk("results", job["job_id"])]
        assert kinds == [VerdictResult] * 3 + [Refusal]
        assert job["job_id"] in {one["job_id"] for one in talk("jobs")}
        with pytest.raises(Refusal, match="has ended"):
            talk("cancel_job", job["job_id"])
        talk("remove_job", job["job_id"])
        with pytest.raises(Refusal):
            talk("results", job["job_id"])
    assert talk("model")["sha256"]


def files_by_suffix(documents):
    """Two accounts as a file of each format that jobs take."""
    rows = pl.DataFrame([
        {"username": name, "platform": "instagram", "followers": 1_200, "as_of": "2026-10-03"}
        for name in ("ana", "bo")
    ])  # fmt: skip
    own = pl.DataFrame({"document": [document.decode() for document in documents[:2]]})
    book, sheet, parquet = io.BytesIO(), openpyxl.Workbook(), io.BytesIO()
    for row in (rows.columns, *rows.rows()):
        sheet.active.append(row)
    sheet.save(book)
    own.write_parquet(parquet)
    lines = b"\n".join(documents[:2])
    return {
        ".json": b"[" + b",".join(documents[:2]) + b"]", ".jsonl": lines, ".ndjson": lines,
        ".csv": rows.write_csv().encode(), ".tsv": rows.write_csv(separator="\t").encode(),
        ".xlsx": book.getvalue(), ".parquet": parquet.getvalue(),
    }  # fmt: skip


FORMS = {".jsonl": "ndjson", ".ndjson": "ndjson", ".parquet": "parquet"}


def test_a_job_s_file_is_sent_as_what_its_name_says(talk, documents, tmp_path):
    files = files_by_suffix(documents)
    assert files.keys() == MEDIA_TYPES.keys()
    for suffix, content in files.items():
        plain, packed = tmp_path / f"accounts{suffix.upper()}", tmp_path / f"accounts{suffix}.gz"
        plain.write_bytes(content)
        packed.write_bytes(gzip.compress(content))
        for given in (plain, str(packed)):
            job = talk("create_job", given)
            form = FORMS.get(suffix, "files")
            assert job["input"]["form"] == form
            assert job["accounts"]["total"] == (None if form == "parquet" else 2)
            assert form == "files" or job["input"]["sha256"] == hashlib.sha256(content).hexdigest()
            assert ("understood" in job) is (form == "files")
            with suppress(Refusal):  # it has ended already
                talk("cancel_job", job["job_id"])


@pytest.mark.parametrize("name", ["a.js", "a.zip", "a.tar.gz", "a.csv.xz", "a", ".gz", ".csv", "tables/"])
@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_file_that_jobs_do_not_take_is_refused_before_anything_is_sent(tmp_path, way, name):
    path = tmp_path / name
    path.mkdir() if name.endswith("/") else path.touch()
    moody = Moody()
    with pytest.raises(BadInput) as refused:
        run(way, moody, lambda assay: assay.create_job(path))
    assert str(refused.value).startswith(f"{path.name}: must ") and not moody.asked


@pytest.mark.parametrize("way", ["sync", "async"])
def test_audit_entries_are_asked_for_a_page_at_a_time(way):
    pages = ({"entries": [{"entry": 1}], "next": "1"}, {"entries": [{"entry": 7}], "next": None})
    moody = Moody(*(httpx.Response(200, json=page) for page in pages))
    assert run(way, moody, lambda assay: assay.audit("v")) == [{"entry": 1}, {"entry": 7}]
    assert [str(request.url.query, "ascii") for request in moody.asked] == ["", "cursor=1"]


IN_PROGRESS = {"code": "still-in-progress", "detail": "It is still worked on."}
RESULTS = b"".join(
    json.dumps(GOOD | {"account_id": name}, ensure_ascii=False).encode() + b"\n" for name in ("a", "b\u2028b")
)
"""A line of JSON may hold what ends a line elsewhere."""


def results_of(assay):
    found = assay.results("j")
    return list(found) if hasattr(found, "__next__") else found


@pytest.mark.parametrize("way", ["sync", "async"])
def test_results_are_asked_for_again_as_everything_else_is(way):
    moody = Moody(
        httpx.Response(503, headers={"Retry-After": "0"}), httpx.ConnectError("nobody there"),
        httpx.Response(429), httpx.ReadTimeout("late"), httpx.Response(200, content=RESULTS),
    )  # fmt: skip
    retries = Retries(most=4, first_seconds=0.001)
    found = run(way, moody, results_of, retries)
    assert [one.account_id for one in found] == ["a", "b\u2028b"] and len(moody.asked) == 5
    with pytest.raises(Refusal, match="too many"):
        run(way, Moody(*[httpx.Response(503, json={"detail": "too many"}) for _ in range(4)]), results_of)


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in small pieces, and notes that it was closed."""

    def __init__(self, content):
        self.pieces = [content[at : at + 7] for at in range(0, len(content), 7)]
        self.is_closed = False

    def __iter__(self):
        yield from self.pieces

    async def __aiter__(self):
        for piece in self.pieces:
            yield piece

    def close(self):
        self.is_closed = True

    async def aclose(self):
        self.is_closed = True


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("end", [b"", b"\n", GOOD["account_id"].encode()], ids=["whole", "blank line", "cut"])
def test_results_come_in_pieces_and_their_connection_is_given_back(way, end):
    body = Pieces(RESULTS + end)
    moody = Moody(httpx.Response(200, stream=body))
    if end.strip():
        with pytest.raises(UnreadableAnswer):
            run(way, moody, results_of)
    else:
        assert [one.account_id for one in run(way, moody, results_of)] == ["a", "b\u2028b"]
    assert body.is_closed


@pytest.mark.parametrize("way", ["sync", "async"])
def test_what_an_earlier_sending_is_still_worked_on_for_is_asked_for_again(way):
    busy = httpx.Response(409, json=IN_PROGRESS, headers={"Retry-After": "0"})
    moody = Moody(httpx.ReadTimeout("late"), busy, busy, httpx.Response(202, json=QUEUED))
    assert run(way, moody, lambda assay: assay.create_job([{}])) == QUEUED
    assert len({request.headers["idempotency-key"] for request in moody.asked}) == 1
    with pytest.raises(Refusal) as refused:
        run(way, Moody(busy, busy, busy, busy), lambda assay: assay.create_job([{}]))
    assert refused.value.code == "still-in-progress"


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("answer", [{"json": {"code": "wrong-job-state"}}, {"json": [1]}, {"text": "<html>"}])
def test_any_other_conflict_is_an_answer(way, answer):
    with pytest.raises(Refusal) as refused:
        run(way, Moody(httpx.Response(409, **answer)), lambda assay: assay.cancel_job("j"))
    assert refused.value.status == 409


UNREADABLE = {
    "page": {"text": "<html>Sign in to the hotel's network</html>"},
    "nothing": {},
    "null": {"json": None},
    "list": {"json": [1]},
    "other object": {"json": {}},
    "cut off": {"content": json.dumps(GOOD).encode()[:-9]},
    "no text": {"content": b"\xff\xfe"},
    "nested": {"content": b"[" * 200_000},
}
ASKED = {
    "verdict": lambda assay: assay.verdict({}),
    "batch": lambda assay: assay.verdicts([{}]),
    "page of verdicts": lambda assay: assay.page_of_verdicts(),
    "page of jobs": lambda assay: assay.page_of_jobs(),
    "decisions": lambda assay: assay.decisions("v"),
    "labels": lambda assay: assay.labels(),
    "audit": lambda assay: assay.audit("v"),
    "job": lambda assay: assay.job("j"),
    "wait for a job": lambda assay: assay.wait_for_job("j", every=0.001),
    "new job": lambda assay: assay.create_job([{}]),
    "cancelled job": lambda assay: assay.cancel_job("j"),
}


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("ask", ASKED)
@pytest.mark.parametrize("answer", UNREADABLE)
def test_what_is_no_answer_of_the_service_s_is_said_in_one_way(way, ask, answer):
    moody = Moody(httpx.Response(200, **UNREADABLE[answer]))
    with pytest.raises(
        UnreadableAnswer, match=r"^The answer \(200\) is none of Assay's, or not whole: ."
    ) as said:
        run(way, moody, ASKED[ask])
    assert said.value.status == 200


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("answer", ["page", "list", "other object", "cut off", "no text", "nested"])
def test_a_line_of_results_that_is_none_is_said_in_the_same_way(way, answer):
    with pytest.raises(UnreadableAnswer):
        run(way, Moody(httpx.Response(200, **UNREADABLE[answer])), results_of)


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("job", [{"state": "done"}, {"job_id": "j"}, {"job_id": "j", "state": ["done"]}])
def test_a_job_without_id_or_state_is_none(way, job):
    with pytest.raises(UnreadableAnswer):
        run(way, Moody(httpx.Response(200, json=job)), ASKED["wait for a job"])


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize(
    "page", [{"jobs": [5], "next": None}, {"jobs": [], "next": 5}, {"jobs": {}, "next": None}]
)
def test_a_page_holds_objects_and_a_cursor_or_is_none(way, page):
    with pytest.raises(UnreadableAnswer):
        run(way, Moody(httpx.Response(200, json=page)), ASKED["page of jobs"])


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("status", [400, 409])
def test_a_refusal_whose_problem_is_nested_too_deep_is_one_without_a_problem(way, status):
    with pytest.raises(Refusal, match=f"answered {status}") as refused:
        run(way, Moody(httpx.Response(status, content=b'{"code":' * 200_000)), ASKED["verdict"])
    assert (refused.value.status, refused.value.problem) == (status, {})


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("ask", ["verdict", "results"])
def test_a_body_that_is_not_packed_as_it_says_is_no_answer(way, ask):
    body = Pieces(b"not packed at all")
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=body)
    with pytest.raises(UnreadableAnswer):
        run(way, Moody(answer), results_of if ask == "results" else ASKED[ask])
    assert body.is_closed


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_batch_has_as_many_verdicts_as_documents_or_says_so(way, count):
    lines = (json.dumps(GOOD) + "\n") * count
    with pytest.raises(UnreadableAnswer, match=rf"2 documents were sent, and {count} are answered"):
        run(way, Moody(httpx.Response(200, text=lines)), lambda assay: assay.verdicts([{}, {}]))


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_batch_s_lines_end_where_json_lines_do(way):
    found = run(way, Moody(httpx.Response(200, content=RESULTS)), lambda assay: assay.verdicts([{}, {}]))
    assert [one.account_id for one in found] == ["a", "b\u2028b"]


@pytest.mark.parametrize("way", ["sync", "async"])
@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK", b"HTTP/1.1 200 OK\r\nConnection: close"])
def test_results_that_end_before_their_length_has_come_are_not_whole(way, head):
    line = json.dumps(GOOD).encode() + b"\n"

    def answer(connection):
        connection.recv(2**16)
        connection.sendall(head + b"\r\nContent-Length: %d\r\n\r\n" % (2 * len(line)) + line)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: answer(server.accept()[0]))
        thread.start()
        url, found = f"http://127.0.0.1:{server.getsockname()[1]}", []

        def ask():
            with Client(url) as assay:
                found.extend(assay.results("j"))

        async def ask_async():
            async with AsyncClient(url) as assay:
                async for one in assay.results("j"):
                    found.append(one)

        with pytest.raises(UnreadableAnswer, match="not whole"):
            ask() if way == "sync" else asyncio.run(ask_async())
        thread.join()
    assert found == [VerdictResult.of(GOOD)]
