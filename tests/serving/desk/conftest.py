"""The desk in this process: an application, a browser that keeps cookies, and members who have signed in."""

import json
import re
import shutil
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from accounts.examples import creators_path
from serving.app.application import make_app
from serving.desk import passwords
from serving.desk.new_entries import new_entry
from serving.desk.rejudging import judge_document
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.evidence import store_evidence_in
from serving.store.list_entries import EntryFilter, PageOf, page_of_entries, put_entries_in
from serving.store.lists import create_list
from serving.store.members import Invitee, Role, invite
from serving.store.pseudonyms import pseudonymiser
from serving.store.verdict_rows import TenantVerdict, store_verdicts

PASSWORD = "correct horse battery"
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
JUDGED = {}
"""Screened documents by their JSON: most tests begin with the same creator, and one detector judges all."""


ABOUT_CREATORS = re.compile("/(decide|approve|triage|explain|withdraw|take-over)$")
ABOUT_LISTS = re.compile("/lists/[0-9a-f]{32}(/watch)?$")


def hidden_fields(page, path, data=()):
    """What a page hides in its form for a path, or a row of the queue in its dialog; None: it has none."""
    place, _, what = path.rpartition("/")
    if what == "triage":
        row = re.search(rf'data-place="{place}" data-verdict="(\w*)" data-state="([\w ]*)"', page)
        shown = hidden_fields(page, f"{place}/decide")
        if row is None and shown is None:
            return None
        return dict(zip(SHOWN, row.groups() if row else map(shown.get, SHOWN), strict=True))
    forms = re.findall(rf'<form[^>]* action="{path}"[^>]*>(.*?)</form>', page, re.DOTALL)
    if not forms:
        about_list = ABOUT_LISTS.search(path) or what == "decide"
        return None if about_list else hidden_fields(page, f"{place}/decide")
    each = [dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)) for form in forms]
    found = max(each, key=lambda one: sum(name in data for name in one))  # of several, that of these fields
    return {name: value for name, value in found.items() if name != "csrf"}


SHOWN = ("verdict_id", "shown_state")


class Browser:
    """Asks the desk as a browser does: it keeps cookies, and sends forms with the token of their page."""

    def __init__(self, caller):
        self.caller = caller
        self.page = None

    def get(self, path, **more):
        self.page = self.caller.get(path, follow_redirects=True, **more)
        return self.page

    def post(self, path, data=None, *, follow=True, **more):
        form = self.form(path, data or {})
        self.page = self.caller.post(path, data=form, follow_redirects=follow, **more)
        return self.page

    def form(self, path, data):
        """The fields of a form: what its page hides in it, and what somebody typed."""
        hidden = hidden_fields(self.page.text, path, data) if self.page is not None else None
        if hidden is None and ABOUT_CREATORS.search(path):  # which nobody sends who has not opened it
            hidden = hidden_fields(self.caller.get(path.rpartition("/")[0]).text, path)
        if hidden is None and ABOUT_LISTS.search(path):
            hidden = hidden_fields(self.caller.get(path).text, path, data)
        return {"csrf": self.token} | (hidden or {}) | data

    @property
    def token(self):
        found = re.search(r'X-CSRF-Token": "(\w+)"', self.page.text) if self.page is not None else None
        return found[1] if found else ""

    @property
    def cookies(self):
        return self.caller.client.cookies


class Desk:
    """An application and whoever uses it."""

    def __init__(self, app, calling):
        self.app, self.calling, self.open = app, calling, []

    @property
    def store(self):
        return self.app.state.store_access.opened()

    def browser(self):
        caller = self.calling(self.app)
        self.open.append(caller)
        return Browser(caller.__enter__())

    def wait_for_screenings(self, browser):
        """Ask again and again until nobody works on a screening any more."""
        while getattr(self.app.state, "desk_tasks", None):
            browser.caller.get("/lists")

    def invite(self, name, role=Role.LEAD, tenant="default", lifetime=timedelta(hours=1)):
        return f"/invitations/{invite(self.store, Invitee(tenant, name, role), lifetime, 'test')}"

    def member(self, name="Ana", role=Role.LEAD, tenant="default"):
        browser = self.browser()
        address = self.invite(name, role, tenant)
        browser.get(address)
        assert browser.post(address, {"password": PASSWORD, "again": PASSWORD}).status_code == 200
        return browser


