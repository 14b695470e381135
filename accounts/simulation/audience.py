"""Sampled followers: real people, lurkers, newcomers, honest mass followers, and four sorts of fakes."""

from __future__ import annotations

import numpy as np

from accounts.simulation.draft import DAY, Draft
from accounts.simulation.parameters import Floats, Regime
from accounts.simulation.text import handles

__all__ = ["FAKES", "REAL", "audience_rows", "profile_fields"]

REAL = {"small_person": 0.42, "lurker": 0.26, "newcomer": 0.08, "mass_follower": 0.08, "active": 0.16}
FAKES = {"mass_fake": 0.3, "empty_fake": 0.3, "dressed_fake": 0.25, "newborn_fake": 0.15}


def _positive(
    rng: np.random.Generator, regime: Regime, medians: Floats, sds: Floats, which: Floats
) -> Floats:
    drawn = medians[which] * 10 ** (sds[which] * regime.noise(rng, len(which)))
    return np.asarray(np.floor(np.minimum(drawn, 1e8)))


def profile_fields(
    rng: np.random.Generator, regime: Regime, kinds: list[str], now: float
) -> dict[str, Floats]:
    """Numbers and flags of small accounts of given kinds, one value each."""
    names = list(regime.profiles)
    table = [regime.profiles[name] for name in names]
    which = np.array([names.index(kind) for kind in kinds], dtype=np.int64)
    rows: dict[str, Floats] = {}
    for field in ("followers", "following", "posts"):
        medians = np.array([getattr(profile, field).median for profile in table])
        sds = np.array([getattr(profile, field).sd for profile in table])
        rows[field] = _positive(rng, regime, medians, sds, which)
    ages = _positive(
        rng,
        regime,
        np.array([p.age_days.median for p in table]),
        np.array([p.age_days.sd for p in table]),
        which,
    )
    chance = np.array([[p.idle, p.picture, p.private, p.bio, p.digits] for p in table])[which]
    idle, picture, private, bio, digits = (rng.random((len(kinds), 5)) < chance).T
    rows["posts"] = np.where(idle, 0.0, rows["posts"])
    rows["following"] = np.minimum(rows["following"], 7500.0)
    rows["has_picture"], rows["is_private"], rows["digits"] = picture * 1.0, private * 1.0, digits * 1.0
    rows["is_verified"] = (rng.random(len(kinds)) < 0.003) * 1.0
    rows["bio_length"] = np.where(bio, np.minimum(np.ceil(10 ** rng.normal(1.5, 0.38, len(kinds))), 160), 0.0)
    rows["full_name_words"] = np.where(
        rng.random(len(kinds)) < 0.1, 0.0, 1.0 + rng.binomial(2, 0.4, len(kinds))
    )
    rows["created_at"] = np.maximum(now - np.minimum(ages, 6000.0) * DAY, 1.1e9)
    return rows


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
    kinds = np.array(list(shares))[rng.choice(len(odds), count, p=odds / odds.sum())].tolist()
    rows = profile_fields(rng, draft.regime, kinds, draft.now)
    digits = rows.pop("digits")
    if named:
        return rows, handles(rng, count, digits)
    rows["username_length"] = np.clip(np.round(rng.normal(10.5, 2.4, count) + 1.5 * digits), 3, 30)
    rows["username_digits"] = digits * (1.0 + rng.binomial(4, 0.35, count))
    return rows, None
