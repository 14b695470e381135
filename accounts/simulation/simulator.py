"""Simulate populations of labelled accounts, at once or in pieces."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
import polars as pl

from accounts.errors import WrongUsage
from accounts.population import Population
from accounts.schema import TABLES, columns
from accounts.simulation.added_amounts import AddedAmounts, added_amounts
from accounts.simulation.draw_account import draw_account
from accounts.simulation.export import Columns, export_account, shown_followers
from accounts.simulation.ground_truth import GroundTruth, labels_frame
from accounts.simulation.honest_events import EVENTS
from accounts.simulation.parameters import Regime
from accounts.simulation.regimes.test import TEST, TEST_MANY
from accounts.simulation.regimes.train import TRAIN, TRAIN_MANY
from accounts.tables import Tables

__all__ = ["EventFrequency", "RegimeName", "kinds", "simulate", "simulate_chunks", "simulate_numbers"]

RegimeName = Literal["train", "test"]
EventFrequency = Literal["natural", "many"]
REGIMES: Final[MappingProxyType[str, Regime]] = MappingProxyType({"train": TRAIN, "test": TEST})
REGIMES_WITH_MANY_EVENTS: Final[MappingProxyType[str, Regime]] = MappingProxyType(
    {"train": TRAIN_MANY, "test": TEST_MANY}
)


def kinds(regime: RegimeName = "train") -> tuple[str, ...]:
    """Every name that ``without`` accepts: kinds of people, fake followers, events, schemes and programs.

    >>> {"creator", "giveaway", "pod", "content_bot"} <= set(kinds())
    True
    """
    numbers = REGIMES[regime]
    everything = (
        numbers.people,
        numbers.small_people,
        numbers.fakes,
        EVENTS,
        numbers.inflated,
        numbers.automated,
    )
    return tuple(dict.fromkeys(name for group in everything for name in group))


def simulate(
    accounts: int,
    seed: int,
    *,
    regime: RegimeName = "train",
    without: Collection[str] = (),
    events: EventFrequency = "natural",
) -> Population:
    """Simulate labelled accounts; number i depends on seed, i, regime, ``without`` and ``events`` only.

    Parameters
    ----------
    accounts, seed
        How many, and the seed of the population.
    regime
        The set of parameters: "train", or "test" with others, to test on.
    without
        Names of :func:`kinds` to leave out.
    events
        With "natural" honest follower curves jump as often and as far as real ones, and hard kinds of
        people are rare; with "many" both are frequent, so that each can be tested.

    Raises
    ------
    WrongUsage
        If an argument is outside its range.

    Examples
    --------
    >>> population = simulate(3, seed=1)
    >>> population.labels["account_id"].to_list()
    ['train-1-0', 'train-1-1', 'train-1-2']
    """
    return Population.concat(
        list(simulate_chunks(accounts, seed, regime=regime, without=without, events=events))
    )


def simulate_chunks(  # noqa: PLR0913
    accounts: int,
    seed: int,
    *,
    regime: RegimeName = "train",
    without: Collection[str] = (),
    size: int = 500,
    events: EventFrequency = "natural",
) -> Iterator[Population]:
    """Simulate the accounts of :func:`simulate` in populations of at most ``size`` accounts.

    >>> [len(piece) for piece in simulate_chunks(3, seed=1, size=2)]
    [2, 1]
    """
    _check_arguments(accounts, seed, regime, without, size)
    numbers = _regime(regime, events)
    return (
        _simulate_piece(numbers, seed, range(first, min(first + size, accounts)), frozenset(without))
        for first in range(0, accounts, size)
    )


def simulate_numbers(
    numbers: Sequence[int], seed: int, *, size: int = 500, events: EventFrequency = "natural"
) -> Population:
    """Simulate only the accounts of these numbers, as :func:`simulate` does in the training regime.

    >>> simulate_numbers([2], seed=1).labels["account_id"].to_list()
    ['train-1-2']
    """
    starts = range(0, len(numbers), size)
    regime, nothing = _regime("train", events), frozenset[str]()
    pieces = [_simulate_piece(regime, seed, numbers[start : start + size], nothing) for start in starts]
    return Population.concat(pieces)


def _regime(regime: str, events: str) -> Regime:
    if events not in get_args(EventFrequency):
        raise WrongUsage(f"events must be one of {', '.join(get_args(EventFrequency))}. Got {events!r}.")
    return (REGIMES_WITH_MANY_EVENTS if events == "many" else REGIMES)[regime]


def _check_arguments(accounts: int, seed: int, regime: str, without: Collection[str], size: int) -> None:
    if regime not in REGIMES:
        raise WrongUsage(f"regime must be one of {', '.join(REGIMES)}. Got {regime!r}.")
    if accounts < 0 or seed < 0 or size < 1:
        raise WrongUsage(f"accounts and seed must be >= 0 and size >= 1. Got {accounts}, {seed} and {size}.")
    unknown = sorted(set(without) - set(kinds("train" if regime == "train" else "test")))
    if unknown:
        raise WrongUsage(f"without must hold kinds of people, events or schemes. Got {', '.join(unknown)}.")
    for group in ("people", "fakes", "inflated", "automated"):
        if not set(getattr(REGIMES[regime], group)) - set(without):
            raise WrongUsage(f"without must leave some of: {', '.join(getattr(REGIMES[regime], group))}.")


def _simulate_piece(regime: Regime, seed: int, numbers: Sequence[int], without: frozenset[str]) -> Population:
    parts: dict[str, list[tuple[str, Columns]]] = {name: [] for name in TABLES}
    labels: list[tuple[str, GroundTruth, float, AddedAmounts]] = []
    for number in numbers:
        draft, depth, truth = draw_account(regime, seed, number, without)
        account_id = f"{regime.name}-{seed}-{number}"
        exported = export_account(draft, depth)
        added = added_amounts(draft, exported.get("history", {}).get("date"))
        labels.append((account_id, truth, shown_followers(draft, depth), added))
        exported["accounts"] |= {"platform": [draft.export.platform], "as_of": [draft.collected_at]}
        for name, part in exported.items():
            parts[name].append((account_id, part))
    return Population(
        Tables(**{name: _build_table(name, part) for name, part in parts.items()}), labels_frame(labels)
    )


def _build_table(table: str, parts: list[tuple[str, Columns]]) -> pl.DataFrame:
    """Build one table from the columns of many accounts, missing columns null."""
    heights = [len(next(iter(part.values()))) if part else 0 for _, part in parts]
    series = {}
    for name, dtype in columns(table).items():
        if name == "account_id":
            ids = pl.Series(name, [account_id for account_id, _ in parts], dtype=pl.String)
            series[name] = ids.gather(np.repeat(np.arange(len(parts)), heights))
        else:
            series[name] = _build_column(
                name,
                dtype,
                [(part.get(name), height) for (_, part), height in zip(parts, heights, strict=True)],
            )
    return pl.DataFrame(series)


def _build_column(name: str, dtype: pl.DataType, values: list[tuple[object, int]]) -> pl.Series:
    if dtype == pl.String():
        texts: list[str | None] = []
        for value, height in values:
            texts.extend([None] * height if value is None else value)  # type: ignore[arg-type]
        return pl.Series(name, texts, dtype=pl.String)
    blank = [
        np.full(height, np.nan) if value is None else np.asarray(value, dtype=np.float64)
        for value, height in values
    ]
    numbers = pl.Series(name, np.concatenate(blank) if blank else np.zeros(0)).fill_nan(None)
    if dtype == pl.Datetime("us", "UTC"):
        return (numbers * 1e6).cast(pl.Int64).cast(dtype)
    return numbers.cast(pl.Int32).cast(dtype) if dtype == pl.Date() else numbers.cast(dtype)
