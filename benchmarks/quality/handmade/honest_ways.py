"""Honest creators of many kinds, on each platform, of several sizes: nobody of them is to be accused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np

from benchmarks.quality.handmade.creator import AS_OF, Creator, Document, creator, stamp
from benchmarks.quality.handmade.events import (
    asleep,
    emoji_only,
    giveaway,
    hidden_likes,
    made_by_regulars,
    newsroom_hours,
    opened,
    press,
    purge,
    scheduled,
    viral_hit,
)
from benchmarks.quality.handmade.typical import PLATFORMS

__all__ = ["FOLLOWERS", "HONEST_WAYS", "SEEDS", "honest_creators"]

FOLLOWERS: Final = (310, 3_200, 40_000, 900_000)
SEEDS: Final = range(600, 604)
COMMENTS: Final = 120
"""Comments of creators whose comments are changed."""

_CAPTIONS: Final = (
    "Link in bio",
    "Photo by Nora on Instagram. May be an image of food and indoor.",
    "Anzeige | Werbung",
    "#ceramics #handmade #clay #pottery",
)
_PRAISE: Final = (
    "so pretty 😍",
    "love this",
    "amazing 🔥",
    "queen 👑",
    "so good",
    "wow",
    "beautiful ❤️",
    "omg yes",
    "stunning",
)
_SLOGANS: Final = (
    "QUEEN 👑",
    "we love you",
    "first!",
    "best in the world 🔥",
    "forever 💜",
    "legend",
    "💜💜💜",
)
_LINES: Final = ("Amen", "Amén 🙏", "amen", "Beautiful!", "So beautiful 😍", "Love it", "🔥🔥🔥")


def repeats_captions(about: Creator, share: float) -> Document:
    """One caption under a share of the posts: a tag line, or what an export writes for a picture.

    >>> posts = repeats_captions(Creator(account_id="a", posts=40), 1.0)["posts"]
    >>> {post["caption"] for post in posts}
    {'Link in bio'}
    """
    document, rng = creator(about), np.random.default_rng(about.seed)
    caption = _CAPTIONS[about.seed % len(_CAPTIONS)]
    posts = [
        post | {"caption": caption} if again else post
        for post, again in zip(document["posts"], rng.random(about.posts) < share, strict=True)
    ]
    return document | {"posts": posts}


def opened_ago(about: Creator, days: int) -> Document:
    """An account opened so many days ago, which gained its followers steadily, with a post every few days."""
    young = replace(about, days=days, growth=28 / days, posts=max(days // 4, 5), gap_days=2.5)
    return opened(creator(young), f"{AS_OF - timedelta(days=days):%Y-%m-%d}")


def answered_within(about: Creator, minutes: float) -> Document:
    """Fans who are notified: half of the comments come within so many minutes of the post."""
    document, rng = creator(replace(about, comments=COMMENTS)), np.random.default_rng(about.seed)
    published = {post["post_id"]: post["published_at"] for post in document["posts"]}
    delays = (minutes * np.exp(rng.standard_normal(len(document["comments"])))).tolist()
    comments = [
        comment | {"published_at": _later(published[comment["post_id"]], delay)}
        for comment, delay in zip(document["comments"], delays, strict=True)
    ]
    return document | {"comments": comments}


def answered_by_friends(about: Creator, friends: int = 6) -> Document:
    """A small account: the same few friends write under half of the posts each, half an hour later."""
    document = creator(replace(about, followers=min(about.followers, 900)))
    rng = np.random.default_rng(about.seed)
    lines = [
        comment["text"] for comment in creator(replace(about, followers=50_000, comments=200))["comments"]
    ]
    posts, comments = [], []
    for post in document["posts"]:
        writing = rng.permutation(friends)[: min(rng.poisson(friends / 2), friends)].tolist()
        delays = (30.0 * np.exp(1.2 * rng.standard_normal(len(writing)))).tolist()
        posts.append(post | {"comments": len(writing)})
        comments += [
            {
                "post_id": post["post_id"],
                "author_id": f"friend{friend}",
                "text": str(rng.choice(lines)),
                "published_at": _later(post["published_at"], delay),
                "likes": int(rng.random() < 0.6),
                "by_creator": False,
            }
            for friend, delay in zip(writing, delays, strict=True)
        ]
    return document | {"posts": posts, "comments": comments}


def _later(moment: str, minutes: float) -> str:
    return stamp(min(datetime.fromisoformat(moment) + timedelta(minutes=minutes), AS_OF))


def repeats_comments(about: Creator, share: float) -> Document:
    """A congregation: a share of the comments is one of a few short lines."""
    document, rng = creator(replace(about, comments=COMMENTS)), np.random.default_rng(about.seed)
    lines, again = rng.choice(_LINES, COMMENTS), rng.random(COMMENTS) < share
    comments = [
        comment | {"text": str(line)} if same else comment
        for comment, line, same in zip(document["comments"], lines, again, strict=False)
    ]
    return document | {"comments": comments}


def praised_at_once(about: Creator, lines: Sequence[str], share: float, minutes: float) -> Document:
    """Fans who wait for the post: a share of the comments is short praise, half come within minutes."""
    document = answered_within(about, minutes)
    rng = np.random.default_rng(about.seed + 1)
    comments = [
        comment | {"text": str(rng.choice(lines))} if rng.random() < share else comment
        for comment in document["comments"]
    ]
    return document | {"comments": comments}


def watched_by_the_young(document: Document) -> Document:
    """Seven in ten of the followers sampled look on and never posted; they have pictures as others do."""
    audience = [one | {"posts": 0} if at % 10 < 7 else one for at, one in enumerate(document["audience"])]
    return document | {"audience": audience}


def counted_late(document: Document, days: int) -> Document:
    """For so many days, long ago, the collector wrote the same count down again."""
    history = sorted(document["history"], key=lambda day: str(day["date"]))
    old = history[len(history) // 2]["followers"]
    late = range(len(history) // 2 + 1, len(history) // 2 + days)
    history = [day | {"followers": old} if at in late else day for at, day in enumerate(history)]
    return document | {"history": history}


def with_hashtags(about: Creator, count: int) -> Document:
    """So many hashtags under every post."""
    document = creator(about)
    return document | {"posts": [post | {"hashtags": count} for post in document["posts"]]}


def _then(change: Callable[[Document], Document]) -> Callable[[Creator], Document]:
    return lambda about: change(creator(about))


HONEST_WAYS: Final[Mapping[str, Callable[[Creator], Document]]] = MappingProxyType({
    "ordinary": creator,
    "one caption under a quarter of the posts": partial(repeats_captions, share=0.25),
    "one caption under half of the posts": partial(repeats_captions, share=0.5),
    "one caption under all posts": partial(repeats_captions, share=1.0),
    "opened 28 days ago": partial(opened_ago, days=28),
    "opened 80 days ago": partial(opened_ago, days=80),
    "opened 140 days ago": partial(opened_ago, days=140),
    "comments within 20 minutes": partial(answered_within, minutes=20.0),
    "comments within 6 minutes": partial(answered_within, minutes=6.0),
    "six friends write first": answered_by_friends,
    "a quarter of the comments say the same": partial(repeats_comments, share=0.25),
    "short praise within the hour": partial(praised_at_once, lines=_PRAISE, share=0.7, minutes=30.0),
    "slogans of fans within the hour": partial(praised_at_once, lines=_SLOGANS, share=0.4, minutes=40.0),
    "six hashtags": partial(with_hashtags, count=6),
    "thirty hashtags": partial(with_hashtags, count=30),
    "two followers in five are quiet": lambda about: creator(replace(about, fake_share=0.4)),
    "a giveaway": _then(giveaway), "a viral hit": _then(viral_hit), "press": _then(press),
    "a purge": _then(purge), "a scheduler": _then(scheduled), "a news desk": _then(newsroom_hours),
    "regulars": _then(made_by_regulars), "emoji only": _then(emoji_only),
    "seven followers in ten never posted": _then(watched_by_the_young),
    "a count written again for 20 days": _then(partial(counted_late, days=20)),
    "hidden likes": _then(hidden_likes), "asleep for 230 days": _then(partial(asleep, days=230)),
})  # fmt: skip


def honest_creators(
    names: Sequence[str] = tuple(HONEST_WAYS), followers: Sequence[int] = FOLLOWERS
) -> Iterator[tuple[str, Document]]:
    """Each kind by name, on each platform, of each size, with each seed."""
    for name in names:
        for platform in PLATFORMS:
            for size in followers:
                for seed in SEEDS:
                    account = f"{name}, {platform}, {size}, {seed}"
                    about = Creator(account_id=account, platform=platform, followers=size, seed=seed)
                    yield name, HONEST_WAYS[name](about)
