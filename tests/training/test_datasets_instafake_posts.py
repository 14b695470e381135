import gzip
import json
from datetime import UTC, datetime

import pytest

from accounts.document import to_documents
from accounts.errors import BadInput
from accounts.reading import read_documents
from training.datasets.base import data_folder
from training.datasets.instafake_posts import FILE, SET, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not (REAL / FILE).is_file(), reason=f"needs {FILE} in ASSAY_DATA: see docs/data.md"
)


def make_row(times=(500, 400, 300), **changes):
    posts = len(times)
    return {
        "userMediaCount": posts, "userFollowerCount": 90, "userFollowingCount": 80, "userBiographyLength": 12,
        "usernameLength": 7, "usernameDigitCount": 2, "userHasExternalUrl": 1, "userHasHighlighReels": 0,
        "userTagsCount": 3, "automatedBehaviour": 0, "mediaUploadTimes": list(times),
        "mediaLikeNumbers": [5] * posts, "mediaCommentNumbers": [1] * posts,
        "mediaCommentsAreDisabled": [0] * posts,
        "mediaHashtagNumbers": [2] * posts, "mediaHasLocationInfo": [1] * posts,
    } | changes  # fmt: skip


def write(folder, content):
    (folder / FILE).parent.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / FILE).write_bytes(gzip.compress(text.encode()))
    return folder


def load_rows(folder, *rows):
    return load(write(folder, rows), any_content=True)


def test_an_account_and_its_posts(tmp_path):
    tables = load_rows(tmp_path, make_row(), make_row(times=(), userHasExternalUrl=0, usernameLength=9))
    first, second = tables.accounts.to_dicts()
    assert first == dict.fromkeys(tables.accounts.columns) | {
        "account_id": "ig:1", "platform": "instagram", "as_of": datetime(1970, 1, 1, 0, 8, 20, tzinfo=UTC),
        "followers": 90, "following": 80, "posts": 3, "username_length": 7, "username_digits": 2,
        "bio_length": 12, "external_url": "linked",
    }  # fmt: skip
    assert (second["account_id"], second["posts"], second["external_url"]) == ("ig:2", 0, "")
    assert tables.posts["account_id"].to_list() == ["ig:1"] * 3
    assert tables.posts.row(0, named=True) == dict.fromkeys(tables.posts.columns) | {
        "account_id": "ig:1", "post_id": "p1", "published_at": datetime(1970, 1, 1, 0, 8, 20, tzinfo=UTC),
        "likes": 5, "comments": 1, "hashtags": 2, "has_location": True,
    }  # fmt: skip
    assert not tables.comments.height + tables.history.height + tables.audience.height


def test_everybody_was_observed_when_the_last_was(tmp_path):
    tables = load_rows(tmp_path, make_row(times=(500,)), make_row(times=(900, 800), usernameLength=8))
    assert set(tables.accounts["as_of"].dt.epoch("s")) == {900}


def test_comments_are_null_where_disabled_and_zero_where_there_are_none(tmp_path):
    row = make_row(mediaCommentNumbers=[0, 0, 4], mediaCommentsAreDisabled=[1, 0, None])
    assert load_rows(tmp_path, row).posts["comments"].to_list() == [None, 0, None]


def test_what_is_null_stays_null(tmp_path):
    row = make_row(
        mediaLikeNumbers=[None, 0, 7],
        userFollowingCount=None,
        userHasExternalUrl=None,
        mediaHasLocationInfo=[None, 0, 1],
    )
    tables = load_rows(tmp_path, row)
    assert tables.posts["likes"].to_list() == [None, 0, 7]
    assert tables.posts["has_location"].to_list() == [None, False, True]
    assert tables.accounts.select("following", "external_url").row(0) == (None, None)


def test_an_account_that_stands_twice_is_one(tmp_path):
    later = make_row(times=(600, 500, 400, 300), userFollowerCount=91)
    empty = make_row(times=())
    same_start_other_handle = make_row(usernameLength=8)
    tables = load_rows(
        tmp_path,
        make_row(),
        make_row(),
        later,
        same_start_other_handle,
        empty,
        empty,
        {**empty, "userFollowerCount": 3},
    )
    assert tables.accounts["account_id"].to_list() == ["ig:1", "ig:4", "ig:5", "ig:7"]
    assert tables.posts["account_id"].unique().sort().to_list() == ["ig:1", "ig:4"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("nonsense", "must be JSON."),
        ("{}", "must be a list of accounts."),
        ("[]", "must be a list of accounts."),
        ("[3]", "account 1: must be an object."),
        ([make_row(), {"userMediaCount": 3}], "account 2: userFollowerCount must be a field of it."),
        ([make_row(userFollowerCount=-1)], "userFollowerCount must be a whole number >= 0 or null. Got -1."),
        ([make_row(userHasExternalUrl=True)], "userHasExternalUrl must be a whole number >= 0 or null."),
        ([make_row(mediaLikeNumbers=[1, 2, 0.5])], "mediaLikeNumbers must be a list of whole numbers"),
        ([make_row(mediaLikeNumbers=7)], "mediaLikeNumbers must be a list of whole numbers"),
        ([make_row(mediaLikeNumbers=[1])], "mediaLikeNumbers must be as long as mediaUploadTimes."),
        ([make_row(times=())], "mediaUploadTimes must hold a time in at least one account."),
    ],
)  # fmt: skip
def test_another_shape_is_refused_in_one_sentence(tmp_path, content, sentence):
    with pytest.raises(BadInput) as refusal:
        load(write(tmp_path, content), any_content=True)
    assert str(refusal.value).startswith(FILE)
    assert sentence in str(refusal.value)
    assert len(refusal.value.faults) == 1


def test_another_content_is_refused(tmp_path):
    with pytest.raises(BadInput, match="must be the published content"):
        load(write(tmp_path, [make_row()]))


def test_the_facts_are_there():
    assert SET.source.startswith("https://")
    assert list(SET.files) == [FILE]
    assert SET.licence
    assert SET.label_meaning


@needs_data
def test_the_real_file_has_700_rows_on_692_accounts():
    tables = load(REAL)
    assert len(json.loads(SET.read(REAL, FILE))) == 700
    assert len(tables) == tables.accounts["account_id"].n_unique() == 692
    assert tables.posts.height == 57_237
    assert 0 < tables.posts["comments"].null_count() <= 1000
    assert tables.posts["likes"].null_count() == 0


@needs_data
def test_the_real_accounts_obey_the_schema():
    tables = load(REAL)
    chunk = read_documents(to_documents(tables))
    assert not chunk.faults
    assert chunk.tables.accounts.equals(tables.accounts)
    assert chunk.tables.posts.equals(tables.posts)
