"""What a run leaves in MLflow, and how a version becomes the champion that screens.

Tracking and promotion stand in one file, because both need the same recorded store.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from itertools import count
from pathlib import Path
from pkgutil import resolve_name
from threading import Thread

import pandas as pd
import pytest

from accounts.document import to_documents
from accounts.errors import NoUsableModel, WrongUsage
from detector.bundle import Bundle, load, starter_path, verify
from detector.decision import HEADS
from detector.levels import LevelTable
from detector.locate import locate, open_detector
from detector.manifest import MANIFEST
from detector.model_store import ModelStore
from detector.signals import SIGNALS
from training.evaluate import Report
from training.fit import Fitted
from training.promote import promote, roll_back
from training.recalibrate import with_thresholds
from training.run_notes import DataSource, RunNotes
from training.run_record import run_metrics, run_parameters
from training.tracking import CHALLENGER, CHAMPION, PREVIOUS, ModelRegistry, Registered

STARTED = 1_764_000_000
SOURCE = DataSource("simulated", "as the seed says", 900, "0f" * 32)
PICKLES = {".pkl", ".pickle", ".joblib", ".cloudpickle", ".dill", ".pt", ".npy"}


def renamed(fitted: Fitted, version: str) -> Fitted:
    """The same detector under another version, and so with another sha256."""
    bundle = fitted.bundle
    manifest = replace(bundle.manifest, facts=replace(bundle.facts, version=version))
    return replace(fitted, bundle=Bundle.from_files({**bundle.files, MANIFEST: manifest.to_bytes()}))


@pytest.fixture(scope="session")
def printed() -> StringIO:
    """What was printed while the runs were recorded."""
    return StringIO()


@pytest.fixture(scope="session")
def recorded_store(
    tmp_path_factory: pytest.TempPathFactory, fitted: Fitted, report: Report, printed: StringIO
) -> tuple[ModelRegistry, list[Registered]]:
    """A store with two versions; only the first is recorded with its plots and boosters."""
    store = ModelRegistry.at(f"sqlite:///{tmp_path_factory.mktemp('store')}/mlflow.db")
    with redirect_stdout(printed), redirect_stderr(printed):
        notes = RunNotes(STARTED, [SOURCE], {"seed": 3}, {"commit": "abc"})
        first, bundle = store.record(fitted, report, notes), renamed(fitted, "second").bundle
        return store, [first, store.record_recalibrated(bundle, fitted.bundle.sha256, {}, {})]


@pytest.fixture
def store(recorded_store, tmp_path) -> ModelRegistry:
    """The recorded store on a copy of its database, so that a test may make_champion whom it likes."""
    original, _ = recorded_store
    shutil.copy(original.uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    return replace(original, uri=f"sqlite:///{tmp_path}/mlflow.db")


@pytest.fixture
def tried_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model is tried in this process, where how it is tried is not the question."""
    monkeypatch.setattr("detector.model_store.try_in_child", lambda folder: load(folder).sha256)


@pytest.fixture(scope="session")
def run_data(recorded_store):
    store, (first, _) = recorded_store
    with store._mlflow() as (_, client):
        return client.get_run(first.version.run_id).data


def artifacts(recorded_store) -> list[Path]:
    return [path for path in recorded_store[0].artifacts.rglob("*") if path.is_file()]


def champion_of(home: Path) -> str:
    """The sha256 of the champion, which is whole."""
    return load(ModelStore(home).champion_folder()).sha256


def test_the_newest_version_is_challenger_and_none_is_champion_by_itself(recorded_store, fitted):
    store, registered = recorded_store
    assert [one.version.aliases for one in registered] == [(CHALLENGER,), (CHALLENGER,)]
    versions = store.versions()
    assert [version.number for version in versions] == [2, 1]
    assert [version.aliases for version in versions] == [(CHALLENGER,), ()]
    assert not store.has_champion
    assert versions[1].sha256 == fitted.bundle.sha256 != versions[0].sha256
    assert [version.run_id for version in versions] == [one.version.run_id for one in registered[::-1]]
    assert store.find("2") == store.find(CHALLENGER) == versions[0]
    assert store.find("1") == versions[1]


