"""The tables of a training run in MLflow: schemes, slices, evidence levels, and what heads read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from detector.bundle import Bundle
from detector.heads import Scorer
from detector.signals import SIGNALS
from training.evaluate import Report
from training.fit import Fitted
from training.fit_heads import rows_of
from training.metrics import Rate

__all__ = ["fold_metrics", "importances", "run_tables"]


def run_tables(fitted: Fitted, report: Report) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table by the name of its artifact, without its ending."""
    yield "heads", pd.DataFrame(
        {
            "label": one.head, "evidence": one.evidence, "accounts": one.accounts, "positives": one.positives,
            "auc": one.auc.value, "auc_low": one.auc.low, "auc_high": one.auc.high,
            "average_precision": one.average_precision.value, "brier": one.brier.value,
            "untrained_auc": one.rank_baseline_auc,
        }
        for one in report.heads
    )  # fmt: skip
    yield "schemes", scheme_table(report)
    yield "slices", rate_table(report.false_accusations)
    yield "recall", rate_table(report.recall)
    yield "levels", level_table(fitted.bundle)
    yield "importances", importances(fitted.bundle.scorers)


def scheme_table(report: Report) -> pd.DataFrame:
    """How many test accounts of each scheme got which label."""
    return pd.DataFrame(
        {"truth": kind, "accounts": sum(labels.values()), **labels} for kind, labels in report.labels.items()
    )


def rate_table(rates: Mapping[str, Rate]) -> pd.DataFrame:
    """Rates with their intervals, by kind of slice and value.

    >>> rate_table({"tier: nano": Rate(1, 4)})[["slice", "value", "k", "n", "rate"]].values.tolist()
    [['tier', 'nano', 1, 4, 0.25]]
    """
    rows = []
    for name, rate in rates.items():
        kind, _, value = name.partition(": ")
        rows.append({"slice": kind, "value": value, **rate.as_dict(digits=5)})
    return pd.DataFrame(rows)


def level_table(bundle: Bundle) -> pd.DataFrame:
    """Thresholds of the evidence levels, and the authentic accounts that each rests on."""
    return pd.DataFrame(
        {
            "level": row.level, "authentic_accounts": row.authentic_accounts,
            "accuse_above": row.accuse_above, "clear_at_or_below": row.clear_at_or_below,
            "expected_recall": row.expected_recall, "false_accusation_rate": row.false_accusation_rate,
        }
        for row in bundle.levels
    )  # fmt: skip


def importances(scorers: Mapping[str, Scorer]) -> pd.DataFrame:
    """What each head reads: splits, and its share of the head's whole gain; largest first."""
    found = [
        pd.DataFrame(
            {
                "signal": name,
                "feature": list(scorer.features),
                "gain_share": scorer.booster.feature_importance("gain"),
                "splits": scorer.booster.feature_importance("split"),
            }
        )
        for name, scorer in scorers.items()
    ]
    table = pd.concat(found, ignore_index=True)
    table["gain_share"] /= table.groupby("signal")["gain_share"].transform("sum").clip(lower=1e-12)
    used = table[table["splits"] > 0]
    return used.sort_values(["signal", "gain_share"], ascending=[True, False], ignore_index=True)


def fold_metrics(fitted: Fitted) -> Iterator[tuple[int, dict[str, Any]]]:
    """Of each fold, AUC and log-loss of every signal on its rows, by heads that never saw them."""
    for held in sorted(set(fitted.fold.tolist())):
        figures = {"rows": float(np.count_nonzero(fitted.fold == held))}
        for at, signal in enumerate(SIGNALS):
            rows, truth = rows_of(signal, fitted.train)
            chosen = rows & (fitted.fold == held)
            if 0 < truth[chosen].sum() < chosen.sum():
                scores = fitted.out_of_fold[chosen, at]
                figures[f"auc/{signal.name}"] = float(roc_auc_score(truth[chosen], scores))
                figures[f"log_loss/{signal.name}"] = float(log_loss(truth[chosen], scores))
        yield int(held), figures
