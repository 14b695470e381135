"""What ``assay train`` does: read or simulate, fit, evaluate, register, and show the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.population import Population
from accounts.reading.quoting import quote
from cli import work
from cli.display.plain_table import plain_table
from cli.display.terminal import console, progressing, say, text
from cli.environment import Environment, utc_now
from cli.work.evaluate import headline
from cli.work.labels import label_rows, left_out, read_accounts, show_conflicts
from detector.outside_check import check_file, readers_of
from detector.screening import Detector
from training.assemble import SIMULATED_ORIGIN
from training.config import TrainingConfig, read_config
from training.datasets.base import data_folder
from training.datasets.catalogue import LABELLED
from training.datasets.labelled import Labelled
from training.evaluate import Report, evaluate, with_false_accusation_rates
from training.fit import FEWEST_ACCOUNTS, Fitted, fit
from training.fitness import fit_to_judge
from training.labelled_evaluation import evaluate_labelled
from training.organic import read_organic
from training.own_labels.own_accounts import OwnAccounts, label_accounts
from training.own_labels.resolve import resolve
from training.recalibrate import accounts_needed
from training.register import register_trained
from training.starter import simulated_population
from training.tracking import CHALLENGER, ModelRegistry, ModelVersion

__all__ = ["TrainOptions", "run"]


@dataclass(frozen=True)
class TrainOptions:
    """The options of ``assay train``."""

    population: Path | None
    accounts: Path | None
    labels: Path | None
    simulated: bool
    columns: Path | None
    config: Path | None
    datasets: tuple[str, ...]
    promote: bool
    tracking: str | None
    features: tuple[str, ...] = ()


def run(options: TrainOptions) -> None:
    """Train on simulated accounts or those of a folder, on own labelled ones, and on public sets.

    Raises
    ------
    WrongUsage
        If options contradict each other.
    BadInput
        If accounts, labels or settings break a rule.
    """
    environment = Environment.read()
    config = read_config(options.config) if options.config else TrainingConfig()
    take_in_features(options.features)
    own = read_own(options)
    sets = read_datasets(options.datasets)
    organic = read_organic(config.organic, data_folder(), config.seed)
    created_at = utc_now()
    if own is not None and not options.simulated:
        population, origin = own_population(own, config), own.origin(created_at)
    else:
        population, origin = read_or_simulate(options.population, config), SIMULATED_ORIGIN
        organic += [] if own is None else [own.beside_simulated(config.seed)]
    with progressing("training") as progress:
        fitted = fit(population, config, created_at, progress, sets, organic, origin)
        progress("evaluating", 0.96)
        report, fitted = evaluate(fitted), with_false_accusation_rates(fitted)
        progress("tracking the run in MLflow", 0.98)
        store = environment.mlflow_store(options.tracking, config.name)
        version = register_trained(store, fitted, report, environment.home, to_champion=options.promote)
    show(fitted, report, version, store, config)
    if own is not None:
        show_hold_out(own, fitted, simulated=options.simulated)


def take_in_features(given: Sequence[str]) -> None:
    """Check the features from outside, and say which signals read each.

    Raises
    ------
    WrongUsage, BadInput
        If a file cannot be run, or one of its features breaks a rule.
    """
    for file in work.outside.use(given):
        check_file(file)
        for one in file.features:
            say(f"{one.name} of {file.path.name} is read by {', '.join(readers_of(one))}.")


def read_own(options: TrainOptions) -> OwnAccounts | None:
    """Own accounts with their labels; None where none are given.

    Raises
    ------
    WrongUsage
        If labels are given without accounts, or simulated ones are refused without own ones.
    """
    if options.accounts is None:
        if options.labels is not None:
            raise WrongUsage("--labels needs the accounts that they are about: --accounts PATH.")
        if not options.simulated:
            raise WrongUsage("--no-simulated needs accounts of your own: --accounts PATH.")
        return None
    if options.population is not None and not options.simulated:
        raise WrongUsage("--population and --no-simulated cannot be had together.")
    labels = resolve(label_rows(options.labels))
    tables = read_accounts(options.accounts, options.columns)
    own = label_accounts(tables, labels.labels, options.accounts.name)
    show_conflicts(labels)
    for sentence in left_out(own):
        say(sentence)
    return own


def own_population(own: OwnAccounts, config: TrainingConfig) -> Population:
    """Own accounts with altered copies, to train on alone.

    Raises
    ------
    BadInput
        If they are too few to be split, trained on and tested on.
    """
    population = own.with_copies(config.seed)
    if len(population) < FEWEST_ACCOUNTS:
        needed = f"takes {FEWEST_ACCOUNTS} accounts, altered copies of the authentic ones among them"
        rule = f"{needed}. Yours are {len(population):,}: leave it out, or see assay adapt."
        raise BadInput(Fault("", "--no-simulated", rule))
    return population


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
    shown.print(text(f"See the run: mlflow ui --backend-store-uri {store.uri} --host 127.0.0.1"))


def read_datasets(given: Sequence[str]) -> list[Labelled]:
    """The public sets named ``NAME=FOLDER``; none is read before all names are known to be good.

    Raises
    ------
    WrongUsage
        If a name is unknown or comes twice, or a folder is missing.
    """
    folders: dict[str, Path] = {}
    for one in given:
        name, sign, folder = one.partition("=")
        if name not in LABELLED:
            raise WrongUsage(f"--dataset must name one of {', '.join(LABELLED)}. Got {quote(name)}.")
        if not (sign and folder):
            raise WrongUsage(f"--dataset {name} needs the data folder: --dataset {name}=FOLDER.")
        if name in folders:
            raise WrongUsage(f"--dataset must name each set once. Got {name} twice.")
        folders[name] = Path(folder)
    return [LABELLED[name](folder) for name, folder in folders.items()]


def read_or_simulate(folder: Path | None, config: TrainingConfig) -> Population:
    """The labelled accounts of a folder, or simulated ones as the configuration says."""
    if folder is not None:
        return Population.read(folder)
    with progressing("simulating") as progress:
        return simulated_population(config, progress)


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
