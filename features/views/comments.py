"""Comments: when they came, what they say, who wrote them, and how alike they are."""

from __future__ import annotations

from functools import cache
from math import comb
from typing import Final

import numpy as np
import polars as pl

from accounts.schema import COMMENTS
from accounts.tables import take_rows
from features.comment_text import describe_texts, text_bytes, word_count
from features.views.base import (
    FLOORS,
    ViewRows,
    Views,
    accounts_of,
    evenly_sampled,
    sort_within,
    view,
    with_at_least,
)
from features.views.rows import (
    Codes,
    Flags,
    Floats,
    Index,
    Runs,
    add_columns,
    filter_rows,
    hash_texts,
    is_known,
    mix_hashes,
    safe_divide,
    to_flags,
    to_floats,
)

__all__ = ["authors", "authors_among", "comments", "pairs", "texts", "worded", "wording"]

TEXTS_SAMPLED: Final = 100
PAIRS_SAMPLED: Final = 48
RAREFIED_TO: Final = 15
MINUTE: Final = 60e6  # microseconds


@view("comments")
def comments(views: Views) -> pl.DataFrame:
    """One row per comment of accounts with 15 or more, oldest first. Columns of the comments' table."""
    frame = with_at_least(views.keyed("comments"), FLOORS["comments"])
    others = (name for name in COMMENTS if name != "published_at")
    return sort_within(frame, to_floats(frame["published_at"]), *others)


@comments.column
def minutes(rows: ViewRows) -> Floats:
    """Minutes after its post; absent where either time is unknown, or the clock ran backwards.

    >>> from features.example import column_of
    >>> comments = {"published_at": [24.0 * n + 0.5 for n in range(15)]}
    >>> column_of("comments", "minutes", posts={"likes": [1] * 5}, comments=comments)[3:6]
    [30.0, 30.0, None]
    """
    code = rows.result(_hashes)["post"].to_numpy()
    posted = _posted_at(rows.account, code, rows.result(post_row), rows.views)
    posted = np.where(is_known(rows.frame["post_id"]), posted, np.nan)
    after = (rows.floats("published_at") - posted) / MINUTE
    return np.where(after >= 0, after, np.nan)


@comments.column
def by_fan(rows: ViewRows) -> Flags:
    """False where the creator wrote it; true where nobody says.

    >>> from features.example import column_of
    >>> column_of("comments", "by_fan", by_creator=[True, None] + [False] * 13)[:3]
    [False, True, True]
    """
    return np.not_equal(rows.floats("by_creator"), 1.0)


@comments.column
def fan_minutes(rows: ViewRows) -> Floats:
    """``minutes`` of fans' comments alone.

    >>> from features.example import column_of
    >>> comments = {"published_at": [24.0 * n for n in range(15)], "by_creator": [True] + [False] * 14}
    >>> column_of("comments", "fan_minutes", posts={"likes": [1] * 5}, comments=comments)[:2]
    [None, 0.0]
    """
    return np.where(rows.result(by_fan), rows.result(minutes), np.nan)


@comments.column
def fan_likes(rows: ViewRows) -> Floats:
    """Likes of fans' comments alone.

    >>> from features.example import column_of
    >>> column_of("comments", "fan_likes", likes=[2] * 15, by_creator=[True] + [False] * 14)[:2]
    [None, 2.0]
    """
    return np.where(rows.result(by_fan), rows.floats("likes"), np.nan)


@comments.column
def post_row(rows: ViewRows) -> Index:
    """The first row with the same post, to tell posts apart by.

    >>> from features.example import column_of
    >>> hours = list(range(15))
    >>> column_of("comments", "post_row", post_id=["p", "q", "p"] * 5, published_at=hours)[:4]
    [0, 1, 0, 0]
    """
    return rows.runs.first_equal(rows.result(_hashes)["post"].to_numpy())


@comments.column
def author_row(rows: ViewRows) -> Index:
    """The first row with the same author, to tell authors apart by.

    >>> from features.example import column_of
    >>> hours = list(range(15))
    >>> column_of("comments", "author_row", author_id=["a", "b", "a"] * 5, published_at=hours)[:4]
    [0, 1, 0, 0]
    """
    return rows.runs.first_equal(rows.result(_hashes)["author"].to_numpy())


