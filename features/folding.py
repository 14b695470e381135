"""Letters that only look like others, folded to the letters that they are read as.

Unicode's compatibility form (NFKC, Unicode Standard Annex 15), marks set on Latin letters taken off,
and look-alikes of other blocks and scripts read as Latin (after Unicode Technical Standard 39,
"Confusable detection"). A text in one script stays as it is: a Russian, Greek or Armenian word is no
disguise, and only words that mix Latin letters with another script's are read as Latin.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import polars as pl

__all__ = ["fold_text", "folded"]

_UNSEEN: Final = (
    r"[\x{AD}\x{34F}\x{61C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}"
    r"\x{2060}-\x{206F}\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{20E3}]+"
)
_MARKED: Final = r"([\p{Latin}\p{Nd}])\p{M}+"

# Pairs of a letter and what it is read as. Latin letters for ornament or sound, and letters of scripts
# that nobody writes today, which NFKC leaves alone.
_ORNAMENTS: Final = (
    "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz"
    "ɑaɓbƈcɖdɗdɛeəeǝeɘeɠgɡgɦhɥhɨiɩiıiɟjȷjƙkʞkɭlłlɱmɯmɲnŋnɵoɔcøoƥpʠqɽrɾrɹrʂsƭtʈtŧtʇtʊuʉuʋvʌvⱳwʍwʎyƴyʐzƶzɐaɒađdħh"
    "ŁLĐDØOĦHŦTƁBƊDƑFƓGƘKⱮMƝNƤPƬTƲVⱲWƳYȤZƵZɃBɄUɆEɈJɌRɎY"
    "ꓐBꓑPꓒdꓓDꓔTꓖGꓗKꓙJꓚCꓜZꓝFꓟMꓠNꓡLꓢSꓣRꓦVꓧHꓪWꓫXꓬYꓮAꓰEꓲIꓳOꓴU"
    "❶1❷2❸3❹4❺5❻6❼7❽8❾9⓿0➊1➋2➌3➍4➎5➏6➐7➑8➒9⓵1⓶2⓷3⓸4⓹5⓺6⓻7⓼8⓽9"
    "𐊗X𐊠A𐊡B𐊢C𐊤E𐊥F𐊫O𐊰A𐊱M𐊲T𐊴X𐋏H"
)
_ENCLOSED: Final = (0x1F150, 0x1F170)  # white capitals A to Z in black circles and squares
# Letters of living scripts that are drawn like a Latin one: read so only beside Latin letters.
_ALIKE: Final = (
    "аaвbсcԁdеeһhіiјjкkӏlмmнhоoрpԛqгrѕsтtиnԝwхxуyѵvз3"
    "АAВBСCЕEНHІIЈJКKМMОOРPԚQЅSТTԜWХXУYѴVЗ3ЯRИN"
    "αaβbεeιiκkνvοoρpτtυuχxωwηnςcγyμuσo"
    "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXΛAΣE"
    "օoսuոnհhցgՏSՍUՕO"
    "ᎪAᏴBᏟCᎠDᎬEᎰFᏀGᎻHᏆIᎫJᏦKᏞLᎷMᏢPᏒRᏚSᎢTᏙVᎳWᎽYᏃZ"
)
_LATIN: Final = r"[A-Za-z]"
_OTHERS: Final = r"[\p{Cyrillic}\p{Greek}\p{Armenian}\p{Cherokee}]"


def folded(texts: pl.Series) -> pl.Series:
    """Each text as it is read; null stays null, upper and lower case stay.

    Parameters
    ----------
    texts
        Texts as they were written.

    Examples
    --------
    >>> folded(pl.Series(["𝐕𝐈𝐒𝐈 𝟒𝐃", "P̶U̶L̶A̶U̶", "ᴛʀᴀᴅᴇ", "рrоmо", "спасибо, iPhone"])).to_list()
    ['VISI 4D', 'PULAU', 'trade', 'promo', 'спасибо, iPhone']
    """
    frame = texts.rename("text").to_frame()
    plain = pl.col("text").str.len_bytes() == pl.col("text").str.len_chars()
    frame = frame.with_columns(text=pl.when(plain).then("text").otherwise(_composed()))
    mixed = frame.select(
        pl.col("text").str.contains(_LATIN) & pl.col("text").str.contains(_OTHERS)
    ).to_series()
    if mixed.any():
        unmixed = pl.col("text").map_elements(_unmixed, return_dtype=pl.String)
        frame = frame.with_columns(text=pl.when(mixed).then(unmixed).otherwise("text"))
    return frame.to_series().rename(texts.name)


def fold_text(text: str) -> str:
    """One text as it is read.

    >>> fold_text("Ｐｕｌａｕ❼❼❼ 8̲8")
    'Pulau777 88'
    """
    return str(folded(pl.Series([text]))[0])


@cache
def _composed() -> pl.Expr:
    taken_apart = pl.col("text").str.normalize("NFKD").str.replace_all(_UNSEEN, "")
    bare = taken_apart.str.replace_all(_MARKED, "$1")
    table = _ornaments()
    return bare.str.normalize("NFKC").str.replace_many(list(table), list(table.values()))


def _pairs(letters: str) -> dict[str, str]:
    """Every other letter, by the one before it.

    >>> _pairs("ᴀaʙb")
    {'ᴀ': 'a', 'ʙ': 'b'}
    """
    return dict(zip(letters[::2], letters[1::2], strict=True))


@cache
def _ornaments() -> dict[str, str]:
    enclosed = {chr(first + at): chr(ord("A") + at) for first in _ENCLOSED for at in range(26)}
    return _pairs(_ORNAMENTS) | enclosed


_WORD: Final = re.compile(r"[^\W\d_]+")


def _unmixed(text: str) -> str:
    """A text with Latin letters and others, its disguised words made Latin.

    A word is disguised where it has letters of both; every word is where no letter of another
    script has a shape of its own.

    >>> _unmixed("сhесk мой сhаnnеl"), _unmixed("А E R О 88")
    ('check мой channel', 'A E R O 88')
    """
    others = (letter for letter in text if letter.isalpha() and letter > "\u036f")
    if all(ord(letter) in _alike() for letter in others):
        return text.translate(_alike())
    return _WORD.sub(lambda word: _latin(word[0]), text)


def _latin(word: str) -> str:
    return word.translate(_alike()) if any(letter <= "\u024f" for letter in word) else word


@cache
def _alike() -> dict[int, str]:
    return str.maketrans(_pairs(_ALIKE))
