"""Texts that were damaged on the way: an encoding broken once, or all cut at one length."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import (
    ROW,
    Change,
    Evidence,
    Finding,
    Outcome,
    Suspects,
    check,
    findings_by_account,
    without_values,
)
from accounts.tables import take_rows

__all__ = ["broken_captions", "broken_comments", "cut_captions", "cut_comments", "mended"]

_BROKEN: Final = (
    "Ã",
    "Â",
    "â€",
    "â\x80",
    "ð\x9f",
    "ðŸ",
    "Ð",
    "Ø",
    "à¤",
    "ã\x81",
    "ã\x82",
    "ã‚",
    "ã€",
    "ä¸",
    "ï¸",
    "å",
)


_ANY_BROKEN: Final = "|".join(_BROKEN)


def mended(text: str) -> str:
    """A text whose UTF-8 bytes were read as Latin-1 or Windows-1252, as it was; any other as it is.

    >>> mended("cafÃ© ðŸ‘�"), mended("Å la carte"), mended("cafÃ©")
    ('cafÃ© ðŸ‘�', 'Å la carte', 'café')
    """
    for codec in ("cp1252", "latin-1"):
        try:
            found = text.encode(codec).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
        if len(found) < len(text):
            return found
    return text


_CHARS: Final = "text_chars"
"""Column with a text's length in characters."""


_BYTES: Final = "text_bytes"
"""Column with a text's length in bytes of UTF-8."""


def _lengths(column: str) -> Mapping[str, pl.Expr]:
    """A text's lengths, which all checks of a table's texts read."""
    text = pl.col(column).str
    return {_CHARS: text.len_chars(), _BYTES: text.len_bytes()}


def _broken(column: str) -> Suspects:
    """Accounts of which a text holds what broken ones do; one of letters of ASCII alone does not."""

    def suspects(rows: TableArrays) -> Flags:
        foreign = np.flatnonzero(rows.floats(_BYTES) > rows.floats(_CHARS))
        if not len(foreign):
            return rows.nobody
        texts = take_rows(rows.frame[column], foreign)
        marked = np.zeros(rows.frame.height, np.bool_)
        marked[foreign] = texts.str.contains(_ANY_BROKEN).to_numpy()
        return rows.any(marked)

    return suspects


@check("posts", _broken("caption"), derived=_lengths("caption"))
def broken_captions(evidence: Evidence) -> Outcome:
    """Captions whose encoding was broken once are mended."""
    return _mend("broken_captions", evidence.posts, "posts", "caption")


@check("comments", _broken("text"), derived=_lengths("text"))
def broken_comments(evidence: Evidence) -> Outcome:
    """Comments whose encoding was broken once are mended."""
    return _mend("broken_comments", evidence.comments, "comments", "text")


def _mend(name: str, frame: pl.DataFrame, table: str, column: str) -> Outcome:
    suspect = frame.filter(pl.col(column).str.contains_any(list(_BROKEN)))
    texts = [mended(text) for text in suspect[column].to_list()]
    whole = suspect.with_columns(pl.Series("mended", texts, dtype=pl.String))
    changed = whole.filter(pl.col("mended") != pl.col(column))
    findings = tuple(
        Finding(
            account_id, name, f"{table}.{column}", part.height,
            f"{part.height} texts were UTF-8 that somebody read as Latin-1; they are mended.",
        )
        for account_id, part in findings_by_account(changed)
    )  # fmt: skip
    values = changed.select(pl.col("mended").alias(column))
    return Outcome((Change(table, changed[ROW], values=values),), findings)


LIMITS: Final = frozenset({16, 20, 24, 25, 30, 32, 40, 50, 60, 64})
"""Characters at which programs cut, up to where a cut text may be another's beginning, too."""
FEWEST: Final = 5


def _cut(rows: TableArrays) -> Flags:
    """Accounts of whose texts several have the same length, a limit, and none is longer."""
    length = rows.floats(_CHARS)
    longest = rows.most(length)
    limited = np.isin(longest, sorted(LIMITS))
    if not limited.any():
        return rows.nobody
    return limited & (rows.count(length == longest[rows.account]) >= FEWEST)


@check("posts", _cut, derived=_lengths("caption"))
def cut_captions(evidence: Evidence) -> Outcome:
    """Captions that were all cut at one short length are left out: what they share may be but a beginning."""
    return _leave_out("cut_captions", evidence.posts, "posts", "caption")


@check("comments", _cut, derived=_lengths("text"))
def cut_comments(evidence: Evidence) -> Outcome:
    """Comments that were all cut at one short length lose their text."""
    return _leave_out("cut_comments", evidence.comments, "comments", "text")


def _leave_out(name: str, frame: pl.DataFrame, table: str, column: str) -> Outcome:
    rows, findings = [], []
    for account_id, part in findings_by_account(frame.filter(pl.col(column).is_not_null())):
        length = part[column].str.len_chars()
        longest = length.max()
        at_end = part.filter(length == longest)
        different = at_end[column].n_unique() >= FEWEST
        if different and longest in LIMITS and at_end.height >= part.height / 5:
            rows.append(at_end[ROW])
            findings.append(
                Finding(
                    account_id, name, f"{table}.{column}", at_end.height,
                    f"{at_end.height} texts were cut at {longest} characters; they are left out.",
                    (f"{table}.{column}",),
                )
            )  # fmt: skip
    return without_values(table, column, rows, findings)
