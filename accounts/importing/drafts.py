"""Account documents in the making: what several files of a source say of one account comes together here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.importing.corrections import Corrections
from accounts.importing.files import File
from accounts.importing.leftovers import Leftovers
from accounts.importing.values import platform as known_platform
from accounts.schema import AUDIENCE, COMMENTS, HISTORY, POSTS, PROFILE, Part

__all__ = ["AccountDraft", "Drafts"]

Values = dict[str, Any]


@dataclass
class AccountDraft:
    """One account so far. Absent values are left out: the first that gives a value is kept.

    Attributes
    ----------
    account_id
        Its name on its platform.
    platform
        Where it lives, by that network's own name.
    as_of
        When the newest of what is known was collected.
    files
        Names of the files that speak of it, in their order.
    """

    account_id: str
    platform: str
    as_of: dt.datetime
    files: dict[str, None] = field(default_factory=dict)
    profile: Values = field(default_factory=dict)
    posts: dict[str, Values] = field(default_factory=dict)
    comments: list[Values] = field(default_factory=list)
    history: dict[str, Values] = field(default_factory=dict)
    audience: list[Values] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def describe(self, values: Values) -> None:
        """Add what is said of the profile."""
        self.profile = _present(values, PROFILE) | self.profile

    def post(self, post_id: str, values: Values) -> None:
        """Add what is said of one post; a post that comes again completes itself."""
        given = _present(values, POSTS)
        given["post_id"] = post_id
        known = self.posts.get(post_id)
        self.posts[post_id] = given if known is None else given | known

    def comment(self, values: Values, comment_id: str | None = None) -> None:
        """Add a comment, once where it has a name."""
        if comment_id is None or comment_id not in self._seen:
            self.comments.append(_present(values, COMMENTS))
        if comment_id is not None:
            self._seen.add(comment_id)

    def add_history(self, day: str, values: Values) -> None:
        """Add the counts of one day, in UTC."""
        self.history[day] = {"date": day} | _present(values, HISTORY) | self.history.get(day, {})

    def follower(self, values: Values) -> None:
        """Add one of the followers."""
        self.audience.append(_present(values, AUDIENCE))

    def document(self, account_id: str) -> Values:
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
            "platform": known_platform(self.platform),
            "as_of": self._observed,
        }
        return about | {name: part for name, part in parts.items() if part}

    @property
    def _observed(self) -> str:
        """When it was collected, or the newest time within: a file may be dated before its content."""
        within = [*_times(self.posts.values(), "published_at"), *_times(self.comments, "published_at")]
        opened = _times([self.profile, *self.audience], "created_at")
        days = [f"{day}T00:00:00Z" for day in (*self.history, *_times(self.posts.values(), "published_on"))]
        return max([self.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"), *within, *opened, *days])


@dataclass
class Drafts:
    """All accounts that the files are about.

    Attributes
    ----------
    as_of
        When all was collected, where the caller knows; else each file's own time counts.
    corrections
        What somebody said of the columns of plain tables.
    leftovers
        What found no place.
    notes
        What was understood of plain tables, for people.
    """

    as_of: dt.datetime | None = None
    corrections: Corrections = field(default_factory=Corrections)
    leftovers: Leftovers = field(default_factory=Leftovers)
    notes: list[str] = field(default_factory=list)
    by_id: dict[tuple[str, str], AccountDraft] = field(default_factory=dict)
    _by_post: dict[tuple[str, str], AccountDraft] = field(default_factory=dict)
    _later: list[Callable[[], None]] = field(default_factory=list)

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
        """
        when = self.as_of or collected or file.modified
        draft = self.by_id.get((platform, name))
        if draft is None:
            draft = self.by_id[platform, name] = AccountDraft(name, platform, when)
        draft.as_of = max(draft.as_of, when)
        draft.files[file.name] = None
        return draft

    def post(self, draft: AccountDraft, post_id: str, values: Values) -> None:
        """Add a post to an account, so that :meth:`owner` finds it."""
        draft.post(post_id, values)
        self._by_post[draft.platform, post_id] = draft

    def owner(self, platform: str, post_id: str | None) -> AccountDraft | None:
        """The account that published a post, where the files say it."""
        return self._by_post.get((platform, post_id)) if post_id else None

    def belonging(self, file: File, platform: str) -> AccountDraft | None:
        """The account that a file is about which does not name it, such as a page of followers.

        The one of the platform whose name stands in the file's name, or the only one there is. Which it is
        can be known only :meth:`later`.
        """
        known = [draft for draft in self.by_id.values() if draft.platform == platform]
        named = [draft for draft in known if draft.account_id.lower() in file.name.lower()]
        found = named or known
        return found[0] if len(found) == 1 else None

    def later(self, action: Callable[[], None]) -> None:
        """Do something once all files are read, such as placing comments whose post comes in a later file."""
        self._later.append(action)

    def finish(self) -> None:
        """Do what waited for all files, and what that made wait in turn."""
        for action in self._later:
            action()
        self._later.clear()

    def documents(self) -> Iterator[tuple[AccountDraft, Values]]:
        """Each draft with its document, in the order in which the accounts were met.

        Accounts of one name on two platforms are told apart by ``platform:name``.
        """
        names = Counter(name for _, name in self.by_id)
        for (platform, name), draft in self.by_id.items():
            yield draft, draft.document(name if names[name] == 1 else f"{platform}:{name}")


def _present(values: Values, part: Part) -> Values:
    """What is there, of the fields that a document has."""
    return {name: value for name, value in values.items() if value is not None and name in part}


def _times(rows: Iterable[Values], name: str) -> list[str]:
    return [row[name] for row in rows if name in row]
