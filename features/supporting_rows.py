"""The rows behind a feature: those of its own view that a reader can check its sentence with."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from accounts.tables import take_rows
from features.declaration import Feature
from features.views import Views
from features.views.rows import Index, to_floats

__all__ = ["Row", "shortened", "supporting_rows"]

Row: TypeAlias = dict[str, Any]

LONGEST_TEXT: Final = 500
"""Characters of a text that are shown."""


def supporting_rows(feature: Feature, accounts: Index, views: Views) -> list[list[Row]]:
    """For each account the rows that its feature declares, in JSON's own types; none where it shows none.

    Parameters
    ----------
    feature
        Its declaration says which rows and columns.
    accounts
        Positions in the views.
    views
        The accounts' views, as the features read them.
    """
    shown, found = feature.rows, [list[Row]() for _ in accounts]
    if shown is None:
        return found
    frame = views.frame(feature.view, shown.reads)
    owner = frame["account"].to_numpy()
    wanted = accounts.astype(owner.dtype)  # of another type, all owners would be converted
    start, end = owner.searchsorted(wanted), owner.searchsorted(wanted, side="right")
    rows = np.concatenate([np.arange(first, last) for first, last in zip(start, end, strict=True)])
    whose = np.repeat(np.arange(accounts.size), end - start)
    key = to_floats(take_rows(frame[shown.by], rows))
    fit = ~np.isnan(key)
    if shown.among is not None:
        read = take_rows(frame[sorted(set(shown.among.meta.root_names()))], rows)
        fit &= to_floats(read.select(shown.among).to_series()) == 1.0
    rows, whose, key = rows[fit], whose[fit], key[fit]
    # A stable sort: ties stay in the view's own order, whichever way the rest is sorted.
    order = np.lexsort((-key if shown.descending else key, whose))
    place = np.arange(order.size) - whose.searchsorted(whose)
    chosen = order[shown.takes(place, np.bincount(whose)[whose])]
    columns = map(_json_values, take_rows(frame[list(shown.show)], rows[chosen]))
    for account, *values in zip(whose[chosen].tolist(), *columns, strict=True):
        found[account].append(dict(zip(shown.show, values, strict=True)))
    return found


def shortened(text: str) -> str:
    """A text as evidence shows it: no verdict is as long as the longest comments.

    >>> shortened("Nice pic!!"), len(shortened("a" * 50_000))
    ('Nice pic!!', 501)
    """
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _json_values(column: pl.Series) -> list[Any]:
    """A column's values; times in UTC and dates as ISO 8601.

    >>> _json_values(pl.Series([None, 1_790_812_800_000_000]).cast(pl.Datetime("us", "UTC")))
    [None, '2026-10-01T00:00:00Z']
    """
    if column.dtype == pl.String:
        return [text and shortened(text) for text in column.to_list()]
    if not column.dtype.is_temporal():
        return column.to_list()
    written = np.datetime_as_string(column.to_numpy()).tolist()
    ending = "Z" if column.dtype == pl.Datetime else ""
    return [None if text == "NaT" else text.removesuffix(".000000") + ending for text in written]
