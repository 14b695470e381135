"""A real account as a draft of the simulator's, so that its schemes can act on it, and back as rows.

What a scheme does not touch stays as it was found: a count that is absent is absent still, a post without
a date is left alone, and counts that a platform rounds are rounded again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from accounts.simulation.draft import COUNTS, DAY, Draft, FollowerCurve, Posts
from accounts.simulation.draw_person import draw_person
from accounts.simulation.parameters import Floats, Ints, Regime
from accounts.simulation.post_counts import posts_without_counts
from accounts.tables import Tables
from detector.arrays import Bools

__all__ = ["BEFORE_DAYS", "Original", "WorkingCopy", "originals_of", "working_copy"]

BEFORE_DAYS: Final = 210
"""Of the curve that lies before the shown history, as long as the simulator's shortest."""
LEAST_COUNTS: Final = 5
LEAST_DAYS: Final = 14
LEAST_AGE: Final = 3 * 365 * DAY  # of an account that does not say when it was opened
UNKNOWN_FOLLOWERS: Final = 1_000.0  # of the curve that nobody sees


@dataclass(frozen=True)
class Original:
    """A real account's rows.

    Attributes
    ----------
    row
        Its row of ``accounts``.
    parts
        Its rows of the other tables; dated posts and the history oldest first.
    undated
        Its posts without a date, which no scheme touches.
    """

    row: Mapping[str, Any]
    parts: Mapping[str, pl.DataFrame]
    undated: pl.DataFrame

    @property
    def posts(self) -> pl.DataFrame:
        """Posts with a date, the oldest first."""
        return self.parts["posts"]

    @cached_property
    def history(self) -> pl.DataFrame:
        """Its days with a follower count."""
        return self.parts["history"].filter(pl.col("followers").is_not_null())

    @cached_property
    def dates(self) -> Floats:
        """The days of its history, in days since 1970."""
        return self.history["date"].to_physical().to_numpy().astype(np.float64)

    @property
    def shows_growth(self) -> bool:
        """Whether its history is evidence: five counts over 14 days."""
        return len(self.dates) >= LEAST_COUNTS and float(np.ptp(self.dates)) >= LEAST_DAYS

    @cached_property
    def values(self) -> Mapping[str, Floats]:
        """Counts and hashtags of its dated posts; an absent one stands as 0."""
        return {name: _numbers(self.posts[name]) for name in (*COUNTS, "hashtags")}

    @cached_property
    def absent(self) -> Mapping[str, Bools]:
        """By name of the count, which dated posts lack it."""
        return {name: self.posts[name].is_null().to_numpy() for name in (*COUNTS, "hashtags")}

    @property
    def today(self) -> int:
        """The day of ``as_of``, in days since 1970."""
        return int(self.row["as_of"].timestamp() // DAY)

    def counts(self, name: str) -> bool:
        """Whether at least half of its posts have a count."""
        absent = self.absent[name]
        return len(absent) > 0 and bool(2 * absent.sum() <= len(absent))


def originals_of(tables: Tables) -> Iterator[Original]:
    """Every account of the tables with its rows of all tables, in their order."""
    parts = {
        "posts": _by_account(tables.posts.sort("published_at", "post_id", maintain_order=True)),
        "history": _by_account(tables.history.sort("date", maintain_order=True)),
        "comments": _by_account(tables.comments),
        "audience": _by_account(tables.audience),
    }
    for row in tables.accounts.iter_rows(named=True):
        own = {name: part.get(row["account_id"], tables[name].clear()) for name, part in parts.items()}
        dated = pl.col("published_at").is_not_null()
        yield Original(row, own | {"posts": own["posts"].filter(dated)}, own["posts"].filter(~dated))


def _by_account(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    split = frame.partition_by("account_id", as_dict=True, maintain_order=True)
    return {str(name): part for (name,), part in split.items()}


@dataclass
class WorkingCopy:
    """A draft made of an original, and how it stood before anything was done to it.

    Attributes
    ----------
    original
        The real account.
    draft
        The simulator's view of it; its curve ends on the day of ``as_of``.
    followers, following
        By day, before.
    total_posts
        Before.
    """

    original: Original
    draft: Draft
    followers: Floats
    following: Floats
    total_posts: float

    @property
    def days(self) -> Ints:
        """Positions of the history's days on the curve."""
        return self.original.dates.astype(np.int64) - self.original.today + self.draft.curve.days - 1

    def gained(self) -> Floats:
        """Followers more than before, by day."""
        return self.draft.curve.public_followers() - self.followers

    def hide_absent(self) -> None:
        """Take back what was added to counts that the account does not show."""
        for name in COUNTS:
            self.draft.posts.added_counts[name][self.original.absent[name]] = 0.0
        for voice in self.draft.commenter_groups:
            voice.counts = np.where(self.original.absent["comments"], 0.0, voice.counts)


def working_copy(original: Original, regime: Regime, rng: np.random.Generator) -> WorkingCopy:
    """The draft of a real account; an absent count stands in it as nothing."""
    blocks = ("profile", *(name for name in ("posts", "comments", "history") if original.parts[name].height))
    export = replace(
        regime.exports[0], name="real", platform=original.row["platform"], window=False, blocks=blocks
    )
    now = original.row["as_of"].timestamp()
    curve, posts = _curve(original), _posts(original, rng)
    person = draw_person(rng, regime, export, "everyday", now=now)
    person.followers, person.following = float(curve.honest_followers()[-1]), float(curve.following[-1])
    person.total_posts = float(max(original.row["posts"] or 0, len(posts)))
    person.created = now - max(LEAST_AGE, curve.days * DAY, now - (posts.times[0] if len(posts) else now))
    draft = Draft(
        regime=regime, rng=rng, export=export, platform=regime.platforms[export.platform], now=now,
        shown_days=_shown_days(original, curve), person=person, curve=curve, posts=posts,
    )  # fmt: skip
    return WorkingCopy(original, draft, curve.honest_followers(), curve.following.copy(), person.total_posts)


def _shown_days(original: Original, curve: FollowerCurve) -> tuple[int, int]:
    """First and last day of the curve that the history shows; where there is none, any may be."""
    if not len(original.dates):
        return 0, curve.days - 1
    return BEFORE_DAYS, int(original.dates[-1]) - original.today + curve.days - 1


def _curve(original: Original) -> FollowerCurve:
    """Followers by day: as counted, in a straight line between counts, and level before the first one."""
    history, row = original.history, original.row
    if not history.height:
        known = row["followers"]
        level = np.full(BEFORE_DAYS, UNKNOWN_FOLLOWERS if known is None else float(known))
        return _curve_of(level, np.full(BEFORE_DAYS, float(row["following"] or 0)))
    at = original.dates
    days = np.arange(at[0] - BEFORE_DAYS, original.today + 1)
    followed = history["following"].fill_null(strategy="forward").fill_null(strategy="backward")
    following = followed.fill_null(row["following"] or 0).to_numpy().astype(np.float64)
    return _curve_of(
        np.interp(days, at, history["followers"].to_numpy().astype(np.float64)),
        np.interp(days, at, following),
    )


def _curve_of(followers: Floats, following: Floats) -> FollowerCurve:
    return FollowerCurve(
        float(followers[0]), np.diff(followers, prepend=followers[0]), np.zeros(len(followers)), following
    )


def _posts(original: Original, rng: np.random.Generator) -> Posts:
    dated = original.posts
    times = dated["published_at"].dt.epoch("us").to_numpy() / 1e6
    posts = posts_without_counts(original.row["platform"], rng, times)
    posts.captions = dated["caption"].fill_null("").to_list()
    posts.hashtags = original.values["hashtags"].copy()
    posts.honest_counts |= {name: original.values[name].copy() for name in COUNTS}
    return posts


def _numbers(counts: pl.Series) -> Floats:
    return counts.fill_null(0).to_numpy().astype(np.float64)
