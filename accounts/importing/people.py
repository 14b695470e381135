"""Users of a network in the files of a source: which are accounts to judge, and which follow one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.shape import Shape

__all__ = ["People", "says_followers"]


@dataclass
class People:
    """What is said of users, until all files are read and it is known who of them is an account.

    Attributes
    ----------
    platform
        The network's own name.
    shape
        Of a user.
    owner_of
        Whose followers a file holds; without it whom :meth:`Drafts.belonging` finds.
    """

    platform: str
    shape: Shape
    owner_of: Callable[[File, Drafts], AccountDraft | None] | None = None
    _authors: dict[str, Values] = field(default_factory=dict)
    _lists: dict[str, tuple[File, list[tuple[str | None, Values]]]] = field(default_factory=dict)

    def wrote(self, name: str | None, user: Mapping[str, Any], drafts: Drafts) -> None:
        """Keep what is said of an author, once for each name."""
        if name is not None and user and name not in self._authors:
            self._authors[name] = self.shape.read(user, drafts.leftovers)

    def listed(self, name: str | None, user: Mapping[str, Any], file: File, drafts: Drafts) -> None:
        """Keep a user that stands in a file by itself."""
        _, users = self._lists.setdefault(file.name, (file, []))
        users.append((name, self.shape.read(user, drafts.leftovers)))

    def place(self, drafts: Drafts) -> None:
        """Put everybody where they belong, accounts now and the others once all files are read.

        The only user of a file is an account. Authors and users who are accounts are described. Others are
        followers where the file's name says that they follow, and the account can be told.
        """
        for file, users in self._lists.values():
            if len(users) == 1 and not says_followers(file) and (name := users[0][0]):
                drafts.account(self.platform, name, file)
        drafts.later(lambda: self._describe(drafts))

    def _describe(self, drafts: Drafts) -> None:
        for file, users in self._lists.values():
            owner = self._owner(file, drafts) if says_followers(file) else None
            for name, values in users:
                self._user(name, values, owner, drafts)
        for name, values in self._authors.items():
            if draft := drafts.by_id.get((self.platform, name)):
                draft.describe(values)

    def _owner(self, file: File, drafts: Drafts) -> AccountDraft | None:
        return self.owner_of(file, drafts) if self.owner_of else drafts.belonging(file, self.platform)

    def _user(self, name: str | None, values: Values, owner: AccountDraft | None, drafts: Drafts) -> None:
        if name and (own := drafts.by_id.get((self.platform, name))):
            own.describe(values)
        elif owner is not None:
            owner.follower(values)
        else:
            drafts.leftovers.without_home("users who wrote nothing and follow nobody known")


def says_followers(file: File) -> bool:
    """Whether a file's name says that it holds those who follow somebody."""
    return "follower" in PurePath(file.name).name.lower()
