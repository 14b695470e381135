"""Training targets of each signal: which accounts show its kind of purchase, and how strongly.

Labels say what was added to which count, never a scheme's name, for a head learns one effect. An
account whose purchase the evidence cannot show is left out of the head's rows: it looks like
an authentic one, and adds noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from detector.arrays import Bools, Floats
from detector.signals import SIGNALS, Signal
from features.evidence import Level

__all__ = [
    "GIVEN_AMOUNT", "GIVEN_INFLATED", "GIVEN_PROFILE", "GIVEN_RHYTHM", "LEAST_DOSE", "history_is_masked",
    "largest_dose", "signal_doses",
]  # fmt: skip

LEAST_DOSE: Final = 0.1
"""Added over honest, below which no purchase is looked for."""

GIVEN_INFLATED: Final = "given:inflated"
GIVEN_RHYTHM: Final = "given:rhythm"
GIVEN_PROFILE: Final = "given:profile"
"""Schemes of accounts that a person called fake without knowing how it was done."""
GIVEN_AMOUNT: Final = 1.0
"""The dose of such accounts: nobody knows how much was added."""

_COUNTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "followers_stock": ("added_followers",),
        "audience": ("added_followers",),
        "followers_flow": ("added_followers_shown",),
        "likes": ("added_likes",),
        "views": ("added_views",),
        "comments": ("added_comments",),
        "inflation": ("added_followers", "added_likes", "added_views", "added_comments"),
    }
)

VISIBLE_IN: Final[Mapping[str, Mapping[str, frozenset[str]]]] = MappingProxyType({
    "rhythm": MappingProxyType({
        "content_bot": frozenset({"posts"}), "repost_bot": frozenset({"posts"}),
        "comment_bot": frozenset({"comments", "history"}), "follow_unfollow": frozenset({"history"}),
        "growth_bot": frozenset({"posts", "history"}),
        GIVEN_RHYTHM: frozenset({"posts", "comments", "history"}),
    }),
    "fake_account": MappingProxyType({
        "fake_follower": frozenset({"profile"}), GIVEN_PROFILE: frozenset({"profile"}),
    }),
})  # fmt: skip
"""Blocks in any of which a program is visible."""


def signal_doses(
    signal: Signal, labels: pl.DataFrame, levels: Sequence[str], unmasked_levels: Sequence[str]
) -> Floats:
    """How strongly each account shows a signal's kind: added over honest, 1 for a program, else 0.

    Parameters
    ----------
    signal
        The signal.
    labels
        The population's labels, row for row.
    levels
        Evidence level of each row.
    unmasked_levels
        Level of the same account as it came: what was bought within a history that is shown shorter may lie
        before it, so such a row shows nothing for sure.
    """
    if signal.name in VISIBLE_IN:
        pairs = zip(labels["scheme"].to_list(), levels, strict=True)
        return np.array([float(_runs(signal.name, scheme or "", level)) for scheme, level in pairs])
    counts = labels.select(pl.col(name).fill_null(0.0) for name in _COUNTS[signal.name])
    largest = counts.select(pl.max_horizontal(pl.all())).to_series().to_numpy().copy()
    if signal.name == "inflation":
        largest[(labels["scheme"] == GIVEN_INFLATED).fill_null(False).to_numpy()] = GIVEN_AMOUNT
    if signal.name == "followers_flow":
        largest[history_is_masked(levels, unmasked_levels)] = 0.0
    shown: Floats = np.where(largest >= LEAST_DOSE, largest, 0.0)
    return shown


def largest_dose(
    heard: Bools, labels: pl.DataFrame, levels: Sequence[str], unmasked_levels: Sequence[str]
) -> Floats:
    """The largest dose of each account among the signals that its evidence serves.

    Parameters
    ----------
    heard
        Accounts x signals.
    labels, levels, unmasked_levels
        As for :func:`signal_doses`.
    """
    each = [signal_doses(signal, labels, levels, unmasked_levels) for signal in SIGNALS]
    largest: Floats = np.where(heard, np.stack(each, axis=1), 0.0).max(axis=1, initial=0.0)
    return largest


def _runs(signal: str, scheme: str, level: str) -> bool:
    """Whether a program of the signal's kind runs the account and the evidence can show it."""
    blocks = set(Level.of(level).blocks)
    return any(VISIBLE_IN[signal].get(name, frozenset()) & blocks for name in scheme.split("+"))


def history_is_masked(levels: Sequence[str], unmasked_levels: Sequence[str]) -> Bools:
    """Rows that show less of a history than their account came with.

    >>> history_is_masked(["history30", "profile+history90"], ["history90", "history90"])
    array([ True, False])
    """
    shown, whole = ([Level.of(key).depth("history") for key in keys] for keys in (levels, unmasked_levels))
    return np.array([depth != full for depth, full in zip(shown, whole, strict=True)], dtype=bool)
