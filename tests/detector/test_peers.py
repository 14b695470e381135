import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.peers import GRID, Peers, ranks
from detector.rank_baseline import rank_baseline


def world():
    random = np.random.default_rng(3)
    platforms = ["tiktok"] * 400 + ["youtube"] * 400 + ["x"] * 20
    tiers = (["nano"] * 200 + ["micro"] * 200) * 2 + ["nano"] * 20
    base = np.array([{"tiktok": 10.0, "youtube": 20.0, "x": 90.0}[name] for name in platforms])
    frame = pd.DataFrame(
        {
            "rate": base + random.random(820),
            "zeros": np.where(random.random(820) < 0.4, 0.0, random.random(820)),
            "rare": np.where(np.arange(820) % 10 == 0, random.random(820), np.nan),
            "never": np.nan,
        }
    )
    return frame, platforms, tiers


FRAME, PLATFORMS, TIERS = world()
PEERS = Peers.fit(FRAME, PLATFORMS, TIERS, [True] * 820)


def test_peers_are_of_the_same_platform_and_tier():
    own = tuple(FRAME["rate"][:200].quantile([0.05, 0.95]))
    assert PEERS.typical("rate", "tiktok", "nano") == pytest.approx(own, rel=1e-6)
    assert PEERS.typical("rate", "youtube", "micro")[0] > 20


def test_too_few_peers_fall_back_to_the_tier_and_then_to_all():
    nano = FRAME["rate"][np.array(TIERS) == "nano"]
    for platform in ("x", "twitch", None):
        assert PEERS.typical("rate", platform, "nano") == pytest.approx(
            tuple(nano.quantile([0.05, 0.95])), rel=1e-6
        )
    everyone = tuple(FRAME["rate"].quantile([0.05, 0.95]))
    for tier in ("mega", None):
        assert PEERS.typical("rate", "tiktok", tier) == pytest.approx(everyone, rel=1e-6)


def test_each_feature_falls_back_by_itself():
    assert PEERS.typical("rare", "tiktok", "nano") == PEERS.typical("rare", None, None)
    assert PEERS.typical("never", "tiktok", "nano") is None
    assert PEERS.percentile("never", 1.0, "tiktok", "nano") is None


def test_percentiles_match_the_share_of_peers_below():
    peers = np.sort(FRAME["rate"][:200])
    for value in np.linspace(10.0, 11.0, 21):
        exact = 100 * (peers < value).mean()
        assert PEERS.percentile("rate", value, "tiktok", "nano") == pytest.approx(exact, abs=3)
    assert PEERS.percentile("rate", -5.0, "tiktok", "nano") == 0
    assert PEERS.percentile("rate", 1e12, "tiktok", "nano") == 100
    assert PEERS.percentile("rate", float("nan"), "tiktok", "nano") is None


def test_a_value_that_many_share_gets_the_middle_of_its_run():
    share = 100 * (FRAME["zeros"][:200] == 0).mean()
    assert PEERS.percentile("zeros", 0.0, "tiktok", "nano") == pytest.approx(share / 2, abs=5)
    assert PEERS.percentile("zeros", 1e-9, "tiktok", "nano") == pytest.approx(share, abs=10)


def test_a_shared_value_that_float32_cannot_hold_is_still_met():
    frame = pd.DataFrame({"rate": [0.1] * 60 + [0.2] * 40})
    peers = Peers.fit(frame, ["x"] * 100, ["nano"] * 100, [True] * 100)
    assert peers.percentile("rate", 0.1, "x", "nano") == pytest.approx(30, abs=5)
    assert peers.percentile("rate", 0.2, "x", "nano") == pytest.approx(80, abs=5)


def test_all_at_once_as_one_by_one():
    tiers = [None if row % 7 == 0 else tier for row, tier in enumerate(TIERS)]
    together = PEERS.percentiles(FRAME, PLATFORMS, tiers)
    assert list(together.columns) == list(FRAME.columns)
    for row in range(0, 820, 13):
        alone = PEERS.percentiles(FRAME.iloc[[row]], [PLATFORMS[row]], [tiers[row]])
        pd.testing.assert_frame_equal(alone, together.iloc[[row]], check_exact=True)
        for name in FRAME:
            one = PEERS.percentile(name, FRAME[name][row], PLATFORMS[row], tiers[row])
            assert one == together[name][row] or (one is None and np.isnan(together[name][row]))


@given(
    st.lists(st.integers(0, 8), min_size=len(GRID), max_size=len(GRID)),
    st.floats(-2, 10, width=32),
    st.floats(-2, 10, width=32),
)
def test_a_larger_value_never_has_a_lower_rank(quantiles, one, other):
    grid = np.array([sorted(quantiles)], dtype=np.float32)
    low, high = ranks(np.array([[min(one, other)], [max(one, other)]]), grid)[:, 0]
    assert 0 <= low <= high <= 100


def test_only_authentic_accounts_are_learnt_from():
    authentic = np.array(PLATFORMS) == "youtube"
    low, high = Peers.fit(FRAME, PLATFORMS, TIERS, authentic).typical("rate", "tiktok", "mega")
    assert 20 < low < high < 21


def test_written_and_read_back():
    content = PEERS.to_bytes()
    read = Peers.from_bytes(content)
    assert read.to_bytes() == content
    assert read.features == PEERS.features
    pd.testing.assert_frame_equal(
        read.percentiles(FRAME, PLATFORMS, TIERS),
        PEERS.percentiles(FRAME, PLATFORMS, TIERS),
        check_exact=True,
    )


def test_the_rank_baseline_follows_the_directions():
    percentiles = pd.DataFrame({"a": [100.0, 0.0], "b": [0.0, 100.0], "c": [50.0, 50.0]})
    assert rank_baseline(percentiles, {"a": "high", "b": "low", "c": "neither"}).tolist() == [1.0, 0.0]


def test_the_rank_baseline_skips_the_absent():
    percentiles = pd.DataFrame({"a": [80.0, np.nan], "b": [np.nan, np.nan]})
    found = rank_baseline(percentiles, {"a": "high", "b": "high"})
    assert found[0] == 0.8
    assert np.isnan(found[1])
    assert np.isnan(rank_baseline(percentiles, {})).all()


def test_the_rank_baseline_is_the_same_alone():
    random = np.random.default_rng(4)
    percentiles = pd.DataFrame(100 * random.random((200, 37))).rename(columns=str)
    directions = {name: "low" if int(name) % 3 else "high" for name in percentiles}
    alone = [rank_baseline(percentiles.iloc[[row]], directions)[0] for row in range(200)]
    assert alone == rank_baseline(percentiles, directions).tolist()
