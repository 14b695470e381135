"""YouTube Data API v3: pages of channels, playlistItems, videos and commentThreads."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import unescape
from typing import Any, Final, TypeAlias

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, identifier, moment, text

__all__ = ["SOURCE"]


def unescaped(value: Any) -> str | None:
    """The text of a comment, which is HTML: ``textDisplay`` has line breaks and links as tags."""
    written = text(value)
    return None if written is None else unescape(_TAG.sub("", _BREAK.sub("\n", written)))


_BREAK: Final = re.compile(r"<br ?/?>")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_OF_ITEM: Final = names(
    "kind etag id contentDetails status topicDetails localizations player recordingDetails"
)
_OF_SNIPPET: Final = names(
    "thumbnails localized defaultLanguage defaultAudioLanguage country channelId channelTitle categoryId"
    " liveBroadcastContent tags",
    within="snippet",
)

_Place: TypeAlias = Callable[[Mapping[str, Any], File, Drafts], None]

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
    ignored=_OF_ITEM
    | _OF_SNIPPET
    | names("brandingSettings auditDetails contentOwnerDetails")
    | names("viewCount commentCount hiddenSubscriberCount", within="statistics"),
)
VIDEO: Final = Shape(
    "videos[]",
    {
        "published_at": ("snippet.publishedAt", moment),
        "caption": ("snippet.title", text),
        "views": ("statistics.viewCount", count),
        "likes": ("statistics.likeCount", count),
        "comments": ("statistics.commentCount", count),
        "is_sponsored": ("paidProductPlacementDetails.hasPaidProductPlacement", flag),
    },
    ignored=_OF_ITEM
    | _OF_SNIPPET
    | names("liveStreamingDetails fileDetails processingDetails suggestions snippet.description")
    | names("favoriteCount dislikeCount", within="statistics"),
)
UPLOAD: Final = Shape(
    "playlistItems[]",
    {"published_at": ("contentDetails.videoPublishedAt", moment), "caption": ("snippet.title", text)},
    ignored=_OF_ITEM | {"snippet"},
)
RESULT: Final = Shape(
    "search results[]",
    {"published_at": ("snippet.publishedAt", moment), "caption": ("snippet.title", unescaped)},
    ignored=_OF_ITEM | {"snippet"},
)
COMMENT: Final = Shape(
    "comments[]",
    {
        "post_id": ("snippet.videoId", identifier),
        "author_id": ("snippet.authorChannelId.value", identifier),
        "text": ("snippet.textDisplay", unescaped),
        "published_at": ("snippet.publishedAt", moment),
        "likes": ("snippet.likeCount", count),
        "reply_to": ("snippet.parentId", identifier),
    },
    ignored=names("kind etag id")
    | names(
        "channelId textOriginal authorDisplayName authorProfileImageUrl authorChannelUrl canRate"
        " viewerRating updatedAt moderationStatus",
        within="snippet",
    ),
)


def recognises(file: File) -> bool:
    """Whether a file is a response of the API, a list of them, or of the items that stood in them."""
    return any(str(page.get("kind")) in _PLACES or _places(page) for page in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every page; a comment that does not name its channel waits for the video that it stands under."""
    for file in files:
        for page in file.objects:
            for place, item in _places(page):
                place(item, file, drafts)


def _places(page: Mapping[str, Any]) -> list[tuple[_Place, Mapping[str, Any]]]:
    """The items of a page, or one that was taken out of its page, each with what reads it."""
    kind = str(page.get("kind"))
    if kind in _ITEMS:
        return [(_ITEMS[kind], page)]
    of_page = _PLACES.get(kind)
    found = ((of_page or _ITEMS.get(str(item.get("kind"))), item) for item in items(page, "items"))
    return [(place, item) for place, item in found if place is not None]


