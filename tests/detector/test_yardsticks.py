"""Yardsticks: what experts trust, on numbers made by hand, on cases, and on honest accounts."""

from __future__ import annotations

from itertools import pairwise
from math import log, log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from accounts.errors import AssayError
from accounts.simulation import simulate
from accounts.tables import Tables
from detector.signals import SIGNALS as DECLARED
from detector.verdict_schema import of_class
from detector.yardsticks import YARDSTICKS, YardstickReading, far_out, page, read_yardsticks
from detector.yardsticks.declaration import PLATFORMS, Yardstick, YardstickInput, YardstickOutcome
from detector.yardsticks.figures import spelled, usual_range
from detector.yardsticks.published import engagement_range
from detector.yardsticks.reading import outcomes
from features.catalogue import CATALOGUE
from features.derive import derive
from features.example import one_account
from features.peers import PEERS
from features.views import Views
from training.datasets import instafake_posts, youtube_channels
from training.datasets.base import data_folder, development

BY_NAME = {one.name: one for one in YARDSTICKS}
SIGNALS = {signal.name for signal in DECLARED}
COMING = {
    "burst_size", "burst_alone", "burst_days", "burst_echo", "likes_equal_share", "views_equal_share",
    "same_first_share", "same_order", "returning_early_share", "month_size",
}  # fmt: skip


def size(followers):
    """The feature ``followers_size`` of so many."""
    return log10(followers + 1)


def outcome(name, platform="instagram", **features):
    """The yardstick's outcome on one account; None where it cannot be applied."""
    frame = pd.DataFrame({column: [float(value)] for column, value in features.items()})
    found = int(outcomes(BY_NAME[name].measure(YardstickInput(frame, [platform])))[0])
    return None if found < 0 else list(YardstickOutcome)[found]


def reading(name, tables):
    """The yardstick's reading of the only account."""
    views = Views(tables)
    (readings,) = read_yardsticks(derive(views), tables.accounts["platform"].to_list(), views, [0])
    return next(one for one in readings if one.name == name)


# declarations


@pytest.mark.parametrize("one", YARDSTICKS, ids=lambda one: one.name)
def test_every_yardstick_is_declared_in_full(one: Yardstick) -> None:
    assert one.signal in SIGNALS
    assert set(one.shows) <= set(one.reads) <= {feature.name for feature in CATALOGUE} | COMING
    assert all(text.strip() for text in (one.usual, one.far, one.source, one.about))
    assert "{value}" in one.sentence


@pytest.mark.parametrize("one", YARDSTICKS, ids=lambda one: one.name)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_yardstick_applies_to_an_account_without_numbers(one: Yardstick, platform: str) -> None:
    nothing = YardstickInput(pd.DataFrame({"followers_size": [np.nan]}), [platform])
    assert outcomes(one.measure(nothing)).tolist() == [-1]
    empty = YardstickInput(pd.DataFrame(index=range(2)), [platform] * 2)
    assert outcomes(one.measure(empty)).tolist() == [-1, -1]


def test_the_committed_page_is_up_to_date() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.render(), (
        "run: python -m detector.yardsticks.page --write"
    )


def test_every_yardstick_stands_on_the_page_with_its_source() -> None:
    text = page.render()
    assert all(f"| `{one.name}` |" in text and one.source in text for one in YARDSTICKS)


def test_the_command_says_whether_the_page_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "yardsticks.md"
    assert page.main([], written) == 1
    assert "--write" in capsys.readouterr().out
    assert page.main(["--write"], written) == 0
    assert page.main([], written) == 0


# published ranges


@pytest.mark.parametrize("platform", sorted({line.platform for line in PEERS}))
def test_the_range_of_engagement_is_smooth_in_size(platform: str) -> None:
    sizes = np.linspace(1.0, 8.0, 701)
    found = engagement_range([platform] * sizes.size, sizes)
    for bound in (found.low, found.high):
        assert np.abs(np.diff(np.log10(bound))).max() < 0.03
    assert (found.low < found.high).all()


