"""Sentences with the numbers that a person knows, one family after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.tables import Tables
from detector.labels import Label
from detector.verdict import Reason, Verdict
from features.catalogue import CATALOGUE, by_name
from features.declaration import Head
from reporting.comment_groups import repeated_texts
from reporting.document import read_verdict
from reporting.evidence import Evidence
from reporting.numbers import Numbers
from reporting.reasons import both_sides, reason_texts

Documents = Mapping[str, dict[str, Any]]
NOW = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def verdict(documents: Documents) -> Verdict:
    return read_verdict(documents["everyday-creator"])


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Flat growth but for two days; equal likes; one text by many; a clock that never stops."""
    days = [date(2026, 8, 1) + timedelta(place) for place in range(60)]
    counts = [10_000 + 16 * place + (50_000 if place > 32 else 0) for place in range(60)]
    posts = [
        {
            "post_id": f"p{place}",
            "published_at": datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=29 * place),
            "likes": 500,
            "comments": 2,
        }
        for place in range(40)
    ]
    comments = [
        {"post_id": f"p{place % 8}", "author_id": f"u{min(place, 29)}", "text": "Great pic!"}
        for place in range(31)
    ]
    comments += [
        {"post_id": "p9", "author_id": f"v{place}", "text": f"own words {place}"} for place in range(9)
    ]
    followers = [{"following": 2_000 if place < 58 else 10} for place in range(80)]
    own = {"account_id": "a"}
    account = own | {"platform": "instagram", "as_of": NOW, "followers": 60_944, "following": 100}
    tables = Tables.of(
        accounts=[account],
        history=[own | {"date": day, "followers": n} for day, n in zip(days, counts, strict=True)],
        posts=[own | one for one in posts],
        comments=[own | one for one in comments],
        audience=[own | one for one in followers],
    )
    found = Evidence.of(tables, "a")
    assert found is not None
    return found


def sentence(
    feature: str,
    value: float,
    verdict: Verdict,
    evidence: Evidence | None,
    rows: tuple[dict[str, Any], ...] = (),
) -> str:
    declared = by_name(feature)
    reason = Reason(
        feature=feature, family=declared.family, head=Head.INFLATED, signal="likes",
        value=value, unit=declared.unit,
        typical=None, typical_of=None, percentile=None, contribution=1.0, sentence="its own words", rows=rows,
    )  # fmt: skip
    (text,) = reason_texts([reason], verdict, evidence, Numbers())
    return text.sentence


def test_a_jump_says_when_how_many_and_against_which_pace(verdict: Verdict, evidence: Evidence) -> None:
    rows = ({"starts": "2026-09-02", "ends": "2026-09-03", "followers": 60_528, "gained": 50_016.0},)
    assert sentence("burst_size", 1.7, verdict, evidence, rows) == (
        "+50,016 followers from 2 to 3 September 2026; 16 a day before and after; no post near explains it."
    )


@pytest.mark.parametrize("feature", ["month_size", "burst_size", "burst_echo", "spike_size"])
def test_a_window_without_a_gain_is_no_jump(verdict: Verdict, feature: str) -> None:
    days = [date(2026, 1, 1) + timedelta(place) for place in range(60)]
    own = {"account_id": "a"}
    tables = Tables.of(
        accounts=[own | {"platform": "youtube", "as_of": NOW, "followers": 1_100_000}],
        history=[
            own | {"date": day, "followers": 1_060_000 if day < date(2026, 1, 30) else 1_100_000}
            for day in days
        ],
    )
    rounded = Evidence.of(tables, "a")
    flat = {"starts": "2026-01-30", "ends": "2026-01-31", "followers": 1_100_000, "gained": 0.0}
    assert sentence(feature, 0.037, verdict, rounded, (flat,)) == "Its own words."
    # A row of an older verdict names one day: its gain began at the count that it is held against
    older = {"date": "2026-01-31", "followers": 1_100_000, "gained": 40_000.0}
    assert "29 to 31 January 2026" in sentence(feature, 0.037, verdict, rounded, (older,))
    rose = {"starts": "2026-01-29", "ends": "2026-01-30", "followers": 1_100_000, "gained": 40_000.0}
    assert "40,000" in sentence(feature, 0.037, verdict, rounded, (rose,))


def test_duplicates_say_which_text_by_how_many_people_under_how_many_posts(
    verdict: Verdict, evidence: Evidence
) -> None:
    words = sentence("shared_text_share", 0.7, verdict, evidence).replace("\u2068", "").replace("\u2069", "")
    assert words == "“Great pic!” stands 31 times, by 30 people, under 8 posts."
    assert [(one.times, one.people, one.posts) for one in repeated_texts(evidence)] == [(31, 30, 8)]


