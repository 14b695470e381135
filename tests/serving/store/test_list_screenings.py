"""Lists that are screened again, on both databases: one at a time, whoever begins it, and how far it is."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select

from serving.store.list_entries import NewEntry, put_entries_in
from serving.store.list_rules import ListRules, list_rules_of, set_list_rules
from serving.store.list_screenings import (
    advance_again_in,
    begin_again,
    claim_watched_lists,
    next_entries,
)
from serving.store.lists import ListRemoved, create_list
from serving.store.screenings import TakenOver, end_screening, get_screening, list_screening, note_at_work
from serving.store.tables import list_entries, screenings


@pytest.fixture
def list_id(store):
    """A list of four creators without evidence."""
    list_id = create_list(store, "default", "Spring", "test")
    more = ("x", "", "review", 1.0, None, None, None, "profile", "", None)
    with store.database.writing() as connection:
        entries = [NewEntry(f"a{i}", f"a{i}", *more, f"v{i}", f"e{i}") for i in range(4)]
        put_entries_in(connection, "default", list_id, entries)
    return list_id


def at_once(call, times=6):
    with ThreadPoolExecutor(times) as threads:
        return [one.result() for one in [threads.submit(call) for _ in range(times)]]


def test_of_all_who_begin_at_once_one_does(store, list_id):
    begun = at_once(lambda: begin_again(store, "default", list_id, "test"))
    assert sorted(is_new for _, is_new in begun) == [False] * 5 + [True]
    assert len({screening.screening_id for screening, _ in begun}) == 1
    end_screening(store, begun[0][0])
    assert begin_again(store, "default", list_id, "test")[1]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_that_somebody_works_on_a_screening_waits_for_no_other(store, list_id, held):
    other_list = create_list(store, "other", "Autumn", "test")
    begun = [begin_again(store, *place, "test")[0] for place in (("default", list_id), ("other", other_list))]
    held[0]("screenings", "default")
    note_at_work(store, [screening.screening_id for screening in begun])
    beats = []
    for screening in begun:
        with store.database.reading() as connection:
            now_is = get_screening(connection, screening.tenant, screening.screening_id)
            beats.append(now_is.beat_at > screening.beat_at)
    assert beats == [False, True]


def test_a_list_that_is_due_is_claimed_once(store, list_id):
    set_list_rules(store, "default", list_id, ListRules(watch_days=1), "test")
    assert sum(map(len, at_once(lambda: claim_watched_lists(store)))) == 1
    with store.database.reading() as connection:
        assert list_rules_of(connection, "default", list_id).watched_at


def test_lists_of_many_tenants_are_claimed_while_their_rules_are_set(store):
    places = [(name, create_list(store, name, "Spring", "test")) for name in ("a", "b", "c")]
    for tenant, list_id in places:
        set_list_rules(store, tenant, list_id, ListRules(watch_days=1), "test")

    def claim_and_set():
        claimed = claim_watched_lists(store)
        for tenant, list_id in reversed(places):
            set_list_rules(store, tenant, list_id, ListRules(watch_days=2), "test")
        return len(claimed)

    assert sum(at_once(claim_and_set)) == 3


def test_the_newest_is_shown_unless_one_runs(store, list_id):
    first, _ = begin_again(store, "default", list_id, "test")
    end_screening(store, first, "It failed.")
    second, _ = begin_again(store, "default", list_id, "test")
    with store.database.writing() as connection:
        connection.execute(
            screenings.update()
            .where(screenings.c.screening_id == second.screening_id)
            .values(created_at="2026-01-01T00:00:00.000000Z")  # the clock was set back
        )
        assert list_screening(connection, "default", list_id).screening_id == second.screening_id
    end_screening(store, second)
    with store.database.reading() as connection:
        assert list_screening(connection, "default", list_id).problem == "It failed."


def test_it_goes_through_the_entries_and_counts_what_is_left(store, list_id):
    screening, _ = begin_again(store, "default", list_id, "test")
    with store.database.writing() as connection:
        found = next_entries(connection, screening, 3)
        own = select(list_entries.c.entry_id).where(list_entries.c.list_id == list_id)
        assert [name for name, _ in found] == sorted(connection.execute(own).scalars())[:3]
        assert {size for _, size in found} == {0}
        advance_again_in(connection, screening, [name for name, _ in found[:2]], 1)
    with store.database.writing() as connection:
        with pytest.raises(TakenOver):
            advance_again_in(connection, screening, [name for name, _ in found], 0)
        connection.execute(delete(list_entries).where(list_entries.c.entry_id == found[2][0]))
    with store.database.writing() as connection:
        again = get_screening(connection, "default", screening.screening_id)
        assert (again.done, again.total, again.refused) == (2, 4, 1)
        rest = [name for name, _ in next_entries(connection, again, 3)]
        advance_again_in(connection, again, rest, 0)
        again = get_screening(connection, "default", screening.screening_id)
        assert (again.done, again.total, again.refused) == (3, 3, 1)
        assert next_entries(connection, again, 3) == []


def test_a_list_that_is_gone_is_not_begun(store):
    with pytest.raises(ListRemoved):
        begin_again(store, "default", "0" * 32, "test")
