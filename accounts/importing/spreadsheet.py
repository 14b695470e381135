"""Plain tables of creators, posts, comments or follower counts, whose columns are guessed or said."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from typing import Any, Final, TypeAlias

from accounts.importing.column_guess import Guess, guess
from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.leftovers import Leftovers
from accounts.importing.row_owner import network_of_columns, network_of_file, owner_of_row, post_of_address
from accounts.importing.shape import readable
from accounts.importing.sheet_times import SheetTimes, day_first
from accounts.importing.source import Source, fields
from accounts.importing.total_rows import COUNTS, Row, without_totals
from accounts.importing.values import count, flag, identifier, is_absent, text
from accounts.importing.vocabulary import unit_of
from accounts.networks import NETWORKS

__all__ = ["SOURCE"]

_PROBED: Final = 200


def hashtags(value: Any) -> int | None:
    """How many hashtags a cell holds, or says that there are.

    >>> hashtags("#rye #oat"), hashtags("rye, oat"), hashtags("3")
    (2, 2, 3)
    """
    written = str(value).strip()
    if written.isdecimal():
        return count(written)
    return written.count("#") or sum(1 for one in re.split(r"[,;|\s]+", written.strip("[]")) if one)


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(["full_name", "bio", "caption", "kind", "text"], text),
    **dict.fromkeys(["is_verified", "is_private", "is_business", "is_sponsored", "has_location"], flag),
    "hashtags": hashtags,
    "post_id": identifier,
    "author_id": identifier,
}


@dataclass(frozen=True)
class _Table:
    """A table as it was understood."""

    file: File
    guess: Guess
    times: SheetTimes
    seen: SheetTimes
    constants: Mapping[str, str]
    absent: frozenset[str]

    @cached_property
    def units(self) -> Mapping[str, int]:
        """The power of ten that a field's numbers are in, where its column's name says one."""
        return {name: unit for name, column in self.guess.columns.items() if (unit := unit_of(column))}

    @property
    def names_platform(self) -> bool:
        """Whether its rows, an address in them or the file's name say the platform."""
        columns = {"platform", "link"} & {*self.guess.columns, *self.constants}
        named = network_of_file(self.file) or network_of_columns(self.file.header)
        return bool(columns) or named is not None

    def rows(self) -> Iterator[Row]:
        """Its rows, from the first."""
        for number, row in enumerate(self.file.rows, 2 + self.file.titles):
            yield Row(number, self.cells(row), list(row.values())[:2])

    def cells(self, row: Mapping[str, str]) -> dict[str, str]:
        """What a row says, by field."""
        found = {name: row.get(column, "") for name, column in self.guess.columns.items()}
        return dict(self.constants) | {
            name: cell for name, cell in found.items() if not is_absent(cell) and cell not in self.absent
        }


