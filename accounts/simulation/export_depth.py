"""The depth of an export: how many posts, comments, days and followers of an account it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from accounts.simulation.parameters import Export, weighted_choice

__all__ = ["ExportDepth", "draw_depth"]

BUSY: Final = frozenset({"x", "other"})  # platforms whose collectors fetch pages of several hundred posts


@dataclass(frozen=True)
class ExportDepth:
    """The depth of one account's export, drawn before the account so that it reveals nothing of it.

    ``grid`` is that of the history; ``best_posts`` says whether the export holds the newest posts and the
    best of the older ones; ``abbreviated`` whether counts stand as on a page, "12.3K".
    """

    grid: str
    days: int
    posts: int
    comments: int
    audience: int
    best_posts: bool
    abbreviated: bool


def _draw_count(rng: np.random.Generator, deep: float, low: int, high: int, shallow: int) -> int:
    """Draw from ``low`` to ``high`` with probability ``deep``, else log-uniformly down to ``shallow``."""
    if rng.random() < deep:
        return int(rng.integers(low, high + 1))
    return int(np.exp(rng.uniform(np.log(shallow), np.log(low))))


def draw_depth(rng: np.random.Generator, export: Export) -> ExportDepth:
    """Draw the depth of one account's export.

    >>> from accounts.simulation.regimes.train import TRAIN
    >>> draw_depth(np.random.default_rng(0), TRAIN.exports[0]).days >= 7
    True
    """
    grid = weighted_choice(rng, export.grid)
    days_of = {
        "daily": _draw_count(rng, 0.8, 120, 240, 14),
        "gaps": _draw_count(rng, 0.8, 120, 240, 20),
        "short": int(rng.integers(7, 32)),
        "weekly": 7 * int(rng.integers(6, 70)),
        "monthly": 30 * int(4 + 62 * rng.random() ** 1.5),
    }
    posts = (
        int(np.exp(rng.uniform(np.log(7), np.log(80))))
        if export.window
        else _draw_count(rng, 0.78, 30, 60, 3)
    )
    if rng.random() < 0.12 and export.platform in BUSY:  # pages of several hundred
        posts = int(rng.integers(80, 300))
    best = rng.random() < export.best_posts_odds
    comments, audience = _draw_count(rng, 0.8, 60, 250, 6), _draw_count(rng, 0.85, 60, 200, 8)
    return ExportDepth(
        grid, days_of[grid], posts, comments, audience, best, rng.random() < export.abbreviated_odds
    )
