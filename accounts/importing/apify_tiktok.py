"""Apify's TikTok actors (clockworks): items of videos, which carry their author's profile, and comments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, name_of, names, readable, within
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, identifier, length, moment, presence, text

__all__ = ["SOURCE"]

_OF_VIDEO: Final = re.compile(r"tiktok\.com/@([\w.-]+)/(?:video|photo)/(\d+)")

AUTHOR: Final = Shape(
    "items[].authorMeta",
    {
        "followers": ("fans", count),
        "following": ("following", count),
        "posts": ("video", count),
        "username": ("name", text),
        "full_name": ("nickName", text),
        "bio": ("signature", text),
        "external_url": ("bioLink", text),
        "is_verified": ("verified", flag),
        "is_private": ("privateAccount", flag),
        "is_business": ("commerceUserInfo.commerceUser", flag),
        "platform_id": ("id", identifier),
    },
    ignored=names(
        "profileUrl avatar originalAvatarUrl commerceUserInfo region roomId ttSeller friends heart digg"
        " secUid createTime isUnderAge18"
    ),
)
VIDEO: Final = Shape(
    "items[] (videos)",
    {
        "published_at": ("createTimeISO|createTime", moment),
        "likes": ("diggCount", count),
        "comments": ("commentCount", count),
        "views": ("playCount", count),
        "shares": ("shareCount", count),
        "saves": ("collectCount", count),
        "caption": ("text", text),
        "hashtags": ("hashtags", length),
        "is_sponsored": ("isSponsored|isAd", flag),
        "has_location": ("locationMeta", presence),
        "is_pinned": ("isPinned", flag),
    },
    ignored=names(
        "id textLanguage authorMeta musicMeta webVideoUrl mediaUrls videoMeta videoUrl repostCount mentions"
        " detailedMentions effectStickers isSlideshow isMuted input fromProfileSection submittedVideoUrl"
        " searchHashtag searchQuery slideshowImageLinks createTime authorMeta.id channel downloadedVideo"
        " subtitles"
    ),
)
COMMENT: Final = Shape(
    "items[] (comments)",
    {
        "author_id": ("uniqueId|uid", identifier),
        "text": ("text", text),
        "published_at": ("createTimeISO|createTime", moment),
        "likes": ("diggCount", count),
        "reply_to": ("repliesToId", text),
    },
    ignored=names(
        "cid videoWebUrl submittedVideoUrl input createTime likedByAuthor pinnedByAuthor replyCommentTotal"
        " avatarThumbnail mentions detailedMentions uid"
    ),
)


def recognises(file: File) -> bool:
    """Whether items have the names that clockworks gives to videos or comments of TikTok."""
    return any(_is_video(one) or _is_comment(one) for one in file.head)


def _is_video(item: Mapping[str, Any]) -> bool:
    return isinstance(item.get("authorMeta"), dict) and bool(
        {"diggCount", "webVideoUrl", "playCount"} & item.keys()
    )


def _is_comment(item: Mapping[str, Any]) -> bool:
    return {"cid", "text"} <= item.keys() and bool({"videoWebUrl", "submittedVideoUrl"} & item.keys())


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every item by what it is; a comment's video and its owner stand in the video's address."""
    for file in files:
        for item in file.objects:
            if _is_video(item):
                _video(item, file, drafts)
            elif _is_comment(item):
                _comment(item, file, drafts)
            else:
                drafts.leftovers.without_home("items that are neither video nor comment")


def _video(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    author = within(item, "authorMeta")
    address = _OF_VIDEO.search(str(item.get("webVideoUrl")))
    linked, numbered = address.groups() if address else (None, None)
    owner = name_of(author, "name", "items[].authorMeta", drafts.leftovers) or linked
    video = name_of(item, "id", "items[] (videos)", drafts.leftovers) or numbered
    if owner is None or video is None:
        drafts.leftovers.without_home("videos without an author or an id")
        return
    draft = drafts.account("tiktok", owner, file)
    draft.describe(AUTHOR.read(author, drafts.leftovers))
    found = VIDEO.read(item, drafts.leftovers)
    pictures = readable(flag, item.get("isSlideshow"), "items[] (videos).isSlideshow", drafts.leftovers)
    drafts.post(draft, video, found | {"kind": "image" if pictures else "video"})


def _comment(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    address = _OF_VIDEO.search(str(item.get("videoWebUrl") or item.get("submittedVideoUrl")))
    if address is None:
        drafts.leftovers.without_home("comments under unknown videos")
        return
    owner, video = address.groups()
    found = COMMENT.read(item, drafts.leftovers)
    author = found.get("author_id")
    mine = {"post_id": video, "by_creator": None if author is None else author == owner}
    name = name_of(item, "cid", "items[] (comments)", drafts.leftovers)
    drafts.account("tiktok", owner, file).comment(found | mine, name)


SOURCE: Final = Source(
    name="apify-tiktok",
    title="Apify, TikTok actors",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio is_verified",
        posts="published_at likes comments views shares saves caption hashtags is_pinned",
        comments="text author_id likes",
    ),
    lacks="history and audience",
    obtained="the dataset of clockworks/tiktok-scraper, -profile-scraper or -comments-scraper, exported as"
    " JSON or JSON Lines",
    limits="large counts may be rounded to three figures, as TikTok's pages show them",
    seen="apify.com/clockworks/tiktok-scraper; TikTok-Api issue 1143",
)
