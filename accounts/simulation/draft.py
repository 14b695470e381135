"""An account in the making: a person, a follower curve, posts, and what was said and bought.

Everything here is an array per account. Honest and added quantities are kept apart until the
account is exported, because an audience answers to the followers that are real.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from accounts.simulation.parameters import Export, Floats, Ints, Platform, Regime

__all__ = ["COUNTS", "DAY", "HOUR", "CommenterGroup", "Draft", "FollowerCurve", "Person", "Posts"]

HOUR = 3600.0
DAY = 86400.0
COUNTS = ("likes", "comments", "views", "shares", "saves")


@dataclass
class Person:
    """Who runs the account, before anything happens to it.

    Sizes are counts at the time of observation, ``created`` is in seconds since 1970, ``zone``
    in hours east of UTC. ``rate`` is the driver (likes or views) per post over followers,
    ``post_spread`` its spread over posts in natural logarithms, ``regular_commenters`` the number of
    people who comment again and again.
    """

    kind: str
    language: str
    second_language: str
    zone: float
    followers: float
    following: float
    total_posts: float
    created: float
    gap_days: float
    gap_sd: float
    hour: float
    hour_concentration: float
    scheduled: bool
    rate: float
    post_spread: float
    likes_per_view: float
    comments_per_like: float
    shares_per_like: float
    saves_per_like: float
    comment_shape: float
    growth: float
    regular_commenters: float
    quiet_share: float
    styles: Floats
    topic: int
    leave_factor: float
    idle_days: float = 0.0
    attacked_share: float = 0.0
    season: float = 0.0


@dataclass
class FollowerCurve:
    """Followers by day; the last day is the one of observation.

    Attributes
    ----------
    start
        Followers before the first day.
    honest_gains, bought_gains
        Honest and bought net gains, one value a day.
    bought_before
        Bought followers that were there before the first day.
    following
        Accounts followed, one value a day.
    """

    start: float
    honest_gains: Floats
    bought_gains: Floats
    following: Floats
    bought_before: float = 0.0

    @property
    def days(self) -> int:
        """Length in days."""
        return len(self.honest_gains)

    def honest_followers(self) -> Floats:
        """Followers without anything bought, by day."""
        return np.maximum(self.start + np.cumsum(self.honest_gains), 0.0)

    def public_followers(self) -> Floats:
        """Followers as the platform counts them, by day."""
        return np.maximum(self.honest_followers() + self.bought_followers(), 0.0)

    def bought_followers(self) -> Floats:
        """Bought followers that are still there, by day."""
        return self.bought_before + np.cumsum(self.bought_gains)


@dataclass
class Posts:
    """The posts that will be exported, oldest first; counts as they stand when observed."""

    times: Floats
    honest_counts: dict[str, Floats]
    added_counts: dict[str, Floats]
    hashtags: Floats
    sponsored: Floats
    located: Floats
    kinds: list[str]
    captions: list[str]

    def __len__(self) -> int:
        return len(self.times)

    def total(self, name: str) -> Floats:
        """Honest and bought counts together."""
        return self.honest_counts[name] + self.added_counts[name]

    def keep(self, kept: Ints) -> None:
        """Leave only some posts, by position."""
        self.times, self.hashtags = self.times[kept], self.hashtags[kept]
        self.sponsored, self.located = self.sponsored[kept], self.located[kept]
        self.honest_counts = {name: values[kept] for name, values in self.honest_counts.items()}
        self.added_counts = {name: values[kept] for name, values in self.added_counts.items()}
        self.kinds = [self.kinds[position] for position in kept]
        self.captions = [self.captions[position] for position in kept]


@dataclass
class CommenterGroup:
    """A sort of commenter: how many comments under each post, by whom, how soon, saying what.

    Attributes
    ----------
    style
        Which texts: fans, entries, storm, templates, fluent, pod, spam, chain.
    counts
        Comments of this sort under each post.
    authors
        Numbers of the accounts that write; None draws them from the person's own circle.
    hours
        Median delay after the post, in hours, and its spread in powers of ten.
    seed
        Names the text supply, so that a vendor's customers receive the same texts.
    """

    style: str
    counts: Floats
    authors: Ints | None
    hours: tuple[float, float]
    seed: int = 0


@dataclass
class Draft:
    """One account until it is exported.

    ``shown_days`` are the first and the last day that its history shows; with ``delivered_early`` the
    followers that it buys arrived before the first of them. ``now`` is the time of ``as_of`` in seconds
    since 1970, ``bought_audience`` the share of each kind among bought followers.
    """

    regime: Regime
    rng: np.random.Generator
    export: Export
    platform: Platform
    now: float
    shown_days: tuple[int, int]
    person: Person
    curve: FollowerCurve
    posts: Posts
    commenter_groups: list[CommenterGroup] = field(default_factory=list)
    reply_share: float = 0.1
    auto_replies: bool = False
    bought_audience: dict[str, float] = field(default_factory=dict)
    delivered_early: bool = False

    @property
    def collected_at(self) -> float:
        """When the export was made: of a window once all its posts have settled."""
        return self.now + (2 * DAY if self.export.window else 0.0)

    @property
    def first_day(self) -> int:
        """The curve's day on which the account was opened, 0 where that was earlier."""
        return int(
            np.clip(self.curve.days - 1 - (self.now - self.person.created) / DAY, 0, self.curve.days - 4)
        )

    def draw_day(self, latest: float, at_least: int = 0) -> int:
        """A day of the account's life that its history shows, or one of its last ``at_least`` days."""
        first, last = self.shown_days
        first = max(min(first, self.curve.days - at_least), self.first_day + 1)
        return min(first + int(self.rng.uniform(0.02, latest) * max(last - first, 1)), self.curve.days - 1)

    def draw_uniform(self, habit: str) -> float:
        """A draw between the two bounds of one of the regime's habits."""
        return float(self.rng.uniform(*self.regime.habits[habit]))

    def draw_log_uniform(self, habit: str) -> float:
        """The same where the bounds are powers of ten."""
        return float(10 ** self.draw_uniform(habit))

    @property
    def driver(self) -> str:
        """The count that an audience moves first on this platform."""
        return self.platform.driver

    def curve_days(self, times: Floats) -> Floats:
        """Position of moments on the curve's days, fractional; negative before its first day."""
        return self.curve.days - 1 - (self.now - times) / DAY
