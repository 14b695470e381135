"""What ``assay train`` does: read or simulate, fit, evaluate, register, and show the figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from accounts.errors import WrongUsage
from accounts.population import Population
from accounts.reading.quoting import quote
from cli.display.plain_table import plain_table
from cli.display.terminal import console, progressing, text
from cli.environment import Environment, utc_now
from training.config import TrainingConfig, read_config
from training.datasets.base import data_folder
from training.datasets.catalogue import LABELLED
from training.datasets.labelled import Labelled
from training.evaluate import Report, evaluate, with_false_accusation_rates
from training.fit import Fitted, fit
from training.organic import read_organic
from training.register import accuses_anybody, register_trained
from training.starter import simulated_population
from training.tracking import ModelRegistry, ModelVersion

__all__ = ["run"]


def run(
    folder: Path | None,
    config_file: Path | None,
    datasets: Sequence[str],
    promote: bool,
    tracking: str | None,
) -> None:
    """Train on the accounts of ``folder`` or simulated ones, and on public sets, each ``NAME=FOLDER``."""
    environment = Environment.read()
    config = read_config(config_file) if config_file else TrainingConfig()
    sets = read_datasets(datasets)
    organic = read_organic(config.organic, data_folder(), config.seed)
    population = read_or_simulate(folder, config)
    created_at = utc_now()
    with progressing("training") as progress:
        fitted = fit(population, config, created_at, progress, sets, organic)
        progress("evaluating", 0.96)
        report, fitted = evaluate(fitted), with_false_accusation_rates(fitted)
        progress("tracking the run in MLflow", 0.98)
        store = environment.mlflow_store(tracking, config.name)
        version = register_trained(store, fitted, report, environment.home, to_champion=promote)
    show(fitted, report, version, store, config)


def show(
    fitted: Fitted, report: Report, version: ModelVersion, store: ModelRegistry, config: TrainingConfig
) -> None:
    """Show the heads' figures, the false accusations, and where the model is registered."""
    shown = console()
    shown.print(heads_table(report))
    shown.print(text(false_accusations(report, config)))
    if not accuses_anybody(fitted.bundle):
        shown.print(text("It accuses nobody: too few authentic accounts at every evidence level."))
    aliases = " and ".join(version.aliases)
    shown.print(text(f"Registered as {config.name} version {version.number}, {aliases}."))
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


def false_accusations(report: Report, config: TrainingConfig) -> str:
    """False accusations on the test part beside the promised rate, in one sentence."""
    rate = report.false_accusations["all"].as_dict()
    return (
        f"False accusations on the test part: {rate['k']} of {rate['n']:,} authentic accounts"
        f" ({100 * rate['low']:.2f} to {100 * rate['high']:.2f} %, 95 % interval);"
        f" promised per evidence level: at most {100 * config.alpha:g} %."
        " All of these accounts are simulated."
    )
