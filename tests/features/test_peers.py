"""Tiers and what is typical in them."""

from __future__ import annotations

from math import isnan

import pytest

from accounts.schema import PLATFORMS
from features.peers import PEERS, TIERS, tier, tiers_of, typical_engagement

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
