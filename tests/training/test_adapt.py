"""A detector adapted to somebody's own accounts: what is kept apart, what is promised, what is told."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from accounts.errors import BadInput
from accounts.simulation import simulate
from accounts.simulation.regimes.test import TEST
from accounts.tables import Tables
from detector.bundle import Bundle
from detector.decision import rarity
from detector.manifest import FORMAT
from detector.signals import SIGNALS
from training.adapt import FURTHER, MIN_ACCOUNTS, RELATED, adapt, count_accused, refuse_too_few
from training.adapt_rows import OWN_SHARE, adapt_rows
from training.adapt_trial import BANDS, WAYS
from training.assemble import newest_date
from training.datasets.base import owner_of
from training.injection import authentic, inject
from training.labelled_rows import labelled_rows
from training.outliers import find_outliers
from training.recalibrate import accounts_needed
from training.split import pick
from training.verified_accounts import VerifiedAccounts

NOW = "2026-11-28T00:00:00Z"
DIGEST = "0123456789abcdef"
ALPHA = 0.05
OWN, LEFT_OUT = 120, 90


@pytest.fixture(scope="module")
def creators_of_one_kind():
    """Authentic simulated accounts of one platform with profile and posts, as a customer's would be."""
    population = simulate(2_000, seed=41)
    honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))["account_id"]
    several = population.tables.posts.group_by("account_id").len().filter(pl.col("len") >= 12)["account_id"]
    one_kind = population.tables.accounts.filter(
        pl.col("account_id").is_in(honest.implode())
        & pl.col("account_id").is_in(several.implode())
        & pl.col("followers").is_not_null()
        & (pl.col("platform") == "instagram")
    )["account_id"].to_list()
    assert len(one_kind) >= OWN + LEFT_OUT
    shown = Tables.of(
        accounts=population.tables.accounts, posts=population.tables.posts
    )  # no comments, no history: what a customer's export often is
    return shown.select(one_kind[:OWN]), shown.select(one_kind[OWN : OWN + LEFT_OUT])


@pytest.fixture(scope="module")
def simulated(run):
    return pick(run.population, np.arange(len(run.population)) < 300)


def adapted_to(run, tables, simulated, **how):
    base = run.fitted.bundle
    return adapt(base, tables, simulated, created_at=NOW, digest=DIGEST, alpha=ALPHA, **how)


@pytest.fixture(scope="module")
def adapted_and_rows(run, creators_of_one_kind, simulated):
    """The adapted detector and the rows that it was fitted on."""
    derived = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.adapt.adapt_rows", lambda *of: derived.append(adapt_rows(*of)) or derived[0])
        found = adapted_to(run, creators_of_one_kind[0], simulated, inflated=creators_of_one_kind[1])
    return found, derived[0]


@pytest.fixture(scope="module")
def adapted(adapted_and_rows):
    return adapted_and_rows[0]


@pytest.fixture(scope="module")
def rows(adapted_and_rows):
    return adapted_and_rows[1]


def test_an_account_and_all_its_copies_are_in_one_fold(rows):
    fold_of = {}
    for name, fold in zip(rows.labelled.features.index[rows.own], rows.fold[rows.own].tolist(), strict=True):
        assert fold_of.setdefault(owner_of(name), fold) == fold
    assert len(fold_of) == OWN == rows.originals
    assert set(fold_of.values()) == set(range(5))
    assert rows.held_in == fold_of


def test_the_accounts_given_come_first_as_they_were(rows, creators_of_one_kind):
    assert (
        rows.verified_accounts.features.index.to_list()
        == creators_of_one_kind[0].accounts["account_id"].to_list()
    )
    first = rows.labelled.pick(np.arange(len(rows.fold)) < rows.originals)
    assert first.authentic.all()


def test_own_rows_have_their_share_of_the_weight(rows):
    assert rows.importance[rows.own].sum() / rows.importance.sum() == pytest.approx(OWN_SHARE)
    assert rows.importance.mean() == pytest.approx(1.0)


def test_the_facts_say_what_it_rests_on(adapted, run, creators_of_one_kind):
    facts, newest = adapted.bundle.facts, newest_date(creators_of_one_kind[0])
    assert facts.calibrated_on == f"{OWN} accounts given by you, {newest}"
    assert facts.trained_on[0] == "simulated" and f"{OWN} accounts given by you" in facts.trained_on[1]
    assert (facts.version, facts.alpha) == (f"{newest}-01234567", ALPHA)
    assert facts.training["adapted"]["base"] == run.fitted.bundle.sha256
    assert Bundle.from_files(adapted.bundle.files).sha256 == adapted.bundle.sha256


def test_signals_have_weights_and_the_bundle_keeps_them(adapted, rows):
    weights = adapted.bundle.signal_models.weights
    assert set(weights) == {signal.name for signal in SIGNALS} and min(weights.values()) > 0
    manifest = adapted.bundle.manifest
    assert (manifest.format, manifest.weights) == (FORMAT, weights)
    again = Bundle.from_files(adapted.bundle.files).signal_models
    given = rows.verified_accounts
    assert np.array_equal(
        again.suspicion(given.features, given.levels, given.platforms),
        adapted.bundle.signal_models.suspicion(given.features, given.levels, given.platforms),
        equal_nan=True,
    )


