"""The real accounts that are organic or presumed so, and the parts of them that a user may have.

The starter trains on half of the open accounts of three sets (:mod:`training.organic`): of these only the
other half is ever measured on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from accounts.schema import ACCOUNT_KEYS
from accounts.tables import Tables
from training.datasets import instafake_posts, youtube_channels
from training.datasets.base import PublicSet, development
from training.organic import ORGANIC as TRAINED_ON
from training.organic import evaluation_half

__all__ = ["SETS", "Organic", "only_parts", "open_accounts", "set_named", "without_columns"]


@dataclass(frozen=True)
class Organic:
    """A way to read a set of organic accounts.

    Attributes
    ----------
    name
        What the tables of results call it.
    about
        Facts of the set.
    load
        Reads it from the data folder.
    """

    name: str
    about: PublicSet
    load: Callable[[Path], Tables]


SETS: Final = (
    Organic("instafake_posts", instafake_posts.SET, instafake_posts.load),
    Organic("youtube_channels", youtube_channels.SET, youtube_channels.load),
    Organic(
        "youtube_channels, newest 20 videos",
        youtube_channels.SET,
        lambda folder: youtube_channels.load(folder, newest_only=True),
    ),
)


def set_named(name: str) -> Organic:
    """The set that tables of results call so."""
    return next(one for one in SETS if one.name == name)


def open_accounts(name: str, tables: Tables) -> Tables:
    """Accounts of a set that are neither sealed nor of the half that trains the starter.

    Parameters
    ----------
    name
        Of the set.
    tables
        All of its accounts.
    """
    return evaluation_half(tables) if name in TRAINED_ON else development(tables)


def only_parts(tables: Tables, parts: frozenset[str]) -> Tables:
    """Some parts of the accounts, ``accounts`` standing for the profile; the others are absent."""

    def keep(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name in parts:
            return frame
        return frame.with_columns(_absent(frame)) if name == "accounts" else frame.clear()

    return tables.map(keep)


def without_columns(tables: Tables, model: Tables) -> Tables:
    """The accounts less every table and column that ``model`` has no value in."""

    def keep(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        known = [column for column in frame.columns if not model[name][column].is_null().all()]
        return frame.with_columns(_absent(frame.drop(known))) if known else frame.clear()

    return tables.map(keep)


def _absent(frame: pl.DataFrame) -> list[pl.Series]:
    fields = frame.drop(*ACCOUNT_KEYS, strict=False)
    return [pl.Series(name, [None] * frame.height, dtype) for name, dtype in fields.schema.items()]