def test_where_nothing_is_published_engagement_says_nothing() -> None:
    assert outcome("engagement", "twitch", engagement_rate=1e-6, followers_size=size(25_000)) is None
    assert outcome("likes_for_views", "instagram", likes_per_view=1e-6, views_per_follower=1) is None


# doses: no outcome improves as there is more of what was bought, or less of what is earned

DOSES = {
    "likes on 25,000 followers": ("engagement", "instagram", [
        {"engagement_rate": likes / 25_000, "followers_size": size(25_000)}
        for likes in (1000, 400, 100, 30, 8, 2)
    ]),
    "spread of likes": ("constant_likes", "instagram", [
        {"likes_variation": x, "engagement_rate": 0.02, "followers_size": 4.4}
        for x in (0.3, 0.15, 0.05, 0.01, 0)
    ]),
    "equal likes": ("equal_likes", "x", [{"likes_equal_share": x} for x in (0, 0.2, 0.4, 0.6, 1)]),
    "likes of some posts": ("posts_in_two_groups", "instagram", [
        {"likes_two_groups": x, "comments_per_like_spread": 0.6, "engagement_rate": 0.02,
         "followers_size": 4.4}
        for x in (0.6, 0.7, 0.8, 0.9, 1)
    ]),
    "likes without views": ("more_likes_than_views", "tiktok", [
        {"more_likes_than_views_share": x} for x in (0, 0.1, 0.5, 1)
    ]),
    "likes of a million views": ("likes_for_views", "youtube", [
        {"likes_per_view": x / 1e6, "views_per_follower": 10, "followers_size": 5}
        for x in (40_000, 3_000, 1_000, 320, 10)
    ]),
    "spread of views": ("constant_views", "youtube", [
        {"views_variation": x, "views_per_follower": 1, "followers_size": 5} for x in (0.5, 0.2, 0.1, 0.05, 0)
    ]),
    "followers in a few days": ("jump", "twitch", [
        {"burst_size": log(x), "burst_echo": 0.01, "burst_days": 3, "followers_size": size(25_000)}
        for x in (1, 1.2, 1.5, 2, 5, 11, 100, 1000)
    ]),
    "followers in a month": ("growth_in_a_month", "youtube", [
        {"month_size": log(x), "followers_size": size(25_000)} for x in (1, 1.5, 2.5, 5, 11, 100, 1000)
    ]),
    "round steps": ("round_steps", "x", [
        {"round_gain_share": x, "followers_size": size(25_123)} for x in (0, 0.1, 0.3, 0.7, 1)
    ]),
    "one phrase": ("one_text_by_many", "tiktok", [{"shared_text_share": x} for x in (0, 0.1, 0.3, 0.5, 1)]),
    "the same people at once": ("same_people", "instagram", [
        {"core_author_share": x, "first_hour_share": 0.95} for x in (0, 0.3, 0.6, 0.9, 1)
    ]),
    "the same people first": ("same_people_first", "instagram", [
        {"same_first_share": x, "same_order": 0.9} for x in (0, 0.3, 0.6, 0.9, 1)
    ]),
    "fake followers": ("lopsided_audience", "instagram", [
        {"audience_lopsided_share": x} for x in (0.05, 0.3, 0.5, 0.75, 0.9)
    ]),
    "mass followers": ("mass_following_audience", "x", [
        {"audience_mass_follower_share": x} for x in (0.05, 0.3, 0.5, 0.75, 0.9)
    ]),
    "empty followers": ("empty_audience", "x", [
        {"audience_postless_share": x, "audience_pictureless_share": 0.6} for x in (0.05, 0.5, 0.7, 0.8, 1)
    ]),
    "posts without a pause": ("without_pause", "x", [
        {"posts_per_week": x, "quiet_hours_share": 0.24} for x in (7, 70, 150, 168, 672)
    ]),
    "equal gaps": ("by_the_clock", "x", [
        {"equal_gap_share": x, "posts_per_week": 672} for x in (0, 0.3, 0.6, 0.8, 1)
    ]),
    "praise delivered": ("praise_for_anything", "instagram", [
        {"generic_praise_share": x, "first_hour_share": 1, "text_diversity": 0.9}
        for x in (0, 0.2, 0.4, 0.6, 1)
    ]),
    "sponsored posts": ("sponsored_posts", "instagram", [
        {"sponsored_lift": x, "engagement_rate": 0.02, "followers_size": 4.4} for x in (0.8, 1.5, 4, 10, 50)
    ]),
    "following": ("made_to_follow", "instagram", [
        {"following_ratio": log10(x), "following_size": size(40 * x), "followers_size": size(40),
         "posts_size": 0, "picture": 0} for x in (1, 5, 19, 21, 100)
    ]),
}  # fmt: skip


