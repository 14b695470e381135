"""Comments as numbers: hashed character n-grams and a few plain counts, for any language and script.

Look-alike letters are folded first. Three readings of a text are hashed: as it stands, in lower case, with
no character more than twice in a row; its bare letters, with digits read as the letters that they stand
for, nothing between letters and no letter twice in a row, so that "ch3ck  o u t" and "checkk out" have the
same n-grams; and its words, each as one. Everything is done on one array of code points, in whole numbers;
a text gets the same bits alone and among others.

Source: hashing of n-grams, Weinberger et al. 2009, "Feature hashing for large scale multitask learning",
ICML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from detector.arrays import Floats
from detector.comments.characters import Codes, Places, bare, code_points, count_classes, shorten_runs, words
from features.folding import folded

__all__ = ["BUCKETS", "NUMBERS", "READINGS", "Encoded", "encode"]

BUCKETS: Final = 1 << 17
READ: Final = 600  # characters of a text that are looked at
# Lengths of the n-grams of each reading. One whose meaning changes gets another name: models name theirs.
READINGS: Final = {"written": (2, 3, 4, 5), "bare": (3, 4, 5, 6), "words": (1,)}
NUMBERS: Final = (
    "characters", "digits", "capitals", "emoji", "punctuation", "exclamations", "mentions", "hashtags",
    "money", "digits_at_letters", "repeats", "no_letters", "links", "disguised",
)  # fmt: skip
_LINK: Final = (
    r"(?i)https?://|www\.|\bt\.me/|\b[a-z0-9-]{2,}\s?\.\s?(?:com|net|org|io|me|ly|tv|co|info|xyz)\b"
)
# Latin letters as ornaments, letters struck through or underlined, and Latin beside a look-alike script.
_DISGUISED: Final = (
    r"[\x{1D400}-\x{1D7FF}\x{1F130}-\x{1F189}\x{2460}-\x{24FF}\x{2776}-\x{2793}\x{1D00}-\x{1D2B}\x{A730}\x{A731}"
    r"\x{A4D0}-\x{A4FF}\x{332}\x{335}-\x{338}\x{20E3}\x{10280}-\x{1031F}]"
    r"|[A-Za-z][\p{Cyrillic}\p{Greek}\p{Cherokee}]|[\p{Cyrillic}\p{Greek}\p{Cherokee}][A-Za-z]"
)


@dataclass(frozen=True, eq=False)
class Encoded:
    """Comments ready to be judged.

    Attributes
    ----------
    numbers
        Comments x :data:`NUMBERS`, each from 0 to about 1.
    readings
        The code points of each reading, and where each text begins in it: at the break before it.
    """

    numbers: Floats
    readings: dict[str, tuple[Codes, Places]]

    def windows(self, reading: str) -> Places:
        """How many windows each text has in a reading, over all lengths."""
        codes, starts = self.readings[reading]
        characters = np.diff(starts, append=len(codes) - 1) - 1
        # One that has a break in it is a window, a break alone is none.
        counted = [
            np.maximum(characters + 3 - length, 0) if length > 1 else characters
            for length in READINGS[reading]
        ]
        total: Places = np.sum(counted, axis=0, dtype=np.int64)
        return total

    def buckets(self, reading: str) -> Iterator[Codes]:
        """The bucket of each window of a reading, one array for each length; 0 where there is no window.

        Windows may begin at the break before their text and end at the one behind it, and never reach
        across.
        """
        codes, starts = self.readings[reading]
        text = np.zeros(len(codes), dtype=np.uint32)
        text[starts[1:]] = 1
        text = np.cumsum(text, dtype=np.uint32)
        hashes, seed = codes * np.uint32(0x9E3779B1), np.uint32(list(READINGS).index(reading) + 1)
        if 1 in READINGS[reading]:
            single = _mixed(hashes + seed)
            single[starts], single[-1] = 0, 0
            yield single
        for length in range(2, READINGS[reading][-1] + 1):
            hashes = (hashes[:-1] ^ (hashes[:-1] >> np.uint32(15))) * np.uint32(0x85EBCA6B)
            hashes += codes[length - 1 :]
            if length in READINGS[reading]:
                yield _placed(hashes + seed, text, length)


def _mixed(hashes: Codes) -> Codes:
    """Hashes mixed into buckets from 1."""
    mixed = hashes * np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    mixed &= np.uint32(BUCKETS - 1)
    np.maximum(mixed, 1, out=mixed)
    return mixed


def _placed(hashes: Codes, text: Codes, length: int) -> Codes:
    """Buckets of windows; 0 for those across a break and for those cut off at the end."""
    mixed = _mixed(hashes)
    mixed *= text[: len(hashes)] == text[length - 2 : length - 2 + len(hashes)]
    return np.concatenate([mixed, np.zeros(len(text) - len(mixed), dtype=np.uint32)])


def encode(texts: pl.Series) -> Encoded:
    """Read comments.

    Parameters
    ----------
    texts
        As they were written; null is read as a text without a character. Only the first 600 characters
        are looked at.

    Examples
    --------
    >>> found = encode(pl.Series(["Ch3ck  o u t", "checkk out"]))
    >>> codes, starts = found.readings["bare"]
    >>> "".join(map(chr, codes.tolist())).split()
    ['checkout', 'checkout']
    """
    given = texts.fill_null("").str.slice(0, READ)
    read = folded(given).str.replace_all(r"\s+", " ").str.strip_chars(" ")
    written = code_points(read)
    lower = code_points(read.str.to_lowercase())
    links = np.minimum(read.str.count_matches(_LINK).to_numpy() / 2.0, 1.0)
    disguised = np.minimum(given.str.count_matches(_DISGUISED).to_numpy() / 12.0, 1.0)
    numbers = np.column_stack([count_classes(*written), links, disguised])
    short = shorten_runs(*lower)
    return Encoded(numbers, {"written": short, "bare": bare(*lower), "words": words(*short)})
