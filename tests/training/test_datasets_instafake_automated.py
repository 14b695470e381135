import math
import statistics

import numpy as np
import pytest

from accounts.errors import BadInput
from features.derive import derive
from training.datasets import instafake_posts
from training.datasets.base import data_folder
from training.datasets.instafake_automated import FILE, KINDS, SET, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not (REAL / FILE).is_file() or not (REAL / instafake_posts.FILE).is_file(),
    reason=f"needs {FILE} and {instafake_posts.FILE} in ASSAY_DATA: see docs/data.md",
)
LIKES, COMMENTS, HASHTAGS = [10, 20, 30, 40, 50, 60], [1, 0, 2, 0, 4, 1], [3, 3, 1, 0, 0, 5]


def sums(name, values):
    return {f"avg_media{name}": statistics.fmean(values), f"std_media{name}": statistics.pstdev(values)}


def make_row(**changes):
    return {
        "userMediaCount": 6, "userFollowerCount": 99, "userFollowingCount": 999, "userHasHighlighReels": 1,
        "userHasExternalUrl": 1, "userTagsCount": 4, "userBiographyLength": 12, "usernameLength": 8,
        "usernameDigitCount": 2, "label": 1,
        **sums("LikeNumbers", LIKES), **sums("CommentNumbers", COMMENTS), **sums("HashtagNumbers", HASHTAGS),
        **sums("CommentsAreDisabled", [0] * 6), **sums("UploadTimes", [5e8, 6e8]),
        **sums("HasLocationInfo", [0, 1]),
    } | changes  # fmt: skip


def write(folder, *rows, columns=tuple(KINDS)):
    (folder / FILE).parent.mkdir(exist_ok=True)
    lines = [",".join("" if row[name] is None else str(row[name]) for name in columns) for row in rows]
    (folder / FILE).write_text("\n".join([",".join(columns), *lines]) + "\n")
    return folder


def load_rows(folder, *rows):
    return load(write(folder, *rows), any_content=True)


def test_features_are_the_catalogues_own(tmp_path):
    found = load_rows(tmp_path, make_row())
    features = found.features.loc["instafake_automated:1"]
    assert features["following_ratio"] == 1.0
    assert features["username_digit_share"] == 0.25
    assert features["profile_completeness"] == 1.0
    assert features["likes_variation"] == pytest.approx(statistics.stdev(LIKES) / 35)
    assert features["comments_variation"] == pytest.approx(
        statistics.stdev(COMMENTS) / statistics.fmean(COMMENTS)
    )
    assert features["comments_per_like"] == pytest.approx(sum(COMMENTS) / sum(LIKES))
    assert features["hashtags_per_post"] == 2.0
    assert features["hashtags_deviation"] == pytest.approx(statistics.stdev(HASHTAGS))
    # Medians, order and hours are nothing that means tell.
    assert features[["engagement_rate", "likes_gini", "posts_per_week", "hour_entropy"]].isna().all()
    assert (found.levels, found.classes, found.truth.tolist()) == (["profile+posts5"], ["automated"], [True])


def test_posts_with_comments_disabled_are_taken_out_of_what_comments_are(tmp_path):
    closed = [1, 0, 0, 0, 0, 0, 1]
    row = make_row(
        userMediaCount=7,
        **sums("CommentsAreDisabled", closed),
        **sums("CommentNumbers", [0, 3, 1, 0, 2, 4, 0]),
    )
    features = load_rows(tmp_path, row).features.iloc[0]
    assert features["comments_variation"] == pytest.approx(statistics.stdev([3, 1, 0, 2, 4]) / 2)
    assert math.isnan(features["comments_per_like"])
    assert features["likes_variation"] > 0


def test_too_few_with_comments_allowed_say_nothing_of_comments(tmp_path):
    row = make_row(**sums("CommentsAreDisabled", [1, 1, 0, 0, 0, 0]))
    assert math.isnan(load_rows(tmp_path, row).features.iloc[0]["comments_variation"])


