"""What a training run may look at, what it makes of it, and that it makes the same again."""

import dataclasses
import json
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from accounts.population import Population
from detector.comments.model import TRAINED_ON
from detector.folder import CREATED
from detector.levels import REVIEW_QUANTILE
from detector.manifest import MANIFEST
from detector.signals import SIGNALS, cells_of
from detector.tails import log_odds
from features.derive import derive
from features.evidence import Level, measure
from features.peers import tier
from features.views import Views
from training.assemble import data_digest, newest_date
from training.fit import fit
from training.fit_heads import rows_of
from training.fit_references import peers_of
from training.fit_thresholds import suspicion_sample, unmasked_levels
from training.masking import MaskedToLevels
from training.split import assign_splits, groups, pick

ROUNDING = 1e-12


def split_of(run, name):
    return (run.fitted.split_of["split"] == name).to_numpy()


def garbled(run):
    """The population with nothing true left of its hold-out, and no label true of its test split."""
    held_out = run.fitted.split_of.filter(split="hold-out")["account_id"].implode()
    unlabelled = run.fitted.split_of.filter(pl.col("split").is_in(["hold-out", "test"]))[
        "account_id"
    ].implode()

    def spoiled(name, frame):
        counts = [column for column, dtype in frame.schema.items() if dtype == pl.Int64]
        here = pl.col("account_id").is_in(held_out)
        return frame.with_columns(pl.when(here).then(12_345).otherwise(pl.col(counts)).name.keep())

    flipped = (pl.col(name) ^ pl.col("account_id").is_in(unlabelled) for name in ("inflated", "automated"))
    return Population(run.population.tables.map(spoiled), run.population.labels.with_columns(flipped))


@pytest.fixture(scope="module")
def again(run):
    """The same run once more, over a population that differs where fitting must not look."""
    return fit(garbled(run), run.config, "2031-01-01T00:00:00Z")


def test_the_same_bytes_again_whatever_the_sealed_part_and_the_test_labels_say(run, again):
    first, second = run.fitted.bundle, again.bundle
    assert {name: first.files[name] == second.files[name] for name in first.files} == {
        name: name not in {MANIFEST, CREATED} for name in first.files
    }
    facts = second.facts
    assert facts.data_sha256 != first.facts.data_sha256
    same_facts = dataclasses.replace(facts, data_sha256=first.facts.data_sha256, version=first.facts.version)
    assert dataclasses.replace(second.manifest, facts=same_facts).to_bytes() == first.files[MANIFEST]


def test_each_stage_holds_its_own_part_and_no_other(run):
    fitted = run.fitted
    ids = run.population.labels["account_id"].to_numpy()
    assert set(fitted.train.features.index) == set(ids[split_of(run, "train")])
    assert fitted.test.features.index.tolist() == ids[split_of(run, "test")].tolist()
    assert fitted.test.labels["account_id"].to_list() == fitted.test.features.index.tolist()
    assert split_of(run, "hold-out").sum() > 20
    shares = (run.config.train_share, run.config.calibration_share, run.config.test_share)
    assert (
        fitted.split_of["split"].to_list()
        == assign_splits(groups(run.population), shares, run.config.seed).tolist()
    )


def test_every_training_account_has_all_its_copies_and_the_first_is_whole(run):
    train = run.fitted.train
    assert (train.features.index.value_counts() == run.config.masked_copies).all()
    assert train.labels["account_id"].to_list() == train.features.index.tolist()
    count = int(split_of(run, "train").sum())
    whole = derive(pick(run.population, split_of(run, "train")).tables)
    assert np.array_equal(train.features.iloc[:count].to_numpy(), whole.to_numpy(), equal_nan=True)
    assert train.features.iloc[count:].isna().to_numpy().mean() > whole.isna().to_numpy().mean() + 0.1


def test_out_of_fold_rows_look_worse_than_the_fitted_ones_do(run):
    train, scorers = run.fitted.train, run.fitted.bundle.scorers
    gaps = []
    for at, signal in enumerate(SIGNALS):
        rows, truth = rows_of(signal, train)
        seen = scorers[signal.name].score(train.features[rows])
        unseen = run.fitted.out_of_fold[rows, at]
        mean_scores = [np.where(truth[rows], scores, 1 - scores).mean() for scores in (seen, unseen)]
        gaps.append(mean_scores[0] - mean_scores[1])
    assert np.mean(gaps) > 0.01
    assert sum(gap > 0 for gap in gaps) >= len(SIGNALS) - 1