@pytest.mark.parametrize(
    ("feature", "value", "rows", "expected"),
    [
        ("audience_mass_follower_share", 0.725, (), "58 of 80 sampled followers follow over 1,500 accounts."),
        ("likes_equal_share", 1.0, ({"likes": 500},), "40 of 40 posts have exactly 500 likes."),
        ("comments_per_like", 0.0037, (), "Its posts earn 0.37 comments for every 100 likes."),
        ("following_ratio", -2.8, (), "It follows 100 accounts, and 60,944 follow it."),
        ("first_hour_share", 0.43, (), "43\xa0% of its comments came within an hour of the post."),
        ("posts_per_week", 168.0, (), "It publishes 24 posts a day, 168 a week."),
        ("burst_days", 2.0, (), "Its own words."),
        (
            "largest_loss", 0.017, ({"date": "2026-09-09", "gained": -3_334.0},),
            "−3,334 followers on 9 September 2026, 1.7\xa0% of all.",
        ),
    ],
)  # fmt: skip
def test_each_family_says_it_in_counts(  # noqa: PLR0913, PLR0917
    verdict: Verdict, evidence: Evidence, feature: str, value: float, rows: tuple[Any, ...], expected: str
) -> None:
    assert sentence(feature, value, verdict, evidence, rows) == expected


def test_equal_counts_are_out_of_those_that_are_large_enough_to_tell(verdict: Verdict) -> None:
    own = {"account_id": "a"}
    likes = [20, 20, 20, 31, 44, 52, *range(1, 20)]
    tables = Tables.of(
        accounts=[own | {"platform": "x", "as_of": NOW, "followers": 20_000}],
        posts=[
            own | {"post_id": f"p{at}", "published_at": NOW - timedelta(days=30 + at), "likes": one}
            for at, one in enumerate(likes)
        ],
    )
    found = sentence("likes_equal_share", 0.5, verdict, Evidence.of(tables, "a"), ({"likes": 20},))
    assert found == "3 of the 6 posts with 20 likes or more have exactly 20 likes."


def test_the_clock_says_when_it_rests(verdict: Verdict, evidence: Evidence) -> None:
    words = sentence("quiet_hours_share", 0.2, verdict, evidence)
    assert (
        words.startswith("Between ")
        and "of its 40 posts" in words
        and "around the clock would be 25 %" in words
    )


def test_without_the_evidence_nothing_is_made_up(verdict: Verdict) -> None:
    rows = ({"starts": "2026-09-02", "ends": "2026-09-03", "followers": 60_528, "gained": 50_016.0},)
    assert sentence("burst_size", 1.7, verdict, None, rows) == "+50,016 followers from 2 to 3 September 2026."
    assert sentence("shared_text_share", 0.7, verdict, None) == "Its own words."
    assert sentence("likes_variation", 0.1, verdict, None) == "Its own words."
    assert sentence("following_ratio", 1.0, verdict, None) == "Its own words."


def test_every_feature_of_the_catalogue_says_something(verdict: Verdict, evidence: Evidence) -> None:
    for feature in CATALOGUE:
        for value in (0.0, 0.3, 1.0, 2.5):
            for given in (evidence, None):
                words = sentence(feature.name, value, verdict, given)
                assert words.endswith((".", "…")) and "nan" not in words.lower().split(), feature.name


@pytest.mark.parametrize(
    ("label", "against", "in_favour"),
    [(Label.INFLATED, 1, 0), (Label.AUTHENTIC, 0, 1), (Label.REVIEW, 0, 1)],
)
def test_no_sentence_stands_on_both_sides(
    verdict: Verdict, evidence: Evidence, label: Label, against: int, in_favour: int
) -> None:
    declared = by_name("engagement_rate")
    reason = Reason(
        feature=declared.name, family=declared.family, head=Head.INFLATED, signal="likes",
        value=0.25, unit=declared.unit, typical=None, typical_of=None, percentile=None, contribution=0.4,
        sentence="its own words", rows=(),
    )  # fmt: skip
    other = replace(reason, signal="followers_stock", contribution=-0.5)
    changed = replace(verdict, label=label, reasons=(reason,), counter_reasons=(other,))
    found = both_sides(changed, evidence, Numbers())
    assert tuple(map(len, found)) == (against, in_favour)


