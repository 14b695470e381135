"""A piece of a job: documents in, a line for each out, in order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import polars as pl

from accounts.errors import BadInput, Fault
from accounts.reading import Bounds
from accounts.reading.chunks import Chunk, emit_chunk
from accounts.reading.documents import Source, validate_documents
from accounts.reading.seen_ids import SeenIds
from detector.screening import Detector
from serving.http.problems import of_error
from serving.jobs.input_lines import named_in
from serving.screening.records import judged, unjudged
from serving.store.verdict_rows import Made

__all__ = ["Results", "judge", "seen_before"]


class Results(NamedTuple):
    """What was found.

    Attributes
    ----------
    lines
        A verdict's JSON, or an object with the account's id and its problem, for each document.
    refused
        How many are problems.
    made
        The verdicts among them.
    """

    lines: list[tuple[str | None, str]]
    refused: int
    made: list[Made]


def judge(
    detector: Detector, documents: Sequence[tuple[str, Source]], seen: SeenIds, bounds: Bounds
) -> Results:
    """Judge some documents, each with the name of its place; ids that came before are refused."""
    if not documents:
        return Results([], 0, [])
    chunk = next(emit_chunk(*validate_documents(documents, seen, bounds=bounds), keep_going=True))
    answers = judged(detector, chunk.tables)
    made = [one for one in answers if isinstance(one, Made)]
    lines = list(told(chunk, answers))
    return Results(lines, len(lines) - len(made), made)


def told(chunk: Chunk, answers: Sequence[Made | Exception]) -> Iterator[tuple[str | None, str]]:
    """The line of each account, with its id."""
    left = iter(answers)
    for place, entries in groupby(chunk.order, lambda entry: getattr(entry, "place", None)):
        if place is None:
            for entry in entries:
                answer, name = next(left), str(entry)
                if isinstance(answer, Made):
                    yield name, answer.document
                else:
                    yield name, json.dumps(unjudged(name, answer))
        else:
            faults = [entry for entry in entries if isinstance(entry, Fault)]
            yield faults[0].account_id, problem_line(faults)


def problem_line(faults: Sequence[Fault]) -> str:
    """The line of an account with faults."""
    answer = {"account_id": faults[0].account_id, "problem": of_error(BadInput(*faults))}
    return json.dumps(answer)


def seen_before(seen: SeenIds, results: Sequence[bytes]) -> None:
    """Note the accounts of results that are there already."""
    ids = [name for line in results for name in named_in(line)]
    seen.find_repeats(pl.Series(ids, dtype=pl.String))
