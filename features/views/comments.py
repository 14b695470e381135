"""Comments: when they came, what they say, who wrote them, and how alike they are."""

from __future__ import annotations

from functools import cache
from math import comb
from typing import Final

import numpy as np
import polars as pl

from accounts.schema import COMMENTS
from features.views.base import FLOORS, Views, accounts_of, even, ordered, view, within
from features.views.rows import Codes, Floats, Index, Runs, beside, coded, known, mixed, numbers, over
from features.wording import describe_texts

__all__ = ["authors", "comments", "pairs", "texts", "wording"]

TEXTS_SAMPLED: Final = 100
PAIRS_SAMPLED: Final = 48
RAREFIED_TO: Final = 15
MINUTE: Final = 60e6  # microseconds


@view("comments")
def comments(views: Views) -> pl.DataFrame:
    """One row per comment, oldest first.

    ``minutes`` after its post (null where either time is unknown, or the clock ran backwards),
    ``by_fan`` (false where the creator wrote it; true where nobody says), ``fan_minutes`` and
    ``fan_likes`` (minutes and likes of fans' comments alone), ``post_code`` and ``author_code``
    (numbers to tell posts and authors apart by), ``size`` (bytes of the text).
    """
    frame = within(views.keyed("comments"), FLOORS["comments"])
    others = (name for name in COMMENTS if name != "published_at")
    frame = ordered(frame, numbers(frame["published_at"]), *others)
    found = frame.select(_coded())
    posted = _posted_at(frame, found["post_code"].to_numpy(), views)
    minutes = (numbers(frame["published_at"]) - posted) / MINUTE
    minutes = np.where(minutes >= 0, minutes, np.nan)
    fan = numbers(frame["by_creator"]) != 1.0
    return beside(frame, {
        "minutes": minutes,
        "by_fan": fan,
        "fan_minutes": np.where(fan, minutes, np.nan),
        "fan_likes": np.where(fan, numbers(frame["likes"]), np.nan),
        **found.to_dict(),
    })  # fmt: skip


@cache
def _coded() -> tuple[pl.Expr, ...]:
    return (
        pl.col("post_id").hash().alias("post_code"),
        pl.col("author_id").hash().alias("author_code"),
        pl.col("text").str.len_bytes().fill_null(0).alias("size"),
    )


def _posted_at(frame: pl.DataFrame, post: Codes, views: Views) -> Floats:
    """When each comment's post was published, in microseconds; NaN where that is not known.

    Where one post was supplied twice, its first date counts.
    """
    posted = np.full(post.size, np.nan)
    supplied = _supplied(views)
    account = accounts_of(frame)
    for run in Runs.of(account).slices():
        if own := supplied.get(int(account[run.start])):
            code, published = own
            at = np.minimum(np.searchsorted(code, post[run]), code.size - 1)
            posted[run] = np.where(code[at] == post[run], published[at], np.nan)
    return np.where(known(frame["post_id"]), posted, np.nan)


def _supplied(views: Views) -> dict[int, tuple[Codes, Floats]]:
    """Codes of each account's posts, sorted, and when they were published."""
    posts = views.keyed("posts")
    account, published = accounts_of(posts), numbers(posts["published_at"])
    code = coded(posts, post=pl.col("post_id"))["post"].to_numpy()
    runs = Runs.of(account)
    first = runs.order(published)
    order = first[runs.order(code[first])]
    code, published = code[order], published[order]
    return {int(account[run.start]): (code[run], published[run]) for run in runs.slices()}


@view("comments")
def wording(views: Views) -> pl.DataFrame:
    """An even sample of up to 100 of an account's fan comments with a text, oldest first.

    Columns of the comments' table; ``words`` (normalised text), ``length`` in characters, and
    whether it is ``emoji_only``, ``mention_only``, ``praise`` (generic) or ``promotion``.
    """
    frame = views[comments]
    said = np.flatnonzero(frame["by_fan"].to_numpy() & (frame["size"].to_numpy() > 0))
    sampled = said[even(Runs.of(accounts_of(frame)[said]), TEXTS_SAMPLED)]
    columns = ["account", "post_id", "author_id", "text", "published_at", "likes", "author_code"]
    return describe_texts(frame[columns][sampled])


