"""Copies of an account beside each other, to be judged in one batch: as it is, and otherwise."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from accounts.tables import Tables

__all__ = ["numbered_copies"]


def numbered_copies(accounts: Iterable[Tables]) -> Tables:
    """Single accounts as one set of tables, named ``0``, ``1`` and so on in order.

    >>> account = Tables.of(accounts=[{"account_id": "a", "platform": "x"}], posts=[{"account_id": "a"}])
    >>> copies = numbered_copies([account, account])
    >>> copies.accounts["account_id"].to_list(), copies.posts["account_id"].to_list()
    (['0', '1'], ['0', '1'])
    """
    return Tables.concat(
        one.map(lambda _, frame, name=str(number): frame.with_columns(account_id=pl.lit(name, pl.String)))  # type: ignore[misc]
        for number, one in enumerate(accounts)
    )
