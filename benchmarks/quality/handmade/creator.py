"""An honest creator as one account document, drawn from a few published figures and a seed.

Likes and the gaps between posts are log-normal, comments are ordinary ones, the curve of followers is calm,
with noise and small losses from day to day, and a sample of the followers holds the quiet and the odd that
every audience has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, log10
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.handmade.people import sample
from benchmarks.quality.handmade.phrases import WORLD, texts
from benchmarks.quality.handmade.typical import typical

__all__ = ["AS_OF", "Creator", "Document", "creator", "stamp", "three_figures"]

Document: TypeAlias = dict[str, Any]
Rows: TypeAlias = list[dict[str, Any]]

AS_OF: Final = datetime(2026, 11, 1, tzinfo=UTC)

COMMENTS_SD: Final = 0.58
"""Standard deviation of log(comments / likes) between posts: Brazilian opinion makers 2020-21, n = 115."""

# Streams of random numbers, one a part: more comments never change the curve of followers.
_POSTS, _COMMENTS, _HISTORY, _AUDIENCE = range(4)


@dataclass(frozen=True, kw_only=True)
class Creator:
    """The parameters of an honest creator.

    Attributes
    ----------
    account_id, platform, followers
        Of the profile; YouTube shows three figures of its subscribers.
    seed
        The same seed gives the same account, part by part.
    likes_share
        Median likes per post over followers; None: the median of its platform and tier.
    likes_sd
        Standard deviation of the natural logarithm of likes, from post to post. Real accounts have .4 to .8.
    posts, gap_days
        How many posts, newest first, and the median gap between them, in days.
    days
        Length of the history, one count a day.
    growth
        Share of followers gained in 28 days; real accounts gain .2 to .6 % in the median.
    comments
        How many comments are given; at most what the posts have.
    languages
        Of the comments and captions.
    audience, fake_share
        Followers sampled, and how many of them look fake: 10 to 45 % in honest audiences.
    """

    account_id: str
    platform: str = "instagram"
    followers: int = 25_000
    seed: int = 0
    likes_share: float | None = None
    likes_sd: float = 0.45
    posts: int = 30
    gap_days: float = 3.0
    days: int = 180
    growth: float = 0.006
    comments: int = 60
    languages: tuple[str, ...] = WORLD
    audience: int = 100
    fake_share: float = 0.12

    def rng(self, part: int) -> np.random.Generator:
        """The random numbers of one part."""
        return np.random.default_rng([self.seed, part])


def creator(about: Creator) -> Document:
    """The account document of an honest creator, with all parts.

    >>> document = creator(Creator(account_id="a", followers=25_000))
    >>> document["profile"]["followers"], len(document["posts"]), document["history"][-1]["followers"]
    (25000, 30, 25000)
    """
    posts = _posts(about)
    return {
        "schema": 1,
        "account_id": about.account_id,
        "platform": about.platform,
        "as_of": stamp(AS_OF),
        "profile": _profile(about),
        "posts": posts,
        "comments": _comments(about, posts),
        "history": curve(about),
        "audience": sample(about.audience, about.fake_share, about.rng(_AUDIENCE)),
    }


def stamp(moment: datetime) -> str:
    """A time as documents have it.

    >>> stamp(AS_OF)
    '2026-11-01T00:00:00Z'
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def three_figures(count: int) -> int:
    """A count as YouTube shows it: its first three figures.

    >>> three_figures(25_678), three_figures(987)
    (25600, 987)
    """
    unit = 10 ** max(floor(log10(count)) - 2, 0) if count else 1
    return count // unit * unit


def _profile(about: Creator) -> dict[str, Any]:
    following = {} if about.platform == "youtube" else {"following": 180 + 37 * (about.seed % 19)}
    return {
        "followers": _as_shown(about, about.followers),
        **following,
        "posts": about.posts + 210,
        "username": "nora.lindqvist",
        "full_name": "Nora Lindqvist",
        "bio": "Ceramics and slow mornings. New pieces every spring.",
        "has_picture": True,
        "is_private": False,
        "is_verified": about.followers >= 500_000,
        "created_at": "2018-03-12T09:00:00Z",
    }


