"""Own labelled accounts: what trains, what is held out, and that heads learn from labels without amounts."""

import numpy as np
import polars as pl
import pytest

from accounts.errors import BadInput
from accounts.population import Population
from accounts.simulation import simulate
from accounts.tables import Tables
from detector.signals import SIGNALS
from training.datasets.base import is_held_out
from training.fit_amounts import shares_of
from training.labelled_rows import labelled_rows
from training.own_labels.label_doubts import label_doubts
from training.own_labels.own_accounts import label_accounts, population_labels
from training.split import groups

FAKES = pl.col("inflated") | pl.col("automated")


@pytest.fixture(scope="module")
def population():
    return simulate(80, seed=11)


@pytest.fixture(scope="module")
def true_labels(population):
    """The true labels, as a person would write them."""
    return population.labels.select(
        "account_id",
        label=pl.when("inflated")
        .then(pl.lit("inflated"))
        .when("automated")
        .then(pl.lit("automated"))
        .otherwise(pl.lit("authentic")),
        counts=pl.lit(None, pl.String),
    )


@pytest.fixture(scope="module")
def own_accounts(population, true_labels):
    return label_accounts(population.tables, true_labels)


def names(part):
    return set(part.labels["account_id"].to_list())


def test_what_is_held_out_never_trains(own_accounts, population):
    assert names(own_accounts.hold_out) == {name for name in names(population) if is_held_out(name)}
    assert not names(own_accounts.train) & names(own_accounts.hold_out)
    assert names(own_accounts.train) | names(own_accounts.hold_out) | set(own_accounts.linked) == names(
        population
    )
    owners = {name.partition("#")[0] for name in names(own_accounts.with_copies(1))}
    assert owners == names(own_accounts.train)


def test_nobody_who_trains_shares_commenters_with_the_hold_out(population, true_labels):
    """Two accounts of one campaign, of which one is held out."""
    held = next(name for name in names(population) if is_held_out(name))
    other = next(name for name in names(population) if not is_held_out(name))
    shared = pl.DataFrame(
        {
            "account_id": [held, other],
            "post_id": ["p", "p"],
            "comment_id": ["c1", "c2"],
            "author_id": ["x", "x"],
        }
    )
    comments = Tables.of(accounts=population.tables.accounts, comments=shared).comments
    tables = Tables(
        **{
            **{name: population.tables[name] for name in ("accounts", "posts", "history", "audience")},
            "comments": pl.concat([population.tables.comments, comments]),
        }
    )
    own_accounts = label_accounts(tables, true_labels)
    assert other in own_accounts.linked
    both = [*names(own_accounts.train), *names(own_accounts.hold_out)]
    assert other not in both


def test_the_same_accounts_are_the_same_data(population, true_labels, own_accounts):
    again = label_accounts(population.tables, true_labels.reverse())
    assert again.digest == own_accounts.digest
    assert again.described == own_accounts.described
    assert own_accounts.digest[:8] in own_accounts.described


def test_labels_and_accounts_that_miss_each_other_are_named(population, true_labels):
    few = population.tables.select(true_labels["account_id"].to_list()[:10])
    more = pl.concat(
        [
            true_labels.tail(75),
            pl.DataFrame(
                {"account_id": ["nobody"], "label": ["authentic"], "counts": [None]},
                schema=true_labels.schema,
            ),
        ]
    )
    own_accounts = label_accounts(few, more)
    assert "nobody" in own_accounts.unknown
    assert set(own_accounts.unlabelled) == set(true_labels["account_id"].to_list()[:5])
    with pytest.raises(BadInput, match="None of the 80 labelled ids is among its 1"):
        label_accounts(Tables.of(accounts=[{"account_id": "zz", "platform": "x"}]), true_labels, "a.jsonl")


@pytest.mark.parametrize(
    ("label", "counts", "shown"),
    [
        ("inflated", None, {"inflation"}),
        ("inflated", "likes", {"inflation", "likes"}),
        ("inflated", "followers", {"inflation", "followers_stock", "audience"}),
        ("inflated", "growth", {"inflation", "followers_stock", "audience", "followers_flow"}),
        ("automated", None, {"rhythm"}),
        ("automated", "profile", {"fake_account"}),
        ("authentic", None, set()),
    ],
)
def test_heads_learn_only_what_a_label_says(population, label, counts, shown):
    true_labels = {"account_id": "", "label": label, "counts": counts}
    tables = population.tables
    labels = population_labels(tables, dict.fromkeys(tables.accounts["account_id"].to_list(), true_labels))
    rows = labelled_rows(Population(tables, labels))
    assert {signal.name for signal in SIGNALS if rows.doses(signal).any()} == shown
    assert not shares_of(rows, "likes").any(), "nobody knows how much was added"


def test_doubts_name_accounts_for_links_and_yardsticks_alone(detector, population, true_labels):
    wrong = true_labels.with_columns(label=pl.lit("authentic"))
    found = label_doubts(population.tables, wrong, detector)
    assert all(one.why.startswith("called authentic, but ") for one in found)
    assert not any("suspici" in one.why for one in found)
    assert {one.account_id for one in found} <= names(population)
    fakes = set(population.labels.filter(FAKES)["account_id"].to_list())
    assert np.mean([one.account_id in fakes for one in found]) > 0.5


def test_copies_stay_with_their_account(own_accounts):
    both = own_accounts.with_copies(3)
    group = dict(zip(both.labels["account_id"].to_list(), groups(both).tolist(), strict=True))
    for name, number in group.items():
        assert number == group[name.partition("#")[0]]
