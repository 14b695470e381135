"""Account documents in the making: what several files of a source say of one account comes together here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["Draft", "Drafts", "Leftovers"]

Values = dict[str, Any]
_EXAMPLES: Final = 3


@dataclass
class Leftovers:
    """What a source's files hold that no document has a place for; nothing is dropped in silence.

    Attributes
    ----------
    unknown
        Fields that the importer does not know, and how often each came.
    unreadable
        Fields whose values could not be read, and how often.
    homeless
        Rows that belong to no account or post of the files, by kind.
    examples
        A few of the values that could not be read, by field.
    """

    unknown: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    homeless: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def refuse(self, path: str, reason: str) -> None:
        """Count a value that cannot be read, with its reason."""
        self.unreadable[path] += 1
        if len(known := self.examples.setdefault(path, [])) < _EXAMPLES and reason not in known:
            known.append(reason)


@dataclass
class Draft:
    """One account so far. Absent values are left out: the first source that knows a value gives it.

    Attributes
    ----------
    account_id, platform
        Its name here and where it lives.
    as_of
        When the newest of what is known was collected.
    """

    account_id: str
    platform: str
    as_of: dt.datetime
    profile: Values = field(default_factory=dict)
    posts: dict[str, Values] = field(default_factory=dict)
    comments: list[Values] = field(default_factory=list)
    history: dict[str, Values] = field(default_factory=dict)
    audience: list[Values] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def describe(self, values: Values) -> None:
        """Add what is said of the profile."""
        self.profile = _present(values) | self.profile

    def post(self, post_id: str, values: Values) -> None:
        """Add what is said of one post; a post that comes again completes itself."""
        self.posts[post_id] = {"post_id": post_id} | _present(values) | self.posts.get(post_id, {})

    def comment(self, values: Values, comment_id: str | None = None) -> None:
        """Add a comment, once where it has a name."""
        if comment_id is None or comment_id not in self._seen:
            self.comments.append(_present(values))
        if comment_id is not None:
            self._seen.add(comment_id)

    def count_of(self, day: str, values: Values) -> None:
        """Add the counts of one day."""
        self.history[day] = {"date": day} | _present(values) | self.history.get(day, {})

    def follower(self, values: Values) -> None:
        """Add one of the followers."""
        self.audience.append(_present(values))

    @property
    def document(self) -> Values:
        """The account document, empty parts left out."""
        newest = max([*_times(self.posts.values()), *_times(self.comments)], default="")
        as_of = max(self.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"), newest)
        parts: Values = {
            "profile": self.profile,
            "posts": list(self.posts.values()),
            "comments": self.comments,
            "history": [self.history[day] for day in sorted(self.history)],
            "audience": self.audience,
        }
        about = {"schema": 1, "account_id": self.account_id, "platform": self.platform, "as_of": as_of}
        return about | {name: part for name, part in parts.items() if part}


@dataclass
class Drafts:
    """All accounts that the files are about.

    Attributes
    ----------
    as_of
        When all was collected, where the caller knows; else each file's own time counts.
    leftovers
        What found no place.
    """

    as_of: dt.datetime | None = None
    leftovers: Leftovers = field(default_factory=Leftovers)
    by_id: dict[tuple[str, str], Draft] = field(default_factory=dict)
    _by_post: dict[str, Draft] = field(default_factory=dict)

    def account(self, platform: str, name: str, collected: dt.datetime) -> Draft:
        """The draft of an account, new if it was not met before."""
        when = self.as_of or collected
        draft = self.by_id.setdefault((platform, name), Draft(name, platform, when))
        draft.as_of = max(draft.as_of, when)
        return draft

    def post(self, draft: Draft, post_id: str, values: Values) -> None:
        """Add a post to an account, so that :meth:`owner` finds it."""
        draft.post(post_id, values)
        self._by_post[post_id] = draft

    def owner(self, post_id: str | None) -> Draft | None:
        """The account that published a post, where the files say it."""
        return self._by_post.get(post_id) if post_id else None

    def documents(self) -> Iterator[Values]:
        """The documents, in the order in which their accounts were met."""
        return (draft.document for draft in self.by_id.values())


def _present(values: Values) -> Values:
    return {name: value for name, value in values.items() if value is not None}


def _times(rows: Any) -> list[str]:
    return [row["published_at"] for row in rows if "published_at" in row]
