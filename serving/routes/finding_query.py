"""What a request asks for that looks for verdicts: its filter, and the page of what is found."""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from starlette.datastructures import QueryParams

from accounts.reading.quoting import escape
from accounts.schema import MAX_IDENTIFIER_LENGTH, RULES
from accounts.time_patterns import RFC_3339_TIME
from detector.labels import Label
from serving.http.query import InvalidParameter, query_values
from serving.routes.jobs_query import limit_of
from serving.store.decisions import Standing
from serving.store.pseudonyms import account_sha256
from serving.store.timestamps import format_timestamp
from serving.store.verdict_pages import VerdictFilter, VerdictPosition

__all__ = ["FILTERS", "VerdictQuery"]

FILTERS: Final = ("account_id", "label", "decision", "model", "since", "until")
CHOICES: Final[Mapping[str, Sequence[str]]] = {"label": tuple(Label), "decision": tuple(Standing)}
MODEL: Final = re.compile("[0-9a-f]{64}")
TIME: Final = re.compile(RFC_3339_TIME)
POSITION: Final = re.compile("[0-9TZ:.-]{20,32} [0-9a-f]{32}")
SEAL_BYTES: Final = 16


@dataclass(frozen=True)
class VerdictQuery:
    """Which verdicts a request wants.

    A cursor is sealed with the store's key for the tenant and the filter that it was given for: no other
    tenant and no other question can use it, and nobody can make one up.

    Attributes
    ----------
    wanted
        The filter.
    most
        Verdicts in a page.
    after
        The position after which the page begins; None: at the newest.
    tenant, key
        What cursors are sealed with.
    """

    wanted: VerdictFilter
    most: int
    after: VerdictPosition | None
    tenant: str
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, parameters: QueryParams, tenant: str, key: bytes) -> VerdictQuery:
        """Read the query parameters.

        Raises
        ------
        InvalidParameter
            By the parameter's name.

        Examples
        --------
        >>> VerdictQuery.of(QueryParams("label=review&limit=5"), "default", b"key").most
        5
        >>> VerdictQuery.of(QueryParams("label=fake"), "default", b"key")
        Traceback (most recent call last):
            ...
        serving.http.query.InvalidParameter: label must be one of inflated, automated, authentic, review,
        insufficient. Got "fake".
        """
        given = query_values(parameters, *FILTERS, "limit", "cursor")
        query = cls(filter_of(given), limit_of(given), None, tenant, key)
        after = query.position_of(given["cursor"]) if "cursor" in given else None
        return cls(query.wanted, query.most, after, tenant, key)

    def cursor_after(self, found: Sequence[Mapping[str, Any]]) -> str | None:
        """The cursor of the page that follows, where one more than a page was found; else None."""
        if len(found) <= self.most:
            return None
        last = found[self.most - 1]
        text = f"{last['made_at']} {last['verdict_id']}".encode()
        return base64.urlsafe_b64encode(self._seal(text) + text).decode()

    def position_of(self, cursor: str) -> VerdictPosition:
        """The position of a cursor.

        Raises
        ------
        InvalidParameter
            If it is none of this filter's.
        """
        try:
            both = base64.b64decode(cursor, b"-_", validate=True)
            text = both[SEAL_BYTES:].decode("ascii")
        except ValueError:
            both, text = b"", ""
        if not (
            hmac.compare_digest(both[:SEAL_BYTES], self._seal(text.encode())) and POSITION.fullmatch(text)
        ):
            raise InvalidParameter("cursor must be the `next` of an earlier answer to the same question.")
        return VerdictPosition(*text.split())

    def _seal(self, position: bytes) -> bytes:
        asked = repr((self.tenant, self.wanted)).encode()
        return hmac.digest(self.key, b"cursor\0" + asked + b"\0" + position, "sha256")[:SEAL_BYTES]


def filter_of(given: Mapping[str, str]) -> VerdictFilter:
    """The filter that parameters name.

    Raises
    ------
    InvalidParameter
        By the parameter's name.
    """
    for name, choices in CHOICES.items():
        if name in given and given[name] not in choices:
            raise InvalidParameter(
                f'{name} must be one of {", ".join(choices)}. Got "{escape(given[name])}".'
            )
    if "model" in given and not MODEL.fullmatch(given["model"]):
        raise InvalidParameter("model must be the sha256 of a model, 64 hexadecimal digits.")
    account_id = given.get("account_id")
    if account_id is not None and not 1 <= len(account_id) <= MAX_IDENTIFIER_LENGTH:
        raise InvalidParameter(f'account_id {RULES["identifier"]}. Got "{escape(account_id)}".')
    return VerdictFilter(
        None if account_id is None else account_sha256(account_id),
        given.get("label"),
        given.get("decision"),
        given.get("model"),
        time_of("since", given),
        time_of("until", given),
    )


def time_of(name: str, given: Mapping[str, str]) -> str | None:
    """The time that a parameter names, as the store writes it; None where it is not given.

    >>> time_of("since", {"since": "2026-11-25T23:00:00+01:00"})
    '2026-11-25T22:00:00.000000Z'
    """
    if name not in given:
        return None
    try:
        if not TIME.fullmatch(given[name]):
            raise ValueError("another form")
        return format_timestamp(datetime.fromisoformat(given[name]))
    except (ValueError, OverflowError) as error:
        raise InvalidParameter(
            f"{name} must be a time with its zone, such as 2026-11-25T22:00:00Z (a + is written %2B). "
            f'Got "{escape(given[name])}".'
        ) from error
