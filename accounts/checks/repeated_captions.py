"""Captions that stand under another post of the account too, where they are few."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from accounts.checks.arrays import Flags, TableArrays
from accounts.checks.finding import (
    ROW,
    Evidence,
    Finding,
    Outcome,
    check,
    without_values,
)

__all__ = ["few_repeated_captions"]

SHORTEST: Final = 6
"""Bytes from which on a repeated caption may say anything."""
QUARTER: Final = 0.25
_CAPTION: Final = pl.col("caption").str.strip_chars().str.to_lowercase()


def _with_copies(rows: TableArrays) -> Flags:
    """Accounts with one caption under two posts."""
    if rows.is_absent("caption"):
        return rows.nobody
    keys = rows.frame.select_seq(_CAPTION.hash()).to_series().to_numpy()
    long = rows.frame["caption"].str.len_bytes().fill_null(0).to_numpy() >= SHORTEST
    own, account = keys[long], rows.account[long]
    order = np.lexsort((own, account))
    again = (own[order][1:] == own[order][:-1]) & (account[order][1:] == account[order][:-1])
    found = rows.nobody.copy()
    found[account[order][1:][again]] = True
    return found


@check("posts", _with_copies)
def few_repeated_captions(evidence: Evidence) -> Outcome:
    """Captions under fewer than a quarter of the posts that stand under another post too say nothing.

    People write "link in bio" twice, or wish a happy Friday; programs that repeat captions do so under a
    quarter of their posts and more (of simulated ones 98 in 100, or under none). Such captions are absent.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "caption": f"Loaf number {at}"} for at in range(9)]
    >>> posts += [{"account_id": "a", "caption": "Link in bio, friends"}] * 2
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=posts))
    >>> few_repeated_captions.examine(one).findings[0].rows
    2
    """
    captions = evidence.columns("posts", "account_id", "caption").filter(pl.col("caption").is_not_null())
    copied = (pl.len().over("account_id", _CAPTION) > 1) & (pl.col("caption").str.len_bytes() >= SHORTEST)
    repeated, given = copied.sum().over("account_id"), pl.len().over("account_id")
    few = captions.with_columns(copied=copied, repeated=repeated, given=given).filter(
        pl.col("copied") & (pl.col("repeated") < QUARTER * pl.col("given"))
    )
    findings = [
        Finding(
            name, "few_repeated_captions", "posts.caption", repeated,
            f"{repeated} of {given} captions stand under another post too, as people's do; they are left"
            " out.",
            ("posts.caption",),
        )
        for name, repeated, given in few.select("account_id", "repeated", "given")
        .unique("account_id", keep="first", maintain_order=True)
        .iter_rows()
    ]  # fmt: skip
    return without_values("posts", "caption", [few[ROW]], findings)
