"""Gathering is the same whatever the chunks, and what is to be checked is blind to scores."""

import pytest
from pandas.testing import assert_frame_equal
from polars.testing import assert_frame_equal as assert_tables_equal

from accounts.checks import examine
from accounts.reading import Chunk
from features.derive import derive
from training.gather import accounts_to_check, gather_tables, gather_verified, simulate_fakes

ACCOUNTS = 24


@pytest.fixture(scope="module")
def tables(run):
    ids = run.population.tables.accounts["account_id"].to_list()
    return run.population.tables.select(ids[:ACCOUNTS])


def chunks(tables, size):
    ids = tables.accounts["account_id"].to_list()
    for start in range(0, len(ids), size):
        part = ids[start : start + size]
        yield Chunk(tables.select(part), [], part)


def test_chunks_of_any_size_give_the_same(tables):
    whole, counts = gather_verified(chunks(tables, ACCOUNTS)), []
    pieces = gather_verified(chunks(tables, 7), counts.append)
    assert counts == [7, 7, 7, 3]
    assert_frame_equal(pieces.verified.features, whole.verified.features, check_index_type=False)
    assert_frame_equal(whole.verified.features, derive(examine(tables).tables), check_index_type=False)
    assert pieces.verified.levels == whole.verified.levels
    assert pieces.account_ids == tables.accounts["account_id"].to_list()
    assert (pieces.linked, pieces.digest) == (whole.linked, whole.digest)


def test_tables_come_whole_and_with_the_same_digest(tables):
    gathered, digest = gather_tables(chunks(tables, 7))
    assert_tables_equal(gathered.posts, tables.posts)
    assert digest == gather_verified(chunks(tables, 5)).digest


def test_fakes_are_simulated_alone():
    heard = []
    fakes = simulate_fakes(60, lambda doing, share: heard.append(share))
    assert 0 < len(fakes.features) < 60
    assert heard[-1] == 1.0


def test_linked_accounts_are_always_to_be_checked(fitted, tables):
    gathered = gather_verified(chunks(tables, ACCOUNTS))
    seen, to_check = accounts_to_check(fitted.bundle, gathered)
    assert to_check[: len(gathered.linked)] == gathered.linked
    drawn = to_check[len(gathered.linked) :]
    assert {one.why for one in drawn} <= {"drawn by its name alone"}
    assert bool(drawn) == seen.likely