def _posts(about: Creator) -> Rows:
    """Posts, newest first; what a post gets moves its likes, comments, views and shares together."""
    rng, usual = about.rng(_POSTS), typical(about.platform, about.followers)
    share = usual.likes if about.likes_share is None else about.likes_share
    likes = share * about.followers * np.exp(about.likes_sd * rng.standard_normal(about.posts))
    counts = {"likes": likes, "comments": _beside(likes, usual.comments, COMMENTS_SD, rng)}
    if usual.shares is not None:
        counts["shares"] = _beside(likes, usual.shares, 0.4, rng)
    if usual.views is not None:
        counts["views"] = np.maximum(_beside(likes, usual.views / usual.likes, 0.3, rng), likes)
    captions = texts(about.languages, 2 * about.posts, rng)
    return [
        {
            "post_id": f"p{row}",
            "published_at": stamp(moment),
            **{name: round(float(values[row])) for name, values in counts.items()},
            "kind": usual.kind,
            "caption": " ".join(captions[2 * row : 2 * row + 2]),
        }
        for row, moment in enumerate(_moments(about, rng))
    ]


def _beside(
    likes: NDArray[np.float64], ratio: float, sd: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Another count in proportion to likes, with its own log-normal spread."""
    return np.asarray(likes * ratio * np.exp(sd * rng.standard_normal(len(likes))))


def _moments(about: Creator, rng: np.random.Generator) -> list[datetime]:
    """Times of the posts, newest first: log-normal gaps, in waking hours."""
    ago = np.cumsum(about.gap_days * np.exp(0.8 * rng.standard_normal(about.posts)))
    hours = np.clip(rng.normal(17, 3.5, about.posts), 6.5, 23.5)
    days = [(AS_OF - timedelta(days=float(one))).replace(hour=0, minute=0, second=0) for one in ago]
    moments = [day + timedelta(seconds=int(3600 * hour)) for day, hour in zip(days, hours, strict=True)]
    return sorted((moment for moment in moments), reverse=True)


def _comments(about: Creator, posts: Rows) -> Rows:
    """Ordinary comments, a few hours after the posts that have them, by people who come back at times."""
    rng, counts = about.rng(_COMMENTS), [post["comments"] for post in posts]
    number = min(about.comments, sum(counts))
    of_post = rng.multivariate_hypergeometric(counts, number, method="marginals")
    under = np.repeat(np.arange(len(posts)), of_post)
    authors = rng.integers(0, max(int(0.8 * number), 1), number)
    minutes = np.exp(rng.normal(5.2, 1.4, number))
    words = texts(about.languages, number, rng)
    return [
        {
            "post_id": posts[post]["post_id"],
            "author_id": f"reader{authors[row]}",
            "text": words[row],
            "published_at": _after(posts[post], float(minutes[row])),
            "likes": int(rng.poisson(0.6)),
            "by_creator": False,
        }
        for row, post in enumerate(under)
    ]


def _after(post: dict[str, Any], minutes: float) -> str:
    """So many minutes after the post, and not after the account was observed."""
    published = datetime.fromisoformat(post["published_at"])
    return stamp(min(published + timedelta(minutes=minutes), AS_OF))


def curve(about: Creator) -> Rows:
    """One follower count a day, ending with the profile's: gains and losses of every day are drawn apart."""
    rng, net = about.rng(_HISTORY), about.growth * about.followers / 28
    lost = 0.4 * abs(net) + 0.00004 * about.followers
    steps = rng.gamma(3, (max(net, 0) + lost) / 3, about.days) - rng.gamma(
        2, (lost - min(net, 0)) / 2, about.days
    )
    behind = np.concatenate([[0.0], np.cumsum(steps[::-1])[:-1]])[::-1]
    counts = np.maximum(np.rint(about.followers - behind), 0).astype(int)
    first = AS_OF - timedelta(days=about.days)
    return [
        {
            "date": (first + timedelta(days=day)).strftime("%Y-%m-%d"),
            "followers": _as_shown(about, int(count)),
        }
        for day, count in enumerate(counts)
    ]


def _as_shown(about: Creator, count: int) -> int:
    return three_figures(count) if about.platform == "youtube" else count
