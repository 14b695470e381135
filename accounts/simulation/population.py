"""Simulated accounts with their labels: made in pieces, joined as tables, kept in a folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from accounts.errors import WrongUsage
from accounts.schema import TABLES, columns
from accounts.simulation.amounts import Added, added_to
from accounts.simulation.events import EVENTS
from accounts.simulation.export import Columns, export_account, shown_followers
from accounts.simulation.labels import LABELS, completed, hard_negatives, labels_frame
from accounts.simulation.making import Truth, make_draft
from accounts.simulation.parameters import Regime
from accounts.simulation.parameters_for_testing import TEST, TEST_MANY
from accounts.simulation.parameters_for_training import TRAIN, TRAIN_MANY
from accounts.tables import Tables

__all__ = [
    "LABELS",
    "Events",
    "Population",
    "RegimeName",
    "hard_negatives",
    "kinds",
    "simulate",
    "simulate_chunks",
    "simulate_these",
    "write",
]

RegimeName = Literal["train", "test"]
Events = Literal["natural", "many"]
REGIMES: Final[MappingProxyType[str, Regime]] = MappingProxyType({"train": TRAIN, "test": TEST})
MANY: Final[MappingProxyType[str, Regime]] = MappingProxyType({"train": TRAIN_MANY, "test": TEST_MANY})


@dataclass(frozen=True)
class Population:
    """Accounts and what is true of them, row for row.

    Attributes
    ----------
    tables
        The accounts, as any reader would deliver them.
    labels
        One row per account: ``inflated`` and ``automated``, the ``person`` behind it, the
        ``scheme`` (several joined by ``+``), its ``strength`` (added over honest), the
        ``campaign`` whose people it shares with others, the honest ``event``, ``language``, ``tier``;
        and what was bought over honest, 0 where nothing was (see :class:`amounts.Added`):
        ``added_followers``, ``added_likes``, ``added_views``, ``added_comments``, and
        ``added_followers_shown``, the part of the followers that arrived within the exported history.
    """

    tables: Tables
    labels: pl.DataFrame

    def __len__(self) -> int:
        return len(self.tables)

    @classmethod
    def concat(cls, many: Collection[Population]) -> Population:
        """All accounts of several populations, in order."""
        labels = [each.labels for each in many] or [pl.DataFrame(schema=dict(LABELS))]
        return cls(Tables.concat([each.tables for each in many]), pl.concat(labels))

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The tables and the labels, by name."""
        return {**{name: self.tables[name] for name in TABLES}, "labels": self.labels}

    def write(self, folder: Path) -> None:
        """Write one Parquet file per table, all or none; a folder that holds anything is refused."""
        write([self], folder)

    @classmethod
    def read(cls, folder: Path) -> Population:
        """Read what :meth:`write` wrote; labels that an older file does not hold are null: not known."""
        folder = Path(folder)
        absent = [name for name in (*TABLES, "labels") if not (folder / f"{name}.parquet").is_file()]
        if absent:
            raise WrongUsage(f"{folder} must hold a population. Missing: {', '.join(absent)}, each .parquet.")
        frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        return cls(Tables(**frames), completed(pl.read_parquet(folder / "labels.parquet")))


def write(pieces: Iterable[Population], folder: Path) -> None:
    """Write populations into one folder as they come, in the memory of one: all of them, or nothing.

    Raises
    ------
    WrongUsage
        If the folder holds anything.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUsage(
            f"{folder} must be a new or empty folder: a population is never written over something."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _append(pieces, draft)
        draft.chmod(0o755)
        os.replace(draft, folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _append(pieces: Iterable[Population], folder: Path) -> None:
    with ExitStack() as opened:
        files = {
            name: opened.enter_context(
                pq.ParquetWriter(folder / f"{name}.parquet", frame.to_arrow().schema, compression="zstd")
            )
            for name, frame in Population.concat([]).frames.items()
        }
        for piece in pieces:
            for name, frame in piece.frames.items():
                files[name].write_table(frame.to_arrow())


def kinds(regime: RegimeName = "train") -> tuple[str, ...]:
    """Every name that ``without`` may hold: people, fakes, events, schemes and programs."""
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
    events: Events = "natural",
) -> Population:
    """Make so many labelled accounts; number i depends on seed, i, regime, ``without`` and ``events`` only.

    With "natural" ``events`` honest accounts jump as often and as far as real curves do, and the hard
    kinds of people are as rare as they are; with "many" both stand in full number, to test on.

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
    events: Events = "natural",
) -> Iterator[Population]:
    """Make the accounts of :func:`simulate` in pieces of ``size``."""
    _check(accounts, seed, regime, without, size)
    numbers = _numbers(regime, events)
    return (
        _piece(numbers, seed, range(first, min(first + size, accounts)), frozenset(without))
        for first in range(0, accounts, size)
    )


def simulate_these(
    numbers: Sequence[int], seed: int, *, size: int = 500, events: Events = "natural"
) -> Population:
    """Only the accounts of these numbers among those that :func:`simulate` makes for training.

    >>> simulate_these([2], seed=1).labels["account_id"].to_list()
    ['train-1-2']
    """
    starts = range(0, len(numbers), size)
    regime, nothing = _numbers("train", events), frozenset[str]()
    pieces = [_piece(regime, seed, numbers[start : start + size], nothing) for start in starts]
    return Population.concat(pieces)


def _numbers(regime: str, events: str) -> Regime:
    if events not in get_args(Events):
        raise WrongUsage(f"events must be one of {', '.join(get_args(Events))}. Got {events!r}.")
    return (MANY if events == "many" else REGIMES)[regime]


def _check(accounts: int, seed: int, regime: str, without: Collection[str], size: int) -> None:
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


def _piece(regime: Regime, seed: int, numbers: Sequence[int], without: frozenset[str]) -> Population:
    parts: dict[str, list[tuple[str, Columns]]] = {name: [] for name in TABLES}
    labels: list[tuple[str, Truth, float, Added]] = []
    for number in numbers:
        draft, depth, truth = make_draft(regime, seed, number, without)
        account_id = f"{regime.name}-{seed}-{number}"
        exported = export_account(draft, depth)
        added = added_to(draft, exported.get("history", {}).get("date"))
        labels.append((account_id, truth, shown_followers(draft, depth), added))
        exported["accounts"] |= {"platform": [draft.export.platform], "as_of": [draft.collected]}
        for name, part in exported.items():
            parts[name].append((account_id, part))
    return Population(
        Tables(**{name: _frame(name, part) for name, part in parts.items()}), labels_frame(labels)
    )


def _frame(table: str, parts: list[tuple[str, Columns]]) -> pl.DataFrame:
    """One table from the columns of many accounts."""
    heights = [len(next(iter(part.values()))) if part else 0 for _, part in parts]
    series = {}
    for name, dtype in columns(table).items():
        if name == "account_id":
            ids = pl.Series(name, [account_id for account_id, _ in parts], dtype=pl.String)
            series[name] = ids.gather(np.repeat(np.arange(len(parts)), heights))
        else:
            series[name] = _series(
                name,
                dtype,
                [(part.get(name), height) for (_, part), height in zip(parts, heights, strict=True)],
            )
    return pl.DataFrame(series)


def _series(name: str, dtype: pl.DataType, values: list[tuple[object, int]]) -> pl.Series:
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
