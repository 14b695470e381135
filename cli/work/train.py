"""What ``assay train`` does: read or simulate, fit, evaluate, register, and show the figures."""

from __future__ import annotations

import time

from rich.table import Table

from cli.display.plain_table import plain_table
from cli.display.terminal import console, progressing, say, text
from cli.environment import Environment, code_tags, utc_now
from cli.work.evaluate import headline
from cli.work.repeat import RecordedRun, data_sources, recipe, what_differs
from cli.work.training_data import TrainingData, TrainOptions, training_data
from cli.work.training_workers import training_workers
from detector.model_store import ModelStore
from detector.screening import Detector
from training.config import TrainingConfig, read_config
from training.evaluate import Report, evaluate, predict_test, with_false_accusation_rates
from training.fit import Fitted, fit
from training.fitness import fit_to_judge
from training.labelled_evaluation import evaluate_labelled
from training.own_labels.own_accounts import OwnAccounts
from training.recalibrate import accounts_needed
from training.register import TrainedRun, register_trained, why_not_first
from training.run_notes import RunNotes
from training.tracking import CHALLENGER, CHAMPION, ModelRegistry, ModelVersion

__all__ = ["TrainOptions", "run"]


def run(options: TrainOptions) -> None:
    """Train on simulated accounts or those of a folder, on own labelled ones, and on public sets.

    Raises
    ------
    WrongUsage
        If options contradict each other.
    BadInput
        If accounts, labels or settings break a rule.
    """
    environment, started, tags = Environment.read(), time.time(), code_tags()
    environment.mlflow_store(options.tracking, TrainingConfig.name).check()
    recorded = None
    if options.from_run is not None:
        recorded = RecordedRun.find(options.from_run, options, environment)
        config, options = recorded.config, recorded.options
    else:
        config = read_config(options.config) if options.config else TrainingConfig()
    data = training_data(options, config)
    if recorded is not None:
        recorded.check(data)
    fitted, report = train_on(data, config)
    if recorded is not None:
        if recorded.is_repeated_by(fitted):
            show_repeated(recorded, fitted)
            return
        why = what_differs(recorded.recipe, fitted)
        say(f"The bytes are not those of run {recorded.run_id}: {why}. It is registered as another version.")
        tags |= {"repeats": recorded.run_id}
    notes = RunNotes(started, data_sources(data, options, config, fitted), recipe(options, fitted), tags)
    store = environment.mlflow_store(options.tracking, config.name)
    register(options, store, config, data, TrainedRun(fitted, report, notes))


def show_repeated(recorded: RecordedRun, fitted: Fitted) -> None:
    """Say that the same bytes came out, so that there is nothing to register."""
    same = f"Boosters, thresholds and digest are those of run {recorded.run_id}: {fitted.bundle.sha256}."
    console().print(text(f"{same} Nothing is registered anew."))


def register(
    options: TrainOptions, store: ModelRegistry, config: TrainingConfig, data: TrainingData, run: TrainedRun
) -> None:
    """Track and register a run, and show what it is worth."""
    home = Environment.read().home
    with progressing("tracking the run in MLflow"):
        version = register_trained(store, run, home, to_champion=options.promote)
    show(run.fitted, run.report, version, store, config)
    if CHAMPION not in version.aliases and not ModelStore(home).has_champion:
        why = why_not_first(run.fitted.bundle) or ["another home's champion is registered"]
        console().print(text(f"The starter goes on screening, for {'; '.join(why)}."))
    if data.own is not None:
        show_hold_out(data.own, run.fitted, simulated=options.simulated)


def train_on(data: TrainingData, config: TrainingConfig) -> tuple[Fitted, Report]:
    """Fit and evaluate."""
    with training_workers(len(data.population)) as workers, progressing("training") as progress:
        fitted = fit(
            data.population, config, utc_now(), progress, data.sets, data.organic, data.origin, workers
        )
        progress("evaluating", 0.96)
        found = predict_test(fitted, workers)
        return with_false_accusation_rates(fitted, found), evaluate(fitted, found)


def show_hold_out(own: OwnAccounts, fitted: Fitted, *, simulated: bool) -> None:
    """Show what the detector finds among the accounts held out, and what can be promised."""
    shown = console()
    if len(own.hold_out):
        shown.print(text(f"On your {len(own.hold_out):,} accounts that were held out:"))
        for sentence in headline(evaluate_labelled(Detector(fitted.bundle), own.hold_out)):
            shown.print(text(f"  {sentence}"))
    authentic, _ = own.counts(own.train)
    if simulated:
        shown.print(
            text(promise_on_own(authentic, fitted.bundle.facts.alpha, fitted.bundle.facts.confidence))
        )


def promise_on_own(authentic: int, alpha: float, confidence: float) -> str:
    """What to do for a promise on accounts like one's own, by how many of them are authentic.

    >>> promise_on_own(0, 0.01, 0.95)
    'The promise rests on simulated accounts. For one on accounts like yours give 299 authentic ones or more.'
    """
    needed = accounts_needed(alpha, confidence)
    if authentic >= needed:
        return (
            "The promise rests on simulated accounts. For one on accounts like yours: assay recalibrate, with"
            f" your {authentic:,} authentic ones."
        )
    there = f" (there are {authentic:,})" if authentic else ""
    return (
        f"The promise rests on simulated accounts. For one on accounts like yours give {needed:,} authentic"
        f" ones or more{there}."
    )


def show(
    fitted: Fitted, report: Report, version: ModelVersion, store: ModelRegistry, config: TrainingConfig
) -> None:
    """Show the heads' figures, the false accusations, and where the model is registered."""
    shown = console()
    shown.print(heads_table(report))
    shown.print(text(false_accusations(report, config, fitted.bundle.facts.trained_on[0])))
    if not fit_to_judge(fitted.bundle):
        shown.print(
            text(
                "It cannot be a champion: no level has enough accounts to accuse, or to clear. Train on more,"
                " or promise less (alpha in --config)."
            )
        )
    called = " and ".join(version.aliases) or "under no alias"
    shown.print(text(f"Registered as {config.name} version {version.number}, {called}."))
    if CHALLENGER in version.aliases:
        shown.print(text(f"It screens once it passes every gate: assay promote {version.number}."))
    shown.print(text(f"See the run: mlflow ui --backend-store-uri {store.place} --host 127.0.0.1"))


def heads_table(report: Report) -> Table:
    """Each head on the test part, by the evidence that was there."""
    table = plain_table(
        ["head", "evidence"], ["accounts", "AUC [95 %]", "average precision", "untrained AUC"]
    )
    for one in report.heads:
        auc, untrained = one.auc, one.rank_baseline_auc
        cells = (
            one.head,
            one.evidence,
            f"{one.accounts:,}",
            f"{auc.value:.3f} [{auc.low:.3f}, {auc.high:.3f}]",
            f"{one.average_precision.value:.3f}",
            "" if untrained is None else f"{untrained:.3f}",
        )
        table.add_row(*map(text, cells))
    return table


def false_accusations(report: Report, config: TrainingConfig, origin: str) -> str:
    """False accusations on the test part beside the promised rate, and whose accounts these are."""
    rate = report.false_accusations["all"].as_dict()
    return (
        f"False accusations on the test part: {rate['k']} of {rate['n']:,} authentic accounts"
        f" ({100 * rate['low']:.2f} to {100 * rate['high']:.2f} %, 95 % interval);"
        f" promised per evidence level: at most {100 * config.alpha:g} %."
        f" These accounts are {origin}."
    )