def scores_along(rows, scorer, at):
    """Scores of the same accounts, one of their features moved along its quantiles and all else as it is."""
    moved = []
    for value in np.unique(np.quantile(rows.iloc[:, at].dropna(), np.linspace(0, 1, 9))):
        frame = rows.copy()
        frame.isetitem(at, value)
        moved.append(scorer.score(frame))
    return np.array(moved)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: signal.name)
def test_scores_are_monotone_where_the_signal_says_so(signal, run):
    scorer = run.fitted.bundle.scorers[signal.name]
    rows = run.fitted.test.features[list(signal.features)]
    used = scorer.booster.feature_importance()
    ours = signal.constraints
    assert scorer.features == signal.features
    constrained = [at for at, sign in enumerate(ours) if sign and used[at]]
    assert constrained
    for at in constrained:
        steps = np.diff(scores_along(rows, scorer, at), axis=0)
        assert (ours[at] * steps >= -ROUNDING).all(), rows.columns[at]


def test_something_that_is_free_is_used_both_ways(run):
    # Else the test of monotone scores could not fail.
    both = set()
    for signal in SIGNALS:
        scorer = run.fitted.bundle.scorers[signal.name]
        rows = run.fitted.test.features[list(signal.features)]
        used = scorer.booster.feature_importance()
        free = [at for at, sign in enumerate(signal.constraints) if not sign and used[at]]
        for at in free:
            steps = np.diff(scores_along(rows, scorer, at), axis=0)
            if (steps > ROUNDING).any() and (steps < -ROUNDING).any():
                both.add(rows.columns[at])
    assert both


@pytest.fixture(scope="module")
def threshold(run):
    """The calibration split, and the accounts that reach each evidence level when masked down to it."""
    part = pick(run.population, split_of(run, "calibration"))
    return part, dict(MaskedToLevels(part.tables, run.config.seed))


def test_a_threshold_rests_on_accounts_not_on_copies_and_only_where_a_signal_is_heard(run, threshold):
    part, reached = threshold
    authentic = part.labels.filter(~pl.col("inflated") & ~pl.col("automated"))["account_id"].to_list()
    platforms = dict(part.tables.accounts.select("account_id", "platform").iter_rows())
    counted = set()
    for level, features in reached.items():
        row = run.fitted.bundle.levels[level.key]
        honest = features[features.index.isin(authentic)]
        on = [platforms[name] for name in honest.index]
        suspected = run.fitted.bundle.signal_models.suspicion(honest, [level.key] * len(honest), on)
        heard = int((~np.isnan(suspected)).sum())
        assert row.authentic_accounts in (0, heard), level.key  # none: judged as all accounts with its blocks
        if row.authentic_accounts:
            counted.add(level.key)
            highest = np.quantile(suspected[~np.isnan(suspected)], REVIEW_QUANTILE, method="higher")
            assert row.review_above == highest
    assert len(counted) > 20
    assert "audience30" not in counted


def test_nobody_speaks_for_evidence_in_which_no_signal_is_heard(run):
    assert run.fitted.bundle.levels["audience30"].accuse_above is None
    assert (
        run.fitted.bundle.levels["profile+audience30"].authentic_accounts
        <= run.fitted.bundle.levels["profile"].authentic_accounts
    )


def test_strong_fakes_are_those_that_the_evidence_can_show(run):
    """Buyers of likes are strong where posts are seen, and nobody to look for in a profile alone."""
    some = pick(run.population, split_of(run, "calibration"))
    sample = suspicion_sample(some, run.fitted.bundle.signal_models, run.config, lambda *_: None)
    known = some.labels.to_pandas().set_index("account_id").loc[sample["account_id"]]
    strong = sample["strong"].to_numpy()
    guilty = (known["inflated"] | known["automated"]).to_numpy()
    assert not strong[~guilty].any()
    assert not (strong & sample["suspicion"].isna()).any()
    liked = (known["added_likes"] >= 0.5).to_numpy() & ~known["automated"].to_numpy()
    alone = (sample["level"] == "profile").to_numpy()
    posts = sample["level"].str.startswith("profile+posts").to_numpy()
    assert liked[alone].sum() > 3 and not strong[alone & liked].any()
    assert strong[posts & liked].mean() > 0.5
    programs = known["scheme"].eq("fake_follower").to_numpy()
    assert strong[alone & programs & sample["suspicion"].notna().to_numpy()].all()


