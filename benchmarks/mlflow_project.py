"""Every entry point of the MLflow project, its recorded model behind HTTP, and MLflow's own evaluation.

``python -m benchmarks.mlflow_project`` runs ``mlflow run`` for each entry point on small data, in a folder of
its own and in the environment that is there; then ``mlflow models serve`` on a free port of this machine, and
``mlflow.models.evaluate``. Prints a line for each with its processor time, and ends with 1 if one fails.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.free_port import free_port
from detector.bundle import load, starter_path
from detector.pyfunc import MlflowDetector
from detector.screening import Detector
from training.tracking import ModelRegistry

PROJECT: Final = Path(__file__).resolve().parents[1] / "mlflow"
BIN: Final = Path(sys.executable).parent
SERVER_STARTS_WITHIN: Final = 300
TRAINING: Final = """
accounts = 500
train_share = 0.38
calibration_share = 0.25
test_share = 0.33
masked_copies = 2
folds = 2
alpha = 0.2
max_cleared_share = 0.3
[scorer]
trees = 40
leaves = 7
least_accounts = 15
"""
GATES: Final = "accounts = 200\ndosed_accounts = 2\n"
"""Few accounts, since the challenger that is promoted here is the starter, against itself."""


def write_data(folder: Path) -> None:
    """A customer's accounts, their labels, the authentic ones among them, settings and gates."""
    customer = simulate(400, seed=21, regime="test")
    customer.write(folder / "creators")
    fake = customer.labels.select(pl.col("inflated") | pl.col("automated")).to_series().to_numpy()
    customer.pick(~fake).write(folder / "authentic")
    labels = np.where(fake, "inflated", "authentic")
    pd.DataFrame({"account_id": customer.labels["account_id"].to_list(), "label": labels}).to_csv(
        folder / "labels.csv", index=False
    )
    (folder / "training.toml").write_text(TRAINING)
    (folder / "gates.toml").write_text(GATES)


def entries(folder: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """Each entry point with its parameters, in an order in which each finds what it needs."""
    settings, gates = folder / "training.toml", folder / "gates.toml"
    own: dict[str, object] = {"accounts": folder / "creators", "labels": folder / "labels.csv"}
    yield "simulate", {"accounts": 500, "out": folder / "population"}
    yield "train", {"population": folder / "population", "config": settings}
    yield "main", {"config": settings}
    yield (
        "tune",
        {"trials": 1, "population": folder / "population", "config": settings, "out": folder / "tuned.toml"},
    )
    yield "adapt", {"accounts": folder / "authentic", "out": folder / "adapted", "alpha": 0.1}
    yield "evaluate", own
    yield "compare", {"challenger": "challenger", "gates": gates}
    yield "promote", {"version": "challenger", "gates": gates}
    yield (
        "drift",
        {"reference": folder / "creators", "current": folder / "creators", "out": folder / "drift.html"},
    )


def project_run(entry: str, parameters: dict[str, object], environment: dict[str, str]) -> str:
    """Run an entry point as ``mlflow run``; what went wrong, or nothing."""
    given = [word for name, value in parameters.items() for word in ("-P", f"{name}={value}")]
    command = [f"{BIN}/mlflow", "run", str(PROJECT), "-e", entry, "--env-manager", "local", *given]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return (
        "" if done.returncode == 0 else f"exit {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    )


@contextmanager
def model_server(environment: dict[str, str]) -> Iterator[str]:
    """The champion behind ``mlflow models serve`` on a free port of this machine; its address."""
    port = free_port()
    command = [f"{BIN}/mlflow", "models", "serve", "-m", "models:/assay@champion", "--env-manager", "local"]
    with subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    ) as server:  # fmt: skip
        try:
            wait_until_answering(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)


def wait_until_answering(address: str, server: subprocess.Popen[str]) -> None:
    """Wait for the server's own health check.

    Raises
    ------
    RuntimeError
        If it ended, or does not answer in five minutes.
    """
    for _ in range(SERVER_STARTS_WITHIN):
        if server.poll() is not None:
            raise RuntimeError(f"mlflow models serve ended: {server.stderr.read() if server.stderr else ''}")
        try:
            with urllib.request.urlopen(f"{address}/ping", timeout=5):
                return
        except OSError:
            time.sleep(1)
    raise RuntimeError("mlflow models serve does not answer.")


def check_served_verdicts(documents: list[str], environment: dict[str, str]) -> str:
    """Whether the served champion says of some accounts what it says here; what went wrong, or nothing."""
    body = json.dumps({"dataframe_split": {"columns": ["document"], "data": [[one] for one in documents]}})
    with model_server(environment) as address:
        request = urllib.request.Request(
            f"{address}/invocations", body.encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=SERVER_STARTS_WITHIN) as answer:
            rows = json.load(answer)["predictions"]
    wanted = MlflowDetector(Detector(load(starter_path()))).predict(pd.DataFrame({"document": documents}))
    same = [one["verdict"] for one in rows] == wanted["verdict"].tolist()
    return "" if same else "the server's verdicts are not the detector's"


def check_evaluation(documents: list[str], truth: list[str], uri: str) -> str:
    """MLflow's own evaluation, as docs/training.md has it; what went wrong, or nothing."""
    import mlflow

    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    mlflow.set_experiment("evaluation")
    model = mlflow.pyfunc.load_model("models:/assay@champion")
    found = mlflow.models.evaluate(  # type: ignore[no-untyped-call]
        model=lambda documents: model.predict(documents)["label"],
        data=pd.DataFrame({"document": documents, "truth": truth}),
        targets="truth",
        model_type="classifier",
    )
    labels = model.predict(pd.DataFrame({"document": documents}))["label"].to_numpy()
    accuracy = float(np.mean(labels == np.array(truth)))
    measured = found.metrics["accuracy_score"]
    return "" if abs(measured - accuracy) < 1e-9 else f"accuracy is {accuracy}, MLflow says {measured}"


def processor_seconds() -> float:
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> int:
    """Run everything, a line each; 1 if something went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="entry points, serve or evaluate; else all")
    names = set(parser.parse_args().names)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_data(folder)
        uri = f"sqlite:///{folder}/mlflow.db"
        own = {
            "ASSAY_HOME": str(folder / "home"),
            "MLFLOW_TRACKING_URI": uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
        }
        environment = {**os.environ, **own, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        some = simulate(40, seed=22)
        documents = [json.dumps(one) for one in to_documents(some.tables)]
        truth = some.labels.select(
            pl.when("automated").then(pl.lit("automated")).when("inflated").then(pl.lit("inflated"))
            .otherwise(pl.lit("authentic"))
        ).to_series().to_list()  # fmt: skip
        steps: dict[str, Callable[[], str]] = {
            entry: partial(project_run, entry, parameters, environment)
            for entry, parameters in entries(folder)
        }
        steps |= {
            "models serve": partial(check_served_verdicts, documents, environment),
            "models.evaluate": partial(check_evaluation, documents, truth, uri),
        }
        wrong = 0
        for name, step in steps.items():
            if names and name not in names:
                continue
            if name == "compare":  # a challenger that passes every gate
                starter = load(starter_path())
                ModelRegistry.at(uri).record_recalibrated(starter, starter.sha256, {}, {})
            begun, fault = processor_seconds(), step()
            used = processor_seconds() - begun
            wrong += bool(fault)
            print(f"{name:16} {used:6.1f} s of processor time  {fault or 'as it should'}", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
