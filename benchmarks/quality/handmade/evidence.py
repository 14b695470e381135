"""Sets of evidence that somebody may have of an account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from accounts.schema import ACCOUNT_KEYS
from benchmarks.quality.handmade.creator import Document

__all__ = ["EVIDENCE", "with_evidence"]

EVIDENCE: Final[Mapping[str, Sequence[str]]] = MappingProxyType({
    "profile": ("profile",),
    "posts": ("profile", "posts"),
    "posts, comments": ("profile", "posts", "comments"),
    "history": ("profile", "history"),
    "posts, history": ("profile", "posts", "history"),
    "posts, comments, history": ("profile", "posts", "comments", "history"),
    "audience": ("profile", "audience"),
    "posts, audience": ("profile", "posts", "audience"),
    "all": ("profile", "posts", "comments", "history", "audience"),
})  # fmt: skip


def with_evidence(document: Document, evidence: str) -> Document:
    """The account less every part that the set of evidence does not hold.

    >>> with_evidence({"account_id": "a", "platform": "x", "posts": [], "history": []}, "posts")
    {'account_id': 'a', 'platform': 'x', 'posts': []}
    """
    wanted = {"schema", *ACCOUNT_KEYS, *EVIDENCE[evidence]}
    return {name: part for name, part in document.items() if name in wanted}
