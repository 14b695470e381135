"""Ways of inflating an account, as changes of an honest document by a dose.

Every change draws from a seed of its own, so that two doses differ by nothing but the dose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.handmade.creator import Document, stamp, three_figures
from benchmarks.quality.handmade.people import fake
from benchmarks.quality.handmade.phrases import BOUGHT

__all__ = [
    "buy_comments",
    "buy_followers",
    "buy_likes",
    "buy_views",
    "dead_audience",
    "equal_likes",
    "fake_audience",
    "package",
    "pod",
]

_SEED: Final = 20_261_101
_BUYERS: Final = 30
"""Accounts among which bought comments are spread."""
_POD: Final = 40
"""Accounts in a pod, of whom nine in ten come to each post; pods have 20 to 200 (CreatorScore)."""
_DAYS_SINCE: Final = 60
"""Days between the end of a purchase of followers and the end of the history."""
_LOST: Final = 0.06
"""Share of bought followers that is gone by then."""

Row = dict[str, Any]


def _rng() -> np.random.Generator:
    return np.random.default_rng(_SEED)


def _each_post(document: Document, change: Callable[[int, Row], Mapping[str, Any]]) -> Document:
    posts = [{**post, **change(row, post)} for row, post in enumerate(document["posts"])]
    return document | {"posts": posts}


def dead_audience(document: Document, part: float) -> Document:
    """Everything a post gets, scaled down to ``part`` on the same followers; comments go with it.

    >>> posts = [{"post_id": "p", "likes": 400, "comments": 9}]
    >>> dead_audience({"posts": posts, "comments": []}, 0.01)["posts"][0]["likes"]
    4
    """
    scaled = ("likes", "comments", "views", "shares")
    fewer = _each_post(
        document, lambda _, post: {name: round(post[name] * part) for name in scaled if name in post}
    )
    return fewer | {"comments": _comments_within_counts(fewer)}


def _comments_within_counts(document: Document) -> list[Row]:
    """The comments, of no post more than it counts."""
    remaining, comments = {post["post_id"]: post["comments"] for post in document["posts"]}, []
    for comment in document.get("comments", ()):
        if remaining[comment["post_id"]] > 0:
            remaining[comment["post_id"]] -= 1
            comments.append(comment)
    return comments


def buy_followers(document: Document, times: float, days: int) -> Document:
    """``times`` the followers bought within ``days`` of the history, the profile in step.

    Deliveries differ a little from day to day, and a few of the bought are lost by the end.

    >>> history = [{"date": "2026-01-01", "followers": 100}] * 90
    >>> buy_followers({"platform": "x", "profile": {}, "history": history}, 1.0, 3)["profile"]["followers"]
    194
    """
    history = document["history"]
    bought = times * history[0]["followers"] * _delivered(len(history), days)
    shown = three_figures if document["platform"] == "youtube" else int
    rows = [
        day | {"followers": shown(day["followers"] + round(more))}
        for day, more in zip(history, bought.tolist(), strict=True)
    ]
    return document | {
        "history": rows,
        "profile": document["profile"] | {"followers": rows[-1]["followers"]},
    }


def _delivered(length: int, days: int) -> NDArray[np.float64]:
    """Share of bought followers that is there on each day."""
    before = np.zeros(length - _DAYS_SINCE - days)
    delivery = np.cumsum(_rng().dirichlet(np.full(days, 30.0)))
    return np.concatenate([before, delivery, 1 - np.linspace(0, _LOST, _DAYS_SINCE)])


def buy_likes(document: Document, times: float, share: float = 1.0) -> Document:
    """As many likes as a package of ``times`` the median adds, to a share of the posts.

    >>> posts = [{"likes": 100}, {"likes": 100}]
    >>> [post["likes"] // 100 for post in buy_likes({"posts": posts}, 4, 0.5)["posts"]]
    [4, 1]
    """
    posts, rng = document["posts"], _rng()
    package = (times - 1) * float(np.median([post["likes"] for post in posts]))
    chosen = rng.permutation(len(posts)) < round(share * len(posts))
    sizes = np.rint(package * chosen * (1 + 0.02 * np.abs(rng.standard_normal(len(posts)))))
    return _each_post(document, lambda row, post: {"likes": post["likes"] + int(sizes[row])})


def equal_likes(document: Document, spread: float) -> Document:
    """Likes that differ from post to post by ``spread`` (standard deviation over median); 0: not at all.

    >>> equal_likes({"posts": [{"likes": 90}, {"likes": 110}]}, 0.0)["posts"]
    [{'likes': 100}, {'likes': 100}]
    """
    likes = [post["likes"] for post in document["posts"]]
    around = float(np.median(likes)) * (1 + spread * _rng().standard_normal(len(likes)))
    return _each_post(document, lambda row, _: {"likes": max(round(float(around[row])), 0)})


def buy_views(document: Document, likes_per_view: float) -> Document:
    """Views bought until there are only so many likes to a view; packages are alike to within 5 %.

    >>> post = buy_views({"posts": [{"likes": 300, "views": 9_000}]}, 0.0003)["posts"][0]
    >>> 0.00027 < post["likes"] / post["views"] < 0.00033
    True
    """
    posts, rng = document["posts"], _rng()
    likes, views = (float(np.median([post[name] for post in posts])) for name in ("likes", "views"))
    package = max(likes / likes_per_view - views, 0.0)
    sizes = package * (1 + 0.05 * rng.uniform(-1, 1, len(posts)))
    return _each_post(document, lambda row, post: {"views": post["views"] + round(float(sizes[row]))})


def fake_audience(document: Document, share: float) -> Document:
    """A sample of followers of whom ``share`` are fake, in place of real ones."""
    people, rng = document["audience"], _rng()
    order, fakes = rng.permutation(len(people)), [fake(rng) for _ in people]
    replaced = set(order[: round(share * len(people))].tolist())
    return document | {"audience": [fakes[row] if row in replaced else one for row, one in enumerate(people)]}


def buy_comments(document: Document, share: float, phrases: int = len(BOUGHT)) -> Document:
    """A share of the comments replaced by a few phrases that 30 accounts write within half an hour.

    >>> comment = {"post_id": "p", "text": "is it still raining there", "author_id": "r"}
    >>> post = {"post_id": "p", "published_at": "2026-10-01T10:00:00Z"}
    >>> buy_comments({"posts": [post], "comments": [comment]}, 1.0, 1)["comments"][0]["text"]
    'Nice'
    """
    comments, rng = document["comments"], _rng()
    order, minutes = rng.permutation(len(comments)), rng.uniform(1, 30, len(comments))
    times, changed = _times(document), list(comments)
    for number, row in enumerate(order[: round(share * len(comments))].tolist()):
        changed[row] = comments[row] | {
            "text": BOUGHT[number % phrases],
            "author_id": f"{BOUGHT[number % _BUYERS % len(BOUGHT)][:2].lower()}{7300 + number % _BUYERS}",
            "published_at": stamp(times[comments[row]["post_id"]] + timedelta(minutes=float(minutes[row]))),
        }
    return document | {"comments": changed}


def _times(document: Document) -> dict[str, datetime]:
    return {post["post_id"]: datetime.fromisoformat(post["published_at"]) for post in document["posts"]}


def pod(document: Document, share: float, posts: int = 10) -> Document:
    """A pod of 40 accounts first under a share of the newest posts, in the same order, within 50 minutes.

    Only the comments of the newest ``posts`` are there, as a source gives them.
    """
    newest = [post["post_id"] for post in document["posts"][:posts]]
    chosen = set(_rng().permutation(newest)[: round(share * posts)].tolist())
    ordinary = [comment for comment in document["comments"] if comment["post_id"] in newest]
    added = [row for post_id in newest if post_id in chosen for row in _round(document, post_id)]
    grown = _each_post(
        document,
        lambda _, post: {"comments": post["comments"] + (_POD * 9 // 10 if post["post_id"] in chosen else 0)},
    )
    return grown | {"comments": ordinary + added}


def _round(document: Document, post_id: str) -> list[Row]:
    """The pod's comments under one post: nine in ten of its accounts come, always in the same order."""
    published, rng = _times(document)[post_id], np.random.default_rng([_SEED, int(post_id[1:])])
    came = sorted(rng.permutation(_POD)[: _POD * 9 // 10].tolist())
    return [
        {
            "post_id": post_id,
            "author_id": f"member{one}",
            "text": BOUGHT[int(rng.integers(len(BOUGHT)))],
            "published_at": stamp(
                published + timedelta(minutes=1 + 1.2 * one, seconds=float(rng.uniform(0, 50)))
            ),
            "likes": 1,
            "by_creator": False,
        }
        for one in came
    ]


def package(document: Document, times: float) -> Document:
    """Everything at once: followers bought in a week, likes and views on every post, half of the comments."""
    bought = buy_likes(buy_followers(document, times, 7), 1 + times)
    half = buy_comments(bought, 0.5 * min(times, 1.0))
    return _each_post(
        half, lambda _, post: {"views": round(post["views"] * (1 + times))} if "views" in post else {}
    )
