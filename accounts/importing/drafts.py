"""Account documents in the making: what several files of a source say of one account comes together here."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count, groupby
from operator import itemgetter
from typing import Any, Final

from accounts.errors import BadInput, Fault
from accounts.importing.corrections import Corrections
from accounts.importing.files import File
from accounts.importing.leftovers import Leftovers
from accounts.importing.name_index import NameIndex
from accounts.importing.reading_place import reading_place
from accounts.importing.spool import Groups, Spool
from accounts.importing.values import platform as known_platform
from accounts.reading.quoting import quote
from accounts.schema import (
    AUDIENCE,
    COMMENTS,
    HISTORY,
    MAX_IDENTIFIER_LENGTH,
    POSTS,
    PROFILE,
    RULES,
    Part,
)

__all__ = ["AccountDraft", "AccountParts", "Comment", "Drafts", "Values", "Waiting", "too_many_accounts"]

Values = dict[str, Any]

_PROFILE, _POST, _COMMENT, _DAY, _FOLLOWER = range(5)

Piece = tuple[int, str | None, Values, int]
"""What is said of an account: its kind, the name of a post, comment or day, values, and of comments that are
to be sorted the number of the source's thread they came with; 0: they stay as they came."""


Comment = tuple[str | None, Values]
"""Its name and what is said of it."""
_Stray = tuple[str | None, Sequence[Comment], str]


