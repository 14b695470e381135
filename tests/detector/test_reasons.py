"""Reasons: nothing is cited that is not in the account, and nobody but the account is named."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from accounts.checks import examine
from accounts.schema import TABLES
from accounts.tables import Tables
from detector.causes import CAUSES, CONTEXT, cause_of
from detector.labels import Explain
from detector.peers import doublings
from detector.reasons import Explained, reasons_for, supporting_rows
from detector.signals import SIGNALS, signal_named
from detector.tails import log_odds
from detector.yardsticks import YARDSTICKS
from detector.yardsticks.published import LIKES_PER_VIEW, LIKES_SOURCES, published_range
from features.catalogue import CATALOGUE, by_name
from features.declaration import HIGH, LOW
from features.derive import derive
from features.supporting_rows import shortened
from features.views import Views

SOME = 90
NAMES = [signal.name for signal in SIGNALS]
MEASURES = {one.name: one.reads[0] for one in YARDSTICKS}
SUMMED_UP = ("authors", "texts", "pairs", "hours", "lags")


@pytest.fixture(scope="module")
def some(creators):
    return creators.select(creators.accounts["account_id"].to_list()[:SOME])


@pytest.fixture(scope="module")
def verdicts(detector, some):
    return [verdict.to_dict() for verdict in detector.screen(some, explain=Explain.ALL)]


@pytest.fixture(scope="module")
def features(some):
    return derive(examine(some).tables)


def all_reasons(verdict):
    """Reasons and counter-reasons of a verdict, as JSON's own types."""
    return [*verdict["reasons"], *verdict["counter_reasons"]]


