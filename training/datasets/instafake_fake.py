"""Instagram, 1,194 profiles: 200 of fake accounts, 994 of real ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, raw_numbers
from training.datasets.labelled import Labelled, derive_features
from training.datasets.summaries import FLAG, checked

__all__ = ["FAKE", "REAL", "SET", "load"]

FAKE: Final = "instafake_fake/fakeAccountData.json"
REAL: Final = "instafake_fake/realAccountData.json"

SET: Final = PublicSet(
    name="instafake_fake",
    files=MappingProxyType(
        {
            FAKE: "a3da0b2937ad8b05d032dc7b4c3115f927afa0d9dc85749dfe9db82a017b83d8",
            REAL: "3f66e6aceda0ef71a2c0f40244359ce5abcde4d9de76778057b0c3fb4409a627",
        }
    ),
    label_meaning="Whether its collectors judged that it is a fake account, made to follow others.",
    licence="CC BY-NC 4.0 (Akyon & Kalfaoglu 2019, ASYU)",
    source="https://github.com/fcakyon/instafake-dataset, data/fake-v1.0",
)

KINDS: Final = MappingProxyType({
    "userFollowerCount": COUNT, "userFollowingCount": COUNT, "userBiographyLength": COUNT,
    "userMediaCount": COUNT, "userHasProfilPic": FLAG, "userIsPrivate": FLAG, "usernameDigitCount": COUNT,
    "usernameLength": COUNT, "isFake": FLAG,
})  # fmt: skip
CLASSES: Final = ("real", "fake")


def load(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the set: 1,165 accounts, 29 rows that stand twice left out (all on real accounts).

    Nothing is oversampled, here or later: copies made before a split stand on both sides of it.

    Parameters
    ----------
    folder
        The data folder.
    any_content
        Whether another content than the published one will do.

    Raises
    ------
    BadInput
        If a file is missing, another one, or of another shape.
    """
    frame = pl.concat([_read(folder, file, any_content) for file in (FAKE, REAL)])
    frame = frame.with_row_index("row", offset=1).unique([*KINDS], keep="first", maintain_order=True)
    frame = frame.with_columns(account_id=pl.format("{}:{}", pl.lit(SET.name), "row"))
    features, levels = derive_features(Tables.of(accounts=_profiles(frame)))
    label = frame["isFake"].to_numpy()
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=features,
        levels=levels,
        classes=[CLASSES[one] for one in label],
        truth=label == 1,
        groups=frame["account_id"].to_list(),
        raw=raw_numbers(frame, (name for name in KINDS if name != "isFake")),
    )


def _profiles(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        "account_id",
        platform=pl.lit("instagram"),
        followers="userFollowerCount",
        following="userFollowingCount",
        posts="userMediaCount",
        username_length="usernameLength",
        username_digits="usernameDigitCount",
        bio_length="userBiographyLength",
        has_picture=pl.col("userHasProfilPic").cast(pl.Boolean),
        is_private=pl.col("userIsPrivate").cast(pl.Boolean),
    )


def _read(folder: Path, file: str, any_content: bool) -> pl.DataFrame:
    """One of the files, whose label must be what its name says."""
    rows = _rows(SET.read(folder, file, any_content=any_content), file)
    texts = pl.DataFrame(
        [{name: None if row[name] is None else str(row[name]) for name in KINDS} for row in rows],
        schema=dict.fromkeys(KINDS, pl.String),
    )
    frame = checked(SET, texts, file, KINDS)
    expected = int(file == FAKE)
    if (frame["isFake"].fill_null(1 - expected) != expected).any():
        raise SET.refusal(file, "isFake", f"must be {expected} in every account of this file.")
    return frame


def _rows(content: bytes, file: str) -> list[Mapping[str, object]]:
    try:
        rows = json.loads(content)
    except ValueError:
        raise SET.refusal(file, "", "must be JSON.") from None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise SET.refusal(file, "", "must be a list of accounts.")
    for number, row in enumerate(rows, start=1):
        for name in KINDS:
            if name not in row:
                raise SET.refusal(f"{file} account {number}", name, "must be a field of it. It is missing.")
    return rows
