"""Runs and models in MLflow: the only module that imports it.

The store is SQLite under ``mlflow/store/`` unless another server is named. No model is logged
as a pickle: the boosters are LightGBM's text, and the registered model is the bundle itself,
loaded through :mod:`detector.pyfunc`.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from accounts.errors import NoUsableModel
from detector.bundle import Bundle, load, save
from training.evaluate import Report
from training.fit import Fitted
from training.fitness import fit_to_judge
from training.run_record import metric_name, run_figures, run_metrics, run_parameters

if TYPE_CHECKING:
    from mlflow import MlflowClient

__all__ = ["CHALLENGER", "CHAMPION", "PREVIOUS", "ModelRegistry", "ModelVersion", "Registered"]

CHAMPION: Final = "champion"
CHALLENGER: Final = "challenger"
PREVIOUS: Final = "previous"
REQUIREMENTS: Final = ["assay"]
SQLITE: Final = "sqlite:///"


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
    def exists(self) -> bool:
        """Whether there is anything to look into; looking into an absent SQLite database would make it."""
        return not self.uri.startswith(SQLITE) or Path(self.uri.removeprefix(SQLITE)).exists()

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
        if self.artifacts:
            self.artifacts.mkdir(parents=True, exist_ok=True)
        with self._mlflow() as (mlflow, client):
            experiment = self._experiment(client)
            with mlflow.start_run(experiment_id=experiment) as run:
                mlflow.log_params(run_parameters(bundle) | {"promised_alpha": bundle.facts.alpha})
                mlflow.log_metrics({metric_name(name): value for name, value in figures.items()})
                mlflow.set_tags({tag: before, "bundle_sha256": bundle.sha256})
                mlflow.log_dict(dict(notes), file)
                number = self._register(mlflow, client, bundle)
            client.set_registered_model_alias(self.name, CHALLENGER, str(number))
            version = ModelVersion(number, run.info.run_id, (CHALLENGER,), bundle.sha256)
            return Registered(version, experiment)

    def record(self, fitted: Fitted, report: Report) -> Registered:
        """Track a run with everything it made, and register its bundle: as challenger, if it can judge."""
        if self.artifacts:
            self.artifacts.mkdir(parents=True, exist_ok=True)
        with self._mlflow() as (mlflow, client):
            experiment = self._experiment(client)
            with mlflow.start_run(experiment_id=experiment) as run:
                mlflow.log_params(run_parameters(fitted.bundle))
                mlflow.log_metrics(run_metrics(report))
                mlflow.set_tags(
                    {"data_sha256": fitted.bundle.facts.data_sha256, "bundle_sha256": fitted.bundle.sha256}
                )
                mlflow.log_dict(report.as_dict(), "report.json")
                for name, figure in run_figures(fitted, report):
                    mlflow.log_figure(figure, f"plots/{name}.png")
                for name, scorer in fitted.bundle.scorers.items():
                    mlflow.lightgbm.log_model(scorer.booster, name=name, pip_requirements=["lightgbm"])
                number = self._register(mlflow, client, fitted.bundle)
            aliases = (CHALLENGER,) if fit_to_judge(fitted.bundle) else ()
            for alias in aliases:
                client.set_registered_model_alias(self.name, alias, str(number))
            version = ModelVersion(number, run.info.run_id, aliases, fitted.bundle.sha256)
            return Registered(version, experiment)

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
        if self.artifacts:
            self.artifacts.mkdir(parents=True, exist_ok=True)
        with self._mlflow() as (mlflow, client):
            experiment = self._experiment(client)
            name = f"evaluate {bundle.facts.version}"
            with mlflow.start_run(experiment_id=experiment, run_name=name) as run:
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
            f"No version {which} of the model {self.name} is registered at {self.uri}{there}."
        )

    def fetch(self, version: ModelVersion) -> Bundle:
        """Download a version's bundle, check it, and check that it is the one that was registered."""
        with self._mlflow() as (mlflow, _), tempfile.TemporaryDirectory() as folder:
            source = f"models:/{self.name}/{version.number}"
            path = mlflow.artifacts.download_artifacts(artifact_uri=source, dst_path=folder)
            return load(Path(path, "data", "bundle"), expected=version.sha256)

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

    @contextmanager
    def _mlflow(self) -> Iterator[tuple[Any, MlflowClient]]:
        """The library, pointed at this store; its telemetry off and its pickles refused."""
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
        os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
        with _unwarned():
            import mlflow
            import mlflow.lightgbm
            import mlflow.pyfunc

            client = mlflow.MlflowClient(self.uri, registry_uri=self.uri)

        before = mlflow.get_tracking_uri(), mlflow.get_registry_uri()
        mlflow.set_tracking_uri(self.uri)
        mlflow.set_registry_uri(self.uri)
        try:
            yield mlflow, client
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

    def _register(self, mlflow: Any, client: MlflowClient, bundle: Bundle) -> int:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder, "bundle")
            save(bundle, place)
            logged = mlflow.pyfunc.log_model(
                name="detector",
                loader_module="detector.pyfunc",
                data_path=str(place),
                pip_requirements=REQUIREMENTS,
            )
        # Not mlflow.register_model: it speaks on standard error.
        if not client.search_registered_models(f"name = '{self.name}'"):
            client.create_registered_model(self.name)
        made = client.create_model_version(
            self.name, logged.model_uri, tags={"bundle_sha256": bundle.sha256}, model_id=logged.model_id
        )
        return int(made.version)


@contextmanager
def _unwarned() -> Iterator[None]:
    """Without what MLflow warns of in its own code while it is imported and opens a store."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*Any type hint is inferred as AnyType", UserWarning)
        warnings.filterwarnings("ignore", "The ``noload`` loader strategy", DeprecationWarning)
        warnings.filterwarnings("ignore", "IProgress not found")
        yield


def _version(found: Any) -> ModelVersion:
    return ModelVersion(
        int(found.version), str(found.run_id), tuple(found.aliases), str(found.tags.get("bundle_sha256", ""))
    )
