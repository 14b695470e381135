"""Whatever a request to the desk holds or names, it gets a page with a sentence and never an error inside."""

import asyncio
import re
from datetime import datetime

import pytest
from sqlalchemy import select
from starlette import requests

from accounts.errors import WrongUsage
from accounts.reading import read_documents
from serving.desk import creator, creator_files, csv_export, rendering
from serving.desk.routes import PAGES, PUBLIC
from serving.desk.typed_averages import typed_document
from serving.store.tables import entry_comments, sessions

NOWHERE = "0" * 32
NOT_FOUND = 404
HUGE = "9" * 5_000
NUMBERS = ("", "0", "-1", "+1", "1_0", "1.5", "²", "٣", "NaN", "1e9", "99999999999999999999", HUGE, "9" * 18)
ADDRESSES = (
    "http://[", "http://[::1", "//evil.example/lists", "/\\evil.example", "https://evil.example\\@localhost/",
    "javascript:alert(1)", "/lists?search=Zoë", "/lists?search=Ðž", "/" * 5_000, "/sign-in", "/v1/model",
)  # fmt: skip
JUDGED = {"account_id": "ana", "platform": "x", "as_of": "2026-11-01T00:00:00Z", "profile": {"followers": 12}}


@pytest.fixture
def creators(desk, creators_of):
    return creators_of(desk)


def own_address(answer):
    """Where an answer sends to: a path of the desk, in ASCII."""
    address = answer.headers.get("location") or answer.headers["hx-redirect"]
    return address.isascii() and re.fullmatch(r"/(?![/\\]).*", address) is not None


@pytest.mark.parametrize("address", ADDRESSES)
def test_any_address_after_which_to_sign_in_leads_to_the_desk(desk, address):
    as_bytes = address.encode("latin-1", "replace")
    part = desk.browser().caller.get("/lists", headers={"HX-Request": "true", "HX-Current-URL": as_bytes})
    assert part.status_code == 200 and own_address(part)


