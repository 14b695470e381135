"""YouTube Data API v3: pages of channels, playlistItems, videos and commentThreads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, items
from accounts.importing.source import Source
from accounts.importing.values import count, moment, text

__all__ = ["SOURCE"]

_RESPONSES: Final = frozenset({
    "youtube#channelListResponse", "youtube#videoListResponse", "youtube#commentThreadListResponse",
    "youtube#playlistItemListResponse", "youtube#commentListResponse",
})  # fmt: skip
_OF_ITEM: Final = frozenset(
    {"kind", "etag", "contentDetails", "status", "topicDetails", "localizations", "player"}
)

CHANNEL: Final = Shape(
    "channels[]",
    {
        "followers": ("statistics.subscriberCount", count),
        "posts": ("statistics.videoCount", count),
        "full_name": ("snippet.title", text),
        "username": ("snippet.customUrl", text),
        "bio": ("snippet.description", text),
        "created_at": ("snippet.publishedAt", moment),
    },
    ignored=_OF_ITEM | {"id", "brandingSettings"},
)
VIDEO: Final = Shape(
    "videos[]",
    {
        "published_at": ("snippet.publishedAt", moment),
        "caption": ("snippet.title", text),
        "views": ("statistics.viewCount", count),
        "likes": ("statistics.likeCount", count),
        "comments": ("statistics.commentCount", count),
    },
    ignored=_OF_ITEM | {"id"},
)
COMMENT: Final = Shape(
    "comments[]",
    {
        "post_id": ("snippet.videoId", text),
        "author_id": ("snippet.authorChannelId.value", text),
        "text": ("snippet.textDisplay", lambda value: None if value is None else unescape(str(value))),
        "published_at": ("snippet.publishedAt", moment),
        "likes": ("snippet.likeCount", count),
    },
    ignored=frozenset({"kind", "etag", "id"}),
)


def recognises(file: File) -> bool:
    """Whether a file is a response of the API, or a list of them."""
    return any(page.get("kind") in _RESPONSES for page in _pages(file))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Channels first, then videos, then the comments that stand under them."""
    responses = [(page, file) for file in files for page in _pages(file)]
    for kind, place in (
        ("channel", _channel),
        ("video", _video),
        ("commentThread", _thread),
        ("comment", _comment),
    ):
        for page, file in responses:
            if page.get("kind") == f"youtube#{kind}ListResponse":
                for item in items(page, "items"):
                    place(item, file, drafts)


def _pages(file: File) -> list[Mapping[str, Any]]:
    value = file.json
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]


def _channel(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    found = CHANNEL.read(item, drafts.leftovers)
    if item.get("statistics", {}).get("hiddenSubscriberCount"):
        found["followers"] = None
    drafts.account("youtube", str(item["id"]), file.modified).describe(found)


def _video(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    owner = item.get("snippet", {}).get("channelId")
    if owner is None:
        drafts.leftovers.homeless["videos of no channel"] += 1
        return
    draft = drafts.account("youtube", owner, file.modified)
    drafts.post(draft, str(item["id"]), VIDEO.read(item, drafts.leftovers))


def _thread(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    top = item.get("snippet", {}).get("topLevelComment")
    if isinstance(top, Mapping):
        _comment(top, file, drafts)
    for reply in items(item, "replies", "comments"):
        _comment(reply, file, drafts)


def _comment(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    found = COMMENT.read(item, drafts.leftovers)
    owner = item.get("snippet", {}).get("channelId")
    draft = (
        drafts.owner(found.get("post_id"))
        if owner is None
        else drafts.account("youtube", owner, file.modified)
    )
    if draft is None:
        drafts.leftovers.homeless["comments under unknown videos"] += 1
        return
    draft.comment(found | {"by_creator": found.get("author_id") == draft.account_id}, item.get("id"))


SOURCE: Final = Source(
    name="youtube-api",
    title="YouTube Data API v3",
    recognises=recognises,
    read=read,
    gives=(
        "profile.followers", "profile.posts", "profile.created_at", "profile.bio", "posts.views", "posts.likes",
        "posts.comments", "posts.caption", "comments.text", "comments.author_id", "comments.likes",
    ),
    lacks="history and audience; subscribers where the channel hides them; dislikes, shares and saves",
    obtained="channels.list, playlistItems.list of the uploads playlist, videos.list and commentThreads.list with"
    " part=snippet,statistics; the pages saved as they come, in one folder",
    limits="10,000 units a day; subscribers are rounded down to three figures; likes are missing where hidden,"
    " comments where disabled",
    seen="developers.google.com/youtube/v3/docs",
)  # fmt: skip
