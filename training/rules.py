"""What each setting of a training run must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any, Final

from accounts.errors import Fault
from accounts.reading.quoting import escape, quote, suggest

__all__ = ["OLD_NAMES", "RULES", "faults", "flat"]


@dataclass(frozen=True)
class Rule:
    """What a setting must be: its type, the rule in words, and as a test of any value."""

    kind: Callable[[Any], Any]
    words: str
    holds: Callable[[Any], bool]


def _whole(least: int) -> Rule:
    return Rule(
        int,
        f"must be a whole number from {least} to 10^9",
        lambda value: type(value) is int and least <= value <= 10**9,
    )


def _number(words: str, holds: Callable[[float], bool]) -> Rule:
    return Rule(
        float, f"must be a number {words}", lambda value: type(value) in (int, float) and holds(value)
    )


_TEXT: Final = Rule(
    str, "must be a text that is not empty", lambda value: isinstance(value, str) and value != ""
)
_NOT_NEGATIVE: Final = _number(">= 0", lambda value: 0 <= value < inf)
_POSITIVE: Final = _number("above 0", lambda value: 0 < value < inf)
_PART: Final = _number("above 0 and at most 1", lambda value: 0 < value <= 1)
_BETWEEN: Final = _number("above 0 and below 1", lambda value: 0 < value < 1)

_NAMES: Final = Rule(
    tuple,
    "must be a list of texts",
    lambda value: isinstance(value, list | tuple) and all(isinstance(one, str) for one in value),
)

RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "name": _TEXT,
        "accounts": _whole(500),  # fewer cannot be split in four
        "seed": _whole(0),
        "train_share": _PART,
        "calibration_share": _PART,
        "test_share": _PART,
        "masked_accounts": _whole(1),
        "masked_copies": _whole(1),
        "weak_below_strength": _NOT_NEGATIVE,
        "weak_weight": _NOT_NEGATIVE,
        "organic": _NAMES,
        "organic_weight": _POSITIVE,
        "folds": _whole(2),
        "alpha": _BETWEEN,
        "confidence": _BETWEEN,
        "max_cleared_share": _BETWEEN,
        "scorer.trees": _whole(1),
        "scorer.leaves": _whole(2),
        "scorer.learning_rate": _POSITIVE,
        "scorer.least_accounts": _whole(1),
        "scorer.l2": _NOT_NEGATIVE,
        "scorer.column_share": _PART,
        "scorer.row_share": _PART,
        "scorer.bins": _whole(2),
        "scorer.seed": _whole(0),
    }
)

OLD_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "threshold_share": "calibration_share",
        "masked": "masked_accounts",
        "copies": "masked_copies",
        "weak": "weak_below_strength",
        "most_cleared": "max_cleared_share",
    }
)
"""Settings by the names that they have in bundles of format 2, and that older TOML files may use."""


def flat(nested: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Settings under one name each.

    >>> flat({"seed": 1, "scorer": {"trees": 12}})
    {'seed': 1, 'scorer.trees': 12}
    """
    found: dict[str, Any] = {}
    for name, value in nested.items():
        found |= flat(value, f"{before}{name}.") if isinstance(value, Mapping) else {f"{before}{name}": value}
    return found


def faults(given: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Everything wrong with some settings, each by itself.

    >>> [str(fault) for fault in faults({"seed": -1, "colour": 3}, "run.toml")]
    ['run.toml: seed must be a whole number from 0 to 10^9. Got -1.',
     'run.toml: colour is not a setting of a training run.']
    """
    for key, value in given.items():
        name = OLD_NAMES.get(key, key)
        if name not in RULES:
            yield Fault(place, escape(key), f"is not a setting of a training run{_nearest(key)}")
        elif name != key and name in given:
            yield Fault(place, key, f"is the older name of {name}. Both are given.")
        elif not RULES[name].holds(value):
            yield Fault(place, key, f"{RULES[name].words}. Got {quote(value)}.")


def _nearest(key: str) -> str:
    """The end of the sentence: the setting of the same table with the nearest name.

    >>> _nearest("scorer.leafs"), _nearest("colour")
    ('; did you mean leaves?', '.')
    """
    table, dot, name = key.rpartition(".")
    names = [rule.removeprefix(table + dot) for rule in RULES if rule.startswith(table + dot)]
    return suggest(name, [one for one in names if "." not in one])