def test_followers_are_held_against_what_they_stand_in_relation_to(adapted, run):
    wider, own = (one.scorers["followers_stock"].features for one in (adapted.bundle, run.fitted.bundle))
    assert wider[: len(own)] == own and set(RELATED) <= set(wider)
    for signal in SIGNALS:
        if signal.name not in FURTHER:
            assert adapted.bundle.scorers[signal.name].features == signal.features


def test_thresholds_rest_on_accounts_and_never_on_copies(adapted):
    speaking = [row for row in adapted.bundle.levels if row.accuse_above is not None]
    assert speaking
    assert all(accounts_needed(ALPHA, 0.95) <= row.authentic_accounts <= OWN for row in speaking)
    assert adapted.bundle.levels["profile+posts"].authentic_accounts == OWN


def test_no_account_of_the_customer_s_is_kept_in_the_bundle(adapted, rows):
    values = {tuple(row) for row in np.nan_to_num(rows.verified_accounts.features.to_numpy(), nan=-1.0)}
    golden = {
        tuple(-1.0 if value is None else value for value in one.values)
        for one in adapted.bundle.manifest.golden
    }
    assert golden and not golden & values


def test_what_to_expect_is_told_by_way_and_strength_with_intervals(adapted):
    recall = adapted.trial.recall
    assert {way for way, _ in recall} <= set(WAYS) and {band for _, band in recall} <= {"", *BANDS}
    assert ("likes", "+400 %") in recall and ("followers", "+100 %") in recall
    for rate in recall.values():
        facts = rate.as_dict()
        assert 0 <= facts["low"] <= facts["rate"] <= facts["high"] <= 1
    assert {"comments", "followers_flow"} <= set(adapted.trial.unheard) < {signal.name for signal in SIGNALS}


def test_a_copy_stands_at_a_strength_once(adapted):
    marks = [
        (owner_of(name), band)
        for name, band in zip(adapted.trial.rows.features.index, adapted.trial.bands, strict=True)
        if band
    ]
    assert len(marks) == len(set(marks))


def test_authentic_accounts_that_nobody_saw_are_seldom_accused(adapted, creators_of_one_kind):
    accused, of = count_accused(adapted.bundle, creators_of_one_kind[1])
    assert adapted.known_inflated == (accused, of)
    assert of == LEFT_OUT
    # Of 90 at 5 %: more than 11 in fewer than 1 of 100 draws.
    assert accused <= 11


def auc_left_out(bundle, left_out):
    """Of likes and followers at +400 %, by the habits of the test regime, against untouched accounts."""
    regime = replace(
        TEST,
        inflated={
            name: odds for name, odds in TEST.inflated.items() if name in WAYS["likes"] | WAYS["followers"]
        },
        automated={},
    )
    honest, fakes = (
        labelled_rows(authentic(left_out)),
        labelled_rows(inject(left_out, 5, regime, strength=BANDS["+400 %"])),
    )
    scores = [
        bundle.signal_models.suspicion(one.features, one.levels, one.platforms) for one in (honest, fakes)
    ]
    return roc_auc_score(np.repeat([0, 1], [len(honest.levels), len(fakes.levels)]), np.concatenate(scores))


def test_twenty_in_a_hundred_inflated_ones_cost_little_and_stand_out(
    adapted, run, creators_of_one_kind, simulated
):
    own, left_out = creators_of_one_kind
    tenth = own.accounts["account_id"].to_list()[: OWN // 5]
    regime = replace(TEST, automated={})
    bought = inject(own.select(tenth), 9, regime, strength=(1.0, 4.0))
    mixed = Tables.concat([bought.tables, own.select(own.accounts["account_id"].to_list()[OWN // 5 :])])
    hidden = adapted_to(run, mixed, simulated)
    clean, contaminated = (auc_left_out(one.bundle, left_out) for one in (adapted, hidden))
    assert clean > 0.7
    assert contaminated > clean - 0.1


def test_those_unlike_the_others_are_named_with_a_reason():
    import pandas as pd

    names = [f"a{number}" for number in range(100)]
    features = pd.DataFrame(
        {"followers_size": [4.4] * 100, "engagement_rate": [0.02] * 99 + [0.0003]}, index=names
    )
    given = VerifiedAccounts(features, ["profile+posts30"] * 100, ["instagram"] * 100)
    suspicion = np.concatenate([[0.95], np.linspace(0.0, 0.7, 99)])
    shown = pd.DataFrame({"account_id": names, "suspicion": suspicion, "natural": True})
    found = {one.account_id: one.why for one in find_outliers(shown, given)}
    assert set(found) == {"a0", "a99"}
    assert found["a99"] == "far out by a yardstick"
    assert rarity(np.array([0.95]))[0] * 100 * 10 < 1
    assert found["a0"] == "as suspicious as under 1 in 1,000 of the others"


def test_too_few_accounts_are_refused(run, creators_of_one_kind):
    few = creators_of_one_kind[0].select(
        creators_of_one_kind[0].accounts["account_id"].to_list()[: MIN_ACCOUNTS - 1]
    )
    with pytest.raises(BadInput, match=f"at least {MIN_ACCOUNTS} authentic accounts with evidence.*Got 99"):
        refuse_too_few(run.fitted.bundle, few, alpha=ALPHA)


def test_a_promise_that_so_few_cannot_carry_is_refused(run, creators_of_one_kind):
    with pytest.raises(
        BadInput, match=r"mine: must hold at least 299 authentic accounts .* 179 more are needed"
    ):
        refuse_too_few(run.fitted.bundle, creators_of_one_kind[0], alpha=0.01, place="mine")
