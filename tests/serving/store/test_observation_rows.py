from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
from sqlalchemy import event, func, select, update

from accounts.observations import Observation, PostCounts
from accounts.tables import Tables
from serving.store import observation_rows
from serving.store.account_record import account_record
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import last_entry
from serving.store.engine import RowsHeld
from serving.store.observation_rows import (
    StoredCount,
    expire_observations,
    join_stored,
    observations_about,
    store_observations,
    stored_in_turns,
)
from serving.store.stored_documents import DocumentDamaged
from serving.store.tables import audit_entries, observations
from serving.store.timestamps import now
from serving.store.verdict_rows import erase_account

FIRST = datetime(2026, 10, 3, 8, 30, tzinfo=UTC)
POST = PostCounts("p1", FIRST - timedelta(hours=2), views=900, likes=40, comments=1, shares=0)
SEEN = Observation(
    "yt:UC42", "youtube", FIRST, "youtube_api", 9_000, None, 41, (POST, PostCounts("p2", likes=3))
)


def put(store, *given, tenant="default"):
    return store_observations(store, tenant, "key:abc", given)


def about(store, *account_ids, tenant="default"):
    with store.database.reading() as connection:
        return list(observations_about(connection, tenant, account_ids))


def actions(store, tenant="default"):
    with store.database.reading() as connection:
        documents = connection.execute(
            select(audit_entries.c.document).where(audit_entries.c.tenant == tenant)
        )
        return "\n".join(documents.scalars())


def test_an_observation_comes_back_as_it_was_put(store):
    assert put(store, SEEN) == StoredCount(new=1)
    assert about(store, "yt:UC42", "another") == [SEEN]


@pytest.mark.parametrize("damage", ["", "[[", "{}", "7", "[7]", '[["p1"]]'])
def test_posts_that_were_damaged_are_refused_by_their_observation(store, damage):
    put(store, SEEN)
    with store.database.writing() as connection:
        connection.execute(update(observations).values(of_posts=damage))
    with pytest.raises(DocumentDamaged, match="What was observed at 2026-10-03T08:30:00"):
        about(store, "yt:UC42")
    if damage in ("", "[[", "{}", "7"):  # the database counts the items of a list, whatever they are
        with pytest.raises(DocumentDamaged, match="An observation of this account"):
            account_record(store, "default", "yt:UC42")


def test_the_same_observation_twice_is_one(store):
    assert put(store, SEEN, SEEN) == StoredCount(new=1, known=1)
    assert put(store, SEEN) == StoredCount(known=1)
    assert about(store, "yt:UC42") == [SEEN]
    assert actions(store).count("observation.stored") == 1


def test_what_a_second_file_of_the_same_time_adds_is_added_and_nothing_is_replaced(store):
    put(store, SEEN)
    more = replace(
        SEEN, followers=1, following=7,
        of_posts=(PostCounts("p2", FIRST, likes=99, views=50), PostCounts("p3", comments=2)),
    )  # fmt: skip
    assert put(store, more) == StoredCount(completed=1)
    (found,) = about(store, "yt:UC42")
    assert (found.followers, found.following, found.posts) == (9_000, 7, 41)
    assert found.of_posts == (POST, PostCounts("p2", FIRST, likes=3, views=50), PostCounts("p3", comments=2))
    assert put(store, more, SEEN) == StoredCount(known=2)


def test_time_source_and_platform_tell_observations_apart(store):
    others = [
        replace(SEEN, observed_at=FIRST + timedelta(days=1)),
        replace(SEEN, source="by hand"),
        replace(SEEN, platform="x"),
    ]
    assert put(store, SEEN, *others) == StoredCount(new=4)
    assert len(about(store, "yt:UC42")) == 4


def test_tenants_stay_apart(store):
    put(store, SEEN)
    put(store, replace(SEEN, followers=5), tenant="other")
    assert about(store, "yt:UC42")[0].followers == 9_000
    assert about(store, "yt:UC42", tenant="other")[0].followers == 5
    assert about(store, "yt:UC42", tenant="third") == []
    erase_account(store, "other", "yt:UC42", "key:abc")
    assert about(store, "yt:UC42") == [SEEN]
    assert about(store, "yt:UC42", tenant="other") == []


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", "é" * 10_000, "'; DROP TABLE observations; --"])
def test_any_account_and_post_can_be_stored_and_erased(store, name):
    put(store, replace(SEEN, account_id=name, of_posts=(PostCounts(name, likes=1),)), SEEN)
    assert about(store, name)[0].of_posts == (PostCounts(name, likes=1),)
    assert erase_account(store, "default", name, "key:abc")["observations"] == 1
    assert about(store, name) == []
    assert about(store, "yt:UC42") == [SEEN]


