"""Rows that stand twice: a post in several lists, the pictures of a carousel, a comment, a total."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Arrays, Flags, Index, TableArrays
from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account
from accounts.checks.times import SECOND
from accounts.tables import take_rows

__all__ = ["repeated_comments", "repeated_posts", "total_rows"]

_COUNTS: Final = ("likes", "comments", "views")
_COMPARED: Final = (*_COUNTS, "caption", "hashtags")
_PUBLISHED: Final = pl.col("published_at")
APART: Final = 60
"""Seconds between pictures of one carousel."""
LATER: Final = 0.02
ENOUGH: Final = 10
"""A count from which on two posts hardly share it by chance."""
SEVERAL: Final = 2
MANY: Final = 4
"""Times as many rows of an account that are vouched for as rows that differ, for all to be repeats."""
WORDY: Final = 15
"""Characters of a caption that nobody writes twice within a minute. (Of the users of X in Bot or Not,
sessions 30 and 31, three people did, and no bot.)"""
BEGINNING: Final = 10
"""Characters of a cut caption that still say which one it is."""
HASHTAGS: Final = 3
USES: Final = 3
"""Posts under one caption beyond which it is a program's, which writes it again and again."""
_ORDER: Final = ("account_id", "published_at", *_COMPARED, "post_id")
"""Of rows that repeat each other the first one stays, in whatever order they were sent."""
_EQUAL: Final = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_first")) for name in _COUNTS)
_CUT: Final = r"(?:\s*(?:…|\.\.\.))?\s*(?:more|mehr|plus|más|mais)?\s*$"
"""What stands at the end of a caption that a page shows the beginning of."""


def _begins_as(column: str, other: str) -> pl.Expr:
    """Whether one caption is the beginning of another, ten characters or more."""
    beginning = pl.col(column).str.replace(_CUT, "")
    return pl.col(other).str.starts_with(beginning) & (beginning.str.len_chars() >= BEGINNING)


_ONE_CAPTION: Final = _begins_as("caption", "caption_first") | _begins_as("caption_first", "caption")
"""Whether two captions are one that was cut, or to which hashtags were added."""
_SAME_WORDS: Final = (
    (pl.col("caption") == pl.col("caption_first")) & (pl.col("caption").str.len_chars() >= WORDY)
) | (
    pl.col("caption").is_null() & pl.col("caption_first").is_null()
    & (pl.col("hashtags") == pl.col("hashtags_first")) & (pl.col("hashtags") >= HASHTAGS)
)  # fmt: skip


def _soon_after_another(rows: TableArrays) -> Flags:
    """Accounts of whose posts one follows another within a minute."""
    times = rows.floats("published_at")
    order = rows.in_order(times)
    soon = np.diff(times[order]) <= APART * SECOND
    same = rows.account[order[1:]] == rows.account[order[:-1]]
    marked = np.zeros(len(times), np.bool_)
    marked[order[1:][soon & same]] = True
    return rows.any(marked)


def _with_like_counts(arrays: Arrays) -> Collection[str]:
    """Accounts with two posts within a minute of which one may repeat the other."""
    rows = arrays["posts"]
    times, account = rows.floats("published_at"), rows.account
    order = rows.in_order(times)
    marked = np.zeros(len(times), np.bool_)
    first = np.arange(len(order) - 1)
    for later in range(1, len(order)):
        first = first[(first + later < len(order)) & ~rows.any(marked)[account[order[first]]]]
        own, other = order[first + later], order[first]
        near = (account[own] == account[other]) & (times[own] - times[other] < (APART + 1) * SECOND)
        if not near.any():
            break
        first, own, other = first[near], own[near], other[near]
        likely = _like_counts(rows, own, other) | (times[own] == times[other])
        if likely.any():
            own, other = own[likely], other[likely]
            marked[own[_like_words(rows, own, other)]] = True
    return rows.names(rows.any(marked))


