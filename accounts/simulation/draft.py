"""The draft of an account: its person, follower curve, posts and commenters, until it is exported.

Each is held in arrays of one account. Honest and bought quantities stay apart until the export,
because only honest followers like and comment.
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
    """The person or organisation behind an account, before any event or purchase.

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
    """Followers by day; the last day is that of ``as_of``.

    >>> curve = FollowerCurve(100.0, np.array([1.0, 2.0]), np.array([0.0, 50.0]), np.zeros(2))
    >>> curve.honest_followers().tolist(), curve.public_followers().tolist()
    ([101.0, 103.0], [101.0, 153.0])

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
        """Number of days."""
        return len(self.honest_gains)

    def honest_followers(self) -> Floats:
        """Followers without the bought ones, by day."""
        return np.maximum(self.start + np.cumsum(self.honest_gains), 0.0)

    def public_followers(self) -> Floats:
        """Honest and bought followers together, as the platform counts them, by day."""
        return np.maximum(self.honest_followers() + self.bought_followers(), 0.0)

    def bought_followers(self) -> Floats:
        """Bought followers that have not left, by day."""
        return self.bought_before + np.cumsum(self.bought_gains)


@dataclass
class Posts:
    """The posts to export, oldest first, with their counts at the time of ``as_of``."""

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
        """The public count of each post: honest and bought together."""
        return self.honest_counts[name] + self.added_counts[name]

    def keep(self, positions: Ints) -> None:
        """Keep only the posts at these positions, in that order."""
        self.times, self.hashtags = self.times[positions], self.hashtags[positions]
        self.sponsored, self.located = self.sponsored[positions], self.located[positions]
        self.honest_counts = {name: values[positions] for name, values in self.honest_counts.items()}
        self.added_counts = {name: values[positions] for name, values in self.added_counts.items()}
        self.kinds = [self.kinds[position] for position in positions]
        self.captions = [self.captions[position] for position in positions]


@dataclass
class CommenterGroup:
    """A group of commenters with one style: how many comments under each post, by whom, and how soon.

    Attributes
    ----------
    style
        The style of its texts: fans, entries, storm, templates, phrases, fluent, pod, roll_call or spam.
    counts
        Comments of the group under each post.
    authors
        Numbers of the commenting accounts; None draws them from the person's audience.
    hours
        Median delay after the post, in hours, and its spread in powers of ten.
    seed
        Seed of its texts, which all customers of a vendor share.
    is_chorus
        Whether its members say the same few words, most of them praise.
    """

    style: str
    counts: Floats
    authors: Ints | None
    hours: tuple[float, float]
    seed: int = 0
    is_chorus: bool = False


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
        """The time of the export: ``now``, or two days later for a window, when its posts have settled."""
        return self.now + (2 * DAY if self.export.window else 0.0)

    @property
    def first_day(self) -> int:
        """The day of the curve on which the account was opened; 0 if that was earlier."""
        return int(
            np.clip(self.curve.days - 1 - (self.now - self.person.created) / DAY, 0, self.curve.days - 4)
        )

    def draw_day(self, latest: float, at_least: int = 0) -> int:
        """Draw a day of the curve that the history shows, or one of its last ``at_least`` days.

        ``latest`` is the largest share of these days that may lie before it.
        """
        first, last = self.shown_days
        first = max(min(first, self.curve.days - at_least), self.first_day + 1)
        return min(first + int(self.rng.uniform(0.02, latest) * max(last - first, 1)), self.curve.days - 1)

    def draw_uniform(self, habit: str) -> float:
        """Draw uniformly between the two bounds of ``regime.habits[habit]``."""
        return float(self.rng.uniform(*self.regime.habits[habit]))

    def draw_log_uniform(self, habit: str) -> float:
        """Draw log-uniformly; the bounds of ``regime.habits[habit]`` are powers of ten."""
        return float(10 ** self.draw_uniform(habit))

    @property
    def driver(self) -> str:
        """The count that follows from reach on this platform: likes, or views where views are public."""
        return self.platform.driver

    def curve_days(self, times: Floats) -> Floats:
        """Times as fractional days of the curve; negative before its first day."""
        return self.curve.days - 1 - (self.now - times) / DAY
