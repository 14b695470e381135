import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.population import Population
from accounts.simulation import simulate
from accounts.tables import Tables
from training.split import SPLITS, assign_splits, folds, groups

GROUPS = st.lists(st.integers(0, 30), min_size=40, max_size=200).map(np.array)
SHARES = (0.4, 0.3, 0.2)


def made_up(campaigns, comments):
    """A population in which only campaigns and comments are known."""
    ids = [f"a{number}" for number in range(len(campaigns))]
    tables = Tables.of(
        accounts=[{"account_id": name, "platform": "x"} for name in ids],
        comments=[
            {"account_id": name, "author_id": author, "by_creator": own} for name, author, own in comments
        ],
    )
    return Population(tables, pl.DataFrame({"account_id": ids, "campaign": campaigns}))


def together(group):
    """Sets of accounts that share a group."""
    return {frozenset(np.flatnonzero(group == name).tolist()) for name in group}


def test_a_campaign_and_an_author_join_accounts_and_a_chain_of_both_does():
    population = made_up(
        ["c1", "c1", None, None, None],
        [("a1", "ann", False), ("a2", "ann", None), ("a3", None, False), ("a4", None, False)],
    )
    assert together(groups(population)) == {frozenset({0, 1, 2}), frozenset({3}), frozenset({4})}


def test_the_creators_own_replies_join_nobody():
    population = made_up([None, None], [("a0", "ann", True), ("a1", "ann", True)])
    assert len(together(groups(population))) == 2


def test_a_campaign_named_like_an_author_joins_nobody():
    population = made_up(["ann", None], [("a1", "ann", False)])
    assert len(together(groups(population))) == 2


def test_nobody_shares_anything():
    assert len(together(groups(made_up([None] * 6, [])))) == 6


def test_no_campaign_and_no_author_stands_on_two_sides():
    population = simulate(400, seed=8)
    group = groups(population)
    part, fold = assign_splits(group, SHARES, seed=1), folds(group, 4, seed=1)
    ids = population.labels.select("account_id", part=pl.Series(part.astype(str)), fold=pl.Series(fold))
    fans = population.tables.comments.filter(~pl.col("by_creator").fill_null(False))
    joined = {
        "campaign": population.labels.select("account_id", mark="campaign"),
        "author": fans.select("account_id", mark="author_id"),
    }
    for marks in joined.values():
        sides = marks.drop_nulls().join(ids, on="account_id").group_by("mark").agg(
            pl.col("account_id", "part", "fold").n_unique()
        )  # fmt: skip
        assert sides["account_id"].max() > 1
        assert sides["part"].max() == sides["fold"].max() == 1
    assert set(part) == set(SPLITS)


@given(GROUPS, st.integers(0, 5))
def test_groups_go_together(group, seed):
    for sides in (assign_splits(group, SHARES, seed), folds(group, 3, seed)):
        assert all(len(set(sides[group == name])) == 1 for name in group)


@given(GROUPS, st.integers(0, 5))
def test_shares_are_met_but_for_a_group(group, seed):
    largest = np.bincount(group).max()
    part = assign_splits(group, SHARES, seed)
    wanted = dict(zip(SPLITS, (*SHARES, 1 - sum(SHARES)), strict=True))
    for name, share in wanted.items():
        assert abs((part == name).sum() - share * len(group)) <= largest + 1
    sizes = np.bincount(folds(group, 3, seed), minlength=3)
    assert sizes.sum() == len(group)
    assert abs(sizes - len(group) / 3).max() <= largest + 1


def test_single_accounts_meet_the_shares_exactly():
    part = assign_splits(np.arange(1000), (0.45, 0.35, 0.15), seed=2)
    assert [(part == name).sum() for name in SPLITS] == [450, 350, 150, 50]
    assert np.bincount(folds(np.arange(1000), 4, seed=2)).tolist() == [250] * 4


@pytest.mark.parametrize(
    "divide",
    [lambda seed: assign_splits(np.arange(60), SHARES, seed), lambda seed: folds(np.arange(60), 3, seed)],
)
def test_the_seed_decides(divide):
    assert divide(1).tolist() == divide(1).tolist()
    assert divide(1).tolist() != divide(2).tolist()
