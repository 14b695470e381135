import numpy as np
import pytest

from accounts.errors import BadInput
from features.declaration import AUTOMATED
from training.datasets.base import data_folder
from training.datasets.cresci2015 import FILE, KINDS, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not (REAL / FILE).is_file(), reason=f"needs {FILE} in ASSAY_DATA: see docs/data.md"
)
ROW = {
    "account": "aa", "statuses_count": 24, "followers_count": 9, "friends_count": 999, "favourites_count": 16,
    "listed_count": 0, "default_profile": "", "default_profile_image": "", "geo_enabled": "1.0",
    "created_at": "Thu Sep 08 13:20:35 +0000 2011", "username_length": 12, "username_digit_count": 3,
    "description_length": 40, "has_url": "True", "label": "human",
}  # fmt: skip
LAST = "Sat Dec 17 13:20:35 +0000 2011"  # a hundred days later


def load_rows(folder, *rows, columns=tuple(KINDS)):
    (folder / FILE).parent.mkdir(exist_ok=True)
    lines = [columns, *([(ROW | row)[name] for name in columns] for row in rows)]
    (folder / FILE).write_text("\n".join(",".join(map(str, line)) for line in lines))
    return load(folder, any_content=True)


def test_a_profile_and_its_label(tmp_path):
    found = load_rows(tmp_path, {}, {"account": "bb", "label": "bought_follower", "created_at": LAST})
    assert (found.head, found.levels) == (AUTOMATED, ["profile", "profile"])
    assert found.features.index.tolist() == found.groups == ["cresci2015:aa", "cresci2015:bb"]
    assert (found.classes, found.truth.tolist()) == (["human", "bought_follower"], [False, True])
    first = found.features.loc["cresci2015:aa"]
    assert first["following_ratio"] == 2.0
    assert first["profile_completeness"] == 1.0
    assert first["username_digit_share"] == 0.25
    assert first["description_length"] == 40
    assert found.raw.loc["cresci2015:aa", "friends_count"] == 999


def test_everybody_is_seen_at_one_time_whatever_the_label(tmp_path):
    rows = [{"account": name, "created_at": when} for name, when in (("aa", ROW["created_at"]), ("bb", LAST))]
    labels = ("human", "bought_follower")
    one, other = (
        load_rows(tmp_path, *(row | {"label": label} for row, label in zip(rows, order, strict=True)))
        for order in (labels, labels[::-1])
    )
    assert np.array_equal(one.features, other.features, equal_nan=True)
    assert one.features["account_age"].to_list() == pytest.approx([np.log10(101), 0.0])


def test_a_switch_that_is_not_on_is_unknown(tmp_path):
    found = load_rows(tmp_path, {}, {"account": "bb", "default_profile_image": "1.0"})
    assert found.features["picture"].fillna(-1).to_list() == [-1, 0]
    assert found.raw["default_profile_image"].fillna(-1).to_list() == [-1, 1]


def test_an_account_stands_once_and_under_one_label(tmp_path):
    twice = {"account": "bb"}
    found = load_rows(tmp_path, {}, twice, {}, twice | {"label": "bought_follower"})
    assert found.features.index.tolist() == ["cresci2015:aa"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"created_at": "2011-09-08"}, "created_at must be a time such as Thu Sep 08 13:20:35 +0000 2011."),
        ({"geo_enabled": "0"}, "geo_enabled must be 1 or empty."),
        ({"label": "bot"}, "label must be one of bought_follower, human."),
        ({"followers_count": -1}, "followers_count must be a whole number >= 0."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, row, message):
    with pytest.raises(BadInput) as refusal:
        load_rows(tmp_path, {}, row)
    assert str(refusal.value).startswith(f"{FILE} row 2: {message}")


def test_another_column_or_content_is_refused(tmp_path):
    with pytest.raises(BadInput, match="label must be a column of it"):
        load_rows(tmp_path, {}, columns=tuple(KINDS)[:-1])
    with pytest.raises(BadInput, match="must be the published content"):
        load(tmp_path)


@needs_data
def test_the_real_file():
    found = load(REAL)
    assert (found.classes.count("bought_follower"), found.classes.count("human")) == (1337, 1481)
    assert set(found.levels) == {"profile"}
    assert found.features["account_age"].min() == 0.0
    assert 0.25 < found.held_out.mean() < 0.35
