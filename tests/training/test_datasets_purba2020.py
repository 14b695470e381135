import gzip
import math

import pytest

from accounts.errors import BadInput
from training.datasets.base import data_folder
from training.datasets.purba2020 import FILE, KINDS, load

FOLDER = data_folder()
needs_data = pytest.mark.skipif(
    not (FOLDER / FILE).is_file(), reason=f"needs {FILE} in ASSAY_DATA: see docs/data.md"
)


def make_row(**changes):
    return {
        "pos": 69, "flw": 999, "flg": 99, "bl": 293, "pic": 1, "lin": 0, "cl": 223, "cz": 0.0, "ni": 0.111,
        "erl": 10.0, "erc": 0.5, "lt": 0.944, "hc": 0.556, "pr": 0.0, "fo": 0.0, "cs": 0.107, "pi": 336.0,
        "class": "r",
    } | changes  # fmt: skip


# What the sums come to where the posts could not be read.
UNSEEN = {
    "cl": 0, "cz": 0.0, "ni": 0.0, "erl": 0.0, "erc": 0.0, "lt": 0.0, "hc": 0.0, "cs": 1.0, "pi": 0.0
}  # fmt: skip


def load_rows(folder, *rows):
    (folder / FILE).parent.mkdir(exist_ok=True)
    lines = [",".join("" if value is None else str(value) for value in row.values()) for row in rows]
    (folder / FILE).write_bytes(gzip.compress("\n".join([",".join([*KINDS, "class"]), *lines, ""]).encode()))
    return load(folder, any_content=True)


def test_features_are_the_catalogues_own(tmp_path):
    features = load_rows(tmp_path, make_row()).features.loc["purba:1"]
    assert features["following_ratio"] == pytest.approx(-1.0)
    # Two rates in per cent: the per cent cancels out. Hours between posts become posts a week.
    assert features["comments_per_like"] == pytest.approx(0.05)
    assert features["posts_per_week"] == pytest.approx(0.5)
    assert features["hashtags_per_post"] == 0.556
    assert (features["picture"], features["description_length"]) == (1.0, 293.0)
    # Means over posts are not medians, and a cosine is not a share of equal captions.
    assert features[["engagement_rate", "engagement_below_peers", "repeated_caption_share"]].isna().all()


def test_every_kind_of_bought_follower_is_what_the_head_looks_for(tmp_path):
    found = load_rows(tmp_path, *(make_row(**{"class": letter}) for letter in "rais"))
    assert found.classes == ["real", "active fake", "inactive fake", "spammer"]
    assert found.truth.tolist() == [False, True, True, True]
    assert set(found.raw) == set(KINDS)


def test_the_level_follows_from_the_posts_summed_up(tmp_path):
    found = load_rows(tmp_path, *(make_row(pos=posts) for posts in (0, 4, 5, 12, 5000)))
    assert found.levels == ["profile", "profile", "profile+posts5", "profile+posts12", "profile+posts12"]
    assert found.features["hashtags_per_post"].isna().tolist() == [True, True, False, False, False]


def test_posts_that_could_not_be_read_are_absent_and_not_zero(tmp_path):
    plain = UNSEEN | {"cz": 1.0, "cs": 0.0}
    found = load_rows(tmp_path, make_row(**UNSEEN), make_row(**plain))
    assert found.levels == ["profile", "profile+posts12"]
    assert math.isnan(found.features.loc["purba:1", "hashtags_per_post"])
    assert found.features.loc["purba:2", "hashtags_per_post"] == 0.0
    assert found.features[["comments_per_like", "posts_per_week"]].isna().all(axis=None)


def test_a_caption_cannot_have_a_length_below_zero(tmp_path):
    assert math.isnan(load_rows(tmp_path, make_row(cl=-1)).raw.loc["purba:1", "cl"])


def test_rows_that_stand_twice_are_one(tmp_path):
    found = load_rows(tmp_path, make_row(), make_row(), make_row(pos=70))
    assert found.features.index.tolist() == found.groups == ["purba:1", "purba:3"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"class": "x"}, "row 2: class must be one of r, a, i, s."),
        ({"class": None}, "row 2: class must be one of r, a, i, s."),
        ({"cs": 1.5}, 'row 2: cs must be a number from 0 to 1. Got "1.5".'),
        ({"flw": -1}, "row 2: flw must be a whole number >= 0."),
        ({"cl": -2}, "row 2: cl must be a number >= -1."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, changes, sentence):
    with pytest.raises(BadInput) as refusal:
        load_rows(tmp_path, make_row(), make_row(**changes))
    assert str(refusal.value).startswith(FILE)
    assert sentence in str(refusal.value)


@needs_data
def test_the_real_file_has_43307_rows_and_1082_stand_twice():
    found = load(FOLDER)
    assert len(found) == 43_307 - 1_082
    kinds = ("real", "active fake", "inactive fake", "spammer")
    assert [found.classes.count(kind) for kind in kinds] == [10_441, 12_054, 9_467, 10_263]
