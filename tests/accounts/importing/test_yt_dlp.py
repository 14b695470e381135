"""yt-dlp: videos, playlists and lines of any site."""

import datetime as dt
import json

import pytest

from accounts.importing import import_files
from accounts.importing.files import File

VIDEO = {
    "id": "v1", "title": "Rye", "extractor_key": "Youtube", "webpage_url": "https://youtube.com/watch?v=v1",
    "channel_id": "UC1", "upload_date": "20261020", "view_count": 5300, "like_count": 120, "comment_count": 4,
}  # fmt: skip


def comments(number):
    return [{"id": f"c{at}", "parent": "root", "text": "Rye", "author_id": f"UC{at}"} for at in range(number)]


def test_a_day_alone_stays_a_day_and_the_time_is_when_yt_dlp_looked():
    content = json.dumps(VIDEO | {"epoch": 1793404800}).encode()
    (document,) = import_files(
        [File("v.info.json", content, dt.datetime(2026, 11, 1, tzinfo=dt.UTC))]
    ).documents
    assert document["as_of"] == "2026-10-31T00:00:00Z"
    assert document["posts"] == [
        {"post_id": "v1", "kind": "video", "published_on": "2026-10-20", "likes": 120, "comments": 4,
         "views": 5300, "caption": "Rye"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("page", "owners"),
    [
        (
            {"id": "UC1", "channel_id": "UC1", "webpage_url": "https://www.youtube.com/@breadlab/videos"},
            ["UC1"],
        ),
        ({"id": "PL1", "channel_id": "UC1", "webpage_url": "https://www.youtube.com/playlist?list=PL1"}, []),
    ],
)
def test_videos_without_a_channel_are_those_of_a_channels_page_and_of_no_playlist(imported, page, owners):
    entry = {name: VIDEO[name] for name in ("id", "title", "view_count")} | {
        "ie_key": "Youtube",
        "url": "https://a",
    }
    listed = page | {"_type": "playlist", "extractor": "youtube:tab", "entries": [entry, None]}
    line = entry | {f"playlist_{name}": value for name, value in page.items()}
    whole = imported("yt-dlp", {"channel.json": listed})
    lines = imported("yt-dlp", {"videos.jsonl": json.dumps(line)})
    for found in (whole, lines):
        assert [one["account_id"] for one in found.documents if "posts" in one] == owners
        assert found.leftovers.homeless == ({} if owners else {"videos without an uploader": 1})


@pytest.mark.parametrize(
    ("site", "facts", "account"),
    [
        (
            "TikTok",
            {"uploader": "bread.lab", "uploader_id": "68", "channel": "Bread"},
            ("tiktok", "bread.lab"),
        ),
        (
            "Instagram",
            {"channel": "bread.lab", "uploader": "Bread", "uploader_id": "1"},
            ("instagram", "bread.lab"),
        ),
        ("twitter", {"uploader": "Bread", "uploader_id": "breadlab"}, ("x", "breadlab")),
        ("YoutubeTab", {"uploader_id": "@breadlab"}, ("youtube", "breadlab")),
        ("TwitchVod", {"uploader_id": "breadlab"}, ("twitch", "breadlab")),
        ("Rutube", {"uploader_id": "7"}, ("other", "7")),
    ],
)
def test_each_site_has_an_accounts_name_in_a_field_of_its_own(imported, site, facts, account):
    video = {"id": "v1", "extractor": site, "extractor_key": site, "url": "https://a", "title": "Rye"} | facts
    (document,) = imported("yt-dlp", {"a.json": video}).documents
    assert (document["platform"], document["account_id"]) == account


def test_a_count_of_comments_that_is_a_limit_is_absent(imported):
    videos = {
        f"{name}.info.json": VIDEO | {"id": name, "comments": comments(number), "comment_count": number}
        for name, number in (("v1", 20), ("v2", 20), ("v3", 7))
    }
    (document,) = imported("yt-dlp", videos).documents
    assert [post.get("comments") for post in document["posts"]] == [None, None, 7]


def test_a_hidden_count_is_absent(imported):
    (document,) = imported(
        "yt-dlp", {"a.json": VIDEO | {"like_count": None, "comment_count": None}}
    ).documents
    assert {"likes", "comments"}.isdisjoint(document["posts"][0])
