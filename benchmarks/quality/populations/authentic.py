"""The authentic accounts among simulated ones."""

from __future__ import annotations

import polars as pl

from accounts.population import Population

__all__ = ["authentic_part"]


def authentic_part(population: Population) -> Population:
    """The accounts that are neither inflated nor automated, with their labels."""
    labels = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))
    return Population(population.tables.select(labels["account_id"].to_list()), labels)