def written_values(frame):
    """Every value of a table as rows show it: times with a Z, dates in ISO form."""
    texts = frame.with_columns(
        pl.col(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ").str.replace(r"\.0+Z$", "Z"),
        pl.col(pl.Date).dt.strftime("%Y-%m-%d"),
    )
    return texts


def test_a_reason_s_contribution_is_its_signal_s_own(detector, features, verdicts):
    cited = dict.fromkeys(NAMES, 0)
    for name in NAMES:
        scorer = detector.bundle.scorers[name]
        values = scorer.contributions(features)
        for row, verdict in enumerate(verdicts):
            for reason in all_reasons(verdict):
                if reason["signal"] == name:
                    cited[name] += 1
                    known = ~np.isnan(features.iloc[row][list(scorer.features)].to_numpy())
                    about = [cause_of(one) == cause_of(reason["feature"]) for one in scorer.features]
                    whole = values[row, :-1][known & np.array(about)].sum()
                    assert reason["contribution"] == pytest.approx(whole, abs=1e-12)
    assert sum(cited.values()) > 100
    assert sum(map(bool, cited.values())) >= 6


def test_what_is_explained_in_full_adds_up(detector, features, verdicts):
    """Average, reasons, counter-reasons and remainder make the log-odds of the score."""
    spoken = 0
    for row, verdict in enumerate(verdicts):
        for one in verdict["signals"]:
            if one["base"] is not None:
                score = detector.bundle.scorers[one["name"]].score(features.iloc[[row]])
                shown = sum(
                    reason["contribution"]
                    for reason in all_reasons(verdict)
                    if reason["signal"] == one["name"]
                )
                assert one["base"] + shown + one["rest"] == pytest.approx(log_odds(score)[0], abs=1e-6)
                spoken += 1
    assert spoken >= len([verdict for verdict in verdicts if verdict["reasons"]])


def test_context_is_no_reason(verdicts):
    assert not {reason["feature"] for verdict in verdicts for reason in all_reasons(verdict)} & CONTEXT


def test_a_reason_cites_the_value_and_never_an_absent_one(features, verdicts):
    for row, verdict in enumerate(verdicts):
        for reason in all_reasons(verdict):
            value = features.iloc[row][reason["feature"]]
            assert not np.isnan(value)
            assert reason["value"] == value


def weight(reason):
    """A contribution counts the more the further its value lies outside its peers."""
    outside = 0.5 if reason["percentile"] is None else abs(reason["percentile"] - 50) / 50
    if reason["typical"] is not None:
        outside += float(doublings(np.array([reason["value"]]), *reason["typical"])[0])
    return abs(reason["contribution"]) * (1 + outside)


def test_for_and_against_by_sign_and_weight(verdicts):
    for verdict in verdicts:
        ours, against = verdict["reasons"], verdict["counter_reasons"]
        assert all(one["contribution"] >= 0.05 for one in ours)
        assert all(one["contribution"] <= -0.05 for one in against)
        assert len(ours) <= 5 and len(against) <= 3
        measured = {MEASURES[one["name"]] for one in verdict["yardsticks"] if one["outcome"] == "far out"}
        ahead = [reason["feature"] in measured for reason in ours]
        assert ahead == sorted(ahead, reverse=True)
        for reasons in (ours[: sum(ahead)], ours[sum(ahead) :], against):
            # Where the range is a published one, the order is by the peers' own, which is not in the verdict.
            weights = [weight(reason) for reason in reasons if reason["typical_source"] is None]
            assert weights == pytest.approx(sorted(weights, reverse=True))
    assert max(len(verdict["reasons"]) for verdict in verdicts) >= 3


def test_one_reason_for_one_cause(verdicts):
    for verdict in verdicts:
        for reasons in (verdict["reasons"], verdict["counter_reasons"]):
            causes = [cause_of(reason["feature"]) for reason in reasons]
            assert len(causes) == len(set(causes))


def test_a_feature_has_one_cause():
    named = [name for names in CAUSES.values() for name in names]
    assert len(named) == len(set(named))
    known = {one.name for one in CATALOGUE}
    assert set(named) <= known
    assert {cause_of(f"{name}_weekly") for name in CAUSES["jump"]} == {"jump"}
    assert cause_of("text_diversity") == "same texts"


def test_a_reason_names_its_signal_and_what_that_supports(verdicts):
    for verdict in verdicts:
        for reason in all_reasons(verdict):
            signal = signal_named(reason["signal"])
            assert reason["head"] == signal.label.value
            assert reason["feature"] in signal.features


def test_a_reason_stands_in_the_outer_quarter_that_speaks_for_it(verdicts):
    directed = 0
    for verdict in verdicts:
        for reason in verdict["reasons"]:
            direction = signal_named(reason["signal"]).direction(reason["feature"])
            if reason["percentile"] is None:
                continue
            directed += direction in (HIGH, LOW)
            low, high = reason["percentile"] <= 25, reason["percentile"] >= 75
            assert high if direction is HIGH else low if direction is LOW else low or high
    assert directed > 20


def test_what_speaks_against_is_not_what_would_speak_for(verdicts):
    directed = 0
    for verdict in verdicts:
        for reason in verdict["counter_reasons"]:
            direction = signal_named(reason["signal"]).direction(reason["feature"])
            if direction in (HIGH, LOW) and reason["percentile"] is not None:
                directed += 1
                assert reason["percentile"] < 85 if direction is HIGH else reason["percentile"] > 15
    assert directed > 20


def test_reasons_speak_of_the_signals_over_the_threshold_or_of_the_rarest(verdicts):
    kinds = set()
    for verdict in verdicts:
        spoken = {reason["signal"] for reason in all_reasons(verdict)}
        over = {one["name"] for one in verdict["signals"] if one["over"]}
        rarest = {one["name"] for one in verdict["signals"][:1]}
        assert spoken <= (over or rarest)
        kinds.add((bool(over), bool(spoken)))
    assert {(True, True), (False, True)} <= kinds


@pytest.fixture(scope="module")
def witnessed(some, features):
    """The rows of every feature that the fullest accounts have, whether a verdict cites it or not."""
    views = Views(some)
    fullest = np.argsort(features.isna().sum(axis=1).to_numpy(), kind="stable")[:20]
    rows = {feature.name: supporting_rows(feature, fullest, views) for feature in CATALOGUE}
    return [
        (
            some.accounts["account_id"][account],
            [
                (feature, rows[feature.name][at])
                for feature in CATALOGUE
                if not np.isnan(features.iloc[account][feature.name])
            ],
        )
        for at, account in enumerate(fullest.tolist())
    ]


def as_shown(table):
    """A table whose texts are as long as evidence shows them."""
    texts = [name for name in table.columns if name == "text"]
    return table.with_columns(pl.col(name).map_elements(shortened, pl.String) for name in texts)


def test_rows_stand_in_the_account(some, witnessed):
    """Every post, day, text and count that a reason shows is one that was given."""
    given = {name: written_values(some[name]).partition_by("account_id", as_dict=True) for name in TABLES}
    checked = set()
    for name, shown in witnessed:
        for feature, rows in shown:
            assert len(rows) <= (feature.rows.most if feature.rows else 0)
            if not rows:
                continue
            table = as_shown(given[feature.view.block].get((name,)))
            # Some views sum rows up: of theirs only the text stands in the account as such.
            own = {"text"} if feature.view.name in SUMMED_UP else set(table.columns)
            for row in rows:
                values = {
                    column: value for column, value in row.items() if column in own and value is not None
                }
                if values:
                    checked.add(feature.name)
                    matches = pl.all_horizontal(pl.col(column) == value for column, value in values.items())
                    assert table.filter(matches).height, (feature.name, values)
    assert {by_name(name).view.block for name in checked} == {"posts", "comments", "history", "audience"}
    assert len(checked) > 40


def test_rows_are_the_first_ones_by_the_column_declared(witnessed):
    ordered = 0
    for _, shown in witnessed:
        for feature, rows in shown:
            if rows and feature.rows.by in rows[0]:
                values = [row[feature.rows.by] for row in rows]
                ordered += len(set(values)) > 1
                assert values == sorted(values, reverse=feature.rows.descending), feature.name
    assert ordered > 50


def test_reasons_show_the_rows_that_their_feature_shows(verdicts, witnessed):
    rows_of = {(name, feature.name): rows for name, shown in witnessed for feature, rows in shown}
    compared = 0
    for verdict in verdicts:
        if verdict["evidence"]["findings"]:
            continue  # rows that a check left out are no evidence
        for reason in all_reasons(verdict):
            rows = rows_of.get((verdict["account_id"], reason["feature"]))
            if rows and "author_id" not in rows[0]:
                compared += 1
                assert reason["rows"] == rows
    assert compared > 20


def test_authors_are_numbered_in_the_order_in_which_they_are_shown(detector, some, features):
    moved = np.full((SOME, len(SIGNALS), len(CATALOGUE)), np.nan)
    naming = [at for at, one in enumerate(CATALOGUE) if one.rows and "author_id" in one.rows.show]
    moved[:, 0, naming] = -1.0
    unknown, numbered = np.full(features.shape, np.nan), 0
    accounts = explained(range(SOME), features, moved, unknown)
    for _, counter in reasons_for(accounts, detector.bundle.peers, Views(some)):
        rows = [row for reason in counter for row in reason.rows]
        assert all("author_id" not in row for row in rows)
        seen = list(dict.fromkeys(row["author"] for row in rows if row.get("author")))
        assert seen == [f"author {number}" for number in range(1, len(seen) + 1)]
        numbered += len(seen)
    assert numbered > 20


def test_rows_of_some_accounts_are_those_of_each_alone(some):
    views = Views(some)
    for feature in CATALOGUE:
        together = supporting_rows(feature, np.arange(SOME), views)
        assert together == [
            supporting_rows(feature, np.array([account]), views)[0] for account in range(SOME)
        ]


def test_no_verdict_holds_an_author(some, verdicts):
    authors = some.comments["author_id"].drop_nulls().unique().to_list()
    written = json.dumps(verdicts, ensure_ascii=False)
    assert len(authors) > 1000
    assert not [author for author in authors if f'"{author}"' in written]


def test_one_author_keeps_one_name_within_a_verdict_and_not_beyond(detector):
    day = "2026-10-{:02d}T10:00:00Z"
    rows = [
        {
            "post_id": f"p{n}",
            "author_id": "ann" if n % 2 else f"b{n}",
            "text": "so nice",
            "published_at": day.format(n + 1),
        }
        for n in range(20)
    ]
    tables = Tables.of(
        accounts=[{"account_id": "a", "platform": "x"}, {"account_id": "b", "platform": "x"}],
        comments=pl.concat(
            pl.DataFrame([row | {"account_id": name} for row in rows]).with_columns(
                pl.col("published_at").str.to_datetime(time_zone="UTC")
            )
            for name in "ab"
        ),
    )
    feature = next(feature for feature in CATALOGUE if feature.rows and feature.rows.show[0] == "author_id")
    views, features = Views(tables), derive(tables)
    moved = np.full((2, len(SIGNALS), len(CATALOGUE)), np.nan)
    moved[:, :, features.columns.get_loc(feature.name)] = -1.0
    by_account = reasons_for(
        explained([0, 1], features, moved, percentiles=np.full(features.shape, np.nan)),
        detector.bundle.peers,
        views,
    )
    for _, counter in by_account:
        assert len(counter) == 1  # one cause, whatever signals it speaks against
        assert counter[0].rows[0]["author"] == "author 1" and counter[0].rows[0]["comments"] == 10


def explained(accounts, features, contributions, percentiles, far_out=()):
    return Explained(
        accounts=np.array(accounts),
        platforms=["x"] * len(accounts),
        tiers=[None] * len(accounts),
        names=list(features.columns),
        values=features.to_numpy(),
        percentiles=percentiles,
        contributions=contributions,
        far_out=np.isin(features.columns, far_out) & np.ones(features.shape, dtype=bool),
        accused=np.zeros(len(accounts), dtype=bool),
    )


def test_what_a_yardstick_measures_far_out_is_named_first(detector, some, features):
    one = features.iloc[[0]]
    present = [name for name in one if one[name].notna().all() and name not in CONTEXT]
    heavy, light = next((a, b) for a, b in pairwise(present) if cause_of(a) != cause_of(b))
    pushed = np.full((1, len(SIGNALS), one.shape[1]), np.nan)
    pushed[0, 0, one.columns.get_loc(heavy)], pushed[0, 0, one.columns.get_loc(light)] = 3.0, 0.1
    unknown = np.full(one.shape, np.nan)
    for far_out, order in (((), [heavy, light]), ((light,), [light, heavy])):
        given = explained([0], one, pushed, unknown, far_out)
        [(reasons, _)] = reasons_for(given, detector.bundle.peers, Views(some))
        assert [reason.feature for reason in reasons] == order


@pytest.mark.parametrize("case", [(0.0003, 3.0, True), (0.03, 3.0, False), (0.03, -3.0, True)])
def test_what_is_usual_is_what_is_published_where_that_says_the_same(detector, some, features, case):
    """8 likes on 25,000 followers lie below 1 to 4 %; what is usual by that is no reason against anybody."""
    rate, pushes, published = case
    one = features.iloc[[0]].copy()
    one["engagement_rate"], one["followers_size"] = rate, np.log10(25_001)
    pushed = np.full((1, len(SIGNALS), one.shape[1]), np.nan)
    pushed[0, 0, one.columns.get_loc("engagement_rate")] = pushes
    given = replace(
        explained([0], one, pushed, np.full(one.shape, np.nan)), platforms=["instagram"], tiers=["micro"]
    )
    [(reasons, counter)] = reasons_for(given, detector.bundle.peers, Views(some))
    (reason,) = (*reasons, *counter)
    assert reason.feature == "engagement_rate"
    assert (reason.typical_source is not None) is published
    assert (reason.typical_of == "creators") is published
    if published:
        low, high = reason.typical
        assert 0.01 < low < 0.02
        assert 0.04 < high < 0.06
        assert (low <= rate <= high) is (pushes < 0)
        assert "Markerly" in reason.typical_source
        assert "simulated" not in reason.sentence


def test_where_nothing_is_published_no_range_is_said_to_be():
    assert published_range("likes_variation", "instagram", 25_000) is None
    assert published_range("engagement_rate", "github", 25_000) is None
    assert published_range("engagement_rate", "instagram", None) is None
    assert published_range("likes_per_view", "tiktok", None).low == LIKES_PER_VIEW["tiktok"][0]
    assert "1,000 followers" in published_range("engagement_rate", "instagram", 500).source
    assert set(LIKES_SOURCES) == set(LIKES_PER_VIEW)


def test_sentences_are_filled_in(verdicts):
    sentences = [reason["sentence"] for verdict in verdicts for reason in all_reasons(verdict)]
    assert len(set(sentences)) > 100
    for sentence in sentences:
        assert sentence.strip() == sentence != ""
        assert not set("{}") & set(sentence)
        assert "nan" not in sentence.split() and "None" not in sentence


def test_a_small_contribution_is_no_reason(detector, some, features):
    one = features.iloc[[0]]
    present = np.flatnonzero(~np.isnan(one.to_numpy()[0]))
    pushed = np.full((1, len(SIGNALS), one.shape[1]), np.nan)
    pushed[0, 0, present[0]], pushed[0, 0, present[1]] = 0.5, 0.019
    unknown = np.full(one.shape, np.nan)
    [(ours, against)] = reasons_for(explained([0], one, pushed, unknown), detector.bundle.peers, Views(some))
    assert {reason.feature for reason in ours} == {features.columns[present[0]]}
    assert not against


def test_without_peers_a_reason_says_so(detector, some):
    """A bundle that knows nobody of that platform gives the value alone."""
    elsewhere = some.accounts.with_columns(platform=pl.lit("github"))
    for verdict in detector.screen(replace(some, accounts=elsewhere), explain=Explain.ALL):
        for reason in (*verdict.reasons, *verdict.counter_reasons):
            assert (reason.typical is None) == (reason.percentile is None)
            assert "None" not in reason.sentence


@pytest.mark.parametrize("accused", [True, False])
@pytest.mark.parametrize("against", [0.2, 3.0])
def test_a_cause_stands_on_one_side_only(detector, some, features, accused, against):
    """Against whoever is accused, else on the side on which it weighs more."""
    one = features.iloc[[0]]
    name = next(
        name
        for name in one
        if one[name].notna().all() and name not in CONTEXT and by_name(name).rows is not None
    )
    pushed = np.full((1, len(SIGNALS), one.shape[1]), np.nan)
    pushed[0, 0, one.columns.get_loc(name)], pushed[0, 1, one.columns.get_loc(name)] = against, -1.0
    given = explained([0], one, pushed, np.full(one.shape, np.nan))
    given = replace(given, accused=np.array([accused]))
    [(reasons, counter)] = reasons_for(given, detector.bundle.peers, Views(some))
    expected = ([name], []) if accused or against > 1.0 else ([], [name])
    assert ([each.feature for each in reasons], [each.feature for each in counter]) == expected


def test_where_followers_are_not_known_no_reason_speaks_of_its_size(detector, some):
    unsized = some.replace({"accounts": some.accounts.with_columns(followers=pl.lit(None, dtype=pl.Int64))})
    unsized = unsized.replace({"history": some.history.clear()})
    sentences = [
        reason.sentence
        for verdict in detector.screen(unsized, explain=Explain.ALL)
        for reason in (*verdict.reasons, *verdict.counter_reasons)
    ]
    assert any(" of any size (" in sentence for sentence in sentences)
    assert not any(" of its size (" in sentence for sentence in sentences)
