"""Who an account's sampled followers are: each judged on its own profile, and counted by type."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from accounts.tables import Tables
from detector.arrays import Bools
from detector.bundle import Bundle
from detector.decision import signal_suspicion
from detector.signals import signal_named, signals_heard
from detector.threshold import clopper_pearson
from detector.verdict import AudienceShare, AudienceType
from features.derive import derive
from features.views import Views, followers, people
from features.views.rows import to_floats as values_of

__all__ = ["audience_shares"]

MASS_FOLLOWS: Final = 1_500
"""Accounts followed beyond which a follower is a mass follower (HypeAuditor)."""


def audience_shares(views: Views, bundle: Bundle) -> dict[int, AudienceShare]:
    """The sampled followers of each account, by the account's position; without accounts with too few.

    Parameters
    ----------
    views
        The accounts.
    bundle
        Judges every follower by ``fake_account``, at the threshold of a profile alone.
    """
    if views.lacks("audience") or (sampled := views[followers]).is_empty():
        return {}
    owner = sampled["account"].to_numpy()
    about = views.rows(people).frame[["platform", "as_of"]][owner]
    profiles = sampled.hstack(about).with_columns(account_id=pl.int_range(pl.len()).cast(pl.String))
    read = {"followers_size", *bundle.scorers["fake_account"].features}
    features = derive(Tables.of(accounts=profiles), [one for one in bundle.features if one.name in read])
    size, platforms = len(views.tables), views.rows(people).frame["platform"].to_list()
    limit = bundle.levels.limits(["profile"] * size, platforms).accuse_above[owner]
    known = features["followers_size"].notna().to_numpy() & ~np.isnan(limit)
    if not known.any():
        return {}
    rarity = bundle.signal_models.automated_profiles(features, [platforms[at] for at in owner.tolist()])
    heard = signals_heard(features, ["profile"] * len(features), [signal_named("fake_account")])[:, 0]
    fake = known & heard & (signal_suspicion(rarity[:, None])[:, 0] > limit)
    total = np.bincount(owner[known], minlength=size)
    counts = {
        name: np.bincount(owner[known & mark], minlength=size) for name, mark in _types(sampled, fake).items()
    }
    unknown = _unknown_followers(views, total)
    return {
        account: _share(
            {name: int(count[account]) for name, count in counts.items()},
            int(total[account]),
            unknown[account],
        )
        for account in np.flatnonzero(total).tolist()
    }


def _unknown_followers(views: Views, sampled: NDArray[np.int64]) -> list[float | None]:
    """For each account whose sample is the newest followers how many others it has; None for other samples.

    Infinitely many where nobody says how many followers it has.
    """
    about = views.rows(people).frame
    newest = about["audience_order"].str.to_lowercase().eq("newest").fill_null(value=False)
    others = np.maximum(values_of(about["followers"]) - sampled, 0.0)
    others = np.where(np.isnan(others), np.inf, others)
    return [rest if first else None for first, rest in zip(newest.to_list(), others.tolist(), strict=True)]


def _types(sampled: pl.DataFrame, fake: Bools) -> dict[str, Bools]:
    """Every follower is of one type; who cannot be told apart is a person."""
    following, posts = (values_of(sampled[name]) for name in ("following", "posts"))
    mass = ~fake & (following > MASS_FOLLOWS)
    inactive = ~fake & ~mass & (posts == 0)
    return {"suspicious": fake, "mass_followers": mass, "inactive": inactive,
            "people": ~fake & ~mass & ~inactive}  # fmt: skip


def _share(counts: dict[str, int], sampled: int, unknown: float | None) -> AudienceShare:
    types = {
        name: AudienceType(share=k / sampled, interval=_interval(k, sampled, unknown))
        for name, k in counts.items()
    }
    fake = types["suspicious"]
    return AudienceShare(sampled=sampled, fake_share=fake.share, interval=fake.interval, types=types)


def _interval(k: int, n: int, unknown: float | None = None) -> tuple[float, float]:
    """95 % interval of a share; of the newest followers, the bounds for all, as the others may be anybody.

    >>> _interval(30, 100, 300), _interval(30, 100, float("inf"))
    ((0.075, 0.825), (0.0, 1.0))
    """
    if unknown is None:
        low, high = clopper_pearson(k, n, 0.95)
        return float(low), float(high)
    return k / (n + unknown), 1 - (n - k) / (n + unknown)