def _like_words(rows: TableArrays, own: Index, other: Index) -> Flags:
    """Whether two rows have the same caption, or one has none."""
    a, b = (take_rows(rows.frame["caption"], each).fill_null("") for each in (own, other))
    alike = (a == b) | (a == "") | (b == "") | (a.str.head(BEGINNING) == b.str.head(BEGINNING))
    return alike.to_numpy()


def _like_counts(rows: TableArrays, own: Index, other: Index) -> Flags:
    """Whether all counts of two rows are alike or unknown, and one is shared, or all are the same."""
    alike, shared = np.ones(len(own), np.bool_), np.zeros(len(own), np.bool_)
    equal = alike.copy()
    for a, b in ((rows.floats(name)[own], rows.floats(name)[other]) for name in _COUNTS):
        close, unknown = np.abs(a - b) <= np.maximum(a, b) / ENOUGH + 2, np.isnan(a) | np.isnan(b)
        alike &= close | unknown
        equal &= (a == b) | (np.isnan(a) & np.isnan(b))
        shared |= ((a == b) & (a > 0)) | (close & (np.minimum(a, b) >= ENOUGH))
    return alike & (shared | equal)


@check("posts", _soon_after_another, _with_like_counts)
def repeated_posts(evidence: Evidence) -> Outcome:
    """A post under several names stands once: equal in its second, its caption and its counts.

    Reels and posts are two lists of one profile; the pictures of a carousel share time, likes and caption, or
    follow each other by seconds. Of two lists one may have been read later: counts that differ by 2 % are
    equal, as are those that one row does not have; by half, in one second and under one caption of fifteen
    characters. Within a minute a count vouches for a repeat (10 or more,
    or any in the same second), or a caption of fifteen characters, under which counts may be a tenth larger,
    or three hashtags; what none vouches for stays, unless several rows of the account are vouched for, and
    few differ. Rows without any count in the second of one that people like are its pictures, too.

    >>> from datetime import datetime
    >>> from accounts.tables import Tables
    >>> post = {"account_id": "a", "published_at": datetime(2026, 10, 1, 9, 30, 5), "likes": 41}
    >>> rows = [post | {"post_id": "p1"}, post | {"post_id": "r1", "kind": "reel"}]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=rows))
    >>> repeated_posts.examine(one).changes[0].rows.to_list()
    [1]
    """
    dated = evidence.posts.filter(_PUBLISHED.is_not_null()).sort(_ORDER, nulls_last=True)
    dated = dated.with_columns(uses=_PUBLISHED.n_unique().over("account_id", "caption"))
    pairs = (
        pl.concat([_same_second(dated), _seconds_later(dated)])
        .sort(~pl.col("vouched"), ROW)  # a row may repeat two others
        .unique(ROW, keep="first", maintain_order=True)
    )
    vouched, others = (pl.col(name).sum().over("account_id") for name in ("vouched", "differs"))
    rule = (vouched >= SEVERAL) & (vouched >= MANY * others)
    chosen = pairs.filter(pl.col("vouched") | (rule & ~pl.col("differs")))
    rows = pl.concat([chosen.select(ROW), _without_counts(dated).select(ROW)]).unique()
    wrong = evidence.posts.join(rows, on=ROW, how="semi", maintain_order="left")
    return _dropped(
        "repeated_posts", "posts", wrong,
        "{n} {rows} twice under other names (in two lists, or in a carousel); each counts once.",
    )  # fmt: skip


def _without_counts(dated: pl.DataFrame) -> pl.DataFrame:
    """Rows that nobody liked, saw or wrote under, in the second of one that ten or more people like."""
    second = ("account_id", "published_at")
    none = pl.sum_horizontal(pl.col(name).fill_null(0) for name in _COUNTS) == 0
    wordless = pl.col("caption").fill_null("").eq("") | pl.col("caption").is_duplicated().over(second)
    beside = (pl.col("likes").max().over(second) >= ENOUGH) & (pl.len().over(second) > 1)
    found = dated.filter((none & wordless & beside).fill_null(value=False))
    return found.filter(pl.len().over("account_id") >= SEVERAL)