def test_nothing_is_printed_while_a_run_is_recorded(recorded_store, printed):
    assert len(recorded_store[1]) == 2
    assert printed.getvalue() == ""


def test_looking_into_a_store_that_is_not_there_makes_none(tmp_path):
    absent = ModelRegistry.at(f"sqlite:///{tmp_path}/new/mlflow.db")
    assert absent.versions() == []
    with pytest.raises(NoUsableModel, match="No version champion"):
        absent.find(CHAMPION)
    assert list(tmp_path.iterdir()) == []


def test_a_version_that_is_not_there_is_named(store):
    with pytest.raises(NoUsableModel, match="No version 9 of the model assay"):
        store.find("9")


def test_a_run_keeps_its_parameters(run_data, fitted, run):
    wanted = run_parameters(fitted.bundle)
    assert run_data.params == {name: str(value) for name, value in wanted.items()}
    assert run_data.params["scorer.trees"] == str(run.config.scorer.trees)
    assert run_data.params["seed"] == str(run.config.seed)
    assert run_data.tags["data_sha256"] == fitted.bundle.facts.data_sha256
    assert run_data.tags["bundle_sha256"] == fitted.bundle.sha256


def test_a_run_keeps_its_metrics_with_both_ends_of_their_intervals(run_data, report):
    grouped = {name: value for name, value in run_data.metrics.items() if not name.startswith("log_loss/")}
    assert grouped == pytest.approx(run_metrics(report))
    figure = report.heads[0].auc
    named = "auc/inflated.all_accounts"
    assert (run_data.metrics[f"{named}.low"], run_data.metrics[named], run_data.metrics[f"{named}.high"]) == (
        pytest.approx((figure.low, figure.value, figure.high))
    )
    rates = {"far": report.false_accusations, "recall": report.recall}
    for kind, named_rates in rates.items():
        assert run_data.metrics[f"{kind}/all"] == pytest.approx(named_rates["all"].value)
    ends = [name for name in run_data.metrics if name.endswith((".low", ".high"))]
    assert not [name for name in ends if name.rpartition(".")[0] not in run_data.metrics]
    assert len(run_metrics(report)) == sum(
        3 for rates in (report.false_accusations, report.recall) for rate in rates.values() if rate.n
    ) + sum(9 + (one.rank_baseline_auc is not None) for one in report.heads) + len(report.signals)


def test_a_run_keeps_its_report_and_its_plots(recorded_store, report, tmp_path):
    store, (first, _) = recorded_store
    with store._mlflow() as (mlflow, _):
        folder = Path(
            mlflow.artifacts.download_artifacts(run_id=first.version.run_id, dst_path=str(tmp_path))
        )
    assert json.loads((folder / "report.json").read_text()) == report.as_dict()
    plots = {path.stem for path in (folder / "plots").iterdir()}
    of_labels = {f"{kind}_{head.value}" for kind in ("reliability", "precision_recall") for head in HEADS}
    of_runs = {
        "labels_by_scheme", "learning_curves", "importances", "false_accusations", "recall_by_strength",
    }  # fmt: skip
    assert plots == of_labels | {f"shap_{signal.name}" for signal in SIGNALS} | of_runs
    tables = {path.stem for path in (folder / "tables").iterdir()}
    assert tables == {"heads", "schemes", "slices", "recall", "levels", "importances"}
    for path in (folder / "plots").iterdir():
        assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 5_000


