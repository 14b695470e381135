"""What was not collected of an audience sample."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["impossible_followers", "newest_followers", "numbered_followers", "uncollected_audience"]

FEWEST: Final = 20
COLUMNS: Final = (
    "followers", "following", "posts", "has_picture", "is_private", "is_verified", "created_at", "bio",
    "username", "full_name", "external_url",
)  # fmt: skip
NATURAL: Final = frozenset({"is_verified", "is_private", "external_url", "bio"})
"""Columns of which one value may be everybody's: no one verified, nobody private, no link, no description."""
_WATCHED: Final = tuple(name for name in COLUMNS if name not in NATURAL)


_TEXTS: Final = ("username", "full_name")


def _differs(name: str) -> pl.Expr:
    """Whether a text is another than that of the row before."""
    return pl.col(name) != pl.col(name).shift(1)


_DIFFERENCES: Final = {f"{name}_differs": _differs(name) for name in _TEXTS}


def _alike(rows: TableArrays, name: str) -> Flags:
    """Accounts whose sample has one single value in a column; of texts, in which no row differs."""
    enough: Flags = rows.count(rows.is_known(name)) >= FEWEST
    if not enough.any():
        return rows.nobody
    if name in _TEXTS:
        differs = rows.floats(f"{name}_differs") == 1
        differs[rows.starts] = False
        alike = ~rows.any(differs)
    else:
        values = rows.floats(name)
        alike = rows.least(values) == rows.most(values)
    return enough & alike


def _one_value(rows: TableArrays) -> Flags:
    """Accounts whose sample has one single value in any of the columns."""
    watched = [name for name in _WATCHED if not rows.is_absent(name)]
    return np.logical_or(rows.nobody, np.logical_or.reduce([_alike(rows, name) for name in watched]))


@check("audience", _one_value, derived=_DIFFERENCES)
def uncollected_audience(evidence: Evidence) -> Outcome:
    """A flag or count with one single value in the whole sample was not collected: it is absent.

    Twenty followers or more: nobody has a picture, all have 0 followers, or opened their account at once.
    """
    changes, findings = [], []
    sample = evidence.audience
    rows = TableArrays.of(sample).deriving(_DIFFERENCES)
    for name in (name for name in _WATCHED if _alike(rows, name).any()):
        known = sample.select("account_id", ROW, name).filter(pl.col(name).is_not_null())
        alike = known.group_by("account_id", maintain_order=True).agg(
            pl.col(ROW),
            values=pl.col(name).n_unique(),
            value=pl.col(name).first().cast(pl.String),
            rows=pl.len(),
        )
        wrong = alike.filter((pl.col("values") == 1) & (pl.col("rows") >= FEWEST))
        if wrong.is_empty():
            continue
        changes.append(Change("audience", wrong[ROW].explode(), (name,)))
        findings += [
            Finding(
                account_id, "uncollected_audience", f"audience.{name}", rows,
                f"All {rows} followers sampled have {name} {value}: it was not collected, and is left out.",
                (f"audience.{name}",),
            )
            for account_id, value, rows in wrong.select("account_id", "value", "rows").iter_rows()
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))


_NUMBER: Final = r"^(?:\d{6,}|[0-9a-f]{16,}|[0-9A-F]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$"
"""What stands in place of a handle: an id of digits, or a digest."""
_NUMBERED: Final = pl.col("username").str.contains(_NUMBER)
_NEARLY_ALL: Final = 0.95


def _are_numbered(rows: TableArrays) -> Flags:
    """Accounts of whose sample nearly all handles, twenty or more, are numbers."""
    known = rows.count(rows.is_known("username"))
    numbered: Flags = rows.count(rows.floats("username_numbered") == 1) >= _NEARLY_ALL * known
    return numbered & (known >= FEWEST)


