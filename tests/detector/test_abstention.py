"""Where a signal speaks and accuses nobody."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from accounts.reading import read_documents
from benchmarks.quality.handmade.creator import Creator, creator
from benchmarks.quality.handmade.evidence import with_evidence
from detector.abstention import ABSTENTIONS, abstention_sentences, abstentions_of
from detector.bundle import load, starter_path
from detector.labels import Label
from detector.screening import Detector
from detector.signals import SIGNALS, signal_named

START = date(2026, 6, 1)


@pytest.fixture(scope="module")
def starter():
    return Detector(load(starter_path()))


def burst(platform, **profile):
    """Half a year of two followers a day, with 5,000 more on two of the days."""
    counts = [200 + 2 * day + (2_500 if day >= 90 else 0) + (2_500 if day >= 91 else 0) for day in range(180)]
    return {
        "schema": 1, "account_id": f"burst:{platform}", "platform": platform, "as_of": "2026-12-01T00:00:00Z",
        "profile": {"followers": counts[-1], "created_at": "2025-01-01T00:00:00Z", **profile},
        "history": [
            {"date": str(START + timedelta(days=day)), "followers": count} for day, count in enumerate(counts)
        ],
    }  # fmt: skip


def clockwork(**profile):
    """Forty posts, one every five minutes."""
    posts = [
        {
            "post_id": f"p{at}",
            "published_at": f"2026-11-01T{at // 12:02}:{at % 12 * 5:02}:00Z",
            "caption": "buy",
        }
        for at in range(40)
    ]
    whole = {
        "schema": 1,
        "account_id": "bot",
        "platform": "x",
        "as_of": "2026-11-10T00:00:00Z",
        "posts": posts,
    }
    return whole | ({"profile": profile} if profile else {})


def verdict(detector, document):
    return detector.screen(read_documents([document]).tables)[0]


def test_a_burst_of_stars_goes_to_a_person_and_a_burst_of_followers_accuses(starter):
    stars, followers = verdict(starter, burst("github")), verdict(starter, burst("github", following=120))
    assert stars.label is Label.REVIEW
    assert not stars.labels_over_threshold
    assert "repository" in stars.caveats[0]
    assert followers.label is Label.INFLATED
    assert stars.suspicion == pytest.approx(followers.suspicion, abs=0.1)


def test_posts_without_a_profile_accuse_nobody_of_automation(starter):
    alone, whole = verdict(starter, clockwork()), verdict(starter, clockwork(followers=900, following=4_000))
    assert whole.label is Label.AUTOMATED
    assert alone.label is Label.REVIEW
    assert not any(signal.over for signal in alone.signals)


@pytest.mark.parametrize(
    ("followers", "silent"), [(25_000, False), (1_000_000, True), (1_000_037, False), (17_700_000, True)]
)
def test_only_round_millions_may_be_a_short_count_misread(followers, silent):
    shown = pd.DataFrame({"engagement_below_peers": [2.0], "followers_size": [math.log10(followers + 1)]})
    shown = shown.assign(following_size=2.0, growth_total=math.nan)
    at = [signal.name for signal in SIGNALS].index("followers_stock")
    assert abstentions_of(shown, ["profile+posts30"], ["instagram"])[0, at] == silent
    assert not abstentions_of(shown, ["profile+posts30+history30"], ["instagram"])[0, at]


def test_thresholds_on_real_accounts_abstain_from_nothing(starter):
    bundle = starter.bundle
    facts = replace(bundle.facts, calibrated_on="400 accounts verified by you, 2026-11-28")
    own = Detector(replace(bundle, manifest=replace(bundle.manifest, facts=facts)))
    assert verdict(own, burst("github")).label is Label.INFLATED


def test_every_abstention_is_of_a_signal_and_says_what_was_counted():
    for one in ABSTENTIONS:
        assert signal_named(one.signal)
        assert any(character.isdigit() for character in one.sentence)
        assert one.source


def test_views_whose_likes_are_unknown_accuse_nobody(starter):
    """Twenty reels with nearly one count of views, many for its followers, whose likes are hidden."""
    posts = [
        {
            "post_id": f"p{at}", "kind": "reel", "views": 50_000 + 37 * (at * 5 % 11),
            "published_at": f"2026-10-{at + 1:02}T{8 + at * 7 % 13:02}:{at * 17 % 60:02}:07Z",
        }
        for at in range(20)
    ]  # fmt: skip
    hidden = {
        "schema": 1, "account_id": "reels", "platform": "instagram", "as_of": "2026-11-10T00:00:00Z",
        "profile": {"followers": 2_013}, "posts": posts,
    }  # fmt: skip
    liked = hidden | {"posts": [post | {"likes": 40 + at} for at, post in enumerate(posts)]}
    of_hidden, of_liked = verdict(starter, hidden), verdict(starter, liked)
    assert of_liked.label is Label.INFLATED
    assert of_hidden.label is Label.REVIEW
    assert any("likes that a view brings" in caveat for caveat in of_hidden.caveats)


@pytest.mark.parametrize(("platform", "views", "silent"), [
    ("youtube", math.nan, True), ("youtube", 0.4, False), ("tiktok", math.nan, False),
])  # fmt: skip
def test_likes_of_a_channel_accuse_only_beside_its_views(platform, views, silent):
    shown = pd.DataFrame({"views_variation": [views], "followers_size": 4.0, "growth_total": math.nan})
    shown = shown.assign(following_size=2.0)
    at = [signal.name for signal in SIGNALS].index("likes")
    assert abstentions_of(shown, ["profile+posts30"], [platform])[0, at] == silent


def test_a_verdict_says_only_the_abstentions_that_cover_it():
    silent = np.array([signal.name in ("views", "likes") for signal in SIGNALS])
    shown = pd.DataFrame({"views_variation": [0.4], "likes_per_view": [math.nan]})
    sentences = list(abstention_sentences(silent, shown, "profile+posts30", "youtube"))
    assert len(sentences) == 1
    assert "likes that a view brings" in sentences[0]


@pytest.mark.parametrize(("more", "label"), [({}, Label.REVIEW), ({"username": "ana.k"}, Label.AUTOMATED)])
def test_three_numbers_of_a_profile_accuse_nobody(starter, more, label):
    looks_on = {
        "schema": 1, "account_id": "looks on", "platform": "github", "as_of": "2026-11-10T00:00:00Z",
        "profile": {"followers": 3, "following": 380, "posts": 90} | more,
    }  # fmt: skip
    assert verdict(starter, looks_on).label is label


@pytest.mark.parametrize(("count", "all_say"), [("likes", 1_000), ("views", 50_000)])
def test_one_count_on_all_posts_accuses_nobody_and_is_the_first_reason(starter, count, all_say):
    document = creator(Creator(account_id="one count", platform="tiktok", followers=25_000, seed=7))
    alike = document | {"posts": [post | {count: all_say} for post in document["posts"]]}
    nearly = document | {
        "posts": [post | {count: all_say + at * 7 % 4} for at, post in enumerate(document["posts"])]
    }
    given = verdict(starter, alike)
    assert given.label is Label.REVIEW and given.reasons[0].feature in (
        f"{count}_equal_share",
        f"{count}_variation",
    )
    assert any(f"exactly the same number of {count}" in caveat for caveat in given.caveats)
    assert verdict(starter, nearly).label is Label.INFLATED
    but_two = alike["posts"][:-2] + document["posts"][-2:]
    assert verdict(starter, document | {"posts": but_two}).label is Label.REVIEW


@pytest.mark.parametrize(
    ("rate", "size", "views", "silent"),
    [(1e-5, 6.0, math.nan, True), (1e-5, 6.0, 0.01, False), (1e-5, 4.9, math.nan, False)],
)
def test_counts_may_have_lost_their_thousands_only_where_none_has_any(rate, size, views, silent):
    shown = pd.DataFrame({"engagement_rate": [rate], "followers_size": size, "views_per_follower": views})
    shown = shown.assign(following_size=2.0, growth_total=math.nan, engagement_below_peers=2.8)
    at = [signal.name for signal in SIGNALS].index("followers_stock")
    assert abstentions_of(shown, ["profile+posts30+history30"], ["tiktok"])[0, at] == silent


@pytest.mark.parametrize(("gains", "label"), [
    ((0.04, 0.05, 0.05, 0.04, 0.02, 0.02, 0.01), Label.REVIEW),
    ((0.4, 0.5, 0.5, 0.4, 0.2, 0.2), Label.INFLATED),
])  # fmt: skip
def test_a_shop_with_a_sale_a_month_is_left_to_a_person(starter, gains, label):
    document = with_evidence(
        creator(Creator(account_id="shop", followers=21_000, seed=4, days=150)), "history"
    )
    for at, day in enumerate(document["history"]):
        sold = [gain for begin in range(5, 140, 30) for gain in gains[: max(at - begin + 1, 0)]]
        day["followers"] += round(21_000 * sum(sold))
    document["profile"]["followers"] = document["history"][-1]["followers"]
    assert verdict(starter, document).label is label
