"""Posts and profiles of public sets whose accounts are presumed organic."""

import gzip
from datetime import UTC, date, datetime

import polars as pl
import pytest

from accounts.errors import BadInput
from training.datasets import (
    influencers_br,
    tiktok_profiles,
    tiktok_vn,
    x_two_presidents,
    x_vaccine_posts,
    youtube_trending,
)
from training.datasets.base import owner_of


def write_csv(folder, module, rows):
    path = folder / module.FILE
    path.parent.mkdir(exist_ok=True)
    lines = [
        ",".join(module.KINDS),
        *(",".join(str(row.get(name, "")) for name in module.KINDS) for row in rows),
    ]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return folder


def write_parquet(folder, module, rows):
    path = folder / module.FILE
    path.parent.mkdir(exist_ok=True)
    pl.DataFrame(rows).write_parquet(path)
    return folder


def video(number, **more):
    return {
        "video": number, "channel": "c", "published": datetime(2026, 3, number, 12), "live": False,
        "last_seen": date(2026, 3, number + 1), "last_views": 100, "last_likes": 9, "last_comments": 0,
    } | more  # fmt: skip


def test_listed_videos_have_the_counts_of_their_last_sighting(tmp_path):
    rows = [video(1), video(2, last_likes=None, live=True), video(3)]
    tables = youtube_trending.load(
        write_parquet(tmp_path, youtube_trending, rows), any_content=True, newest=2
    )
    assert tables.accounts.select("account_id", "as_of", "followers").rows() == [
        ("yt-trending:c", datetime(2026, 3, 5, tzinfo=UTC), None)
    ]
    assert tables.posts.select("post_id", "views", "likes", "comments", "kind").rows() == [
        ("v2", 100, None, 0, "stream"),
        ("v3", 100, 9, 0, "video"),
    ]


def test_posts_of_the_press_are_seen_two_days_after_the_last(tmp_path):
    row = {"account": "a", "posted": "2020-02-01 13:19:51", "likes": 5, "comments": 0, "n_hashtags": 2}
    rows = [row, row, row | {"posted": "2020-02-03 13:00:00", "likes": 7}]
    tables = influencers_br.load(write_parquet(tmp_path, influencers_br, rows), any_content=True)
    assert tables.accounts["as_of"].to_list() == [datetime(2020, 2, 5, 13, tzinfo=UTC)]
    assert tables.posts.select("post_id", "likes", "hashtags").rows() == [("p1", 5, 2), ("p2", 7, 2)]


TIKTOK = {
    "author": "a", "video": "v", "followers": "304900.0", "posted": "2025-05-21 09:44:45",
    "scraped": "2025-05-29 15:38:41", "duration": "00:31", "views": 541200.0, "likes": 21900.0,
    "comments": "", "shares": 742.0, "saves": 1098.0, "n_hashtags": 1, "original_sound": True,
}  # fmt: skip


def test_tiktok_posts_carry_their_authors_followers(tmp_path):
    rows = [TIKTOK, TIKTOK | {"video": "w", "views": 0.0, "followers": "4099999.9999999995"}]
    tables = tiktok_vn.load(write_csv(tmp_path, tiktok_vn, rows), any_content=True)
    assert tables.accounts.select("account_id", "followers").rows() == [("tt-vn:a", 4_100_000)]
    assert tables.posts.select("views", "likes", "comments").rows() == [
        (541200, 21900, None),
        (None, 21900, None),  # nobody likes what nobody has seen
    ]
    assert len(tiktok_vn.load(tmp_path, any_content=True, least_posts=3)) == 0


def test_tiktok_profiles_have_nothing_but_a_profile(tmp_path):
    row = dict.fromkeys(tiktok_profiles.KINDS, 1) | {"account": "a", "is_verified": False, "followers": 19}
    tables = tiktok_profiles.load(write_csv(tmp_path, tiktok_profiles, [row]), any_content=True)
    assert tables.accounts.select("account_id", "followers", "posts", "is_verified").rows() == [
        ("tt:a", 19, 1, False)
    ]
    assert tables.posts.is_empty() and tables.history.is_empty()


X_POST = {
    "author": "a", "created": "2009-04-08", "followers": 405, "following": 16, "favourites": 3,
    "verified": False, "posted": "2020-12-20 06:06:44", "likes": 2, "retweets": 1, "is_retweet": False,
    "n_hashtags": 1, "text_len": 97, "source": "Web",
}  # fmt: skip


def test_what_was_only_passed_on_is_no_post(tmp_path):
    later = X_POST | {"posted": "2020-12-21 06:06:44", "followers": 410}
    rows = [later, X_POST, X_POST | {"is_retweet": True}]
    tables = x_vaccine_posts.load(write_csv(tmp_path, x_vaccine_posts, rows), any_content=True)
    assert tables.posts.select("post_id", "likes", "shares").rows() == [("p1", 2, 1), ("p2", 2, 1)]
    assert tables.accounts.select("followers", "created_at").rows() == [
        (410, datetime(2009, 4, 8, tzinfo=UTC))
    ]


def test_a_president_is_one_account_in_several_spans(tmp_path):
    rows = [
        {"account": "p", "posted": f"2017-01-01 10:{number // 60:02}:{number % 60:02}", "replies": 1,
         "retweets": 2, "favorites": number, "text_len": 9, "is_reply_or_rt": number == 0}
        for number in range(301)
    ]  # fmt: skip
    tables = x_two_presidents.load(write_csv(tmp_path, x_two_presidents, rows), any_content=True)
    assert tables.accounts["account_id"].to_list() == ["x-p:p#1", "x-p:p#0"]
    assert {owner_of(name) for name in tables.accounts["account_id"]} == {"x-p:p"}
    sizes = tables.posts.group_by("account_id").agg(pl.len(), pl.col("likes").max()).sort("account_id")
    assert sizes.rows() == [("x-p:p#0", 200, 300), ("x-p:p#1", 100, 100)]


@pytest.mark.parametrize(
    ("module", "row", "sentence"),
    [
        (tiktok_vn, TIKTOK | {"posted": "noon"}, "row 1: posted must be a time such as 2025-05-21 09:44:45."),
        (x_vaccine_posts, X_POST | {"likes": -1}, "row 1: likes must be a whole number >= 0. Got -1."),
        (x_vaccine_posts, X_POST | {"created": ""}, "row 1: created must not be empty."),
    ],
)
def test_another_shape_is_refused_in_one_sentence(tmp_path, module, row, sentence):
    with pytest.raises(BadInput) as refusal:
        module.load(write_csv(tmp_path, module, [row]), any_content=True)
    assert str(refusal.value).replace('"', "").startswith(f"{module.FILE} {sentence}")
