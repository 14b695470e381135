"""Runs and models in MLflow: the only module that imports it.

The store is SQLite under ``mlflow/store/`` unless another server is named. No model is logged
as a pickle: the boosters are LightGBM's text, and the registered model is the bundle itself,
loaded through :mod:`detector.pyfunc`.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from accounts.addresses import shown_address
from accounts.errors import NoUsableModel, WrongUsage
from detector.bundle import Bundle, load, save
from detector.decision import HEADS
from training.evaluate import Report
from training.fit import Fitted
from training.fitness import fit_to_judge
from training.record_training import record_training, without_nan
from training.run_notes import NO_NOTES, RECIPE, RunNotes
from training.run_record import metric_name, run_name, run_parameters
from training.run_tables import fold_metrics
from training.version_card import MODEL_DESCRIPTION, version_card

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from training.tuning.results import TuningResults
    from training.tuning.study import Trial

__all__ = ["CHALLENGER", "CHAMPION", "PREVIOUS", "ModelRegistry", "ModelVersion", "Registered"]

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
PREVIOUS: Final = "previous"
REQUIREMENTS: Final = ["assay"]
EXAMPLE: Final = json.dumps(
    {
        "schema": 1, "account_id": "example", "platform": "instagram", "as_of": "2026-11-01T00:00:00Z",
        "profile": {"followers": 25_000, "following": 310, "posts": 412},
    }
)  # fmt: skip
"""The smallest document that is judged, as the registered model's input example."""
ENDINGS: Final = {"done": "FINISHED", "given up": "KILLED"}
"""MLflow's words for how a trial ended."""
SQLITE: Final = "sqlite:///"
SMALL_PATIENCE: Final = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
"""For a question whether the server is there; a run's own requests are repeated for minutes."""


@dataclass(frozen=True)
class ModelVersion:
    """A registered version of the model.

    Attributes
    ----------
    number
        MLflow's number of it.
    run_id
        The run that made it.
    aliases
        champion (what screens), previous (the champion before it), challenger (the newest other), or none.
    sha256
        Of its bundle.
    """

    number: int
    run_id: str
    aliases: tuple[str, ...]
    sha256: str

    def as_champion(self) -> ModelVersion:
        """The version once it is the champion."""
        others = (one for one in self.aliases if one not in (CHAMPION, CHALLENGER, PREVIOUS))
        return replace(self, aliases=tuple(sorted((*others, CHAMPION))))


@dataclass(frozen=True)
class Registered:
    """The model version that a run registered, and the experiment it belongs to."""

    version: ModelVersion
    experiment_id: str


