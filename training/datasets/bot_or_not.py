"""X, two sets of accounts with every post of 48 hours: 263 English ones (30) and 171 French ones (31)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from training.datasets.base import PublicSet
from training.datasets.cells import one_row_each, raw_numbers
from training.datasets.labelled import Labelled, derive_features

__all__ = ["FILES", "SETS", "load_30", "load_31"]

FILES: Final = MappingProxyType({30: "bot_or_not/30.json.gz", 31: "bot_or_not/31.json.gz"})
_CONTENTS: Final = MappingProxyType(
    {
        30: "2d554946240e31f717b5c213038296308a93b3a696381829b7b9b12965985dbd",
        31: "25cfb4beeee5da7722e1d244d9c81d72ff2485159877731bbdc8f295f175d685",
    }
)

SETS: Final[Mapping[int, PublicSet]] = MappingProxyType(
    {
        session: PublicSet(
            name=f"bot_or_not_{session}",
            files=MappingProxyType({FILES[session]: _CONTENTS[session]}),
            label_meaning="A competition of bot detectors says which of its accounts are bots.",
            licence="none stated",
            source=f"Bot or Not competition: dataset.posts&users.{session}.json, dataset.bots.{session}.txt",
        )
        for session in FILES
    }
)

SETTLING_HOURS: Final = 48
COUNTS: Final = ("posts_total", "username_length", "username_digit_count", "description_length")
LABELS: Final = ("bot", "human")
USER: Final = ("account", *COUNTS, "label")
POST: Final = ("account", "created_at", "text")
RAW: Final = (*COUNTS, "posts", "characters")


def load_30(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the English set; see :func:`_load`."""
    return _load(30, folder, any_content)


def load_31(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the French set; see :func:`_load`."""
    return _load(31, folder, any_content)


def _load(session: int, folder: Path, any_content: bool) -> Labelled:
    """Read one set.

    The same ``as_of`` for all: 48 hours after the window's end, when all posts have settled. The
    file does not say when they were collected, and holds no like, comment or view that could have grown in
    between: engagement is absent. At the window's end itself no post would be 48 hours old, and
    the accounts would have no posts to be judged by. How many posts an account has in all
    is not known: ``posts_total`` counts those of the window. It tells bots from people by itself,
    so it stands among the raw columns, to be printed beside any result. Users without a single
    post in the file are left out: all twelve are bots, and only their absence could be judged.
    """
    about, file = SETS[session], FILES[session]
    content = _checked(about, file, about.read(folder, file, any_content=any_content))
    users = pl.DataFrame(content["users"], schema=[*USER], orient="row")
    posts = _posts(about, file, pl.DataFrame(content["posts"], schema=[*POST], orient="row"))
    named = pl.format(f"bot_or_not_{session}:{{}}", "account")
    seen = posts.group_by("account").agg(posts=pl.len(), characters=pl.col("caption").str.len_chars().mean())
    users = one_row_each(users, "account", "label").join(
        seen, on="account", how="inner", maintain_order="left"
    )
    users = users.with_columns(account_id=named)
    end = pd.Timestamp(content["window"][1])
    tables = Tables.of(
        accounts=_accounts(users, end),
        posts=posts.with_columns(account_id=named).select(pl.exclude("account")),
    ).select(users["account_id"])
    features, levels = derive_features(tables)
    return Labelled(
        about=about,
        head=AUTOMATED,
        features=features,
        levels=levels,
        classes=users["label"].to_list(),
        truth=(users["label"] == "bot").to_numpy(),
        groups=users["account_id"].to_list(),
        raw=raw_numbers(users, RAW),
    )


def _accounts(users: pl.DataFrame, end: pd.Timestamp) -> pl.DataFrame:
    as_of = (end + pd.Timedelta(hours=SETTLING_HOURS)).to_pydatetime()
    return users.select(
        "account_id",
        platform=pl.lit("x"),
        as_of=pl.lit(as_of, pl.Datetime("us", "UTC")),
        username_length="username_length",
        username_digits="username_digit_count",
        bio_length="description_length",
    )


def _posts(about: PublicSet, file: str, posts: pl.DataFrame) -> pl.DataFrame:
    """The posts with their times, each named by its place in the file."""
    time = pl.col("created_at").str.to_datetime("%+", time_unit="us", time_zone="UTC", strict=False)
    published = about.typed(posts, f"{file} posts", "created_at", time, "must be a time with its zone")
    return posts.with_row_index("number", offset=1).select(
        "account", post_id=pl.format("p{}", "number"), published_at=published, caption="text"
    )


def _checked(about: PublicSet, file: str, content: bytes) -> dict[str, Any]:
    """The file as rows of ``USER`` and ``POST``, and its window; refuses another shape."""
    try:
        found = json.loads(content)
    except ValueError:
        raise about.refusal(file, "", "must be JSON.") from None
    if not isinstance(found, dict) or not {"window", "users", "posts"} <= set(found):
        raise about.refusal(file, "", "must be an object with window, users and posts.")
    return {
        "window": _window(about, file, found["window"]),
        "users": _rows(about, f"{file} user", found["users"], USER),
        "posts": _rows(about, f"{file} post", found["posts"], POST),
    }


def _window(about: PublicSet, file: str, window: object) -> list[pd.Timestamp]:
    try:
        first, last = (pd.Timestamp(text) for text in window)  # type: ignore[attr-defined]
        if first.tzinfo is not None and first < last:
            return [first, last]
    except (TypeError, ValueError):
        pass
    raise about.refusal(file, "window", "must be two times with their zone, the earlier one first.")


def _rows(about: PublicSet, place: str, rows: object, names: tuple[str, ...]) -> list[list[Any]]:
    """The fields of each row, in order."""
    if not isinstance(rows, list) or not rows:
        raise about.refusal(f"{place}s", "", "must be a list with something in it.")
    for number, row in enumerate(rows, start=1):
        for name in names:
            if not isinstance(row, dict) or not _good(name, row.get(name)):
                raise about.refusal(f"{place} {number}", name, _rule(name))
    return [[row[name] for name in names] for row in rows]


def _good(name: str, value: object) -> bool:
    if name in COUNTS:
        return type(value) is int and value >= 0
    return value in LABELS if name == "label" else isinstance(value, str)


def _rule(name: str) -> str:
    if name in COUNTS:
        return "must be a whole number >= 0."
    return f"must be one of {', '.join(LABELS)}." if name == "label" else "must be a text."