@comments.column
def size(rows: ViewRows) -> Index:
    """Bytes of the text; 0 for what stands in for none, such as "[deleted]".

    >>> from features.example import column_of
    >>> hours = list(range(15))
    >>> column_of("comments", "size", text=["nice", "[deleted]", None] * 5, published_at=hours)[:3]
    [4, 0, 0]
    """
    return text_bytes(rows.frame["text"], rows.result(_hashes)["size"].to_numpy())


def _hashes(rows: ViewRows) -> pl.DataFrame:
    """Hashes of post and author, and the size of the text, in one go."""
    return rows.frame.select(_hashed())


@cache
def _hashed() -> tuple[pl.Expr, ...]:
    return (
        pl.col("post_id").hash().alias("post"),
        pl.col("author_id").hash().alias("author"),
        pl.col("text").str.len_bytes().fill_null(0).alias("size"),
    )


def _posted_at(account: Index, code: Codes, post: Index, views: Views) -> Floats:
    """When each comment's post was published, in microseconds; NaN where that is not known.

    Where one post was supplied twice, its first date counts.
    """
    posts, posted = views.keyed("posts"), np.full(code.size, np.nan)
    if not posts.height:
        return posted
    published = to_floats(posts["published_at"])
    named = hash_texts(posts, post=pl.col("post_id"))["post"].to_numpy()
    supplied = mix_hashes(accounts_of(posts).astype(np.uint64), named)
    order = np.lexsort((published, supplied))
    supplied, published = supplied[order], published[order]
    first = np.flatnonzero(post == np.arange(post.size))  # each post is looked up once
    wanted = mix_hashes(account[first].astype(np.uint64), code[first])
    at = np.minimum(supplied.searchsorted(wanted), supplied.size - 1)
    posted[first] = np.where(supplied[at] == wanted, published[at], np.nan)
    return posted[post]


@view("comments")
def wording(views: Views) -> pl.DataFrame:
    """An even sample of up to 100 of an account's fan comments with a text, oldest first.

    Columns of the comments' table; ``words`` (normalised text), ``length`` in characters, and
    whether it is ``emoji_only``, ``mention_only``, ``praise`` (generic) or ``promotion``.
    """
    rows = views.rows(comments)
    with_text = np.flatnonzero(rows.result(by_fan) & (rows.result(size) > 0))
    sampled = with_text[evenly_sampled(Runs.of(rows.account[with_text]), TEXTS_SAMPLED)]
    columns = ["account", "post_id", "author_id", "text", "published_at", "likes"]
    frame = add_columns(
        take_rows(rows.frame[columns], sampled), {"author_row": rows.result(author_row)[sampled]}
    )
    return describe_texts(frame)


@view("comments")
def worded(views: Views) -> pl.DataFrame:
    """The sampled comments that say something in words: fans who answer in emoji are no templates."""
    frame = views.rows(wording).frame
    return filter_rows(frame, ~frame["emoji_only"].to_numpy())


@view("comments")
def texts(views: Views) -> pl.DataFrame:
    """One row per account and normalised text of its worded comments, in order of first appearance.

    Of accounts with 15 worded comments or more.

    ``text`` (as first written), ``words``, ``copies`` (comments that say it), ``authors`` (how
    many known people wrote them), ``known`` (comments of known authors), ``phrase`` (whether it
    has three words or more), ``several_words`` (two or more; of scripts without spaces two letters count
    as a word; null where nobody repeats it), ``drawn`` (chance that it is among 15 comments drawn without
    replacement).
    """
    frame = with_at_least(views.rows(worded).frame, RAREFIED_TO)
    runs = Runs.of(accounts_of(frame))
    word, author = frame["words_code"].to_numpy(), frame["author_row"].to_numpy().astype(np.uint64)
    named = is_known(frame["author_id"])
    text, pair = runs.first_equal(word), runs.first_equal(mix_hashes(author, word))
    once = np.flatnonzero((pair == np.arange(pair.size)) & named)
    first = np.flatnonzero(text == np.arange(text.size))
    copies = np.bincount(text, minlength=text.size)[first]
    again, several = np.flatnonzero(copies > 1), np.full(copies.size, np.nan)
    several[again] = word_count(take_rows(frame["words"], first[again])) >= 2
    return add_columns(
        take_rows(frame[["account", "text", "words", "phrase"]], first),
        {
            "copies": copies,
            "authors": np.bincount(text[once], minlength=text.size)[first],
            "known": np.bincount(text[named], minlength=text.size)[first],
            "several_words": to_flags("several_words", several == 1.0, ~np.isnan(several)),
            "drawn": _drawn()[runs.repeat(runs.size)[first], copies],
        },
    )


