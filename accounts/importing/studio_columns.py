"""What YouTube Studio calls its columns and months in the languages that people have it in."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from accounts.importing.vocabulary import concept_of

__all__ = ["day_of", "english_names"]

_NAMES: Final = Path(__file__).with_name("studio_columns.toml")
_CONCEPTS: Final = {"views": "Views", "likes": "Likes", "comments": "Comments added", "shares": "Shares"}
_MONTHS: Final = (
    "jan ene janv gen sty oca янв जन يناير",
    "feb fév fev lut şub фев फर فبراير",
    "mar mär mrz mrt maa мар मार مارس",
    "apr abr avr kwi nis апр अप्र أبريل",
    "may mai mag mei maj май мая मई مايو",
    "jun juin giu cze haz июн जून يونيو",
    "jul juil lug lip tem июл जुल يوليو",
    "aug ago aoû sie ağu авг अग أغسطس",
    "sep sept set wrz eyl сен सित سبتمبر",
    "oct okt out ott paź eki окт अक أكتوبر",
    "nov lis kas ноя नव نوفمبر",
    "dec dez dic déc gru ara дек दिस ديسمبر",
)
"""Beginnings of the months' names, in the order of the year."""

_WRITTEN: Final = re.compile(r"(\d{1,2})\W+(?:de\s+)?([^\W\d_]\S*?)\W+(?:de\s+)?(\d{4})\D*")
_NUMBERED: Final = re.compile(r"(\d{4})\D+(\d\d?)\D+(\d\d?)\D*")
_LONGEST_DAY: Final = 64
"""Characters of a text that may be a day: finding one takes time by the square of how many there are."""
_LONGEST_NAME: Final = 200
"""Characters of a name that are looked at: to normalise marks takes time by the square of how many follow."""


def _plain(name: str) -> str:
    """A column's name in small letters; Studio puts soft hyphens into long words."""
    bare = unicodedata.normalize("NFKC", name[:_LONGEST_NAME]).replace("\u00ad", "").replace("’", "'")
    return " ".join(bare.casefold().split())


@cache
def _english() -> Mapping[str, str]:
    """The English name of each column that is known, in any language."""
    known = tomllib.loads(_NAMES.read_text(encoding="utf-8"))
    return {_plain(name): english for english, names in known.items() for name in names.split("|")}


def english_names(header: Iterable[str]) -> dict[str, str]:
    """The English names of Studio's columns by those that they have; of several for one the first.

    >>> english_names(["Videos", "Videotitel", "Aufrufe", "Dauer", "Kommentare"])
    {'Videos': 'Content', 'Videotitel': 'Video title', 'Aufrufe': 'Views', 'Kommentare': 'Comments added'}
    """
    found: dict[str, str] = {}
    for column in header:
        plain = _plain(column)
        english = _english().get(plain) or _CONCEPTS.get(concept_of(plain) or "")
        if english is not None and english not in found.values():
            found[column] = english
    return found


def day_of(written: str) -> str | None:
    """A day as Studio writes it in other languages than English; None where it is none.

    >>> [day_of(one) for one in ("28 sept. 2026", "5 de out. de 2026", "20 окт. 2026 г.", "2026年10月7日")]
    ['2026-09-28', '2026-10-05', '2026-10-20', '2026-10-07']
    >>> day_of("07/10/2026"), day_of("soon"), day_of(f"28 sept. 2026{' ' * 99}")
    (None, None, None)
    """
    plain = _plain(written) if len(written) <= _LONGEST_DAY else ""
    if found := _NUMBERED.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _WRITTEN.fullmatch(plain):
        year, month, day = int(found[3]), _month(found[2]), int(found[1])
    else:
        return None
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def _month(name: str) -> int:
    """The number of a month by the longest beginning of its name that is known; 0 where none is."""
    bare = "".join(char for char in name if unicodedata.category(char) != "Mn")
    known = [
        (len(start), number)
        for number, starts in enumerate(_MONTHS, 1)
        for start in starts.split()
        if name.startswith(start) or bare.startswith(start)
    ]
    return max(known, default=(0, 0))[1]
