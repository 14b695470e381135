"""What sets have in common that give a profile and figures over its posts, but not the posts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from features.evidence import DEPTHS
from training.datasets.base import PublicSet
from training.datasets.cells import CellRule, number

__all__ = [
    "AMOUNT",
    "FLAG",
    "SHARE",
    "checked",
    "linked",
    "near",
    "numeric",
    "with_posts",
]

Floats = npt.NDArray[np.float64]


FLAG: Final = number("must be 0 or 1", lambda x: x.is_in([0.0, 1.0]), pl.Int64())
SHARE: Final = number("must be a number from 0 to 1", lambda x: x.is_between(0, 1), pl.Float64())
AMOUNT: Final = number("must be a number >= 0", lambda x: x >= 0, pl.Float64())


def numeric(
    about: PublicSet, folder: Path, file: str, kinds: Mapping[str, CellRule], *, any_content: bool = False
) -> pl.DataFrame:
    """A CSV file with exactly these columns, each in its type; an empty cell is null.

    Raises
    ------
    BadInput
        If the file is missing, another one, or of another shape.
    """
    texts = about.table(folder, file, tuple(kinds), any_content=any_content)
    return checked(about, texts, file, kinds)


def checked(about: PublicSet, frame: pl.DataFrame, place: str, kinds: Mapping[str, CellRule]) -> pl.DataFrame:
    """A frame whose columns have their types; refuses the first value that cannot."""
    return frame.with_columns(
        about.typed(frame, place, name, kind.value(pl.col(name)), kind.words) for name, kind in kinds.items()
    )


def with_posts(
    features: pd.DataFrame, levels: Sequence[str], given: Mapping[str, Floats], posts: Floats
) -> tuple[pd.DataFrame, list[str]]:
    """Features and levels of profiles with what is known of their posts.

    Parameters
    ----------
    features, levels
        Of the profiles alone, as :func:`training.datasets.labelled.derive_features` gives them.
    given
        Features of posts, one value an account, NaN or infinite where unknown. They are absent
        where there are fewer posts than make a block, as they are when derived from posts.
    posts
        Posts that each account's values rest on; NaN is none.

    Examples
    --------
    >>> features = pd.DataFrame({"hashtags_per_post": [np.nan, np.nan]}, index=["a", "b"])
    >>> known = {"hashtags_per_post": np.array([2.0, 3.0])}
    >>> features, levels = with_posts(features, ["profile"] * 2, known, np.array([13.0, 4.0]))
    >>> features["hashtags_per_post"].tolist(), levels
    ([2.0, nan], ['profile+posts12', 'profile'])
    """
    depths = {name: int(name.removeprefix("posts")) for name in DEPTHS["posts"]}
    place = np.searchsorted(list(depths.values()), np.nan_to_num(posts), side="right")
    present = {name: np.where((place > 0) & np.isfinite(one), one, np.nan) for name, one in given.items()}
    named = [("", *depths)[depth] for depth in place.tolist()]
    blocks = [("" if level == "none" else level, depth) for level, depth in zip(levels, named, strict=True)]
    return features.assign(**present), ["+".join(filter(None, pair)) or "none" for pair in blocks]


def linked(rows: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each row the first of all that it is linked with, directly or through others.

    >>> linked(5, [(3, 1), (4, 3)])
    [0, 1, 2, 1, 1]
    """
    first = list(range(rows))

    def root(row: int) -> int:
        while first[row] != row:
            first[row] = row = first[first[row]]
        return row

    for pair in pairs:
        low, high = sorted(map(root, pair))
        first[high] = low
    return [root(row) for row in range(rows)]


def near(left: Floats, right: Floats, *, factor: float) -> npt.NDArray[np.bool_]:
    """Whether two counts differ by less than a factor.

    >>> near(np.array([100.0, 100.0]), np.array([105.0, 120.0]), factor=1.1)
    array([ True, False])
    """
    distance: Floats = np.abs(np.log((left + 1.0) / (right + 1.0)))
    return distance < math.log(factor)
