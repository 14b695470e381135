"""What is dropped on the desk: who may, how much, how long, and that others go on meanwhile."""

import asyncio
import io
import json
import logging
import signal
import threading
from functools import partial

import anyio
import pytest
from openpyxl import Workbook
from starlette import formparsers

from serving.desk import screen
from serving.desk.screening_run import tend
from serving.desk.understanding import faults_to_list
from serving.http.problems import ServiceUnavailable
from serving.jobs import reading_apart
from serving.jobs.reading_apart import FilesTooHeavy
from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.store.engine import NoUsableStore
from serving.store.screenings import create_screening

GOOD = {"account_id": "good", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"followers": 10}}
BOUNDARY = "a-boundary"
LINE = json.dumps(GOOD).encode()
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
PIECES = 2_000


def part(name, value, more=""):
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'.encode()


def drop(browser, content=LINE, name="people.jsonl"):
    browser.get("/screen")
    return browser.post("/screen", {"list": ""}, files=[("files", (name, content))])


async def sent(first, *, stops=False):
    """A form of files that comes piece by piece; it may stop for ever."""
    yield first
    yield part("files", "", '; filename="a.jsonl"').removesuffix(b"\r\n")
    for _ in range(PIECES):
        if stops:
            await asyncio.Event().wait()
        yield b" " * 2**12
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def send(browser, path, content, **headers):
    return browser.caller.post(path, content=content, headers=FORM | headers)


