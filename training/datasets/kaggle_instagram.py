"""Instagram, 696 profiles, half of them fake, in a training and a test part of their own."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, raw_numbers
from training.datasets.labelled import Labelled, derive_features
from training.datasets.summaries import FLAG, SHARE, numeric

__all__ = ["FILES", "SET", "Part", "load"]

Part = Literal["train", "test"]

FILES: Final = MappingProxyType(
    {
        "train": "kaggle_instagram/train.csv",
        "test": "kaggle_instagram/test.csv",
    }
)

SET: Final = PublicSet(
    name="kaggle_instagram",
    files=MappingProxyType(
        {
            FILES["train"]: "54adc145282c4bbd3699e879c1c072fec3728dbaf141b007b33e457cd78b638a",
            FILES["test"]: "4d09fc192c9f9736993635119670b724861b0d6da9ca512281c404eac79fc29d",
        }
    ),
    label_meaning="Whether its collector judged that it is a fake or spamming account; how is not said.",
    licence="none stated",
    source="https://www.kaggle.com/datasets/free4ever1/instagram-fake-spammer-genuine-accounts",
)

KINDS: Final = MappingProxyType({
    "profile pic": FLAG, "nums/length username": SHARE, "fullname words": COUNT,
    "nums/length fullname": SHARE, "name==username": FLAG, "description length": COUNT, "external URL": FLAG,
    "private": FLAG, "#posts": COUNT, "#followers": COUNT, "#follows": COUNT, "fake": FLAG,
})  # fmt: skip
CLASSES: Final = ("real", "fake")


def load(folder: Path, part: Part | None = None, *, any_content: bool = False) -> Labelled:
    """Read the set: 574 accounts to train on and 118 to test with, four rows that stand twice left out.

    The collector's own split stays in the names: ``kaggle:train:7``, ``kaggle:test:7``. No row
    stands in both parts. The share of digits in the handle is known and the handle's length is not.

    Parameters
    ----------
    folder
        The data folder.
    part
        One of the collector's two parts; none: both, the training part first.
    any_content
        Whether another content than the published one will do.

    Raises
    ------
    BadInput
        If a file is missing, another one, or of another shape.
    """
    parts = FILES if part is None else {part: FILES[part]}
    frame = pl.concat([_read(folder, name, any_content) for name in parts])
    frame = frame.unique([*KINDS], keep="first", maintain_order=True)
    features, levels = derive_features(Tables.of(accounts=_profiles(frame)))
    label = frame["fake"].to_numpy()
    return Labelled(
        about=SET,
        head=AUTOMATED,
        # A document gives this share by two counts, neither of which the file has.
        features=features.assign(username_digit_share=frame["nums/length username"].to_numpy()),
        levels=levels,
        classes=[CLASSES[one] for one in label],
        truth=label == 1,
        groups=frame["account_id"].to_list(),
        raw=raw_numbers(frame, (name for name in KINDS if name != "fake")),
    )


def _read(folder: Path, part: str, any_content: bool) -> pl.DataFrame:
    frame = numeric(SET, folder, FILES[part], KINDS, any_content=any_content)
    if frame["fake"].null_count():
        raise SET.refusal(FILES[part], "fake", "must be known in every row.")
    frame = frame.with_row_index("row", offset=1)
    return frame.with_columns(account_id=pl.format("kaggle:{}:{}", pl.lit(part), "row")).drop("row")


def _profiles(frame: pl.DataFrame) -> pl.DataFrame:
    link = pl.col("external URL")
    return frame.select(
        "account_id",
        platform=pl.lit("instagram"),
        followers="#followers",
        following="#follows",
        posts="#posts",
        full_name_words="fullname words",
        bio_length="description length",
        has_picture=pl.col("profile pic").cast(pl.Boolean),
        is_private=pl.col("private").cast(pl.Boolean),
        external_url=pl.when(link == 1).then(pl.lit("linked")).when(link == 0).then(pl.lit("")),
    )
