"""Accounts that a program runs or that were made to follow others, by a dose."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import numpy as np

from benchmarks.quality.handmade.creator import AS_OF, Document, stamp

__all__ = ["clockwork", "fake_profile", "follow_and_unfollow"]

_MINUTES: Final = 15
_SECTIONS: Final = ("Tech", "Weather", "Sport", "Politics", "Markets")


def clockwork(document: Document, share: float) -> Document:
    """The newest ``share`` of the posts set by a clock, one every 15 minutes; the others stay older.

    >>> posts = [{"published_at": "2026-10-20T00:00:00Z"}, {"published_at": "2026-10-01T00:00:00Z"}]
    >>> [post["published_at"] for post in clockwork({"posts": posts}, 0.5)["posts"]]
    ['2026-10-31T23:53:00Z', '2026-10-01T00:00:00Z']
    """
    count, last = round(share * len(document["posts"])), AS_OF - timedelta(minutes=7)
    posts = [
        post
        | {
            "published_at": stamp(last - timedelta(minutes=_MINUTES * row)),
            "caption": f"{_SECTIONS[row % len(_SECTIONS)]}: headline {9_000 - row} https://news.example/{row}",
        }
        for row, post in enumerate(document["posts"][:count])
    ]
    return document | {"posts": posts + document["posts"][count:]}


def fake_profile(document: Document, dose: float) -> Document:
    """From a person's profile (0) to one made to follow others (1): no followers, posts, face or words.

    >>> profile = fake_profile({"profile": {"has_picture": True}}, 1.0)["profile"]
    >>> profile["followers"], profile["following"], profile["posts"], profile["has_picture"]
    (12, 4800, 0, False)
    """
    followers, following = (
        round(float(np.exp(np.interp(dose, (0, 1), np.log(ends))))) for ends in ((340, 12), (410, 4_800))
    )
    digits = "83749201"[: round(8 * dose)]
    return document | {
        "profile": document["profile"]
        | {
            "followers": followers,
            "following": following,
            "posts": round(90 * (1 - dose) ** 2),
            "username": f"user{digits}" if dose >= 0.5 else f"nora.lind{digits}",
            "full_name": "" if dose >= 0.8 else "Nora Lindqvist",
            "bio": "" if dose >= 0.6 else "Ceramics and slow mornings.",
            "has_picture": dose < 0.7,
            "is_verified": False,
        }
    }


def follow_and_unfollow(document: Document) -> Document:
    """Follows hundreds a day for a week and drops them the week after, near the platform's cap."""
    waves = np.abs((np.arange(len(document["history"])) % 14) - 7) / 7
    rows = [
        row | {"following": 7_400 - round(2_600 * float(wave))}
        for row, wave in zip(document["history"], waves, strict=True)
    ]
    profile = document["profile"] | {"following": rows[-1]["following"] if rows else 7_400}
    return document | {"history": rows, "profile": profile}
