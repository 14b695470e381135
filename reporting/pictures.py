"""What charts show: plain data, drawn by :mod:`reporting.charts` and written as tables beside them."""

from __future__ import annotations

from dataclasses import dataclass

from detector.verdict import SignalReading, Verdict
from reporting.evidence import Evidence, Post
from reporting.wording import SIGNAL_NAMES

__all__ = [
    "AudiencePicture",
    "AudienceSlice",
    "ClockPicture",
    "PostsPicture",
    "Step",
    "Waterfall",
    "audience_picture",
    "clock_picture",
    "posts_picture",
    "waterfalls",
]

FEWEST_POSTS = 2


@dataclass(frozen=True)
class PostsPicture:
    """Dated posts, oldest first, with what they earned."""

    posts: tuple[Post, ...]


@dataclass(frozen=True)
class ClockPicture:
    """Posts by weekday (rows, Monday first) and hour of the day (columns) in UTC."""

    counts: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        """All posts whose time of day is known."""
        return sum(map(sum, self.counts))


@dataclass(frozen=True)
class AudienceSlice:
    """A type of follower: its share of those sampled, with its 95 % interval among all."""

    name: str
    title: str
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class AudiencePicture:
    """The sampled followers by type."""

    sampled: int
    slices: tuple[AudienceSlice, ...]


@dataclass(frozen=True)
class Step:
    """What one cause adds to a signal, in log-odds."""

    name: str
    title: str
    contribution: float


@dataclass(frozen=True)
class Waterfall:
    """From a signal's average to the account's own log-odds.

    Attributes
    ----------
    signal, title
        The signal.
    base
        Its average over accounts.
    steps
        The reasons and counter-reasons, the weightiest first, and what all others add.
    total
        The account's own.
    """

    signal: str
    title: str
    base: float
    steps: tuple[Step, ...]
    total: float


def posts_picture(evidence: Evidence) -> PostsPicture | None:
    """The dated posts; None with less than two."""
    dated = tuple(post for post in evidence.posts if post.day and post.interest is not None)
    return PostsPicture(dated) if len(dated) >= FEWEST_POSTS else None


def clock_picture(evidence: Evidence) -> ClockPicture | None:
    """The posting clock; None where no post has a time of day."""
    counts = [[0] * 24 for _ in range(7)]
    for post in evidence.posts:
        if post.published_at:
            counts[post.published_at.weekday()][post.published_at.hour] += 1
    found = ClockPicture(tuple(map(tuple, counts)))
    return found if found.total >= FEWEST_POSTS else None


def audience_picture(verdict: Verdict) -> AudiencePicture | None:
    """The types of followers; None where no followers were judged."""
    audience = verdict.audience
    if audience is None:
        return None
    return AudiencePicture(
        audience.sampled,
        tuple(
            AudienceSlice(name, _TITLES.get(name, name), one.share, *one.interval)
            for name, one in audience.types.items()
        ),
    )


_TITLES = {
    "suspicious": "look fake",
    "mass_followers": "follow over 1,500 accounts",
    "inactive": "have no post",
    "people": "look like people",
}


def waterfalls(verdict: Verdict) -> tuple[Waterfall, ...]:
    """One for each signal that was explained in full."""
    return tuple(
        _waterfall(verdict, signal, signal.base, signal.rest)
        for signal in verdict.signals
        if signal.base is not None and signal.rest is not None
    )


def _waterfall(verdict: Verdict, signal: SignalReading, base: float, rest: float) -> Waterfall:
    cited = [one for one in (*verdict.reasons, *verdict.counter_reasons) if one.signal == signal.name]
    ranked = sorted(cited, key=lambda one: -abs(one.contribution))
    steps = [Step(one.feature, one.feature.replace("_", " "), one.contribution) for one in ranked]
    steps.append(Step("", "all others", rest))
    total = base + sum(step.contribution for step in steps)
    return Waterfall(signal.name, SIGNAL_NAMES.get(signal.name, signal.name), base, tuple(steps), total)
