"""Users of a network in the files of a source: which are accounts to judge, and which follow one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from accounts.importing.drafts import AccountDraft, Drafts, Values
from accounts.importing.files import File
from accounts.importing.name_index import NameIndex
from accounts.importing.shape import Shape
from accounts.importing.spool import Spool

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
    _met: NameIndex[int] = field(default_factory=NameIndex)
    _authors: Spool[tuple[str, Values]] = field(default_factory=Spool)
    _files: dict[str, File] = field(default_factory=dict)
    _numbers: Counter[str] = field(default_factory=Counter)
    _listed: Spool[tuple[str, str | None, Values]] = field(default_factory=Spool)

    def wrote(self, name: str | None, user: Mapping[str, Any], drafts: Drafts) -> None:
        """Keep what is said of an author, once for each name."""
        if name is not None and user and name not in self._met:
            self._met[name] = 1
            self._authors.append((name, self.shape.read(user, drafts.leftovers)))

    def listed(self, name: str | None, user: Mapping[str, Any], file: File, drafts: Drafts) -> None:
        """Keep a user that stands in a file by itself."""
        self._files[file.name] = file
        self._numbers[file.name] += 1
        self._listed.append((file.name, name, self.shape.read(user, drafts.leftovers)))

    def place(self, drafts: Drafts) -> None:
        """Put everybody where they belong, accounts now and the others once all files are read.

        The only user of a file is an account. Authors and users who are accounts are described. Others are
        followers where the file's name says that they follow, and the account can be told.
        """
        for file_name, name, _ in self._listed if 1 in self._numbers.values() else ():
            if self._numbers[file_name] == 1 and name and not says_followers(self._files[file_name]):
                drafts.account(self.platform, name, self._files[file_name])
        drafts.later(lambda: self._describe(drafts))

    def _describe(self, drafts: Drafts) -> None:
        owners = {
            name: self._owner(file, drafts) for name, file in self._files.items() if says_followers(file)
        }
        for file_name, name, values in self._listed:
            self._user(name, values, owners.get(file_name), drafts)
        for name, values in self._authors:
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
