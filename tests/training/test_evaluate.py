"""What is reported is what is served: the figures are counted again from the verdicts themselves."""

import json
from collections import Counter

import numpy as np
import polars as pl
import pytest

from detector.decision import HEADS
from detector.labels import Explain, Label
from detector.threshold import clopper_pearson
from features.declaration import Head
from training.evaluate import with_false_accusation_rates
from training.metrics import Estimate, Rate, bootstrap, brier

ACCUSED = {Label.INFLATED, Label.AUTOMATED}


@pytest.fixture(scope="module")
def screened(fitted, detector):
    """Each account of the test split with what is true of it and the label that a customer would get."""
    verdicts = detector.screen(fitted.test_population.tables, explain=Explain.NONE)
    labels = fitted.test_population.labels
    assert [verdict.account_id for verdict in verdicts] == labels["account_id"].to_list()
    return labels.with_columns(
        platform=pl.Series([verdict.platform for verdict in verdicts]),
        label=pl.Series([verdict.label.value for verdict in verdicts]),
        accused=pl.Series([verdict.label in ACCUSED for verdict in verdicts]),
        seen=pl.Series(
            [any(block.present for block in verdict.evidence.blocks.values()) for verdict in verdicts]
        ),
        fake=pl.col("inflated") | pl.col("automated"),
        **{head.value: pl.Series([verdict.probabilities[head] for verdict in verdicts]) for head in Head},
    ).with_columns(**{f"is_{head.value}": labels[head.value] for head in Head})


def test_the_labels_are_those_that_screening_gives(report, screened):
    kinds = screened.with_columns(kind=pl.when("fake").then("scheme").otherwise(pl.lit("authentic")))
    counted = Counter(kinds.select("kind", "label").iter_rows())
    reported = {
        (kind, label): n for kind, labels in report.labels.items() for label, n in labels.items() if n
    }
    assert reported == dict(counted)
    assert sum(reported.values()) == len(screened)
    assert {label for _, label in reported} == set(Label)


def test_false_accusations_and_recall_are_counted_on_the_same_verdicts(report, screened):
    for rates, who in ((report.false_accusations, ~pl.col("fake")), (report.recall, pl.col("fake"))):
        rows = screened.filter(who)
        assert rates["all"] == Rate(int(rows["accused"].sum()), len(rows))
        assert rates["all"].k > 0
    honest = screened.filter(~pl.col("fake"))
    for column in ("tier", "platform", "event", "person"):
        counted = {
            f"{column}: {value}": Rate(int(part["accused"].sum()), len(part))
            for (value,), part in honest.drop_nulls(column).group_by(column)
        }
        assert counted
        assert {
            name: rate for name, rate in report.false_accusations.items() if name.startswith(column)
        } == counted


def test_every_fake_of_a_known_strength_stands_in_one_band(report, screened):
    bands = {name: rate for name, rate in report.recall.items() if name.startswith("strength band")}
    known = screened.filter(pl.col("fake") & pl.col("strength").is_not_null())
    assert sum(rate.n for rate in bands.values()) == len(known)
    assert sum(rate.k for rate in bands.values()) == known["accused"].sum()
    edges = {
        "under 25 %": (0, 0.25),
        "25-50 %": (0.25, 0.5),
        "50-100 %": (0.5, 1),
        "100-200 %": (1, 2),
        "over 200 %": (2, 1e9),
    }
    for name, (low, high) in edges.items():
        inside = known.filter(pl.col("strength").is_between(low, high, closed="left"))
        assert bands[f"strength band: {name}"].n == len(inside)


def test_auc_is_the_chance_that_a_fake_ranks_above_another_account(report, screened):
    assert {one.head for one in report.heads} == {head.value for head in HEADS}
    for one in report.heads:
        if one.evidence != "all accounts":
            continue
        rows = screened.filter("seen")
        truth, probabilities = rows[f"is_{one.head}"].to_numpy(), rows[one.head].to_numpy()
        above = probabilities[truth][:, None] - probabilities[~truth][None, :]
        assert one.auc.value == pytest.approx((above > 0).mean() + 0.5 * (above == 0).mean())
        assert one.brier.value == pytest.approx(((probabilities - truth) ** 2).mean())
        assert (one.accounts, one.positives) == (len(rows), truth.sum())


def test_every_figure_lies_in_its_interval(report):
    assert len(report.heads) >= 2
    for one in report.heads:
        for figure in (one.auc, one.average_precision, one.brier):
            assert figure.low < figure.value < figure.high
    for rate in (*report.false_accusations.values(), *report.recall.values()):
        plain = rate.as_dict()
        assert 0 <= plain["low"] <= plain["rate"] <= plain["high"] <= 1
        assert plain["low"] < plain["high"]
        assert (plain["low"], plain["high"]) == clopper_pearson(rate.k, rate.n)


def test_the_untrained_score_stands_beside_the_trained_one(report):
    beside = [one.rank_baseline_auc for one in report.heads]
    assert all(0.5 < auc < 1 for auc in beside)
    assert all(auc != one.auc.value for auc, one in zip(beside, report.heads, strict=True))


def test_a_rate_of_nothing_is_none():
    assert Rate(0, 0).as_dict() == {"k": 0, "n": 0, "rate": None, "low": 0.0, "high": 1.0}


def test_an_interval_narrows_with_more_accounts_and_repeats():
    rng = np.random.default_rng(3)
    truth = rng.random(2_000) < 0.4
    probabilities = np.clip(0.3 * truth + rng.random(2_000) * 0.7, 0, 1)

    def interval(accounts):
        return bootstrap(brier(truth[:accounts], probabilities[:accounts]), accounts)

    wide, narrow = interval(100), interval(2_000)
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)
    assert narrow == interval(2_000) == Estimate(narrow.value, narrow.low, narrow.high)


def test_the_report_is_json(report):
    plain = report.as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["heads"][0]["auc"]["value"] == report.heads[0].auc.value


def test_the_detector_tells_of_each_level_what_was_measured(fitted, screened, monkeypatch):
    monkeypatch.setattr("training.evaluate.MIN_ACCOUNTS", 3)
    before, after = fitted.bundle, with_false_accusation_rates(fitted).bundle
    places = zip(fitted.test.levels, fitted.test.platforms, strict=True)
    speaking = [before.levels.row_for(*place).level for place in places]
    shares = (
        screened.with_columns(level=pl.Series(speaking))
        .filter(~pl.col("fake"))
        .group_by("level")
        .agg(pl.col("accused").mean(), pl.len())
        .filter((pl.col("len") >= 3) & (pl.col("level") != "none"))  # who shows nothing has no thresholds
    )
    wanted = dict(shares.select("level", "accused").iter_rows())
    assert {
        row.level: row.false_accusation_rate for row in after.levels if row.false_accusation_rate is not None
    } == pytest.approx(wanted)
    assert len(wanted) > 3
    assert after.levels.with_false_accusation_rates(dict.fromkeys(wanted)) == before.levels
    unchanged = {name for name in before.files if before.files[name] == after.files[name]}
    assert before.files.keys() - unchanged == {"levels.parquet", "manifest.json"}
