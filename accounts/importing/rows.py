"""What rows of many sources have in common: names, texts in HTML, reposts, and views that nobody counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

from accounts.importing.drafts import Values
from accounts.importing.values import moment, text

__all__ = [
    "moment_of_x",
    "nested",
    "objects",
    "of_repost",
    "pictured",
    "plain",
    "unescaped",
    "without_uncounted_views",
]

_COUNTS: Final = ("likes", "comments", "views", "shares", "saves")
_OF_X: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d) \+0000 (20\d\d)", re.ASCII
)
_MONTHS: Final[Mapping[str, str]] = {
    name: f"{number:02}"
    for number, name in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1
    )
}
_BREAK: Final = re.compile(r"<br\s*/?>|</p>\s*<p(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_NOBODY: Final = ("default_profile", "user-default-pictures", "missing.png", "default_avatar")


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list, or the one object that stands where a list may be.

    >>> objects([{"id": 1}, None, "odd"]), objects({"id": 1}), objects(None)
    ([{'id': 1}], [{'id': 1}], [])
    """
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def unescaped(value: Any) -> str | None:
    """A text in which ``&``, ``<`` and ``>`` are written as entities, as X's are.

    >>> unescaped("rye &amp; oat")
    'rye & oat'
    """
    written = text(value)
    return None if written is None else unescape(written)


def moment_of_x(value: Any) -> str | None:
    """A time as X writes it, ten times as fast as :func:`moment` reads it; other times are left to that.

    >>> moment_of_x("Tue Oct 20 15:30:00 +0000 2026"), moment_of_x("2026-10-20T15:30:00Z")
    ('2026-10-20T15:30:00Z', '2026-10-20T15:30:00Z')
    """
    found = _OF_X.fullmatch(value) if isinstance(value, str) else None
    if found is None or (month := _MONTHS.get(found[1])) is None or not 1 <= int(found[2]) <= 28:
        return moment(value)
    return f"{found[4]}-{month}-{found[2]}T{found[3]}Z"


def plain(value: Any) -> str | None:
    r"""What a text in HTML says, without its tags.

    >>> plain('<p>rye &amp; <a href="https://a.example">oat</a></p><p>new</p>')
    'rye & oat\nnew'
    """
    written = text(value)
    return None if written is None else unescape(_TAG.sub("", _BREAK.sub("\n", written))).strip()


def pictured(value: Any) -> bool | None:
    """Whether the address of a profile's picture is one of its own; None where there is no address.

    >>> pictured("https://a.example/ana.jpg"), pictured("https://a.example/default_profile.png")
    (True, False)
    """
    written = text(value)
    return None if written is None else bool(written) and not any(mark in written for mark in _NOBODY)


def nested(row: Mapping[str, Any]) -> dict[str, Any]:
    """A table's row whose columns are paths, as the objects that these stand for.

    >>> nested({"id": "1", "statistics.likes": "5", "statistics.views": "9"})
    {'id': '1', 'statistics': {'likes': '5', 'views': '9'}}
    """
    found: dict[str, Any] = {}
    for column, value in row.items():
        *above, name = column.split(".")
        place = found
        for part in above:
            inner = place.get(part)
            place[part] = place = inner if isinstance(inner, dict) else {}
        if name:
            place[name] = value
    return found


def of_repost(values: Values) -> Values:
    """What is an account's own of somebody else's post that it passed on: the time, and not the counts.

    >>> of_repost({"published_at": "2026-10-20T15:30:00Z", "likes": 90_000, "caption": "RT @bo: rye"})
    {'published_at': '2026-10-20T15:30:00Z', 'caption': 'RT @bo: rye', 'kind': 'repost', 'is_repost': True}
    """
    own = {name: value for name, value in values.items() if name not in _COUNTS}
    return own | {"kind": "repost", "is_repost": True}


def without_uncounted_views(values: Values) -> Values:
    """A post's values, views left out where they are 0 and yet somebody reacted: they were not counted.

    >>> without_uncounted_views({"views": 0, "likes": 624}), without_uncounted_views({"views": 0, "likes": 0})
    ({'likes': 624}, {'views': 0, 'likes': 0})
    """
    if values.get("views") == 0 and any(values.get(name) for name in _COUNTS):
        return {name: value for name, value in values.items() if name != "views"}
    return values