@pytest.mark.parametrize("dose", DOSES)
def test_no_outcome_improves_with_the_dose(dose: str) -> None:
    name, platform, steps = DOSES[dose]
    found = [list(YardstickOutcome).index(outcome(name, platform, **step)) for step in steps]
    assert all(before <= after for before, after in pairwise(found))
    assert (found[0], found[-1]) == (0, 2)


@pytest.mark.parametrize(("platform", "far"), [("instagram", 8), ("tiktok", 8), ("youtube", 1), ("x", 0)])
def test_engagement_far_below_the_range_is_far_out_and_far_above_it_never(platform: str, far: int) -> None:
    here = {"platform": platform, "followers_size": size(25_000)}
    assert outcome("engagement", engagement_rate=far / 25_000, **here) is YardstickOutcome.FAR_OUT
    assert outcome("engagement", engagement_rate=20.0, **here) is YardstickOutcome.OUT


# honest cases that must not be far out


HONEST = {
    "a handful of followers and no like": ("engagement", {"engagement_rate": 0, "followers_size": size(40)}),
    "three likes on each of its posts": (
        "constant_likes", {"likes_variation": 0, "engagement_rate": 0.1, "followers_size": size(30)}
    ),
    "two kinds of posts, each as much commented as liked": (
        "posts_in_two_groups",
        {"likes_two_groups": 1, "comments_per_like_spread": 0.3, "engagement_rate": 0.1,
         "followers_size": 4.4},
    ),
    "a launch that goes on": (
        "jump", {"burst_size": log(8), "burst_echo": 0.4, "burst_days": 3, "followers_size": size(25_000)}
    ),
    "a hit beside the jump": (
        "jump",
        {"burst_size": log(8), "burst_alone": 0, "burst_echo": 0.0, "burst_days": 3, "followers_size": 4.4},
    ),
    "a hit in a good month": (
        "growth_in_a_month", {"month_size": 2, "burst_alone": 0, "followers_size": 4.4}
    ),
    "a new account's first friends": (
        "jump", {"burst_size": log(20), "burst_echo": 0, "burst_days": 10, "followers_size": size(200)}
    ),
    "a purge": ("loss_at_once", {"largest_loss": 0.6}),
    "an audience that does not write": (
        "comments_for_likes", {"comments_per_like": 0, "engagement_rate": 0.05, "followers_size": 6}
    ),
    "a tight community": ("same_people", {"core_author_share": 0.95, "first_hour_share": 0.4}),
    "one devoted fan": ("same_people_first", {"same_first_share": 0.95, "same_order": 0.1}),
    "a post a day, planned": ("by_the_clock", {"equal_gap_share": 1, "posts_per_week": 7}),
    "a busy person who sleeps": ("without_pause", {"posts_per_week": 300, "quiet_hours_share": 0.01}),
    "an audience that looks and does not post": (
        "empty_audience", {"audience_postless_share": 0.8, "audience_pictureless_share": 0.1}
    ),
    "a lurker with a picture": (
        "made_to_follow",
        {"following_ratio": 1.7, "following_size": 3.2, "followers_size": 1.5, "posts_size": 0, "picture": 1},
    ),
    "a small account's praising friends": (
        "praise_for_anything", {"generic_praise_share": 0.8, "first_hour_share": 0.5, "text_diversity": 0.9}
    ),
    "a count that is rounded": ("round_steps", {"round_gain_share": 1, "followers_size": size(1_800_000)}),
}  # fmt: skip


