"""The comments that the comment model is trained on, with what is known of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from accounts.simulation.text import (
    STYLES,
    TextSupply,
    fan_texts,
    fluent_texts,
    language,
    spam_texts,
    template_texts,
    usernames,
)
from accounts.simulation.word_lists import COMMON
from features.comment_text import describe_texts
from training.comment_phrases import ORDINARY, PROMOTIONS, SPUN, SPUN_WORDS
from training.datasets.comment_texts import LabelledComments, scamspot, youtube_spam
from training.datasets.judol_comments import judol_comments
from training.respelling import respelt

__all__ = ["PUBLIC", "labelled_rows", "respelt_rows", "simulated_rows", "written_rows"]

PUBLIC: Final[MappingProxyType[str, Callable[[Path], LabelledComments]]] = MappingProxyType(
    {"judol_comments": judol_comments, "scamspot": scamspot, "youtube_spam": youtube_spam}
)
# A text of that many words that is no stock praise says something of its own.
OWN_WORDS: Final = 3
# The regime that training draws from; the other one's wording is for tests alone.
WORDING: Final = "a"
VOCABULARY: Final = 20_251

SCHEMA: Final = {
    "text": pl.String(), "source": pl.String(), "group": pl.String(),
    "promotion": pl.Float64(), "generic": pl.Float64(), "template": pl.Float64(),
}  # fmt: skip


def rows_of(  # noqa: PLR0913
    texts: Sequence[str],
    source: str,
    *,
    groups: Sequence[str] | None = None,
    promotion: float | None = None,
    generic: float | None = None,
    template: float | None = None,
) -> pl.DataFrame:
    """Texts of one source that are all of one kind; null is not known."""
    return pl.DataFrame(
        {
            "text": list(texts), "source": source, "group": list(groups or texts),
            "promotion": promotion, "generic": generic, "template": template,
        },
        schema=SCHEMA,
    )  # fmt: skip


def labelled_rows(comments: LabelledComments) -> pl.DataFrame:
    """A public set: promotion as its collectors labelled it; the other kinds where the text shows them.

    Stock praise (the pattern of :mod:`features.comment_text`) is generic, three words or more that are none
    are not; what lies between is not known. Nobody labelled templates: ordinary comments are none.
    """
    frame = pl.DataFrame({"text": comments.texts, "group": comments.groups, "spam": comments.truth})
    frame = describe_texts(frame)
    promotion = pl.col("spam").cast(pl.Float64)
    own = (pl.col("spaces") >= OWN_WORDS - 1) | pl.col("emoji_only") | pl.col("spam")
    praise = pl.when(~pl.col("spam") & pl.col("praise")).then(1.0).when(own).then(0.0)
    ordinary = pl.when(~pl.col("spam") & (pl.col("spaces") > 0) & ~pl.col("praise")).then(0.0)
    return frame.select(
        "text", pl.lit(comments.about.name).alias("source"), "group",
        promotion.alias("promotion"), praise.alias("generic"), ordinary.alias("template"),
    )  # fmt: skip


def simulated_rows(rng: np.random.Generator, each: int) -> pl.DataFrame:
    """Texts of the simulator's training regime, ``each`` of every style, language and vendor."""
    parts = [_fans(rng, name, style, each) for name in COMMON for style in range(len(STYLES))]
    english = language("en", VOCABULARY)
    for vendor in range(20):
        supply = TextSupply(vendor, WORDING)
        spun = template_texts(rng, english, each, supply)
        worded = [text for text in spun if any(letter.isalpha() for letter in text)]
        parts.append(rows_of(worded, "simulated", promotion=0.0, generic=1.0, template=1.0))
        fluent = fluent_texts(
            rng, language(list(COMMON)[vendor % len(COMMON)], VOCABULARY), each, supply, vendor
        )
        parts.append(rows_of(fluent, "simulated", promotion=0.0, template=1.0))
    parts.append(rows_of(spam_texts(rng, 10 * each), "simulated", promotion=1.0, generic=0.0))
    return pl.concat(parts)


