"""The body of a decision about a verdict, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard

from accounts.errors import BadInput, Fault
from accounts.reading.json_parser import DuplicateFields
from accounts.reading.quoting import escape, found_in
from serving.http.bodies import parse_object
from serving.store.decisions import ABOUT_VERDICTS, HumanDecision, Ruling

__all__ = ["LONGEST_TEXTS", "PATTERNS", "read_decision"]

LONGEST_TEXTS: Final[Mapping[str, int]] = {"by": 200, "reason": 4_000}
_STEERING: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
"""Control characters, line ends, and what turns the reading direction: no part of anybody's name."""

STEERING: Final = re.compile(f"[{_STEERING}]")
PATTERNS: Final[Mapping[str, str]] = {
    "by": rf"^[^{_STEERING}]*[^\s{_STEERING}][^{_STEERING}]*$",
    "reason": r"\S",
}
"""The texts as patterns of JSON Schema."""

OUTCOMES: Final = tuple(outcome.value for outcome in ABOUT_VERDICTS)


def read_decision(body: bytes) -> HumanDecision:
    """Read a decision.

    Raises
    ------
    BadInput
        With every fault of the document.

    Examples
    --------
    >>> read_decision(b'{"outcome": "overturned", "by": "Jo", "reason": "a giveaway"}').by
    'Jo'
    """
    document = parse_object(body)
    if faults := list(decision_faults(document)):
        raise BadInput(*faults)
    return HumanDecision(Ruling(document["outcome"]), document["by"], document["reason"])


def decision_faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Every fault of a decision's document: unknown, repeated, missing and wrong members."""
    known = ("outcome", *LONGEST_TEXTS)
    for name in document.names if isinstance(document, DuplicateFields) else ():
        yield Fault("", escape(name), "must be given once.")
    for name in document:
        if name not in known:
            yield Fault("", escape(name), f"is unknown: a decision has {', '.join(known)}.")
    if document.get("outcome") not in OUTCOMES:
        rule = f"must be one of {', '.join(OUTCOMES)}. {found_in(document, 'outcome')}"
        yield Fault("", "outcome", rule)
    for name, most in LONGEST_TEXTS.items():
        value = document.get(name)
        if not is_text(value) or not value.strip() or len(value) > most:
            yield Fault("", name, f"must be text of 1 to {most:,} characters. {found_in(document, name)}")
        elif name == "by" and STEERING.search(value):
            rule = "must be a name in one line, without characters that cannot be seen"
            yield Fault("", name, f"{rule}. {found_in(document, name)}")


def is_text(value: object) -> TypeGuard[str]:
    r"""Whether a value is a text that every file and page can hold: half of a surrogate pair has no UTF-8.

    >>> is_text("Zoë"), is_text("\ud800"), is_text(3)
    (True, False, False)
    """
    return isinstance(value, str) and not any("\ud800" <= character <= "\udfff" for character in value)