def test_the_share_that_came_with_a_level_by_itself(run, threshold):
    part, reached = threshold
    natural = measure(part.tables)["level"]
    for key in ("profile", "profile+posts30", "historymonthly"):
        share = (natural.loc[reached[Level.of(key)].index] == key).mean()
        assert run.fitted.bundle.levels[key].natural_share == pytest.approx(share, abs=1e-12)
    assert any(0 < (row.natural_share or 0) < 1 for row in run.fitted.bundle.levels)


def test_accounts_that_are_not_masked_speak_for_the_level_they_came_with(threshold):
    views = Views(threshold[0].tables)
    natural = measure(views)["level"]
    shown = {level: frame.index.tolist() for level, frame, _ in unmasked_levels(derive(views), natural)}
    for level, names in shown.items():
        came = [level in (key, Level.of(key).pooled) for key in natural]
        assert names == natural.index[came].tolist()
    assert sum(map(len, shown.values())) > len(natural)
    assert "none" not in shown
    assert {"profile", "profile+posts"} <= set(shown)


def test_levels_without_enough_accounts_accuse_nobody(run):
    rows = list(run.fitted.bundle.levels)
    assert any(row.accuse_above is None for row in rows)
    # At 20 % with 95 % confidence the first accusation takes 14 authentic accounts.
    assert all((row.accuse_above is not None) == (row.authentic_accounts >= 14) for row in rows)


def test_progress_grows_from_the_start_to_the_end(run):
    shares = [share for _, share in run.heard]
    assert all(before <= after for before, after in pairwise(shares))
    assert 0 < shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1
    assert len({doing for doing, _ in run.heard}) >= 4


def test_the_bundle_says_where_it_comes_from(run):
    facts = run.fitted.bundle.facts
    assert facts.data_sha256 == data_digest(run.population)
    assert facts.version.startswith(f"{newest_date(run.population.tables)}-")
    assert facts.training == json.loads(json.dumps(run.config.as_dict()))
    assert facts.trained_on == ("simulated", *TRAINED_ON)
    assert facts.libraries["lightgbm"]


def test_a_population_keeps_its_digest_through_a_folder_and_loses_it_with_one_value(run, tmp_path):
    some = pick(run.population, np.arange(len(run.population)) < 20)
    some.write(tmp_path / "population")
    assert data_digest(Population.read(tmp_path / "population")) == data_digest(some)
    other = Population(some.tables, some.labels.with_columns(~pl.col("inflated")))
    assert data_digest(other) != data_digest(some)


def test_peers_are_those_of_the_number_of_followers(run):
    stage = run.fitted.test
    platforms, tiers = peers_of(stage)
    accounts = run.fitted.test_population.tables.accounts
    assert platforms == accounts["platform"].to_list()
    assert tiers == [None if count is None else tier(count) for count in accounts["followers"]]


def test_tails_are_of_authentic_accounts_by_heads_that_never_saw_them(run):
    """Out of fold, one authentic account in ten is among the rarest tenth of its cell, for every signal."""
    train, signal_models = run.fitted.train, run.fitted.bundle.signal_models
    for at, signal in enumerate(SIGNALS):
        rows = train.heard[:, at] & train.authentic
        cells = np.array(cells_of(signal, train.levels))[rows].tolist()
        found = signal_models.tails.p_values(
            signal.name, log_odds(run.fitted.out_of_fold[rows, at]),
            np.array(train.platforms)[rows].tolist(), cells,
        )  # fmt: skip
        assert (found <= 0.1).mean() == pytest.approx(0.1, abs=0.03), signal.name
        everybody = signal_models.tails.by_cell[signal.name, None, ""]
        assert everybody.accounts == train.features.index[rows].nunique()
