import gzip
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.document import to_documents
from accounts.errors import BadInput
from accounts.reading import read_documents
from training.datasets.base import data_folder
from training.datasets.youtube_channels import DAILY, DAILY_COLUMNS, VIDEO_COLUMNS, VIDEOS, load

REAL = data_folder()
needs_data = pytest.mark.skipif(
    not ((REAL / DAILY).is_file() and (REAL / VIDEOS).is_file()),
    reason="needs youtube_channels in ASSAY_DATA: see docs/data.md",
)
WHOLE = "must be a whole number >= 0 or empty. Got "
SNAPSHOT = datetime(2026, 2, 4, 10, 9, 16, tzinfo=UTC)
DAYS = [
    ("2026-02-14", "aa", 1230, 99, 40),
    ("2026-02-13", "aa", 1220, 98, 39),
    ("2026-02-15", "bb", 12, 5, 11),
]


def video(  # noqa: PLR0913
    name, *, age_hours=100.0, channel="aa", views=1000, likes="50.0", comments="3.0", snapshot=SNAPSHOT
):
    published = (snapshot - timedelta(hours=age_hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (snapshot.isoformat(), channel, name, published, "PT1M4S", 28, views, likes, comments)


def write(folder, days=DAYS, videos=(), daily_columns=DAILY_COLUMNS, video_columns=VIDEO_COLUMNS):
    for file, columns, rows in ((DAILY, daily_columns, days), (VIDEOS, video_columns, videos)):
        (folder / file).parent.mkdir(exist_ok=True)
        lines = [",".join(map(str, row)) for row in (columns, *rows)]
        (folder / file).write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder


def load_made_up(folder, **parts):
    newest_only = parts.pop("newest_only", False)
    return load(write(folder, **parts), any_content=True, newest_only=newest_only)


def test_a_channel_with_its_videos_and_days(tmp_path):
    tables = load_made_up(tmp_path, videos=[video("v1")])
    first, second = tables.accounts.to_dicts()
    assert first == dict.fromkeys(tables.accounts.columns) | {
        "account_id": "yt:aa", "platform": "youtube", "as_of": datetime(2026, 2, 14, tzinfo=UTC),
        "followers": 1230, "posts": 40,
    }  # fmt: skip
    assert (second["account_id"], second["followers"]) == ("yt:bb", 12)
    assert tables.posts.to_dicts() == [dict.fromkeys(tables.posts.columns) | {
        "account_id": "yt:aa", "post_id": "v1", "published_at": datetime(2026, 1, 31, 6, 9, 16, tzinfo=UTC),
        "likes": 50, "comments": 3, "views": 1000, "kind": "video",
    }]  # fmt: skip
    assert tables.history.to_dicts()[:2] == [
        {"account_id": "yt:aa", "date": date(2026, 2, 13), "followers": 1220, "following": None, "posts": 39,
         "source": None},
        {"account_id": "yt:aa", "date": date(2026, 2, 14), "followers": 1230, "following": None, "posts": 40,
         "source": None},
    ]  # fmt: skip


def test_hidden_counts_are_null_and_zero_is_zero(tmp_path):
    posts = load_made_up(
        tmp_path, videos=[video("v1", likes="", comments=""), video("v2", likes="0.0", comments="0")]
    ).posts
    assert posts.select("likes", "comments").rows() == [(None, None), (0, 0)]


def test_counts_that_had_not_settled_when_they_were_taken_are_null(tmp_path):
    posts = load_made_up(tmp_path, videos=[video("v1", age_hours=47.9), video("v2", age_hours=48.1)]).posts
    assert posts.select("views", "likes", "comments").rows() == [(None, None, None), (1000, 50, 3)]
    assert posts["published_at"].null_count() == 0


def test_a_video_seen_twice_is_one_as_last_seen(tmp_path):
    before = video("v1", views=5, snapshot=SNAPSHOT - timedelta(days=7))
    posts = load_made_up(
        tmp_path, videos=[video("v1", age_hours=268.0), before, video("v2"), video("v2")]
    ).posts
    assert posts.select("post_id", "views").rows() == [("v1", 1000), ("v2", 1000)]


def test_a_day_counted_twice_keeps_the_last_count(tmp_path):
    history = load_made_up(tmp_path, days=[*DAYS, ("2026-02-14", "aa", 1240, 99, 40)]).history
    assert history.filter(account_id="yt:aa")["followers"].to_list() == [1220, 1240]


def test_a_later_snapshot_is_the_channels_latest_moment(tmp_path):
    late = datetime(2026, 2, 20, 3, tzinfo=UTC)
    tables = load_made_up(
        tmp_path, videos=[video("v1", snapshot=late), video("v2", channel="cc", snapshot=late)]
    )
    assert dict(tables.accounts.select("account_id", "as_of").rows()) == {
        "yt:aa": late, "yt:bb": datetime(2026, 2, 15, tzinfo=UTC), "yt:cc": late,
    }  # fmt: skip
    assert tables.accounts["followers"].to_list() == [1230, 12, None]


def test_the_newest_videos_only(tmp_path):
    videos = [video(f"v{hours}", age_hours=hours) for hours in range(60, 90)]
    assert load_made_up(tmp_path, videos=videos).posts.height == 30
    posts = load_made_up(tmp_path, videos=videos, newest_only=True).posts
    assert sorted(posts["post_id"]) == [f"v{hours}" for hours in range(60, 80)]


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"daily_columns": [*DAILY_COLUMNS[:4], "clips"]}, f"{DAILY}: videos must be a column of it."),
        ({"video_columns": [*VIDEO_COLUMNS[:8], "replies"]}, f"{VIDEOS}: comment_count must be a column"),
        ({"days": [*DAYS, ("2026-02-14", "cc", "many", 9, 9)]}, f"{DAILY} row 4: subscribers {WHOLE}many."),
        ({"days": [*DAYS, ("yesterday", "cc", 1, 9, 9)]}, f"{DAILY} row 4: date_utc must be a date."),
        ({"videos": [video("v1", likes="2.5")]}, f"{VIDEOS} row 1: like_count {WHOLE}2.5."),
        ({"videos": [video("v1", views=-3)]}, f"{VIDEOS} row 1: view_count {WHOLE}-3."),
        ({"videos": [("noon", *video("v1")[1:])]}, f"{VIDEOS} row 1: snapshot_utc must be a time with"),
    ],
)  # fmt: skip
def test_another_shape_is_refused_in_one_sentence(tmp_path, parts, sentence):
    with pytest.raises(BadInput) as refusal:
        load_made_up(tmp_path, **parts)
    assert str(refusal.value).replace('"', "").startswith(sentence)
    assert len(refusal.value.faults) == 1


