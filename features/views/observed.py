"""Posts seen at several times: how fast their likes came, against their views and comments."""

from __future__ import annotations

from typing import Final

import polars as pl

from accounts.tables import take_rows
from features.views.base import Views, view
from features.views.people import people
from features.views.posts import posts

__all__ = ["observed"]

FEWEST_LIKES: Final = 20
EARLY_HOURS: Final = 3.0
LARGE: Final = 1 / 3
SMALL: Final = 1 / 10
FEWEST_STEPS: Final = 3

_COUNTS: Final = ("likes", "views", "comments")
_STEP: Final = {
    "block_likes": pl.Float64, "block_others": pl.Float64, "block_hours": pl.Float64,
    "block_after_hours": pl.Float64, "block_excess": pl.Float64,
}  # fmt: skip
_COLUMNS: Final = {
    **_STEP, "in_block": pl.Float64, "early_share": pl.Float64, "half_hours": pl.Float64,
    "spread": pl.Float64,
}  # fmt: skip


@view("posts")
def observed(views: Views) -> pl.DataFrame:
    """One row per settled post with 20 likes or more that was seen at two times or more, oldest first.

    Its own counts, at ``as_of``, are the last it was seen with; earlier counts are taken as they grew, and
    none above these. A step lies between two times at which likes were seen.

    ``post_id``, ``published_at``, ``likes``, ``views`` and ``comments`` of the posts' table;
    ``block_excess`` (in the step in which likes ran furthest ahead: the share of its likes that came, less
    that of its views or comments, whichever is larger), of that step ``block_likes``, ``block_others`` (these
    two shares), ``block_hours`` (its length) and ``block_after_hours`` (its begin since publishing);
    ``in_block`` (1 where a step brought a third or more of its likes and a tenth or less of its views and
    comments, else 0); ``early_share`` (of its likes, when it was last seen within three hours of publishing);
    ``half_hours`` (from publishing until half of its likes were there, evenly between two times); ``spread``
    (standard deviation of log10 of (likes + 1) per (views + 1) gained, over three steps or more).
    """
    frame = views.rows(posts).frame.with_row_index("post")
    if views.tables.observed.is_empty():
        return _none_of(frame)
    liked = frame.filter(pl.col("likes") >= FEWEST_LIKES, pl.col("post_id").is_not_null())
    seen = _sightings(views, liked)
    several = seen.group_by("post", maintain_order=True).agg(pl.len()).filter(pl.col("len") > 1)["post"]
    if several.is_empty():
        return _none_of(frame)
    seen = seen.filter(pl.col("post").is_in(several.implode()))
    shown = take_rows(frame, several.to_numpy()).select(
        "post", "account", "post_id", "published_at", *_COUNTS
    )
    for part in (_blocks(seen), _early(seen), _halves(seen), _spreads(seen)):
        shown = shown.join(part, on="post", how="left", maintain_order="left")
    return shown.drop("post").select("account", "post_id", "published_at", *_COUNTS, *_COLUMNS)


