"""Honest events and unusual kinds of honest creators, as changes of an ordinary creator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from benchmarks.quality.handmade.creator import AS_OF, Document, stamp
from benchmarks.quality.handmade.phrases import EMOJI

__all__ = [
    "asleep",
    "emoji_only",
    "giveaway",
    "hidden_likes",
    "made_by_regulars",
    "newsroom_hours",
    "opened",
    "press",
    "purge",
    "scheduled",
    "viral_hit",
    "with_profile",
]

_SEED: Final = 20_261_102

_FRIENDS: Final = ("anna", "omar", "lucia", "ben")
_WISHES: Final = ("us!", "please", "🤞", "")

Row = dict[str, Any]


def with_profile(document: Document, **fields: object) -> Document:
    """The account with some fields of its profile changed."""
    return document | {"profile": document["profile"] | fields}


def opened(document: Document, date: str) -> Document:
    """The account opened on that day, with no posts but those shown.

    >>> opened({"profile": {}, "posts": []}, "2026-08-01")["profile"]["created_at"]
    '2026-08-01T08:00:00Z'
    """
    return with_profile(document, created_at=f"{date}T08:00:00Z", posts=len(document["posts"]))


def _surge(document: Document, gained: float, date: str, days: int, lost: float = 0.0) -> Document:
    """Followers gained after a date: most on the first days, some of them lost again by the end.

    The curve is raised backwards, so that the profile's count stays what it is.
    """
    history = document["history"]
    since = np.array([float(row["date"] >= date) for row in history]).cumsum()
    arrived = 1 - np.exp(-3 * since / days)
    left_share = lost * np.clip((since - days) / 60, 0, 1)
    share = gained * (arrived / (1 - np.exp(-3)) * (1 - left_share))
    scale = (1 + share) / (1 + share[-1])
    rows = [
        row | {"followers": round(row["followers"] * float(one))}
        for row, one in zip(history, scale, strict=True)
    ]
    return document | {"history": rows}


def _hit(document: Document, row: int, times: float) -> Document:
    """One post with ``times`` everything."""
    counted = ("likes", "comments", "views", "shares")
    posts = list(document["posts"])
    posts[row] = posts[row] | {
        name: round(posts[row][name] * times) for name in counted if name in posts[row]
    }
    return document | {"posts": posts}


def giveaway(document: Document) -> Document:
    """A giveaway: many comments that name friends under one post, 9 % more followers; a third leave."""
    post, rng = document["posts"][8], np.random.default_rng(_SEED)
    entered = _hit(document, 8, 4.0)
    entered["posts"][8] = entered["posts"][8] | {"comments": 15 * post["comments"] + 60}
    entries = [
        {
            "post_id": post["post_id"],
            "author_id": f"hopeful{one}",
            "text": f"@{rng.choice(_FRIENDS)}{rng.integers(90)} {rng.choice(_WISHES)}",
            "published_at": _later(post["published_at"], float(np.exp(rng.normal(6, 1.2)))),
            "likes": 0,
            "by_creator": False,
        }
        for one in range(40)
    ]
    surged = _surge(entered, 0.09, post["published_at"][:10], 5, lost=0.35)
    return surged | {"comments": document["comments"] + entries}


def _later(moment: str, minutes: float) -> str:
    return stamp(min(datetime.fromisoformat(moment) + timedelta(minutes=minutes), AS_OF))


def viral_hit(document: Document) -> Document:
    """One post with forty times everything, and a quarter more followers in the days after it; most stay."""
    return _surge(_hit(document, 10, 40.0), 0.25, document["posts"][10]["published_at"][:10], 8, lost=0.05)


def press(document: Document) -> Document:
    """A television interview: 12 % more followers within a week, with no post that explains it."""
    return _surge(document, 0.12, "2026-08-19", 7, lost=0.1)


def purge(document: Document) -> Document:
    """The platform takes away 5 % of all followers in one night.

    >>> history = [{"date": "2026-09-01", "followers": 100}, {"date": "2026-09-02", "followers": 100}]
    >>> [row["followers"] for row in purge({"history": history})["history"]]
    [105, 100]
    """
    rows = [
        row | {"followers": round(row["followers"] * (1.05 if row["date"] < "2026-09-02" else 1.0))}
        for row in document["history"]
    ]
    return document | {"history": rows}


def hidden_likes(document: Document) -> Document:
    """Likes that the creator hides."""
    return document | {"posts": [post | {"likes": None} for post in document["posts"]]}


def scheduled(document: Document) -> Document:
    """Posts by a scheduler: every Tuesday and Friday at 17:00."""
    days = (AS_OF - timedelta(days=back) for back in range(1, 9 * len(document["posts"])))
    slots = [day.replace(hour=17) for day in days if day.weekday() in {1, 4}]
    return _at(document, slots)


def newsroom_hours(document: Document) -> Document:
    """A news desk: several posts on each working day, on the hour and the half hour, 6:00 to 21:00."""
    rng = np.random.default_rng(_SEED)
    days = [AS_OF - timedelta(days=back) for back in range(1, len(document["posts"]))]
    slots = [
        day + timedelta(minutes=30 * int(slot))
        for day in days
        for slot in sorted(rng.choice(np.arange(12, 43), rng.integers(4, 9), replace=False), reverse=True)
        if day.weekday() < 5 or slot < 24
    ]
    return _at(document, slots)


def _at(document: Document, slots: Sequence[datetime]) -> Document:
    """Posts at these times, newest first; comments keep their distance to the post."""
    posts = [
        post | {"published_at": stamp(slot)} for post, slot in zip(document["posts"], slots, strict=False)
    ]
    moved = {
        post["post_id"]: _moment(post) - _moment(old)
        for post, old in zip(posts, document["posts"], strict=True)
    }
    comments = [
        row | {"published_at": stamp(min(_moment(row) + moved[row["post_id"]], AS_OF))}
        for row in document["comments"]
    ]
    return document | {"posts": posts, "comments": comments}


def _moment(row: Row) -> datetime:
    return datetime.fromisoformat(row["published_at"])


def asleep(document: Document, days: int) -> Document:
    """An account whose newest post is ``days`` old."""
    return _at(document, [_moment(post) - timedelta(days=days) for post in document["posts"]])


def emoji_only(document: Document) -> Document:
    """Fans who write nothing but emoji; each has a few of their own."""
    rng = np.random.default_rng(_SEED)
    texts = ["".join(rng.choice(EMOJI, rng.integers(1, 4))) for _ in document["comments"]]
    rows = [row | {"text": text} for row, text in zip(document["comments"], texts, strict=True)]
    return document | {"comments": rows}


def made_by_regulars(document: Document, people: int = 18) -> Document:
    """A tight community: the same few people talk under every post, and the creator answers some."""
    rng = np.random.default_rng(_SEED)
    rows = [
        row
        | (
            {"author_id": "creator", "by_creator": True}
            if rng.random() < 0.2
            else {"author_id": f"regular{rng.integers(people)}"}
        )
        for row in document["comments"]
    ]
    return document | {"comments": rows}