def test_a_run_says_where_it_comes_from_and_how_long_it_took(recorded_store, fitted):
    store, (first, _) = recorded_store
    assert store.recipe(first.version.run_id) == {"seed": 3, "bundle_sha256": fitted.bundle.sha256}
    with store._mlflow() as (_, client):
        run = client.get_run(first.version.run_id)
        folds = client.search_runs(
            [first.experiment_id], f"tags.`mlflow.parentRunId` = '{first.version.run_id}'"
        )
        model, registered = client.get_registered_model("assay"), client.get_model_version("assay", "1")
    assert run.info.start_time == 1_000 * STARTED < run.info.end_time
    assert fitted.bundle.facts.version in run.info.run_name
    (source,) = run.inputs.dataset_inputs
    assert {tag.key: tag.value for tag in source.tags}["sha256"] == SOURCE.sha256
    assert run.data.tags["commit"] == "abc" and run.data.tags["assay.version"]
    assert {one.info.run_name for one in folds} == {"fold 1", "fold 2"}
    assert all(0.4 < one.data.metrics["auc/inflation"] <= 1 for one in folds)
    assert "a person decides" in model.description and fitted.bundle.sha256 in registered.description
    with pytest.raises(NoUsableModel, match=r"^No run 0123 is tracked at sqlite"):
        store.recipe("0123")


def test_every_booster_loads_by_lightgbm_s_own_flavour(recorded_store, fitted):
    store, (first, _) = recorded_store
    rows = fitted.test.features
    with store._mlflow() as (mlflow, client):
        own = f"source_run_id = '{first.version.run_id}'"
        found = client.search_logged_models([first.experiment_id], filter_string=own)
        logged = {model.name: model for model in found}
        assert {signal.name for signal in SIGNALS} | {"detector"} == set(logged)
        for signal in SIGNALS[::3]:
            booster = mlflow.lightgbm.load_model(logged[signal.name].model_uri)
            read = rows[list(signal.features)].to_numpy()
            assert (booster.predict(read) == fitted.bundle.scorers[signal.name].score(rows)).all()


def test_nothing_is_kept_as_a_pickle(recorded_store):
    paths = artifacts(recorded_store)
    assert len(paths) > 20
    for path in paths:
        content = path.read_bytes()
        assert path.suffix not in PICKLES, path
        # Protocols 2 to 5 begin with 0x80 and their number; 0 and 1, and any, end with a full stop.
        assert not (content[:1] == b"\x80" and content[1:2] in b"\x02\x03\x04\x05"), path
        assert not content.startswith((b"PK\x03\x04", b"\x1f\x8b", b"ccopy_reg", b"c__builtin__")), path
        if path.name == "MLmodel":
            assert "pickle" not in content.decode()


def test_the_registered_model_gives_the_verdicts_of_screening(
    recorded_store, creators, detector, monkeypatch
):
    some = creators.select(creators.accounts["account_id"].to_list()[:25])
    documents = pd.DataFrame({"document": [json.dumps(document) for document in to_documents(some)]})
    store, _ = recorded_store
    with store._mlflow() as (mlflow, _):
        assert os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"
        model = mlflow.pyfunc.load_model(f"models:/{store.name}/1")
        found = model.predict(documents)
    wanted = [verdict.to_dict() for verdict in detector.screen(some)]
    assert [json.loads(text) for text in found["verdict"]] == wanted


def test_fetching_gives_the_bytes_that_were_registered(recorded_store, fitted):
    store, _ = recorded_store
    assert store.fetch(store.find("1")).files == fitted.bundle.files
    with pytest.raises(NoUsableModel, match="is not the one with sha256"):
        store.fetch(replace(store.find("2"), sha256=fitted.bundle.sha256))


def test_promoting_swaps_the_aliases_and_exports_what_then_screens(store, creators, tmp_path):
    home, some = tmp_path / "home", creators.select(creators.accounts["account_id"].to_list()[:3])
    for which, number, other in ((CHALLENGER, 2, 1), ("1", 1, 2)):
        version = promote(store, which, home)
        assert (version.number, version.aliases) == (number, (CHAMPION,))
        before = () if number == 2 else (PREVIOUS,)  # nothing screened before the first
        assert {one.number: one.aliases for one in store.versions()} == {number: (CHAMPION,), other: before}
        assert champion_of(home) == version.sha256 == store.find(str(number)).sha256
        assert locate(None, home) == home / "models" / version.sha256
        assert {verdict.model.sha256 for verdict in open_detector(None, home).screen(some)} == {
            version.sha256
        }
    assert sorted(path.name for path in home.iterdir()) == ["champion.json", "models"]
    assert {path.name for path in (home / "models").iterdir()} == {one.sha256 for one in store.versions()}


