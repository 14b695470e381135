"""Sampled followers: real people, lurkers, newcomers, honest mass followers, and four sorts of fakes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from accounts.simulation.draft import DAY, Draft
from accounts.simulation.parameters import Floats, Ints, Regime
from accounts.simulation.text import handles

__all__ = ["FAKES", "REAL", "audience_rows", "kind_rows", "profile_fields"]

REAL = {"small_person": 0.42, "lurker": 0.26, "newcomer": 0.08, "mass_follower": 0.08, "active": 0.16}
FAKES = {"mass_fake": 0.3, "empty_fake": 0.3, "dressed_fake": 0.25, "newborn_fake": 0.15}


@cache
def _tables(regime: Regime) -> tuple[dict[str, int], Floats, Floats, Floats, Floats, Floats]:
    """Per kind of profile: its row, medians and spreads of the counts, odds of the flags, its names."""
    kinds = regime.profiles.values()
    counts = [(kind.followers, kind.following, kind.posts, kind.age_days) for kind in kinds]
    flags = [(kind.idle, kind.picture, kind.private, kind.bio, kind.digits) for kind in kinds]
    rows = {name: at for at, name in enumerate(regime.profiles)}
    table = np.array(counts)
    words = np.cumsum([kind.words for kind in kinds], axis=1)
    runs = np.array([kind.run for kind in kinds])
    return rows, table[:, :, 0], table[:, :, 1], np.array(flags), words / words[:, -1:], runs


def profile_fields(rng: np.random.Generator, regime: Regime, kinds: Ints, now: float) -> dict[str, Floats]:
    """Numbers and flags of small accounts of given kinds (rows of the regime's profiles), one value each."""
    _, medians, spreads, odds, words, runs = _tables(regime)
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
        "is_verified": (uniform[:, 5] < 0.003) * 1.0,
        "bio_length": bio * lengths,
        "full_name_words": (uniform[:, 6:] > words[kinds]).sum(axis=1) * 1.0,
        "created_at": np.maximum(now - np.minimum(ages, 6000.0) * DAY, 1.1e9),
    }


def kind_rows(regime: Regime, kinds: Iterable[str]) -> Ints:
    """Rows of the regime's profiles."""
    rows = _tables(regime)[0]
    return np.array([rows[kind] for kind in kinds], dtype=np.int64)


def mix(draft: Draft) -> dict[str, float]:
    """Shares of follower kinds: real people, the fakes that everybody has, and what was bought."""
    honest = max(draft.curve.honest()[-1], 1.0)
    bought = max(draft.curve.shown()[-1] - honest, 0.0) / max(draft.curve.shown()[-1], 1.0)
    fake = draft.person.fake_share
    taste = draft.rng.dirichlet([6.0 * share for share in REAL.values()])
    usual = draft.rng.dirichlet([3.0 * share for share in FAKES.values()])
    shares = {kind: (1 - bought) * (1 - fake) * part for kind, part in zip(REAL, taste.tolist(), strict=True)}
    shares |= {kind: (1 - bought) * fake * part for kind, part in zip(FAKES, usual.tolist(), strict=True)}
    sold = draft.audience or FAKES
    total = sum(sold.values())
    for kind, part in sold.items():
        shares[kind] += bought * part / total
    return shares


def audience_rows(draft: Draft, count: int, *, named: bool) -> tuple[dict[str, Floats], list[str] | None]:
    """A sample of followers: their fields, and their names unless only lengths are offered."""
    rng = draft.rng
    shares = mix(draft)
    odds = np.maximum(np.array(list(shares.values())), 0.0)
    drawn = np.searchsorted(np.cumsum(odds / odds.sum())[:-1], rng.random(count))
    rows = profile_fields(rng, draft.regime, kind_rows(draft.regime, shares)[drawn], draft.now)
    digits, run = rows.pop("digits"), rows.pop("run")
    if named:
        return rows, handles(rng, count, digits, run)
    numbers = digits * (1.0 + np.floor(rng.random(count) * run))
    rows["username_length"] = np.clip(np.round(rng.normal(10.0, 2.4, count) + numbers), 3, 30)
    rows["username_digits"] = np.minimum(numbers, rows["username_length"])
    return rows, None
