"""Frozen results that write themselves as JSON: what verdicts and all their parts are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import Enum
from functools import cache
from json import JSONEncoder
from math import isfinite
from typing import Annotated, Any, Final, TypeAlias

__all__ = ["Count", "JsonResult", "Scalar", "Share", "anonymised_row", "json_name", "to_json_types"]

Scalar: TypeAlias = str | int | float | bool | None
Share: TypeAlias = Annotated[float, ("minimum", 0), ("maximum", 1)]
Count: TypeAlias = Annotated[int, ("minimum", 0)]


class JsonResult:
    """A frozen result that can be written as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Names and values in the order of the class, made of nothing but JSON's own types.

        Raises
        ------
        ValueError
            If a number is not finite, or a value has no place in JSON.
        """
        return {json_name(name): to_json_types(getattr(self, name), name) for name in self.names()}

    def to_json(self) -> str:
        """One line of JSON in ASCII: no text of an account can steer a terminal."""
        return _LINE.encode(self)

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """Names of the fields, in the order of the class."""
        return tuple(one.name for one in fields(cls))  # type: ignore[arg-type]


def json_name(name: str) -> str:
    """The name of a field in JSON: ``from`` is a word of Python's own, so its field is ``from_``.

    >>> json_name("from_"), json_name("to")
    ('from', 'to')
    """
    return name.removesuffix("_")


def to_json_types(value: Any, name: str) -> Any:
    """The value in JSON's own types; ``name`` is what a refusal calls it.

    >>> to_json_types((1, 2.5, {"date": None}), "rows")
    [1, 2.5, {'date': None}]
    """
    if value is None or type(value) in _OWN:
        return value
    if isinstance(value, float) and isfinite(value):
        return float(value)  # numpy's float64 is a float as well
    if isinstance(value, JsonResult):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): to_json_types(inner, str(key)) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json_types(inner, name) for inner in value]
    raise ValueError(f"{name} cannot be written as JSON: {value!r}")


def _shallow(value: object) -> dict[str, Any]:
    """One level of what JSON does not know."""
    if isinstance(value, JsonResult):
        return {json_name(name): getattr(value, name) for name in value.names()}
    raise ValueError(f"{type(value).__name__} cannot be written as JSON: {value!r}")


_LINE: Final = JSONEncoder(default=_shallow, allow_nan=False)
_OWN: Final = frozenset({str, int, bool})


def anonymised_row(row: Mapping[str, Any], authors: dict[str, str]) -> dict[str, Scalar]:
    """A row of evidence as a verdict shows it: authors are numbered within it and never named.

    Parameters
    ----------
    row
        As :func:`features.supporting_rows.supporting_rows` gives it.
    authors
        The numbers given so far, by author; new ones are added.

    Examples
    --------
    >>> anonymised_row({"author_id": "ana", "posts": 8, "share": float("nan")}, {"bo": "author 1"})
    {'author': 'author 2', 'posts': 8, 'share': None}
    """
    shown = {
        name: None if type(value) is float and not isfinite(value) else value for name, value in row.items()
    }
    if "author_id" not in shown:
        return shown
    return {
        "author" if name == "author_id" else name: (
            authors.setdefault(value, f"author {len(authors) + 1}")
            if name == "author_id" and value is not None
            else value
        )
        for name, value in shown.items()
    }