def test_the_mean_upload_time_is_no_number_of_an_account(tmp_path):
    early = make_row(usernameLength=9, **sums("UploadTimes", [1, 3]))
    late = make_row(usernameLength=9, **sums("UploadTimes", [1_000_000_001, 1_000_000_003]))
    found = load_rows(tmp_path, early, late)
    assert "avg_mediaUploadTimes" not in found.raw
    assert "label" not in found.raw
    assert found.features.iloc[0].equals(found.features.iloc[1])
    assert found.raw.iloc[0].equals(found.raw.iloc[1])
    assert len(set(found.groups)) == 2


def test_without_posts_there_is_a_profile(tmp_path):
    averages = {name: None for name in KINDS if name[:4] in ("avg_", "std_")}
    found = load_rows(tmp_path, make_row(userMediaCount=0, **averages), make_row(userMediaCount=4))
    assert found.levels == ["profile", "profile"]
    assert found.features[["likes_variation", "hashtags_per_post", "comments_per_like"]].isna().all(axis=None)
    assert found.features["posts_size"].iloc[0] == 0.0


def test_rows_that_stand_twice_are_one_and_an_account_seen_again_is_one_group(tmp_path):
    later = make_row(userMediaCount=6, userFollowerCount=104, userBiographyLength=90)
    other = make_row(usernameLength=9)
    organic = make_row(label=0)
    found = load_rows(
        tmp_path, make_row(), make_row(), later, other, organic, organic, {**organic, "userTagsCount": 9}
    )
    assert [name.rpartition(":")[2] for name in found.features.index] == ["1", "3", "4", "5", "7"]
    first, fourth = "instafake_automated:1", "instafake_automated:4"
    assert found.groups == [first, first, fourth, "ig:1", "ig:1"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": 2}, 'row 1: label must be 0 or 1. Got "2".'),
        ({"label": None}, "label must be known in every row."),
        ({"userMediaCount": None}, "userMediaCount must be known in every row."),
        ({"avg_mediaLikeNumbers": -3}, "row 1: avg_mediaLikeNumbers must be a number >= 0."),
        ({"userFollowerCount": 1.5}, "row 1: userFollowerCount must be a whole number >= 0."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, changes, sentence):
    with pytest.raises(BadInput) as refusal:
        load_rows(tmp_path, make_row(**changes))
    assert str(refusal.value).startswith(FILE)
    assert sentence in str(refusal.value)


def test_a_missing_column_and_another_content_are_refused(tmp_path):
    with pytest.raises(BadInput, match="must be the published content"):
        load(write(tmp_path, make_row()))
    with pytest.raises(BadInput, match=r"userTagsCount must be a column of it\. It is missing\."):
        columns = [name for name in KINDS if name != "userTagsCount"]
        load(write(tmp_path, make_row(), columns=columns), any_content=True)


@needs_data
def test_the_real_file_has_1400_rows_on_1395_accounts():
    found = load(REAL)
    assert SET.read(REAL, FILE).count(b"\n") == 1401
    assert (len(found), int(found.truth.sum())) == (1395, 700)
    assert len(set(found.groups)) == 1372
    assert 0.25 < found.held_out.mean() < 0.35


@needs_data
def test_what_sums_give_is_what_posts_give():
    """The accounts that are not automated are also there with every post."""
    sums_, posts = load(REAL), derive(instafake_posts.load(REAL))
    first = {}
    for name, group in zip(sums_.features.index, sums_.groups, strict=True):
        first.setdefault(group, name)
    assert set(posts.index) <= set(first)
    ours = sums_.features.loc[[first[name] for name in posts.index]]
    for name in ("hashtags_per_post", "hashtags_deviation", "posts_size", "profile_completeness"):
        np.testing.assert_allclose(ours[name], posts[name], rtol=1e-9)
    # Some have posts of the last two days, which the sums cannot leave out.
    for name in ("likes_variation", "comments_variation"):
        same = np.isclose(ours[name], posts[name], rtol=1e-9, atol=1e-9, equal_nan=True)
        assert same.mean() > 0.94
