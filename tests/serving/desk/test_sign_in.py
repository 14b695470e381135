import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from serving.desk import pages, sent_forms, sign_in
from serving.store.api_keys import Scope, create_key, revoke_key
from serving.store.members import (
    Role,
    accept_invitation,
    anybody_may_sign_in,
    change_member,
    list_invitations,
    list_members,
)
from serving.store.row_seals import seal_rows
from serving.store.sessions import remove_ended_sessions
from serving.store.tables import audit_entries, members, sessions
from serving.store.timestamps import now

PASSWORD = "correct horse battery"


def actions(desk):
    with desk.store.database.reading() as connection:
        rows = connection.execute(select(audit_entries.c.document).order_by(audit_entries.c.entry))
        return [json.loads(row)["action"] for row in rows.scalars()]


def signed_in(browser):
    return "Sign out" in browser.get("/lists").text


def test_without_a_session_every_page_asks_to_sign_in(desk):
    browser = desk.browser()
    answer = browser.get("/lists?x=1")
    assert answer.url.path == "/sign-in"
    assert answer.url.params["next"] == "/lists?x=1"
    assert 'value="/lists?x=1"' in answer.text


@pytest.mark.parametrize("charset", ["punycode", "idna", "utf-7", "unicode_escape", "undefined", "latin-1"])
@pytest.mark.parametrize("form", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
def test_a_form_is_utf_8_whoever_sends_it(desk, form, charset):
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx-\r\n--b--\r\n'
    headers = {"Content-Type": f"{form}; charset={charset}"}
    answer = desk.browser().caller.post("/sign-in", content=body, headers=headers)
    assert answer.status_code == 415
    assert "A form must be UTF-8" in answer.text


def test_an_invitation_works_once(desk):
    address = desk.invite("Ana")
    browser, late = desk.browser(), desk.browser()
    assert "Welcome, <bdi>Ana</bdi>" in browser.get(address).text
    late.get(address)
    assert browser.post(address, {"password": PASSWORD, "again": PASSWORD}).url.path == "/lists"
    assert signed_in(browser)
    answer = late.post(address, {"password": PASSWORD, "again": PASSWORD})
    assert answer.status_code == 404
    assert "used already" in answer.text
    assert actions(desk) == ["member.invited", "member.joined", "session.started"]


def test_whoever_is_invited_may_sign_in(desk):
    assert not anybody_may_sign_in(desk.store)
    desk.invite("Ana", lifetime=timedelta(seconds=-1))
    assert not anybody_may_sign_in(desk.store)
    desk.member("Ben")
    assert anybody_may_sign_in(desk.store)


def test_an_invitation_expires(desk):
    answer = desk.browser().get(desk.invite("Ana", lifetime=timedelta(seconds=-1)))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "rule"),
    [
        ("short", "short", "12 to 1,000"),
        ("a" * 20, "a" * 20, "must not be"),
        ("my name is Ana ok", "my name is Ana ok", "must not be"),
        (PASSWORD, PASSWORD + "!", "the same"),
    ],
)
def test_a_password_that_could_be_guessed_is_refused(desk, password, again, rule):
    browser, address = desk.browser(), desk.invite("Ana")
    browser.get(address)
    answer = browser.post(address, {"password": password, "again": again})
    assert answer.status_code == 400
    assert rule in answer.text


def test_sign_in_with_a_password_and_out_again(desk):
    desk.member("Ana")
    browser = desk.browser()
    browser.get("/sign-in?next=/organisation")
    answer = browser.post("/sign-in", {"name": " ana ", "password": PASSWORD, "next": "/lists"}, follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lists")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Secure" not in cookie
    secret = browser.cookies["assay_session"]
    with desk.store.database.reading() as connection:
        stored = connection.execute(select(sessions)).all()
    assert secret not in str(stored)
    browser.get("/lists")
    assert browser.post("/sign-out").url.path == "/sign-in"
    browser.cookies.set("assay_session", secret)
    assert not signed_in(browser)


def test_over_tls_the_cookie_is_for_this_host_alone(desk):
    desk.member("Ana")
    browser = desk.browser()
    secure = {"X-Forwarded-Proto": "https"}
    browser.get("/sign-in", headers=secure)
    form = browser.page.headers["set-cookie"].partition(";")[0]
    assert form.startswith("__Host-assay_form=")
    headers = secure | {"Cookie": form}
    answer = browser.post("/sign-in", {"name": "Ana", "password": PASSWORD}, headers=headers, follow=False)
    assert answer.headers["set-cookie"].startswith("__Host-assay_session=")
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("name", ["Ana", "Nobody"])
def test_a_wrong_password_does_not_say_whose_it_is(desk, name):
    desk.member("Ana")
    browser = desk.browser()
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"name": name, "password": "something else"})
    assert answer.status_code == 401
    assert "do not belong together" in answer.text


