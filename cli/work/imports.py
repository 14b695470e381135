"""What ``assay import`` does: import, check, and write the documents."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from accounts.errors import WrongUsage
from accounts.importing.importer import import_paths
from accounts.importing.reading import chunks_of, understood
from accounts.importing.values import Unreadable, moment
from accounts.media_types import LINE_SUFFIXES
from cli.atomic_file import atomic_file
from cli.display.terminal import say

__all__ = ["ImportOptions", "run"]

_AUTO: Final = "auto"


@dataclass(frozen=True)
class ImportOptions:
    """The options of ``assay import``."""

    source: str
    paths: tuple[Path, ...]
    out: Path
    as_of: str | None
    columns: Path | None


def run(options: ImportOptions) -> None:
    """Write the documents of the accounts that the files are about.

    Raises
    ------
    WrongUsage
        If ``out`` is no JSON Lines file, or ``as_of`` no time.
    BadInput
        If a file cannot be read, or an account breaks a rule; then nothing is written.
    """
    if options.out.suffix.lower() not in LINE_SUFFIXES:
        raise WrongUsage(f"--out must end in {' or '.join(LINE_SUFFIXES)}. Got {options.out}.")
    source = None if options.source == _AUTO else options.source
    imported = import_paths(options.paths, source, parse_time(options.as_of), options.columns)
    for sentence in understood(imported):
        say(sentence)
    deque(chunks_of(imported), maxlen=0)  # every account is checked before the first is written
    with (
        atomic_file(options.out, options.paths) as draft,
        draft.open("w", encoding="utf-8", newline="") as stream,
    ):
        stream.writelines(json.dumps(one.document) + "\n" for one in imported.accounts)
    accounts = len(imported.accounts)
    say(f"{accounts:,} {'account' if accounts == 1 else 'accounts'} written to {options.out}.")


def parse_time(written: str | None, option: str = "--as-of") -> dt.datetime | None:
    """A time in UTC; one without a zone is in UTC.

    >>> parse_time("2026-11-01")
    datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if written is None:
        return None
    try:
        found = moment(f"{written}T00:00:00" if len(written) == len("2026-11-01") else written, zone=dt.UTC)
    except Unreadable:
        found = None
    if found is None:
        raise WrongUsage(f"{option} must be a time, such as 2026-11-01T00:00:00Z. Got {written}.")
    return dt.datetime.fromisoformat(found)