def test_erasure_leaves_nothing_in_the_file(store):
    if not store.database.is_sqlite:
        pytest.skip("one file is SQLite's")
    put(store, replace(SEEN, account_id="ana-cooks", of_posts=(PostCounts("a-telling-name", likes=1),)))
    erase_account(store, "default", "ana-cooks", "key:abc")
    with open(store.database.place, "rb") as file:
        assert b"a-telling-name" not in file.read()


def test_the_log_notes_what_was_stored_and_removed_without_a_name(store):
    put(store, SEEN)
    assert expire_observations(store, now(plus=timedelta(minutes=1))) == 1
    assert about(store, "yt:UC42") == []
    assert "observation.stored" in actions(store) and "observation.expired" in actions(store)
    assert "UC42" not in actions(store)
    assert [one.fault for one in verify_audit_logs(store)] == [None]


def test_retention_removes_some_at_a_time(store, monkeypatch):
    monkeypatch.setattr(observation_rows, "EXPIRED_AT_ONCE", 2)
    for number in range(5):
        put(store, replace(SEEN, account_id=f"account {number}"))
    put(store, replace(SEEN, account_id="account 0"), tenant="other")
    assert expire_observations(store, now(plus=timedelta(minutes=1))) == 6
    assert actions(store).count("observation.expired") == 3
    assert [one.fault for one in verify_audit_logs(store)] == [None, None]


def test_retention_goes_by_when_it_was_stored(store):
    put(store, SEEN)
    put(store, SEEN, tenant="other")
    assert expire_observations(store, now(plus=-timedelta(minutes=1))) == 0
    with store.database.writing() as connection:
        old = observations.update().where(observations.c.tenant == "other")
        connection.execute(old.values(stored_at="2020-01-01T00:00:00.000000Z"))
    assert expire_observations(store, now(plus=-timedelta(minutes=1))) == 1
    assert about(store, "yt:UC42") == [SEEN]
    assert about(store, "yt:UC42", tenant="other") == []


def test_many_are_stored_and_read_at_once(store):
    many = [replace(SEEN, account_id=f"a{number}") for number in range(1_200)]
    assert put(store, *many) == StoredCount(new=1_200)
    assert len(about(store, *(one.account_id for one in many))) == 1_200


def test_the_store_joins_what_it_holds_of_the_accounts_given(store):
    put(store, SEEN, replace(SEEN, account_id="another"))
    account = {"account_id": "yt:UC42", "platform": "youtube", "as_of": FIRST + timedelta(days=2)}
    posts = [{"account_id": "yt:UC42", "post_id": "p1", "likes": 50}]
    joined = join_stored(store, "default", Tables.of(accounts=[account], posts=posts))
    assert joined.history.select("account_id", "followers", "source").rows() == [
        ("yt:UC42", 9_000, "observed (youtube_api)")
    ]
    assert joined.observed.select("post_id", "observed_at", "likes").rows() == [("p1", FIRST, 40)]
    other = Tables.of(accounts=[account | {"platform": "x"}], posts=posts)
    assert join_stored(store, "default", other) is other


def test_of_an_account_the_newest_observations_are_joined_and_so_many_counts(store, monkeypatch):
    days = [FIRST + timedelta(days=day) for day in range(6)]
    put(store, *(replace(SEEN, observed_at=day, followers=day.day) for day in days))
    account = {"account_id": "yt:UC42", "platform": "youtube", "as_of": days[-1]}
    tables = Tables.of(accounts=[account], posts=[{"account_id": "yt:UC42", "post_id": "p1"}])
    assert join_stored(store, "default", tables).observed.height == 6
    monkeypatch.setattr(observation_rows, "MOST_COUNTS", 2)
    monkeypatch.setattr(observation_rows, "MOST_OBSERVATIONS", 4)
    joined = join_stored(store, "default", tables)
    assert joined.history["date"].to_list() == [day.date() for day in days[2:]]
    assert joined.observed.select("observed_at", "likes").rows() == [(day, 40) for day in days[4:]]
    monkeypatch.setattr(observation_rows, "MOST_COUNTS", 100)
    with store.database.reading() as connection:
        longest = connection.execute(select(func.max(func.length(observations.c.of_posts)))).scalar_one()
    monkeypatch.setattr(observation_rows, "MOST_READ", 3 * longest)
    assert join_stored(store, "default", tables).observed.height == 3
    assert not join_stored(store, "default", tables.select(["yt:UC42"]).replace({
        "posts": tables.posts.clear()
    })).observed.height  # fmt: skip


