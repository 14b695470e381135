"""Instagram, 1,400 rows on accounts with and without automation: profiles, means and SDs over posts."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from features.posting import MOST_HASHTAGS
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, raw_numbers
from training.datasets.labelled import Labelled, derive_features
from training.datasets.summaries import (
    AMOUNT,
    FLAG,
    SHARE,
    Floats,
    linked,
    near,
    numeric,
    with_posts,
)

__all__ = ["FILE", "SET", "load"]

FILE: Final = "instafake_automated/accounts_mean_std.csv"

SET: Final = PublicSet(
    name="instafake_automated",
    files=MappingProxyType({FILE: "015b9c92a2d5da08097062271e52b7989b1ff352dfc86c5d753bbc0737c9f38d"}),
    label_meaning="Whether its collectors judged that a program runs it (likes, comments, follows for it).",
    licence="CC BY-NC 4.0 (Akyon & Kalfaoglu 2019, ASYU)",
    source="https://github.com/fcakyon/instafake-dataset, data/automated-v1.0, summed up per account",
)

# It tells when each class was collected (AUC .81 by itself): only ever used to see an account again.
LEAK: Final = "avg_mediaUploadTimes"
KINDS: Final = MappingProxyType(
    {"userMediaCount": COUNT, "userFollowerCount": COUNT, "userFollowingCount": COUNT}
    | {"userHasHighlighReels": FLAG, "userHasExternalUrl": FLAG, "userTagsCount": COUNT}
    | {"userBiographyLength": COUNT, "usernameLength": COUNT, "usernameDigitCount": COUNT, "label": FLAG}
    | {
        f"{statistic}_media{name}": SHARE if name in ("CommentsAreDisabled", "HasLocationInfo") else AMOUNT
        for name in ("LikeNumbers", "CommentNumbers", "CommentsAreDisabled", "HashtagNumbers",
                     "UploadTimes", "HasLocationInfo")
        for statistic in ("avg", "std")
    }
)  # fmt: skip
CLASSES: Final = ("not automated", "automated")


def load(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the set: 1,395 accounts, five rows that stand twice left out.

    Of the posts it gives those features whose formula needs no more than means and standard
    deviations: ``likes_variation``, ``comments_variation``, ``comments_per_like``,
    ``hashtags_per_post`` and ``hashtags_deviation``. The file's deviations divide by n and the
    catalogue's by n - 1. The file counts no comment where comments are disabled; those posts are
    taken out again. All posts are counted, the newest two days' too: the file does not tell them
    apart. The mean upload time is a leak, so it is neither a feature nor in ``raw``.

    An account seen twice a little apart is one group. An account that is not automated is grouped
    under its name in :mod:`training.datasets.instafake_posts`, so what is held out there is held out here.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    frame = numeric(SET, folder, FILE, KINDS, any_content=any_content)
    for name in ("label", "userMediaCount"):
        if frame[name].null_count():
            raise SET.refusal(FILE, name, "must be known in every row.")
    frame = _named(frame).unique([*KINDS], keep="first", maintain_order=True)
    features, levels = derive_features(Tables.of(accounts=_profiles(frame)))
    features, levels = with_posts(features, levels, _of_posts(frame), _column(frame, "userMediaCount"))
    label = frame["label"].to_numpy()
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=features,
        levels=levels,
        classes=[CLASSES[one] for one in label],
        truth=label == 1,
        groups=_groups(frame),
        raw=raw_numbers(frame, (name for name in KINDS if name not in (LEAK, "label"))),
    )


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows under their number; those that are not automated also as they stand in the file of posts."""
    frame = frame.with_row_index("row", offset=1)
    own = pl.format("{}:{}", pl.lit(SET.name), "row")
    organic = pl.col("label") == 0
    return frame.with_columns(
        account_id=own, group=pl.when(organic).then(pl.format("ig:{}", organic.cum_sum())).otherwise(own)
    )


def _profiles(frame: pl.DataFrame) -> pl.DataFrame:
    link = pl.col("userHasExternalUrl")
    return frame.select(
        "account_id",
        platform=pl.lit("instagram"),
        followers="userFollowerCount",
        following="userFollowingCount",
        posts="userMediaCount",
        username_length="usernameLength",
        username_digits="usernameDigitCount",
        bio_length="userBiographyLength",
        external_url=pl.when(link == 1).then(pl.lit("linked")).when(link == 0).then(pl.lit("")),
    )


def _of_posts(frame: pl.DataFrame) -> dict[str, Floats]:
    """The catalogue's features from means and deviations over all n posts."""
    posts = _column(frame, "userMediaCount")
    likes, likes_sd, comments, comments_sd, hashtags, hashtags_sd = (
        _column(frame, f"{statistic}_media{name}Numbers")
        for name in ("Like", "Comment", "Hashtag")
        for statistic in ("avg", "std")
    )
    open_ = np.rint(posts * (1.0 - _column(frame, "avg_mediaCommentsAreDisabled")))
    with np.errstate(divide="ignore", invalid="ignore"):
        again = posts / open_
        spread = again * (comments_sd**2 + comments**2) - (again * comments) ** 2
        per_comment = np.sqrt(np.maximum(spread, 0.0) * open_ / (open_ - 1.0)) / (again * comments)
        less_one = np.sqrt(posts / (posts - 1.0))
        return {
            "likes_variation": less_one * likes_sd / likes,
            "comments_variation": np.where(open_ >= 5, per_comment, np.nan),
            # With some closed, the likes of the others alone are not known.
            "comments_per_like": np.where(open_ == posts, comments / likes, np.nan),
            "hashtags_per_post": np.minimum(hashtags, MOST_HASHTAGS),
            "hashtags_deviation": less_one * hashtags_sd,
        }


def _groups(frame: pl.DataFrame) -> list[str]:
    """One group for each account, the rows of one seen twice under the first one's name.

    Same class, handle length and digits; posts, followers, share with a place and mean upload time
    nearly the same. In the published file 22 pairs, one of them perhaps by chance.
    """
    alike = frame.with_row_index("place").filter(pl.col("userMediaCount") > 0)
    places = alike.group_by("label", "usernameLength", "usernameDigitCount", maintain_order=True).agg("place")
    pairs = np.array([pair for rows in places["place"].to_list() for pair in combinations(rows, 2)], np.int64)
    left, right = pairs.reshape(-1, 2).T
    posts, followers, located, time = (
        _column(frame, name)
        for name in ("userMediaCount", "userFollowerCount", "avg_mediaHasLocationInfo", LEAK)
    )
    same = (
        near(posts[left], posts[right], factor=1.1)
        & near(followers[left], followers[right], factor=1.16)
        & (np.abs(located[left] - located[right]) <= 0.03)
        & (np.abs(time[left] - time[right]) < 30 * 86_400)
    )
    first = linked(frame.height, zip(left[same].tolist(), right[same].tolist(), strict=True))
    return [frame["group"][row] for row in first]


def _column(frame: pl.DataFrame, name: str) -> Floats:
    return frame[name].cast(pl.Float64).to_numpy()
