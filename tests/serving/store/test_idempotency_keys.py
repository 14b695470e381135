import zlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from serving.store import tables, timestamps
from serving.store.idempotency_keys import (
    KeyedRequest,
    KeyReused,
    RememberedAnswer,
    claim_key,
    release_key,
    remember_answer_of,
)
from serving.store.verdict_rows import erase_account, store_verdicts

DAY = timedelta(hours=24)
ANSWER = RememberedAnswer(b"answer", "a" * 64)
ONE = KeyedRequest.of("default", "k1", "/v1/verdicts", b"{}")


def test_the_first_claims_and_the_next_get_its_answer(store, entry):
    store_verdicts(store, [entry()])
    assert claim_key(store, ONE, DAY) is True
    assert claim_key(store, ONE, DAY) is False
    remember_answer_of(store, ONE, ANSWER, ["yt:UC42"])
    assert claim_key(store, ONE, DAY) == ANSWER


@pytest.mark.parametrize("body", [b"", b"{}", b"{}" * 100_000])
@pytest.mark.parametrize("model", [None, "a" * 64])
def test_an_answer_is_unpacked_with_its_model(body, model):
    answer = RememberedAnswer(body, model)
    assert RememberedAnswer.unpack(answer.pack()) == answer


def test_an_answer_of_an_older_assay_names_no_model():
    assert RememberedAnswer.unpack(zlib.compress(b"answer", 1)) == (b"answer", None)


@pytest.mark.parametrize(
    "other", [("default", "k1", "/v1/verdicts", b"[]"), ("default", "k1", "/v1/verdicts/batch", b"{}")]
)
def test_another_request_with_the_key_is_refused(store, other):
    claim_key(store, ONE, DAY)
    with pytest.raises(KeyReused, match="came with another request"):
        claim_key(store, KeyedRequest.of(*other), DAY)


def test_a_key_of_another_tenant_is_another_key(store):
    claim_key(store, ONE, DAY)
    assert claim_key(store, KeyedRequest.of("other", "k1", "/v1/verdicts", b"[]"), DAY) is True


def test_a_claim_that_was_given_up_is_free(store):
    claim_key(store, ONE, DAY)
    release_key(store, ONE)
    assert claim_key(store, ONE, DAY) is True


def test_a_claim_of_a_process_that_died_is_taken_over_once(store):
    claim_key(store, ONE, DAY)
    with store.database.writing() as connection:
        connection.execute(update(tables.idempotency).values(claimed_at="2020-01-01T00:00:00.000000Z"))
    assert claim_key(store, ONE, timedelta(days=36500)) is True
    assert claim_key(store, ONE, DAY) is False


@pytest.mark.parametrize("hours", [5, -5])
def test_a_claim_of_a_process_that_died_is_taken_over_once_though_the_clock_was_moved(
    store, monkeypatch, hours
):
    class Moved(timestamps.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz) + timedelta(hours=hours)

    claim_key(store, ONE, DAY)
    monkeypatch.setattr(timestamps, "datetime", Moved)
    assert claim_key(store, ONE, DAY) is True
    assert claim_key(store, ONE, DAY) is False
    assert claims_in(store) == 1


def claims_in(store):
    with store.database.reading() as connection:
        return len(connection.execute(select(tables.idempotency)).all())


def test_an_answer_is_remembered_for_so_long(store, entry):
    store_verdicts(store, [entry()])
    claim_key(store, ONE, DAY)
    remember_answer_of(store, ONE, ANSWER, ["yt:UC42"])
    assert claim_key(store, ONE, timedelta()) is True


def test_an_erased_account_is_in_no_remembered_answer(store, entry):
    store_verdicts(store, [entry(), entry("v2", account_id="other")])
    claim_key(store, ONE, DAY)
    remember_answer_of(store, ONE, ANSWER, ["yt:UC42", "other"])
    assert erase_account(store, "default", "other", "key:abc")["answers"] == 1
    assert claim_key(store, ONE, DAY) is True


def test_an_account_that_was_erased_meanwhile_is_not_remembered(store, entry):
    claim_key(store, ONE, DAY)
    store_verdicts(store, [entry()])
    erase_account(store, "default", "yt:UC42", "key:abc")
    remember_answer_of(store, ONE, ANSWER, ["yt:UC42"])
    assert claim_key(store, ONE, DAY) is True