def _fans(rng: np.random.Generator, name: str, style: int, count: int) -> pl.DataFrame:
    styles = np.zeros(len(STYLES))
    styles[style] = 1.0
    texts = fan_texts(rng, language(name, VOCABULARY), count, styles, int(rng.integers(0, 99)))
    praise = STYLES[style] == "praise"
    return rows_of(texts, "simulated", promotion=0.0, generic=float(praise), template=None if praise else 0.0)


def written_rows(rng: np.random.Generator, each: int) -> pl.DataFrame:
    """The sentences of :mod:`training.comment_phrases`, about ``each`` of every kind and language."""
    parts = []
    for name in PROMOTIONS:
        promotions, ordinary = (_drawn(rng, lines[name], each) for lines in (PROMOTIONS, ORDINARY))
        texts = [_capital(rng, text) for text in _flattered(rng, name, _filled(rng, promotions))]
        parts.append(rows_of(texts, "written", groups=promotions, promotion=1.0, generic=0.0))
        parts.append(rows_of(ordinary, "written", promotion=0.0, generic=0.0, template=0.0))
    lines = _drawn(rng, SPUN, 10 * each)
    texts = [_capital(rng, _spun(rng, line)) for line in lines]
    parts.append(rows_of(texts, "written", groups=lines, promotion=0.0, generic=1.0, template=1.0))
    return pl.concat(parts)


def _drawn(rng: np.random.Generator, lines: Sequence[str], count: int) -> list[str]:
    return [lines[at] for at in rng.integers(0, len(lines), count).tolist()]


def _filled(rng: np.random.Generator, lines: Sequence[str]) -> list[str]:
    """The lines with a name, a site and a sum in their places."""
    names, sites = usernames(rng, len(lines)), usernames(rng, len(lines), 0.5, 2.0)
    ends = _drawn(rng, (".com", ".net", ".io", "", "", " 88"), len(lines))
    sums = [
        f"{sign}{amount}0"
        for sign, amount in zip(
            _drawn(rng, ("$", "€", "£", "", "Rp "), len(lines)), rng.integers(5, 900, len(lines)), strict=True
        )
    ]
    return [
        line.format(name=name, site=site + end, sum=amount)
        for line, name, site, end, amount in zip(lines, names, sites, ends, sums, strict=True)
    ]


def _flattered(rng: np.random.Generator, name: str, lines: Sequence[str]) -> list[str]:
    """Four in ten of the lines with praise before them, as advertisements often have."""
    praise, marks = COMMON[name][2], ("! ", "!!! ", ", ", " 😍 ", ". ")
    before = [
        word + mark
        for word, mark in zip(_drawn(rng, praise, len(lines)), _drawn(rng, marks, len(lines)), strict=True)
    ]
    flattered = (rng.random(len(lines)) < 0.4).tolist()
    return [first * is_first + line for first, is_first, line in zip(before, flattered, lines, strict=True)]


def _spun(rng: np.random.Generator, line: str) -> str:
    while "{" in line:
        slot = line[line.index("{") + 1 : line.index("}")]
        words = SPUN_WORDS[slot]
        line = line.replace(f"{{{slot}}}", words[int(rng.integers(0, len(words)))], 1)
    return line


def _capital(rng: np.random.Generator, text: str) -> str:
    """The text as it is, in lower case, or with a capital at its beginning."""
    return (text, text.lower(), text[:1].upper() + text[1:])[int(rng.integers(0, 3))]


def respelt_rows(rng: np.random.Generator, rows: pl.DataFrame, share: float) -> pl.DataFrame:
    """Copies of some rows, of every kind alike, in spellings that hide from a filter."""
    chosen = rows.filter(pl.Series(rng.random(rows.height) < share))
    texts = [respelt(text, rng) for text in chosen["text"].to_list()]
    return chosen.with_columns(text=pl.Series(texts, dtype=pl.String), source=pl.col("source") + " respelt")
