"""Tiers and what is typical in them."""

from __future__ import annotations

from math import isnan

import pytest

from accounts.schema import PLATFORMS
from features.example import derive_one
from features.peer_comparison import engagement_percentile, engagement_z, views_z
from features.peers import (
    ENGAGEMENT,
    PEERS,
    TIERS,
    VIEWS,
    Distribution,
    spread_of,
    tier,
    tiers_of,
    typical_engagement,
)

EDGES = (0, 1, 999, 1_000, 9_999, 10_000, 99_999, 100_000, 499_999, 500_000, 999_999, 1_000_000, 10**12)


def typical(platform: str, followers: int | None, column: str = "median") -> float | None:
    value = float(typical_engagement([platform], [followers], column).item())
    return None if isnan(value) else value


def test_many_and_one_agree_on_tiers() -> None:
    assert tiers_of([*EDGES, None]) == [*(tier(edge) for edge in EDGES), None]


def test_tiers_go_up_with_followers() -> None:
    order = [TIERS.index(tier(edge)) for edge in EDGES]
    assert order == sorted(order)
    assert set(order) == set(range(len(TIERS)))


@pytest.mark.parametrize("line", PEERS, ids=lambda line: f"{line.platform}-{line.tier}")
def test_every_line_is_a_range_with_a_source(line: object) -> None:
    assert 0 < line.low < line.median < line.high  # type: ignore[attr-defined]
    assert line.platform in PLATFORMS  # type: ignore[attr-defined]
    assert line.tier in TIERS  # type: ignore[attr-defined]
    assert line.source  # type: ignore[attr-defined]
    assert line.definition  # type: ignore[attr-defined]


def test_a_platform_is_covered_in_every_tier_or_in_none() -> None:
    covered = {(line.platform, line.tier) for line in PEERS}
    assert len(covered) == len(PEERS)
    for platform in PLATFORMS:
        assert len([line for line in covered if line[0] == platform]) in (0, len(TIERS))


@pytest.mark.parametrize("line", PEERS, ids=lambda line: f"{line.platform}-{line.tier}")
def test_typical_engagement_reads_the_table(line: object) -> None:
    followers = {"nano": 9_999, "micro": 10_000, "mid": 100_000, "macro": 500_000, "mega": 1_000_000}[
        line.tier
    ]  # type: ignore[attr-defined]
    for column in ("low", "median", "high"):
        assert typical(line.platform, followers, column) == getattr(line, column)  # type: ignore[attr-defined]


def test_small_instagram_accounts_follow_the_fitted_line() -> None:
    assert typical("instagram", 999) == pytest.approx(10**-0.32 * 999**-0.224)
    assert typical("instagram", 1_000) == 0.040
    assert typical("instagram", 100, "low") < typical("instagram", 100) < typical("instagram", 100, "high")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("platform", "followers"), [("github", 5), ("twitch", 5), ("x", None), ("instagram", None)]
)
def test_unknown_peers_are_unknown(platform: str, followers: int | None) -> None:
    assert typical(platform, followers) is None


@pytest.mark.parametrize("line", [*ENGAGEMENT, *VIEWS], ids=lambda line: line.platform)
def test_a_distribution_goes_down_with_followers_and_has_a_source(line: Distribution) -> None:
    sizes, medians = zip(*line.medians, strict=True)
    assert list(sizes) == sorted(sizes)
    assert list(medians) == sorted(medians, reverse=True)
    assert all(0.1 < deviation < 1.0 for _, deviation in line.deviations)
    assert line.source


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube", "x"])
def test_no_follower_more_makes_a_step(platform: str) -> None:
    sizes = [round(10 ** (n / 100)) for n in range(700)]
    level, deviation = spread_of(ENGAGEMENT, [platform] * len(sizes), sizes)
    assert max(abs(level[1:] - level[:-1])) < 0.1
    assert max(abs(deviation[1:] - deviation[:-1])) < 0.01


@pytest.mark.parametrize("platform", ["github", "twitch", "other"])
def test_without_published_figures_there_is_no_standing(platform: str) -> None:
    posts = {"likes": [9] * 5, "comments": [1] * 5, "views": [99] * 5}
    for feature in (engagement_percentile, engagement_z, views_z):
        assert derive_one(feature, platform=platform, followers=1_000, posts=posts) is None


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube", "x"])
def test_fewer_likes_never_stand_higher(platform: str) -> None:
    found = [
        derive_one(engagement_percentile, platform=platform, followers=25_000,
                   posts={"likes": [likes] * 5, "comments": [0] * 5})
        for likes in (100_000, 1_000, 300, 100, 30, 8, 2, 0)
    ]  # fmt: skip
    assert found == sorted(found, reverse=True)  # type: ignore[type-var]
    assert found[0] > 95  # type: ignore[operator]
    assert found[-1] < 1  # type: ignore[operator]
