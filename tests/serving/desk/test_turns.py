"""What the desk judges is judged by turns of tenants, in bounded places."""

import anyio
import httpx
import pytest

from serving.http.admission import BOUNDED_ROUTES
from serving.screening.fair_turns import Line

JUMP = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21"}
SAID = {"who": "Bo", "when": "2025-12-01T00:00:00Z"}
JUDGING = {"turning": None, "explain": JUMP, "withdraw": {"when": SAID["when"]}, "take-over": JUMP}
"""The parts of a creator's page that judge an account, each with the form that it takes."""


@pytest.fixture
def begun(monkeypatch):
    """Whose turns began, in order."""
    tenants, due = [], Line.due

    async def noted(self, cost):
        await due(self, cost)
        tenants.append(self.tenant)

    monkeypatch.setattr(Line, "due", noted)
    return tenants


class Asking:
    """Members who ask at the same time, while the turn of screening is held."""

    def __init__(self, desk, client, group):
        self.turns, self.client, self.group = desk.app.state.screening.turns, client, group
        self.answers, self.asked = [], 0

    async def ask(self, member, path, form):
        cookies = "; ".join(f"{name}={value}" for name, value in member.cookies.items())
        method, data = ("GET", None) if form is None else ("POST", member.form(path, form))
        answer = await self.client.request(method, path, data=data, headers={"Cookie": cookies})
        self.answers.append(answer)

    async def begin(self, member, path, form, times=1):
        """Ask so many times; each waits for its turn then, or has its answer."""
        for _ in range(times):
            self.group.start_soon(self.ask, member, path, form)
            self.asked += 1
            while len(self.turns.waiting) + len(self.answers) < self.asked:
                await anyio.sleep(0.001)


def answers_of(desk, talk):
    """The answers to what members ask while the turn of screening is held."""

    async def held():
        transport = httpx.ASGITransport(desk.app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=None) as client,
            anyio.create_task_group() as group,
        ):
            asking = Asking(desk, client, group)
            with asking.turns.line("held") as line:
                await line.due(0)
                await talk(asking)
        return asking.answers

    return anyio.run(held)


@pytest.fixture
def members(desk_of, creators_of):
    """Makes a desk with settings, and for each of two tenants a member who looks at a creator."""

    def make(**settings):
        desk = desk_of(**settings)
        creators, looking = creators_of(desk), {}
        for tenant in ("many", "one"):
            page = creators.page(tenant=tenant, annotations=[JUMP | SAID])
            member = desk.member(tenant=tenant)
            member.get(page)
            looking[tenant] = (member, page)
        return desk, looking

    return make


@pytest.mark.parametrize("part", JUDGING)
def test_another_tenants_page_waits_for_one_account_at_most(members, begun, part):
    desk, looking = members()

    async def talk(ask):
        for tenant, times in (("many", 5), ("one", 1)):
            member, page = looking[tenant]
            await ask.begin(member, f"{page}/{part}", JUDGING[part], times)

    assert len(answers_of(desk, talk)) == 6
    assert begun == ["held", "many", "one", *["many"] * 4]


@pytest.mark.parametrize("part", JUDGING)
def test_no_more_than_some_wait_and_one_tenant_leaves_places_to_the_others(members, part):
    desk, looking = members(most_waiting=3, tenant_share=0.5)

    async def talk(ask):
        for tenant in ("many", "many", "many", "one", "one"):
            member, page = looking[tenant]
            await ask.begin(member, f"{page}/{part}", JUDGING[part])
        assert len(ask.answers) == 2

    refused, others = (answers := answers_of(desk, talk))[:2], answers[2:]
    assert [(one.status_code, one.headers["retry-after"]) for one in refused] == [(503, "1")] * 2
    assert len(others) == 3 and 503 not in {one.status_code for one in others}


def test_every_part_that_judges_has_its_places():
    path = "/lists/{list_id}/{entry_id}"
    assert {BOUNDED_ROUTES.get(f"{path}/{part}") for part in JUDGING} == {"most_waiting"}
