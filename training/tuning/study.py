"""A search that can be stopped and taken up again: the only module that imports Optuna."""

from __future__ import annotations

import os
import socket
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import optuna
from optuna.trial import TrialState

from accounts.errors import BadInput, Fault
from training.config import TrainingConfig
from training.tuning.objective import FEWEST_JUDGED, TuningData, fold_recall
from training.tuning.space import settings_of, suggested, with_settings

__all__ = ["Study", "Trial", "importances_of"]

FIRST_AT_RANDOM: Final = 8
"""Trials before the sampler learns from those before."""
NEVER_PRUNED: Final = 4
"""Finished trials before any is given up early."""
STATES: Final = {
    TrialState.COMPLETE: "done", TrialState.PRUNED: "given up", TrialState.FAIL: "broken off",
    TrialState.RUNNING: "running", TrialState.WAITING: "waiting",
}  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One trial.

    Attributes
    ----------
    number
        From 0.
    state
        done, given up (by the pruner), broken off, running or waiting.
    settings
        What it tried.
    recalls
        Recall of each fold that was judged.
    seconds
        How long it took; None while it runs.
    started
        In seconds since 1970.
    """

    number: int
    state: str
    settings: Mapping[str, int | float]
    recalls: tuple[float, ...]
    seconds: float | None
    started: float

    @property
    def recall(self) -> float:
        """Mean over the folds that were judged; NaN without any."""
        return float(np.mean(self.recalls)) if self.recalls else float("nan")


@dataclass(frozen=True)
class Study:
    """A search under a name, in a database."""

    study: optuna.Study

    @classmethod
    def open(cls, url: str, name: str, about: Mapping[str, Any], seed: int) -> Study:
        """Begin a search, or take it up where it was left.

        Parameters
        ----------
        url
            SQLAlchemy's address of the database.
        name
            Of the study.
        about
            What its trials have in common, such as the data's digest; in JSON's own types.
        seed
            Of the sampler.

        Raises
        ------
        BadInput
            If a study of that name was about something else.
        """
        with _quiet():
            before = url_has(url, name)
            sampler = optuna.samplers.TPESampler(seed=seed + before, n_startup_trials=FIRST_AT_RANDOM)
            pruner = optuna.pruners.MedianPruner(n_startup_trials=NEVER_PRUNED)
            study = optuna.create_study(
                storage=url, study_name=name, direction="maximize", load_if_exists=True,
                sampler=sampler, pruner=pruner,
            )  # fmt: skip
        known = study.user_attrs.get("about")
        if known is None:
            study.set_user_attr("about", dict(about))
        elif differing := [key for key, value in about.items() if known.get(key) != value]:
            rule = f"was begun with another {' and '.join(differing)}: give another --study"
            raise BadInput(Fault(f"study {name}", "", f"{rule}."))
        found = cls(study)
        found.fail_abandoned()
        return found

    def fail_abandoned(self) -> None:
        """Trials of processes that are gone are broken off."""
        for trial in self.study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
            host, _, process = str(trial.user_attrs.get("process", "")).rpartition(":")
            if host == socket.gethostname() and not alive(int(process)):
                self.study.tell(trial.number, state=TrialState.FAIL)

    def note(self, name: str) -> str | None:
        """What was noted of the study under a name."""
        value = self.study.user_attrs.get(name)
        return None if value is None else str(value)

    def set_note(self, name: str, value: str) -> None:
        """Note something of the study for whoever takes it up again."""
        self.study.set_user_attr(name, value)

    @property
    def trials(self) -> list[Trial]:
        """All trials, by number."""
        return [_trial(one) for one in self.study.get_trials(deepcopy=False)]

    @property
    def best(self) -> Trial | None:
        """The finished trial with the largest recall; None without any."""
        done = [trial for trial in self.trials if trial.state == "done"]
        return max(done, key=lambda trial: (trial.recall, -trial.number), default=None)

    def run_trial(self, data: TuningData, config: TrainingConfig) -> Trial:
        """One more trial, given up once it falls behind the others; the first has the settings as they are.

        Raises
        ------
        BadInput
            If a fold has too few accounts to judge on.
        """
        if not self.study.get_trials(deepcopy=False):
            now = settings_of(config, real=data.fits_real)
            if now is not None:
                self.study.enqueue_trial(dict(now))
        with _quiet():
            trial = self.study.ask()
            trial.set_user_attr("process", f"{socket.gethostname()}:{os.getpid()}")
            try:
                self._judge(trial, data, config)
            except BaseException:
                self.study.tell(trial, state=TrialState.FAIL)
                raise
        return self.trials[trial.number]

    def _judge(self, trial: optuna.Trial, data: TuningData, config: TrainingConfig) -> None:
        settings = suggested(trial, real=data.fits_real)
        trial.set_user_attr("settings", settings)
        tried, recalls = with_settings(config, settings), list[float]()
        for held in range(config.folds):
            found = fold_recall(data, tried, held)
            if not found.enough:
                raise BadInput(Fault("", f"fold {held + 1}", too_few(found.authentic, found.fakes)))
            recalls.append(found.recall)
            trial.set_user_attr("recalls", recalls)
            trial.report(float(np.mean(recalls)), held)
            if held + 1 < config.folds and trial.should_prune():
                self.study.tell(trial, state=TrialState.PRUNED)
                return
        self.study.tell(trial, float(np.mean(recalls)))

    def search(
        self,
        data: TuningData,
        config: TrainingConfig,
        *,
        trials: int,
        minutes: float | None,
        after: Callable[[Trial, int], None],
    ) -> bool:
        """Run trials until so many are done or so much time is over; whether Ctrl-C ended it.

        Parameters
        ----------
        data, config
            As :meth:`run_trial`.
        trials
            How many more.
        minutes
            After which no further trial begins; None: as long as it takes.
        after
            Called with each trial and how many are done now.
        """
        end = None if minutes is None else time.monotonic() + 60 * minutes
        try:
            for count in range(trials):
                if end is not None and count and time.monotonic() > end:
                    break
                after(self.run_trial(data, config), count + 1)
        except KeyboardInterrupt:
            return True
        return False


def importances_of(study: Study) -> dict[str, float]:
    """How much each setting mattered to the recall (fANOVA); empty with fewer than five finished trials."""
    if sum(trial.state == "done" for trial in study.trials) < 5:
        return {}
    with _quiet():
        return dict(optuna.importance.get_param_importances(study.study))


def too_few(authentic: int, fakes: int) -> str:
    """The rule that a fold breaks that cannot judge."""
    return (
        f"must hold {FEWEST_JUDGED} authentic accounts and {FEWEST_JUDGED} fakes to judge on."
        f" Got {authentic:,} and {fakes:,}: give more accounts, or fewer folds."
    )


def url_has(url: str, name: str) -> int:
    """How many trials a study of that name has already."""
    summaries = {one.study_name: one.n_trials for one in optuna.get_all_study_summaries(url)}
    return summaries.get(name, 0)


def alive(process: int) -> bool:
    """Whether a process of this machine runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@contextmanager
def _quiet() -> Iterator[None]:
    """Optuna without its log, and without warnings of what it calls experimental."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


def _trial(found: optuna.trial.FrozenTrial) -> Trial:
    seconds = None if found.duration is None else found.duration.total_seconds()
    started = 0.0 if found.datetime_start is None else found.datetime_start.timestamp()
    return Trial(
        found.number, STATES[found.state], found.user_attrs.get("settings", found.params),
        tuple(found.user_attrs.get("recalls", ())), seconds, started,
    )  # fmt: skip
