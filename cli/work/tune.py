"""What ``assay tune`` does: derive once, try settings on grouped folds, and keep what was found."""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import typer

from accounts.addresses import shown_address
from accounts.errors import BadInput, WrongUsage
from cli.atomic_file import atomic_file
from cli.display.plain_table import plain_table
from cli.display.terminal import console, progressing, say, text
from cli.environment import Environment
from cli.exit_codes import INTERRUPTED
from cli.result_place import refuse_input
from cli.work.training_data import TrainingData, TrainOptions, training_data
from cli.work.training_workers import training_workers
from features.outside import files_in_use
from training.assemble import SIMULATED_ORIGIN
from training.config import TrainingConfig, read_config
from training.datasets.base import data_folder
from training.organic import ORGANIC, Organic, read_organic
from training.split import split_population
from training.tracking import ModelRegistry
from training.training_rows import derive_training_rows
from training.tuning.objective import TuningData, tuning_data
from training.tuning.results import TuningResults, as_toml, gain, history, trial_table
from training.tuning.space import settings_of
from training.tuning.study import Study, Trial, importances_of

__all__ = ["TuneOptions", "run"]

SHOWN: Final = 10
"""Trials that a terminal shows; the table has all."""


@dataclass(frozen=True)
class TuneOptions:
    """The options of ``assay tune``."""

    data: TrainOptions
    trials: int
    minutes: float | None
    study: str
    out: Path


@dataclass(frozen=True)
class Search:
    """A search and everything it needs."""

    study: Study
    rows: TuningData
    config: TrainingConfig
    judged_on: str


def run(options: TuneOptions) -> None:
    """Search, and write what was found.

    Raises
    ------
    WrongUsage
        If options contradict each other.
    BadInput
        If accounts, labels or settings break a rule, or the study was about something else.
    typer.Exit
        With 130 if Ctrl-C ended it; what was found is written.
    """
    if options.out.suffix != ".toml":
        raise WrongUsage(f"--out must end in .toml. Got {options.out.name}.")
    for file in beside(options.out):
        refuse_input(file, options.data.paths)
    environment = Environment.read()
    given = options.data.config
    config = read_config(given) if given else TrainingConfig()
    store = environment.mlflow_store(options.data.tracking, config.name)
    store.check()
    search = begin(options, environment, config)
    shared = {"alpha": config.alpha, "folds": config.folds, "judged_on": search.judged_on}
    parent = store.begin_tuning(f"tune {options.study}", search.study.note("mlflow_run"), shared)
    search.study.set_note("mlflow_run", parent)
    interrupted = True
    try:
        interrupted = search_and_record(search, options, store, parent)
    finally:
        results = results_of(search)
        store.end_tuning(parent, results, interrupted=interrupted)
    write(results, options.out)
    show(search, results, options, store)
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def begin(options: TuneOptions, environment: Environment, config: TrainingConfig) -> Search:
    """Read, derive, and open the study."""
    data = training_data(options.data, config)
    judging = judging_accounts(data, config)
    judged_on = judged(data, judging)
    settings = json.dumps(config.as_dict(), sort_keys=True)
    about = {
        "data": data.sources.digest(data.population),
        "settings": hashlib.sha256(settings.encode()).hexdigest(),
        "accounts to judge on": judged_on,
        "features from outside": [f"{one.path.name} {one.sha256}" for one in files_in_use()] or None,
    }
    study = Study.open(study_url(environment, options.data.tracking), options.study, about, config.seed)
    say(f"Trials are judged on {judged_on}.")
    with training_workers(len(data.population)) as workers, progressing("deriving") as progress:
        train = split_population(data.population, config.shares, config.seed).train
        derived = derive_training_rows(train, judging, config, progress, workers)
    fit_real = bool(data.organic) or not judging
    rows = tuning_data(derived.rows, derived.fold, fit_real=fit_real, sets=data.sets)
    return Search(study, rows, config, judged_on)


def judging_accounts(data: TrainingData, config: TrainingConfig) -> list[Organic]:
    """Real accounts to judge on beside the population: those that train, else public sets.

    A population of one's own judges by itself.
    """
    if data.organic or data.origin is not SIMULATED_ORIGIN:
        return data.organic
    return real_accounts(config)


def real_accounts(config: TrainingConfig) -> list[Organic]:
    """Public sets of real accounts to judge on, those that are there."""
    found = []
    for name in ORGANIC:
        try:
            found += read_organic([name], data_folder(), config.seed)
        except BadInput:
            continue
    return found


def judged(data: TrainingData, judging: list[Organic]) -> str:
    """Which accounts trials are judged on, in words."""
    if not judging and data.origin is SIMULATED_ORIGIN:
        return "simulated accounts that their heads did not see, for want of real ones"
    names = ", ".join(one.about.name for one in judging) or data.origin.trained_on
    return f"real accounts that their heads did not see, with schemes put into copies ({names})"


def study_url(environment: Environment, tracking: str | None) -> str:
    """The database of searches, beside MLflow's; in Assay's own folder where that is on a server."""
    uri = tracking or environment.tracking or ""
    folder = environment.sqlite_folder
    if uri.startswith("sqlite:///"):
        folder = Path(uri.removeprefix("sqlite:///")).absolute().parent
    elif uri:
        folder = environment.home / "mlflow"
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder.absolute()}/tuning.db"


