"""A source of account data, declared once: how its files are recognised and read, and what they give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.importing.drafts import Drafts
from accounts.importing.files import File

__all__ = ["Source", "fields"]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One source.

    Attributes
    ----------
    name
        As the command line has it.
    title
        As people call it.
    recognises
        Whether a file is one of this source's, by its content alone.
    read
        Puts what the files hold into drafts. All files of the source are given at once, because they refer to
        each other: comments to posts, posts to channels.
    gives
        What of the document it can fill, such as ``profile.followers``.
    lacks
        What it never gives, in words.
    obtained
        How one gets it.
    limits
        What its platform allows or rounds.
    seen
        Where the shape was looked up.
    generic
        Whether it reads what is of no particular source; others recognise their files first.
    recognises_rows
        Whether rows of a table, seen as objects, are this source's; without it no tables are. Stricter than
        ``recognises`` where that would take the columns of any list of creators for its own.
    """

    name: str
    title: str
    recognises: Callable[[File], bool]
    read: Callable[[Sequence[File], Drafts], None]
    gives: tuple[str, ...]
    lacks: str
    obtained: str
    limits: str
    seen: str
    generic: bool = False
    recognises_rows: Callable[[File], bool] | None = None


def fields(**parts: str) -> tuple[str, ...]:
    """Fields of a document, for ``gives``.

    >>> fields(profile="followers bio", posts="likes")
    ('profile.followers', 'profile.bio', 'posts.likes')
    """
    return tuple(f"{part}.{name}" for part, names in parts.items() for name in names.split())
