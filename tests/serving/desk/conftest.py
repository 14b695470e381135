"""The desk in this process: an application, a browser that keeps cookies, and members who have signed in."""

import re
from datetime import timedelta

import pytest

from serving.app.application import make_app
from serving.settings import Settings
from serving.store.members import Invitee, Role, invite

PASSWORD = "correct horse battery"


class Browser:
    """Asks the desk as a browser does: it keeps cookies, and sends forms with the token of their page."""

    def __init__(self, caller):
        self.caller = caller
        self.page = None

    def get(self, path, **more):
        self.page = self.caller.get(path, follow_redirects=True, **more)
        return self.page

    def post(self, path, data=None, *, follow=True, **more):
        form = {"csrf": self.token} | (data or {})
        self.page = self.caller.post(path, data=form, follow_redirects=follow, **more)
        return self.page

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

    def invite(self, name, role=Role.LEAD, tenant="default", lifetime=timedelta(hours=1)):
        return f"/invitations/{invite(self.store, Invitee(tenant, name, role), lifetime, 'test')}"

    def member(self, name="Ana", role=Role.LEAD, tenant="default"):
        browser = self.browser()
        address = self.invite(name, role, tenant)
        browser.get(address)
        assert browser.post(address, {"password": PASSWORD, "again": PASSWORD}).status_code == 200
        return browser


@pytest.fixture
def desk_of(loaded, migrated, tmp_path, calling):
    """Makes a desk with settings."""
    import shutil

    shutil.copy(migrated / "assay.db", tmp_path)
    made = []

    def make(**settings):
        made.append(Desk(make_app(Settings(home=tmp_path, **settings)), calling))
        return made[-1]

    yield make
    for desk in made:
        for caller in desk.open:
            caller.__exit__(None, None, None)
        desk.app.state.store_access.close()


@pytest.fixture
def desk(desk_of):
    """A desk with the settings' defaults."""
    return desk_of()
