import json

import pytest

from accounts.errors import BadInput
from training.config import TrainingConfig, read_config
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
    assert read.copies == TrainingConfig().copies
    assert read.scorer.leaves == TrainingConfig().scorer.leaves
    assert read_config(toml("")) == TrainingConfig()


def test_three_shares_may_leave_nothing_sealed(toml):
    assert read_config(toml("train_share = 0.6\nthreshold_share = 0.3\ntest_share = 0.1")).test_share == 0.1


@pytest.mark.parametrize(
    ("text", "name"),
    [("colour = 1", "colour"), ("[scorer]\ndepth = 3", "scorer.depth"), ("copies = 'many'", "copies")],
)
def test_a_key_that_is_unknown_or_of_another_type_is_named(toml, text, name):
    assert name in refusal(toml(text))


def test_every_unknown_key_is_named_at_once(toml):
    said = refusal(toml("colour = 1\nshape = 2\n[scorer]\ndepth = 3"))
    assert all(name in said for name in ("colour", "shape", "scorer.depth"))


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("train_share = 0.9", "sum to 1"),
        ("test_share = 0.0", "positive"),
        ("accounts = 499", "at least 500"),
        ("copies = 0", "copies"),
        ("folds = 1", "folds"),
        ("alpha = 1.0", "alpha"),
        ("confidence = 0.0", "confidence"),
        ("most_cleared = 1.5", "most_cleared"),
        ("train_share = nan", "positive"),
        ("threshold_share = inf", "sum to 1"),
        ("alpha = nan", "alpha"),
        ("seed = -1", "seed"),
        ("[scorer]\ntrees = 0", "scorer.trees"),
        ("[scorer]\nleaves = 1", "scorer.leaves"),
    ],
)
def test_a_value_out_of_range_is_refused_in_words(toml, text, about):
    said = refusal(toml(text))
    assert about in said
    assert "run.toml" in said
    assert "Value error" not in said


def test_no_toml_and_no_file(toml, tmp_path):
    assert "is not TOML" in refusal(toml("alpha ="))
    assert "does not exist" in refusal(tmp_path / "absent.toml")


def test_a_configuration_is_json_and_comes_back(toml):
    plain = TrainingConfig(seed=5).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    scorer = plain.pop("scorer")
    assert TrainingConfig(**plain, scorer=type(TrainingConfig().scorer)(**scorer)) == TrainingConfig(seed=5)


def test_the_starter_s_own_configuration_can_be_read():
    assert read_config(STARTER).accounts >= 10_000
