"""Counts as they are exported: hidden, not collected, counted otherwise, or somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import polars as pl

from accounts.tables import Tables
from benchmarks.quality.distortions.distortion import Distortion, every_nth, newest, some_of, with_columns

__all__ = ["COUNTS"]

LARGEST: Final = 2**31 - 1
_POSTS: Final = ("likes", "comments", "views", "shares", "saves")


def set_to(tables: Tables, column: str, value: pl.Expr, where: pl.Expr, table: str = "posts") -> Tables:
    """One count, where it is known and ``where`` holds."""
    known = where & pl.col(column).is_not_null()
    return with_columns(tables, table, **{column: pl.when(known).then(value).otherwise(pl.col(column))})


def likers_named(low: int, high: int) -> pl.Expr:
    """A small count for each account, from low to high, as a page names its likers."""
    return low + (pl.col("account_id").rank("dense") - 1) % (high - low + 1)


def hidden(where: pl.Expr, low: int = 1, high: int = 5) -> Callable[[Tables], Tables]:
    """Likes hidden on some posts."""
    return lambda tables: set_to(tables, "likes", likers_named(low, high), where)


def zero(column: str, where: pl.Expr, table: str = "posts") -> Callable[[Tables], Tables]:
    """A count that is 0 where it was not collected."""
    return lambda tables: set_to(tables, column, pl.lit(0), where, table)


def views_times(factor: float, share: float) -> Callable[[Tables], Tables]:
    """Views of the newest posts counted otherwise."""
    return lambda tables: set_to(tables, "views", pl.col("views") * factor, newest(share))


def three_figures(tables: Tables) -> Tables:
    """Every count of every post rounded to three figures."""
    return with_columns(
        tables, "posts", **{name: pl.col(name).cast(pl.Float64).round_sig_figs(3) for name in _POSTS}
    )


def overflowed(tables: Tables) -> Tables:
    """Views of a tenth of the posts at the end of 32 bits."""
    return set_to(tables, "views", pl.lit(LARGEST), pl.lit(some_of(tables.posts, 0.1)))


def followers(value: pl.Expr) -> Callable[[Tables], Tables]:
    """The profile's followers replaced; the history stays."""
    return partial(set_to, column="followers", value=value, where=pl.lit(value=True), table="accounts")


def misread(tables: Tables, share: float, *, anothers: bool) -> Tables:
    """Days of the history on which the count is 0, or that of another account."""
    value = pl.col("followers").max().over("account_id") * 7 + 1_311 if anothers else pl.lit(0)
    some = pl.lit(some_of(tables.history, share)) & (pl.int_range(pl.len()).over("account_id") > 0)
    return set_to(tables, "followers", value, some, "history")


def written_again(tables: Tables, days: int) -> Tables:
    """The counts of so many days, from the middle of the history on, repeat the one before them."""
    after = (
        pl.col("date").rank("ordinal").over("account_id").cast(pl.Int64) - pl.len().over("account_id") // 2
    )
    old = pl.col("followers").filter(pl.col("after") == 0).first().over("account_id")
    history = tables.history.with_columns(after=after)
    again = pl.when(pl.col("after").is_between(1, days)).then(old).otherwise("followers")
    written = history.with_columns(followers=again).drop("after")
    return tables.map(lambda name, frame: written if name == "history" else frame)


def taken_early(tables: Tables) -> Tables:
    """The newest three posts have no likes and comments yet."""
    rank = pl.col("published_at").rank("ordinal", descending=True).over("account_id")
    return set_to(set_to(tables, "likes", pl.lit(0), rank <= 3), "comments", pl.lit(0), rank <= 3)


_ALL: Final = pl.lit(value=True)
_MISREAD: Final = pl.col("followers") * pl.when(pl.col("followers") >= 1_000).then(1_000).otherwise(1)
"""Counts that are written short (17.7K), read as millions (17,700,000)."""

COUNTS: Final = (
    Distortion("likes: 1 to 5 on all", hidden(_ALL)),
    Distortion("likes: 1 to 5 on five in six", hidden(~every_nth(6))),
    Distortion("likes: 3 on five in six", hidden(~every_nth(6), 3, 3)),
    Distortion("likes: 1 to 5 on the newest half", hidden(newest(0.5))),
    Distortion("likes: 1 to 5 on a third", hidden(every_nth(3))),
    Distortion("likes: 0 on all", zero("likes", _ALL)),
    Distortion("likes: 0 on the newest half", zero("likes", newest(0.5))),
    Distortion("likes and comments: 0 on the newest three", taken_early),
    Distortion("comments: 0 on all", zero("comments", _ALL)),
    Distortion("comments: 0 on half", zero("comments", every_nth(2))),
    Distortion("views: 0 on all", zero("views", _ALL)),
    Distortion("views: 0 on half", zero("views", every_nth(2))),
    Distortion("views: times 1.31 on the newest half", views_times(1.31, 0.5)),
    Distortion("views: times 2.4 on the newest half", views_times(2.4, 0.5)),
    Distortion("views: times 5 on the newest third", views_times(5, 1 / 3)),
    Distortion("views: 32 bits overflowed on a tenth", overflowed),
    Distortion("counts of three figures", three_figures),
    Distortion("followers: 0", followers(pl.lit(0))),
    Distortion("followers: a thousandth", followers(pl.col("followers") // 1_000)),
    Distortion("followers: a thousandfold, where they are 1,000 or more", followers(_MISREAD)),
    Distortion("followers: another account's", followers(pl.col("followers").shift(7).fill_null(4_321))),
    Distortion("history: 0 on 2 % of days", partial(misread, share=0.02, anothers=False)),
    Distortion("history: 0 on 5 % of days", partial(misread, share=0.05, anothers=False)),
    Distortion("history: another's count on 2 % of days", partial(misread, share=0.02, anothers=True)),
    Distortion("history: another's count on 5 % of days", partial(misread, share=0.05, anothers=True)),
    Distortion("history: a count written again for 20 days", partial(written_again, days=20)),
)
