"""Regulars: the same people under every post, first, in the same order, within the first hour."""

from __future__ import annotations

from typing import Final

import polars as pl

from features.declaration import HIGH, INFLATED, Rows, feature
from features.expressions import quotient
from features.views import early, firsts, orders, texts

FAMILY: Final = "comments"
_PODS = "Weerasinghe et al., WWW 2020: a pod's members comment first, and under every post"


@feature(
    firsts,
    unit="share",
    speaks_to=INFLATED,
    direction=HIGH,
    sentence="under {value} of its posts at least two of the first three comments are by the same few people",
    rows=Rows("first_under", ("post_id", "published_at", "author_id", "place", "first_under"), most=9),
    source=_PODS,
)
def same_first_share() -> pl.Expr:
    """Share of posts whose first three commenters hold two or more who often are among them.

    Often: under a third of the posts, two at least. Of five posts or more with dated comments by three
    known fans and a clear first three.

    >>> from features.example import derive_one
    >>> posts = {"likes": [1] * 5}
    >>> derive_one("same_first_share", posts=posts, comments={"author_id": ["a", "b", "c"] * 5,
    ...     "post_id": [f"p{n // 3}" for n in range(15)], "published_at": [24 + n for n in range(15)]})
    1.0
    """
    return (pl.col("frequent") >= 2).mean()


@feature(
    orders,
    unit="correlation",
    speaks_to=INFLATED,
    direction=HIGH,
    known={"order_correlation": 2},
    sentence="on a scale from 0 (in any order) to 1 (always the same) people who comment on a post and on "
    "the next one come in the same order at {value}",
    rows=Rows("order_correlation", ("post_id", "next_post_id", "shared", "order_correlation"), across=True),
    source=_PODS + "; programs go through their list in order",
)
def same_order() -> pl.Expr:
    """Mean rank correlation of the order in which fans come who comment on a post and on the next.

    Of two pairs of posts or more that share three known, dated fans or more.

    >>> from features.example import derive_one
    >>> derive_one("same_order", comments={"author_id": ["a", "b", "c"] * 5,
    ...     "post_id": [f"p{n // 3}" for n in range(15)], "published_at": [24 + n for n in range(15)]})
    1.0
    """
    return pl.col("order_correlation").mean()


@feature(
    early,
    blocks=("posts", "comments"),
    unit="share",
    speaks_to=INFLATED,
    direction=HIGH,
    sentence="{value} of the comments within an hour are by people who come so early to at least half of its "
    "posts",
    rows=Rows("posts", ("author_id", "comments", "posts", "posts_sampled")),
    source=_PODS,
)
def returning_early_share() -> pl.Expr:
    """Share of fans' comments in the first hour by authors who so comment on at least half of the posts.

    Of five posts or more with such a comment, and of ten comments or more.

    >>> from features.example import derive_one
    >>> posts = {"published_at": [24 * n for n in range(5)]}
    >>> derive_one("returning_early_share", posts=posts, comments={"author_id": ["a", "b", "c"] * 5,
    ...     "post_id": [f"p{n // 3}" for n in range(15)],
    ...     "published_at": [24 * (n // 3) + 0.1 for n in range(15)]})
    1.0
    """
    often = pl.col("posts") * 2 >= pl.col("posts_sampled")
    value = quotient(pl.col("comments").filter(often).sum(), pl.col("comments").sum())
    return pl.when(pl.col("posts_sampled").first() >= 5).then(value)


@feature(
    texts,
    unit="share",
    speaks_to=INFLATED,
    direction=HIGH,
    sentence="{value} of its comments are a text of two words or more that three people or more wrote",
    rows=Rows("authors", ("text", "copies", "authors"), among=pl.col("several_words")),
    source="spun templates; Kim & Han 2020",
)
def phrase_authors_share() -> pl.Expr:
    """Share of 15 or more comments of known authors with a text of two words or more that three wrote.

    >>> from features.example import derive_one
    >>> derive_one("phrase_authors_share", text=["nice shot"] * 15, author_id=[f"a{n}" for n in range(15)])
    1.0
    """
    several = pl.col("several_words") & (pl.col("authors") >= 3)
    known = pl.col("known")
    return pl.when(known.sum() >= 15).then(quotient(known.filter(several).sum(), known.sum()))
