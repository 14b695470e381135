"""Answers of YouTube's API as programs keep them: whole pages, or the items alone."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from accounts.importing import import_files
from accounts.importing.files import File

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
CHANNEL = {
    "kind": "youtube#channel", "id": "UCbread", "snippet": {"title": "Bread Lab"},
    "statistics": {"subscriberCount": "25100", "hiddenSubscriberCount": False, "videoCount": "412"},
}  # fmt: skip
VIDEOS = [
    {
        "kind": "youtube#video", "id": f"v{at}",
        "snippet": {"publishedAt": f"2026-10-{20 - at}T15:30:00Z", "channelId": "UCbread", "title": "Rye"},
        "statistics": {"viewCount": str(5_300 + at), "likeCount": str(120 + at), "commentCount": "4"},
    }
    for at in range(4)
]  # fmt: skip
KEPT = {
    "pages.json": [
        {"kind": "youtube#channelListResponse", "items": [CHANNEL]},
        {"kind": "youtube#videoListResponse", "items": VIDEOS},
    ],
    "items.json": [CHANNEL, *VIDEOS],
    "pages without a kind.json": [{"items": [CHANNEL]}, {"items": VIDEOS}],
}


def documents(name: str, text: str):
    imported = import_files([File(name, text.encode(), NOW)])
    assert not imported.leftovers.lines
    return imported.documents


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.parametrize("as_lines", [False, True])
def test_items_say_the_same_in_their_pages_and_alone(name, as_lines):
    text = "\n".join(map(json.dumps, KEPT[name])) if as_lines else json.dumps(KEPT[name])
    (document,) = documents(name.replace(".json", ".jsonl") if as_lines else name, text)
    assert (document["platform"], document["profile"]["followers"]) == ("youtube", 25_100)
    assert [post["likes"] for post in document["posts"]] == [120, 121, 122, 123]
