"""What ``assay observe`` does: read accounts, and store what they show at their time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accounts.importing.importer import Imported, import_paths
from accounts.importing.reading import chunks_of, is_importable, understood
from accounts.observations import Observation, observations_of
from accounts.reading import Chunk, read
from cli.display.terminal import say
from cli.observation_store import ObservationStore
from cli.work.imports import parse_time

__all__ = ["ObserveOptions", "run"]

OWN: Final = "account document"
"""The source of Assay's own documents and tables."""

LONGEST_SOURCE: Final = 100


@dataclass(frozen=True)
class ObserveOptions:
    """The options of ``assay observe``."""

    paths: tuple[Path, ...]
    at: str | None
    tenant: str
    columns: Path | None
    keep_going: bool


def run(options: ObserveOptions) -> bool:
    """Store what the files show; whether every account could be read.

    Everything is read and checked before the first observation is stored.

    Raises
    ------
    WrongUsage
        If ``at`` is no time, or the store's libraries are not there.
    BadInput
        If a file cannot be read, or an account breaks a rule and ``keep_going`` is not set.
    """
    at = parse_time(options.at, "--at")
    store = ObservationStore(options.tenant)
    seen: list[Observation] = []
    faults = 0
    for chunk, sources in _chunks(options, at):
        for fault in chunk.faults:
            say(str(fault))
        faults += len(chunk.faults)
        seen += observations_of(chunk.tables, sources, at=at)
    counted = [one for one in seen if not one.is_empty]
    stored = store.put(counted)
    say(
        f"{_of(stored.new, 'observation')} stored, {stored.completed:,} completed, {stored.known:,} known "
        f"before; {_of(len(seen) - len(counted), 'account')} without a count."
    )
    if stored.erased:
        say(f"{_of(len(stored.erased), 'account')} erased meanwhile, and left out.")
    return not faults


def _chunks(options: ObserveOptions, at: dt.datetime | None) -> Iterator[tuple[Chunk, dict[str, str]]]:
    """Chunks of accounts, each with where its accounts come from."""
    foreign = [path for path in options.paths if is_importable(path, options.columns)]
    for path in options.paths:
        if path not in foreign:
            for chunk in read(path, keep_going=options.keep_going, columns=options.columns):
                yield chunk, dict.fromkeys(chunk.tables.accounts["account_id"].to_list(), OWN)
    if foreign:
        imported = import_paths(foreign, as_of=at, columns=options.columns)
        for sentence in understood(imported):
            say(sentence)
        sources = source_names(imported)
        for chunk in chunks_of(imported, keep_going=options.keep_going):
            yield chunk, sources


def source_names(imported: Imported) -> dict[str, str]:
    """Where each imported account comes from: the names of its files' sources."""
    return {
        one.document["account_id"]: " + ".join(
            sorted({name for file in one.files if (name := imported.sources.get(file))})
        )[:LONGEST_SOURCE]
        for one in imported.accounts
    }


def _of(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