def test_a_window_under_a_day_is_told_as_seen_and_not_as_a_rate(verdict: Verdict) -> None:
    own = {"account_id": "a"}
    moments = [NOW - timedelta(days=9, seconds=5 * place) for place in range(9)]
    tables = Tables.of(
        accounts=[own | {"platform": "tiktok", "as_of": NOW}],
        posts=[own | {"post_id": f"p{place}", "published_at": when} for place, when in enumerate(moments)],
    )
    evidence = Evidence.of(tables, "a")
    assert sentence("posts_per_week", 142_306.0, verdict, evidence) == "Its 9 posts came within 1 minute."


@pytest.mark.parametrize(
    ("value", "typical", "usual"),
    [
        (0.113, (-0.000158, 0.218), "0 to 0.22"),
        (1.48, (0.968, 3.93), "1 to 3.9"),
        (83.2, (6.9, 43.3), "7 to 43"),
        (0.0058, (0.00504, 0.48), "0.005 to 0.48"),
        (0.00451, (0.00461, 0.48), "0.005 to 0.48"),
        (0.478, (0.0051, 0.4849), "0.01 to 0.485"),
    ],
)
def test_a_range_has_as_few_decimals_as_keep_the_value_on_its_side(
    verdict: Verdict, value: float, typical: tuple[float, float], usual: str
) -> None:
    reason = replace(
        verdict.counter_reasons[0], unit="ratio", value=value, typical=typical, contribution=0.5, rows=()
    )
    (text,) = reason_texts([reason], verdict, None, Numbers())
    assert f"of its size: {usual}." in text.usual
    unsized = replace(reason, sentence=reason.sentence.replace(" of its size (", " of any size ("))
    (of_any,) = reason_texts([unsized], verdict, None, Numbers())
    assert of_any.usual == text.usual.replace(" of its size", " of any size")
    assert text.usual.endswith("it weighs with the others.") is (typical[0] <= value <= typical[1])
    assert text.measured is not None
    assert text.measured.typical_text == usual


@pytest.mark.parametrize(("high", "usual"), [(1.0, ""), (0.9, "0 to 90\xa0%")])
def test_a_range_that_is_all_a_share_can_be_is_left_out(verdict: Verdict, high: float, usual: str) -> None:
    reason = replace(
        verdict.counter_reasons[0], feature="rising_share_monthly", unit="share", value=0.062,
        typical=(0.0, high), contribution=0.5, rows=(),
    )  # fmt: skip
    (text,) = reason_texts([reason], verdict, None, Numbers())
    assert text.sentence == "Its followers grew on 6.2\xa0% of its months."
    assert usual in text.usual
    assert bool(text.usual) is bool(usual)
    assert (text.measured is None) is (not usual)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        ((0, 0, 1, 1, 2, 5, 5, 5), "60\xa0% of its posts came at the same time as the one before."),
        (
            (0, 30, 60, 90, 400, 430, 460, 900),
            "60\xa0% of the gaps between its posts equal the usual gap of 30 minutes to within 2 %.",
        ),
    ],
)
def test_the_usual_gap_is_the_median_whatever_row_comes_first(
    verdict: Verdict, minutes: tuple[int, ...], words: str
) -> None:
    own = {"account_id": "a"}
    start = datetime(2026, 7, 1, tzinfo=UTC)
    tables = Tables.of(
        accounts=[own | {"platform": "tiktok", "as_of": NOW}],
        posts=[
            own
            | {
                "post_id": f"p{place}",
                "published_at": start + timedelta(minutes=minute),
                "caption": f"{place}",
            }
            for place, minute in enumerate(minutes)
        ],
    )
    longest = ({"published_at": "2026-07-01T07:40:00Z", "gap_hours": 7.33},)
    assert sentence("equal_gap_share", 0.6, verdict, Evidence.of(tables, "a"), longest) == words


def test_growth_of_nothing_beside_much_is_written_as_none(verdict: Verdict) -> None:
    reason = Reason(
        feature="month_size", family="growth", head=Head.INFLATED, signal="followers_flow", value=1.7,
        unit="log", typical=(0.000002, 0.157), typical_of="simulated creators",
        percentile=100.0, contribution=5.0,
        sentence="its own words", rows=(),
    )  # fmt: skip
    (text,) = reason_texts([reason], verdict, None, Numbers())
    usual = "Usual for simulated creators of its size: 0\xa0% to +17\xa0% beyond their usual pace in 30 days."
    assert text.usual == usual
    (small,) = reason_texts([replace(reason, value=0.000001)], verdict, None, Numbers())
    assert "0.0002" in small.usual
