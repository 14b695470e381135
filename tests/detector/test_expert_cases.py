"""The shipped starter on accounts that an expert judges at sight, made by hand on each platform."""

from __future__ import annotations

from functools import partial

import pytest

from benchmarks.quality.handmade.cases import FAKES, HONEST
from benchmarks.quality.handmade.creator import Creator, creator
from benchmarks.quality.handmade.evidence import with_evidence
from benchmarks.quality.handmade.honest_ways import HONEST_WAYS
from benchmarks.quality.handmade.inflating import (
    buy_comments,
    buy_followers,
    buy_views,
    dead_audience,
    equal_likes,
    fake_audience,
    pod,
)
from benchmarks.quality.handmade.phrases import ORDINARY
from benchmarks.quality.handmade.programs import clockwork, fake_profile
from benchmarks.quality.handmade.typical import PLATFORMS, TIERS
from benchmarks.quality.handmade.verdict_summary import screen_documents, summarise
from benchmarks.quality.harness.benchmarked_model import load_detector
from benchmarks.quality.measurements.forty import labels_of_kind

ACCUSED = {"inflated", "automated"}
WITH_VIEWS = ("tiktok", "youtube", "x")
WITH_POSTS = ("posts", "posts, history", "posts, comments, history")
# Words that the name of a feature or yardstick about engagement holds.
ENGAGEMENT = ("engagement", "likes_per_follower", "views_per_follower", "likes_views", "likes_per_view")


@pytest.fixture(scope="module")
def starter():
    return load_detector(None)


@pytest.fixture
def verdict_of(starter):
    return lambda document: screen_documents(starter, [document])[0]


def name_of(case):
    return case.name


def about(platform, **rest):
    return creator(Creator(account_id="made by hand", platform=platform, **({"seed": 7} | rest)))


@pytest.mark.parametrize("case", HONEST, ids=name_of)
def test_nobody_honest_is_accused(verdict_of, case):
    assert verdict_of(case.document).label not in ACCUSED


IMPATIENT = ("short praise within the hour", "slogans of fans within the hour")
"""Kinds that write as bought comments do, and as soon: of these more are accused, and not many."""


@pytest.mark.parametrize("kind", HONEST_WAYS)
def test_no_kind_of_honest_creator_is_accused(starter, kind):
    labels = labels_of_kind(starter, kind)
    most = 0.05 if kind in IMPATIENT else 0.02
    assert sum(labels.get(label, 0) for label in ACCUSED) <= most * sum(labels.values())


@pytest.mark.parametrize("case", FAKES, ids=name_of)
def test_no_fake_is_cleared(verdict_of, case):
    assert verdict_of(case.document).label != "authentic"


FIRST_REASONS = {
    "a pod of forty": "same_first_share",
    "one phrase": "generic_praise_share",
    "likes within two in a hundred": "likes_variation",
    "headlines every 15 minutes": "equal_gap_share",
    "made to follow": "following_ratio",
    "nine in ten followers fake": "audience_lopsided_share",
    "followers times five in two days": "burst_size",
}


@pytest.mark.parametrize("case", [case for case in FAKES if case.name in FIRST_REASONS], ids=name_of)
def test_the_first_reason_is_the_one_that_an_expert_gives(verdict_of, case):
    assert verdict_of(case.document).reasons[0].feature == FIRST_REASONS[case.name]


@pytest.mark.parametrize("evidence", ["posts", "history", "all"])
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_ordinary_creator_of_any_size_is_not_accused(verdict_of, platform, tier, evidence):
    assert verdict_of(with_evidence(about(platform, followers=TIERS[tier]), evidence)).label not in ACCUSED