def test_who_fails_too_often_waits_even_with_the_right_password(desk_of):
    desk = desk_of(sign_ins_per_minute=2)
    desk.member("Ana")
    browser = desk.browser()
    browser.get("/sign-in")
    for _ in range(2):
        assert browser.post("/sign-in", {"name": "Ana", "password": "x"}).status_code == 401
    answer = browser.post("/sign-in", {"name": "Ana", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 30


def test_an_api_key_starts_a_session_with_its_rights_until_it_is_revoked(desk):
    key = create_key(desk.store, tenant="default", name="Bot", scopes=[Scope.READ])
    browser = desk.browser()
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"key": key}).url.path == "/lists"
    answer = browser.post("/lists", {"name": "Mine"})
    assert answer.status_code == 403
    assert "“score”" in answer.text
    revoke_key(desk.store, key.split("_")[1])
    assert not signed_in(browser)


def test_a_wrong_key_is_refused(desk):
    browser = desk.browser()
    browser.get("/sign-in")
    assert browser.post("/sign-in", {"key": "assay_ab_cd"}).status_code == 401


def test_a_session_ends_by_time_and_by_idleness(desk):
    browser, other = desk.member("Ana"), desk.member("Ben")
    with desk.store.database.writing() as connection:  # the clock was set back since
        connection.execute(update(sessions).values(seen_at=now(plus=timedelta(hours=5))))
    assert signed_in(browser) and signed_in(other)
    with desk.store.database.reading() as connection:
        assert max(connection.execute(select(sessions.c.seen_at)).scalars()) <= now()
    with desk.store.database.writing() as connection:
        ana = select(members.c.member_id).where(members.c.name == "Ana").scalar_subquery()
        over = update(sessions).where(sessions.c.member_id == ana)
        connection.execute(over.values(ends_at=now()))
        seal_rows(connection, sessions)  # it is no forged end that ends it
        idle = now(plus=-timedelta(minutes=61))
        connection.execute(update(sessions).where(sessions.c.member_id != ana).values(seen_at=idle))
    assert not signed_in(browser) and not signed_in(other)
    remove_ended_sessions(desk.store, timedelta(minutes=60))
    with desk.store.database.reading() as connection:
        assert not connection.execute(select(sessions)).all()