def test_rolling_back_brings_back_the_champion_before(store, tmp_path, tried_here):
    home = tmp_path / "home"
    with pytest.raises(NoUsableModel, match="no champion before this one"):
        roll_back(store, home)
    first, second = promote(store, "1", home), promote(store, "2", home)
    assert promote(store, "2", home).sha256 == second.sha256  # no change, and so nothing to come back from
    for now, other in ((first, second), (second, first)):
        sha256, version = roll_back(store, home)
        assert (sha256, version.number, version.aliases) == (now.sha256, now.number, (CHAMPION,))
        assert champion_of(home) == now.sha256
        assert ModelStore(home).champion().previous == other.sha256
        assert store.find(CHAMPION).number == now.number
        assert store.find(PREVIOUS).number == (first if now is second else second).number


class Unreachable(Exception):
    """A registry or a disk that fails."""


def fails_once(function):
    """A function that fails the first time, and works then."""
    calls = count()

    def call(*parts, **named):
        if next(calls) == 0:
            raise Unreachable
        return function(*parts, **named)

    return call


@pytest.mark.usefixtures("tried_here")
@pytest.mark.parametrize("act", ["promote", "roll back"])
@pytest.mark.parametrize(
    "place",
    [
        "training.tracking:ModelRegistry.versions",
        "training.tracking:ModelRegistry.make_champion",
        "mlflow:MlflowClient.set_registered_model_alias",
        "detector.model_store:ModelStore.make_champion",
    ],
    ids=["asking", "telling", "half told", "the pointer"],
)
def test_what_fails_changes_neither_the_champion_nor_the_registry(store, tmp_path, monkeypatch, act, place):
    owner, name = place.rsplit(".", 1)
    home = tmp_path / "home"
    for which in ("1", "2"):
        promote(store, which, home)
    pointer, versions = ModelStore(home).pointer.read_bytes(), store.versions()

    def attempt():
        return promote(store, "1", home, {"why": "x"}) if act == "promote" else roll_back(store, home)

    with monkeypatch.context() as patch:
        patch.setattr(resolve_name(owner), name, fails_once(resolve_name(place)))
        with pytest.raises(Unreachable):
            attempt()
    assert ModelStore(home).pointer.read_bytes() == pointer
    assert store.versions() == versions
    attempt()
    assert champion_of(home) == store.find(CHAMPION).sha256 == store.find("1").sha256


def test_a_promotion_that_cannot_be_noted_is_none(store, tmp_path, tried_here, monkeypatch):
    home, versions = tmp_path / "home", store.versions()
    monkeypatch.setattr(ModelRegistry, "note_promotion", fails_once(ModelRegistry.note_promotion))
    with pytest.raises(Unreachable):
        promote(store, "1", home, {"promoted_against": "nothing"})
    assert not ModelStore(home).has_champion
    assert store.versions() == versions


def test_before_the_first_champion_the_starter_screened(store, tmp_path, tried_here):
    home, starter = tmp_path / "home", load(starter_path()).sha256
    first = promote(store, "1", home)
    assert roll_back(store, home) == (starter, None)
    assert champion_of(home) == starter
    assert not store.has_champion
    assert store.find(PREVIOUS).number == 1
    sha256, version = roll_back(store, home)
    assert (sha256, version.number, version.aliases) == (first.sha256, 1, (CHAMPION,))
    store.end_championship()
    ModelStore(home).pointer.unlink()
    ModelStore(home).make_champion(starter)
    with pytest.raises(NoUsableModel, match="no champion before this one"):
        roll_back(store, home)


