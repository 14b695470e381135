"""What a search leaves: the best settings as TOML, a table of all trials, and a picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.special import stdtrit

from training.config import TrainingConfig
from training.plots import new_figure
from training.rules import OLD_NAMES
from training.tuning.space import with_settings
from training.tuning.study import Trial

__all__ = ["TuningResults", "as_toml", "gain", "history", "trial_table"]


@dataclass(frozen=True)
class TuningResults:
    """What a search has found until now.

    Attributes
    ----------
    table
        As :func:`trial_table`.
    figure
        As :func:`history`.
    figures
        Metrics by name.
    toml
        As :func:`as_toml`; None while no trial is done.
    """

    table: pd.DataFrame
    figure: Figure
    figures: Mapping[str, float]
    toml: str | None


def as_toml(config: TrainingConfig, best: Trial, comments: Sequence[str] = ()) -> str:
    """The best settings, with all others as they were, as ``assay train --config`` reads them.

    >>> best = Trial(3, "done", {"scorer.trees": 120}, (0.5,), 1.0, 0.0)
    >>> [line for line in as_toml(TrainingConfig(), best).splitlines() if "trees" in line]
    ['trees = 120']
    """
    settings = with_settings(config, best.settings).as_dict()
    named = {OLD_NAMES.get(name, name): value for name, value in settings.items()}
    scorer = named.pop("scorer")
    lines = [f"# {comment}" for comment in comments]
    lines += [f"{name} = {json.dumps(value)}" for name, value in named.items()]
    return (
        "\n".join(
            [*lines, "", "[scorer]", *(f"{name} = {json.dumps(value)}" for name, value in scorer.items())]
        )
        + "\n"
    )


def trial_table(trials: Sequence[Trial]) -> pd.DataFrame:
    """A row a trial: its number, state, recall (mean and by fold), seconds and settings."""
    rows = [
        {
            "trial": one.number, "state": one.state, "recall": one.recall,
            "seconds": None if one.seconds is None else round(one.seconds, 1),
            **{f"recall_fold_{held + 1}": value for held, value in enumerate(one.recalls)},
            **one.settings,
        }
        for one in trials
    ]  # fmt: skip
    return pd.DataFrame(rows)


def gain(best: Trial, first: Trial) -> tuple[float, float]:
    """By how much the best trial's recall exceeds the first one's, and half of its 95 % interval.

    The interval is Student's, over the folds in pairs: of so few folds two standard errors hold too little.
    The same folds chose the best, so the gain is flattered: the test split of a training says what it is.

    >>> folds = (0.5, 0.6, 0.7), (0.4, 0.5, 0.4)
    >>> best, first = (Trial(0, "done", {}, recalls, None, 0.0) for recalls in folds)
    >>> [round(figure, 3) for figure in gain(best, first)]
    [0.167, 0.287]
    """
    pairs = min(len(best.recalls), len(first.recalls))
    if not pairs:
        return float("nan"), float("nan")
    differences = np.subtract(best.recalls[:pairs], first.recalls[:pairs])
    if pairs == 1:
        return float(differences[0]), float("nan")
    error = float(differences.std(ddof=1) / np.sqrt(pairs))
    return float(differences.mean()), float(stdtrit(pairs - 1, 0.975)) * error


def history(trials: Sequence[Trial], importances: Mapping[str, float], alpha: float) -> Figure:
    """Recall of every trial with the best so far, and how much each setting mattered."""
    figure = new_figure(11.0, 4.5)
    left, right = figure.subplots(1, 2, width_ratios=(1.6, 1.0))
    done = [one for one in trials if one.state == "done"]
    given_up = [one for one in trials if one.state == "given up"]
    left.plot([one.number for one in done], [one.recall for one in done], "o", color="#24567a", label="done")
    left.plot([one.number for one in given_up], [one.recall for one in given_up], "x", color="#999999",
              label="given up early")  # fmt: skip
    if done:
        best = np.maximum.accumulate([one.recall for one in done])
        left.step([one.number for one in done], best, where="post", color="#b5403b", label="best so far")
    if done and done[0].number == trials[0].number:
        left.axhline(done[0].recall, color="#999999", linestyle="--", linewidth=1, label="first trial")
    left.set(xlabel="trial", ylabel=f"recall at {100 * alpha:g} % false accusations, mean of folds")
    left.legend(frameon=False)
    names = sorted(importances, key=lambda name: importances[name])
    right.barh(names, [importances[name] for name in names], color="#24567a")
    right.set(title="how much each setting mattered" if names else "too few trials to say what mattered")
    if not names:
        right.set_axis_off()
    return figure
