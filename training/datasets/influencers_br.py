"""Instagram, press and politicians of Brazil: every post of some months, without a profile."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import POST_NUMBER, PublicSet

__all__ = ["FILE", "SET", "load"]

FILE: Final = "influencers_br/instagram_posts.parquet"

SET: Final = PublicSet(
    name="influencers_br",
    files=MappingProxyType({FILE: "9312df8e9a94c8011ac3a80ab68fad12995869172f1c85e773cf4582b7c13d5a"}),
    label_meaning="Presumed organic: press, politicians and commentators; nobody has checked them.",
    licence="GPL-3",
    source="see docs/data.md",
)

SCHEMA: Final = MappingProxyType({
    "account": pl.String(), "posted": pl.Datetime("us"), "likes": pl.Int64(), "comments": pl.Int64(),
    "n_hashtags": pl.Int64(),
})  # fmt: skip
COLLECTED_DAYS: Final = 2


def load(folder: Path, *, any_content: bool = False, newest: int = 200) -> Tables:
    """Read the set.

    When each account was collected is not in the file. Accounts post daily, so ``as_of`` is two days
    after its own latest post: with the last one of the file, in March 2021, all but two accounts
    would seem to have stopped for months. Followers are not known, and the length of a caption has
    no place in an account document. Posts of one second are one post.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.
    newest
        Posts kept of each account; one has 3,380.

    Returns
    -------
    Tables
        Accounts and posts.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    rows = SET.parquet(folder, FILE, SCHEMA, any_content=any_content)
    rows = rows.unique(["account", "posted"], keep="first", maintain_order=True).sort("account", "posted")
    rows = rows.group_by("account", maintain_order=True).tail(newest)
    rows = rows.with_columns(
        account_id=pl.format("ig-br:{}", "account"), posted=pl.col("posted").dt.replace_time_zone("UTC")
    )
    accounts = rows.group_by("account_id", maintain_order=True).agg(
        pl.lit("instagram").alias("platform"),
        (pl.col("posted").max() + pl.duration(days=COLLECTED_DAYS)).alias("as_of"),
    )
    posts = rows.select(
        "account_id",
        post_id=POST_NUMBER,
        published_at="posted",
        likes="likes",
        comments="comments",
        hashtags="n_hashtags",
    )
    return Tables.of(accounts=accounts, posts=posts)
