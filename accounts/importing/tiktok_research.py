"""TikTok Research API: pages of video queries, comments, user information, followers and following."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.people import says_followers
from accounts.importing.shape import Shape, items, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import count, flag, identifier, length, moment, text

__all__ = ["SOURCE"]

_LISTS: Final = frozenset({"videos", "comments", "user_followers", "user_following"})
_OF_VIDEOS: Final = frozenset(
    {"video_description", "hashtag_names", "favorites_count", "voice_to_text", "region_code"}
)
"""Names that only a video has, by one of which it is known where it stands alone."""

USER: Final = Shape(
    "data (user)",
    {
        "followers": ("follower_count", count),
        "following": ("following_count", count),
        "posts": ("video_count", count),
        "username": ("username", text),
        "full_name": ("display_name", text),
        "bio": ("bio_description", text),
        "external_url": ("bio_url", text),
        "is_verified": ("is_verified", flag),
    },
    ignored=names("avatar_url likes_count"),
)
VIDEO: Final = Shape(
    "data.videos[]",
    {
        "published_at": ("create_time", moment),
        "likes": ("like_count", count),
        "comments": ("comment_count", count),
        "views": ("view_count", count),
        "shares": ("share_count", count),
        "saves": ("favorites_count", count),
        "caption": ("video_description", text),
        "hashtags": ("hashtag_names", length),
    },
    ignored=names(
        "id username region_code music_id effect_ids effect_info_list playlist_id voice_to_text"
        " is_stem_verified video_duration hashtag_info_list sticker_info_list video_mention_list video_label"
        " video_tag"
    ),
)
COMMENT: Final = Shape(
    "data.comments[]",
    {
        "post_id": ("video_id", identifier),
        "text": ("text", text),
        "published_at": ("create_time", moment),
        "likes": ("like_count", count),
        "reply_to": ("parent_comment_id", text),
    },
    ignored=names("id reply_count"),
)
FOLLOWER: Final = Shape(
    "data.user_followers[]", {"username": ("username", text), "full_name": ("display_name", text)}
)


def recognises(file: File) -> bool:
    """Whether a file is an answer of the API, or a list of what stood in some: videos, comments, users."""
    return any(_is_known(_data(one, file)) for one in file.head)


def _data(page: Mapping[str, Any], file: File) -> Mapping[str, Any] | None:
    """What an answer holds; a video, a comment or a follower by itself as if an answer held it alone."""
    data = page.get("data")
    if isinstance(data, dict):
        return data
    if {"create_time", "username"} <= page.keys() and _OF_VIDEOS & page.keys():
        return {"videos": [page]}
    if {"create_time", "video_id", "text"} <= page.keys():
        return {"comments": [page]}
    if page.keys() == {"display_name", "username"} and says_followers(file):
        return {"user_followers": [page]}
    return page if _LISTS & page.keys() or _is_user(page) else None


def _is_user(data: Mapping[str, Any]) -> bool:
    return "display_name" in data and {"follower_count", "video_count"} <= data.keys()


def _is_known(data: Mapping[str, Any] | None) -> bool:
    if data is None:
        return False
    if _is_user(data) or "user_followers" in data or "user_following" in data:
        return True
    rows = [*items(data, "videos"), *items(data, "comments")]
    return any(
        {"create_time", "like_count"} & row.keys() and {"username", "video_id"} & row.keys()
        for row in rows[:5]
    )


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Videos name their account; users, followers and comments wait until all accounts are known."""
    others = drafts.waiting(lambda file, data: _other(data, file, drafts))
    for file in files:
        for page in file.objects:
            data = _data(page, file)
            if data is None:
                drafts.leftovers.without_home("answers without data")
                continue
            for video in items(data, "videos"):
                _video(video, file, drafts)
            for comment in items(data, "comments"):
                _comment(comment, drafts)
            rest = {name: value for name, value in data.items() if name not in {"videos", "comments"}}
            if not _LISTS & data.keys() or _LISTS & rest.keys():
                others.add(file, rest)


def _video(video: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    owner = name_of(video, "username", "data.videos[]", drafts.leftovers)
    name = name_of(video, "id", "data.videos[]", drafts.leftovers)
    if owner is None or name is None:
        drafts.leftovers.without_home("videos without an account or an id")
        return
    drafts.post(drafts.account("tiktok", owner, file), name, VIDEO.read(video, drafts.leftovers))


def _comment(comment: Mapping[str, Any], drafts: Drafts) -> None:
    values = COMMENT.read(comment, drafts.leftovers)
    name = name_of(comment, "id", "data.comments[]", drafts.leftovers)
    drafts.stray("tiktok", values.get("post_id"), [(name, values)], "comments under unknown videos")


def _other(data: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    """An answer about a user, or one with whom it follows or who follow it."""
    if _LISTS & data.keys():
        _followers(data, "user_followers", file, drafts)
        _following(data, "user_following", drafts)
    else:
        _user(data, file, drafts)


def _user(data: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    """Facts of a user, whose name the answer lacks: the file's name may have it."""
    name = name_of(data, "username", "data (user)", drafts.leftovers)
    draft = drafts.account("tiktok", name, file) if name else drafts.belonging(file, "tiktok")
    if draft is None:
        drafts.leftovers.without_home("users whose name neither the answer nor its file's name has")
        return
    draft.named_in(file)
    draft.describe(USER.read(data, drafts.leftovers))


def _followers(data: Mapping[str, Any], part: str, file: File, drafts: Drafts) -> None:
    draft = drafts.belonging(file, "tiktok") if part in data else None
    for follower in items(data, part):
        if draft is None:
            drafts.leftovers.without_home("followers of an account that neither file nor name says")
        else:
            draft.follower(FOLLOWER.read(follower, drafts.leftovers))


def _following(data: Mapping[str, Any], part: str, drafts: Drafts) -> None:
    rows = sum(1 for _ in items(data, part))
    if rows:
        drafts.leftovers.without_home("accounts that it follows", rows)


SOURCE: Final = Source(
    name="tiktok-research",
    title="TikTok Research API",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio is_verified",
        posts="published_at likes comments views shares saves caption hashtags",
        comments="text likes",
        audience="username",
    ),
    lacks="history; who wrote a comment; counts of followers' own accounts; the name in the answer about a"
    " user (name the file after it)",
    obtained="POST /v2/research/video/query/, /video/comment/list/, /user/info/ and /user/followers/, the"
    " answers saved as they come",
    limits="researchers only; 1,000 requests a day; 100 videos a request, 30 days a query; counts may lag by"
    " days",
    seen="developers.tiktok.com/doc/research-api-codebook, research-api-specs-query-user-info; ResearchTikPy"
    " issue 2",
)
