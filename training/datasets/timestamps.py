"""Times without a zone in the CSV files of public sets: they are taken as UTC."""

from __future__ import annotations

from typing import Final

import polars as pl

from training.datasets.cells import CellRule

__all__ = ["DAY", "TIME"]

TIME: Final = CellRule(
    "must be a time such as 2025-05-21 09:44:45",
    lambda cell: cell.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC", strict=False),
)
DAY: Final = CellRule(
    "must be a date such as 2025-05-21",
    lambda cell: cell.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us", "UTC")),
)
