"""Comments under Indonesian videos, one in four of them an advertisement for gambling by a bot."""

from __future__ import annotations

import io
from pathlib import Path
from types import MappingProxyType
from typing import Final

import polars as pl

from features.folding import folded
from training.datasets.base import PublicSet
from training.datasets.comment_texts import LabelledComments
from training.datasets.summaries import linked

__all__ = ["FILE", "JUDOL", "judol_comments"]

FILE: Final = "judol_comments/comments.parquet"
COLUMNS: Final = ("row", "author", "label", "text")

JUDOL: Final = PublicSet(
    name="judol_comments",
    files=MappingProxyType({FILE: "5cd4d4c35745e5c90bee4b2b562059896182fba86da8ea69c3e8e8afe9376ad5"}),
    label_meaning="Whether its collectors judged that the comment advertises online gambling.",
    licence="MIT",
    source="https://github.com/gbennnn/judol-comment-classification",
)


def judol_comments(folder: Path, *, any_content: bool = False) -> LabelledComments:
    """Advertisements for gambling under YouTube videos, grouped by author and by copy of the text.

    Copies are texts with the same letters and digits once look-alikes are folded. Texts that stand in
    the file with both labels are left out. Videos are not given.

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
    frame = _table(folder, any_content).with_columns(copy=_copies())
    frame = frame.filter(pl.col("label").n_unique().over("copy") == 1)
    return LabelledComments(
        about=JUDOL,
        texts=frame["text"].to_list(),
        truth=(frame["label"] == 1).to_numpy(),
        groups=[f"{JUDOL.name}:{first}" for first in _together(frame)],
    )


def _table(folder: Path, any_content: bool) -> pl.DataFrame:
    content = JUDOL.read(folder, FILE, any_content=any_content)
    try:
        frame = pl.read_parquet(io.BytesIO(content), columns=list(COLUMNS))
    except pl.exceptions.PolarsError:
        raise JUDOL.refusal(FILE, "", f"must be Parquet with the columns {', '.join(COLUMNS)}.") from None
    for name in COLUMNS:
        if frame[name].null_count():
            raise JUDOL.refusal(FILE, name, "must be known in every row.")
    if not frame["label"].is_in([0, 1]).all():
        raise JUDOL.refusal(FILE, "label", "must be 0 or 1.")
    return frame


def _copies() -> pl.Expr:
    """The text's letters and digits; the text itself where it has none."""
    read = pl.col("text").map_batches(folded, return_dtype=pl.String).str.to_lowercase()
    bare = read.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", "")
    return pl.when(bare == "").then("text").otherwise(bare)


def _together(frame: pl.DataFrame) -> list[int]:
    """For each comment the number, in the file, of the first one by its author or with its text."""
    rows = frame.with_row_index("at")
    firsts = (rows.select(pl.col("at").first().over(name)).to_series() for name in ("author", "copy"))
    numbers, pairs = frame["row"].to_list(), (pair for first in firsts for pair in enumerate(first.to_list()))
    return [numbers[first] for first in linked(frame.height, pairs)]
