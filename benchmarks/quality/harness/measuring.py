"""Measures a part task by task, and stores each result as soon as it is there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from accounts.errors import AssayError
from benchmarks.quality.harness.part import Part, Progress, Result, Task
from benchmarks.quality.harness.stored_results import RESULTS, ModelId, StoredResults, result_key

__all__ = ["Reporter", "measure_part"]


@dataclass(frozen=True)
class Reporter:
    """Where a run reports to.

    Attributes
    ----------
    progress
        Called with what is being done and how much of the part is done, 0 to 1.
    warn
        Called with a sentence for each task that is left out.
    """

    progress: Progress = lambda doing, share: None
    warn: Callable[[str], None] = lambda sentence: None


def measure_part(  # noqa: PLR0913
    name: str,
    part: Part,
    model: ModelId,
    *,
    results: Path = RESULTS,
    again: bool = False,
    hold_out: bool = False,
    reporter: Reporter = Reporter(),
) -> StoredResults:
    """Measure the tasks of a part whose stored results are missing or out of date.

    Parameters
    ----------
    name, part
        The part, and its name: of the file with its results.
    model
        The detector that the figures are of.
    results
        Folder of the stored results.
    again
        Whether to measure tasks whose stored results are current, too.
    hold_out
        Whether to measure the hold-out, too. With the same model and settings it is measured once, whatever
        ``again`` says.
    reporter
        Where progress and omissions are reported to.
    """
    stored = StoredResults.read(results / f"{name}.json")
    stored.prune(part.tasks)
    for number, (title, task) in enumerate(part.tasks.items()):
        progress = _progress_of_task(reporter.progress, name, title, number, len(part.tasks))
        _measure_task(stored, title, task, result_key(task, part, model), model, progress, reporter,
                      again=again, hold_out=hold_out)  # fmt: skip
    return stored


def _progress_of_task(progress: Progress, name: str, title: str, number: int, tasks: int) -> Progress:
    """Progress within the task of this number, reported as progress within its part."""

    def report(doing: str, share: float) -> None:
        progress(f"{name} {title}: {doing}" if title else f"{name}: {doing}", (number + share) / tasks)

    return report


def _measure_task(  # noqa: PLR0913, PLR0917
    stored: StoredResults,
    title: str,
    task: Task,
    key: str,
    model: ModelId,
    progress: Progress,
    reporter: Reporter,
    *,
    again: bool,
    hold_out: bool,
) -> None:
    """Measure one task and its hold-out, where they are wanted."""
    progress("beginning", 0.0)
    if again or not stored.has_current(title, key):
        _try(stored, title, key, task.measure, model, progress, reporter, sealed=False)
    if (
        hold_out
        and task.measure_hold_out
        and not stored.has_current(title, key, sealed=True)
        and title not in stored.refused
    ):
        _try(stored, title, key, task.measure_hold_out, model, progress, reporter, sealed=True)


def _try(  # noqa: PLR0913, PLR0917
    stored: StoredResults,
    title: str,
    key: str,
    measure: Callable[[Progress], Result],
    model: ModelId,
    progress: Progress,
    reporter: Reporter,
    *,
    sealed: bool,
) -> None:
    """Measure and store; a public set that is refused ends only the tasks that read it."""
    begun = time.monotonic()
    try:
        result = measure(progress)
    except AssayError as error:
        sentence = str(error).splitlines()[0]
        reporter.warn(f"{title or 'The part'} is left out: {sentence}")
        stored.refuse(title, sentence)
        return
    stored.store(title, key, model, result, time.monotonic() - begun, sealed=sealed)
