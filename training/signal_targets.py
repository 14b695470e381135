"""Training targets of each signal: which accounts show its kind of purchase, and how strongly.

Labels say what was added to which count, never a scheme's name, for a head learns one effect. An
account whose purchase the evidence cannot show is left out of the head's rows: it looks like
an authentic one, and adds noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from detector.arrays import Bools, Floats
from detector.signals import SIGNALS, Signal
from features.evidence import Level

__all__ = [
    "GIVEN_AMOUNT", "GIVEN_INFLATED", "GIVEN_PROFILE", "GIVEN_RHYTHM", "LEAST_DOSE", "Purchases",
    "history_is_masked", "largest_dose", "signal_doses",
]  # fmt: skip

LEAST_DOSE: Final = 0.1
"""Added over honest, below which no purchase is looked for."""

GIVEN_INFLATED: Final = "given:inflated"
GIVEN_RHYTHM: Final = "given:rhythm"
GIVEN_PROFILE: Final = "given:profile"
"""Schemes of accounts that a person called fake without knowing how it was done."""
GIVEN_AMOUNT: Final = 1.0
"""The dose of such accounts: nobody knows how much was added."""

BUT_COMMENTS: Final = "inflation but for comments"
"""What bought comments do not show in."""

_COUNTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "followers_stock": ("added_followers",),
        "audience": ("added_followers",),
        "followers_flow": ("added_followers_shown",),
        "likes": ("added_likes",),
        "views": ("added_views",),
        "comments": ("added_comments",),
        "inflation": ("added_followers", "added_likes", "added_views", "added_comments"),
        BUT_COMMENTS: ("added_followers", "added_likes", "added_views"),
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


@dataclass(frozen=True)
class Purchases:
    """What was bought for some accounts, read off their labels once.

    Attributes
    ----------
    schemes
        Name of each account's scheme; empty where there is none.
    amounts
        By the name of a signal of counts, and of ``BUT_COMMENTS``: what was added to its counts over what was
        honest, of several the largest.
    """

    schemes: tuple[str, ...]
    amounts: Mapping[str, Floats]

    @classmethod
    def of(cls, labels: pl.DataFrame) -> Purchases:
        """Those of a population's labels."""
        schemes = tuple(labels["scheme"].fill_null("").to_list())
        filled = {
            name: labels[name].fill_null(0.0).to_numpy() for counts in _COUNTS.values() for name in counts
        }
        amounts = {
            signal: np.max([filled[name] for name in counts], axis=0) for signal, counts in _COUNTS.items()
        }
        inflated = np.array([scheme == GIVEN_INFLATED for scheme in schemes], dtype=bool)
        for ways in ("inflation", BUT_COMMENTS):
            amounts[ways][inflated] = GIVEN_AMOUNT
        return cls(schemes, amounts)

    def without_comments(self, accounts: Bools) -> Purchases:
        """The same but for what shows in comments alone, of some accounts."""
        ways = np.where(accounts, self.amounts[BUT_COMMENTS], self.amounts["inflation"])
        pairs = zip(self.schemes, accounts.tolist(), strict=True)
        schemes = tuple(_but_comment_bots(scheme) if without else scheme for scheme, without in pairs)
        return Purchases(schemes, {**self.amounts, "inflation": ways})

    def pick(self, rows: Sequence[int]) -> Purchases:
        """Those of some accounts, in the order asked for."""
        amounts = {signal: values[rows] for signal, values in self.amounts.items()}
        return Purchases(tuple(self.schemes[row] for row in rows), amounts)


def signal_doses(
    signal: Signal, purchases: Purchases, levels: Sequence[str], unmasked_levels: Sequence[str]
) -> Floats:
    """How strongly each account shows a signal's kind: added over honest, 1 for a program, else 0.

    Parameters
    ----------
    signal
        The signal.
    purchases
        What was bought, row for row.
    levels
        Evidence level of each row.
    unmasked_levels
        Level of the same account as it came: what was bought within a history that is shown shorter may lie
        before it, so such a row shows nothing for sure.
    """
    if signal.name in VISIBLE_IN:
        return np.array(list(map(partial(_runs, signal.name), purchases.schemes, levels)), dtype=np.float64)
    shows = purchases.amounts[signal.name] >= LEAST_DOSE
    if signal.name == "followers_flow":
        shows &= ~history_is_masked(levels, unmasked_levels)
    shown: Floats = np.where(shows, purchases.amounts[signal.name], 0.0)
    return shown


def largest_dose(
    heard: Bools, purchases: Purchases, levels: Sequence[str], unmasked_levels: Sequence[str]
) -> Floats:
    """The largest dose of each account among the signals that its evidence serves.

    Bought comments and programs that comment count only where comments are shown: their number and a history
    hardly tell such accounts from authentic ones.

    Parameters
    ----------
    heard
        Accounts x signals.
    purchases, levels, unmasked_levels
        As for :func:`signal_doses`.
    """
    commented = np.array([Level.of(level).present("comments") for level in levels], dtype=bool)
    shown = purchases.without_comments(~commented)
    each = [signal_doses(signal, shown, levels, unmasked_levels) for signal in SIGNALS]
    largest: Floats = np.where(heard, np.stack(each, axis=1), 0.0).max(axis=1, initial=0.0)
    return largest


@cache
def _but_comment_bots(scheme: str) -> str:
    return "+".join(name for name in scheme.split("+") if name != "comment_bot")


@cache
def _runs(signal: str, scheme: str, level: str) -> bool:
    """Whether a program of the signal's kind runs the account and the evidence can show it."""
    blocks = set(Level.of(level).blocks)
    return any(VISIBLE_IN[signal].get(name, frozenset()) & blocks for name in scheme.split("+"))


def history_is_masked(levels: Sequence[str], unmasked_levels: Sequence[str]) -> Bools:
    """Rows that show less of a history than their account came with.

    >>> history_is_masked(["history30", "profile+history90"], ["history90", "history90"])
    array([ True, False])
    """
    shown, whole = (list(map(_history_depth, keys)) for keys in (levels, unmasked_levels))
    return np.array([depth != full for depth, full in zip(shown, whole, strict=True)], dtype=bool)


@cache
def _history_depth(key: str) -> str | None:
    return Level.of(key).depth("history")