def test_a_disabled_member_is_out_at_once(desk):
    desk.member("Ana")
    ben = desk.member("Ben", Role.ANALYST)
    shut_out(desk, "Ben")
    assert not signed_in(ben)
    ben.get("/sign-in")
    assert ben.post("/sign-in", {"name": "Ben", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize("meanwhile", ["another password", "disabled"])
def test_a_password_that_was_good_when_it_was_checked_begins_no_session(desk, monkeypatch, meanwhile):
    desk.member("Ana")
    desk.member("Ben")
    invitation = desk.invite("Ben")
    check = sign_in.is_password
    begun = []

    async def slowly(*given):
        is_good = await check(*given)
        if meanwhile == "disabled":
            shut_out(desk, "Ben")
        else:
            accept_invitation(desk.store, invitation.rpartition("/")[2], "another")
        with desk.store.database.reading() as connection:
            begun.extend(connection.execute(select(sessions.c.session_sha256)).scalars())
        return is_good

    monkeypatch.setattr(sign_in, "is_password", slowly)
    browser = desk.browser()
    browser.get("/sign-in")
    answer = browser.post("/sign-in", {"name": "Ben", "password": PASSWORD})
    assert (answer.status_code, "do not belong together" in answer.text) == (401, True)
    with desk.store.database.reading() as connection:
        assert list(connection.execute(select(sessions.c.session_sha256)).scalars()) == begun
    assert not signed_in(browser)


@pytest.mark.parametrize("when", ["while the form comes in", "before the transaction"])
def test_whoever_was_shut_out_while_their_form_came_in_does_nothing(desk, monkeypatch, when):
    desk.member("Ana")
    ben = desk.member("Ben")
    ben.get("/organisation")
    if when == "before the transaction":
        room, name = sent_forms, "digest_of_form"
    else:
        room, name = pages, "check_form"
    task = getattr(room, name)

    async def slowly(*given):
        done = await task(*given)
        shut_out(desk, "Ben")
        return done

    monkeypatch.setattr(room, name, slowly)
    assert ben.post("/organisation", {"name": "Mine", "role": "lead"}).url.path == "/sign-in"
    with desk.store.database.reading() as connection:
        assert list_invitations(connection, "default") == []


def test_a_member_is_changed_by_nobody_who_was_shut_out_meanwhile(desk, monkeypatch):
    ana, ben = desk.member("Ana"), desk.member("Ben")
    ben.get("/organisation")
    holds = pages.still_holds

    async def slowly(*given):
        held = await holds(*given)
        shut_out(desk, "Ben")
        return held

    monkeypatch.setattr(pages, "still_holds", slowly)
    address = f"/organisation/members/{members_of(desk)['Ana'].member_id}"
    assert ben.post(address, {"role": "disabled"}).url.path == "/sign-in"
    assert members_of(desk)["Ana"].disabled_at is None
    assert signed_in(ana)


def members_of(desk):
    with desk.store.database.reading() as connection:
        return {one.name: one for one in list_members(connection, "default")}


def shut_out(desk, name):
    change_member(desk.store, "default", members_of(desk)[name].member_id, None, "test")


def test_a_form_without_its_token_changes_nothing(desk):
    browser = desk.member("Ana")
    for headers, form in [
        ({}, {}),
        ({}, {"csrf": "0" * 64}),
        ({"Origin": "http://evil.example"}, {"csrf": browser.token}),
        ({"Sec-Fetch-Site": "cross-site"}, {"csrf": browser.token}),
    ]:
        answer = browser.caller.post("/lists", data=form | {"name": "Mine"}, headers=headers)
        assert answer.status_code == 403
    assert "Mine" not in browser.get("/lists").text


def test_a_token_of_another_session_is_none(desk):
    ana, ben = desk.member("Ana"), desk.member("Ben")
    ana.get("/lists")
    ben.get("/lists")
    answer = ben.caller.post("/lists", data={"csrf": ana.token, "name": "Mine"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "https://evil.example", "/v1/model"]
)
def test_signing_in_leads_to_no_other_site(desk, address):
    desk.member("Ana")
    browser = desk.browser()
    browser.get("/sign-in")
    form = {"name": "Ana", "password": PASSWORD, "next": address}
    assert browser.post("/sign-in", form, follow=False).headers["location"] == "/lists"


def test_every_answer_forbids_what_is_inline_and_from_elsewhere(desk):
    browser = desk.member("Ana")
    for path in ("/lists", "/sign-in", "/static/desk.css", "/static/none.css", "/lists/none"):
        headers = browser.caller.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"


def test_two_tenants_do_not_see_each_other(desk):
    ana, eve = desk.member("Ana"), desk.member("Ana", tenant="other")
    ana.get("/lists")
    address = ana.post("/lists", {"name": "Spring campaign"}).url.path
    assert "Spring campaign" in ana.get("/lists").text
    assert "Spring campaign" not in eve.get("/lists").text
    assert eve.get(address).status_code == 404
    assert "Organisation" in desk.browser().get("/sign-in").text


def continue_button(browser, **more):
    return "Go on without signing in" in browser.get("/sign-in", **more).text


def test_no_auth_opens_the_desk_to_this_machine_alone(desk_of):
    desk = desk_of(no_auth=True)
    browser = desk.browser()
    assert continue_button(browser)
    assert browser.post("/sign-in", {"as": "machine"}).url.path == "/lists"
    assert "this machine" in browser.get("/lists").text
    for header in ({"X-Forwarded-For": "10.0.0.9"}, {"Host": "10.0.0.5"}, {"Forwarded": "for=10.0.0.9"}):
        assert not continue_button(desk.browser(), headers=header)
        assert browser.get("/lists", headers=header).url.path == "/sign-in"
    browser.get("/sign-in", headers={"X-Forwarded-For": "10.0.0.9"})
    stranger = desk.browser()
    stranger.get("/sign-in", headers={"X-Forwarded-For": "10.0.0.9"})
    answer = stranger.post("/sign-in", {"as": "machine"}, headers={"X-Forwarded-For": "10.0.0.9"})
    assert answer.status_code == 401


def test_no_auth_opens_the_desk_to_no_page_of_another_site(desk_of):
    desk = desk_of(no_auth=True)
    browser = desk.browser()
    for site in ("cross-site", "same-site"):
        elsewhere = {"Sec-Fetch-Site": site}
        assert continue_button(browser, headers=elsewhere)  # a link leads to the page for signing in
        answer = browser.post("/sign-in", {"as": "machine"}, headers=elsewhere)
        assert answer.status_code == 403
    assert continue_button(browser)
    assert browser.post("/sign-in", {"as": "machine"}, headers={"Sec-Fetch-Site": "same-origin"}).is_success
    assert "this machine" in browser.get("/lists", headers={"Sec-Fetch-Site": "same-origin"}).text
    for site in ("cross-site", "same-site"):
        assert browser.get("/lists", headers={"Sec-Fetch-Site": site}).url.path == "/sign-in"


def test_with_authentication_nobody_goes_on_without_signing_in(desk):
    browser = desk.browser()
    assert not continue_button(browser)
    assert browser.post("/sign-in", {"as": "machine"}).status_code == 401


def test_where_the_desk_cannot_be_one_sentence_says_why(desk_of, monkeypatch):
    for settings in ({"desk": False}, {"store_verdicts": False}):
        answer = desk_of(**settings).browser().get("/")
        assert answer.status_code == 404
        assert re.fullmatch(r"Assay's interface is at /v1; .*\.\n", answer.text)
    monkeypatch.setattr("serving.desk.unavailable.missing_libraries", lambda: ["jinja2"])
    assert "pip install 'assay[desk]' (missing: jinja2)" in desk_of().browser().get("/").text