@pytest.mark.parametrize("case", HONEST)
def test_honest_cases_are_never_far_out(case: str) -> None:
    name, features = HONEST[case]
    assert outcome(name, **features) is not YardstickOutcome.FAR_OUT


def test_few_simulated_authentic_accounts_are_far_out() -> None:
    population = simulate(1_200, seed=5)
    authentic = ~(population.labels["inflated"] | population.labels["automated"]).to_numpy()
    found = far_out(derive(population.tables), population.tables.accounts["platform"].to_list())
    assert found[authentic].mean() <= 0.02


@pytest.mark.parametrize("load", [instafake_posts.load, youtube_channels.load])
def test_few_real_organic_accounts_are_far_out(load) -> None:
    try:
        tables = development(load(data_folder()))
    except AssayError as absent:
        pytest.skip(str(absent))
    assert far_out(derive(tables), tables.accounts["platform"].to_list()).mean() <= 0.02


# what is read


def test_the_account_of_the_seed_is_read_as_an_expert_would() -> None:
    tables = one_account(
        {"followers": 25_000}, {"posts": {"likes": [3, 5, 8, 8, 13] * 6, "comments": [0] * 30}}
    )
    found = reading("engagement", tables)
    assert (found.outcome, found.signal) == (YardstickOutcome.FAR_OUT, "followers_stock")
    assert found.value == "0.03 %"
    assert found.sentence.startswith(
        "8 likes and comments a post on 25,000 followers: 0.03 %; creators of that "
    )
    assert f"on Instagram get {found.usual}" in found.sentence
    assert 1 <= len(found.rows) <= 5
    assert all(row["likes"] < 40 for row in found.rows)
    assert found.to_dict()["outcome"] == "far out"


def test_those_far_out_come_first_and_rows_stand_behind_what_is_out() -> None:
    posts = {"likes": [500] * 29, "comments": [4] * 29, "views": [90_000] * 29}
    views = Views(one_account({"followers": 25_000, "platform": "youtube"}, {"posts": posts}))
    (found,) = read_yardsticks(derive(views), ["youtube"], views, [0])
    severities = [list(YardstickOutcome).index(one.outcome) for one in found]
    assert severities == sorted(severities, reverse=True)
    assert {one.name for one in found if one.outcome is YardstickOutcome.FAR_OUT} >= {
        "constant_likes",
        "constant_views",
    }
    assert all(bool(one.rows) == (one.outcome is not YardstickOutcome.IN) for one in found)


def test_equal_likes_name_the_count_that_their_rows_show(monkeypatch: pytest.MonkeyPatch) -> None:
    views = Views(one_account({"followers": 9_000}, {"posts": {"likes": [1500] * 9}}))
    features = derive(views).assign(likes_equal_share=1.0)
    known = {feature.name: feature for feature in CATALOGUE}
    monkeypatch.setattr(
        "detector.yardsticks.reading._FEATURES", {**known, "likes_equal_share": known["likes_variation"]}
    )
    (found,) = read_yardsticks(features, ["instagram"], views, [0])
    (equal,) = (one for one in found if one.name == "equal_likes")
    assert equal.sentence.startswith("100 % of its posts have exactly the same number of likes, 1,500; usual")