@dataclass(frozen=True)
class ModelRegistry:
    """An MLflow tracking server and registry.

    Attributes
    ----------
    uri
        ``sqlite:///...`` or a server's address.
    artifacts
        Folder for the artifacts of a SQLite store; None: the server decides.
    name
        The registered model, and the experiment.
    """

    uri: str
    artifacts: Path | None = None
    name: str = "assay"

    @classmethod
    def at(cls, uri: str, name: str = "assay") -> ModelRegistry:
        """The store at an address; what a SQLite one keeps in files lies beside its database."""
        if not uri.startswith(SQLITE):
            return cls(uri, None, name)
        return cls(uri, Path(uri.removeprefix(SQLITE)).absolute().with_name("artifacts"), name)

    @property
    def place(self) -> str:
        """Its address, without its secrets."""
        return shown_address(self.uri)

    @property
    def exists(self) -> bool:
        """Whether there is anything to look into; looking into an absent SQLite database would make it."""
        return not self.uri.startswith(SQLITE) or Path(self.uri.removeprefix(SQLITE)).exists()

    def check(self) -> None:
        """Refuse a store that takes nothing in, before the work that it shall keep is begun.

        Raises
        ------
        WrongUsage
            If the server cannot be reached or lets nobody in, or nothing can be written to SQLite's folder.
        """
        if self.artifacts is not None:
            there = next(place for place in self.artifacts.parents if place.exists())
            if not (there.is_dir() and os.access(there, os.W_OK)):
                raise WrongUsage(f"Nothing can be written to {there}, where {self.place} shall lie.")
            return
        with environment_with(SMALL_PATIENCE), self._mlflow() as (_, client):
            client.search_experiments(max_results=1)

    def record_recalibrated(
        self, bundle: Bundle, before: str, figures: Mapping[str, float], notes: Mapping[str, Any]
    ) -> Registered:
        """Track a recalibration and register its bundle as challenger; see :meth:`record_adapted`."""
        return self._record_made_from("recalibrates", "recalibration.json", bundle, before, figures, notes)

    def record_adapted(
        self, bundle: Bundle, before: str, figures: Mapping[str, float], notes: Mapping[str, Any]
    ) -> Registered:
        """Track an adaptation and register its bundle as challenger.

        Parameters
        ----------
        bundle
            The new detector.
        before
            sha256 of the one that it was made from.
        figures
            Metrics by name.
        notes
            What is kept as ``adaptation.json``.
        """
        return self._record_made_from("adapts", "adaptation.json", bundle, before, figures, notes)

    def _record_made_from(  # noqa: PLR0913, PLR0917
        self,
        tag: str,
        file: str,
        bundle: Bundle,
        before: str,
        figures: Mapping[str, float],
        notes: Mapping[str, Any],
    ) -> Registered:
        """Track a run that made a bundle from another one, which the tag names."""
        name = f"{tag.removesuffix('s')} {bundle.facts.version}, {bundle.facts.calibrated_on}"
        with self._run(name) as (mlflow, client, run):
            mlflow.log_params(run_parameters(bundle) | {"promised_alpha": bundle.facts.alpha})
            mlflow.log_metrics({metric_name(name): value for name, value in figures.items()})
            mlflow.set_tags({tag: before, "bundle_sha256": bundle.sha256})
            mlflow.log_dict(dict(notes), file)
            number = self._register(mlflow, client, bundle)
            client.set_registered_model_alias(self.name, CHALLENGER, str(number))
            version = ModelVersion(number, run.info.run_id, (CHALLENGER,), bundle.sha256)
            return Registered(version, run.info.experiment_id)

    def record(self, fitted: Fitted, report: Report, notes: RunNotes = NO_NOTES) -> Registered:
        """Track a run with everything it made, and register its bundle: as challenger, if it can judge."""
        bundle = fitted.bundle
        with self._run(run_name(bundle), notes.started) as (mlflow, client, run):
            record_training(mlflow, fitted, report, notes)
            mlflow.log_dict(dict(notes.recipe) | {"bundle_sha256": bundle.sha256}, RECIPE)
            self._record_folds(client, run, fitted)
            number = self._register(mlflow, client, bundle, report)
            aliases = (CHALLENGER,) if fit_to_judge(bundle) else ()
            for alias in aliases:
                client.set_registered_model_alias(self.name, alias, str(number))
            return Registered(
                ModelVersion(number, run.info.run_id, aliases, bundle.sha256), run.info.experiment_id
            )

    def _record_folds(self, client: MlflowClient, run: Any, fitted: Fitted) -> None:
        """A nested run for each fold, with the figures of heads that never saw it."""
        for held, figures in fold_metrics(fitted):
            self._nested(client, run.info, f"fold {held + 1}", figures)

    def _nested(self, client: MlflowClient, parent: Any, name: str, figures: Mapping[str, float]) -> None:
        nested = client.create_run(
            parent.experiment_id, tags={"mlflow.parentRunId": parent.run_id}, run_name=name
        )
        for metric, value in figures.items():
            client.log_metric(nested.info.run_id, metric_name(metric), value)
        client.set_terminated(nested.info.run_id)

    def begin_tuning(self, name: str, run_id: str | None, settings: Mapping[str, Any]) -> str:
        """The run that a search's trials are nested in: the one that it began with, or a new one.

        Parameters
        ----------
        name
            Of the run.
        run_id
            The run that was begun before; it goes on, if it is still there.
        settings
            Parameters that all trials share.
        """
        with self._mlflow() as (mlflow, client):
            if run_id is not None:
                try:
                    client.update_run(run_id, status="RUNNING")
                    return run_id
                except mlflow.exceptions.MlflowException:  # deleted, or of another server
                    pass
        with self._run(name) as (mlflow, client, run):
            mlflow.log_params(dict(settings))
            return str(run.info.run_id)

    def record_trial(self, parent: str, trial: Trial) -> None:
        """A nested run for a trial: its settings, the recall of each fold as a step, and how it ended."""
        begun = int(1000 * trial.started)
        with self._mlflow() as (mlflow, client):
            experiment = client.get_run(parent).info.experiment_id
            tags = {"mlflow.parentRunId": parent, "state": trial.state}
            run_id = client.create_run(experiment, begun, tags, f"trial {trial.number}").info.run_id
            params = [mlflow.entities.Param(name, str(value)) for name, value in trial.settings.items()]
            steps = [
                mlflow.entities.Metric("recall/fold", value, begun, held)
                for held, value in enumerate(trial.recalls)
            ]
            if trial.recalls:
                steps.append(mlflow.entities.Metric("recall/mean", trial.recall, begun, 0))
            client.log_batch(run_id, metrics=steps, params=params)
            ended = begun + int(1000 * (trial.seconds or 0))
            client.set_terminated(run_id, ENDINGS.get(trial.state, "FAILED"), ended)

    def end_tuning(self, run_id: str, results: TuningResults, *, interrupted: bool) -> None:
        """Keep what a search has found until now, and end its run."""
        with self._mlflow() as (_, client):
            client.log_table(run_id, without_nan(results.table), "trials.json")
            client.log_figure(run_id, results.figure, "plots/trials.png")
            for name, value in results.figures.items():
                client.log_metric(run_id, metric_name(name), value)
            if results.toml is not None:
                client.log_text(run_id, results.toml, "tuned.toml")
            client.set_terminated(run_id, "KILLED" if interrupted else "FINISHED")

    def recipe(self, run_id: str) -> dict[str, Any]:
        """How a tracked training run was asked for; see :class:`training.run_notes.RunNotes`.

        Raises
        ------
        NoUsableModel
            If there is no such run, or it was not recorded so that it can be repeated.
        """
        missing = f"No run {run_id} is tracked at {self.place}."
        if not self.exists:
            raise NoUsableModel(missing)
        with self._mlflow() as (mlflow, client), tempfile.TemporaryDirectory() as folder:
            try:
                client.get_run(run_id)
            except mlflow.exceptions.MlflowException as error:
                raise NoUsableModel(missing) from error
            if RECIPE not in {one.path for one in client.list_artifacts(run_id)}:
                raise NoUsableModel(
                    f"The run {run_id} cannot be repeated: it is no training, or an older Assay did it."
                )
            path = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=RECIPE, dst_path=folder)
            found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
            return found

    def record_evaluation(
        self, bundle: Bundle, report: Mapping[str, Any], figures: Mapping[str, float]
    ) -> str:
        """Track an evaluation of a bundle, which registers nothing; the run's id.

        Parameters
        ----------
        bundle
            The detector that was evaluated.
        report
            What is stored as ``evaluation.json``.
        figures
            Metrics by name.
        """
        with self._run(f"evaluate {bundle.facts.version}") as (mlflow, _, run):
            mlflow.log_metrics({metric_name(name): value for name, value in figures.items()})
            mlflow.set_tags({"evaluates": bundle.sha256, "version": bundle.facts.version})
            mlflow.log_dict(dict(report), "evaluation.json")
            return str(run.info.run_id)

    def versions(self) -> list[ModelVersion]:
        """All registered versions, the newest first; looking makes nothing."""
        if not self.exists:
            return []
        with self._mlflow() as (_, client):
            found = client.search_model_versions(f"name = '{self.name}'")
            # A search returns no aliases: each version is asked for by itself.
            whole = [client.get_model_version(self.name, str(one.version)) for one in found]
            return sorted((_version(one) for one in whole), key=lambda one: -one.number)

    @property
    def has_champion(self) -> bool:
        """Whether a version is called champion; looking makes nothing."""
        return any(CHAMPION in version.aliases for version in self.versions())

    def note_promotion(self, version: ModelVersion, notes: Mapping[str, str]) -> None:
        """Write into a version's tags how it was promoted, such as against which failed gates."""
        with self._mlflow() as (_, client):
            for name, value in notes.items():
                client.set_model_version_tag(self.name, str(version.number), name, value)

    def find(self, which: str) -> ModelVersion:
        """The version of that number or alias.

        Raises
        ------
        NoUsableModel
            If there is none.
        """
        versions = self.versions()
        for version in versions:
            if which == str(version.number) or which in version.aliases:
                return version
        there = f"; there are {', '.join(str(one.number) for one in versions)}" if versions else ""
        raise NoUsableModel(
            f"No version {which} of the model {self.name} is registered at {self.place}{there}."
        )

    def fetch(self, version: ModelVersion) -> Bundle:
        """Download a version's bundle, check it, and check that it is the one that was registered."""
        with self._mlflow() as (mlflow, _), tempfile.TemporaryDirectory() as folder:
            source = f"models:/{self.name}/{version.number}"
            path = mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=folder)
            return load(Path(path, "data", "bundle"), expected=version.sha256)

    @contextmanager
    def calling_champion(self, version: ModelVersion | None) -> Iterator[None]:
        """Call a version the champion, or none; where that or the block fails, the aliases are as before."""
        before = self._standing_aliases()
        try:
            if version is None:
                self.end_championship()
            else:
                self.make_champion(version)
            yield
        except BaseException:
            # The fault that led here is the one to be told.
            with suppress(Exception), environment_with(SMALL_PATIENCE):
                self._restore_aliases(before)
            raise

    def _standing_aliases(self) -> dict[str, str | None]:
        """Which version has each of our aliases; looking makes nothing."""
        if not self.exists:
            return {}
        with self._mlflow() as (_, client):
            return {alias: self._alias(client, alias) for alias in (CHAMPION, PREVIOUS, CHALLENGER)}

    def _restore_aliases(self, before: Mapping[str, str | None]) -> None:
        for alias, number in self._standing_aliases().items():
            if number == before.get(alias):
                continue
            with self._mlflow() as (_, client):
                if (wanted := before.get(alias)) is None:
                    client.delete_registered_model_alias(self.name, alias)
                else:
                    client.set_registered_model_alias(self.name, alias, wanted)

    def make_champion(self, version: ModelVersion) -> None:
        """Call a version the champion, and the one before it the previous one."""
        number = str(version.number)
        with self._mlflow() as (_, client):
            before = self._alias(client, CHAMPION)
            if before == number:
                return
            for alias in (CHALLENGER, PREVIOUS):
                if self._alias(client, alias) == number:
                    client.delete_registered_model_alias(self.name, alias)
            if before:
                client.set_registered_model_alias(self.name, PREVIOUS, before)
            client.set_registered_model_alias(self.name, CHAMPION, number)

    def end_championship(self) -> None:
        """Call no version the champion, for none of them screens; the one until now is the previous."""
        if not self.exists:
            return
        with self._mlflow() as (_, client):
            if (before := self._alias(client, CHAMPION)) is not None:
                client.delete_registered_model_alias(self.name, CHAMPION)
                client.set_registered_model_alias(self.name, PREVIOUS, before)

    @contextmanager
    def _run(self, name: str, started: float | None = None) -> Iterator[tuple[Any, MlflowClient, Any]]:
        """An active run that began at that time, in seconds since 1970; MLflow, its client, the run.

        Where ``mlflow run`` started this process, the run is nested in that project's own.
        """
        if self.artifacts:
            self.artifacts.mkdir(parents=True, exist_ok=True)
        tags = {
            "assay.version": installed_version("assay"),
            "mlflow.source.type": "LOCAL",
            "mlflow.source.name": "assay",
        }
        if project := os.environ.get("MLFLOW_RUN_ID"):
            tags["mlflow.parentRunId"] = project
        with self._mlflow() as (mlflow, client):
            begun = None if started is None else int(1000 * started)
            created = client.create_run(self._experiment(client), begun, tags, name)
            with mlflow.start_run(run_id=created.info.run_id) as run:
                yield mlflow, client, run

    @contextmanager
    def _mlflow(self) -> Iterator[tuple[Any, MlflowClient]]:
        """The library, pointed at this store; its telemetry off and its pickles refused."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        with _unwarned():
            import mlflow
            import mlflow.data.meta_dataset
            import mlflow.lightgbm
            import mlflow.pyfunc

            # It writes the SQL of every error to standard error, and raises it as well.
            logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
            client = mlflow.MlflowClient(self.uri, registry_uri=self.uri)

        before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
        mlflow.set_tracking_uri(self.uri)
        mlflow.set_registry_uri(self.uri)
        try:
            yield mlflow, client
        except mlflow.exceptions.MlflowException as error:
            if sentence := refusal(error.error_code, str(error), self.place):
                raise WrongUsage(sentence) from error
            raise
        finally:
            mlflow.set_tracking_uri(before[0])
            mlflow.set_registry_uri(before[1])

    def _experiment(self, client: MlflowClient) -> str:
        known = client.get_experiment_by_name(self.name)
        if known:
            return str(known.experiment_id)
        place = self.artifacts.as_uri() if self.artifacts else None
        return str(client.create_experiment(self.name, artifact_location=place))

    def _alias(self, client: MlflowClient, alias: str) -> str | None:
        try:
            return str(client.get_registered_model(self.name).aliases.get(alias) or "") or None
        except Exception as error:
            if "RESOURCE_DOES_NOT_EXIST" in str(getattr(error, "error_code", "")):
                return None
            raise

    def _register(
        self, mlflow: Any, client: MlflowClient, bundle: Bundle, report: Report | None = None
    ) -> int:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "bundle")
            save(bundle, place)
            with _unwarned():
                logged = mlflow.pyfunc.log_model(
                    name="detector",
                    loader_module="detector.pyfunc",
                    data_path=str(place),
                    pip_requirements=REQUIREMENTS,
                    signature=_signature(mlflow),
                    input_example=pd.DataFrame({"document": [EXAMPLE]}),
                )
        # Not mlflow.register_model: it speaks on standard error.
        if not client.search_registered_models(f"name = '{self.name}'"):
            client.create_registered_model(self.name, description=MODEL_DESCRIPTION)
        version = client.create_model_version(
            self.name,
            logged.model_uri,
            tags={"bundle_sha256": bundle.sha256, "version": bundle.facts.version},
            model_id=logged.model_id,
            run_id=mlflow.active_run().info.run_id,
            description=version_card(bundle, report),
        )
        return int(version.version)


@contextmanager
def environment_with(settings: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables until the end of the block."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def refusal(code: str, message: str, place: str) -> str | None:
    """What to do where the server lets nobody in, or is not there; None for any other error of MLflow's.

    >>> refusal("PERMISSION_DENIED", "", "http://127.0.0.1:5000")
    'The tracking server http://127.0.0.1:5000 does not permit this to $MLFLOW_TRACKING_USERNAME.'
    >>> refusal("INTERNAL_ERROR", "(sqlite3.OperationalError) database or disk is full", "sqlite:///mlflow.db")
    'The disk of sqlite:///mlflow.db is full. Nothing was registered; a run that had begun has no end.'
    """
    if code == "UNAUTHENTICATED":
        variables = "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
        return f"The tracking server {place} asks for another name or password: set {variables}."
    if code == "PERMISSION_DENIED":
        return f"The tracking server {place} does not permit this to $MLFLOW_TRACKING_USERNAME."
    if "disk is full" in message:
        return f"The disk of {place} is full. Nothing was registered; a run that had begun has no end."
    if "failed with exception" in message:
        return f"The tracking server {place} cannot be reached."
    return None


def _signature(mlflow: Any) -> Any:
    """Account documents in, verdicts out: what :class:`detector.pyfunc.MlflowDetector` reads and gives."""
    types = mlflow.types
    column = types.ColSpec
    answers = [column("string", "account_id"), column("string", "label"), column("double", "suspicion")]
    answers += [column("double", head.value) for head in HEADS] + [column("string", "verdict")]
    return mlflow.models.ModelSignature(types.Schema([column("string", "document")]), types.Schema(answers))


@contextmanager
def _unwarned() -> Iterator[None]:
    """Without what MLflow warns of in its own code: at its import, at a store's start, at an example."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*Any type hint is inferred as AnyType", UserWarning)
        warnings.filterwarnings("ignore", "The ``noload`` loader strategy", DeprecationWarning)
        warnings.filterwarnings("ignore", "IProgress not found")
        warnings.filterwarnings("ignore", "Operation with range is deprecated")
        yield


def _version(found: Any) -> ModelVersion:
    return ModelVersion(
        int(found.version), str(found.run_id), tuple(found.aliases), str(found.tags.get("bundle_sha256", ""))
    )
