import asyncio
import json
import threading
from dataclasses import dataclass, field, replace

import pytest
from polars.exceptions import PanicException

from accounts.errors import BadInput
from accounts.reading import Bounds, read_document, read_each
from detector.labels import Explain
from serving.http.query import ScreeningOptions
from serving.screening import micro_batching
from serving.screening.masking import mask_blocks
from serving.screening.micro_batching import LARGEST_BATCH, MicroBatcher
from serving.store.api_keys import ANYONE
from serving.store.verdict_rows import NewVerdict, Unstored


@dataclass
class Watched:
    """A detector that notes whom it judges together, and can be held up."""

    detector: object
    groups: list = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)
    poison: str = ""

    def screen_batch(self, tables, explain):
        ids = tables.accounts["account_id"].to_list()
        self.groups.append(ids)
        self.go.wait(30)
        if self.poison in ids:
            raise ZeroDivisionError(self.poison)
        return self.detector.screen_batch(tables, explain=explain)


@pytest.fixture
def accounts(documents):
    """Documents, as they come in bodies."""
    return [one if isinstance(one, bytes) else one.encode() for one in documents]


def account_id_of(account):
    return json.loads(account)["account_id"]


class GroupRecorder:
    """A recorder that notes what it stores together, or does not work."""

    def __init__(self, error=None):
        self.error, self.groups = error, []

    def record(self, screened, *, waits_for_tenants):
        if self.error:
            raise self.error
        self.groups.append([one.verdict.account_id for one in screened])
        return Unstored()


def judge(watched, accounts, cancel=None, recorder=None, asked=()):
    """Ask for all at once, while the first is still being judged."""

    async def ask():
        queue = MicroBatcher(watched, Bounds(), recorder or GroupRecorder())
        about = asked or [ScreeningOptions()] * len(accounts)
        pairs = zip(accounts, about, strict=True)
        tasks = [asyncio.create_task(queue.screen(account, one, ANYONE)) for account, one in pairs]
        await asyncio.sleep(0.1)
        if cancel is not None:
            tasks[cancel].cancel()
        watched.go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(ask())


def documents_of(found):
    return [one.document for one in found]


def test_those_who_wait_together_are_judged_together_and_alike(detector, accounts):
    watched = Watched(detector)
    found = judge(watched, accounts)
    assert documents_of(found) == [
        detector.screen(read_document(account))[0].to_json() for account in accounts
    ]
    assert sum(map(len, watched.groups)) == len(accounts)
    assert len(watched.groups) <= 2


def test_the_same_account_twice_is_judged_twice(detector, accounts):
    watched = Watched(detector)
    found = judge(watched, [accounts[0], accounts[1], accounts[1], accounts[1]])
    assert found[1] == found[2] == found[3]
    assert found[1].document == detector.screen(read_document(accounts[1]))[0].to_json()
    assert all(len(set(group)) == len(group) for group in watched.groups)


def test_one_that_cannot_be_judged_fails_alone(detector, accounts):
    poison = account_id_of(accounts[3])
    found = judge(Watched(detector, poison=poison), accounts)
    assert isinstance(found[3], ZeroDivisionError)
    assert [one.account_id for one in found if not isinstance(one, Exception)] == [
        account_id_of(account) for place, account in enumerate(accounts) if place != 3
    ]


def test_those_who_were_judged_together_are_kept_together(detector, accounts):
    watched, recorder = Watched(detector), GroupRecorder()
    judge(watched, accounts, recorder=recorder)
    assert recorder.groups == watched.groups


def test_what_cannot_be_kept_is_not_answered(detector, accounts):
    poison = account_id_of(accounts[3])
    found = judge(Watched(detector, poison=poison), accounts, recorder=GroupRecorder(OSError("full")))
    assert [type(one) for one in found] == [
        ZeroDivisionError if place == 3 else OSError for place in range(len(accounts))
    ]


def test_one_who_left_keeps_nobody_waiting(detector, accounts):
    found = judge(Watched(detector), accounts, cancel=2)
    assert isinstance(found[2], asyncio.CancelledError)
    assert sum(isinstance(one, BaseException) for one in found) == 1


