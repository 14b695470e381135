"""A tracked training run to repeat: its settings, its data, and whether the same bytes come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from accounts.errors import BadInput, Fault, WrongUsage
from cli.environment import Environment
from cli.work.training_data import TrainingData, TrainOptions
from training.assemble import SIMULATED_ORIGIN, data_digest
from training.config import TrainingConfig, config_of
from training.fit import Fitted
from training.run_notes import DataSource, public_sources

__all__ = ["RecordedRun", "data_sources", "recipe", "what_differs"]

PLACES: Final = ("population", "accounts", "labels", "columns")
"""Options that say where a run's data lie."""


@dataclass(frozen=True)
class RecordedRun:
    """A tracked training run.

    Attributes
    ----------
    run_id
        MLflow's.
    config, options
        Its settings, and its options with the places where its data lie by now.
    recipe
        All that was recorded; see :func:`recipe`.
    """

    run_id: str
    config: TrainingConfig
    options: TrainOptions
    recipe: Mapping[str, Any]

    @classmethod
    def find(cls, run_id: str, options: TrainOptions, environment: Environment) -> RecordedRun:
        """The run of that id.

        Raises
        ------
        WrongUsage
            If settings are given beside the run's own.
        NoUsableModel
            If there is no such run, or it cannot be repeated.
        """
        if options.config is not None:
            raise WrongUsage("--from-run has the settings of its run: leave --config out.")
        recorded = environment.mlflow_store(options.tracking, TrainingConfig().name).recipe(run_id)
        asked = as_recorded(options, recorded["options"])
        return cls(run_id, config_of(recorded["config"]), asked, recorded)

    def check(self, data: TrainingData) -> None:
        """Refuse other data than the run's, before anything is fitted.

        Raises
        ------
        BadInput
            If their digest is another.
        """
        found, wanted = data.sources.digest(data.population), self.recipe["data_sha256"]
        if found != wanted:
            rule = f"was trained on data with sha256 {wanted[:12]}…. Those here have {found[:12]}…."
            raise BadInput(Fault(f"run {self.run_id}", "", rule))

    def is_repeated_by(self, fitted: Fitted) -> bool:
        """Whether a detector has the run's bytes."""
        return bool(fitted.bundle.sha256 == self.recipe["bundle_sha256"])


def as_recorded(options: TrainOptions, recorded: Mapping[str, Any]) -> TrainOptions:
    """The options of a recorded run; places that are given now are where its data lie by now."""

    def place(name: str) -> Path | None:
        given: Path | None = getattr(options, name)
        return given or (Path(recorded[name]) if recorded[name] else None)

    return replace(
        options,
        population=place("population"),
        accounts=place("accounts"),
        labels=place("labels"),
        columns=place("columns"),
        simulated=bool(recorded["simulated"]),
        datasets=options.datasets or tuple(recorded["datasets"]),
        features=options.features or tuple(recorded["features"]),
    )


def recipe(options: TrainOptions, fitted: Fitted) -> dict[str, Any]:
    """What ``--from-run`` needs to do the same again."""
    facts = fitted.bundle.facts
    places = {name: getattr(options, name) for name in PLACES}
    return {
        "config": dict(facts.training),
        "options": {name: place and str(place.absolute()) for name, place in places.items()}
        | {"simulated": options.simulated, "datasets": [absolute(one) for one in options.datasets]}
        | {
            "features": [str(Path(one).absolute()) if Path(one).exists() else one for one in options.features]
        },
        "data_sha256": facts.data_sha256,
        "catalogue": facts.catalogue,
        "libraries": dict(facts.libraries),
    }


def absolute(dataset: str) -> str:
    """``NAME=FOLDER`` with the folder's whole path.

    >>> absolute("cresci2015=/data")
    'cresci2015=/data'
    """
    name, _, folder = dataset.partition("=")
    return f"{name}={Path(folder).absolute()}"


def what_differs(recorded: Mapping[str, Any], fitted: Fitted) -> str:
    """Why a repeated run may have given other bytes, in words."""
    facts = fitted.bundle.facts
    before = recorded["libraries"]
    found = [
        f"{name} is {version} instead of {before.get(name)}"
        for name, version in facts.libraries.items()
        if version != before.get(name)
    ]
    if facts.catalogue != recorded["catalogue"]:
        found.append("the features are others")
    return ", ".join(found) or "Assay's code or the machine is another"


def data_sources(
    data: TrainingData, options: TrainOptions, config: TrainingConfig, fitted: Fitted
) -> list[DataSource]:
    """The data of a run, each with the place where it lies."""
    place = f"simulated with seed {config.seed}"
    given = options.population if data.origin is SIMULATED_ORIGIN else options.accounts
    if given is not None:
        place = str(given.absolute())
    alone = not (data.sets or data.organic)
    sha256 = fitted.bundle.facts.data_sha256 if alone else data_digest(data.population)
    first = DataSource(data.origin.trained_on, place, len(data.population), sha256)
    return [first, *public_sources(data.sets, data.organic)]