def refused(browser, path, first):
    """The answer to a form of files of which none is kept: what would keep them does not work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formparsers.MultiPartParser, "parse", None)
        answer = send(browser, path, sent(first))
    assert answer.headers["connection"] == "close"  # the rest of it is read by nobody
    return answer


def folders(desk):
    path = screenings_folder(desk.app.state.settings).path
    return [one for one in path.iterdir() if one.is_dir()] if path.exists() else []


def test_who_is_not_signed_in_sends_no_file(desk):
    answer = refused(desk.browser(), "/screen", part("csrf", "x"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("first", [part("list", ""), part("csrf", "x"), b"", part("csrf", "x" * 5_000)])
def test_a_form_without_the_token_in_its_first_field_is_refused_before_its_files(desk, first):
    ana = desk.member()
    ana.get("/screen")
    answer = refused(ana, "/screen", first)
    assert answer.status_code == 403 and "too old, or from another session" in answer.text


def test_the_token_may_stand_in_a_header_or_the_first_field(desk):
    ana = desk.member()
    ana.get("/screen")
    for first, headers in ((part("csrf", ana.token), {}), (part("list", ""), {"X-CSRF-Token": ana.token})):
        assert send(ana, "/screen", sent(first), **headers).status_code == 303


def test_no_other_form_takes_files(desk):
    ana = desk.member()
    ana.get("/lists")
    for browser, path in ((desk.browser(), "/sign-in"), (ana, "/lists")):
        answer = refused(browser, path, part("csrf", ana.token))
        assert answer.status_code == 415
        assert "application/x-www-form-urlencoded" in answer.text


@pytest.mark.parametrize("path", ["/screen", "/v1/verdicts/batch", "/v1/jobs"])
def test_a_form_of_files_that_stops_is_ended_in_time(desk_of, path):
    desk = desk_of(body_seconds=0.3, no_auth=True)
    ana = desk.member()
    ana.get("/screen")
    answer = send(ana, path, sent(part("csrf", ana.token), stops=True))
    assert answer.status_code == 408
    assert "must have come within 0.3 seconds" in answer.text
    assert not folders(desk)


def test_an_ordinary_form_that_stops_is_ended_in_time(desk_of):
    desk = desk_of(body_seconds=0.3)
    browser = desk.browser()
    browser.get("/sign-in")

    async def stopping():
        yield b"csrf="
        await asyncio.Event().wait()

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.caller.post("/sign-in", content=stopping(), headers=headers)
    assert answer.status_code == 408 and "<h1>" in answer.text


def test_a_tenant_that_drops_much_leaves_places_to_others(desk_of, monkeypatch):
    desk = desk_of(most_uploads=2, tenant_share=0.5)
    ana, eve = desk.member(), desk.member("Eve", tenant="other")
    for browser in (ana, eve):
        browser.get("/screen")
    begun, go_on = threading.Event(), threading.Event()
    read = screen.read_dropped

    async def waiting(request, tenant, files):
        if tenant == "default":
            begun.set()
            await asyncio.to_thread(go_on.wait)
        return await read(request, tenant, files)

    monkeypatch.setattr(screen, "read_dropped", waiting)
    content = [("files", ("people.jsonl", LINE))]
    post = partial(ana.caller.client.post, "/screen", data={"csrf": ana.token}, files=content)
    first = ana.caller.portal.start_task_soon(post)
    begun.wait()
    answer = ana.post("/screen", {}, files=content)
    assert answer.status_code == 503 and answer.headers["retry-after"] == "1"
    assert "No more than 1 of a tenant may wait here" in answer.text and "<h1>" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert eve.post("/screen", {}, files=content).status_code == 200
    go_on.set()
    assert first.result().status_code == 303


def test_one_reading_of_a_tenant_at_once_and_another_tenants_beside_it():
    async def talk():
        places, order, both = reading_apart.ReadingPlaces(), [], asyncio.Event()

        async def read(tenant, name, until):
            async with places.place(tenant, 9):
                order.append(name)
                await until.wait()

        first = asyncio.create_task(read("a", "first", both))
        await asyncio.sleep(0)
        second = asyncio.create_task(read("a", "second", both))
        other = asyncio.create_task(read("b", "other", both))
        while len(order) < 2:
            await asyncio.sleep(0)
        assert order == ["first", "other"]
        both.set()
        await asyncio.gather(first, second, other)
        return places, order

    places, order = asyncio.run(talk())
    assert order == ["first", "other", "second"] and not dict(places.own)


def test_small_files_wait_for_no_large_ones():
    places, large, done = reading_apart.ReadingPlaces(), 2**30, anyio.Event()

    async def hold(tenant, *, task_status):
        async with places.place(tenant, large):
            task_status.started()
            await done.wait()

    async def talk():
        async with anyio.create_task_group() as others:
            for tenant in ("a", "b"):
                await others.start(hold, tenant)
            for tenant in ("a", "c"):
                with anyio.fail_after(60):
                    async with places.place(tenant, 5_000):
                        pass
            with anyio.fail_after(0.2), pytest.raises(ServiceUnavailable):
                async with places.place("c", large):
                    raise AssertionError("three at once")
            done.set()

    anyio.run(talk)


def test_who_waits_half_of_its_time_for_a_reading_is_turned_away():
    places = reading_apart.ReadingPlaces()

    async def wait(refusals):
        with anyio.fail_after(0.2), pytest.raises(ServiceUnavailable) as refusal:
            async with places.place("a", 9):
                raise AssertionError("two at once")
        refusals.append(refusal.value)

    async def talk():
        refusals = []
        async with places.place("a", 9), anyio.create_task_group() as others:
            others.start_soon(wait, refusals)
        async with places.place("a", 9):
            return refusals, places.all[False].borrowed_tokens

    ((refusal,), taken) = anyio.run(talk)
    assert str(refusal) == "Too many files are waiting; try again later." and taken == 1
    assert refusal.headers["Retry-After"] == "60"


def test_reading_ends_in_time_and_says_so(desk_of):
    desk = desk_of(desk_reading_seconds=0.01)
    answer = drop(desk.member())
    assert answer.status_code == 422 and "more than 0.01 seconds to read" in answer.text
    assert not folders(desk)


def test_reading_that_takes_too_much_memory_ends_and_says_so(desk_of):
    desk = desk_of(reading_memory_mib=256)
    answer = drop(desk.member(), b"[" + b"[]," * 2**22 + b"[]]", "a.json")
    assert answer.status_code == 422 and "more than 256 MiB of memory" in answer.text
    assert not folders(desk)


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        (-signal.SIGKILL, ServiceUnavailable),
        (-signal.SIGSEGV, ServiceUnavailable),
        (-signal.SIGABRT, FilesTooHeavy),
        (0, FilesTooHeavy),
    ],
)
def test_a_reading_that_says_nothing_was_ended_from_outside_or_took_too_much(code, refusal):
    with pytest.raises(refusal):
        reading_apart.check_outcome(b"", code, 256)


def test_a_workbook_of_hundreds_of_sheets_is_refused_by_name(desk):
    book, content = Workbook(), io.BytesIO()
    for _ in range(300):
        book.create_sheet()
    book.save(content)
    answer = drop(desk.member(), content.getvalue(), "many.xlsx")
    assert answer.status_code == 200
    assert "many.xlsx" in answer.text and "must have at most 250 sheets. Got 301." in answer.text


def test_what_waits_counts_against_the_tenants_bytes_until_it_is_discarded(desk_of):
    desk = desk_of(tenant_bytes=2_000, no_auth=True)
    ana = desk.member()
    answer = drop(ana, LINE + b"\n" * 3_000)
    assert answer.status_code == 507 and "may take 2,000 bytes" in answer.text
    assert not folders(desk)
    desk = desk_of(tenant_bytes=3_000, no_auth=True)
    ana = desk.member("Ben")
    place = drop(ana, LINE + b"\n" * 1_000).url.path
    files = ScreeningFiles.of(desk.app.state.settings, place.rpartition("/")[2])
    assert 1_000 < files.size() < 3_000
    (files.uploads / "more").write_bytes(b" " * 3_000)
    ana.get("/screen")
    assert refused(ana, "/screen", part("csrf", ana.token)).status_code == 507
    job = ana.caller.post(
        "/v1/jobs", content=json.dumps(GOOD), headers={"Content-Type": "application/x-ndjson"}
    )
    assert (job.status_code, job.json()["code"]) == (507, "tenant-full")
    ana.get(place)
    ana.post(f"{place}/discard")
    assert drop(ana).status_code == 200


def test_only_so_many_screenings_wait(desk_of):
    desk = desk_of(jobs_at_once=1)
    ana = desk.member()
    place = drop(ana).url.path
    answer = refused(ana, "/screen", part("csrf", ana.token))
    assert answer.status_code == 429 and "At most 1 screenings may wait or run" in answer.text
    assert ana.post("/screen", {"handle": "ana", "platform": "x"}).status_code == 429
    ana.get(place)
    ana.post(f"{place}/discard")
    assert drop(ana).status_code == 200


def test_files_of_a_worker_that_died_while_they_came_are_removed_in_time(desk_of):
    desk = desk_of(desk_upload_hours=1e-9)
    ana, settings = desk.member(), desk.app.state.settings
    files = ScreeningFiles.of(settings, "0" * 32)
    files.create()
    folder = screenings_folder(settings).name()
    create_screening(desk.store, "default", "0" * 32, folder, "test", 9)
    assert ana.get(f"/screen/{'0' * 32}").status_code == 404
    ana.get("/screen")
    assert ana.post(f"/screen/{'0' * 32}/start", {}).status_code == 404
    ana.caller.portal.call(tend, desk.app)
    assert not folders(desk)


def test_so_many_faults_are_listed_as_somebody_may_read():
    found = faults_to_list(["fault"] * 10_003)
    assert len(found) == 10_001 and str(found[-1]) == "3 more were refused, which are not listed."


def test_a_client_that_goes_away_is_no_error_of_ours(desk, caplog):
    caplog.set_level(logging.INFO, "assay")
    ana = desk.member()
    ana.get("/screen")
    cookie = "; ".join(f"{name}={value}" for name, value in ana.cookies.items())
    headers = {"host": "127.0.0.1", "cookie": cookie, "transfer-encoding": "chunked", **FORM}
    scope = {
        "type": "http", "method": "POST", "path": "/screen", "raw_path": b"/screen", "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    pieces = iter([
        {"type": "http.request", "body": part("csrf", ana.token) + part("list", ""), "more_body": True},
        {"type": "http.disconnect"},
    ])  # fmt: skip

    async def receive():
        return next(pieces)

    async def answered(_):
        return None

    caplog.clear()
    ana.caller.portal.call(desk.app, scope, receive, answered)
    (line,) = [one.facts for one in caplog.records if one.getMessage() == "request"]
    assert (line["route"], line["status"]) == ("/screen", 499)
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


def test_an_error_of_ours_is_a_page_and_is_logged_with_its_request(desk, caplog, monkeypatch):
    ana = desk.member()
    monkeypatch.setattr("serving.desk.lists.render", None)
    answer = ana.caller.get("/lists", headers={"X-Request-ID": "order-7"})
    assert answer.status_code == 500 and "<h1>" in answer.text
    assert answer.headers["x-request-id"] == "order-7"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    (line,) = [one.facts for one in caplog.records if one.levelno >= logging.ERROR]
    assert (line["request_id"], line["route"], line["error"]) == ("order-7", "/lists", "TypeError")


def test_a_database_that_is_gone_is_a_page_and_is_logged_with_its_request(desk, caplog, monkeypatch):
    ana = desk.member()

    def gone(*_):
        raise NoUsableStore("The database at /secret/place does not work.")

    monkeypatch.setattr("serving.desk.lists.list_lists", gone)
    answer = ana.caller.get("/lists", headers={"X-Request-ID": "order-8"})
    assert answer.status_code == 503 and "<h1>" in answer.text and "/secret" not in answer.text
    (line,) = [one.facts for one in caplog.records if one.levelno >= logging.ERROR]
    assert (line["request_id"], line["route"]) == ("order-8", "/lists")


@pytest.mark.parametrize("body", [b"a=" + b"%" * 60_000, b"a&" * 70, b"a;" * 70, b"a=" + b"b" * 2**18])
def test_a_form_that_no_page_sends_is_refused_before_it_is_parsed(desk, monkeypatch, body):
    ana = desk.member()
    monkeypatch.setattr(formparsers.FormParser, "parse", None)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for browser, path, content in ((ana, "/lists", body), (desk.browser(), "/sign-in", b"a" * 40_000)):
        answer = browser.caller.post(path, content=content, headers=headers)
        assert answer.status_code == 413 and "at most" in answer.text


def test_the_longest_texts_of_every_form_are_taken(desk, creators_of):
    creators = creators_of(desk)
    page, ana = creators.page(), desk.member()
    ana.get(page)
    assert ana.post(f"{page}/comments", {"text": "\U0001f600" * 5_000}).status_code == 200
    assert ana.get(page).text.count("\U0001f600") >= 5_000
    form = {"outcome": "confirmed", "label": "inflated", "confidence": "likely", "reason": "界" * 4_000}
    assert ana.post(f"{page}/decide", form).status_code == 200
