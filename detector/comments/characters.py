"""Texts as one array of code points, and what each character is."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detector.arrays import Bools, Floats

__all__ = ["BREAK", "Codes", "Places", "bare", "code_points", "count_classes", "shorten_runs", "words"]

Codes: TypeAlias = NDArray[np.uint32]
Places: TypeAlias = NDArray[np.int64]

BREAK: Final = 10  # a line feed stands before and behind each text, and in none
LETTER, DIGIT, SPACE, PUNCTUATION, MONEY, EMOJI = 1, 2, 3, 4, 5, 6
# What Unicode's general categories count as; marks are parts of letters in many scripts.
CLASSES: Final = {"L": LETTER, "M": LETTER, "N": DIGIT, "Z": SPACE, "P": PUNCTUATION, "S": PUNCTUATION}
KNOWN: Final = 0x20000  # beyond these are Han letters
# Digits and signs read as letters beside one; 1, l and i are drawn alike.
LEET: Final = dict(zip("013457$", "oieasts", strict=True))
SIGNS: Final = "!@#"
# What a letter counts by its place in a word; those from the 32nd on count alike.
BY_PLACE: Final = np.cumprod(np.full(32, 0x01000193, dtype=np.uint32), dtype=np.uint32)


def code_points(texts: pl.Series) -> tuple[Codes, Places]:
    """The code points of texts without line feeds, a break before and behind each, and where each begins.

    >>> codes, starts = code_points(pl.Series(["ab", ""]))
    >>> codes.tolist(), starts.tolist()
    ([10, 97, 98, 10, 10], [0, 3])
    """
    joined = "\n".join(["", *texts.to_list(), ""])
    codes = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    return codes, np.flatnonzero(codes == BREAK)[:-1]


@cache
def _classes() -> NDArray[np.uint8]:
    table = np.zeros(KNOWN, dtype=np.uint8)
    for code in range(KNOWN):
        category = unicodedata.category(chr(code))
        table[code] = CLASSES.get(category[0], 0)
        if category == "Sc":
            table[code] = MONEY
        elif category in ("So", "Sk") and code >= 0x2190:
            table[code] = EMOJI
    table[BREAK], table[-1] = 0, LETTER
    return table


def _class_of(codes: Codes) -> NDArray[np.uint8]:
    found: NDArray[np.uint8] = _classes()[np.minimum(codes, KNOWN - 1)]
    return found


@cache
def _wide() -> Bools:
    wide: Bools = np.array([unicodedata.east_asian_width(chr(code)) == "W" for code in range(KNOWN)])
    wide &= _classes() == LETTER
    return wide


@cache
def _capitals() -> Bools:
    return np.array([chr(code).isupper() for code in range(0x600)], dtype=bool)


def count_classes(codes: Codes, starts: Places) -> Floats:
    """Texts x the counts of :data:`encoding.NUMBERS` that need no search.

    Shares are of the text's characters, that of capitals of its letters; counts are cut off at 5
    exclamation marks, 3 mentions, hashtags and currency signs, 6 digits that touch a letter. A wide
    letter (Han, Hangul, kana) counts as three in the text's length: it says about as much.
    """
    kinds = _class_of(codes)
    letter, digit = kinds == LETTER, kinds == DIGIT

    def count_by_text(which: Bools) -> Floats:
        return np.add.reduceat(which, starts, dtype=np.int64).astype(np.float64)

    size = count_by_text(codes != BREAK)
    length = size + 2.0 * count_by_text(_wide()[np.minimum(codes, KNOWN - 1)])
    some, letters = np.maximum(size, 1.0), count_by_text(letter)
    same = np.append(False, codes[1:] == codes[:-1])
    touching = digit & (np.append(False, letter[:-1]) | np.append(letter[1:], False))
    signs = {sign: count_by_text(codes == ord(sign)) for sign in SIGNS}
    return np.column_stack(
        [
            np.log1p(np.minimum(length, 600.0)) / np.log(600.0),
            count_by_text(digit) / some,
            count_by_text(_capitals()[np.minimum(codes, 0x5FF)]) / np.maximum(letters, 1.0),
            count_by_text(kinds == EMOJI) / some,
            count_by_text(kinds == PUNCTUATION) / some,
            np.minimum(signs["!"], 5.0) / 5.0,
            np.minimum(signs["@"], 3.0) / 3.0,
            np.minimum(signs["#"], 3.0) / 3.0,
            np.minimum(count_by_text(kinds == MONEY), 3.0) / 3.0,
            np.minimum(count_by_text(touching), 6.0) / 6.0,
            count_by_text(same & np.append(False, same[:-1])) / some,
            (letters == 0) * 1.0,
        ]
    )


@cache
def _leet() -> Codes:
    table = np.zeros(128, dtype=np.uint32)
    for sign, letter in LEET.items():
        table[ord(sign)] = ord(letter)
    return table


def bare(codes: Codes, starts: Places) -> tuple[Codes, Places]:
    """The letters alone, in which l is i, and no letter stands twice in a row.

    Parameters
    ----------
    codes, starts
        Texts in lower case, as :func:`code_points` gives them.

    Examples
    --------
    >>> codes, _ = bare(*code_points(pl.Series(["4w3s0me p1c!", "in 2019"])))
    >>> "".join(map(chr, codes.tolist())).split()
    ['awesomepic', 'in']
    """
    letter = _class_of(codes) == LETTER
    beside = np.append(False, letter[:-1]) | np.append(letter[1:], False)
    read = _leet()[np.minimum(codes, 127)] * (beside & (codes < 128))
    letters = np.where(read > 0, read, np.where(codes == ord("l"), np.uint32(ord("i")), codes))
    letters = letters[letter | (read > 0) | (codes == BREAK)]
    new = np.append(True, letters[1:] != letters[:-1]) | (letters == BREAK)
    distinct = letters[new].astype(np.uint32)
    return distinct, np.flatnonzero(distinct == BREAK)[:-1]


def shorten_runs(codes: Codes, starts: Places) -> tuple[Codes, Places]:
    """Texts in which no character stands more than twice in a row: fifty marks say no more than two.

    >>> codes, _ = shorten_runs(*code_points(pl.Series(["sooo good!!!!!"])))
    >>> "".join(map(chr, codes.tolist())).strip()
    'soo good!!'
    """
    same = np.append(False, codes[1:] == codes[:-1]) & (codes != BREAK)
    third = same & np.append(False, same[:-1])
    if not third.any():
        return codes, starts
    kept = codes[~third]
    return kept, np.flatnonzero(kept == BREAK)[:-1]


def words(codes: Codes, starts: Places) -> tuple[Codes, Places]:
    """Each word, a run of letters and digits, as one number; and where each text begins among them.

    >>> found, starts = words(*code_points(pl.Series(["a b, a", "", "b"])))
    >>> bool(found[1] == found[3] != found[2] == found[6]), starts.tolist()
    (True, [0, 4, 5])
    """
    kinds = _class_of(codes)
    inside = (kinds == LETTER) | (kinds == DIGIT)
    breaks = np.zeros(len(codes), dtype=bool)
    breaks[starts], breaks[-1] = True, True
    begins = breaks | (inside & ~np.append(False, inside[:-1]))
    at = np.flatnonzero(begins)
    place = np.minimum(np.arange(len(codes)) - at[np.cumsum(begins) - 1], len(BY_PLACE) - 1)
    mixed = codes * np.uint32(0x9E3779B1)
    mixed = (mixed ^ (mixed >> np.uint32(15))) * BY_PLACE[place] * inside
    found = np.add.reduceat(mixed, at, dtype=np.uint32)
    found[breaks[at]] = BREAK
    return found, np.flatnonzero(breaks[at])[:-1]
