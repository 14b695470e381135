"""From files of any known source to account documents, and a report of what found no place in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.importing.catalogue import SOURCES
from accounts.importing.drafts import Drafts, Leftovers
from accounts.importing.files import File, files_of
from accounts.importing.source import Source

__all__ = ["Imported", "import_files", "import_paths", "recognise"]


@dataclass(frozen=True)
class Imported:
    """What came of some files.

    Attributes
    ----------
    documents
        Account documents, not yet checked against the schema.
    sources
        Name of the source of each file; None where none recognised it.
    leftovers
        What the files hold that found no place.
    """

    documents: Sequence[Mapping[str, Any]]
    sources: Mapping[str, str | None]
    leftovers: Leftovers


def recognise(file: File) -> Source | None:
    """The source that a file comes from, by its content; None where none knows it."""
    return next((source for source in SOURCES.values() if source.recognises(file)), None)


def import_paths(
    paths: Sequence[Path], source: str | None = None, as_of: dt.datetime | None = None
) -> Imported:
    """Import files and folders; see :func:`import_files`."""
    return import_files(list(files_of(paths)), source, as_of)


def import_files(
    files: Sequence[File], source: str | None = None, as_of: dt.datetime | None = None
) -> Imported:
    """Documents of the accounts that files are about.

    Parameters
    ----------
    files
        Of one source or of several.
    source
        Name of the source that all of them come from; without it each is recognised by its content.
    as_of
        When they were collected; without it each file's own time counts.

    Raises
    ------
    WrongUsage
        If there is no such source.
    BadInput
        If no file is known, or one cannot be parsed.
    """
    if source is not None and source not in SOURCES:
        raise WrongUsage(f"{source} is no source. Known are {', '.join(sorted(SOURCES))}.")
    named = {file.name: SOURCES[source] if source else recognise(file) for file in files}
    if not any(named.values()):
        names = ", ".join(file.name for file in files[:3]) or "no file"
        rule = f"must come from a known source ({', '.join(sorted(SOURCES))}). Got {names}."
        raise BadInput(Fault("", "", rule))
    drafts = Drafts(as_of)
    for one in SOURCES.values():
        if own := [file for file in files if named[file.name] is one]:
            one.read(own, drafts)
    sources = {name: found.name if found else None for name, found in named.items()}
    return Imported(list(drafts.documents()), sources, drafts.leftovers)
