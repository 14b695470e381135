"""A batch that is screened piece by piece: of each piece the answers are left, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

from accounts.errors import BadInput, Fault
from accounts.reading import Bounds
from accounts.reading.chunks import Chunk, emit_chunk
from accounts.reading.documents import validate_documents
from accounts.reading.seen_ids import SeenIds
from accounts.schema import TABLES
from accounts.tables import Tables
from detector.screening import Detector
from serving.http.problems import problem_of
from serving.http.query import ScreeningOptions
from serving.screening.batch_documents import Piece, check_cancelled
from serving.screening.masking import mask_blocks
from serving.screening.observed import join_where_asked
from serving.screening.promises import BrokenPromises
from serving.screening.recorder import VerdictRecorder
from serving.screening.records import failed_entry, screen_each
from serving.screening.shadow import Shadow
from serving.store.api_keys import Caller
from serving.store.verdict_rows import AccountErased, NewVerdict, TenantVerdict, VerdictKey

__all__ = ["BatchScreening", "RefusedEntry", "ScreeningParts", "with_refused"]


class RefusedEntry(NamedTuple):
    """The entry of a document without a verdict: its account, where it is known, and the JSON text."""

    account_id: str | None
    document: str

    @classmethod
    def of(cls, entry: dict[str, Any]) -> RefusedEntry:
        """The entry ``{"account_id": ..., "problem": {...}}`` as text, which takes a tenth of the memory."""
        return cls(entry["account_id"], json.dumps(entry))


class ScreeningParts(NamedTuple):
    """What a service screens with: the same for all of its batches."""

    detector: Detector
    bounds: Bounds
    recorder: VerdictRecorder
    promises: BrokenPromises
    shadow: Shadow | None


class BatchScreening:
    """The screening of one batch.

    ``since`` is the last entry of the tenant's audit log when it came, where anything is stored.
    """

    def __init__(
        self, parts: ScreeningParts, options: ScreeningOptions, caller: Caller, since: int | None = None
    ) -> None:
        self.detector, self.bounds, self.recorder, self.promises, self.shadow = parts
        self.offers: list[tuple[Tables, list[NewVerdict | Exception]]] = []
        self.options = options
        self.caller = caller
        self.since = since
        self.seen_ids = SeenIds()
        self.entries: list[NewVerdict | RefusedEntry] = []

    def screen(self, piece: Piece) -> None:
        """Screen the next documents; cancelled where the request was."""
        named = [(f"accounts[{at}]", document) for at, document in enumerate(piece.documents(), piece.start)]
        chunk = next(
            emit_chunk(*validate_documents(named, self.seen_ids, bounds=self.bounds), keep_going=True)
        )
        tables = join_where_asked(self.recorder, self.caller.tenant, self.options, chunk.tables)
        masked = mask_blocks(tables, self.options.blocks)
        check_cancelled()
        screened = screen_each(self.detector, masked, self.options.explain)
        answers = self.promises.say(self.caller.tenant, screened)
        if self.shadow is not None and self.shadow.detector is not None:
            self.offers.append((masked, answers))
        self.entries += entries_of(chunk, answers)

    @property
    def verdicts(self) -> list[TenantVerdict]:
        """The verdicts of all pieces, to be recorded."""
        return [
            TenantVerdict(self.caller.tenant, self.caller.actor, entry, self.since)
            for entry in self.entries
            if isinstance(entry, NewVerdict)
        ]

    def recorded(self, erased: frozenset[VerdictKey]) -> list[NewVerdict | RefusedEntry]:
        """The entries of all pieces, in order, once the verdicts are recorded.

        An account that was erased meanwhile gets a problem.
        """
        for masked, answers in self.offers:
            self._offer(masked, answers)
        return [
            erased_entry(entry.account_id)
            if isinstance(entry, NewVerdict) and (self.caller.tenant, entry.verdict_id) in erased
            else entry
            for entry in self.entries
        ]

    def _offer(self, masked: Tables, answers: list[NewVerdict | Exception]) -> None:
        assert self.shadow is not None
        size = sum(masked[name].estimated_size() for name in TABLES)
        self.shadow.offer(self.caller.tenant, lambda: masked, answers, int(size))


def entries_of(chunk: Chunk, screened: Sequence[NewVerdict | Exception]) -> list[NewVerdict | RefusedEntry]:
    """A verdict or a refusal for each document of a chunk, in order."""
    names = [one for one in chunk.order if isinstance(one, str)]
    answered = [answered_entry(name, answer) for name, answer in zip(names, screened, strict=True)]
    return with_refused(answered, [1 if isinstance(one, str) else one for one in chunk.order])


def with_refused(
    answered: Iterable[NewVerdict | RefusedEntry], order: Iterable[int | Fault]
) -> list[NewVerdict | RefusedEntry]:
    """The entries of documents, and between them one for each place with faults.

    Parameters
    ----------
    order
        How many documents follow each other, and each fault of what stands between them.
    """
    answers = iter(answered)
    entries: list[NewVerdict | RefusedEntry] = []
    for place, group in groupby(order, lambda one: getattr(one, "place", None)):
        together = list(group)
        if place is None:
            entries += islice(answers, sum(one for one in together if isinstance(one, int)))
        else:
            entries.append(refused_entry([one for one in together if isinstance(one, Fault)]))
    return entries


def refused_entry(faults: Sequence[Fault]) -> RefusedEntry:
    """The entry of an account that has faults."""
    return RefusedEntry.of({"account_id": faults[0].account_id, "problem": problem_of(BadInput(*faults))})


def erased_entry(account_id: str) -> RefusedEntry:
    """The entry of an account that was erased while its batch was worked on."""
    return RefusedEntry.of({"account_id": account_id, "problem": problem_of(AccountErased())})


def answered_entry(account_id: str, answer: NewVerdict | Exception) -> NewVerdict | RefusedEntry:
    """The entry of a document that was screened."""
    return answer if isinstance(answer, NewVerdict) else RefusedEntry.of(failed_entry(account_id, answer))
