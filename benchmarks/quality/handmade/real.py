"""Real organic accounts, inflated in the ways that their posts can show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from accounts.document import to_documents
from benchmarks.quality.handmade.creator import Document
from benchmarks.quality.handmade.ways import WAYS, Series
from training.datasets import instafake_posts, youtube_channels
from training.datasets.base import data_folder, development

__all__ = ["SETS", "real_series"]

SETS: Final = (instafake_posts.SET, youtube_channels.SET)

_COUNTS: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {
        "dead audience": ("likes", "comments"),
        "likes on all posts": ("likes",),
        "likes on two posts in five": ("likes",),
        "equal likes": ("likes",),
        "views": ("likes", "views"),
    }
)
"""The counts that must be known of a post, for each way that posts alone can show."""
_LEAST: Final = 12
"""Posts of which they must be known."""


def real_series(accounts: int = 20) -> list[Series]:
    """Every way that real posts can show, in the first accounts of each set that nothing is sealed of.

    Parameters
    ----------
    accounts
        How many of each set.

    Raises
    ------
    BadInput
        If a set is not there.
    """
    folder = data_folder()
    read = {
        "instafake_posts": instafake_posts.load(folder),
        "youtube_channels": youtube_channels.load(folder, newest_only=True),
    }
    return [
        Series(way, one["platform"], name, "posts", one)
        for name, tables in read.items()
        for way in WAYS
        if way.name in _COUNTS
        for one in able(list(to_documents(development(tables))), _COUNTS[way.name], accounts)
    ]


def able(documents: Sequence[Document], counts: Sequence[str], most: int) -> Iterator[Document]:
    """The first accounts with followers and enough posts of which these are known, those posts alone.

    >>> posts = [{"likes": 3}] * 12 + [{"comments": 1}]
    >>> account = {"account_id": "a", "profile": {"followers": 90}, "posts": posts}
    >>> [len(one["posts"]) for one in able([account, account | {"profile": {}}], ("likes",), 5)]
    [12]
    """
    wanted = most
    for document in documents:
        posts = [
            post for post in document.get("posts", ()) if all(post.get(name) is not None for name in counts)
        ]
        if wanted and len(posts) >= _LEAST and document.get("profile", {}).get("followers"):
            wanted -= 1
            yield document | {"posts": posts}
