"""Instagram, 43,307 rows on real accounts, fakes and spammers: profiles and figures over their posts."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.tables import Tables
from features.declaration import AUTOMATED
from features.posting import MOST_HASHTAGS
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT, number, raw_numbers
from training.datasets.labelled import Labelled, derive_features
from training.datasets.summaries import AMOUNT, FLAG, SHARE, Floats, checked, with_posts

__all__ = ["FILE", "SET", "load"]

FILE: Final = "purba2020/accounts.csv.gz"

SET: Final = PublicSet(
    name="purba2020",
    files=MappingProxyType({FILE: "204b3de9296a97c781ac133aec9d8ade8b884d06c43d0a9758e9e67cb1eb28e5"}),
    label_meaning="Followers bought from sellers (active, inactive, spamming) against real accounts.",
    licence="none stated; paper: Purba, Asirvatham & Murugesan 2020, IJECE 10(3)",
    source="https://www.kaggle.com/datasets/krpurba/fakeauthentic-user-instagram, the file of four classes",
)

CAPTION: Final = number("must be a number >= -1", lambda x: x >= -1, pl.Float64())
KINDS: Final = MappingProxyType({
    "pos": COUNT, "flw": COUNT, "flg": COUNT, "bl": COUNT, "pic": FLAG, "lin": FLAG, "cl": CAPTION,
    "cz": SHARE, "ni": SHARE, "erl": AMOUNT, "erc": AMOUNT, "lt": SHARE, "hc": AMOUNT, "pr": AMOUNT,
    "fo": AMOUNT, "cs": SHARE, "pi": AMOUNT,
})  # fmt: skip
CLASSES: Final = MappingProxyType({"r": "real", "a": "active fake", "i": "inactive fake", "s": "spammer"})
MOST_POSTS: Final = 18
WEEK_HOURS: Final = 168.0


def load(folder: Path, *, any_content: bool = False) -> Labelled:
    """Read the set: 42,225 accounts, 1,082 rows that stand twice left out (all inactive fakes).

    Sums rest on an account's 18 latest posts at most. Of them it gives ``hashtags_per_post``,
    ``posts_per_week`` (one over the mean gap in hours) and ``comments_per_like`` (one rate in
    per cent over the other). Mean rates are not the catalogue's median rates and stay in ``raw``.
    Rows whose sums are all blank although there are posts were not seen: their posts are absent.

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
    texts = SET.table(folder, FILE, (*KINDS, "class"), any_content=any_content)
    known = texts["class"].is_in(list(CLASSES)).fill_null(False)
    if not known.all():
        row = (~known).arg_true()[0] + 1
        raise SET.refusal(f"{FILE} row {row}", "class", f"must be one of {', '.join(CLASSES)}.")
    frame = checked(SET, texts, FILE, KINDS).with_row_index("row", offset=1)
    frame = frame.unique([*KINDS, "class"], keep="first", maintain_order=True)
    frame = frame.with_columns(account_id=pl.format("purba:{}", "row"), cl=pl.col("cl").replace(-1, None))
    features, levels = derive_features(Tables.of(accounts=_profiles(frame)))
    features, levels = with_posts(features, levels, _of_posts(frame), _posts_seen(frame))
    return Labelled(
        about=SET,
        head=AUTOMATED,
        features=features,
        levels=levels,
        classes=[CLASSES[one] for one in frame["class"]],
        truth=(frame["class"] != "r").to_numpy(),
        groups=frame["account_id"].to_list(),
        raw=raw_numbers(frame, KINDS),
    )


def _profiles(frame: pl.DataFrame) -> pl.DataFrame:
    link = pl.col("lin")
    return frame.select(
        "account_id",
        platform=pl.lit("instagram"),
        followers="flw",
        following="flg",
        posts="pos",
        bio_length="bl",
        has_picture=pl.col("pic").cast(pl.Boolean),
        external_url=pl.when(link == 1).then(pl.lit("linked")).when(link == 0).then(pl.lit("")),
    )


def _posts_seen(frame: pl.DataFrame) -> Floats:
    """Posts that the sums rest on.

    An account whose posts could not be read has captions of length 0, none of them empty, all
    alike: what the sums of no post come to. That is no fact about its posts.
    """
    unseen = (pl.col("cl") == 0) & (pl.col("cz") == 0) & (pl.col("cs") == 1) & (pl.col("pi") == 0)
    seen = pl.when(~unseen).then(pl.col("pos").clip(upper_bound=MOST_POSTS))
    return frame.select(seen.cast(pl.Float64)).to_series().to_numpy()


def _of_posts(frame: pl.DataFrame) -> dict[str, Floats]:
    likes, comments, hashtags, gap = (frame[name].to_numpy() for name in ("erl", "erc", "hc", "pi"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "comments_per_like": comments / likes,
            "hashtags_per_post": np.minimum(hashtags, MOST_HASHTAGS),
            "posts_per_week": WEEK_HOURS / gap,
        }