def transactions_of(store, monkeypatch, first=lambda: None):
    """A list that grows with every transaction that writes; what is given runs before each."""
    begun, writing = [], store.database.writing

    def note_and_begin():
        begun.append(1)
        first()
        return writing()

    monkeypatch.setattr(type(store.database), "writing", lambda _: note_and_begin())
    return begun


def test_many_observations_leave_the_database_to_others_between(store, monkeypatch):
    monkeypatch.setattr(observation_rows, "WRITTEN_AT_ONCE", 100)
    begun = transactions_of(store, monkeypatch)
    given = [replace(SEEN, observed_at=FIRST + timedelta(hours=hour)) for hour in range(20)]
    assert put(store, *given) == StoredCount(new=20)
    assert len(begun) == 10


def test_what_is_known_whole_waits_for_nobody(store, monkeypatch):
    many = [replace(SEEN, account_id=f"a{number}") for number in range(250)]
    put(store, *many)
    begun = transactions_of(store, monkeypatch)
    assert put(store, *many) == StoredCount(known=250)
    assert begun == []


def test_a_transaction_has_few_statements_however_many_it_stores(store):
    statements = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        statements.append(statement)

    event.listen(store.database.engine, "before_cursor_execute", note)
    assert put(store, *(replace(SEEN, account_id=f"a{number}") for number in range(100))).new == 100
    assert len(statements) < 20


@pytest.mark.parametrize(("name", "value"), [("LONGEST_SECONDS", 0.0), ("WRITTEN_AT_ONCE", 1)])
def test_a_transaction_that_takes_long_or_much_ends_with_what_it_has(store, monkeypatch, name, value):
    many = [replace(SEEN, account_id=f"a{number}") for number in range(5)]
    put(store, *many)
    pieces = observation_rows._pieces_to_store
    monkeypatch.setattr(observation_rows, "_pieces_to_store", lambda given: [[*chain(*pieces(given))]])
    more = [replace(one, following=7) for one in many]
    begun = transactions_of(store, monkeypatch)
    monkeypatch.setattr(observation_rows, name, value)
    assert put(store, *more) == StoredCount(completed=5)
    assert len(begun) == 5
    assert {one.following for one in about(store, *(one.account_id for one in many))} == {7}
    assert actions(store).count("observation.stored") == 10
    monkeypatch.undo()
    assert [one.fault for one in verify_audit_logs(store)] == [None]


@pytest.mark.parametrize("is_known", [True, False])
def test_an_account_that_is_erased_between_two_transactions_stays_erased(store, monkeypatch, is_known):
    monkeypatch.setattr(observation_rows, "STORED_AT_ONCE", 2)
    many = [replace(SEEN, account_id=f"a{number}") for number in range(6)]
    if is_known:
        put(store, replace(many[4], followers=None))
    with store.database.reading() as connection:
        since = last_entry(connection, "default")
    erasing = []

    def erase():
        if len(begun) == 3 and not erasing:
            erasing.append(1)
            erase_account(store, "default", "a4", "key:abc")
            erase_account(store, "default", "a0", "key:abc")

    begun = transactions_of(store, monkeypatch, erase)
    stored = store_observations(store, "default", "key:abc", many, since)
    assert stored == StoredCount(new=5, erased=frozenset({"a4"}))
    assert {one.account_id for one in about(store, *(one.account_id for one in many))} == {
        "a1", "a2", "a3", "a5"
    }  # fmt: skip


def test_where_others_hold_the_rows_it_is_tried_again_or_given_up(store, monkeypatch):
    monkeypatch.setattr(observation_rows, "STORED_AT_ONCE", 2)

    def hold():
        if len(begun) in (2, 3):
            raise RowsHeld

    begun = transactions_of(store, monkeypatch, hold)
    many = [replace(SEEN, account_id=f"a{number}") for number in range(5)]
    counts = list(stored_in_turns(store, "default", "key:abc", many, None))
    assert [(one.new, one.is_held) for one in counts] == [
        (2, False), (2, True), (2, True), (4, False), (5, False), (5, False)
    ]  # fmt: skip
    begun.clear()
    with pytest.raises(RowsHeld):
        put(store, *(replace(one, following=7) for one in many))
