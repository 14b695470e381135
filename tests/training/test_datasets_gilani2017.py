import math

import pytest

from accounts.errors import BadInput
from accounts.reading import read_documents
from features.declaration import AUTOMATED
from features.derive import derive
from training.datasets.base import data_folder
from training.datasets.gilani2017 import FILE, KINDS, OWN, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not (REAL / FILE).is_file(), reason=f"needs {FILE} in ASSAY_DATA: see docs/data.md"
)
ROW = dict.fromkeys(OWN, 0) | {
    "follower_friend_ratio": 2.0, "tweet_frequency": 3.0, "age_of_account_in_days": 99.0,
    "likes_per_tweet": 7.5, "label": "human", "tier": "1k", "account": "aa",
}  # fmt: skip


def load_rows(folder, *rows, columns=tuple(KINDS)):
    (folder / FILE).parent.mkdir(exist_ok=True)
    lines = [columns, *([(ROW | row)[name] for name in columns] for row in rows)]
    (folder / FILE).write_text("\n".join(",".join(map(str, line)) for line in lines))
    return load(folder, any_content=True)


def test_what_has_the_catalogue_s_formula_and_nothing_else(tmp_path):
    found = load_rows(tmp_path, {}, {"account": "bb", "label": "bot"})
    row = found.features.iloc[0].dropna().to_dict()
    assert row == pytest.approx({
        "account_age": 2.0, "lifetime_posts_per_week": 21.0, "posts_size": math.log10(298),
        "following_ratio": -math.log10(2),
    })  # fmt: skip
    assert (found.head, found.truth.tolist(), set(found.levels)) == (AUTOMATED, [False, True], {"profile"})
    assert list(found.raw.columns) == [*OWN, "tier_followers"]
    assert found.raw["likes_per_tweet"].to_list() == [7.5, 7.5]


def test_the_same_numbers_as_from_an_account_document(tmp_path):
    profile = {"followers": 990, "following": 110, "posts": 297, "created_at": "2016-01-01T00:00:00Z"}
    document = {"schema": 1, "account_id": "a", "platform": "x", "as_of": "2016-04-09T00:00:00Z"}
    derived = derive(read_documents([document | {"profile": profile}]).tables).loc["a"]
    found = load_rows(tmp_path, {"follower_friend_ratio": 9.0}).features.iloc[0]
    for name in ("account_age", "lifetime_posts_per_week", "posts_size"):
        assert found[name] == pytest.approx(derived[name], abs=1e-12)
    assert found["following_ratio"] == pytest.approx(derived["following_ratio"], abs=0.005)


def test_a_ratio_that_one_more_could_move_is_absent(tmp_path):
    rows = [
        {"account": f"{tier} {ratio}", "follower_friend_ratio": ratio, "tier": tier}
        for ratio, tier in ((9.0, "1k"), (9.1, "1k"), (9.1, "100k"), (0.0, "1k"), (-4.0, "1M"))
    ]
    known = load_rows(tmp_path, *rows).features["following_ratio"].notna().to_list()
    assert known == [True, False, True, False, False]


def test_an_account_that_was_called_both_is_neither(tmp_path):
    found = load_rows(tmp_path, {}, {"account": "bb"}, {"account": "bb", "label": "bot"}, {})
    assert found.features.index.tolist() == found.groups == ["gilani2017:aa"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tier": "5k"}, "tier must be one of 1k, 100k, 1M, 10M."),
        ({"label": ""}, "label must not be empty."),
        ({"tweet_frequency": "often"}, "tweet_frequency must be a number."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, row, message):
    with pytest.raises(BadInput) as refusal:
        load_rows(tmp_path, {}, row)
    assert str(refusal.value).startswith(f"{FILE} row 2: {message}")


def test_another_content_is_refused(tmp_path):
    load_rows(tmp_path, {})
    with pytest.raises(BadInput, match="must be the published content"):
        load(tmp_path)


@needs_data
def test_the_real_file_has_21_accounts_under_both_labels():
    rows = len((REAL / FILE).read_text().splitlines()) - 1
    found = load(REAL)
    assert (rows, len(found)) == (1492 + 1939, rows - 2 * 21)
    assert (found.classes.count("bot"), found.classes.count("human")) == (1492 - 21, 1939 - 21)
