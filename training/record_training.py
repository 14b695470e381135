"""What is written into the active MLflow run of a training; the library itself is handed in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pandas as pd

from training.evaluate import Report
from training.fit import Fitted
from training.learning_curves import Curve, learning_curves
from training.run_notes import DataSource, RunNotes
from training.run_record import run_figures, run_metrics, run_parameters
from training.run_tables import run_tables

__all__ = ["record_training", "without_nan"]


def record_training(mlflow: Any, fitted: Fitted, report: Report, notes: RunNotes) -> None:
    """Parameters, metrics, data, tables, plots and boosters of a run.

    Parameters
    ----------
    mlflow
        The library, with the run active.
    fitted, report
        The run.
    notes
        Where its data lie and how it was asked for.
    """
    bundle = fitted.bundle
    mlflow.log_params(run_parameters(bundle))
    for name, scorer in bundle.scorers.items():  # before the run's metrics, which MLflow would copy to each
        mlflow.lightgbm.log_model(scorer.booster, name=name, pip_requirements=["lightgbm"])
    mlflow.log_metrics(run_metrics(report))
    mlflow.set_tags({"data_sha256": bundle.facts.data_sha256, "bundle_sha256": bundle.sha256, **notes.tags})
    for source in notes.sources:
        _log_source(mlflow, source)
    mlflow.log_dict(report.as_dict(), "report.json")
    for name, table in run_tables(fitted, report):
        mlflow.log_table(without_nan(table), f"tables/{name}.json")
    learnt = learning_curves(fitted)
    _log_curves(mlflow, learnt)
    for name, figure in run_figures(fitted, report, learnt):
        mlflow.log_figure(figure, f"plots/{name}.png")


def _log_source(mlflow: Any, source: DataSource) -> None:
    """Data as an input of the run; MLflow's own digest has 36 characters at most, so the whole is a tag."""
    meta = mlflow.data.meta_dataset.MetaDataset(
        mlflow.data.code_dataset_source.CodeDatasetSource(tags={"place": source.place}),
        name=source.name[:500],
        digest=source.sha256[:36],
    )
    mlflow.log_input(
        meta, context="training", tags={"sha256": source.sha256, "accounts": str(source.accounts)}
    )


def _log_curves(mlflow: Any, learnt: Mapping[str, Curve]) -> None:
    """LightGBM's curves: a metric of each head on fitted and on unseen accounts, its steps the trees."""
    now = int(1000 * time.time())
    metrics = [
        mlflow.entities.Metric(f"log_loss/{name}.{part}", float(loss), now, trees)
        for name, curve in learnt.items()
        for part, losses in (("fitted", curve.fitted), ("unseen", curve.unseen))
        for trees, loss in zip(curve.trees, losses, strict=True)
    ]
    run_id = mlflow.active_run().info.run_id
    for start in range(0, len(metrics), 1_000):
        mlflow.MlflowClient().log_batch(run_id, metrics=metrics[start : start + 1_000])


def without_nan(table: pd.DataFrame) -> pd.DataFrame:
    """A table as MLflow writes it: absent values are null."""
    return table.astype(object).where(table.notna(), None)