@pytest.fixture
def desk_of(loaded, migrated, tmp_path, calling, monkeypatch, patient):  # noqa: PLR0913, PLR0917
    """Makes a desk with settings; every member signs in, so a hash takes no time.

    Each has the same key, so that a creator has the same pseudonym in each and is judged once (`JUDGED`).
    """
    monkeypatch.setattr(passwords, "hasher", lambda: LIGHT)
    for name in ("assay.db", "audit.key"):
        shutil.copy(migrated / name, tmp_path)
    desks = []

    def make(**settings):
        desks.append(Desk(make_app(Settings(home=tmp_path, **patient | settings)), calling))
        return desks[-1]

    yield make
    for desk in desks:
        for caller in desk.open:
            caller.__exit__(None, None, None)
        desk.app.state.store_access.close()


@pytest.fixture
def desk(desk_of):
    """A desk with the settings' defaults."""
    return desk_of()


class Creators:
    """Lists with the example creators in them, as screening puts them there."""

    def __init__(self, desk):
        lines = creators_path().read_text().splitlines()
        self.desk = desk
        self.documents = {
            document["account_id"].removeprefix("example:"): document for document in map(json.loads, lines)
        }
        refilled = self.documents["auto-refill"]  # what it bought is most of this part of its history
        refilled["history"] = [row for row in refilled["history"] if row["date"] >= "2025-10-20"]

    def put(self, documents, tenant="default", name="Spring campaign"):
        """A list with these documents in it, screened; its id, and its entries by account id."""
        store, service = self.desk.store, self.desk.app.state.screening
        list_id = create_list(store, tenant, name, "test")
        for document in documents:
            judged = self.judge(service, pseudonymiser(store.key, tenant)(document))
            store_verdicts(store, [TenantVerdict(tenant, "test", judged.verdict)])
            with store.database.writing() as connection:
                evidence = store_evidence_in(connection, tenant, judged.document)
                entry = new_entry(judged.verdict, judged.document, evidence)
                put_entries_in(connection, tenant, list_id, [entry])
        return list_id, {entry.account_id: entry for entry in self.entries(list_id, tenant)}

    def judge(self, service, document):
        key = json.dumps(document)
        if key not in JUDGED:
            JUDGED[key] = judge_document(service, document)
        return JUDGED[key]

    def entries(self, list_id, tenant="default"):
        with self.desk.store.database.reading() as connection:
            return page_of_entries(connection, tenant, list_id, EntryFilter(), PageOf(0, 500))

    def page(self, name="auto-refill", tenant="default", **parts):
        """The address of one example creator's page."""
        list_id, entries = self.put([self.documents[name] | parts], tenant)
        (entry,) = entries.values()
        return f"/lists/{list_id}/{entry.entry_id}"

    def entry(self, page):
        """The entry whose page it is."""
        _, _, list_id, entry_id = page.split("/")
        return next(one for one in self.entries(list_id) if one.entry_id == entry_id)


@pytest.fixture
def creators_of():
    """Puts example creators into a desk."""
    return Creators


@pytest.fixture
def first(monkeypatch):
    """Lets something happen right before the next write of the desk, or before the one of that name."""
    run = StoreAccess.run

    def arrange(act, name=None):
        waiting = [act]

        async def interleaved(self, task, *args, **more):
            reads = task.__qualname__.startswith("StoreAccess.read") or task.__name__ == "touch_session"
            if waiting and (not reads if name is None else task.__name__ == name):
                waiting.pop()()
            return await run(self, task, *args, **more)

        monkeypatch.setattr(StoreAccess, "run", interleaved)
        return waiting

    return arrange
