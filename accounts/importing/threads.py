"""Networks where posts, reposts and replies are one and the same: which is a post, and which a comment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.rows import of_repost, without_uncounted_views

__all__ = ["Entry", "place"]


@dataclass(kw_only=True, slots=True)
class Entry:
    """One post, repost or reply.

    Attributes
    ----------
    platform, post_id
        Where it stands, and its name there; None where the source gives none.
    author
        Name of the account that wrote it; of a repost, that passed it on. None where the source hides it.
    author_id
        What a comment's ``author_id`` becomes.
    values
        As a post's.
    file
        In which it came.
    parents
        What it replies to, nearest first; empty where it replies to nothing.
    repost
        Whether it is somebody else's post, whose counts are not the account's.
    """

    platform: str
    post_id: str | None
    author: str | None
    author_id: str | None
    values: Values
    file: File
    parents: tuple[str, ...] = ()
    repost: bool = False


def place(entries: Sequence[Entry], drafts: Drafts) -> None:
    """Put entries where they belong.

    What replies to nothing is its author's post, and whoever has one is an account. So is who wrote all of a
    file. A reply in a thread that begins with a post of these is a comment under that post, the account's own
    marked as by the creator. An account's replies to others are posts of kind ``reply``. Everybody else's
    replies to unknown posts are counted as homeless, once all files are read.
    """
    replies = sorted((one for one in entries if one.parents), key=_when)
    for entry in entries:
        if not entry.parents:
            _publish(entry, entry.values, drafts)
            entry.values = {}
    owners = {*drafts.by_id, *_sole_authors(entries)}
    above = {one.post_id: one.parents for one in replies if one.post_id is not None}
    waiting: list[Entry] = []
    for entry in replies:
        own = (entry.platform, entry.author) in owners
        if own and _home(entry, above, drafts) is None:
            _publish(entry, entry.values | {"kind": "reply"}, drafts)
            entry.values = {}
        else:
            waiting.append(entry)
    drafts.later(lambda: _comments(waiting, above, drafts))


def _when(entry: Entry) -> tuple[str, str]:
    return str(entry.values.get("published_at") or ""), entry.post_id or ""


def _sole_authors(entries: Iterable[Entry]) -> set[tuple[str, str | None]]:
    authors: defaultdict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for entry in entries:
        authors[entry.file.name].add((entry.platform, entry.author))
    return {found for of_file in authors.values() if len(of_file) == 1 for found in of_file if found[1]}


def _publish(entry: Entry, values: Values, drafts: Drafts) -> None:
    if entry.author is None or entry.post_id is None:
        drafts.leftovers.without_home("posts without an id or an author")
        return
    draft = drafts.account(entry.platform, entry.author, entry.file)
    own = of_repost(values) if entry.repost else without_uncounted_views(values)
    drafts.post(draft, entry.post_id, {"is_repost": False} | own)


def _home(
    entry: Entry, above: Mapping[str, tuple[str, ...]], drafts: Drafts
) -> tuple[str, AccountDraft] | None:
    """The nearest post further up in the thread, and whose it is."""
    for name in entry.parents:  # most stand right below it
        if (draft := drafts.owner(entry.platform, name)) is not None:
            return name, draft
    seen: set[str] = set()
    ahead = list(entry.parents)
    for name in ahead:
        if (draft := drafts.owner(entry.platform, name)) is not None:
            return name, draft
        if name not in seen:
            seen.add(name)
            ahead.extend(above.get(name, ()))
    return None


def _comments(entries: Sequence[Entry], above: Mapping[str, tuple[str, ...]], drafts: Drafts) -> None:
    for entry in entries:
        home = _home(entry, above, drafts)
        if home is None:
            drafts.leftovers.without_home("replies under unknown posts")
        else:
            _comment(entry, *home)
        entry.values = {}  # a million of them stand in memory until the last is placed


def _comment(entry: Entry, post_id: str, draft: AccountDraft) -> None:
    values = {
        "text": entry.values.get("caption"),
        "published_at": entry.values.get("published_at"),
        "likes": entry.values.get("likes"),
        "post_id": post_id,
        "author_id": entry.author_id,
        "by_creator": None if entry.author is None else entry.author == draft.account_id,
        "reply_to": entry.parents[0] if entry.parents[0] != post_id else None,
    }
    draft.comment(values, entry.post_id)
