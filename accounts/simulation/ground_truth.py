"""Ground truth: the labels of each simulated account, which the detector never sees."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import polars as pl

from accounts.population import LABELS, tier_of
from accounts.simulation.added_amounts import AddedAmounts
from accounts.simulation.draw_person import HARD_PEOPLE

__all__ = ["GroundTruth", "hard_negatives", "labels_frame"]


@dataclass(frozen=True)
class GroundTruth:
    """The labels of one simulated account, in the order of the table of labels."""

    inflated: bool
    automated: bool
    person: str
    scheme: str | None
    strength: float | None
    campaign: str | None
    event: str | None
    language: str


def hard_negatives(labels: pl.DataFrame) -> pl.Series:
    """Which accounts are hard negatives: authentic, with an honest event or of a kind in ``HARD_PEOPLE``.

    >>> labels = {"inflated": False, "automated": False, "event": ["purge", None], "person": "creator"}
    >>> hard_negatives(pl.DataFrame(labels)).to_list()
    [True, False]
    """
    honest = ~pl.col("inflated") & ~pl.col("automated")
    hard = pl.col("event").is_not_null() | pl.col("person").is_in(list(HARD_PEOPLE))
    return labels.select((honest & hard).alias("hard_negative")).to_series()


def labels_frame(rows: list[tuple[str, GroundTruth, float, AddedAmounts]]) -> pl.DataFrame:
    """The table of labels, from each account's id, truth, exported followers and added amounts."""
    return pl.DataFrame([_label_row(*row) for row in rows], schema=dict(LABELS), orient="row")


def _label_row(
    account_id: str, truth: GroundTruth, followers: float, added: AddedAmounts
) -> tuple[object, ...]:
    return (account_id, *astuple(truth), tier_of(followers), *astuple(added))
