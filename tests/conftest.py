"""One small training run for many tests, how many examples are drawn, and in what order files run."""

import fcntl
import gc
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from accounts.population import Population
from accounts.simulation import simulate
from detector.heads import ScorerParams
from detector.screening import Detector
from training.config import TrainingConfig
from training.evaluate import Report, evaluate
from training.fit import Fitted, fit

# The workers share the cores: threads of each one's own would only wait for one another.
for threads in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# jsonschema builds a grammar for each kind of address when it finds this one: a second and a half in every
# process, for formats that no schema here has.
sys.modules.setdefault("rfc3987_syntax", None)

# No test fails for the time it takes, nor for what it happens to draw today.
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=30)
settings.register_profile("thorough", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

CREATED_AT = "2026-11-23T00:00:00Z"
# The promise is a loose one, so that a few hundred accounts are enough for somebody to be accused.
CONFIG = TrainingConfig(
    accounts=900,
    seed=5,
    train_share=0.38,
    calibration_share=0.25,
    test_share=0.33,
    masked_copies=2,
    folds=2,
    alpha=0.2,
    max_cleared_share=0.3,
    scorer=ScorerParams(trees=40, leaves=7, least_accounts=15, l2=3.0),
)


# Files that share what a session makes once are run by one worker, and what takes long is begun first: a long
# file at the end is waited for by all. Everything else follows in its own order.
TOGETHER = {
    "training": (
        "training/test_adapt.py", "training/test_tracking.py", "training/test_fit.py",
        "training/test_fit_heads.py", "training/test_masking.py", "training/test_labelled_evaluation.py",
        "training/test_public_rows.py", "training/test_recalibrate.py", "training/test_evaluate.py",
        "training/test_fit_amounts.py", "training/test_gather.py", "training/test_register.py",
        "training/test_signal_targets.py", "training/own_labels/test_own_accounts.py",
        "detector/test_screening.py", "detector/test_signals.py", "detector/test_reasons.py",
        "detector/test_shap_plots.py", "detector/test_pyfunc.py", "benchmarks/test_promise.py",
        "benchmarks/test_doses.py", "benchmarks/test_evidence_levels.py", "benchmarks/test_honest.py",
        "benchmarks/test_real_injected.py", "benchmarks/test_open_accounts.py", "benchmarks/test_injected.py",
        "benchmarks/test_amounts.py",
        "benchmarks/test_never_seen.py", "benchmarks/test_public_sets.py", "assay/test_front_door.py",
        "accounts/checks/test_explained_windows.py", "training/test_tuning.py", "training/test_repeat.py",
    ),
    "desk": ("desk/test_creator_page.py", "desk/test_accessibility.py", "desk/test_desk.py"),
    "bundles": (
        "detector/test_model_store.py", "detector/test_bundle.py", "detector/test_outside.py",
        "detector/test_locate.py", "detector/test_amounts.py", "detector/test_signal_models.py",
        "detector/test_tails.py",
    ),
    "reports": ("reporting/test_report.py", "reporting/test_pdf_a.py"),
}  # fmt: skip
FIRST = (
    "test_notebooks.py", "serving/jobs/test_faults.py", "cli/test_adapt.py", "serving/desk/test_creator.py",
    "test_wheel.py", "serving/jobs/test_jobs.py", "serving/test_service.py",
    "accounts/test_simulation.py", "accounts/importing/test_sources.py", "cli/test_compare.py",
    "features/test_catalogue.py", "test_house.py", "cli/test_serve.py", "cli/test_standard_streams.py",
    "cli/test_assay.py", "serving/observe/test_graceful_shutdown.py", "assay/test_python_page.py",
    "detector/test_own_columns.py", "serving/test_generated_clients.py",
)  # fmt: skip
UNIT_OF = {f"tests/{name}": unit for unit, names in TOGETHER.items() for name in names}
RANK = {unit: rank for rank, unit in enumerate([*TOGETHER, *(f"tests/{name}" for name in FIRST)])}


def unit_of(node_id: str) -> str:
    """What one worker runs as a whole: a file, or all files that share what a session makes."""
    file = node_id.split("::", 1)[0]
    return UNIT_OF.get(file, file)


class UnitScheduling(LoadFileScheduling):
    """Gives out units in their order."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> UnitScheduling | None:
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # or a unit's number of tests would say when it begins
    return UnitScheduling(config, log)


@contextmanager
def after_the_first_worker() -> Generator[None]:
    """Lets one worker go before the others, which find what it has written."""
    with open(__file__) as own_file:
        try:
            fcntl.flock(own_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(own_file, fcntl.LOCK_SH)
            fcntl.flock(own_file, fcntl.LOCK_UN)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Each worker collects all tests: the first writes pytest's form of the sources for the others.

    What is collected stays: going through it for garbage would take a third of the time, and again in tests.
    """
    writes_no_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    gc.disable()
    try:
        if not hasattr(session.config, "workerinput"):
            return (yield)
        with after_the_first_worker():
            return (yield)
    finally:
        sys.dont_write_bytecode = writes_no_bytecode
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: RANK.get(unit_of(item.nodeid), len(RANK)))


def asks_for_run(item: pytest.Item) -> bool:
    """Whether a test looks at this file's training run; other folders have a fixture of that name, too."""
    if not isinstance(item, pytest.Function):
        return False
    definitions = item._fixtureinfo.name2fixturedefs.get("run", ())
    return bool(definitions) and definitions[-1].func is make_run  # the nearest one comes last


class Run(NamedTuple):
    """What a run was given, what it made, and what it said meanwhile."""

    population: Population
    config: TrainingConfig
    fitted: Fitted
    heard: list[tuple[str, float]]


def make_run() -> Run:
    population = simulate(CONFIG.accounts, CONFIG.seed)
    heard: list[tuple[str, float]] = []
    fitted = fit(population, CONFIG, CREATED_AT, lambda doing, share: heard.append((doing, share)))
    return Run(population, CONFIG, fitted, heard)


run = pytest.fixture(scope="session", name="run")(make_run)


@pytest.fixture(scope="session")
def fitted(run: Run) -> Fitted:
    return run.fitted


@pytest.fixture(scope="session")
def report(fitted: Fitted) -> Report:
    return evaluate(fitted)


@pytest.fixture(scope="session")
def detector(fitted: Fitted) -> Detector:
    return Detector(fitted.bundle)


@pytest.fixture(scope="session")
def creators(fitted: Fitted):
    """Tables of the test split."""
    return fitted.test_population.tables


@pytest.fixture(scope="session")
def my_features():
    """The path of a file with a feature from outside, which is not in use."""
    return Path(__file__).with_name("my_features.py")