def test_a_group_has_a_largest_size(detector, accounts):
    watched = Watched(detector)
    many = [renamed(accounts[0], f"account {number}") for number in range(LARGEST_BATCH + 5)]
    found = judge(watched, many)
    assert [one.account_id for one in found] == [f"account {number}" for number in range(len(many))]
    assert max(map(len, watched.groups)) == LARGEST_BATCH


def renamed(account, name):
    return json.dumps(json.loads(account) | {"account_id": name}).encode()


def test_what_is_no_document_is_refused_alone(detector, accounts):
    wrong = [b"{", json.dumps({"account_id": "b", "platform": "x", "posts": [{"likes": -4}]}).encode()]
    found = judge(Watched(detector), [accounts[0], wrong[0], accounts[1], wrong[1], accounts[0]])
    assert [type(one).__name__ for one in found] == [
        "NewVerdict",
        "BadInput",
        "NewVerdict",
        "BadInput",
        "NewVerdict",
    ]
    assert found[0] == found[4]
    for one, document in ((found[1], wrong[0]), (found[3], wrong[1])):
        with pytest.raises(BadInput) as refused:
            read_document(document)
        assert str(one) == str(refused.value)


def test_a_reader_that_breaks_fails_for_one_alone(detector, accounts, monkeypatch):
    def broken(documents, *, bounds):
        if accounts[3] in documents:
            raise ZeroDivisionError
        return read_each(documents, bounds=bounds)

    monkeypatch.setattr(micro_batching, "read_each", broken)
    found = judge(Watched(detector), accounts)
    assert [type(one) for one in found] == [
        ZeroDivisionError if place == 3 else NewVerdict for place in range(len(accounts))
    ]


def test_large_documents_make_small_groups(detector, accounts):
    watched = Watched(detector)
    large = [one + b" " * (micro_batching.LARGEST_BATCH_BYTES // 2) for one in accounts]
    assert documents_of(judge(watched, large)) == documents_of(judge(Watched(detector), accounts))
    assert max(map(len, watched.groups)) == 1


def test_who_asks_about_less_evidence_is_not_judged_with_the_others(detector, accounts):
    ways = [
        ScreeningOptions(),
        ScreeningOptions(blocks=frozenset({"profile"})),
        ScreeningOptions(explain=Explain.ALL),
    ]
    asked = [ways[place % 3] for place in range(len(accounts))]
    found = judge(Watched(detector), accounts, asked=asked)
    for account, one, verdict in zip(accounts, asked, found, strict=True):
        tables = mask_blocks(read_document(account), one.blocks)
        assert verdict.document == detector.screen(tables, explain=one.explain)[0].to_json()


def test_a_panic_is_an_error_like_others(detector, accounts):
    @dataclass
    class Panicking(Watched):
        def screen_batch(self, tables, explain):
            if account_id_of(accounts[1]) in tables.accounts["account_id"].to_list():
                raise PanicException
            return self.detector.screen_batch(tables, explain=explain)

    found = judge(Panicking(detector), accounts[:3])
    assert [type(one) for one in found] == [NewVerdict, RuntimeError, NewVerdict]


def test_a_small_document_waits_for_one_heavy_one_of_another_tenant(detector, accounts, monkeypatch):
    """Six heavy documents of one tenant, each a batch of its own, and then a small one of another."""
    monkeypatch.setattr(micro_batching, "LARGEST_BATCH_BYTES", 1)
    watched = Watched(detector)
    callers = [replace(ANYONE, tenant="heavy")] * 6 + [replace(ANYONE, tenant="small")]

    async def ask():
        queue = MicroBatcher(watched, Bounds(), GroupRecorder())
        pairs = zip(accounts, callers, strict=False)
        tasks = [
            asyncio.create_task(queue.screen(account, ScreeningOptions(), one)) for account, one in pairs
        ]
        while not watched.groups:
            await asyncio.sleep(0.01)
        watched.go.set()
        await asyncio.gather(*tasks)
        return queue

    queue = asyncio.run(ask())
    heavy, small = [account_id_of(one) for one in accounts[:6]], account_id_of(accounts[6])
    assert [one for (one,) in watched.groups] == [heavy[0], small, *heavy[1:]]
    assert len(queue.clock.ends) <= 2  # nothing is noted of those who do not wait
