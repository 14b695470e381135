"""Instagram, 700 rows on accounts that their collectors judged not automated, with every post they had."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import polars as pl

from accounts.tables import Tables
from training.datasets.base import PublicSet

__all__ = ["FILE", "SET", "load"]

FILE: Final = "instafake_automated/nonautomated_posts.json.gz"

SET: Final = PublicSet(
    name="instafake_posts",
    files=MappingProxyType({FILE: "1778d14838c202dd04ca1e25f81cd9a40eac334c055f0746e1feeb0c04525356"}),
    label_meaning="Organic: judged not automated; nothing is said of bought engagement, so presumed none.",
    licence="CC BY-NC 4.0 (Akyon & Kalfaoglu 2019, ASYU)",
    source="https://github.com/fcakyon/instafake-dataset, data/automated-v1.0/nonautomatedAccountData.json",
)

COUNTS: Final = (
    "userMediaCount", "userFollowerCount", "userFollowingCount", "userBiographyLength", "usernameLength",
    "usernameDigitCount",
)  # fmt: skip
FLAGS: Final = ("userHasExternalUrl", "userHasHighlighReels", "automatedBehaviour")
LISTS: Final = (
    "mediaUploadTimes", "mediaLikeNumbers", "mediaCommentNumbers", "mediaCommentsAreDisabled",
    "mediaHashtagNumbers", "mediaHasLocationInfo",
)  # fmt: skip
WHOLE: Final = "must be a whole number >= 0 or null"


def load(folder: Path, *, any_content: bool = False) -> Tables:
    """Read the set.

    ``as_of`` is the latest upload in the whole file, for every account: that is when the last of
    them was collected, and nothing else in the file tells the time. An account's own latest upload
    would say that everybody has just posted. Upload times are seconds since 1970, UTC; their mean
    is never a number of an account here, as it gives away when each class was collected. Comments
    are null where they are disabled. The highlight reels and the tagged posts have no place in an
    account document and are left out. A handle is not in the file: accounts are named by their row.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.

    Returns
    -------
    Tables
        Accounts and posts, an account that the file holds twice once.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    rows = _checked(SET.read(folder, FILE, any_content=any_content))
    fields = {name: pl.Int64() for name in (*COUNTS, *FLAGS)} | {name: pl.List(pl.Int64()) for name in LISTS}
    frame = pl.DataFrame([{name: row[name] for name in fields} for row in rows], schema=fields)
    frame = frame.with_row_index("row").with_columns(account_id=pl.format("ig:{}", pl.col("row") + 1))
    frame = frame.unique(_same_account(frame), keep="first", maintain_order=True)
    as_of = frame["mediaUploadTimes"].explode().max()
    if as_of is None:
        raise SET.refusal(FILE, "mediaUploadTimes", "must hold a time in at least one account.")
    return Tables.of(accounts=_accounts(frame, as_of), posts=_posts(frame))


def _same_account(frame: pl.DataFrame) -> list[pl.Expr]:
    """What two rows on one account share.

    The handle's length and digits with the second of the oldest post; where there is no post,
    everything. Eight accounts stand in the file twice, three of them as seen a little later.
    """
    oldest = pl.col("mediaUploadTimes").list.min()
    everything = pl.when(oldest.is_null()).then(pl.struct(pl.col(name) for name in COUNTS))
    return [
        pl.col("usernameLength"),
        pl.col("usernameDigitCount"),
        oldest.alias("oldest"),
        everything.alias("without posts"),
    ]


def _accounts(frame: pl.DataFrame, as_of: object) -> pl.DataFrame:
    return frame.select(
        "account_id",
        platform=pl.lit("instagram"),
        as_of=pl.from_epoch(pl.lit(as_of, pl.Int64()), "s").dt.replace_time_zone("UTC"),
        followers="userFollowerCount",
        following="userFollowingCount",
        posts="userMediaCount",
        username_length="usernameLength",
        username_digits="usernameDigitCount",
        bio_length="userBiographyLength",
        # The file says only whether there is a link, and any text says so.
        external_url=pl.when(pl.col("userHasExternalUrl") == 1)
        .then(pl.lit("linked"))
        .otherwise(pl.when(pl.col("userHasExternalUrl") == 0).then(pl.lit(""))),
    )


def _posts(frame: pl.DataFrame) -> pl.DataFrame:
    many = frame.filter(pl.col("mediaUploadTimes").list.len() > 0)
    many = many.with_columns(number=pl.int_ranges(1, pl.col("mediaUploadTimes").list.len() + 1))
    each = many.select("account_id", "number", *LISTS).explode("number", *LISTS)
    return each.select(
        "account_id",
        post_id=pl.format("p{}", "number"),
        published_at=pl.from_epoch("mediaUploadTimes", "s").dt.replace_time_zone("UTC"),
        likes="mediaLikeNumbers",
        comments=pl.when(pl.col("mediaCommentsAreDisabled") == 0).then("mediaCommentNumbers"),
        hashtags="mediaHashtagNumbers",
        has_location=pl.col("mediaHasLocationInfo").cast(pl.Boolean),
    )


def _checked(content: bytes) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(content)
    except ValueError:
        raise SET.refusal(FILE, "", "must be JSON.") from None
    if not isinstance(rows, list) or not rows:
        raise SET.refusal(FILE, "", "must be a list of accounts.")
    for number, row in enumerate(rows, start=1):
        _check(f"{FILE} account {number}", row)
    return rows


def _check(place: str, row: object) -> None:
    """Refuse an account of another shape."""
    if not isinstance(row, dict):
        raise SET.refusal(place, "", "must be an object.")
    for name in (*COUNTS, *FLAGS, *LISTS):
        if name not in row:
            raise SET.refusal(place, name, "must be a field of it. It is missing.")
    for name in (*COUNTS, *FLAGS):
        if not _whole(row[name]):
            raise SET.refusal(place, name, f"{WHOLE}. Got {row[name]!r}.")
    for name in LISTS:
        if not isinstance(row[name], list) or not all(map(_whole, row[name])):
            raise SET.refusal(place, name, "must be a list of whole numbers >= 0 or null.")
        if len(row[name]) != len(row["mediaUploadTimes"]):
            raise SET.refusal(place, name, "must be as long as mediaUploadTimes.")


def _whole(value: object) -> bool:
    return value is None or (type(value) is int and value >= 0)
