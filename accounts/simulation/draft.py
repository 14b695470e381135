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
    ``swing`` its spread over posts in natural logarithms, ``circle`` the number of people who
    comment again and again.
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
    focus: float
    scheduled: bool
    rate: float
    swing: float
    likes_per_view: float
    comments_per_like: float
    shares_per_like: float
    saves_per_like: float
    comment_shape: float
    growth: float
    circle: float
    quiet_share: float
    styles: Floats
    topic: int
    leaving: float
    idle_days: float = 0.0
    attacked: float = 0.0
    season: float = 0.0


@dataclass
class FollowerCurve:
    """Followers by day; the last day is the one of observation.

    Attributes
    ----------
    start
        Followers before the first day.
    net, added
        Honest and bought net gains, one value a day.
    before
        Bought followers that were there before the first day.
    following
        Accounts followed, one value a day.
    """

    start: float
    net: Floats
    added: Floats
    following: Floats
    before: float = 0.0

    @property
    def days(self) -> int:
        """Length in days."""
        return len(self.net)

    def honest(self) -> Floats:
        """Followers without anything bought, by day."""
        return np.maximum(self.start + np.cumsum(self.net), 0.0)

    def shown(self) -> Floats:
        """Followers as the platform counts them, by day."""
        return np.maximum(self.honest() + self.bought(), 0.0)

    def bought(self) -> Floats:
        """Bought followers that are still there, by day."""
        return self.before + np.cumsum(self.added)


@dataclass
class Posts:
    """The posts that will be exported, oldest first; counts as they stand when observed."""

    times: Floats
    honest: dict[str, Floats]
    added: dict[str, Floats]
    hashtags: Floats
    sponsored: Floats
    located: Floats
    kinds: list[str]
    captions: list[str]

    def __len__(self) -> int:
        return len(self.times)

    def total(self, name: str) -> Floats:
        """Honest and bought counts together."""
        return self.honest[name] + self.added[name]

    def keep(self, kept: Ints) -> None:
        """Leave only some posts, by position."""
        self.times, self.hashtags = self.times[kept], self.hashtags[kept]
        self.sponsored, self.located = self.sponsored[kept], self.located[kept]
        self.honest = {name: values[kept] for name, values in self.honest.items()}
        self.added = {name: values[kept] for name, values in self.added.items()}
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
    """Everything about one account until it becomes rows.

    ``seen`` are the first and the last day that its history shows; ``early`` says that what followers
    it buys came before these.
    """

    regime: Regime
    rng: np.random.Generator
    export: Export
    platform: Platform
    now: float
    seen: tuple[int, int]
    person: Person
    curve: FollowerCurve
    posts: Posts
    voices: list[CommenterGroup] = field(default_factory=list)
    replies: float = 0.1
    auto_replies: bool = False
    audience: dict[str, float] = field(default_factory=dict)
    profile: dict[str, float] = field(default_factory=dict)
    fake: str | None = None
    early: bool = False

    @property
    def collected(self) -> float:
        """When the export was made: of a window once all its posts have settled."""
        return self.now + (2 * DAY if self.export.window else 0.0)

    @property
    def born(self) -> int:
        """The curve's day on which the account was opened, 0 where that was earlier."""
        return int(
            np.clip(self.curve.days - 1 - (self.now - self.person.created) / DAY, 0, self.curve.days - 4)
        )

    def day(self, latest: float, at_least: int = 0) -> int:
        """A day of the account's life that its history shows, or one of its last ``at_least`` days."""
        first, last = self.seen
        first = max(min(first, self.curve.days - at_least), self.born + 1)
        return min(first + int(self.rng.uniform(0.02, latest) * max(last - first, 1)), self.curve.days - 1)

    def between(self, habit: str) -> float:
        """A draw between the two bounds of one of the regime's habits."""
        return float(self.rng.uniform(*self.regime.habits[habit]))

    def power(self, habit: str) -> float:
        """The same where the bounds are powers of ten."""
        return float(10 ** self.between(habit))

    @property
    def driver(self) -> str:
        """The count that an audience moves first on this platform."""
        return self.platform.driver

    def days_of(self, times: Floats) -> Floats:
        """Position of moments on the curve's days, fractional; negative before its first day."""
        return self.curve.days - 1 - (self.now - times) / DAY
