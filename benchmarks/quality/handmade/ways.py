"""Every way of inflating an account, with the doses and the sets of evidence that can show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from benchmarks.quality.handmade.creator import Creator, Document, creator
from benchmarks.quality.handmade.evidence import with_evidence
from benchmarks.quality.handmade.inflating import (
    buy_comments,
    buy_followers,
    buy_likes,
    buy_views,
    dead_audience,
    equal_likes,
    fake_audience,
    package,
    pod,
)
from benchmarks.quality.handmade.programs import clockwork, fake_profile
from benchmarks.quality.handmade.typical import PLATFORMS, TIERS

__all__ = ["WAYS", "Series", "all_series"]

_POSTS: Final = ("posts", "posts, history", "posts, comments, history", "all")
_CURVE: Final = ("history", "posts, history", "posts, comments, history", "all")
_TIMES: Final = (0.0, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way of inflating.

    Attributes
    ----------
    name
        What tables call it.
    doses
        From nothing or little to most.
    change
        Puts a dose into an honest document.
    evidence
        Sets of evidence that can show it.
    platforms
        Where it can be shown.
    base
        What the honest creator has other than usual.
    """

    name: str
    doses: Sequence[float]
    change: Callable[[Document, float], Document]
    evidence: Sequence[str]
    platforms: Sequence[str] = PLATFORMS
    base: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Series:
    """One account at every dose, seen through one set of evidence.

    Attributes
    ----------
    way, platform, tier, evidence
        What is shown of whom; of a real account the set that it is from stands for the tier.
    real
        A real account to inflate; None: one is made by hand.
    """

    way: Way
    platform: str
    tier: str
    evidence: str
    real: Document | None = None

    @property
    def name(self) -> str:
        """Its name in tables and tests."""
        return f"{self.way.name} | {self.platform} | {self.tier} | {self.evidence}"

    def documents(self) -> Iterator[Document]:
        """The account at each dose; ids name the dose."""
        honest = self.real or self._made_by_hand()
        for dose in self.way.doses:
            document = with_evidence(self.way.change(honest, dose), self.evidence)
            yield document | {"account_id": f"{self.name} | {dose:g} | {honest['account_id']}"}

    def _made_by_hand(self) -> Document:
        seed = 10 * PLATFORMS.index(self.platform) + list(TIERS).index(self.tier)
        rest = {"followers": TIERS[self.tier]} | self.way.base
        return creator(Creator(account_id="made by hand", platform=self.platform, seed=seed, **rest))


def _followers_in(days: int) -> Way:
    change = partial(buy_followers, days=days)
    return Way(name=f"followers in {days} d", doses=_TIMES, change=change, evidence=_CURVE)


WAYS: Final[Sequence[Way]] = (
    Way(
        name="dead audience",
        doses=(1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001),
        change=dead_audience,
        evidence=_POSTS,
        base={"likes_sd": 0.35},
    ),
    *(_followers_in(days) for days in (1, 3, 7, 30)),
    Way(name="likes on all posts", doses=(1.0, 2.0, 4.0, 10.0), change=buy_likes, evidence=_POSTS),
    Way(
        name="likes on two posts in five",
        doses=(1.0, 2.0, 4.0, 10.0),
        change=partial(buy_likes, share=0.4),
        evidence=_POSTS,
    ),
    Way(name="equal likes", doses=(0.15, 0.1, 0.05, 0.02, 0.01, 0.0), change=equal_likes, evidence=_POSTS),
    Way(
        name="views",
        doses=(0.1, 0.02, 0.006, 0.002, 0.001, 0.0003),
        change=buy_views,
        evidence=("posts", "posts, history", "all"),
        platforms=("tiktok", "youtube", "x"),
    ),
    Way(
        name="fake audience",
        doses=(0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 0.95),
        change=fake_audience,
        evidence=("audience", "posts, audience", "all"),
        base={"fake_share": 0.0},
    ),
    Way(
        name="generic phrases",
        doses=(0.0, 0.1, 0.25, 0.5, 0.75, 1.0),
        change=buy_comments,
        evidence=("posts, comments", "posts, comments, history", "all"),
        base={"comments": 90},
    ),
    Way(
        name="one phrase",
        doses=(0.0, 0.1, 0.25, 0.5, 0.75, 1.0),
        change=partial(buy_comments, phrases=1),
        evidence=("posts, comments", "posts, comments, history", "all"),
        base={"comments": 90},
    ),
    Way(
        name="pod",
        doses=(0.0, 0.2, 0.5, 0.8, 1.0),
        change=pod,
        evidence=("posts, comments", "posts, comments, history", "all"),
        platforms=("instagram", "tiktok", "youtube"),
        base={"comments": 240},
    ),
    Way(
        name="package",
        doses=(0.0, 0.5, 1.0, 3.0, 10.0),
        change=package,
        evidence=("posts, history", "posts, comments, history", "all"),
    ),
    Way(
        name="clockwork",
        doses=(0.0, 0.25, 0.5, 0.75, 1.0),
        change=clockwork,
        evidence=("posts", "posts, history"),
        base={"posts": 120, "gap_days": 0.8},
    ),
    Way(
        name="fake profile",
        doses=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
        change=fake_profile,
        evidence=("profile",),
        platforms=("instagram", "tiktok", "x"),
        base={"followers": 340},
    ),
)


def all_series(tiers: Sequence[str] = ("micro",)) -> list[Series]:
    """Every way on every platform that it concerns, with every set of evidence that can show it."""
    return [
        Series(way, platform, tier, evidence)
        for way in WAYS
        for platform in way.platforms
        for tier in (("nano",) if "followers" in way.base else tiers)
        for evidence in way.evidence
    ]
