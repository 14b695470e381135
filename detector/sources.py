"""Where the rows of an account's history and of its posts' earlier counts come from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from accounts.tables import Tables
from detector.verdict import EvidenceSource

__all__ = ["sources_of"]

TABLES: Final = ("history", "observed")
MOST: Final = 20
"""Sources that a verdict names of one table, those with most rows."""


def sources_of(tables: Tables) -> Mapping[str, tuple[EvidenceSource, ...]]:
    """The sources of each account that names any, the table first and then the source with most rows.

    >>> tables = Tables.of(
    ...     accounts=[{"account_id": "a", "platform": "x"}],
    ...     history=[{"account_id": "a", "source": name} for name in ("feed", None, "feed")],
    ... )
    >>> [(one.table, one.source, one.rows) for one in sources_of(tables)["a"]]
    [('history', 'feed', 2), ('history', None, 1)]
    """
    found: dict[str, tuple[EvidenceSource, ...]] = {}
    for table in TABLES:
        frame = tables[table]
        if frame["source"].null_count() == frame.height:
            continue
        naming = frame.filter(pl.col("source").is_not_null().any().over("account_id"))
        counts = naming.group_by("account_id", "source").len().sort("account_id", "len", "source",
            descending=[False, True, False], nulls_last=True)  # fmt: skip
        for name, source, rows in counts.group_by("account_id", maintain_order=True).head(MOST).rows():
            found[name] = (
                *found.get(name, ()), EvidenceSource(table=table, source=source, rows=rows),
            )  # fmt: skip
    return found
