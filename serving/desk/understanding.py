"""What was understood of the files that were dropped, before anything is judged.

Assay's own documents and tables are read as ever, other files imported. What is valid becomes a file of
documents without anybody's name but the creators'; what is not becomes a list of faults, row by row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.checks import examine
from accounts.document import to_documents
from accounts.errors import Fault
from accounts.importing.reading import understood
from accounts.reading import Chunk
from accounts.tables import Tables
from serving.desk.mapper import HandCorrections, mapped_tables
from serving.desk.shown_names import LONGEST_NAME, shown_name
from serving.jobs.dropped_files import all_chunks, fault_row, import_others, sorted_files
from serving.jobs.screening_files import ScreeningFiles, write_lines
from serving.store.pseudonyms import account_sha256, pseudonymiser

__all__ = ["understand"]

MOST_SHOWN: Final = 200
MOST_KEPT: Final = 10_000
PARTS: Final = ("posts", "comments", "history", "audience")


@dataclass
class Understanding:
    """What comes together while the files are read.

    Attributes
    ----------
    sentences
        What was made of the files, for people.
    accounts
        The first accounts as the page shows them.
    counts
        Of accounts, and of rows in each table.
    faults
        Everything that was refused.
    findings
        What the checks found, by check: how many accounts, and one sentence.
    """

    sentences: list[str] = field(default_factory=list)
    accounts: list[dict[str, Any]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


def understand(
    key: bytes, tenant: str, files: ScreeningFiles, erased: Collection[str] = ()
) -> dict[str, Any]:
    """Read what was dropped, and write documents, faults and the summary; that summary.

    Parameters
    ----------
    key
        Of the store's digests.
    erased
        The SHA-256 of the ids of accounts that are left out.

    Raises
    ------
    AssayError
        If nothing of it can be read at all.
    """
    corrections = HandCorrections.read(files.read_json(files.corrections))
    found = Understanding()
    own, others = sorted_files(files.uploads, found.faults)
    imported = import_others(others, corrections, found.faults)
    chunks = all_chunks(files.uploads, own, imported, found.faults)
    without_names = pseudonymiser(key, tenant)
    documents = (
        without_names(document)
        for tables in valid(chunks, found, erased)
        for document in to_documents(tables)
    )
    with files.writing(files.documents, files.faults, files.summary) as (screened, refused, described):
        write_lines(screened, documents)
        write_lines(refused, map(fault_row, faults_to_list(found.faults)))
        sources = dict(imported.sources) if imported else {}
        summary = {
            "sentences": found.sentences + (list(understood(imported)) if imported else []),
            "accounts": found.accounts,
            "counts": {name: found.counts[name] for name in ("accounts", *PARTS)},
            "faults": len(found.faults),
            "first_faults": [fault_row(fault) for fault in found.faults[:MOST_SHOWN]],
            "findings": sorted(found.findings.values(), key=lambda one: -one["accounts"]),
            "tables": list(mapped_tables(others, sources, corrections)),
        }
        described.write(json.dumps(summary).encode())
    return summary


def faults_to_list(faults: Sequence[Fault]) -> list[Fault]:
    """The faults that are kept row by row: as many as somebody may read, and how many more there are."""
    more = len(faults) - MOST_KEPT
    rest = [Fault("", "", f"{more:,} more were refused, which are not listed.")] if more > 0 else []
    return [*faults[:MOST_KEPT], *rest]


def valid(chunks: Iterator[Chunk], found: Understanding, erased: Collection[str]) -> Iterator[Tables]:
    """The accounts without a fault that were not erased, each once, counted and checked."""
    for chunk in chunks:
        found.faults += chunk.faults
        ids = chunk.tables.accounts["account_id"].to_list()
        names = [name for name in ids if account_sha256(name) not in erased]
        for name in (name for name in names if name in found.seen):
            found.faults.append(Fault("", "account_id", "is in more than one file; the first counts.", name))
        fresh = [name for name in names if name not in found.seen]
        found.seen.update(fresh)
        if fresh:
            tables = chunk.tables.select(fresh)
            note(tables, found)
            yield tables


def note(tables: Tables, found: Understanding) -> None:
    """Count some accounts, check their evidence, and show the first of them."""
    found.counts["accounts"] += len(tables)
    for part in PARTS:
        found.counts[part] += tables[part].height
    for findings in examine(tables).findings.values():
        for one in findings:
            known = found.findings.setdefault(
                one.check, {"check": one.check, "field": one.field, "accounts": 0, "sentence": one.sentence}
            )
            known["accounts"] += 1
    room = MOST_SHOWN - len(found.accounts)
    found.accounts += map(
        account_row, to_documents(tables.select(tables.accounts["account_id"].to_list()[:room]))
    )


def account_row(document: Mapping[str, Any]) -> dict[str, Any]:
    """An account as the page shows it."""
    profile = document.get("profile", {})
    return {
        "account_id": document["account_id"],
        "name": shown_name(document)[:LONGEST_NAME],
        "platform": document["platform"],
        "as_of": document["as_of"],
        "followers": profile.get("followers"),
        **{part: len(document.get(part, ())) for part in PARTS},
    }