def _channel(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    channel = name_of(item, "id", "channels[]", drafts.leftovers)
    if channel is None:
        drafts.leftovers.without_home("channels without an id")
        return
    found = CHANNEL.read(item, drafts.leftovers)
    if at(item, "statistics.hiddenSubscriberCount") is True:
        found["followers"] = None
    drafts.account("youtube", channel, file).describe(found)


def _video(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    owner, video = (name_of(item, path, "videos[]", drafts.leftovers) for path in ("snippet.channelId", "id"))
    if owner is None or video is None:
        drafts.leftovers.without_home("videos without an id or a channel")
        return
    drafts.post(drafts.account("youtube", owner, file), video, VIDEO.read(item, drafts.leftovers))


def _upload(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    """A video of a playlist, where that is its owner's own; videos.list tells the rest."""
    video = name_of(
        item, "snippet.resourceId.videoId|contentDetails.videoId", "playlistItems[]", drafts.leftovers
    )
    owner = name_of(item, "snippet.videoOwnerChannelId", "playlistItems[]", drafts.leftovers)
    if owner is None or video is None:
        drafts.leftovers.without_home("playlist items without a video or its owner")
        return
    drafts.post(drafts.account("youtube", owner, file), video, UPLOAD.read(item, drafts.leftovers))


def _result(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    """A video that a search found; videos.list tells its counts."""
    owner = name_of(item, "snippet.channelId", "search results[]", drafts.leftovers)
    video = name_of(item, "id.videoId", "search results[]", drafts.leftovers)
    if owner is None or video is None:
        drafts.leftovers.without_home("search results that are no videos")
        return
    drafts.post(drafts.account("youtube", owner, file), video, RESULT.read(item, drafts.leftovers))


def _thread(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    video = at(item, "snippet.videoId")
    for comment in ([at(item, "snippet.topLevelComment")], at(item, "replies.comments")):
        for one in items(comment):
            _comment(one, file, drafts, video)


def _comment(item: Mapping[str, Any], file: File, drafts: Drafts, video: Any = None) -> None:
    found = COMMENT.read(item, drafts.leftovers)
    if found.get("post_id") is None:
        found["post_id"] = readable(identifier, video, "commentThreads[].snippet.videoId", drafts.leftovers)
    name = name_of(item, "id", "comments[]", drafts.leftovers)
    owner = name_of(item, "snippet.channelId", "comments[]", drafts.leftovers)
    if owner is not None:
        author = found.get("author_id")
        mine = {"by_creator": None if author is None else author == owner}
        drafts.account("youtube", owner, file).comment(found | mine, name)
    else:
        drafts.stray("youtube", found["post_id"], [(name, found)], "comments under unknown videos")


_PLACES: Final[Mapping[str, _Place]] = {
    "youtube#channelListResponse": _channel,
    "youtube#videoListResponse": _video,
    "youtube#playlistItemListResponse": _upload,
    "youtube#searchListResponse": _result,
    "youtube#commentThreadListResponse": _thread,
    "youtube#commentListResponse": _comment,
}
_ITEMS: Final[Mapping[str, _Place]] = {
    "youtube#channel": _channel,
    "youtube#video": _video,
    "youtube#playlistItem": _upload,
    "youtube#searchResult": _result,
    "youtube#commentThread": _thread,
    "youtube#comment": _comment,
}
"""By the kind of an item: programs that go through the pages keep their items alone."""

SOURCE: Final = Source(
    name="youtube-api",
    title="YouTube Data API v3",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers posts created_at bio",
        posts="published_at views likes comments caption",
        comments="text author_id likes",
    ),
    lacks="history and audience; subscribers where the channel hides them; dislikes, shares and saves",
    obtained="channels.list, playlistItems.list of the uploads playlist, videos.list and commentThreads.list"
    " with part=snippet,statistics; the pages saved as they come, in one folder",
    limits="10,000 units a day; subscribers are rounded down to three figures; likes are missing where"
    " hidden, comments where disabled",
    seen="developers.google.com/youtube/v3/docs",
)
