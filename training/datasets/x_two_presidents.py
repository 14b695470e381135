"""X, the posts of two presidents of the United States: replies, reposts and likes."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PART_MARK, POST_NUMBER, PublicSet
from training.datasets.cells import COUNT, FLAG, TEXT, converted
from training.datasets.timestamps import TIME

__all__ = ["FILE", "SET", "load"]

FILE: Final = "x_two_presidents/posts.csv.gz"

SET: Final = PublicSet(
    name="x_two_presidents",
    files=MappingProxyType({FILE: "98e8876d3e19d446f586985fd0f82762be4f3da88594e0074d2836a4d4113f27"}),
    label_meaning="Presumed organic: two accounts of tens of millions of followers.",
    licence="CC BY 4.0 (fivethirtyeight/data)",
    source="https://github.com/fivethirtyeight/data, twitter-ratio",
    use="trains",
)

KINDS: Final = MappingProxyType({
    "account": TEXT, "posted": TIME, "replies": COUNT, "retweets": COUNT, "favorites": COUNT,
    "text_len": COUNT, "is_reply_or_rt": FLAG,
})  # fmt: skip
POSTS_EACH: Final = 200
SETTLED_DAYS: Final = 2


def load(folder: Path, *, any_content: bool = False) -> Tables:
    """Read the set: spans of 200 posts, each an account named after its owner, ``x-p:1a#0`` the newest.

    Replies and reposts of others' words are left out. ``as_of`` is two days after a span's last
    post; an older span's counts are those of 2017, long settled.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.

    Returns
    -------
    Tables
        Accounts and posts; followers are not known.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    texts = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    rows = converted(SET, FILE, texts, KINDS).filter(~pl.col("is_reply_or_rt"))
    rows = rows.sort("account", "posted", maintain_order=True)
    newer = pl.len().over("account") - 1 - pl.int_range(pl.len()).over("account")
    rows = rows.with_columns(account_id=pl.format(f"x-p:{{}}{PART_MARK}{{}}", "account", newer // POSTS_EACH))
    accounts = rows.group_by("account_id", maintain_order=True).agg(
        pl.lit("x").alias("platform"),
        (pl.col("posted").last() + pl.duration(days=SETTLED_DAYS)).alias("as_of"),
    )
    posts = rows.select(
        "account_id",
        post_id=POST_NUMBER,
        published_at="posted",
        likes="favorites",
        comments="replies",
        shares="retweets",
    )
    return Tables.of(accounts=accounts, posts=posts)
