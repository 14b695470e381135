"""A search for settings: what it is judged on, that it can be stopped and taken up, and what it leaves."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from accounts.errors import BadInput
from training.config import TrainingConfig, read_config
from training.tuning.objective import fold_recall, tuning_data
from training.tuning.results import as_toml, gain, history, trial_table
from training.tuning.space import SPACE, settings_of, with_settings
from training.tuning.study import Study, Trial, importances_of

ABOUT = {"data": "0f" * 32}


@pytest.fixture(scope="module")
def rows(fitted):
    return tuning_data(fitted.train, fitted.fold, fit_real=True)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('tuning')}/tuning.db"


@pytest.fixture(scope="module")
def study(url, rows, run):
    """A search of two trials, and then Ctrl-C in the third."""
    found, seen = Study.open(url, "small", ABOUT, seed=1), []

    def after(trial, done):
        seen.append(trial.number)
        if len(seen) == 3:
            raise KeyboardInterrupt

    assert not found.search(rows, run.config, trials=2, minutes=None, after=after)
    assert found.search(rows, run.config, trials=5, minutes=60, after=after)
    assert seen == [0, 1, 2]
    return found


def test_simulated_accounts_judge_as_they_came_where_there_are_no_real_ones(rows, fitted):
    assert not rows.real and rows.fits.all()
    judged = fitted.train.features.index[rows.judged]
    assert judged.is_unique and set(judged) == set(fitted.train.features.index)


def test_real_accounts_judge_and_need_not_train(fitted):
    labels = fitted.train.labels
    person = labels["person"].to_list()
    some = [("real" if at % 3 == 0 else one) for at, one in enumerate(person)]
    mixed = replace(fitted.train, labels=labels.with_columns(person=np.array(some, dtype=object)))
    for fit_real in (True, False):
        data = tuning_data(mixed, fitted.fold, fit_real=fit_real)
        assert data.real and mixed.real[data.judged].all()
        assert data.fits.all() == fit_real and (fit_real or not mixed.real[data.fits].any())


def test_a_fold_is_judged_by_heads_that_never_saw_it_and_a_tiny_one_not_at_all(rows, run):
    found = fold_recall(rows, run.config, 0)
    assert found.enough and 0.2 < found.recall <= 1
    few = replace(rows, judged=rows.judged & (np.cumsum(rows.judged) <= 20))
    assert not fold_recall(few, run.config, 0).enough
    with pytest.raises(BadInput, match=r"fold 1 must hold 15 authentic accounts and 15 fakes"):
        Study.open("sqlite://", "few", ABOUT, seed=1).run_trial(few, run.config)


def test_ctrl_c_keeps_what_is_done_and_the_search_goes_on_from_there(study, url, rows, run):
    before = study.trials
    assert [one.state for one in before] == ["done"] * 3
    assert all(len(one.recalls) == run.config.folds and one.seconds > 0 for one in before)
    again = Study.open(url, "small", ABOUT, seed=1)
    assert again.trials == before and again.best == max(before, key=lambda one: one.recall)
    assert again.run_trial(rows, run.config).number == 3
    with pytest.raises(BadInput, match=r"study small: was begun with another data: give another --study"):
        Study.open(url, "small", {"data": "1e" * 32}, seed=1)


def test_the_best_settings_are_a_configuration_that_train_takes(study, run, tmp_path):
    best = study.best
    file = tmp_path / "tuned.toml"
    file.write_text(as_toml(run.config, best, ["Trial 1 of 3."]))
    assert read_config(file) == with_settings(run.config, best.settings) != run.config
    assert set(best.settings) == set(SPACE) - {"organic_weight"}
    assert settings_of(run.config, real=True) is None  # 40 trees are not searched
    first = settings_of(TrainingConfig(), real=True)
    assert with_settings(TrainingConfig(seed=5), first) == TrainingConfig(seed=5)


def test_table_and_picture_hold_every_trial(study):
    trials = study.trials
    table = trial_table(trials)
    assert table["recall"].tolist() == [one.recall for one in trials]
    assert {"state", "seconds", "recall_fold_2", "scorer.trees"} <= set(table.columns)
    assert len(history(trials, importances_of(study), 0.2).axes) == 2
    more, around = gain(Trial(1, "done", {}, (0.5, 0.7), 1, 0), Trial(0, "done", {}, (0.4, 0.4), 1, 0))
    interval = ttest_1samp([0.1, 0.3], 0).confidence_interval(0.95)
    assert (more - around, more + around) == pytest.approx(tuple(interval))
