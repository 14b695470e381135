"""Networks where posts, reposts and replies are one and the same: which is a post, and which a comment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, compress, islice
from operator import itemgetter
from typing import Final, TypeVar

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.name_index import NameIndex
from accounts.importing.rows import of_repost, without_uncounted_views
from accounts.importing.spool import Groups, Spool

__all__ = ["ITS_AUTHOR", "Entry", "Threads"]

ITS_AUTHOR: Final = ""
"""What ``author_id`` is of an entry where it is the name of its author, which may be known later."""
AT_ONCE: Final = 1_000
"""Replies whose posts are looked up together."""

DEEPEST: Final = 1_000
"""Replies one below the other through which a thread is followed up to its post."""

Row = TypeVar("Row")
Home = tuple[str, AccountDraft]
"""A post, and whose it is."""
Author = tuple[str, str | None]
"""Platform and name."""
Head = tuple[str, str | None, str | None, str | None, int, bool, tuple[str, ...], str]
"""What decides where an entry belongs: its attributes but for its values, of the file its number; then when
it was published, or an empty text."""


@dataclass(slots=True)
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


def _itself(name: str | None) -> str | None:
    return name


class Threads:
    """Entries of a source, until all of its files are read and it is known what belongs where."""

    def __init__(self) -> None:
        self._files: list[File] = []
        self._authors: defaultdict[str, set[Author]] = defaultdict(set)  # of each file, two at most
        self._posts: Spool[tuple[Head, Values]] = Spool()
        self._replies: Spool[Head] = Spool()
        self._said: Spool[Values] = Spool()  # of each reply
        self._is_comment = bytearray()  # a byte for each reply
        self._above: NameIndex[tuple[str, ...]] = NameIndex(rank=itemgetter(0))
        self._known_as: Callable[[str | None], str | None] = _itself

    def add(self, entry: Entry) -> None:
        """Keep an entry."""
        file, values, parents = self._number(entry.file), entry.values, entry.parents
        when = str(values.get("published_at") or "")
        head = (
            entry.platform, entry.post_id, entry.author, entry.author_id, file, entry.repost, parents, when,
        )  # fmt: skip
        if len(authors := self._authors[entry.file.name]) < 2:  # whether it is one, is all that counts
            authors.add((entry.platform, entry.author))
        if not parents:
            self._posts.append((head, values))
            return
        if entry.post_id is not None:
            self._above[entry.post_id] = (when, *parents)
        self._replies.append(head)
        self._said.append(values)
        self._is_comment.append(True)

    def _number(self, file: File) -> int:
        if not self._files or self._files[-1] is not file:
            self._files.append(file)
        return len(self._files) - 1

    def by(self, is_wanted: Callable[[str | None], bool]) -> Threads:
        """Those of the entries whose author, under the name that it was added by, is wanted."""
        chosen = Threads()
        for row, values in chain(self._posts, zip(self._replies, self._said, strict=True)):
            platform, post_id, author, author_id, file, repost, parents, _ = row
            if is_wanted(author):
                chosen.add(
                    Entry(platform, post_id, author, author_id, values, self._files[file], parents, repost)
                )
        return chosen

    def place(self, drafts: Drafts, known_as: Callable[[str | None], str | None] = _itself) -> None:
        """Put the entries where they belong.

        What replies to nothing is its author's post, and whoever has one is an account. So is who wrote all
        of a file. A reply in a thread that begins with a post of these is a comment under that post, the
        account's own marked as by the creator. An account's replies to others are posts of kind ``reply``.
        Everybody else's replies to unknown posts are counted as homeless, once all files are read.

        Parameters
        ----------
        drafts
            Where they are put.
        known_as
            The name of an author who was added under another, such as a number, or under none.
        """
        self._known_as = known_as
        for head, values in self._posts:
            self._publish(head, values, drafts)
        self._publish_replies(drafts)
        drafts.later(partial(self._place_comments, drafts))

    def _publish(self, head: Head, values: Values, drafts: Drafts) -> AccountDraft | None:
        platform, post_id, named, _, file, repost, _, _ = head
        author = self._known_as(named)
        if author is None or post_id is None:
            drafts.leftovers.without_home("posts without an id or an author")
            return None
        draft = drafts.account(platform, author, self._files[file])
        own = of_repost(values) if repost else without_uncounted_views(values)
        drafts.post(draft, post_id, {"is_repost": False} | own)
        return draft

    def _publish_replies(self, drafts: Drafts) -> None:
        """Publish what accounts replied to others, the oldest first: one reply may stand below another."""
        sole = {
            (platform, name)
            for of_file in self._authors.values()
            for platform, author in of_file
            if len(of_file) == 1 and (name := self._known_as(author)) is not None
        }
        first = 0
        for heads in _some_at_a_time(self._replies):
            around = _Surroundings(heads, self._above, drafts)
            for place in around.distant:
                platform, _, named, _, _, _, parents, _ = heads[place]
                author = platform, self._known_as(named)
                if author in drafts.by_id or author in sole:
                    self._is_comment[first + place] = around.home(platform, parents) is not None
            first += len(heads)
        for posts in _some_at_a_time(self._oldest_first()):
            around = _Surroundings([head for _, head, _ in posts], self._above, drafts)
            for number, head, values in posts:
                if around.home(head[0], head[6]) is not None:
                    self._is_comment[number] = True
                elif draft := self._publish(head, values | {"kind": "reply"}, drafts):
                    around.add(head, draft)

    def _oldest_first(self) -> Iterator[tuple[int, Head, Values]]:
        """The replies that are no comments, with their numbers."""
        if all(self._is_comment):
            return
        posts: Groups[tuple[str, str], tuple[int, Head, Values]] = Groups()
        for number, (head, values) in enumerate(zip(self._replies, self._said, strict=True)):
            if not self._is_comment[number]:
                posts.append((head[-1], head[1] or ""), (number, head, values))
        for _, group in posts:
            yield from group

    def _place_comments(self, drafts: Drafts) -> None:
        thread = next(drafts.threads)
        comments = compress(zip(self._replies, self._said, strict=True), self._is_comment)
        for some in _some_at_a_time(comments):
            around = _Surroundings([head for head, _ in some], self._above, drafts)
            for head, values in some:
                if (home := around.home(head[0], head[6])) is None:
                    drafts.leftovers.without_home("replies under unknown posts")
                else:
                    self._comment(head, values, *home, thread)

    def _comment(self, head: Head, values: Values, post_id: str, draft: AccountDraft, thread: int) -> None:
        _, name, named, author_id, _, _, parents, _ = head
        author = self._known_as(named)
        comment = {
            "text": values.get("caption"),
            "published_at": values.get("published_at"),
            "likes": values.get("likes"),
            "post_id": post_id,
            "author_id": author if author_id == ITS_AUTHOR else author_id,
            "by_creator": None if author is None else author == draft.account_id,
            "reply_to": parents[0] if parents[0] != post_id else None,
        }
        draft.comment(comment, name, thread)


class _Surroundings:
    """What stands above some replies, as far up as the nearest posts whose account is known.

    Attributes
    ----------
    distant
        Places of the replies that do not stand right below such a post.
    """

    def __init__(self, replies: Sequence[Head], above: NameIndex[tuple[str, ...]], drafts: Drafts) -> None:
        self._drafts = drafts
        self._owners = {head[0]: dict[str, AccountDraft]() for head in replies}
        self._homes = {head[0]: dict[str, Home | None]() for head in replies}
        self._find_owners({name for head in replies for name in head[6]})
        self._above: dict[str, tuple[str, ...]] = {}
        self.distant = [
            place for place, head in enumerate(replies) if self._owners[head[0]].keys().isdisjoint(head[6])
        ]
        ahead = {name for place in self.distant for name in replies[place][6]}
        for _ in range(DEEPEST):
            if not ahead:
                break
            known = above.among(ahead)
            found = {name: known[name][1:] for name in ahead if name in known}
            self._above |= found
            ahead = {name for parents in found.values() for name in parents} - self._above.keys()
            self._find_owners(ahead)

    def _find_owners(self, post_ids: set[str]) -> None:
        for platform, owners in self._owners.items():
            owners.update(self._drafts.owners(platform, post_ids))

    def home(self, platform: str, parents: tuple[str, ...]) -> Home | None:
        """The nearest post further up in a reply's thread, and whose it is.

        Each part of a thread is gone through once, for all replies below it: threads have thousands.
        """
        owners, homes = self._owners[platform], self._homes[platform]
        path: dict[str, None] = {}
        while True:
            for name in parents:  # most stand right below it
                if name in owners:
                    return self._note(path, homes, (name, owners[name]))
            further = [name for name in parents if name in self._above]
            if len(further) != 1 or further[0] in path:
                return self._note(path, homes, self._nearest(owners, further))
            if further[0] in homes:
                return self._note(path, homes, homes[further[0]])
            path[further[0]] = None
            parents = self._above[further[0]]

    def _note(self, path: Iterable[str], homes: dict[str, Home | None], home: Home | None) -> Home | None:
        homes.update(dict.fromkeys(path, home))
        return home

    def _nearest(self, owners: Mapping[str, AccountDraft], ahead: list[str]) -> Home | None:
        """The nearest post where a thread comes from several, or from none or itself."""
        seen: set[str] = set()
        for name in ahead:
            if name in owners:
                return name, owners[name]
            if name not in seen:
                seen.add(name)
                ahead.extend(self._above.get(name, ()))
        return None

    def add(self, head: Head, draft: AccountDraft) -> None:
        """Note that a reply has become a post, below which others may stand."""
        platform, post_id, *_ = head
        if post_id is not None:
            self._owners[platform][post_id] = draft
            self._homes[platform].clear()


def _some_at_a_time(rows: Iterable[Row]) -> Iterator[list[Row]]:
    ahead = iter(rows)
    while some := list(islice(ahead, AT_ONCE)):
        yield some