@cache
def _drawn() -> Floats:
    """Chance of a text to be among 15 drawn, by the number of comments and of its own copies."""
    size, k = TEXTS_SAMPLED + 1, RAREFIED_TO
    table = np.full((size, size), np.nan)
    for n in range(k, size):
        table[n, : n + 1] = [1.0 - comb(n - u, k) / comb(n, k) for u in range(n + 1)]
    return table


@view("comments")
def authors(views: Views) -> pl.DataFrame:
    """One row per account and known author among the fans: ``comments`` and ``posts`` they wrote under.

    ``posts_sampled`` counts the posts under which any of them wrote. Of accounts with 15 such comments or
    more, in order of first appearance; ``author_id`` serves to tell authors apart and is never shown.
    """
    return authors_among(views, views.rows(comments).result(by_fan), FLOORS["comments"])


def authors_among(views: Views, wanted: Flags, least: int) -> pl.DataFrame:
    """The known authors of some of the ``comments``, of accounts with so many of these by known authors."""
    rows_ = views.rows(comments)
    frame, account, author, post = (
        rows_.frame,
        rows_.account,
        rows_.result(author_row),
        rows_.result(post_row),
    )
    who = np.flatnonzero(wanted & is_known(frame["author_id"]))
    who = who[np.bincount(account[who])[account[who]] >= least]
    under = who[is_known(frame["post_id"])[who]]
    first = np.zeros(account.size, np.int64)
    first[author[who[::-1]]] = who[::-1]  # the last to be written stays: the first one by a fan
    pair = _pairs_once(account[under], author[under], post[under])
    rows = np.flatnonzero(np.bincount(author[who], minlength=account.size))
    order = np.argsort(first[rows], kind="stable")
    rows = rows[order]
    seen = np.zeros(account.size, np.bool_)
    seen[post[under]] = True
    return add_columns(
        take_rows(frame[["account", "author_id"]], first[rows]),
        {
            "comments": np.bincount(author[who], minlength=account.size)[rows],
            "posts": np.bincount(pair, minlength=account.size)[rows],
            "posts_sampled": np.bincount(account[seen], minlength=len(views.tables))[account[rows]],
        },
    )


def _pairs_once(account: Index, author: Index, post: Index) -> Index:
    """The author of each different pair of author and post."""
    pair = Runs.of(account).sort((author << 31) | post)
    return pair[np.flatnonzero(np.append(True, pair[1:] != pair[:-1])[: pair.size])] >> 31


@view("comments")
def pairs(views: Views) -> pl.DataFrame:
    """One row per pair of worded comments, up to 48 an account: ``jaccard`` of their distinct words.

    An even sample of 48 of the sampled comments (``text``), each with the one a third of that
    sample later (``other``).
    """
    sampled = evenly_sampled(Runs.of(accounts_of(views.rows(worded).frame)), PAIRS_SAMPLED)
    frame = take_rows(views.rows(worded).frame[["account", "text", "words", "spaces"]], sampled)
    runs = Runs.of(accounts_of(frame))
    size = runs.repeat(runs.size)
    other = runs.repeat(runs.first) + (runs.row + size // 3 + 1) % size
    own, both = _distinct_words(frame, other)
    jaccard = safe_divide(own + own[other] - both, both)
    jaccard[size < 2] = np.nan
    return add_columns(
        frame[["account", "text"]], {"other": take_rows(frame["text"], other), "jaccard": jaccard}
    )


def _distinct_words(frame: pl.DataFrame, other: Index) -> tuple[Floats, Floats]:
    """How many distinct words each text has, and it and its other one together."""
    code = frame.select(_each_word()).to_series().to_numpy()
    text = np.repeat(np.arange(other.size), frame["spaces"].to_numpy() + 1)
    pair_of = np.empty_like(other)
    pair_of[other] = np.arange(other.size)  # each text is the other one of just one pair
    both = _distinct(np.append(text, pair_of[text]), np.append(code, code), other.size)
    return _distinct(text, code, other.size), both


@cache
def _each_word() -> pl.Expr:
    return pl.col("words").str.split(" ").explode().hash()


def _distinct(text: Index, code: Codes, texts: int) -> Floats:
    """Distinct codes of each text, told apart by 40 bits."""
    key = np.sort((text.astype(np.uint64) << np.uint64(40)) | (code >> np.uint64(24)))
    new = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: key.size])
    return np.bincount((key[new] >> np.uint64(40)).astype(np.int64), minlength=texts).astype(np.float64)
