"""What ``assay drift`` does: read both sides, compare, show and write."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import typer
from rich.table import Table

from accounts.errors import WrongUsage
from cli.atomic_file import atomic_file
from cli.display.plain_table import plain_table
from cli.display.terminal import console, text
from cli.environment import Environment
from cli.work.drift_inputs import read_judged
from detector.drift.comparison import compare
from detector.drift.features import FeatureShift, feature_shifts
from detector.drift.limits import FEWEST, DriftLimits
from detector.drift.promise import ConfirmedAccounts, PromiseCheck, check_promise
from detector.drift.report import DriftReport
from detector.drift.scored import ScoredAccounts
from detector.labels import Label
from detector.locate import open_detector
from detector.screening import Detector
from reporting.drift_page import drift_page
from training.own_labels.label_file import read_labels
from training.own_labels.resolve import resolve

__all__ = ["DriftOptions", "run"]

SUFFIXES: Final = (".html", ".json")
FEATURES_SHOWN: Final = 5
MANY_MODELS: Final = "{} models gave the verdicts; a difference may be theirs."


@dataclass(frozen=True)
class DriftOptions:
    """The options of ``assay drift``."""

    reference: Path
    current: Path
    labels: Path | None
    unselected: bool
    level: float
    psi: float
    ks: float
    as_json: bool
    out: Path | None
    model: Path | None
    columns: Path | None


def run(options: DriftOptions) -> bool:
    """Compare, show and write; whether there is an alarm.

    Raises
    ------
    WrongUsage
        If an option is out of its range, or either side has too few accounts.
    BadInput
        If an input is damaged.
    """
    if options.out is not None and options.out.suffix.lower() not in SUFFIXES:
        raise WrongUsage(f"--out must end in {' or '.join(SUFFIXES)}. Got {options.out}.")
    if options.unselected and options.labels is None:
        raise WrongUsage("--unselected says how the accounts of --labels were chosen; name them, too.")
    limits = DriftLimits(options.level, options.psi, options.ks)
    opened = cache(lambda: open_detector(options.model, Environment.read().home))
    report = make_report(options, limits, opened)
    if options.as_json:
        typer.echo(json.dumps(report.as_dict(), indent=1))
    else:
        show(report)
    write(report, options)
    return report.alarm


def make_report(options: DriftOptions, limits: DriftLimits, opened: Callable[[], Detector]) -> DriftReport:
    """Read both sides and compare them."""
    paths = (options.reference, options.current)
    before, after = (read_judged(path, options.columns, opened) for path in paths)
    return DriftReport(
        reference=options.reference.name,
        current=options.current.name,
        models=tuple(sorted({*before.scored.model, *after.scored.model})),
        limits=limits,
        comparison=compare(before.scored, after.scored, limits),
        features=() if before.features is None or after.features is None
        else feature_shifts(before.features, after.features),
        promise=None if options.labels is None
        else promise_of(before.scored, after.scored, options.labels, limits, unselected=options.unselected),
    )  # fmt: skip


def promise_of(
    before: ScoredAccounts, after: ScoredAccounts, labels: Path, limits: DriftLimits, *, unselected: bool
) -> PromiseCheck:
    """Hold the current accounts' labels against what was promised.

    Raises
    ------
    WrongUsage
        If nobody of them is labelled authentic.
    """
    given = dict(resolve(read_labels(labels)).labels.select("account_id", "label").iter_rows())
    fakes = [name for name, label in given.items() if label != Label.AUTHENTIC.value]
    people = [name for name, label in given.items() if label == Label.AUTHENTIC.value]
    earlier = before.select(before.among(people) & ~np.isnan(before.suspicion)).suspicion
    may_be = after.select(~after.among(fakes))
    authentic = may_be.among(people)
    if not authentic.any():
        raise WrongUsage(f"{labels.name} calls none of the current accounts authentic.")
    known = ConfirmedAccounts.of(may_be, authentic, earlier, unselected=unselected)
    return check_promise(known, float(may_be.alpha.max()), limits, one_look=True)


def show(report: DriftReport) -> None:
    """Print the outcome."""
    shown = console()
    for sentence, alarm in zip(
        report.sentences, (report.comparison.alarm, report.broken is not None), strict=False
    ):
        shown.print(text(sentence, "bold red" if alarm else ""))
    if len(report.models) > 1:
        shown.print(text(MANY_MODELS.format(len(report.models)), "bold"))
    shown.print(distances_table(report))
    shown.print(labels_table(report))
    if report.features:
        shown.print(features_table(report.features[:FEATURES_SHOWN]))


def distances_table(report: DriftReport) -> Table:
    """The distances, and what is usual where nothing has drifted."""
    table = plain_table(["distance"], ["found", "usual", "rare above", "p"])
    for name, one in report.comparison.statistics.items():
        numbers = (one.value, one.usual, one.alarm_above, one.p_value)
        table.add_row(text(name), *(text(f"{number:.3f}") for number in numbers))
    return table


def labels_table(report: DriftReport) -> Table:
    """Labels by platform and level, before and after, where there are twenty accounts or more."""
    table = plain_table(["by"], ["accounts", *(label.value for label in Label), "p"])
    for one in report.comparison.slices:
        before, after = sum(one.before.values()), sum(one.after.values())
        if before + after < FEWEST:
            continue
        shares = [
            f"{share(one.before[label], before)} > {share(one.after[label], after)}" for label in one.before
        ]
        p_value = "-" if one.p_value is None else f"{one.p_value:.3f}"
        table.add_row(text(one.name), *map(text, (f"{before:,} > {after:,}", *shares, p_value)))
    return table


def share(count: int, of: int) -> str:
    """A share in whole per cent.

    >>> share(1, 3), share(0, 0)
    ('33 %', '-')
    """
    return f"{100 * count / of:.0f} %" if of else "-"


def features_table(shifts: Sequence[FeatureShift]) -> Table:
    """The features that moved most."""
    table = plain_table(["feature"], ["PSI", "KS", "median before", "after"])
    for one in shifts:
        medians = ("-" if median is None else f"{median:.3g}" for median in one.medians)
        table.add_row(text(one.feature), *map(text, (f"{one.psi:.3f}", f"{one.ks:.3f}", *medians)))
    return table


def write(report: DriftReport, options: DriftOptions) -> None:
    """Write the report to ``options.out`` as HTML or JSON."""
    if options.out is None:
        return
    html = options.out.suffix.lower() == ".html"
    written = drift_page(report) if html else json.dumps(report.as_dict(), indent=1)
    inputs = [options.reference, options.current, *([options.labels] if options.labels else [])]
    with atomic_file(options.out, inputs) as draft:
        draft.write_text(written + "\n", encoding="utf-8")