def recognises(file: File) -> bool:
    """Whether a table's columns have names that say something of accounts or posts."""
    return bool(file.header) and guess(file.header, list(islice(file.rows, _PROBED))) is not None


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every table by itself; lists of creators, posts and counts come together by the account's name.

    Tables that name their platform come first, as others may be about the same accounts.
    """
    tables = [table for file in files if (table := _understood(file, drafts)) is not None]
    for table in sorted(tables, key=lambda one: not one.names_platform):
        _table(table, drafts)


def _understood(file: File, drafts: Drafts) -> _Table | None:
    guessed = guess(file.header, list(islice(file.rows, _PROBED)))
    found, constants = drafts.corrections.corrected(file.name, file.header, guessed)
    if found is None:
        drafts.leftovers.without_home("tables of which nothing is known")
        return None
    drafts.notes += [f"{file.name}: {line}" for line in found.lines]
    if next(iter(file.rows), None) is None:
        drafts.notes.append(f"{file.name}: there is no row below the columns' names")
    times, seen = (_times(file, found.columns.get(name), drafts) for name in ("published", "as_of"))
    return _Table(file, found, times, seen, constants, drafts.corrections.absent)


def _times(file: File, column: str | None, drafts: Drafts) -> SheetTimes:
    order = None if column is None else day_first(row.get(column, "") for row in file.rows)
    return SheetTimes(order, drafts.corrections.zone, drafts.corrections.time)


def _table(table: _Table, drafts: Drafts) -> None:
    seen: dict[int, tuple[AccountDraft, list[tuple[str, int]]]] = {}
    creators: dict[int, list[_SeenRow]] = {}
    met: set[tuple[str, str]] = set()
    place = {"accounts": _creator, "posts": _post, "history": _day}.get(table.guess.table, _day)
    columns, read = table.guess.columns, partial(_read, table)
    for number, cells, _ in without_totals(table.rows, columns, read, drafts.leftovers):
        name, network = owner_of_row(cells, table.guess.table, table.file, drafts)
        if table.guess.table == "comments":
            drafts.later(partial(_comment, cells, name, network, table, drafts))
            continue
        if name is None:
            drafts.leftovers.without_home(f"rows of {table.guess.table} that name no account")
            continue
        met.add((network, name))
        when = _seen_at(cells, table, drafts)
        draft = drafts.account(network, name, table.file, when)
        if table.guess.table == "accounts" and when is not None:
            creators.setdefault(id(draft), []).append((when, cells, draft))
            continue
        place(cells, draft, number, table, drafts)
        if table.guess.table == "posts" and "followers" in cells:
            _note_followers(cells, draft, table, seen, drafts)
    for rows in creators.values():
        _creator_over_time(rows, table, drafts)
    for draft, counted in seen.values():
        _followers(draft, counted)
    unsaid = sum(1 for network, _ in met if network == "other")
    if unsaid:
        drafts.notes.append(f"{table.file.name}: no platform is said of {unsaid:,} accounts; taken as other")


def _reader(name: str, table: _Table) -> Callable[[Any], Any]:
    return partial(count, power=table.units.get(name, 0)) if name in COUNTS else _READERS[name]


def _read(table: _Table, name: str, cell: str) -> int | None:
    """A count of a cell; None where it is none, which is counted elsewhere."""
    return readable(_reader(name, table), cell, name, Leftovers())


def _values(cells: Mapping[str, str], wanted: Sequence[str], table: _Table, drafts: Drafts) -> dict[str, Any]:
    return {
        name: readable(_reader(name, table), cells[name], f"{table.guess.table}.{name}", drafts.leftovers)
        for name in wanted
        if name in cells
    }


def _published(cells: Mapping[str, str], table: _Table, drafts: Drafts) -> dict[str, str | None]:
    written = cells.get("published")
    if written is None:
        return {}
    when = readable(table.times.either, written, f"{table.guess.table}.published", drafts.leftovers)
    return {} if when is None else {"published_at" if "T" in when else "published_on": when}


_PROFILE: Final = (
    "followers",
    "following",
    "posts",
    "full_name",
    "bio",
    "is_verified",
    "is_private",
    "is_business",
)
_POST: Final = (
    "likes",
    "comments",
    "views",
    "shares",
    "saves",
    "caption",
    "hashtags",
    "kind",
    "is_sponsored",
)


def _creator(cells: Mapping[str, str], draft: AccountDraft, _: int, table: _Table, drafts: Drafts) -> None:
    opened = {}
    if "created_at" in cells:
        opened = {
            "created_at": readable(table.times.moment, cells["created_at"], "created_at", drafts.leftovers)
        }
    username = {"username": draft.account_id} if "username" in cells else {}
    draft.describe(_values(cells, _PROFILE, table, drafts) | opened | username)


def _seen_at(cells: Mapping[str, str], table: _Table, drafts: Drafts) -> dt.datetime | None:
    """When a row was collected, where a column says it: of a day alone its beginning."""
    written = cells.get("as_of")
    if written is None:
        return None
    found = readable(table.seen.either, written, f"{table.guess.table}.as_of", drafts.leftovers)
    if found is None:
        return None
    return dt.datetime.fromisoformat(found if "T" in found else f"{found}T00:00:00Z")


_SeenRow: TypeAlias = tuple[dt.datetime, Mapping[str, str], AccountDraft]
_COUNTED: Final = ("followers", "following", "posts")


def _creator_over_time(rows: Sequence[_SeenRow], table: _Table, drafts: Drafts) -> None:
    """One creator's rows: the newest is the profile; of several days all are its history, too."""
    newest_first = sorted(rows, key=lambda row: row[0], reverse=True)
    several = len({when.date() for when, *_ in rows}) > 1
    for when, cells, draft in newest_first:
        _creator(cells, draft, 0, table, drafts)
        if several:
            draft.add_history(when.date().isoformat(), _values(cells, _COUNTED, table, drafts))


