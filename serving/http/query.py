"""What a question says about itself beside its body: which reasons it wants, and which blocks are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from starlette.datastructures import QueryParams

from accounts.reading.quoting import escape, suggest
from accounts.schema import PROFILE
from accounts.tables import Tables
from detector.words import Explain
from features.evidence import BLOCKS
from serving.http.problems import Refused

__all__ = ["EXPLAIN", "PARAMETERS", "Asked", "WrongQuestion", "given_of", "shown"]

EXPLAIN: Final[Mapping[str, Explain]] = {
    "none": Explain.NONE,
    "reasons": Explain.FLAGGED,
    "full": Explain.ALL,
}
"""No reasons, those of accounts that are accused or sent to review, and those of every account."""

PARAMETERS: Final = ("explain", "blocks")


class WrongQuestion(Refused):
    """A parameter of the question is unknown, stands twice, or has no such value."""

    status = 400


@dataclass(frozen=True)
class Asked:
    """What is asked of the detector.

    Attributes
    ----------
    explain
        Which verdicts get their reasons.
    blocks
        The blocks that the detector is shown.
    """

    explain: Explain = Explain.FLAGGED
    blocks: frozenset[str] = frozenset(BLOCKS)

    @classmethod
    def of(cls, parameters: QueryParams) -> Asked:
        """Read a question's parameters.

        Raises
        ------
        WrongQuestion
            By the parameter's name.

        Examples
        --------
        >>> sorted(Asked.of(QueryParams("blocks=posts,history&explain=none")).blocks)
        ['history', 'posts']
        >>> Asked.of(QueryParams("explain=all"))
        Traceback (most recent call last):
            ...
        serving.http.query.WrongQuestion: explain must be one of none, reasons, full. Got "all".
        """
        given = given_of(parameters, *PARAMETERS)
        return cls(_explain(given.get("explain", "reasons")), _blocks(given.get("blocks", ",".join(BLOCKS))))


def given_of(parameters: QueryParams, *known: str) -> dict[str, str]:
    """The parameters of a question, of which only some are known to the route.

    >>> given_of(QueryParams("limt=5"), "limit", "cursor")
    Traceback (most recent call last):
        ...
    serving.http.query.WrongQuestion: limt is not a parameter of this route; did you mean limit?
    """
    given: dict[str, str] = {}
    for name, value in parameters.multi_items():
        if name not in known:
            raise WrongQuestion(f"{escape(name)} is not a parameter of this route{suggest(name, known)}")
        if name in given:
            raise WrongQuestion(f"{name} must stand once. Got it twice.")
        given[name] = value
    return given


def _explain(value: str) -> Explain:
    if value not in EXPLAIN:
        raise WrongQuestion(f'explain must be one of {", ".join(EXPLAIN)}. Got "{escape(value)}".')
    return EXPLAIN[value]


def _blocks(value: str) -> frozenset[str]:
    blocks = value.split(",")
    if odd := [block for block in blocks if block not in BLOCKS]:
        raise WrongQuestion(f'blocks must be some of {", ".join(BLOCKS)}. Got "{escape(odd[0])}".')
    if len(set(blocks)) < len(blocks):
        raise WrongQuestion("blocks must name each block once.")
    return frozenset(blocks)


def shown(tables: Tables, blocks: frozenset[str]) -> Tables:
    """The accounts with those blocks alone; what is not shown is absent, and never zero.

    >>> from accounts.reading import read_document
    >>> account = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    >>> tables = read_document(account | {"profile": {"followers": 9}, "posts": [{"likes": 3}]})
    >>> part = shown(tables, frozenset({"posts"}))
    >>> part.posts.height, part.accounts["followers"].to_list()
    (1, [None])
    """
    if blocks.issuperset(BLOCKS):
        return tables
    hidden = [pl.lit(None, tables.accounts.schema[name]).alias(name) for name in PROFILE]

    def part(table: str, frame: pl.DataFrame) -> pl.DataFrame:
        if table != "accounts":
            return frame if table in blocks else frame.clear()
        return frame if "profile" in blocks else frame.with_columns(hidden)

    return tables.map(part)
