"""Look-alike letters folded, so that a text in disguise is the text that it looks like.

Spammers write "сhесk my ρage" with Cyrillic and Greek letters, in fullwidth, mathematical, circled or
small-capital ones. A word is folded only where it mixes Latin letters with others: a word of one
script, whichever it is, stays as it is written, for language and script are never a signal.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

import polars as pl

__all__ = ["CONFUSABLES", "FANCY", "fold", "folded"]

# Letters of Cyrillic and Greek, each before the Latin one it looks like (Unicode's confusables, UTS 39).
_PAIRS: Final = (
    "аa вb еe іi їi јj кk мm нh оo рp сc тt уy хx ѕs ԁd ԛq ԝw һh ӏl гr пn ґr ёe "
    "АA ВB ЕE ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ЅS ԌG ԚQ ԜW ҺH ҮY "
    "αa βb γy εe ηn ιi κk νv οo ρp τt υu χx ωw ϲc ϳj ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX"
)
CONFUSABLES: Final = MappingProxyType({ord(pair[0]): pair[1:] for pair in _PAIRS.split()})
# Letters that NFKC leaves alone and no language is written in: small capitals, squared and circled ones.
FANCY: Final = MappingProxyType(
    str.maketrans("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
    | {start + i: chr(ord("a") + i) for start in (0x1F150, 0x1F170) for i in range(26)}
)
_INVISIBLE: Final = r"[\x{00ad}\x{200b}\x{200e}\x{200f}\x{2060}\x{feff}]"
_FANCY_LETTER: Final = r"ᴀ-ᴢʙɢʜɪʟɴʀʏꜰꜱ\x{1F150}-\x{1F189}"
# Characters that NFKC makes plain: compatibility forms, spaces and marks. Emoji have none of them.
_COMPATIBLE: Final = (
    r"ªº²³¹\x{0300}-\x{036f}\x{2000}-\x{200a}\x{2070}-\x{209c}\x{2100}-\x{2121}\x{2123}-\x{2138}"
    r"\x{213a}-\x{218f}\x{2460}-\x{24c1}\x{24c3}-\x{24ff}\x{3000}\x{3200}-\x{3296}\x{329a}-\x{33ff}"
    r"\x{f900}-\x{fdff}\x{fe30}-\x{fe6f}\x{ff00}-\x{ffef}\x{1d400}-\x{1d7ff}\x{1f100}-\x{1f14f}"
)
_OTHER: Final = r"[\p{Cyrillic}\p{Greek}]"
_DISGUISED: Final = rf"[{_INVISIBLE[1:-1]}{_COMPATIBLE}{_FANCY_LETTER}]|[a-zA-Z]{_OTHER}|{_OTHER}[a-zA-Z]"
_WORD: Final = re.compile(r"\w+")
_LATIN: Final = re.compile(r"[a-zA-Z]")


def folded(text: str) -> str:
    """One text, its words of mixed scripts folded; compatibility forms are made plain first.

    >>> folded("сhесk my ρаge"), folded("крутой чек")
    ('check my page', 'крутой чек')
    """
    plain: str = fold(pl.Series([text])).item()
    return plain


def fold(texts: pl.Series) -> pl.Series:
    """The same for many texts; null stays null. Those without such a letter are not touched.

    >>> fold(pl.Series(["ｎｉｃｅ", "𝐧𝐢𝐜𝐞", "nice", None])).to_list()
    ['nice', 'nice', 'nice', None]
    """
    rows = texts.str.contains(_DISGUISED).arg_true()
    if not rows.len():
        return texts
    plain = texts.gather(rows).str.normalize("NFKC").str.replace_all(_INVISIBLE, "")
    return texts.clone().scatter(rows, pl.Series([_unmixed(text) for text in plain.to_list()]))


def _unmixed(text: str) -> str:
    return _WORD.sub(_latin, text.translate(FANCY))


def _latin(word: re.Match[str]) -> str:
    """The word in Latin letters where it has some already."""
    return word[0].translate(CONFUSABLES) if _LATIN.search(word[0]) else word[0]
