"""Screening of a piece of a job: documents in, a line of the results for each out, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import polars as pl

from accounts.errors import BadInput, Fault
from accounts.reading import Bounds
from accounts.reading.chunks import Chunk, emit_chunk
from accounts.reading.documents import RawDocument, validate_documents
from accounts.reading.seen_ids import SeenIds
from accounts.tables import Tables
from serving.http.problems import problem_of
from serving.jobs.input_lines import account_ids_in
from serving.screening.records import failed_entry
from serving.store.verdict_rows import NewVerdict

__all__ = ["PieceResults", "mark_seen", "screen_piece"]


class PieceResults(NamedTuple):
    """The results of a piece.

    Attributes
    ----------
    lines
        For each document the account's id, None if unknown, and the line: a verdict's JSON, or an
        object with the id and a problem.
    refused
        How many lines are problems.
    verdicts
        The verdicts among them.
    """

    lines: list[tuple[str | None, str]]
    refused: int
    verdicts: list[NewVerdict]


def screen_piece(
    screen: Callable[[Tables], Sequence[NewVerdict | Exception]],
    documents: Sequence[tuple[str, RawDocument]],
    seen: SeenIds,
    bounds: Bounds,
) -> PieceResults:
    """Screen the documents of a piece.

    Parameters
    ----------
    screen
        Gives a verdict on each account, or the error that screening it raised.
    documents
        Each with its place in the input, such as ``line 12``, for the problems.
    seen
        The account ids of the pieces before: a document with one of them gets a problem.
    """
    if not documents:
        return PieceResults([], 0, [])
    chunk = next(emit_chunk(*validate_documents(documents, seen, bounds=bounds), keep_going=True))
    answers = screen(chunk.tables)
    verdicts = [one for one in answers if isinstance(one, NewVerdict)]
    lines = list(result_lines(chunk, answers))
    return PieceResults(lines, len(lines) - len(verdicts), verdicts)


def result_lines(chunk: Chunk, answers: Sequence[NewVerdict | Exception]) -> Iterator[tuple[str | None, str]]:
    """Each account's id with its line of the results, in input order."""
    remaining = iter(answers)
    for place, entries in groupby(chunk.order, lambda entry: getattr(entry, "place", None)):
        if place is None:
            for entry in entries:
                answer, name = next(remaining), str(entry)
                if isinstance(answer, NewVerdict):
                    yield name, answer.document
                else:
                    yield name, json.dumps(failed_entry(name, answer))
        else:
            faults = [entry for entry in entries if isinstance(entry, Fault)]
            yield faults[0].account_id, problem_line(faults)


def problem_line(faults: Sequence[Fault]) -> str:
    """The line of an account whose document has faults."""
    answer = {"account_id": faults[0].account_id, "problem": problem_of(BadInput(*faults))}
    return json.dumps(answer)


def mark_seen(seen: SeenIds, results: Sequence[bytes]) -> None:
    """Mark the accounts of earlier results as seen, so that a later document with their id is refused."""
    ids = [name for line in results for name in account_ids_in(line)]
    seen.find_repeats(pl.Series(ids, dtype=pl.String))