def _none_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The view without a row, for posts of which none was seen twice."""
    empty = [pl.Series(name, [], dtype) for name, dtype in _COLUMNS.items()]
    return frame.clear()["account", "post_id", "published_at", *_COUNTS].hstack(empty)


def _sightings(views: Views, liked: pl.DataFrame) -> pl.DataFrame:
    """Each time at which likes of a post were seen: counts that never fall, and hours since publishing."""
    as_of = views.rows(people).frame.select("account", "as_of")
    own = liked.join(as_of, on="account", how="left", maintain_order="left").select(
        "post", "account", "post_id", "published_at", "as_of", time="as_of",
        **{name: pl.col(name) for name in _COUNTS},
    )  # fmt: skip
    earlier = views.keyed("observed").select("account", "post_id", time="observed_at", **_renamed())
    before = (
        own.drop("time")
        .join(earlier, on=["account", "post_id"], how="inner")
        .filter(pl.col("time") < pl.col("as_of"), pl.col("seen_likes").is_not_null())
        .filter(pl.col("time") >= pl.col("published_at").fill_null(pl.col("time")))
        .group_by("post", "time")
        .agg(pl.col("published_at").first(), *(pl.col(f"seen_{name}").max() for name in _COUNTS))
        .select("post", "time", "published_at", **{name: pl.col(f"seen_{name}") for name in _COUNTS})
    )
    both = pl.concat([before, own.select(before.columns)]).sort("post", "time")
    return both.with_columns(
        *(_grown(name) for name in _COUNTS),
        hours=(pl.col("time") - pl.col("published_at")).dt.total_microseconds() / 3_600e6,
        moment=pl.col("time").cast(pl.Int64) / 3_600e6,
        **{f"all_{name}": pl.col(name).last().over("post") for name in _COUNTS},
    )


def _renamed() -> dict[str, pl.Expr]:
    return {f"seen_{name}": pl.col(name) for name in _COUNTS}


def _grown(name: str) -> pl.Expr:
    """A count as it grew: never under an earlier one, never over the post's own; unknown where that is."""
    highest, own = pl.col(name).cum_max().over("post"), pl.col(name).last().over("post")
    return pl.when(own.is_not_null(), highest.is_not_null()).then(pl.min_horizontal(highest, own)).alias(name)


def _gain(name: str) -> pl.Expr:
    """The part of all of a post's likes, views or comments that came in a step; null of none at all."""
    every = pl.col(f"all_{name}")
    gained = pl.col(name).diff().over("post") / every
    return pl.when(every > 0, pl.col(name).is_not_null()).then(gained)


def _blocks(seen: pl.DataFrame) -> pl.DataFrame:
    steps = seen.select(
        "post",
        block_likes=_gain("likes"),
        block_others=pl.max_horizontal(_gain("views"), _gain("comments")),
        block_hours=pl.col("moment").diff().over("post"),
        block_after_hours=pl.col("hours").shift().over("post"),
    ).with_columns(block_excess=pl.col("block_likes") - pl.col("block_others"))
    known = steps.filter(pl.col("block_excess").is_not_null())
    sudden = ((pl.col("block_likes") >= LARGE) & (pl.col("block_others") <= SMALL)).any()
    return known.group_by("post", maintain_order=True).agg(
        *(pl.col(name).get(pl.col("block_excess").arg_max()) for name in _STEP),
        in_block=sudden.cast(pl.Float64),
    )


def _early(seen: pl.DataFrame) -> pl.DataFrame:
    early = seen.filter(pl.col("hours") <= EARLY_HOURS)
    share = pl.col("likes").last() / pl.col("all_likes").last()
    return early.group_by("post", maintain_order=True).agg(early_share=share)


def _halves(seen: pl.DataFrame) -> pl.DataFrame:
    """Hours until half of the likes: on the straight line between the times before and after."""
    half = pl.col("all_likes") * 0.5
    before = (
        pl.col("hours").shift().over("post").fill_null(0.0),
        pl.col("likes").shift().over("post").fill_null(0),
    )
    part = (half - before[1]) / (pl.col("likes") - before[1])
    crossing = seen.select(
        "post", reached=(pl.col("likes") >= half) & pl.col("hours").is_not_null(),
        half_hours=before[0] + part * (pl.col("hours") - before[0]),
    )  # fmt: skip
    first = crossing.filter("reached").unique("post", keep="first", maintain_order=True)
    return first.select("post", "half_hours")


def _spreads(seen: pl.DataFrame) -> pl.DataFrame:
    likes, viewed = (pl.col(name).diff().over("post") for name in ("likes", "views"))
    steps = seen.select("post", level=((likes + 1) / (viewed + 1)).log10()).filter(
        pl.col("level").is_not_null()
    )
    spread = pl.when(pl.len() >= FEWEST_STEPS).then(pl.col("level").std())
    return steps.group_by("post", maintain_order=True).agg(spread=spread)