@dataclass(slots=True, eq=False)
class AccountDraft:
    """One account so far; what is said of it is handed on, and stands in memory or on disk.

    Attributes
    ----------
    account_id
        Its name on its platform.
    platform
        Where it lives, by that network's own name.
    as_of
        When the newest of what is known was collected.
    number
        Its place among the accounts, in the order in which they were met.
    posts
        How many times a post was added.
    """

    account_id: str
    platform: str
    as_of: dt.datetime
    number: int
    _pieces: Groups[int, Piece]
    posts: int = 0
    _files: list[str] = field(default_factory=list)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of the files that speak of it, in their order."""
        return tuple(dict.fromkeys(self._files))

    def named_in(self, file: File) -> None:
        """Note that a file speaks of it."""
        if not self._files or self._files[-1] != file.name:
            self._files.append(file.name)

    def describe(self, values: Values) -> None:
        """Add what is said of the profile."""
        self._pieces.append(self.number, (_PROFILE, None, _present(values, PROFILE), 0))

    def post(self, post_id: str, values: Values) -> None:
        """Add what is said of one post; a post that comes again completes itself."""
        given = _present(values, POSTS)
        given["post_id"] = post_id
        self.posts += 1
        self._pieces.append(self.number, (_POST, post_id, given, 0))

    def comment(self, values: Values, comment_id: str | None = None, thread: int = 0) -> None:
        """Add a comment, once where it has a name; those of one thread number in the order of their times."""
        self._pieces.append(self.number, (_COMMENT, comment_id, _present(values, COMMENTS), thread))

    def comment_under(self, post_id: str | None, values: Values, comment_id: str | None = None) -> None:
        """Add a comment under a post, the creator's own where its author bears the account's name."""
        author = values.get("author_id")
        mine = None if author is None else author == self.account_id
        self.comment(values | {"post_id": post_id, "by_creator": mine}, comment_id)

    def add_history(self, day: str, values: Values) -> None:
        """Add the counts of one day, in UTC."""
        self._pieces.append(self.number, (_DAY, day, {"date": day} | _present(values, HISTORY), 0))

    def follower(self, values: Values) -> None:
        """Add one of the followers."""
        self._pieces.append(self.number, (_FOLLOWER, None, _present(values, AUDIENCE), 0))


@dataclass
class AccountParts:
    """All that is said of one account. Absent values are left out: the first that gives a value is kept."""

    profile: Values = field(default_factory=dict)
    posts: dict[str, Values] = field(default_factory=dict)
    comments: list[Values] = field(default_factory=list)
    history: dict[str, Values] = field(default_factory=dict)
    audience: list[Values] = field(default_factory=list)

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> AccountParts:
        """The parts that pieces make, one after the other."""
        parts = cls()
        said: list[Piece] = []
        for piece in pieces:
            kind, name, values, _ = piece
            if kind == _COMMENT:
                said.append(piece)
            elif kind == _FOLLOWER:
                parts.audience.append(values)
            elif name is None:
                parts.profile = values | parts.profile
            else:
                rows = parts.posts if kind == _POST else parts.history
                known = rows.get(name)
                rows[name] = values if known is None else values | known
        parts.comments = list(_once(said))
        return parts

    def document(self, draft: AccountDraft, account_id: str) -> Values:
        """The account document under that name, empty parts left out."""
        parts: Values = {
            "profile": self.profile,
            "posts": list(self.posts.values()),
            "comments": self.comments,
            "history": [self.history[day] for day in sorted(self.history)],
            "audience": self.audience,
        }
        about = {
            "schema": 1,
            "account_id": account_id,
            "platform": known_platform(draft.platform),
            "as_of": self._observed(draft.as_of),
        }
        return about | {name: part for name, part in parts.items() if part}

    def _observed(self, collected: dt.datetime) -> str:
        """When it was collected, or the newest time within: a file may be dated before its content."""
        within = [*_times(self.posts.values(), "published_at"), *_times(self.comments, "published_at")]
        opened = _times([self.profile, *self.audience], "created_at")
        days = [f"{day}T00:00:00Z" for day in (*self.history, *_times(self.posts.values(), "published_on"))]
        return max([collected.strftime("%Y-%m-%dT%H:%M:%SZ"), *within, *opened, *days])


class Waiting:
    """Rows of files that wait until all are read, and are then given to what places them."""

    def __init__(self, place: Callable[..., None]) -> None:
        self._place = place
        self._files: list[File] = []
        self._rows: Spool[tuple[int, tuple[Any, ...]]] = Spool()

    def add(self, file: File, *row: Any) -> None:
        """Keep a row, of what JSON has."""
        if not self._files or self._files[-1] is not file:
            self._files.append(file)
        self._rows.append((len(self._files) - 1, row))

    def finish(self) -> None:
        """Place each row: its file is the first argument, its members are the others."""
        for number, row in self._rows:
            self._place(self._files[number], *row)


@dataclass
class Drafts:
    """All accounts that the files are about.

    Attributes
    ----------
    as_of
        When all was collected, where the caller knows; else each file's own time counts.
    corrections
        What somebody said of the columns of plain tables.
    most_accounts
        How many there may be; None: as many as there are.
    leftovers
        What found no place.
    notes
        What was understood of plain tables, for people.
    by_id
        The accounts by platform and name, in the order in which they were met.
    threads
        Numbers for the threads of sources, whose comments are sorted by time.
    """

    as_of: dt.datetime | None = None
    corrections: Corrections = field(default_factory=Corrections)
    most_accounts: int | None = None
    leftovers: Leftovers = field(default_factory=Leftovers)
    notes: list[str] = field(default_factory=list)
    by_id: dict[tuple[str, str], AccountDraft] = field(default_factory=dict)
    threads: Iterator[int] = field(default_factory=lambda: count(1))
    _numbered: list[AccountDraft] = field(default_factory=list)
    _pieces: Groups[int, Piece] = field(default_factory=Groups)
    _owners: defaultdict[str, NameIndex[int]] = field(default_factory=lambda: defaultdict(NameIndex[int]))
    _strays: dict[str, Spool[_Stray]] = field(default_factory=dict)
    _later: list[Callable[[], None]] = field(default_factory=list)

    @property
    def is_in_memory(self) -> bool:
        """Whether all that is said of the accounts is so little that nothing of it is on disk."""
        return self._pieces.is_in_memory

    def account(
        self, platform: str, name: str, file: File, collected: dt.datetime | None = None
    ) -> AccountDraft:
        """The draft of an account, new if it was not met before.

        Parameters
        ----------
        platform
            The network's own name, such as ``mastodon``; the document may say ``other``.
        name
            The account's name there.
        file
            That speaks of it.
        collected
            When, in UTC, where the source says it; the file's time otherwise.

        Raises
        ------
        BadInput
            If it is one more than there may be, or its name is none that a document may have.
        """
        when = self.as_of or collected or file.modified
        draft = self.by_id.get((platform, name))
        if draft is None:
            if not 1 <= len(name) <= MAX_IDENTIFIER_LENGTH:
                rule = f"{RULES['identifier']}. Got {quote(name)}."
                raise BadInput(Fault(reading_place() or file.name, "account_id", rule))
            if self.most_accounts is not None and len(self._numbered) >= self.most_accounts:
                raise too_many_accounts(self.most_accounts)
            draft = AccountDraft(name, platform, when, len(self._numbered), self._pieces)
            self.by_id[platform, name] = draft
            self._numbered.append(draft)
        elif when > draft.as_of:
            draft.as_of = when
        draft.named_in(file)
        return draft

    def post(self, draft: AccountDraft, post_id: str, values: Values) -> None:
        """Add a post to an account, so that :meth:`owner` finds it."""
        draft.post(post_id, values)
        self._owners[draft.platform][post_id] = draft.number

    def owner(self, platform: str, post_id: str | None) -> AccountDraft | None:
        """The account that published a post, where the files say it."""
        number = self._owners[platform].get(post_id) if post_id else None
        return None if number is None else self._numbered[number]

    def owners(self, platform: str, post_ids: Collection[str]) -> dict[str, AccountDraft]:
        """By post the account that published it, where the files say it: faster than one by one."""
        known = self._owners[platform].among(post_ids)
        return {name: self._numbered[known[name]] for name in post_ids if name in known}

    def belonging(self, file: File, platform: str) -> AccountDraft | None:
        """The account that a file is about which does not name it, such as a page of followers.

        The one of the platform whose name stands in the file's name, or the only one there is. Which it is
        can be known only :meth:`later`.
        """
        known = [draft for draft in self._numbered if draft.platform == platform]
        named = [draft for draft in known if draft.account_id.lower() in file.name.lower()]
        found = named or known
        return found[0] if len(found) == 1 else None

    def stray(self, platform: str, post_id: str | None, comments: Sequence[Comment], kind: str) -> None:
        """Keep comments until all files are read, when it is known whose post they stand under.

        Parameters
        ----------
        platform, post_id
            The post; None where nothing names it.
        comments
            The name of each, None where it has none, and its values.
        kind
            What they are counted as where no file holds the post, such as ``comments under unknown videos``.
        """
        if platform not in self._strays:
            self._strays[platform] = Spool()
            self.later(partial(self._place_strays, platform))
        self._strays[platform].append((post_id, comments, kind))

    def _place_strays(self, platform: str) -> None:
        for post_id, comments, kind in self._strays.pop(platform):
            draft = self.owner(platform, post_id)
            if draft is None:
                self.leftovers.without_home(kind)
                continue
            for name, values in comments:
                draft.comment_under(post_id, values, name)

    def waiting(self, place: Callable[..., None]) -> Waiting:
        """Rows to be placed once all files are read; see :meth:`later`."""
        rows = Waiting(place)
        self.later(rows.finish)
        return rows

    def later(self, action: Callable[[], None]) -> None:
        """Do something once all files are read, such as placing comments whose post comes in a later file."""
        self._later.append(action)

    def finish(self) -> None:
        """Do what waited for all files, and what that made wait in turn."""
        for action in self._later:
            action()
        self._later.clear()

    def parts(self, wanted: Collection[AccountDraft]) -> Iterator[tuple[AccountDraft, AccountParts]]:
        """What is known so far of some accounts, all of which is gone through for that."""
        numbers = {draft.number for draft in wanted}
        for number, pieces in self._pieces:
            if number in numbers:
                yield self._numbered[number], AccountParts.of(pieces)

    def documents(self) -> Iterator[tuple[AccountDraft, Values]]:
        """Each draft with its document, in the order in which the accounts were met.

        Accounts of one name on two platforms are told apart by ``platform:name``.
        """
        names = Counter(name for _, name in self.by_id)
        groups = iter(self._pieces)
        number, pieces = next(groups, _NOTHING)
        for draft in self._numbered:
            said: Sequence[Piece] = ()
            if draft.number == number:
                said = pieces
                number, pieces = next(groups, _NOTHING)
            name = draft.account_id
            shown = name if names[name] == 1 else f"{draft.platform}:{name}"
            yield draft, AccountParts.of(said).document(draft, shown)


_NOTHING: Final[tuple[int, list[Piece]]] = (-1, [])


def _once(said: Iterable[Piece]) -> Iterator[Values]:
    """Comments, each once where it has a name; those of a thread in the order of their times."""
    seen: set[str] = set()
    for thread, pieces in groupby(said, key=itemgetter(3)):
        for _, name, values, _ in sorted(pieces, key=_when) if thread else pieces:
            if name is None or name not in seen:
                yield values
            if name is not None:
                seen.add(name)


def _when(piece: Piece) -> tuple[str, str]:
    return piece[2].get("published_at") or "", piece[1] or ""


def _present(values: Values, part: Part) -> Values:
    """What is there, of the fields that a document has."""
    return {name: value for name, value in values.items() if value is not None and name in part}


def _times(rows: Iterable[Values], name: str) -> list[str]:
    return [row[name] for row in rows if name in row]


def too_many_accounts(most: int) -> BadInput:
    """The refusal of files that are about more accounts than so many.

    >>> print(too_many_accounts(1_000))
    must hold at most 1,000 accounts in all. Got more.
    """
    return BadInput(Fault("", "", f"must hold at most {most:,} accounts in all. Got more.", bound="accounts"))