def test_a_champion_before_that_no_longer_holds_is_not_brought_back(store, tmp_path, tried_here):
    home = tmp_path / "home"
    first, second = promote(store, "1", home), promote(store, "2", home)
    (ModelStore(home).folder_of(first.sha256) / "likes.txt").write_text("tree\n")
    with pytest.raises(NoUsableModel, match="was changed"):
        roll_back(store, home)
    assert champion_of(home) == second.sha256


def test_crowning_the_champion_again_changes_nothing(store):
    store.make_champion(store.find("1"))
    before = store.versions()
    store.make_champion(store.find(CHAMPION))
    assert store.versions() == before


@contextmanager
def tampered_file(recorded_store, name: str, change) -> Iterator[None]:
    """One file of the second version's bundle changed where MLflow keeps it, and then put back."""
    sha256 = recorded_store[1][1].version.sha256
    folders = [path.parent for path in artifacts(recorded_store) if path.name == MANIFEST]
    folder = next(folder for folder in folders if verify(folder) and load(folder).sha256 == sha256)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(change(content))
    try:
        yield
    finally:
        (folder / name).write_bytes(content)


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


TAMPERING = (
    ("likes.txt", flipped),
    ("levels.parquet", flipped),
    # A manifest that fits every file: only the digest in the registry tells.
    (MANIFEST, lambda content: content + b"\n"),
)


def test_a_tampered_artifact_is_refused_and_the_champion_stays(recorded_store, store, tmp_path, tried_here):
    home = tmp_path / "home"
    before = promote(store, "1", home)
    for name, change in TAMPERING:
        with tampered_file(recorded_store, name, change), pytest.raises(NoUsableModel):
            promote(store, "2", home)
        assert champion_of(home) == before.sha256
        assert store.find(CHAMPION).number == 1
        assert store.find("2").aliases == (CHALLENGER,)
    assert promote(store, "2", home).number == 2


def test_a_detector_that_accuses_nobody_is_never_champion(store, fitted, tmp_path, monkeypatch):
    levels = LevelTable({row.level: replace(row, accuse_above=None) for row in fitted.bundle.levels})
    mute = with_thresholds(fitted.bundle, levels)
    monkeypatch.setattr(ModelRegistry, "fetch", lambda self, version: mute)
    with pytest.raises(
        NoUsableModel, match="Version 1 of assay cannot be the champion: it accuses or clears"
    ):
        promote(store, "1", tmp_path / "home")
    assert not store.has_champion
    assert not (tmp_path / "home").exists()


class RefusesAll(BaseHTTPRequestHandler):
    """A tracking server that lets nobody in."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()
        self.wfile.write(b"You are not authenticated.")

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_server_that_asks_for_another_password_says_so():
    with HTTPServer(("127.0.0.1", 0), RefusesAll) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        refusal = (
            f"The tracking server http://127.0.0.1:{server.server_port} asks for another name or password"
        )
        with pytest.raises(WrongUsage, match=refusal):
            ModelRegistry.at(f"http://127.0.0.1:{server.server_port}").versions()
        server.shutdown()


def test_using_a_store_leaves_the_address_that_was_set_before(recorded_store):
    import mlflow

    before = mlflow.get_tracking_uri()
    recorded_store[0].versions()
    assert mlflow.get_tracking_uri() == before != recorded_store[0].uri


def test_a_store_keeps_its_files_beside_its_database(recorded_store, tmp_path):
    store, _ = recorded_store
    folder = Path(store.uri.removeprefix("sqlite:///")).parent
    assert store.artifacts == folder / "artifacts"
    assert {path.name for path in folder.iterdir()} <= {
        "mlflow.db",
        "artifacts",
        "mlflow.db-shm",
        "mlflow.db-wal",
    }
    assert ModelRegistry.at("https://mlflow.example.org").artifacts is None
    assert ModelRegistry.at(f"sqlite:///{tmp_path}/new/mlflow.db").artifacts == tmp_path / "new" / "artifacts"