def search_and_record(search: Search, options: TuneOptions, store: ModelRegistry, parent: str) -> bool:
    """Run the trials, each with a run of its own; whether Ctrl-C ended it."""
    with progressing("searching") as progress:

        def after(trial: Trial, done: int) -> None:
            store.record_trial(parent, trial)
            best = search.study.best
            shown = "" if best is None else f", best recall {best.recall:.3f}"
            progress(f"trial {trial.number} {trial.state}{shown}", done / options.trials)

        return search.study.search(
            search.rows, search.config, trials=options.trials, minutes=options.minutes, after=after
        )


def results_of(search: Search) -> TuningResults:
    """Everything that was found until now."""
    trials, best = search.study.trials, search.study.best
    figures: dict[str, float] = {"trials": float(len(trials))}
    toml = None
    if best is not None:
        figures["recall/best"] = best.recall
        toml = as_toml(search.config, best, about_best(search, best))
    figure = history(trials, importances_of(search.study), search.config.alpha)
    return TuningResults(trial_table(trials), figure, figures, toml)


def about_best(search: Search, best: Trial) -> list[str]:
    """What the written settings say of themselves."""
    share = f"{100 * search.config.alpha:g} %"
    return [
        f"Trial {best.number} of {len(search.study.trials)}: recall {best.recall:.3f} at {share} false",
        f"accusations, the mean of {len(best.recalls)} folds, on {search.judged_on}.",
    ]


def beside(out: Path) -> tuple[Path, Path]:
    """The files of the table and of the picture, beside the settings.

    >>> [file.name for file in beside(Path("tuned.toml"))]
    ['tuned.csv', 'tuned.png']
    """
    return out.with_suffix(".csv"), out.with_suffix(".png")


def write(results: TuningResults, out: Path) -> None:
    """The best settings, the table and the picture, each whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    table, picture = beside(out)
    with atomic_file(table) as draft:
        results.table.to_csv(draft, index=False)
    with atomic_file(picture) as draft:
        results.figure.savefig(draft, dpi=110, format="png")
    if results.toml is not None:
        with atomic_file(out) as draft:
            draft.write_text(results.toml, encoding="utf-8")


def show(search: Search, results: TuningResults, options: TuneOptions, store: ModelRegistry) -> None:
    """The best trials, what they gained, and what to do next."""
    shown, trials, best = console(), search.study.trials, search.study.best
    table = plain_table(["trial", "state"], ["recall", "seconds", "trees", "leaves", "rate"])
    order = sorted(trials, key=lambda one: (one.state != "done", -(one.recall if one.recalls else 0.0)))
    for one in order[:SHOWN]:
        table.add_row(*map(text, cells_of(one)))
    shown.print(table)
    if best is None:
        shown.print(text("No trial is done, so no settings are written."))
        return
    shown.print(text(gained(search, trials[0], best)))
    shown.print(text(f"Train with it: {train_command(options)}; then assay compare challenger."))
    shown.print(text(f"See the trials: mlflow ui --backend-store-uri {store.place} --host 127.0.0.1"))


def train_command(options: TuneOptions) -> str:
    """The command that trains with what was found, on the same data and features; secrets are masked.

    >>> asked = TrainOptions(None, Path("my own"), Path("l.csv"), False, None, None, (), False, None)
    >>> train_command(TuneOptions(asked, 3, None, "tune", Path("tuned.toml")))
    "assay train --config tuned.toml --accounts 'my own' --labels l.csv --no-simulated"
    """
    data = options.data
    words = ["assay", "train", "--config", str(options.out)]
    for name in ("population", "accounts", "labels", "columns"):
        words += [f"--{name}", str(given)] if (given := getattr(data, name)) is not None else []
    words += ["--tracking", shown_address(data.tracking)] if data.tracking else []
    words += [] if data.simulated else ["--no-simulated"]
    for name, many in (("dataset", data.datasets), ("features", data.features)):
        words += [word for one in many for word in (f"--{name}", one)]
    return shlex.join(words)


def gained(search: Search, first: Trial, best: Trial) -> str:
    """What the best trial gained over the settings that the search began with, in words."""
    recall = f"Recall {best.recall:.3f} at {100 * search.config.alpha:g} % false accusations"
    if settings_of(search.config, real=search.rows.fits_real) is None:
        return (
            f"{recall}. The settings to begin with lie outside of what is searched, so they were not tried."
        )
    if first.state != "done":
        return f"{recall}. The settings to begin with were not tried to the end."
    if best.number == first.number:
        return f"{recall}: no trial is better than the settings to begin with."
    more, around = gain(best, first)
    chance = "" if more > around else " Chance explains as much."
    return (
        f"{recall}, against {first.recall:.3f} with the settings to begin with: {more:+.3f}, give or take"
        f" {around:.3f}.{chance} The same folds chose it, so expect less."
    )


def cells_of(trial: Trial) -> tuple[str, ...]:
    """A trial as a row of the terminal's table."""
    settings: dict[str, Any] = dict(trial.settings)
    return (
        str(trial.number),
        trial.state,
        f"{trial.recall:.3f}" if trial.recalls else "",
        "" if trial.seconds is None else f"{trial.seconds:.0f}",
        str(settings.get("scorer.trees", "")),
        str(settings.get("scorer.leaves", "")),
        str(settings.get("scorer.learning_rate", "")),
    )
