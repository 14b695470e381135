import asyncio
import threading
from dataclasses import dataclass, field

import polars as pl
import pytest

from serving.store.keys import ANYONE
from serving.together import MOST_TOGETHER, Together


@dataclass
class Watched:
    """A detector that notes whom it judges together, and can be held up."""

    detector: object
    groups: list = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    poison: str = ""

    def screen_all(self, tables, explain):
        ids = tables.accounts["account_id"].to_list()
        self.groups.append(ids)
        self.go.wait(30)
        if self.poison in ids:
            raise ZeroDivisionError(self.poison)
        return self.detector.screen_all(tables, explain=explain)


@pytest.fixture
def accounts(population):
    return [population.tables.select([name]) for name in population.labels["account_id"]]


class Kept:
    """A ledger that notes what it keeps together, or does not work."""

    def __init__(self, error=None):
        self.error, self.groups = error, []

    def keep(self, made):
        if self.error:
            raise self.error
        self.groups.append([one.account_id for _, one in made])


def judge(watched, accounts, cancel=None, ledger=None):
    """Ask for all at once, while the first is still being judged."""

    async def ask():
        together = Together(watched, ledger or Kept())
        asked = [asyncio.create_task(together.verdict(account, ANYONE)) for account in accounts]
        await asyncio.sleep(0.1)
        if cancel is not None:
            asked[cancel].cancel()
        watched.go.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    return asyncio.run(ask())


def said(found):
    return [one.document for one in found]


def test_those_who_wait_together_are_judged_together_and_alike(detector, accounts):
    watched = Watched(detector)
    found = judge(watched, accounts)
    assert said(found) == [detector.screen(account)[0].to_json() for account in accounts]
    assert sum(map(len, watched.groups)) == len(accounts)
    assert len(watched.groups) <= 2


def test_the_same_account_twice_is_judged_twice(detector, accounts):
    watched = Watched(detector)
    found = judge(watched, [accounts[0], accounts[1], accounts[1], accounts[1]])
    assert found[1] == found[2] == found[3]
    assert found[1].document == detector.screen(accounts[1])[0].to_json()
    assert all(len(set(group)) == len(group) for group in watched.groups)


def test_one_that_cannot_be_judged_fails_alone(detector, accounts):
    poison = accounts[3].accounts["account_id"][0]
    found = judge(Watched(detector, poison=poison), accounts)
    assert isinstance(found[3], ZeroDivisionError)
    assert [one.account_id for one in found if not isinstance(one, Exception)] == [
        account.accounts["account_id"][0] for place, account in enumerate(accounts) if place != 3
    ]


def test_those_who_were_judged_together_are_kept_together(detector, accounts):
    watched, ledger = Watched(detector), Kept()
    judge(watched, accounts, ledger=ledger)
    assert ledger.groups == watched.groups


def test_what_cannot_be_kept_is_not_answered(detector, accounts):
    poison = accounts[3].accounts["account_id"][0]
    found = judge(Watched(detector, poison=poison), accounts, ledger=Kept(OSError("full")))
    assert [type(one) for one in found] == [
        ZeroDivisionError if place == 3 else OSError for place in range(len(accounts))
    ]


def test_one_who_left_keeps_nobody_waiting(detector, accounts):
    found = judge(Watched(detector), accounts, cancel=2)
    assert isinstance(found[2], asyncio.CancelledError)
    assert sum(isinstance(one, BaseException) for one in found) == 1


def test_a_group_has_a_largest_size(detector, accounts):
    watched = Watched(detector)
    many = [renamed(accounts[0], f"account {number}") for number in range(MOST_TOGETHER + 5)]
    found = judge(watched, many)
    assert [one.account_id for one in found] == [f"account {number}" for number in range(len(many))]
    assert max(map(len, watched.groups)) == MOST_TOGETHER


def renamed(tables, name):
    return tables.map(lambda _, frame: frame.with_columns(account_id=pl.lit(name)))
