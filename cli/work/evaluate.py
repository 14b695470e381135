"""What ``assay evaluate`` does: read, predict as screening does, and show, write or track the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from accounts.errors import WrongUsage
from accounts.population import Population
from cli.atomic_file import atomic_file
from cli.display.plain_table import plain_table
from cli.display.terminal import console, progressing, text
from cli.environment import Environment
from cli.work.compare import CHAMPION, detector_named
from cli.work.labels import label_rows, left_out, read_accounts
from detector.screening import Detector
from training.evaluation_page import evaluation_page
from training.labelled_evaluation import LabelledEvaluation, WorstError, evaluate_labelled
from training.metrics import Estimate, Rate
from training.own_labels.own_accounts import OwnAccounts, label_accounts
from training.own_labels.resolve import resolve

__all__ = ["EvaluateOptions", "figures", "run"]

SUFFIXES: Final = (".html", ".json")
OWN: Final = "by you"
"""What a bundle says of accounts that its user gave."""
MIN_SLICE: Final = 5
SHOWN: Final = 4
"""Errors of a kind that a terminal shows; the written report has ten."""


@dataclass(frozen=True)
class EvaluateOptions:
    """The options of ``assay evaluate``."""

    accounts: Path
    bundle: str | None
    labels: Path | None
    out: Path | None
    everything: bool
    track: bool
    columns: Path | None
    tracking: str | None
    name: str


def run(options: EvaluateOptions) -> None:
    """Evaluate and show.

    Raises
    ------
    WrongUsage
        If the report cannot be written in the form asked for.
    BadInput
        If no account has a label, or none is left to measure on.
    """
    if options.out is not None and options.out.suffix.lower() not in SUFFIXES:
        raise WrongUsage(f"--out must end in {' or '.join(SUFFIXES)}. Got {options.out}.")
    environment = Environment.read()
    detector = detector_named(options.bundle or CHAMPION, environment, options.tracking, options.name)
    tables = read_accounts(options.accounts, options.columns)
    own = label_accounts(tables, resolve(label_rows(options.labels)).labels, options.accounts.name)
    measured, sentence = measured_accounts(own, detector, options.everything)
    with progressing("evaluating") as progress:
        progress("evaluating", 0.1)
        found = evaluate_labelled(detector, measured)
    show(found, sentence, own)
    write(found, sentence, detector, options)
    if options.track:
        store = environment.mlflow_store(options.tracking, options.name)
        run_id = store.record_evaluation(detector.bundle, found.as_dict(), figures(found))
        console().print(text(f"Tracked as run {run_id}."))


def measured_accounts(own: OwnAccounts, detector: Detector, everything: bool) -> tuple[Population, str]:
    """The accounts to measure on, and a sentence about them: a detector is not measured on what it saw.

    Raises
    ------
    WrongUsage
        If nothing is held out.
    """
    trained_on_own = any(OWN in part for part in detector.bundle.facts.trained_on)
    if everything or not trained_on_own:
        both = Population.concat([own.train, own.hold_out])
        warning = " It may have been trained on some of them: figures are too good." if trained_on_own else ""
        return both, f"Measured on all {len(both):,} labelled accounts.{warning}"
    if not len(own.hold_out):
        raise WrongUsage(
            "None of these accounts is held out, and the detector was trained on accounts of yours; --all"
            " measures it all the same."
        )
    return own.hold_out, f"Measured on {len(own.hold_out):,} held-out accounts, which train no detector."


def show(found: LabelledEvaluation, sentence: str, own: OwnAccounts) -> None:
    """Print the figures."""
    shown = console()
    for line in left_out(own)[1:]:
        shown.print(text(line, "dim"))
    shown.print(text(sentence))
    for line in headline(found):
        shown.print(text(line))
    shown.print(rates_table(found))
    if found.report.signals:
        shown.print(signals_table(found))
    for error in (*wrongly_accused(found), *cleared(found)):
        suspicion = f"suspicion {error.suspicion:.2f}"
        shown.print(text(f"{error.account_id}, {error.truth}, is called {error.label} ({suspicion})"))
        for reason in error.reasons[:2]:
            shown.print(text(f"  {reason}", "dim"))


def wrongly_accused(found: LabelledEvaluation) -> list[WorstError]:
    """The first of the authentic accounts that are accused."""
    return [one for one in found.worst if one.truth == "authentic"][:SHOWN]


def cleared(found: LabelledEvaluation) -> list[WorstError]:
    """The first of the others that are cleared."""
    return [one for one in found.worst if one.truth != "authentic"][:SHOWN]


def headline(found: LabelledEvaluation) -> Iterator[str]:
    """The first figures, in sentences."""
    promised = f"{100 * found.alpha:g} %"
    wrong = rate_words(found.falsely_accused)
    yield f"False accusations: {wrong} authentic accounts; promised are at most {promised}."
    yield f"Accused: {rate_words(found.accused)} others."
    if found.auc is not None and found.recall is not None:
        recall = estimate_words(found.recall)
        yield (
            f"AUC {estimate_words(found.auc)}; recall {recall} where {promised} of these authentic accounts"
            " would be accused."
        )
    yield f"Probabilities are off by {100 * found.calibration_error:.1f} points on average."


def rate_words(rate: Rate) -> str:
    """A rate in words, with its interval.

    >>> rate_words(Rate(1, 40))
    '1 of 40 (2.5 % [0.1, 13.2])'
    """
    if not rate.n:
        return "0 of 0"
    facts = rate.as_dict()
    value, low, high = (100 * facts[name] for name in ("rate", "low", "high"))
    return f"{rate.k:,} of {rate.n:,} ({value:.1f} % [{low:.1f}, {high:.1f}])"


def estimate_words(one: Estimate) -> str:
    """An estimate with its interval.

    >>> estimate_words(Estimate(0.91234, 0.9, 0.93))
    '.912 [.900, .930]'
    """
    return f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]".replace("0.", ".")


def rates_table(found: LabelledEvaluation) -> Table:
    """False and right accusations by evidence level and slice, where there are five accounts or more."""
    table = plain_table(["by"], ["falsely accused", "of authentic", "accused", "of others"])
    for name, (wrong, right) in (*found.levels.items(), *found.slices.items()):
        if wrong.n + right.n >= MIN_SLICE:
            counts = (wrong.k, wrong.n, right.k, right.n)
            table.add_row(text(name), *(text(f"{count:,}") for count in counts))
    return table


def signals_table(found: LabelledEvaluation) -> Table:
    """AUC of each signal among the accounts that can serve it."""
    table = plain_table(["signal"], ["accounts", "of its kind", "AUC [95 %]"])
    for one in found.report.signals:
        table.add_row(
            *map(text, (one.signal, f"{one.accounts:,}", f"{one.positives:,}", estimate_words(one.auc)))
        )
    return table


def write(found: LabelledEvaluation, sentence: str, detector: Detector, options: EvaluateOptions) -> None:
    """Write the report to ``options.out`` as HTML or JSON."""
    if options.out is None:
        return
    if options.out.suffix.lower() == ".html":
        written = evaluation_page(found, detector.bundle.facts.version, sentence)
    else:
        written = json.dumps(found.as_dict(), indent=1)
    inputs = [options.accounts, *([options.labels] if options.labels else [])]
    with atomic_file(options.out, inputs) as draft:
        draft.write_text(written + "\n", encoding="utf-8")


def figures(found: LabelledEvaluation) -> dict[str, float]:
    """Metrics for MLflow, grouped: ``far/all``, ``recall/all``, ``far/platform: x``, ``auc/likes``."""
    every = {"all": (found.falsely_accused, found.accused)} | found.levels | found.slices
    rates = {
        f"{kind}/{name}": rate.value
        for name, pair in every.items()
        for kind, rate in zip(("far", "recall"), pair, strict=True)
        if rate.value is not None
    }
    aucs = {f"auc/{one.signal}": one.auc.value for one in found.report.signals}
    whole = {} if found.auc is None else {"auc/all": found.auc.value}
    return {**rates, **aucs, **whole, "calibration_error": found.calibration_error}