def test_another_content_and_a_missing_file_are_refused(tmp_path):
    with pytest.raises(BadInput, match="must be the published content"):
        load(write(tmp_path))
    (tmp_path / VIDEOS).unlink()
    with pytest.raises(BadInput, match=f"^{VIDEOS}: must be in ASSAY_DATA"):
        load(tmp_path, any_content=True)


@needs_data
def test_the_real_files_hold_102_channels():
    tables = load(REAL)
    assert len(tables) == tables.history["account_id"].n_unique() == 102
    assert tables.posts["account_id"].n_unique() == 93
    assert (tables.posts.height, tables.history.height) == (3215, 2141)
    assert tables.posts["likes"].null_count() == 84  # one hidden, 83 not settled
    assert tables.accounts["followers"].null_count() == 0


@needs_data
@pytest.mark.parametrize("newest_only", [False, True])
def test_the_real_channels_obey_the_schema(newest_only):
    tables = load(REAL, newest_only=newest_only)
    chunk = read_documents(to_documents(tables))
    assert not chunk.faults
    assert chunk.tables.accounts.equals(tables.accounts)
    for name in ("posts", "history"):
        assert (
            chunk.tables[name]
            .sort("account_id", chunk.tables[name].columns[1])
            .equals(tables[name].sort("account_id", tables[name].columns[1]))
        )