@check("audience", _are_numbered, derived={"username_numbered": _NUMBERED})
def numbered_followers(evidence: Evidence) -> Outcome:
    """Handles that are nearly all ids or digests stand for people whose handles were not collected.

    Twenty followers or more. A handle of digits is unusual; a sample of nothing else is a column of ids.

    >>> from accounts.tables import Tables
    >>> sample = [{"account_id": "a", "username": str(17_841_400_000_000 + 77 * at)} for at in range(20)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], audience=sample))
    >>> numbered_followers.examine(one).findings[0].sentence
    'The handles of all 20 followers sampled are numbers: ids in place of handles, which are left out.'
    """
    known = evidence.columns("audience", "account_id", "username").filter(pl.col("username").is_not_null())
    rows, findings = [], []
    for name, part in findings_by_account(known):
        numbered = int(part.select(_NUMBERED.sum()).item())
        if part.height < FEWEST or numbered < _NEARLY_ALL * part.height:
            continue
        rows.append(part[ROW])
        many = f"all {part.height}" if numbered == part.height else f"{numbered} of {part.height}"
        findings.append(
            Finding(
                name, "numbered_followers", "audience.username", part.height,
                f"The handles of {many} followers sampled are numbers: ids in place of handles, which are"
                " left out.", ("audience.username",),
            )
        )  # fmt: skip
    return Outcome((Change("audience", pl.concat(rows), ("username",)),) if rows else (), tuple(findings))


_COUNTS: Final = ("followers", "following", "posts")
_EMPTY: Final = pl.all_horizontal(pl.col(name) == 0 for name in _COUNTS)
_MANY: Final = 0.1


def _many_empty(rows: TableArrays) -> Flags:
    """Accounts of whose sample a tenth, and three, have no followers, follow nobody and posted nothing."""
    counts = [rows.floats(name) for name in _COUNTS]
    empty = np.logical_and.reduce([values == 0 for values in counts])
    if not empty.any():
        return rows.nobody
    counted = empty | np.logical_or.reduce([np.abs(values) > 0 for values in counts])
    empties = rows.count(empty)
    return (empties >= 3) & (empties / np.maximum(rows.count(counted), 1) >= _MANY)


@check("audience", _many_empty)
def impossible_followers(evidence: Evidence) -> Outcome:
    """Followers sampled whose counts are all 0 were not counted: whoever follows an account follows one.

    A tenth of the sample, and three.

    >>> from accounts.tables import Tables
    >>> nothing = {"account_id": "a", "followers": 0, "following": 0, "posts": 0}
    >>> rows = [nothing] * 4 + [nothing | {"following": 1}]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], audience=rows))
    >>> impossible_followers.examine(one).findings[0].rows
    4
    """
    wrong = evidence.audience.filter(_EMPTY)
    findings = tuple(
        Finding(
            name, "impossible_followers", "audience.following", part.height,
            f"{part.height} followers sampled follow nobody, not even this account: their counts were not"
            " collected, and are left out.", tuple(f"audience.{column}" for column in _COUNTS),
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change("audience", wrong[ROW], _COUNTS),), findings)


_NEWEST: Final = pl.col("audience_order").str.to_lowercase() == "newest"


@check("accounts", lambda rows: rows.any(rows.floats("is_newest") == 1), derived={"is_newest": _NEWEST})
def newest_followers(evidence: Evidence) -> Outcome:
    """The newest followers are no sample of all: what they say of all are bounds, and the verdict says so.

    >>> from accounts.tables import Tables
    >>> account = {"account_id": "a", "platform": "x", "audience_order": "newest", "followers": 900}
    >>> tables = Tables.of(accounts=[account], audience=[{"account_id": "a", "followers": 3}] * 40)
    >>> newest_followers.examine(Evidence(tables)).findings[0].sentence
    'The 40 followers sampled are the newest of 900: shares among all followers are given as bounds.'
    """
    newest = evidence.accounts.filter(_NEWEST)
    sampled = evidence.audience.group_by("account_id").len("sampled")
    both = newest.join(sampled, on="account_id", how="inner", maintain_order="left")
    findings = tuple(
        Finding(
            name, "newest_followers", "audience", rows,
            f"The {rows} followers sampled are the newest"
            f"{'' if followers is None else f' of {followers:,}'}: shares among all followers are given as"
            " bounds.",
        )
        for name, followers, rows in both.select("account_id", "followers", "sampled").iter_rows()
    )  # fmt: skip
    return Outcome(findings=findings)