@pytest.mark.parametrize("evidence", WITH_POSTS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_ordinary_creator_is_neither_accused_nor_sent_to_review(verdict_of, platform, evidence):
    verdict = verdict_of(with_evidence(about(platform), evidence))
    assert verdict.label in {"authentic", "insufficient"}


@pytest.mark.parametrize("likes", [400, 700, 1_000])
@pytest.mark.parametrize("evidence", WITH_POSTS)
def test_400_to_1000_likes_on_25000_followers_are_ordinary(verdict_of, likes, evidence):
    verdict = verdict_of(with_evidence(about("instagram", likes_share=likes / 25_000), evidence))
    assert verdict.label in {"authentic", "insufficient"}


@pytest.mark.parametrize("evidence", WITH_POSTS)
@pytest.mark.parametrize("followers", [5_000, 25_000, 90_000])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_dead_audience_is_never_cleared_and_engagement_comes_first(
    verdict_of, platform, followers, evidence
):
    verdict = verdict_of(with_evidence(dead_audience(about(platform, followers=followers), 0.01), evidence))
    seen = summarise(verdict)
    assert seen.label in {"inflated", "review"}
    named = (seen.feature or "", *seen.far_out)
    assert any(word in name for name in named for word in ENGAGEMENT)


@pytest.mark.parametrize("evidence", WITH_POSTS)
@pytest.mark.parametrize("followers", [5_000, 10_000, 25_000, 90_000, 100_000])
def test_a_dead_audience_on_instagram_is_inflated_whatever_is_shown_beside_its_posts(
    verdict_of, followers, evidence
):
    document = with_evidence(dead_audience(about("instagram", followers=followers), 0.01), evidence)
    assert verdict_of(document).label == "inflated"


@pytest.mark.parametrize("likes", [3, 8, 13])
def test_a_handful_of_likes_on_100000_followers_is_inflated(verdict_of, likes):
    about_it = about("instagram", followers=100_000, likes_share=likes / 100_000)
    assert verdict_of(with_evidence(about_it, "posts")).label == "inflated"


@pytest.mark.parametrize("evidence", WITH_POSTS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_exactly_equal_likes_are_inflated_or_reviewed(verdict_of, platform, evidence):
    document = with_evidence(equal_likes(about(platform), 0.0), evidence)
    assert verdict_of(document).label in {"inflated", "review"}


@pytest.mark.parametrize(
    "profile", [("followers",), ("followers", "following"), ("followers", "following", "posts")]
)
@pytest.mark.parametrize("followers", [900, 12_300, 1_000_000])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_one_to_three_numbers_clear_nobody(verdict_of, platform, followers, profile):
    document = with_evidence(about(platform, followers=followers), "profile")
    numbers = {name: value for name, value in document["profile"].items() if name in profile}
    assert verdict_of(document | {"profile": numbers}).label == "insufficient"


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "x"])
def test_a_profile_made_to_follow_is_automated(verdict_of, platform):
    document = fake_profile(about(platform, followers=340), 1.0)
    assert verdict_of(with_evidence(document, "profile")).label == "automated"


@pytest.mark.parametrize("posts", [60, 200])
def test_a_post_every_quarter_of_an_hour_is_automated_and_every_post_is_counted(verdict_of, posts):
    document = clockwork(about("x", followers=14_000, posts=posts), 1.0)
    verdict = verdict_of(with_evidence(document, "posts, history"))
    assert verdict.label == "automated"
    assert verdict.evidence.blocks["posts"].n == posts


@pytest.mark.parametrize("platform", WITH_VIEWS)
def test_a_million_views_and_few_likes_are_inflated_or_reviewed(verdict_of, platform):
    document = buy_views(about(platform, followers=200_000), 0.0003)
    assert verdict_of(with_evidence(document, "posts, history")).label in {"inflated", "review"}


@pytest.mark.parametrize("share", [0.7, 0.9])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_audience_that_is_mostly_fake_is_inflated(verdict_of, platform, share):
    document = fake_audience(about(platform, followers=80_000, fake_share=0.0), share)
    assert verdict_of(document).label == "inflated"


@pytest.mark.parametrize(
    "change",
    [partial(pod, share=1.0), partial(buy_comments, share=1.0), partial(buy_comments, share=1.0, phrases=1)],
    ids=["pod", "generic phrases", "one phrase"],
)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_bought_comments_and_pods_are_inflated(verdict_of, platform, change):
    document = change(about(platform, comments=120, likes_share=0.06))
    assert verdict_of(with_evidence(document, "posts, comments, history")).label == "inflated"


HELD_BACK = {("tiktok", 3.0, 3), ("x", 3.0, 1), ("x", 3.0, 3), ("x", 10.0, 7)}
"""Bursts that are just under the threshold: honest ones of that size are as rare as the promise allows."""


@pytest.mark.parametrize(("times", "days"), [(3.0, 1), (3.0, 3), (10.0, 7)])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_burst_of_followers_is_inflated_and_the_first_reason(verdict_of, platform, times, days):
    seen = summarise(verdict_of(buy_followers(about(platform), times, days)))
    assert seen.label == ("review" if (platform, times, days) in HELD_BACK else "inflated")
    assert seen.family == "growth"


def test_nobody_made_by_hand_is_accused_for_a_language(verdict_of):
    # Those with phrases enough: of three, forty comments and sixty captions can only repeat themselves.
    languages = [language for language, phrases in ORDINARY.items() if len(phrases) >= 25]
    assert {"ar", "hi", "ja"} <= set(languages)
    for language in languages:
        document = about("instagram", languages=(language,), comments=40)
        assert verdict_of(document).label not in ACCUSED