def _same_second(dated: pl.DataFrame) -> pl.DataFrame:
    """Rows that repeat the first one of their second, and whether a count vouches for that."""
    first = dated.group_by("account_id", "published_at", maintain_order=True).first()
    beside = dated.join(
        first.select("account_id", "published_at", *_COMPARED, ROW),
        on=["account_id", "published_at"], suffix="_first", maintain_order="left",
    ).filter(pl.col(ROW) != pl.col(f"{ROW}_first"))  # fmt: skip
    grown = pl.any_horizontal(pl.min_horizontal(name, f"{name}_first") >= ENOUGH for name in _COUNTS)
    twice = pl.col("caption").is_not_null() & (pl.col("uses") <= USES) & _SAME_WORDS & grown
    same_words = twice.fill_null(value=False) & pl.all_horizontal(map(_within_half, _COUNTS))
    same_words |= (pl.col("caption").is_null() | pl.col("caption_first").is_null()) & _grown_together()
    vouched = pl.any_horizontal(
        (pl.col(name) == pl.col(f"{name}_first")) & (pl.col(name) > 0)
        | (pl.min_horizontal(name, f"{name}_first") >= ENOUGH) & _alike(name)
        for name in _COUNTS
    )
    return _repeats(beside, vouched, same_words)


def _grown_together(several: int = SEVERAL) -> pl.Expr:
    """Whether two counts or more, ten each, are a tenth or two larger in one row, and none smaller."""
    own, other = ([pl.col(f"{name}{row}") for name in _COUNTS] for row in ("", "_first"))
    far = [
        ((a - b).abs() > pl.max_horizontal(a, b) / ENOUGH + 2).fill_null(value=False)
        for a, b in zip(own, other, strict=True)
    ]
    enough = pl.sum_horizontal(pl.min_horizontal(a, b) >= ENOUGH for a, b in zip(own, other, strict=True))
    more, fewer = (
        pl.any_horizontal(
            (sign * (a - b) > 0).fill_null(value=False) for a, b in zip(own, other, strict=True)
        )
        for sign in (1, -1)
    )
    return (enough >= several) & ~pl.any_horizontal(far) & ~(more & fewer)


def _within_half(name: str) -> pl.Expr:
    """Whether a count grew by half at most from one list to the other, or is unknown in one."""
    own, other = pl.col(name), pl.col(f"{name}_first")
    near = (own - other).abs() <= pl.max_horizontal(own, other) / 2 + 1
    return near | own.is_null() | other.is_null()


def _seconds_later(dated: pl.DataFrame) -> pl.DataFrame:
    """Rows a minute at most after the one before; ten likes or views that are equal vouch for a repeat."""
    before = (pl.col(name).shift(1).over("account_id").alias(f"{name}_first") for name in _COMPARED)
    ordered = dated.with_columns(*before, gap=_PUBLISHED.diff().over("account_id").dt.total_seconds())
    beside = ordered.filter(pl.col("gap").is_between(1, APART))
    vouched = _EQUAL & (pl.max_horizontal("likes", "views") >= ENOUGH)
    twice = pl.col("caption").is_not_null() & (pl.col("uses") <= USES) & _SAME_WORDS & _grown_together(1)
    return _repeats(beside, vouched, twice.fill_null(value=False))


def _alike(name: str) -> pl.Expr:
    own, other = pl.col(name), pl.col(f"{name}_first")
    return (own - other).abs() <= LATER * pl.max_horizontal(own, other) + 1


