"""Twitter, 1,337 followers that were bought and 1,481 people, by their profiles."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, FLAG, TEXT, CellRule, converted, one_of, one_row_each, raw_numbers
from training.datasets.labelled import Labelled, derive_features

__all__ = ["FILE", "SET", "load"]

FILE: Final = "cresci2015/accounts.csv"

SET: Final = PublicSet(
    name="cresci2015",
    files=MappingProxyType({FILE: "e9c4d8531711d510ac4c2c8ffb3485c707d625dfb63c52a9462bc85cc6ff16c0"}),
    label_meaning="Followers that the collectors bought in shops, against people who proved to be people.",
    licence="Research use, on request (Cresci et al. 2015, Decision Support Systems 80)",
    source="https://botometer.osome.iu.edu/bot-repository/datasets.html, cresci-2015",
)

BOUGHT: Final = "bought_follower"
SWITCH: Final = CellRule(
    "must be 1 or empty", lambda cell: (cell.cast(pl.Float64, strict=False) == 1.0).replace({False: None})
)
MOMENT: Final = CellRule(
    "must be a time such as Thu Sep 08 13:20:35 +0000 2011",
    lambda cell: cell.str.to_datetime("%a %b %d %H:%M:%S %z %Y", time_unit="us", strict=False),
)
SWITCHES: Final = ("default_profile", "default_profile_image", "geo_enabled")
KINDS: Final = MappingProxyType({
    "account": TEXT, "statuses_count": COUNT, "followers_count": COUNT, "friends_count": COUNT,
    "favourites_count": COUNT, "listed_count": COUNT, **dict.fromkeys(SWITCHES, SWITCH),
    "created_at": MOMENT, "username_length": COUNT, "username_digit_count": COUNT,
    "description_length": COUNT, "has_url": FLAG, "label": one_of((BOUGHT, "human")),
})  # fmt: skip


def load(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the set.

    ``as_of`` is the opening of the youngest account in the whole file, for every account: nothing
    else in the file tells the time. The bought followers were collected some months after the
    people, so a time of its own for each class would give the class away; with one for all, an
    account's age says when it was opened and no more. (An account opened after the last person was
    collected can still only be a bought one.) The file writes 1 or nothing for its switches;
    nothing is taken for unknown.

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
    table = SET.table(folder, FILE, tuple(KINDS), any_content=any_content)
    frame = converted(SET, FILE, table, KINDS, may_be_empty=SWITCHES)
    frame = one_row_each(frame, "account", "label")
    frame = frame.with_columns(account_id=pl.format("cresci2015:{}", "account"))
    features, levels = derive_features(Tables.of(accounts=_accounts(frame)))
    classes = frame["label"].to_list()
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=features,
        levels=levels,
        classes=classes,
        truth=(frame["label"] == BOUGHT).to_numpy(),
        groups=frame["account_id"].to_list(),
        raw=raw_numbers(_own(frame), [name for name in KINDS if name not in ("account", "label")]),
    )


def _accounts(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        "account_id",
        platform=pl.lit("x"),
        as_of=pl.col("created_at").max(),
        followers="followers_count",
        following="friends_count",
        posts="statuses_count",
        username_length="username_length",
        username_digits="username_digit_count",
        bio_length="description_length",
        has_picture=~pl.col("default_profile_image"),
        # The file says only whether there is a link, and any text says so.
        external_url=pl.when("has_url").then(pl.lit("linked")).otherwise(pl.lit("")),
        created_at="created_at",
    )


def _own(frame: pl.DataFrame) -> pl.DataFrame:
    """Its columns as numbers; the opening in days since 1970."""
    return frame.with_columns(pl.col("created_at").dt.epoch("s") / 86_400)
