"""``assay train``: a detector from labelled accounts, tracked and registered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Tracking

if TYPE_CHECKING:
    from rich.table import Table

    from accounts.population import Population
    from training.config import TrainingConfig
    from training.datasets.labelled import Labelled
    from training.evaluate import Report

__all__ = ["app"]

app = typer.Typer()


@app.command()
def train(
    population: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Labelled accounts, as assay simulate writes them.")
    ] = None,
    config: Annotated[Path | None, typer.Option(metavar="FILE.toml", help="Settings of the run.")] = None,
    dataset: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FOLDER",
            help="A labelled public set of a data folder to train on too (docs/data.md); may be repeated.",
        ),
    ] = None,
    promote: Annotated[bool, typer.Option(help="Make the new version champion at once.")] = False,
    tracking: Tracking = None,
) -> None:
    """Train, track the run in MLflow and register the model; the first one becomes champion."""
    from datetime import UTC, datetime

    from cli.settings import Settings
    from cli.terminal import console, progressing, text
    from detector.locate import champion_path
    from training.config import TrainingConfig, read_config
    from training.datasets.base import data_folder
    from training.evaluate import evaluate, measured
    from training.fit import fit
    from training.organic import read_organic
    from training.promote import promote as crown
    from training.tracking import CHAMPION

    settings = Settings.read()
    how = read_config(config) if config else TrainingConfig()
    sets = [_labelled_set(name, folder) for name, folder in _named_sets(dataset or [])]
    organic = read_organic(how.organic, data_folder(), how.seed)
    labelled = _population(population, how)
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    with progressing("training") as progress:
        fitted = fit(labelled, how, now, progress, sets, organic)
        progress("evaluating", 0.96)
        report, fitted = evaluate(fitted), measured(fitted)
        progress("tracking the run in MLflow", 0.98)
        store = settings.store(tracking, how.name)
        version = store.record(fitted, report).version
    fit_to_judge = any(row.threshold is not None for row in fitted.bundle.levels)
    first = CHAMPION in version.aliases and not champion_path(settings.home).exists()
    if promote or (first and fit_to_judge):
        version = crown(store, str(version.number), settings.home)
    shown = console()
    shown.print(heads_table(report))
    shown.print(text(promise_kept(report, how)))
    if not fit_to_judge:
        shown.print(text("It accuses nobody: too few authentic accounts at every evidence level."))
    shown.print(text(f"Registered as {how.name} version {version.number}, {' and '.join(version.aliases)}."))
    shown.print(text(f"See the run: mlflow ui --backend-store-uri {store.uri} --host 127.0.0.1"))


def _named_sets(given: list[str]) -> list[tuple[str, Path]]:
    """Names and folders of the sets asked for, before any of them is read."""
    from accounts.errors import WrongUsage
    from accounts.reading.quoting import quote
    from training.datasets.catalogue import LABELLED

    found: dict[str, Path] = {}
    for one in given:
        name, sign, folder = one.partition("=")
        if name not in LABELLED:
            raise WrongUsage(f"--dataset must name one of {', '.join(LABELLED)}. Got {quote(name)}.")
        if not (sign and folder):
            raise WrongUsage(f"--dataset {name} needs the data folder: --dataset {name}=FOLDER.")
        if name in found:
            raise WrongUsage(f"--dataset must name each set once. Got {name} twice.")
        found[name] = Path(folder)
    return list(found.items())


def _labelled_set(name: str, folder: Path) -> Labelled:
    from training.datasets.catalogue import LABELLED

    return LABELLED[name](folder)


def _population(folder: Path | None, config: TrainingConfig) -> Population:
    """The labelled accounts of a folder, or simulated ones."""
    from accounts.population import Population
    from cli.terminal import progressing
    from training.starter import simulated_population

    if folder is not None:
        return Population.read(folder)
    with progressing("simulating") as progress:
        return simulated_population(config, progress)


def heads_table(report: Report) -> Table:
    """Each head on the test part, by the evidence that was there."""
    from rich.table import Table

    from cli.terminal import text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for title in ("head", "evidence"):
        table.add_column(title)
    for title in ("accounts", "AUC [95 %]", "average precision", "untrained AUC"):
        table.add_column(title, justify="right")
    for one in report.heads:
        auc, untrained = one.auc, one.directed_rank_auc
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


def promise_kept(report: Report, config: TrainingConfig) -> str:
    """False accusations on the test part against what was promised, in one sentence."""
    rate = report.false_accusations["all"].as_dict()
    return (
        f"False accusations on the test part: {rate['k']} of {rate['n']:,} authentic accounts"
        f" ({100 * rate['low']:.2f} to {100 * rate['high']:.2f} %, 95 % interval);"
        f" promised per evidence level: at most {100 * config.alpha:g} %."
        " All of these accounts are simulated."
    )
