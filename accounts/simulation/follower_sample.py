"""The audience table: a sample of active, quiet and suspicious followers, and of bought ones."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from accounts.simulation.draft import DAY, Draft
from accounts.simulation.parameters import Floats, Ints, Regime
from accounts.simulation.text import usernames

__all__ = [
    "FAKE_FOLLOWERS",
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
)  # usernames that the platform proposed: user7384920165
EVENNESS = 14.0  # of the quiet share among accounts of one platform and size: its sd is about .11


def quiet_share(rng: np.random.Generator, usual: tuple[float, float], followers: float) -> float:
    """Draw the share of an honest audience that is quiet, mass-following or suspicious, mostly 10 to 45 %.

    ``usual`` is the mean share at 1,000 followers, and the gain per decade of followers.

    >>> 0.0 < quiet_share(np.random.default_rng(0), (0.2, 0.04), 5_000.0) < 0.6
    True
    """
    share = float(np.clip(usual[0] + usual[1] * (np.log10(max(followers, 1.0)) - 3.0), 0.1, 0.42))
    return float(rng.beta(EVENNESS * share, EVENNESS * (1.0 - share)))


@cache
def _profile_arrays(regime: Regime) -> tuple[dict[str, int], Floats, Floats, Floats, Floats, Floats, Floats]:
    """The regime's profiles as arrays, one row per kind: row numbers, medians, spreads, flag odds, names."""
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
    """Draw counts and flags of small accounts, one value per account.

    ``kinds`` are rows of the regime's profiles, as :func:`profile_rows` returns; ``now`` is in seconds
    since 1970. ``digits``, ``run`` and ``numbered`` describe the username: see :func:`text.usernames`.
    """
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
    """Row numbers of kinds of profiles, for :func:`profile_fields`.

    >>> from accounts.simulation.regimes.train import TRAIN
    >>> len(set(profile_rows(TRAIN, FAKE_FOLLOWERS).tolist())) == len(FAKE_FOLLOWERS)
    True
    """
    rows = _profile_arrays(regime)[0]
    return np.array([rows[kind] for kind in kinds], dtype=np.int64)


def follower_shares(draft: Draft) -> dict[str, float]:
    """The share of each kind among the followers of an account; the shares add up to 1."""
    public = max(draft.curve.public_followers()[-1], 1.0)
    bought = float(np.clip(1.0 - draft.curve.honest_followers()[-1] / public, 0.0, 1.0))
    attacked = (1.0 - bought) * draft.person.attacked_share
    honest = 1.0 - bought - attacked
    quiet = honest * draft.person.quiet_share
    shares = _split_share(draft, ACTIVE_FOLLOWERS, honest - quiet, 6.0) | _split_share(
        draft, QUIET_FOLLOWERS, quiet, 1.5
    )
    fakes = _split_share(draft, FAKE_FOLLOWERS, shares.pop("suspicious") + attacked, 3.0)
    sold = draft.bought_audience or FAKE_FOLLOWERS
    for kind in {**FAKE_FOLLOWERS, **sold}:
        part = bought * sold.get(kind, 0.0) / sum(sold.values())
        shares[kind] = shares.get(kind, 0.0) + fakes.get(kind, 0.0) + part
    return shares


def _split_share(draft: Draft, usual: dict[str, float], share: float, evenness: float) -> dict[str, float]:
    """Split a share among kinds, randomly around their usual parts; a small ``evenness`` varies more."""
    parts = draft.rng.dirichlet([evenness * len(usual) * part for part in usual.values()])
    return {kind: share * part for kind, part in zip(usual, parts.tolist(), strict=True)}


def audience_rows(draft: Draft, count: int, *, named: bool) -> tuple[dict[str, Floats], list[str] | None]:
    """Draw a sample of followers: columns of fields, and usernames.

    Without ``named`` the usernames are None, and the fields hold their lengths and digits instead.
    """
    rng = draft.rng
    shares = follower_shares(draft)
    odds = np.maximum(np.array(list(shares.values())), 0.0)
    kinds = np.searchsorted(np.cumsum(odds / odds.sum())[:-1], rng.random(count))
    rows = profile_fields(rng, draft.regime, profile_rows(draft.regime, shares)[kinds], draft.now)
    digits, run, numbered = rows.pop("digits"), rows.pop("run"), rows.pop("numbered")
    run = np.maximum(run, np.where(rng.random(count) < PLATFORM_NAMED_SHARE, PLATFORM_NAME_DIGITS, 0.0))
    if named:
        return rows, usernames(rng, count, digits, run, numbered)
    numbers = digits * (1.0 + np.floor(rng.random(count) * run))
    letters = np.where(numbered > 0, 4.0, rng.normal(10.0, 2.4, count))
    rows["username_length"] = np.clip(np.round(letters + numbers), 3, 30)
    rows["username_digits"] = np.minimum(numbers, rows["username_length"])
    return rows, None
