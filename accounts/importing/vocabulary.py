"""What columns and labels are called, in the languages that people keep their tables in."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

__all__ = ["concept_of", "field_of", "is_derived"]

_NAMES: Final = Path(__file__).with_name("vocabulary.toml")
_DERIVED: Final = re.compile(
    r"\b(avg|average|mean|median|rate|er|engagement|growth|gain|score|per|ratio|share of|percent|ctr|cpm|cpv"
    r"|cost|price|fee|promedio|media de|medio|taxa|tasa|moyenne|moyen|taux|durchschnitt\w*|schnitt|rata|tasso"
    r"|gemiddeld\w*|sredni\w*|средн\w*|прирост|ср|ortalama|oran\w*|estimated|est|last \d+)\b"
    r"|平均|率|増加|涨粉|평균|%"
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
    """
    words = _plain(label)
    if is_derived(label):
        return None
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


@cache
def _plain(label: str) -> str:
    """Lower case, accents and marks gone, camelCase apart.

    >>> _plain("ownerUsername"), _plain("Abonnés (total)"), _plain("like_count")
    ('owner username', 'abonnes total', 'like count')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", label[:200])
    letters = unicodedata.normalize("NFKD", apart)
    bare = "".join(char for char in letters if not unicodedata.combining(char)).casefold()
    return " ".join(re.sub(r"[^\w%#]|_", " ", unicodedata.normalize("NFKC", bare)).split())