@view("comments")
def texts(views: Views) -> pl.DataFrame:
    """One row per account and normalised text of the sample, in order of first appearance.

    ``text`` (as first written), ``words``, ``copies`` (comments that say it), ``authors`` (how
    many known people wrote them), ``known`` (comments of known authors), ``phrase`` (whether it
    has three words or more), ``drawn`` (chance that it is among 15 comments drawn without
    replacement; null under 15).
    """
    frame = views[wording]
    runs = Runs.of(accounts_of(frame))
    word, author = frame["words_code"].to_numpy(), frame["author_code"].to_numpy()
    named = known(frame["author_id"])
    text, said = runs.earliest(word), runs.earliest(mixed(author, word))
    once = np.flatnonzero((said == np.arange(said.size)) & named)
    first = np.flatnonzero(text == np.arange(text.size))
    copies = np.bincount(text, minlength=text.size)[first]
    return beside(frame[["account", "text", "words", "phrase"]][first], {
        "copies": copies,
        "authors": np.bincount(text[once], minlength=text.size)[first],
        "known": np.bincount(text[named], minlength=text.size)[first],
        "drawn": _drawn()[runs.spread(runs.size)[first], copies],
    })  # fmt: skip


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

    ``posts_sampled`` is the number of posts under which anything was supplied. In order of
    first appearance; ``author_id`` serves to tell authors apart and is never shown.
    """
    frame = views[comments]
    who = np.flatnonzero(frame["by_fan"].to_numpy() & known(frame["author_id"]))
    runs, rows = Runs.of(accounts_of(frame)[who]), np.arange(who.size)
    author, post = frame["author_code"].to_numpy()[who], frame["post_code"].to_numpy()[who]
    under = known(frame["post_id"])[who]
    wrote = runs.earliest(author)
    new = np.flatnonzero((runs.earliest(mixed(author, post)) == rows) & under)
    sampled = runs.total(((runs.earliest(post) == rows) & under).astype(np.float64))
    first = np.flatnonzero(wrote == rows)
    return beside(frame[["account", "author_id"]][who[first]], {
        "comments": np.bincount(wrote, minlength=who.size)[first],
        "posts": np.bincount(wrote[new], minlength=who.size)[first],
        "posts_sampled": runs.spread(sampled.astype(np.int64))[first],
    })  # fmt: skip


@view("comments")
def pairs(views: Views) -> pl.DataFrame:
    """One row per pair of sampled comments, up to 48 an account: ``jaccard`` of their distinct words.

    An even sample of 48 of the sampled comments (``text``), each with the one a third of that
    sample later (``other``).
    """
    sampled = even(Runs.of(accounts_of(views[wording])), PAIRS_SAMPLED)
    frame = views[wording][["account", "text", "words"]][np.flatnonzero(sampled)]
    runs = Runs.of(accounts_of(frame))
    size = runs.spread(runs.size)
    other = runs.spread(runs.first) + (runs.row + size // 3 + 1) % size
    own, both = _distinct_words(frame, other)
    jaccard = over(own + own[other] - both, both)
    jaccard[size < 2] = np.nan
    return beside(frame[["account", "text"]], {"other": frame["text"][other], "jaccard": jaccard})


def _distinct_words(frame: pl.DataFrame, other: Index) -> tuple[Floats, Floats]:
    """How many distinct words each text has, and it and its other one together."""
    tokens = pl.col("words").str.split(" ")
    words = frame.select(tokens, text=pl.int_range(pl.len())).explode("words")
    text, code = words["text"].to_numpy(), coded(words, code=pl.col("words"))["code"].to_numpy()
    pair_of = np.empty_like(other)
    pair_of[other] = np.arange(other.size)  # each text is the other one of just one pair
    both = _distinct(np.append(text, pair_of[text]), np.append(code, code), other.size)
    return _distinct(text, code, other.size), both


def _distinct(text: Index, code: Codes, texts: int) -> Floats:
    """Distinct codes of each text, told apart by 40 bits."""
    key = np.sort((text.astype(np.uint64) << np.uint64(40)) | (code >> np.uint64(24)))
    new = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: key.size])
    return np.bincount((key[new] >> np.uint64(40)).astype(np.int64), minlength=texts).astype(np.float64)