def test_no_commenter_is_named_and_each_has_one_number_in_a_verdict() -> None:
    people = ["ana", "bo", "cy"] * 6
    comments = {"author_id": people, "post_id": [f"p{n // 3}" for n in range(18)]}
    views = Views(one_account({"followers": 900}, {"posts": {"likes": [9] * 6}, "comments": comments}))
    numbered = [{"cy": "author 1"}]
    (found,) = read_yardsticks(derive(views), ["instagram"], views, [0], numbered)
    (same,) = (one for one in found if one.name == "same_people")
    assert sorted(str(row["author"]) for row in same.rows) == ["author 1", "author 2", "author 3"]
    assert set(numbered[0]) == set(people)
    assert not any(name in str(one.to_dict()["rows"]) for one in found for name in set(people))


def test_a_weekly_history_shows_its_weeks() -> None:
    tables = one_account({"followers": 900}, {"history": {
        "followers": [1000] * 9 + [700] * 9,
        "date": [pd.Timestamp("2026-01-01").date() + pd.Timedelta(days=7 * n) for n in range(18)],
    }})  # fmt: skip
    found = reading("loss_at_once", tables)
    assert (found.value, found.outcome) == ("30 %", YardstickOutcome.OUT)
    assert found.rows[0]["gained"] == -300


def test_accounts_are_read_alike_alone_and_among_others() -> None:
    population = simulate(40, seed=8)
    platforms = population.tables.accounts["platform"].to_list()
    views = Views(population.tables)
    features = derive(views)
    together = read_yardsticks(features, platforms, views, range(40))
    assert [read_yardsticks(features, platforms, views, [row])[0] for row in (39, 3, 17)] == [
        together[row] for row in (39, 3, 17)
    ]
    far = [any(one.outcome is YardstickOutcome.FAR_OUT for one in each) for each in together]
    assert far_out(features, platforms).tolist() == far


def test_no_account_is_read_where_none_is_asked_for() -> None:
    tables = Tables.of(accounts=[{"account_id": "a", "platform": "x", "followers": 9}])
    views = Views(tables)
    assert read_yardsticks(derive(views), ["x"], views, []) == []
    assert read_yardsticks(derive(views), ["x"], views, [0]) == [()]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.00004, "share", "0.004 %"), (0.9999, "share", "99.9 %"), (1.0, "share", "100 %"),
        (-0.2, "growth", "-18 %"), (2.5, "hours", "2.5 hours"), (168.0, "hours", "7 days"),
        (1.0, "count", "1"),
    ],
)  # fmt: skip
def test_numbers_are_spelled_as_a_person_reads_them(value: float, unit, text: str) -> None:
    assert spelled(value, unit) == text


def test_a_range_without_an_end_says_so() -> None:
    assert usual_range(float("nan"), 140.0, "per week") == "up to 140 a week"
    assert usual_range(0.24, float("nan"), "share") == "24 % or more"


def test_the_verdict_s_schema_can_hold_readings() -> None:
    schema = of_class(YardstickReading)
    assert schema["properties"]["outcome"]["enum"] == ["in", "out", "far out"]
    assert schema["required"] == list(YardstickReading.names())


def test_likes_that_came_in_a_block_are_said_and_far_out_for_nobody() -> None:
    seen = {
        "post_id": [f"p{post}" for post in range(5)] * 2,
        "observed_at": [24.0 * post + hours for hours in (5, 6) for post in range(5)],
        "likes": [100] * 5 + [300] * 5,
        "views": [5_000] * 5 + [5_100] * 5,
    }
    posts = {"likes": [320] * 5, "views": [9_000] * 5}
    views = Views(one_account({"followers": 9_000}, {"posts": posts, "observed": seen}))
    features = derive(views)
    (found,) = read_yardsticks(features, ["instagram"], views, [0])
    block = next(one for one in found if one.name == "likes_in_a_block")
    assert (block.outcome, block.value) == ("out", "100 %")
    assert block.rows[0]["block_likes"] == 0.625
    assert block.rows[0]["block_hours"] == 1.0
    assert not far_out(features[["likes_in_block_share"]], ["instagram"]).any()
