"""X, posts on vaccines in the winter of 2020: likes and reposts within a day, and the author's profile."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import POST_NUMBER, PublicSet
from training.datasets.cells import COUNT, FLAG, TEXT, converted
from training.datasets.timestamps import DAY, TIME

__all__ = ["FILE", "SET", "load"]

FILE: Final = "x_vaccine_posts/posts.csv.gz"

SET: Final = PublicSet(
    name="x_vaccine_posts",
    files=MappingProxyType({FILE: "15b0067a527ef88aca72cf093ccd2fbaa166049360badcb445b6f18f245c43eb"}),
    label_meaning="Presumed organic: whoever wrote on a subject, programs included; nobody has checked them.",
    licence="not confirmed",
    source="see docs/data.md",
)

KINDS: Final = MappingProxyType({
    "author": TEXT, "created": DAY, "followers": COUNT, "following": COUNT, "favourites": COUNT,
    "verified": FLAG, "posted": TIME, "likes": COUNT, "retweets": COUNT, "is_retweet": FLAG,
    "n_hashtags": COUNT, "text_len": COUNT, "source": TEXT,
})  # fmt: skip
SETTLED_DAYS: Final = 2


def load(folder: Path, *, any_content: bool = False, least_posts: int = 1) -> Tables:
    """Read the set; the profile is as the author's last post shows it.

    Likes were counted within a day of the post, so they are early. ``as_of`` is two days after the
    author's last post: all posts of the set are alike in that, and hold against each other only. Only
    posts on one subject are there, so nothing can be said of how often somebody posts.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    least_posts
        Leave out authors with fewer posts; four in five have one.

    Returns
    -------
    Tables
        Accounts in the order of their digests, and posts.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    texts = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    rows = converted(SET, FILE, texts, KINDS, may_be_empty=("source",)).filter(~pl.col("is_retweet"))
    rows = rows.filter(pl.len().over("author") >= least_posts).sort("author", "posted", maintain_order=True)
    rows = rows.with_columns(account_id=pl.format("x-v:{}", "author"))
    return Tables.of(accounts=_accounts(rows), posts=_posts(rows))


def _accounts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("account_id", maintain_order=True).agg(
        pl.lit("x").alias("platform"),
        (pl.col("posted").last() + pl.duration(days=SETTLED_DAYS)).alias("as_of"),
        pl.col("followers", "following").last(),
        pl.col("verified").last().alias("is_verified"),
        pl.col("created").last().alias("created_at"),
    )


def _posts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "account_id",
        "likes",
        post_id=POST_NUMBER,
        published_at="posted",
        shares="retweets",
        hashtags="n_hashtags",
    )
