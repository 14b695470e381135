import json
from dataclasses import asdict

import pytest

from accounts.errors import BadInput
from training.config import TrainingConfig, config_of, read_config
from training.rules import RULES, flat
from training.starter import CONFIG as STARTER


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "run.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refusal(path):
    with pytest.raises(BadInput) as caught:
        read_config(path)
    return str(caught.value)


def test_what_is_left_out_keeps_its_default(toml):
    read = read_config(toml("alpha = 0.02\n[scorer]\ntrees = 12\n"))
    assert (read.alpha, read.scorer.trees) == (0.02, 12)
    assert read.masked_copies == TrainingConfig().masked_copies
    assert read.scorer.leaves == TrainingConfig().scorer.leaves
    assert read_config(toml("")) == TrainingConfig()


def test_three_shares_may_leave_no_hold_out(toml):
    assert read_config(toml("train_share = 0.6\ncalibration_share = 0.3\ntest_share = 0.1")).test_share == 0.1


def test_a_number_may_be_written_without_its_point(toml):
    assert repr(read_config(toml("[scorer]\nl2 = 3")).scorer.l2) == "3.0"


def test_a_file_s_faults_are_all_told_at_once(toml):
    path = toml("colour = 1\nseed = -1\n[shape]\nround = true\n[scorer]\ndepth = 3\nleaves = 1")
    assert refusal(path).splitlines() == [
        f"{path}: colour is not a setting of a training run.",
        f"{path}: seed must be a whole number from 0 to 10^9. Got -1.",
        f"{path}: shape.round is not a setting of a training run.",
        f"{path}: scorer.depth is not a setting of a training run.",
        f"{path}: scorer.leaves must be a whole number from 2 to 10^9. Got 1.",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("copies = 'many'", 'copies must be a whole number from 1 to 10^9. Got "many".'),
        ("seed = 1.5", "seed must be a whole number from 0 to 10^9. Got 1.5."),
        ("folds = true", "folds must be a whole number from 2 to 10^9. Got true."),
        ("seed = 2026-11-01", "seed must be a whole number from 0 to 10^9. Got 2026-11-01."),
        ("accounts = 499", "accounts must be a whole number from 500 to 10^9. Got 499."),
        ("alpha = '0.01'", 'alpha must be a number above 0 and below 1. Got "0.01".'),
        ("alpha = nan", "alpha must be a number above 0 and below 1. Got NaN."),
        ("confidence = 0.0", "confidence must be a number above 0 and below 1. Got 0.0."),
        ("max_cleared_share = 1", "max_cleared_share must be a number above 0 and below 1. Got 1."),
        ("copies = 2\nmasked_copies = 3", "copies is the older name of masked_copies. Both are given."),
        ("most_cleared = 1", "most_cleared must be a number above 0 and below 1. Got 1."),
        ("test_share = 0.0", "test_share must be a number above 0 and at most 1. Got 0.0."),
        ("threshold_share = inf", "threshold_share must be a number above 0 and at most 1. Got Infinity."),
        ("train_share = 0.9", "train_share + calibration_share + test_share must be at most 1. Got 1.4."),
        ("weak_weight = -1.0", "weak_weight must be a number >= 0. Got -1.0."),
        ("weak = inf", "weak must be a number >= 0. Got Infinity."),
        ("name = ''", 'name must be a text that is not empty. Got "".'),
        ("scorer = 3", "scorer must be a table of settings. Got 3."),
        ("[scorer]\ntrees = 0", "scorer.trees must be a whole number from 1 to 10^9. Got 0."),
        ("[scorer]\nlearning_rate = 0", "scorer.learning_rate must be a number above 0. Got 0."),
        ("'new\tline' = 3", "new\\tline is not a setting of a training run."),
        ("alpha =", "must be TOML. Invalid value (at end of document)."),
    ],
)
def test_what_breaks_a_rule_is_refused_in_one_sentence(toml, text, message):
    path = toml(text)
    assert refusal(path) == f"{path}: {message}"


def test_a_configuration_made_in_python_keeps_the_same_rules():
    with pytest.raises(BadInput, match=r"^seed must be a whole number"):
        TrainingConfig(seed=-1)
    with pytest.raises(BadInput, match=r"must be at most 1\. Got 1\.4"):
        TrainingConfig(train_share=0.9)


def test_every_setting_has_a_rule_that_its_default_keeps():
    defaults = flat(asdict(TrainingConfig()))
    assert set(defaults) == set(RULES)
    kinds = {name: tuple if type(value) is list else type(value) for name, value in defaults.items()}
    assert all(kind is RULES[name].kind for name, kind in kinds.items())


def test_no_file_and_no_text(toml, tmp_path):
    assert "does not exist" in refusal(tmp_path / "absent.toml")
    path = toml("")
    path.write_bytes(b"\xff")
    assert refusal(path) == f"{path}: must be UTF-8."


def test_a_configuration_is_json_and_comes_back(toml):
    config = TrainingConfig(seed=5, organic=("one", "other"))
    plain = config.as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert config_of(plain) == config


def test_older_names_mean_the_same(toml):
    older = "threshold_share = 0.3\nmasked = 5\ncopies = 2\nweak = 0.1\nmost_cleared = 0.2"
    read = read_config(toml(older))
    assert (read.calibration_share, read.masked_accounts, read.masked_copies) == (0.3, 5, 2)
    assert (read.weak_below_strength, read.max_cleared_share) == (0.1, 0.2)
    assert {"threshold_share", "masked", "copies", "weak", "most_cleared"} <= set(read.as_dict())


def test_the_starter_s_own_configuration_can_be_read():
    assert read_config(STARTER).accounts >= 10_000
