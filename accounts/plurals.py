"""Sentences that are written for several, of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["singular"]

_ONE: Final = r"(?<![\d.,'\"])\b1 "
_NOUN: Final = r"(?!(?:times|is|was|has|as|plus)\b)((?:pinned )?\w*[^\Ws])s\b"
_VERB: Final = r"(?: (have|are|were|say|stand|follow|leap|bear)\b)?"
_OF_TWO: Final = re.compile(rf"{_ONE}(\w+)s and (\w+)s\b")
_OF_SEVERAL: Final = re.compile(rf"{_ONE}{_NOUN}( sampled)?{_VERB}")
_VERBS: Final[Mapping[str, str]] = MappingProxyType({"have": "has", "are": "is", "were": "was"})


def singular(sentence: str) -> str:
    """A sentence of plurals, in which what there is one of stands in the singular.

    >>> singular("1 likes and comments a post on 1 followers"), singular("21 accounts, 1 times as many")
    ('1 like or comment a post on 1 follower', '21 accounts, 1 times as many')
    >>> singular("1 comments are by the account itself."), singular("6 of 11 posts say 1 likes.")
    ('1 comment is by the account itself.', '6 of 11 posts say 1 like.')
    """
    if "1 " not in sentence:
        return sentence
    return _OF_SEVERAL.sub(_of_one, _OF_TWO.sub(r"1 \1 or \2", sentence))


def _of_one(found: re.Match[str]) -> str:
    noun, more, verb = found[1], found[2] or "", found[3]
    does = f" {_VERBS.get(verb, verb + 's')}" if verb else ""
    return f"1 {noun}{more}{does}"