def _repeats(beside: pl.DataFrame, vouched: pl.Expr, surely: pl.Expr | None = None) -> pl.DataFrame:
    unknown = (pl.col(name).is_null() | pl.col(f"{name}_first").is_null() for name in _COUNTS)
    same = pl.all_horizontal(_alike(name) | absent for name, absent in zip(_COUNTS, unknown, strict=True))
    vouched = vouched.fill_null(value=False) | (_EQUAL & _SAME_WORDS.fill_null(value=False))
    caption = (
        pl.col("caption").eq_missing(pl.col("caption_first"))
        | pl.col("caption").fill_null("").eq("")
        | pl.col("caption_first").fill_null("").eq("")
        | _ONE_CAPTION.fill_null(value=False)
    )
    alike = (same & caption).fill_null(value=False)
    if surely is not None:
        alike, vouched = alike | surely, vouched | surely
    return beside.select("account_id", ROW, vouched=alike & vouched, differs=~alike)


_WRITTEN: Final = pl.col("author_id").hash(1) ^ pl.col("published_at").hash(2)


def _written_twice(rows: TableArrays) -> Flags:
    """Accounts of which one author wrote two comments at one time."""
    different = rows.frame.group_by("account_id", maintain_order=True).agg(pl.col("written").n_unique())
    fewer: Flags = different["written"].to_numpy() < rows.sizes
    return fewer


@check("comments", _written_twice, derived={"written": _WRITTEN})
def repeated_comments(evidence: Evidence) -> Outcome:
    """A comment that stands twice counts once: one author, text, post and second."""
    keys = ("account_id", "author_id", "text", "post_id", "published_at")
    whole = evidence.columns("comments", *keys).filter(
        pl.col("author_id").is_not_null() & pl.col("text").is_not_null() & _PUBLISHED.is_not_null()
    )
    wrong = whole.filter(~pl.struct(keys).is_first_distinct())
    return _dropped(
        "repeated_comments", "comments", wrong, "{n} {rows} twice, to the second; each counts once."
    )


def _with_sum(rows: TableArrays) -> Flags:
    """Accounts with a post that has as many views, or likes, as all others together."""
    columns = [rows.floats(name) for name in ("views", "likes")]
    views, likes = (2 * rows.most(values) == rows.sum(values) for values in columns)
    found: Flags = np.logical_or(views, likes)
    return found


def _undated(arrays: Arrays) -> Collection[str]:
    """Accounts with a post without a time."""
    posts = arrays["posts"]
    return posts.names(posts.any(~posts.is_known("published_at")))


@check("posts", _with_sum, _undated)
def total_rows(evidence: Evidence) -> Outcome:
    """A row that holds the sum of all others is no post: a table's total.

    It has no time, three posts or more stand beside it, and every count that it has is the others' sum.
    """
    wrong = []
    for _, part in findings_by_account(evidence.posts):
        for row in part.filter(_PUBLISHED.is_null()).iter_rows(named=True):
            others = part.filter(pl.col(ROW) != row[ROW])
            sums = [(row[name], others[name].sum()) for name in _COUNTS if row[name]]
            if others.height >= 2 and sums and all(own == total for own, total in sums):
                wrong.append(part.filter(pl.col(ROW) == row[ROW]))
    rows = pl.concat(wrong) if wrong else evidence.posts.clear()
    return _dropped(
        "total_rows", "posts", rows, "{n} row holds the sum of all other posts, a total; it is left out."
    )


def _dropped(name: str, table: str, wrong: pl.DataFrame, sentence: str) -> Outcome:
    findings = tuple(
        Finding(
            account_id,
            name,
            table,
            part.height,
            sentence.format(
                n=part.height, rows=f"{table[:-1]} stands" if part.height == 1 else f"{table} stand"
            ),
            (f"{part.height} {'row' if part.height == 1 else 'rows'} of {table}",),
        )
        for account_id, part in findings_by_account(wrong)
    )
    return Outcome((Change(table, wrong[ROW]),) if wrong.height else (), findings)
