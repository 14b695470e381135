"""A creator's file: entry, verdict, evidence and what they say to a person, kept ready for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

from sqlalchemy import Connection
from starlette.requests import Request

from accounts.reading import read_document
from accounts.tables import Tables
from detector.comments.model import shipped
from reporting.comment_listing import CommentListing
from reporting.evidence import Evidence
from reporting.presentation import Presentation, present
from serving.desk.creator_charts import chart_pictures
from serving.desk.lists import IDS, list_of
from serving.desk.locales import reader_locale
from serving.desk.pages import session_of
from serving.http.problems import NotFound
from serving.routes.dependencies import store_access
from serving.store.evidence import get_evidence
from serving.store.list_entries import Entry, get_entry
from serving.store.lists import Shortlist
from serving.store.store import Store
from serving.store.verdict_rows import get_verdict

__all__ = [
    "CreatorFile",
    "CreatorFiles",
    "creator_files",
    "entry_of",
    "file_of",
    "locale_of",
    "read_file",
]

MOST_KEPT: Final = 16
MOST_BYTES: Final = 8 * 2**20
"""Of the documents of all files that are kept, but for the last; in memory each takes twenty times more."""

KEPT_SECONDS: Final = 900.0
Document: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class CreatorFile:
    """All that the desk knows of one creator in a list.

    Attributes
    ----------
    verdict
        The verdict's document.
    document
        The account document as it is stored; None where the evidence is not stored any more.
    tables
        The same as tables.
    shown
        The verdict in words.
    bytes
        Of the account document; 0 without one.
    """

    verdict: Mapping[str, Any]
    document: Mapping[str, Any] | None
    tables: Tables | None
    shown: Presentation
    bytes: int = 0

    @cached_property
    def pictures(self) -> dict[str, Any]:
        """The charts, drawn once."""
        return chart_pictures(self.shown)

    @cached_property
    def comments(self) -> CommentListing | None:
        """The comments by group; None without evidence."""
        if self.tables is None:
            return None
        evidence = Evidence.of(self.tables, str(self.verdict["account_id"]))
        return CommentListing(evidence, shipped()) if evidence else None


def read_file(
    connection: Connection,
    entry: Entry,
    locale: str,
    part_of: Callable[[Document], Document] = lambda one: one,
) -> CreatorFile:
    """Read an entry's file from the store, with a part of its account document."""
    stored = get_verdict(connection, entry.tenant, entry.verdict_id)
    if stored is None:
        raise NotFound("This creator's verdict is not stored any more: it was erased, or is too old.")
    verdict = stored.read()
    evidence = get_evidence(connection, entry.tenant, entry.evidence_sha256)
    document = part_of(evidence.document) if evidence else None
    tables = read_document(document) if document is not None else None
    size = evidence.bytes if evidence else 0
    return CreatorFile(verdict, document, tables, present(verdict, tables, locale), size)


Key = tuple[str, str, str, str]
Reader: TypeAlias = Callable[[Connection, Entry, str], CreatorFile]


class CreatorFiles:
    """Files of the creators that were looked at last: reading one takes longer than showing it.

    Parameters
    ----------
    read
        Reads the file of an entry for readers of a locale.
    """

    def __init__(self, read: Reader = read_file) -> None:
        self.read = read
        self.kept: OrderedDict[Key, tuple[float, CreatorFile]] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, store: Store, entry: Entry, locale: str) -> CreatorFile:
        """The file of an entry for a reader.

        Raises
        ------
        NotFound
            If the verdict is not stored any more.
        """
        key = (entry.tenant, entry.verdict_id, entry.evidence_sha256, locale)
        with self.lock:
            found = self.kept.get(key)
            if found and found[0] > time.monotonic() - KEPT_SECONDS:
                self.kept.move_to_end(key)
                return found[1]
        with store.database.reading() as connection:
            fresh = self.read(connection, entry, locale)
        with self.lock:
            self.kept[key] = (time.monotonic(), fresh)
            self._forget()
        return fresh

    def _forget(self) -> None:
        """Forget what is too old, and what was looked at longest ago where too much is kept."""
        oldest = time.monotonic() - KEPT_SECONDS
        for key in [key for key, (read_at, _) in self.kept.items() if read_at <= oldest]:
            del self.kept[key]
        while len(self.kept) > MOST_KEPT or (len(self.kept) > 1 and self._bytes() > MOST_BYTES):
            self.kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(file.bytes for _, file in self.kept.values())


def creator_files(request: Request) -> CreatorFiles:
    """The files of this application."""
    state = request.app.state
    if not hasattr(state, "creator_files"):
        state.creator_files = CreatorFiles()
    files = state.creator_files
    assert isinstance(files, CreatorFiles)
    return files


def locale_of(request: Request) -> str:
    """The reader's locale by name."""
    return str(reader_locale(request.headers.get("accept-language", "")))


async def file_of(request: Request) -> tuple[Shortlist, Entry, CreatorFile]:
    """The list, the entry and the file that the path names.

    Raises
    ------
    NotFound
        If there is none, or it is another tenant's.
    """
    shortlist, entry = await entry_of(request)
    found = await store_access(request).look_up(
        lambda store: creator_files(request).get(store, entry, locale_of(request))
    )
    return shortlist, entry, found


async def entry_of(request: Request) -> tuple[Shortlist, Entry]:
    """The list and the entry that the path names; :class:`NotFound` where there is none."""
    shortlist = await list_of(request)
    entry_id, tenant = str(request.path_params["entry_id"]), session_of(request).caller.tenant
    entry = None
    if IDS.fullmatch(entry_id):
        entry = await store_access(request).read(get_entry, tenant, shortlist.list_id, entry_id)
    if entry is None:
        raise NotFound("There is no such creator in this list.")
    return shortlist, entry
