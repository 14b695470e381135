"""What columns and labels are called, in the languages that people keep their tables in."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

__all__ = ["concept_of", "field_of", "is_derived", "unit_of"]

MOST_LABELS: Final = 2**14
"""Labels whose plain form is remembered: as many as a table may have columns."""
_LONGEST_LABEL: Final = 200
"""Characters of a label that are looked at, and remembered."""

_NAMES: Final = Path(__file__).with_name("vocabulary.toml")
_DERIVED: Final = re.compile(
    r"\b(avg|average|mean|median|rate|er|engagement|growth|gain|score|per|ratio|share of|percent|ctr|cpm|cpv"
    r"|cost|price|fee|promedio|media de|medio|taxa|tasa|moyenne|moyen|taux|durchschnitt\w*|schnitt|rata|tasso"
    r"|gemiddeld\w*|sredni\w*|средн\w*|прирост|ср|ortalama|oran\w*|estimated|est|last \d+)\b"
    r"|平均|率|増加|涨粉|평균|%"
)
_UNITS: Final[Mapping[str, int]] = MappingProxyType({
    **dict.fromkeys(["k", "000", "000s", "1000", "1 000", "thousand", "thousands", "tsd", "tausend"], 3),
    **dict.fromkeys(["mil", "miles", "milhares", "milliers", "mille", "migliaia", "duizend"], 3),
    **dict.fromkeys(["tys", "tis", "тыс", "тысяч", "тысячах", "bin", "ribu", "千", "천"], 3),
    **dict.fromkeys(["万", "萬", "만"], 4),
    **dict.fromkeys(["lakh", "lakhs"], 5),
    **dict.fromkeys(["million", "millions", "mn", "mio", "millionen", "millones", "milhoes", "milioni"], 6),
    **dict.fromkeys(["mln", "млн", "juta", "1 000 000"], 6),
    **dict.fromkeys(["crore", "crores"], 7),
})  # fmt: skip
"""Powers of ten that the end of a column's name says its numbers are in. "M" is none: it may mean a month."""

_UNIT: Final = re.compile(
    rf"(?P<what>.+?) (?:(?:in|en|em|w|в|x) )?x?(?P<unit>{'|'.join(sorted(_UNITS, key=len, reverse=True))})"
)
_SAME: Final = ("followers", "following", "posts", "likes", "comments", "views", "shares", "saves")
_FIELDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "handle": "username",
        "name": "full_name",
        "description": "bio",
        "link": "external_url",
        **{name: name for name in _SAME},
    }
)


def concept_of(label: str) -> str | None:
    """What a column is about, by its name; None where it is no name of anything, or of something derived.

    >>> [concept_of(one) for one in ("Follower Count", "seguidores", "подписчики", "フォロワー", "粉丝数")]
    ['followers', 'followers', 'followers', 'followers', 'followers']
    >>> concept_of("Average likes"), concept_of("shoe size")
    (None, None)
    >>> concept_of("Followers (thousands)"), concept_of("Follower in Tsd.")
    ('followers', 'followers')
    """
    return None if is_derived(label) else _concept_and_unit(_plain(label))[0]


def unit_of(label: str) -> int:
    """The power of ten that a column's name says its numbers are in; 0 where it says none.

    >>> [unit_of(one) for one in ("Followers (k)", "Follower in Mio.", "Likes ('000)", "Size (k)")]
    [3, 6, 3, 0]
    """
    return _concept_and_unit(_plain(label))[1]


def _concept_and_unit(words: str) -> tuple[str | None, int]:
    concept = _concept(words)
    unit = None if concept else _UNIT.fullmatch(words)
    if unit is not None and (concept := _concept(unit["what"])):
        return concept, _UNITS[unit["unit"]]
    return concept, 0


def _concept(words: str) -> str | None:
    return _concepts().get(words) or _concepts().get(words.replace(" ", ""))


def is_derived(label: str) -> bool:
    """Whether a column holds averages, rates or estimates, which are no evidence of an account.

    >>> is_derived("Avg. likes"), is_derived("Engagement rate"), is_derived("平均点赞"), is_derived("Likes")
    (True, True, True, False)
    """
    return bool(_DERIVED.search(_plain(label)))


def field_of(label: str) -> str | None:
    """The document's field that a label of a profile or a post stands for, such as ``Benutzername``.

    >>> field_of("Benutzername"), field_of("Me gusta"), field_of("Email")
    ('username', 'likes', None)
    """
    return _FIELDS.get(concept_of(label) or "")


@cache
def _concepts() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for concept, words in tomllib.loads(_NAMES.read_text(encoding="utf-8")).items():
        for word in words.split(","):
            found.setdefault(_plain(word), concept)
            found.setdefault(_plain(word).replace(" ", ""), concept)
    return found


def _plain(label: str) -> str:
    """Lower case, accents and marks gone, camelCase apart.

    >>> _plain("ownerUsername"), _plain("Abonnés (total)"), _plain("like_count")
    ('owner username', 'abonnes total', 'like count')
    """
    return _plain_name(label[:_LONGEST_LABEL])


@lru_cache(MOST_LABELS)
def _plain_name(label: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label)
    letters = unicodedata.normalize("NFKD", apart)
    bare = "".join(char for char in letters if not unicodedata.combining(char)).casefold()
    return " ".join(re.sub(r"[^\w%#]|_", " ", unicodedata.normalize("NFKC", bare)).split())
