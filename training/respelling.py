"""Texts spelt so that a filter does not read them: digits for letters, gaps, look-alikes, repeats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

__all__ = ["SPELLINGS", "respelt"]

DIGITS: Final = str.maketrans("aeiost", "431057")
CYRILLIC: Final = str.maketrans("aceopxyACEHKMOPTX", "асеорхуАСЕНКМОРТХ")
BOLD: Final = {ord("A") + at: chr(0x1D400 + at) for at in range(26)} | {
    ord("a") + at: chr(0x1D41A + at) for at in range(26)
}


def in_digits(text: str, rng: np.random.Generator) -> str:
    """Some vowels, s and t as digits."""
    swapped = text.translate(DIGITS)
    return "".join(new if rng.random() < 0.7 else old for old, new in zip(text, swapped, strict=True))


def spaced(text: str, rng: np.random.Generator) -> str:
    """A gap, of one kind for the whole text, between all letters.

    >>> spaced("my page", np.random.default_rng(0))
    'm.y p.a.g.e'
    """
    gap = (" ", "-", ".")[int(rng.integers(0, 3))]
    return ("  " if gap == " " else " ").join(gap.join(word) for word in text.split())


def joined(text: str, rng: np.random.Generator) -> str:
    """No gap between words, or a sign that is none.

    >>> joined("my page", np.random.default_rng(1))
    'my_page'
    """
    return ("", "_", "-")[int(rng.integers(0, 3))].join(text.split())


def look_alike(text: str, rng: np.random.Generator) -> str:
    """Latin letters as Cyrillic ones, or as mathematical bold."""
    return text.translate(CYRILLIC if rng.random() < 0.5 else BOLD)


def repeated(text: str, rng: np.random.Generator) -> str:
    """Some letters two to four times."""
    return "".join(
        letter * (int(rng.integers(2, 5)) if letter.isalpha() and rng.random() < 0.2 else 1)
        for letter in text
    )


SPELLINGS: Final[Sequence[Callable[[str, np.random.Generator], str]]] = (
    in_digits, spaced, joined, look_alike, repeated,
)  # fmt: skip


def respelt(text: str, rng: np.random.Generator) -> str:
    """The text in one of the spellings, drawn at random."""
    return SPELLINGS[int(rng.integers(0, len(SPELLINGS)))](text, rng)