def _post(cells: Mapping[str, str], draft: AccountDraft, number: int, table: _Table, drafts: Drafts) -> None:
    found = _values(cells, _POST, table, drafts) | _published(cells, table, drafts)
    drafts.post(draft, _post_name(cells, drafts) or f"{table.file.name} row {number}"[-200:], found)


def _post_name(cells: Mapping[str, str], drafts: Drafts) -> str | None:
    link = cells.get("link", "")
    name = cells.get("post_id") or post_of_address(link) or link.split("?v=")[-1].split("?")[0].rstrip("/")
    return readable(identifier, name or None, "post_id", drafts.leftovers)


def _comment(cells: Mapping[str, str], name: str | None, network: str, table: _Table, drafts: Drafts) -> None:
    """A comment under a post of another table, else of the account that the file is named after."""
    post = _post_name(cells, drafts)
    owners = (drafts.owner(one, post) for one in (network, *NETWORKS, "other"))
    known = next((owner for owner in owners if owner is not None), None)
    if known is None and name is None:
        drafts.leftovers.without_home("comments of no account")
        return
    draft = known or drafts.account(network, name or "", table.file)
    draft.named_in(table.file)
    found = _values(cells, ("author_id", "text", "likes"), table, drafts) | _published(cells, table, drafts)
    draft.comment(found | {"post_id": post})


def _day(cells: Mapping[str, str], draft: AccountDraft, _: int, table: _Table, drafts: Drafts) -> None:
    when = _published(cells, table, drafts)
    day = when.get("published_on") or (when.get("published_at") or "")[:10]
    if day:
        draft.add_history(day, _values(cells, ("followers", "following", "posts"), table, drafts))
    else:
        drafts.leftovers.without_home("counts of no day")


def _note_followers(
    cells: Mapping[str, str], draft: AccountDraft, table: _Table, seen: dict[int, Any], drafts: Drafts
) -> None:
    when = _published(cells, table, Drafts())
    day = when.get("published_on") or (when.get("published_at") or "")[:10]
    number = readable(_reader("followers", table), cells["followers"], "posts.followers", drafts.leftovers)
    if number is not None:
        seen.setdefault(id(draft), (draft, []))[1].append((day, number))


def _followers(draft: AccountDraft, counted: Sequence[tuple[str, int]]) -> None:
    """Followers beside posts: one number over all is today's; numbers that change are those of the days."""
    if len({number for _, number in counted}) == 1:
        draft.describe({"followers": counted[0][1]})
        return
    for day, number in counted:
        if day:
            draft.add_history(day, {"followers": number})


SOURCE: Final = Source(
    name="spreadsheet",
    title="Plain tables (CSV, Excel)",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="username followers following bio is_verified",
        posts="published_at likes comments views shares saves caption hashtags",
        comments="text author_id",
        history="followers",
    ),
    lacks="what no column says; averages, rates and estimates, which are no evidence and left out by name",
    obtained="any table of creators, posts, comments or follower counts, one a file or sheet; names of"
    " columns in some twenty languages are known, and --columns says what others are",
    limits="a column of collection (as_of, snapshot date, Stand, fecha de captura) says how old a row"
    " is, else the file's own time does; times without a zone are read as UTC (zone in --columns says"
    " another); 03/04/2026 is read only where the column says which is the month;"
    ' counts in thousands only where the column\'s name says so ("Followers (k)", "Follower in Tsd.")',
    seen="spreadsheets of agencies, lists of creators, 4CAT and CrowdTangle tables",
    generic=True,
)