@pytest.mark.parametrize("address", [*ADDRESSES, "/lists?search=ć", "/lists\n", "/\ud800"])
@pytest.mark.parametrize("more", [{}, {"HX-Request": "true"}])
def test_any_page_after_signing_in_is_one_of_the_desk(desk, address, more):
    browser = desk.browser()
    desk.member()
    browser.get("/sign-in")
    wanted = address.encode(errors="replace").decode()
    form = {"name": "Ana", "password": "correct horse battery", "next": wanted}
    answer = browser.post("/sign-in", form, follow=False, headers=more)
    assert answer.status_code in (200, 303) and own_address(answer)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_comment_is_answered_whatever_page_it_was_sent_from(desk, creators, address):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    headers = {"HX-Request": "true", "HX-Current-URL": address.encode("latin-1", "replace")}
    assert ana.post(f"{page}/comments", {"text": "seen"}, headers=headers).status_code == 200
    with desk.store.database.reading() as connection:
        assert connection.execute(select(entry_comments.c.text)).scalars().all() == ["seen"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_in_a_query_or_a_form_is_one_or_is_refused(desk, creators, number):
    page, ana = creators.page(), desk.member()
    place = page.rpartition("/")[0]
    ana.get(page)
    for path, query in (
        (place, {"page": number}), (f"{page}/comment-groups", {"page": number, "kind": "copies"}),
        (f"{page}/value", {"fee": number or "1", "currency": "EUR", "posts": number}),
        ("/organisation/audit-log", {"before": number}),
    ):  # fmt: skip
        assert ana.caller.get(path, params=query).status_code == 200, path
    for path, form in (
        (f"{place}/watch", {"watch_days": number}), (f"{page}/invite", {"days": number}),
        ("/organisation/keys", {"days": number, "name": "a", "scopes": "read"}),
    ):  # fmt: skip
        assert ana.post(path, form).status_code in (200, 400), path


@pytest.mark.parametrize("number", NUMBERS)
def test_averages_are_numbers_or_are_refused(number):
    form = {"handle": "ana", "platform": "x", "followers": number, "average_likes": number}
    try:
        document, averages = typed_document(form, datetime(2026, 11, 1))
    except WrongUsage as refused:
        assert "must be a number" in str(refused)
    else:
        assert document["profile"].get("followers") == averages["likes"]
        assert not read_documents([document]).faults or averages["likes"] > 10**15


@pytest.mark.parametrize("number", [HUGE, "1.5", "9" * 18])
def test_typed_averages_are_screened_or_refused(desk, number):
    ana = desk.member()
    ana.get("/screen")
    averages = {"handle": "ana", "platform": "x", "followers": number, "average_likes": number}
    assert ana.post("/screen", averages).status_code in (200, 400)


def routes_with(*names):
    """Every page of the desk with one of these in its path, and its methods."""
    for room in (*PAGES, *PUBLIC):
        for path, methods in room.items():
            if any(f"{{{name}}}" in path for name in names):
                yield from ((path, method) for method in methods)


def status_at(browser, path, method, **names):
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    if method == "GET":
        return browser.caller.get(path).status_code
    form = {"csrf": browser.token, "text": "a", "reason": "a", "state": "confirmed", "name": "a",
            "role": "lead", "days": "7", "outcome": "confirmed", "label": "authentic",
            "confidence": "likely", "kind": "press", "from": "2025-01-01", "to": "2025-01-02", "when": "a",
            "contest": "a"}  # fmt: skip
    return browser.caller.post(path, data=form).status_code


@pytest.mark.parametrize("number", [NOWHERE, "a", "A" * 32, "%F0%9F%98%80", "...", "0" * 3_000])
def test_what_never_was_is_not_found_on_any_page(desk, creators, number):
    page, ana = creators.page(), desk.member()
    ana.get(page)
    list_id = page.split("/")[2]
    names = ("entry_id", "screening_id", "member_id", "key_id", "secret", "list_id")
    for path, method in routes_with(*names):
        places = dict.fromkeys(names, number)
        found = status_at(ana, path, method, **places)
        assert found == NOT_FOUND, (path, method, found)
        if "{entry_id}" in path:
            assert status_at(ana, path, method, **places | {"list_id": list_id}) == NOT_FOUND, (path, method)


def test_what_was_removed_is_not_found_on_any_page(desk, creators):
    page, ana = creators.page(), desk.member()
    gone, ana.page = creators.page(name="comment-pod"), ana.get(page)
    list_id, entry_id = gone.split("/")[2:]
    ana.post(f"/lists/{list_id}", {"do": "remove"})
    for path, method in routes_with("list_id"):
        found = status_at(ana, path, method, list_id=list_id, entry_id=entry_id)
        assert found == NOT_FOUND, (path, method, found)


@pytest.mark.parametrize("way", ["discard", "erase"])
def test_a_screening_that_was_removed_is_not_found(desk, way):
    ana = desk.member()
    ana.get("/screen")
    place = ana.post("/screen", {"handle": "ana", "platform": "x", "followers": "12"}).url.path
    if way == "discard":
        ana.post(f"{place}/discard")
    else:
        folder = desk.app.state.settings.home / "desk"
        next(folder.rglob("understood.json")).unlink()
    for path, method in routes_with("screening_id"):
        if path.endswith(("/start", "/columns", "/discard", "{screening_id}")):
            found = status_at(ana, path, method, screening_id=place.rpartition("/")[2])
            assert found == NOT_FOUND, (path, method, found)


@pytest.mark.parametrize("way", [
    lambda secret: [("cookie", f"assay_session={secret}; assay_session=x")],
    lambda secret: [("cookie", f"assay_session=x; assay_session={secret}")],
    lambda secret: [("cookie", f"assay_session={secret}"), ("cookie", f"assay_session={secret}")],
    lambda secret: [("cookie", f"assay_session={secret}; assay_form=a; assay_form=b")],
])  # fmt: skip
def test_a_doubled_cookie_is_refused(desk, way):
    ana = desk.member()
    secret = ana.cookies["assay_session"]
    stranger = desk.browser()
    answer = stranger.caller.get("/lists", headers=way(secret))
    assert answer.status_code == 400 and "must stand once" in answer.text


@pytest.mark.parametrize("name", ["Origin", "Sec-Fetch-Site", "X-CSRF-Token"])
def test_a_doubled_header_about_where_a_form_comes_from_is_refused(desk, name):
    ana = desk.member()
    ana.get("/lists")
    value = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": ana.token}[name]
    form = {"csrf": ana.token, "name": "a"}
    once = ana.caller.post("/lists", data=form, headers=[("Host", "localhost"), (name, value)])
    assert once.status_code == 303
    twice = ana.caller.post("/lists", data=form, headers=[("Host", "localhost"), *[(name, value)] * 2])
    assert twice.status_code == 400


@pytest.mark.parametrize(("origin", "more", "status"), [
    ("http://localhost", {}, 303),
    ("HTTP://localhost", {}, 403),
    ("http://localhost:80", {}, 303),
    ("http://localhost:8080", {}, 403),
    ("ftp://localhost", {}, 403),
    ("localhost", {}, 403),
    ("x://localhost", {}, 403),
    ("null", {}, 403),
    ("", {}, 403),
    ("https://localhost", {}, 303),  # a proxy that does not say that it ends the encryption
    ("http://localhost", {"Host": "localhost:80"}, 303),
    ("http://localhost.evil.example", {}, 403),
])  # fmt: skip
def test_an_origin_is_ours_by_scheme_host_and_port(desk, origin, more, status):
    ana = desk.member()
    ana.get("/lists")
    form = {"csrf": ana.token, "name": "a"}
    headers = {"Origin": origin, "Host": "localhost"} | more
    assert ana.caller.post("/lists", data=form, headers=headers).status_code == status


@pytest.mark.parametrize(("origin", "status"), [("https://localhost", 401), ("http://localhost", 403)])
def test_behind_tls_a_page_without_it_is_foreign(desk, origin, status):
    desk.member()
    browser = desk.browser()
    tls = {"X-Forwarded-Proto": "https", "Host": "localhost"}
    browser.get("/sign-in", headers=tls)
    cookie = f"__Host-assay_form={browser.page.cookies.get('__Host-assay_form')}"
    form = {"csrf": browser.token, "name": "Ana", "password": "wrong"}
    headers = tls | {"Origin": origin, "Cookie": cookie}
    assert browser.caller.post("/sign-in", data=form, headers=headers).status_code == status


def test_pages_and_files_are_written_beside_the_event_loop(desk, creators, monkeypatch):
    """A stranger's tables make some of them long: written in the loop, they would hold up everybody."""
    page, ana = creators.page(), desk.member()
    beside = {}

    def noting(name, write):
        def noted(*values):
            beside.setdefault(name, set()).add(asyncio._get_running_loop() is None)
            return write(*values)

        return noted

    for where, name in (
        (rendering, "environment"), (csv_export, "csv_line"), (csv_export, "row_xml"),
        (creator_files, "chart_pictures"), (creator, "verdict_differences"),
    ):  # fmt: skip
        monkeypatch.setattr(where, name, noting(name, getattr(where, name)))
    place = page.rpartition("/")[0]
    ana.get(page)
    ana.post(f"{page}/explain", {"kind": "press", "from": "2025-11-05", "to": "2025-11-21"})
    for path in (page, f"{page}/history", f"{place}/export.csv", f"{place}/export.xlsx"):
        ana.get(path)
    five = {"environment", "csv_line", "row_xml", "chart_pictures", "verdict_differences"}
    assert beside == {name: {True} for name in five}


def test_signing_in_that_is_refused_leaves_no_session(desk):
    desk.member()
    browser = desk.browser()
    browser.get("/sign-in")
    with desk.store.database.reading() as connection:
        before = len(connection.execute(select(sessions.c.tenant)).all())
    browser.post("/sign-in", {"name": "Ana\0", "password": "x", "next": "/\0", "tenant": "de\0fault"})
    assert browser.page.status_code == 401
    with desk.store.database.reading() as connection:
        assert len(connection.execute(select(sessions.c.tenant)).all()) == before


def test_cookies_are_not_read_by_the_library_that_takes_long(desk, monkeypatch):
    """It takes time by the square of a value's length in Python before 3.11.10 (CVE-2024-7592)."""
    taken = []
    monkeypatch.setattr(requests, "cookie_parser", lambda cookie: taken.append(cookie) or {})
    ana = desk.member("Ana")
    session = f"assay_session={ana.cookies['assay_session']}"
    long = 'a="' + '\\"' * 7_000 + '"'
    assert "Ana" in desk.browser().get("/lists", headers={"Cookie": f"{long}; {session}"}).text
    assert not taken
