"""Comments, not accounts: spam under three music videos, and scams under posts on finance."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from detector.arrays import Bools
from training.datasets.base import PublicSet, is_held_out
from training.datasets.summaries import FLAG, linked

__all__ = [
    "SCAMSPOT",
    "SCAMSPOT_FILE",
    "VIDEOS",
    "YOUTUBE_SPAM",
    "LabelledComments",
    "scamspot",
    "youtube_spam",
]

VIDEOS: Final = MappingProxyType(
    {
        "Psy": "youtube_spam/Youtube01-Psy.csv",
        "KatyPerry": "youtube_spam/Youtube02-KatyPerry.csv",
        "LMFAO": "youtube_spam/Youtube03-LMFAO.csv",
    }
)
SCAMSPOT_FILE: Final = "scamspot/comments.csv"

YOUTUBE_SPAM: Final = PublicSet(
    name="youtube_spam",
    files=MappingProxyType(
        {
            VIDEOS["Psy"]: "bb7f41c5c6c8252d8ddc3a5c4886926c7640a5a6c467fc83c79c7daa04e7726e",
            VIDEOS["KatyPerry"]: "21e2e429c4d6c95baec925dea29f9ee9b51cba57a52c81f2288a084dbbfc9835",
            VIDEOS["LMFAO"]: "46753b5cec937c2bcf9f1c257c134c1f2999b3ab931917ef73b401fe66f4eeb2",
        }
    ),
    label_meaning="Whether its collectors judged that the comment is spam.",
    licence="CC BY 4.0 (UCI; Alberto, Lochter & Almeida 2015, ICMLA)",
    source="https://archive.ics.uci.edu/dataset/380/youtube+spam+collection",
)

SCAMSPOT: Final = PublicSet(
    name="scamspot",
    files=MappingProxyType(
        {SCAMSPOT_FILE: "bda77e89caba346a844a123943005d8e5f88e0f5209e7cb9416ab5b955c011ad"}
    ),
    label_meaning="Whether its collectors judged that the comment is a scam or advertises one.",
    licence="MIT",
    source="https://github.com/ScamSpot/scamspot_ml-models",
)

OPENING_WORDS: Final = 6
LEFT_OVER: Final = "\ufeff"


@dataclass(frozen=True)
class LabelledComments:
    """Comments of a public set with what is known of them.

    Attributes
    ----------
    about
        Facts of the set.
    texts
        What each comment says, as a reader saw it.
    truth
        Whether it is spam or a scam.
    groups
        Comments of one group must stay on one side of every split.
    """

    about: PublicSet
    texts: Sequence[str]
    truth: Bools
    groups: Sequence[str]

    def __post_init__(self) -> None:
        if not len(self.texts) == len(self.truth) == len(self.groups):
            raise ValueError("every comment needs one value of everything")

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def held_out(self) -> Bools:
        """Comments on which nothing may be chosen: those of three in ten groups."""
        return np.array([is_held_out(group) for group in self.groups], dtype=bool)


def youtube_spam(folder: Path, *, any_content: bool = False) -> LabelledComments:
    """Spam under three music videos, grouped by video (one of them, LMFAO, is the hold-out).

    Texts are made what a reader saw: HTML is taken out, and the mark that the platform left at the
    end of most. An author or a text found under an earlier video too is left out, so that no
    author stands on both sides. Dates are not returned: the collection does not give one for every
    comment, and what tells classes apart by a missing date tells nothing of comments.

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
    frame = pl.concat([_video(folder, video, any_content) for video in VIDEOS])
    earlier = pl.col("video").first() != pl.col("video")
    again = earlier.over("AUTHOR") | earlier.over("text")
    frame = frame.filter(~again.fill_null(False))
    return LabelledComments(
        about=YOUTUBE_SPAM,
        texts=frame["text"].to_list(),
        truth=(frame["CLASS"] == 1).to_numpy(),
        groups=frame["video"].to_list(),
    )


def _video(folder: Path, video: str, any_content: bool) -> pl.DataFrame:
    names = ("AUTHOR", "DATE", "CONTENT", "CLASS")
    frame = _labelled(YOUTUBE_SPAM, folder, VIDEOS[video], names, any_content)
    return frame.with_columns(
        text=pl.col("CONTENT").map_elements(_as_read, return_dtype=pl.String),
        video=pl.lit(f"{YOUTUBE_SPAM.name}:{video}"),
    )


def scamspot(folder: Path, *, any_content: bool = False) -> LabelledComments:
    """Scams under Instagram posts on finance, grouped by whom they promote and how they begin and end.

    Nine texts stand in the file as a scam and as none: nothing is known of them, and both rows are
    left out. Authors are not given; comments that name the same handle or site, or share their
    first or last six words, are taken for one campaign. The texts are in lower case and without
    commas, in both classes.

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
    frame = _labelled(SCAMSPOT, folder, SCAMSPOT_FILE, ("scam", "msg"), any_content)
    frame = frame.filter(pl.col("scam").n_unique().over("msg") == 1).unique(
        "msg", keep="first", maintain_order=True
    )
    texts = frame["msg"].to_list()
    return LabelledComments(
        about=SCAMSPOT,
        texts=texts,
        truth=(frame["scam"] == 1).to_numpy(),
        groups=[f"{SCAMSPOT.name}:{first + 1}" for first in _campaigns(texts)],
    )


def _labelled(
    about: PublicSet, folder: Path, file: str, names: tuple[str, ...], any_content: bool
) -> pl.DataFrame:
    """A CSV file whose label is known in every row and which has no row without a text."""
    frame = about.table(folder, file, names, any_content=any_content)
    label = "CLASS" if "CLASS" in names else "scam"
    frame = frame.with_columns(about.typed(frame, file, label, FLAG.value(pl.col(label)), FLAG.words))
    for name in names:
        if name != "DATE" and frame[name].null_count():
            row = frame[name].is_null().arg_true()[0] + 1
            raise about.refusal(f"{file} row {row}", name, "must be known.")
    return frame


def _as_read(text: str) -> str:
    r"""A comment's HTML as the text that a reader saw.

    >>> _as_read('I&#39;m <b>here</b><br />now\ufeff')
    "I'm here\nnow"
    """
    broken = re.sub(r"<br\s*/?>", "\n", text)
    return html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", broken)).strip(LEFT_OVER + " \n")


def _campaigns(texts: Sequence[str]) -> list[int]:
    """For each text the first one of its campaign."""
    first: dict[str, int] = {}
    pairs = [(row, first.setdefault(trait, row)) for row, text in enumerate(texts) for trait in _traits(text)]
    return linked(len(texts), pairs)


def _traits(text: str) -> Iterator[str]:
    """What two comments of one campaign are taken to share.

    >>> list(_traits("thanks to @ana_trades see https://www.ana.io/x"))
    ['@ana_trades', 'ana.io']
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    yield from re.findall(r"@[\w.]{3,}", plain)
    yield from re.findall(r"https?://(?:www\.)?([^/\s]+)", plain)
    words = re.findall(r"[^\W\d_]+", re.sub(r"[@#]\S+|https?:\S+", " ", plain))
    if len(words) >= OPENING_WORDS:
        yield "begins " + " ".join(words[:OPENING_WORDS])
        yield "ends " + " ".join(words[-OPENING_WORDS:])
