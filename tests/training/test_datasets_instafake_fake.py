import json

import pytest

from accounts.errors import BadInput
from training.datasets.base import data_folder
from training.datasets.instafake_fake import FAKE, REAL, load

FOLDER = data_folder()
needs_data = pytest.mark.skipif(
    not (FOLDER / FAKE).is_file(), reason=f"needs {FAKE} in ASSAY_DATA: see docs/data.md"
)


def make_row(**changes):
    return {
        "userFollowerCount": 9, "userFollowingCount": 999, "userBiographyLength": 0, "userMediaCount": 0,
        "userHasProfilPic": 1, "userIsPrivate": 0, "usernameDigitCount": 3, "usernameLength": 12, "isFake": 1,
    } | changes  # fmt: skip


def write(folder, fake, real):
    (folder / FAKE).parent.mkdir(exist_ok=True)
    for file, content in ((FAKE, fake), (REAL, real)):
        (folder / file).write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_a_profile_is_read_as_an_account_document(tmp_path):
    real = make_row(isFake=0, userHasProfilPic=0, userBiographyLength=30)
    found = load(write(tmp_path, [make_row()], [real]), any_content=True)
    assert found.features.index.tolist() == ["instafake_fake:1", "instafake_fake:2"]
    assert (found.classes, found.truth.tolist()) == (["fake", "real"], [True, False])
    assert found.levels == ["profile", "profile"]
    first = found.features.iloc[0]
    assert (first["following_ratio"], first["username_digit_share"]) == (2.0, 0.25)
    # Of four parts two are known: a picture, and an empty description.
    assert found.features["profile_completeness"].tolist() == [0.5, 0.5]
    assert found.features["picture"].tolist() == [1.0, 0.0]
    assert "isFake" not in found.raw


def test_rows_that_stand_twice_are_one_and_nothing_is_added(tmp_path):
    rows = [make_row(isFake=0, userFollowerCount=count) for count in (5, 7, 5, 5)]
    found = load(write(tmp_path, [make_row()], rows), any_content=True)
    assert found.features.index.tolist() == ["instafake_fake:1", "instafake_fake:2", "instafake_fake:3"]
    assert found.groups == found.features.index.tolist()


def test_what_is_null_stays_null(tmp_path):
    row = make_row(userHasProfilPic=None, userBiographyLength=None)
    found = load(write(tmp_path, [row], [make_row(isFake=0)]), any_content=True)
    assert found.features.loc["instafake_fake:1", ["picture", "description_length"]].isna().all()


@pytest.mark.parametrize(
    ("fake", "sentence"),
    [
        ("nonsense", "must be JSON."),
        ("{}", "must be a list of accounts."),
        ("[]", "must be a list of accounts."),
        ("[3]", "must be a list of accounts."),
        ([{"isFake": 1}], "account 1: userFollowerCount must be a field of it. It is missing."),
        (
            [make_row(), make_row(userFollowerCount=-1)],
            "row 2: userFollowerCount must be a whole number >= 0.",
        ),
        ([make_row(userHasProfilPic=True)], 'row 1: userHasProfilPic must be 0 or 1. Got "True".'),
        ([make_row(isFake=0)], "isFake must be 1 in every account of this file."),
        ([make_row(isFake=None)], "isFake must be 1 in every account of this file."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, fake, sentence):
    with pytest.raises(BadInput) as refusal:
        load(write(tmp_path, fake, [make_row(isFake=0)]), any_content=True)
    assert str(refusal.value).startswith(FAKE)
    assert sentence in str(refusal.value)


def test_either_file_missing_is_named(tmp_path):
    write(tmp_path, [make_row()], [make_row(isFake=0)])
    (tmp_path / REAL).unlink()
    with pytest.raises(BadInput, match=f"^{REAL}: must be in ASSAY_DATA"):
        load(tmp_path, any_content=True)


@needs_data
def test_the_real_files_have_200_fakes_and_965_others():
    found = load(FOLDER)
    assert (found.classes.count("fake"), found.classes.count("real")) == (200, 994 - 29)
    assert set(found.levels) == {"profile"}
