import pytest

from accounts.errors import BadInput
from training.datasets.base import data_folder
from training.datasets.kaggle_instagram import FILES, KINDS, load

FOLDER = data_folder()
needs_data = pytest.mark.skipif(
    not (FOLDER / FILES["train"]).is_file(), reason=f"needs {FILES['train']} in ASSAY_DATA: see docs/data.md"
)


def make_row(**changes):
    row = dict.fromkeys(KINDS, 0) | {
        "profile pic": 1, "nums/length username": 0.27, "fullname words": 2, "description length": 53,
        "#posts": 9, "#followers": 99, "#follows": 999, "fake": 1,
    }  # fmt: skip
    return row | changes


def write(folder, **parts):
    for part, rows in parts.items():
        (folder / FILES[part]).parent.mkdir(exist_ok=True)
        lines = [",".join("" if value is None else str(value) for value in row.values()) for row in rows]
        (folder / FILES[part]).write_text("\n".join([",".join(KINDS), *lines]) + "\n")
    return folder


def test_the_digit_share_is_given_without_a_length(tmp_path):
    found = load(write(tmp_path, train=[make_row()]), "train", any_content=True)
    features = found.features.loc["kaggle:train:1"]
    assert features["username_digit_share"] == 0.27
    assert features[["handle_length", "likes_variation"]].isna().all()
    assert (features["following_ratio"], features["name_words"]) == (1.0, 2.0)
    # Picture, name and description are there, the link is not.
    assert features["profile_completeness"] == 0.75
    assert (found.levels, found.classes, found.truth.tolist()) == (["profile"], ["fake"], [True])
    assert set(found.raw) == set(KINDS) - {"fake"}


def test_its_own_split_is_kept(tmp_path):
    write(tmp_path, train=[make_row(), make_row(private=1)], test=[make_row(fake=0)])
    both = load(tmp_path, any_content=True)
    assert both.features.index.tolist() == ["kaggle:train:1", "kaggle:train:2", "kaggle:test:1"]
    assert load(tmp_path, "test", any_content=True).features.equals(both.features.iloc[2:])
    assert load(tmp_path, "train", any_content=True).features.equals(both.features.iloc[:2])


def test_a_part_alone_needs_no_other_file(tmp_path):
    write(tmp_path, test=[make_row()])
    assert len(load(tmp_path, "test", any_content=True)) == 1
    with pytest.raises(BadInput, match=f"^{FILES['train']}: must be in ASSAY_DATA"):
        load(tmp_path, any_content=True)


def test_rows_that_stand_twice_are_one(tmp_path):
    write(tmp_path, train=[make_row(), make_row(), make_row(fake=0)], test=[make_row()])
    assert load(tmp_path, any_content=True).features.index.tolist() == ["kaggle:train:1", "kaggle:train:3"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"nums/length username": 27}, 'row 1: nums/length username must be a number from 0 to 1. Got "27".'),
        ({"#followers": "1k"}, 'row 1: #followers must be a whole number >= 0. Got "1k".'),
        ({"fake": None}, "fake must be known in every row."),
        ({"more": 1}, "must be a CSV file"),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, changes, sentence):
    with pytest.raises(BadInput) as refusal:
        load(write(tmp_path, train=[make_row(**changes)]), "train", any_content=True)
    assert str(refusal.value).startswith(FILES["train"])
    assert sentence in str(refusal.value)


@needs_data
def test_the_real_files_have_576_and_120_rows_and_four_stand_twice():
    train, test = load(FOLDER, "train"), load(FOLDER, "test")
    assert (len(train), int(train.truth.sum())) == (576 - 2, 288 - 1)
    assert (len(test), int(test.truth.sum())) == (120 - 2, 60 - 2)
    # No row stands in both parts.
    assert len(load(FOLDER)) == len(train) + len(test)
