"""One way of inflating at one dose, put into authentic accounts with nothing left to chance.

For curves of dose and response, and for rows of a table that must mean the same next year. What is
drawn at random in :mod:`training.injection` is fixed here: one order, and nothing of it leaves again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from accounts.simulation.campaigns import round_order
from accounts.simulation.follower_curves import arrival_shares
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from training.real_drafts import Original, WorkingCopy, originals_of, working_copy
from training.real_rows import rows_after, tables_of

__all__ = ["DOSED_WAYS", "DosedWay", "add_dose"]

OVER_DELIVERY: Final = (
    0.05  # as in the simulator's habits; without it, equal numbers would give an order away
)
GOLDEN: Final = 0.6180339887  # its multiples are spread evenly between whole numbers
PLACE: Final = 0.6  # of the shown history, where the delivery begins
LEAST_POSTS: Final = 5  # fewer are no evidence

Change = Callable[[WorkingCopy, float, int], None]


@dataclass(frozen=True)
class DosedWay:
    """One way of inflating.

    Attributes
    ----------
    needs
        What an account must show: ``history`` that is evidence, or a count of posts.
    change
        Adds so much over what is there to a working copy, delivered in so many days.
    """

    needs: tuple[str, ...]
    change: Change

    def possible(self, original: Original) -> bool:
        """Whether the account shows what it needs."""
        posts = original.posts.height >= LEAST_POSTS
        return all(
            original.shows_growth if name == "history" else posts and original.counts(name)
            for name in self.needs
        )


def _followers(copy: WorkingCopy, dose: float, days: int) -> None:
    """Followers in equal parts a day, from .6 of the shown history on, over those on the day before."""
    first, last = copy.draft.shown_days
    begin = first + 1 + int(PLACE * max(last - first - days, 0))
    size = np.round(dose * copy.followers[begin - 1])
    share = arrival_shares(copy.draft.curve.days, begin, days, "flat")
    copy.draft.curve.bought_gains += np.diff(np.round(size * np.cumsum(share)), prepend=0.0)


def _flat(name: str) -> Change:
    """The same order, of a size that vendors sell, for every post, and up to 5 % more than ordered."""

    def change(copy: WorkingCopy, dose: float, days: int) -> None:
        honest = copy.draft.posts.honest_counts[name]
        over = OVER_DELIVERY * (np.arange(len(honest)) * GOLDEN % 1.0)
        order = round_order(dose * max(float(honest.mean()), 1.0))
        copy.draft.posts.added_counts[name] += np.round(order * (1.0 + over))

    return change


def _in_proportion(*names: str) -> Change:
    """To every post in proportion to what it has."""

    def change(copy: WorkingCopy, dose: float, days: int) -> None:
        posts = copy.draft.posts
        for name in names:
            posts.added_counts[name] += np.round(dose * posts.honest_counts[name])

    return change


def _package(copy: WorkingCopy, dose: float, days: int) -> None:
    """Followers, and likes, views and comments in proportion, so that all ratios stay as they were."""
    _followers(copy, dose, days)
    _in_proportion("likes", "views", "comments")(copy, dose, days)


DOSED_WAYS: Final[Mapping[str, DosedWay]] = MappingProxyType(
    {
        "followers": DosedWay(("history",), _followers),
        "likes": DosedWay(("likes",), _flat("likes")),
        "likes in proportion": DosedWay(("likes",), _in_proportion("likes")),
        "views": DosedWay(("views",), _flat("views")),
        "views in proportion": DosedWay(("views",), _in_proportion("views")),
        "package": DosedWay(("history", "likes"), _package),
    }
)


def add_dose(tables: Tables, way: str, dose: float, *, days: int = 1) -> Tables:
    """Accounts after one way of inflating at one dose, under their own names.

    Parameters
    ----------
    tables
        Accounts taken for authentic.
    way
        One of ``DOSED_WAYS``.
    dose
        Added over what is there: 1 is +100 %. Of flat orders, the nearest size that vendors sell.
    days
        In which followers are delivered.

    Returns
    -------
    Tables
        Those to which it can be done, in their order. Counts that the platform rounds are rounded again.

    Examples
    --------
    >>> from datetime import UTC, date, datetime
    >>> days = [date(2026, 3, day) for day in range(1, 31)]
    >>> account = {"account_id": "a", "platform": "x", "followers": 500}
    >>> account["as_of"] = datetime(2026, 3, 31, tzinfo=UTC)
    >>> tables = Tables.of(
    ...     accounts=[account], history=[{"account_id": "a", "date": day, "followers": 500} for day in days]
    ... )
    >>> after = add_dose(tables, "followers", 3.0, days=1)
    >>> after.accounts["followers"].to_list(), after.history["followers"].unique().sort().to_list()
    ([2000], [500, 2000])
    """
    doing = DOSED_WAYS[way]
    found = []
    for original in originals_of(tables):
        if doing.possible(original):
            copy = working_copy(original, TRAIN, np.random.default_rng(0))
            doing.change(copy, dose, days)
            copy.hide_absent()
            found.append(rows_after(copy, str(original.row["account_id"])))
    return tables_of(found)
