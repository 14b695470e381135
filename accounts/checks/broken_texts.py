"""Texts that were damaged on the way: an encoding broken once, or all cut at one length."""

from __future__ import annotations

from typing import Final

import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

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


def _broken(column: str) -> pl.Expr:
    """Whether any text holds what broken ones do; one of letters of ASCII alone does not."""
    text = pl.col(column)
    foreign = text.filter(text.str.len_bytes() > pl.col(_CHARS))
    return foreign.str.contains_any(list(_BROKEN)).any()


@check("posts", _broken("caption"), text_chars=pl.col("caption").str.len_chars())
def broken_captions(evidence: Evidence) -> Outcome:
    """Captions whose encoding was broken once are mended."""
    return _mend("broken_captions", evidence.posts, "posts", "caption")


@check("comments", _broken("text"), text_chars=pl.col("text").str.len_chars())
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


def _cut() -> pl.Expr:
    length = pl.col(_CHARS)
    return length.max().is_in(sorted(LIMITS)) & ((length == length.max()).sum() >= FEWEST)


@check("posts", _cut(), text_chars=pl.col("caption").str.len_chars())
def cut_captions(evidence: Evidence) -> Outcome:
    """Captions that were all cut at one short length are left out: what they share may be but a beginning."""
    return _leave_out("cut_captions", evidence.posts, "posts", "caption")


@check("comments", _cut(), text_chars=pl.col("text").str.len_chars())
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
    return Outcome((Change(table, pl.concat(rows), (column,)),) if rows else (), tuple(findings))
