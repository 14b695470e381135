"""Sampled followers: lively people, the quiet and the suspicious that everybody has, and what was bought."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from accounts.simulation.draft import DAY, Draft
from accounts.simulation.parameters import Floats, Ints, Regime
from accounts.simulation.text import usernames

__all__ = [
    "ACTIVE_FOLLOWERS",
    "FAKE_FOLLOWERS",
    "QUIET_FOLLOWERS",
    "audience_rows",
    "follower_shares",
    "profile_fields",
    "profile_rows",
    "quiet_share",
]

ACTIVE_FOLLOWERS = {"small_person": 0.62, "newcomer": 0.13, "active": 0.25}
QUIET_FOLLOWERS = {"lurker": 0.45, "mass_follower": 0.22, "suspicious": 0.33}
FAKE_FOLLOWERS = {
    "mass_fake": 0.24,
    "empty_fake": 0.28,
    "dressed_fake": 0.22,
    "newborn_fake": 0.12,
    "hollow_fake": 0.14,
}
PLATFORM_NAMED_SHARE, PLATFORM_NAME_DIGITS = (
    0.2,
    9.0,
)  # of numbered handles: those that a platform proposed, user7384920165
EVENNESS = 14.0  # of the quiet share between accounts of one platform and size: sd about .11


def quiet_share(rng: np.random.Generator, usual: tuple[float, float], followers: float) -> float:
    """Share of an honest audience that is quiet, follows masses or looks suspicious, mostly 10 to 45 %."""
    share = float(np.clip(usual[0] + usual[1] * (np.log10(max(followers, 1.0)) - 3.0), 0.1, 0.42))
    return float(rng.beta(EVENNESS * share, EVENNESS * (1.0 - share)))


@cache
def _profile_arrays(regime: Regime) -> tuple[dict[str, int], Floats, Floats, Floats, Floats, Floats, Floats]:
    """Per kind of profile: its row, medians and spreads of the counts, odds of the flags, its names."""
    kinds = regime.profiles.values()
    counts = [(kind.followers, kind.following, kind.posts, kind.age_days) for kind in kinds]
    flags = [(kind.idle, kind.picture, kind.private, kind.bio, kind.digits) for kind in kinds]
    rows = {name: at for at, name in enumerate(regime.profiles)}
    table = np.array(counts)
    words = np.cumsum([kind.words for kind in kinds], axis=1)
    runs = np.array([kind.run for kind in kinds])
    numbered = np.array([kind.numbered for kind in kinds])
    return rows, table[:, :, 0], table[:, :, 1], np.array(flags), words / words[:, -1:], runs, numbered


def profile_fields(rng: np.random.Generator, regime: Regime, kinds: Ints, now: float) -> dict[str, Floats]:
    """Numbers and flags of small accounts of given kinds (rows of the regime's profiles), one value each."""
    _, medians, spreads, odds, words, runs, numbered = _profile_arrays(regime)
    count = len(kinds)
    noise = regime.noise(rng, 4 * count).reshape(count, 4)
    counts = np.floor(np.minimum(medians[kinds] * 10 ** (spreads[kinds] * noise), 1e8))
    followers, following, posts, ages = counts.T
    uniform = rng.random((count, 7))
    idle, picture, private, bio, digits = (uniform[:, :5] < odds[kinds]).T * 1.0
    lengths = np.minimum(np.ceil(10 ** rng.normal(1.5, 0.38, count)), 160.0)
    return {
        "followers": followers,
        "following": np.minimum(following, 7500.0),
        "posts": posts * (1.0 - idle),
        "has_picture": picture,
        "is_private": private,
        "digits": digits,
        "run": runs[kinds],
        "numbered": (rng.random(count) < numbered[kinds]) * 1.0,
        "is_verified": (uniform[:, 5] < 0.003) * 1.0,
        "bio_length": bio * lengths,
        "full_name_words": (uniform[:, 6:] > words[kinds]).sum(axis=1) * 1.0,
        "created_at": np.maximum(now - np.minimum(ages, 6000.0) * DAY, 1.1e9),
    }


def profile_rows(regime: Regime, kinds: Iterable[str]) -> Ints:
    """Rows of the regime's profiles."""
    rows = _profile_arrays(regime)[0]
    return np.array([rows[kind] for kind in kinds], dtype=np.int64)


def follower_shares(draft: Draft) -> dict[str, float]:
    """Shares of follower kinds: lively people, the quiet that everybody has, and what was bought."""
    shown = max(draft.curve.public_followers()[-1], 1.0)
    bought = float(np.clip(1.0 - draft.curve.honest_followers()[-1] / shown, 0.0, 1.0))
    attacked = (1.0 - bought) * draft.person.attacked_share
    own = 1.0 - bought - attacked
    quiet = own * draft.person.quiet_share
    shares = _split_share(draft, ACTIVE_FOLLOWERS, own - quiet, 6.0) | _split_share(
        draft, QUIET_FOLLOWERS, quiet, 1.5
    )
    fakes = _split_share(draft, FAKE_FOLLOWERS, shares.pop("suspicious") + attacked, 3.0)
    sold = draft.bought_audience or FAKE_FOLLOWERS
    for kind in {**FAKE_FOLLOWERS, **sold}:
        part = bought * sold.get(kind, 0.0) / sum(sold.values())
        shares[kind] = shares.get(kind, 0.0) + fakes.get(kind, 0.0) + part
    return shares


def _split_share(draft: Draft, usual: dict[str, float], share: float, evenness: float) -> dict[str, float]:
    """A share over kinds, around their usual parts; accounts differ more where ``evenness`` is small."""
    parts = draft.rng.dirichlet([evenness * len(usual) * part for part in usual.values()])
    return {kind: share * part for kind, part in zip(usual, parts.tolist(), strict=True)}


def audience_rows(draft: Draft, count: int, *, named: bool) -> tuple[dict[str, Floats], list[str] | None]:
    """A sample of followers: their fields, and their names unless only lengths are offered."""
    rng = draft.rng
    shares = follower_shares(draft)
    odds = np.maximum(np.array(list(shares.values())), 0.0)
    drawn = np.searchsorted(np.cumsum(odds / odds.sum())[:-1], rng.random(count))
    rows = profile_fields(rng, draft.regime, profile_rows(draft.regime, shares)[drawn], draft.now)
    digits, run, numbered = rows.pop("digits"), rows.pop("run"), rows.pop("numbered")
    run = np.maximum(run, np.where(rng.random(count) < PLATFORM_NAMED_SHARE, PLATFORM_NAME_DIGITS, 0.0))
    if named:
        return rows, usernames(rng, count, digits, run, numbered)
    numbers = digits * (1.0 + np.floor(rng.random(count) * run))
    letters = np.where(numbered > 0, 4.0, rng.normal(10.0, 2.4, count))
    rows["username_length"] = np.clip(np.round(letters + numbers), 3, 30)
    rows["username_digits"] = np.minimum(numbers, rows["username_length"])
    return rows, None
