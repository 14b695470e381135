"""Twitch Helix: users, videos and channels/followers, pages as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts, Values
from accounts.importing.files import File
from accounts.importing.rows import objects, pictured
from accounts.importing.shape import Shape, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, identifier, moment, text

__all__ = ["SOURCE"]

USER: Final = Shape(
    "users.data[]",
    {
        "username": ("login", text),
        "full_name": ("display_name", text),
        "bio": ("description", text),
        "has_picture": ("profile_image_url", pictured),
        "created_at": ("created_at", moment),
        "platform_id": ("id", identifier),
    },
    ignored=names("type broadcaster_type offline_image_url view_count email"),
)
VIDEO: Final = Shape(
    "videos.data[]",
    {
        "published_at": ("published_at", moment),
        "caption": ("title", text),
        "views": ("view_count", count),
        "kind": ("type", text),
    },
    ignored=names(
        "id stream_id user_id user_login user_name description created_at url thumbnail_url viewable language"
        " duration muted_segments"
    ),
)
FOLLOWER: Final = Shape(
    "followers.data[]",
    {"username": ("user_login", text), "full_name": ("user_name", text)},
    ignored=names("user_id followed_at"),
)
_PAGE: Final = frozenset({"total", "data", "pagination"})


def recognises(file: File) -> bool:
    """Whether a file has pages of users, videos or followers."""
    return any(_kind(page) for page in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Users and videos as they come; followers once it is known whose they may be."""
    followers = drafts.waiting(lambda file, total, rows: _settle(total, rows, file, drafts))
    for file in files:
        for page in file.objects:
            kind = _kind(page)
            if kind == "followers":
                followers.add(file, *_followers(page, drafts))
                continue
            for item in _listed(page):
                if kind is None:
                    drafts.leftovers.without_home("items of Twitch of no known kind")
                else:
                    _PLACES[kind](item, file, drafts)


def _listed(page: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a page lists, or the one thing that was taken out of its page."""
    return objects(page.get("data", page))


def _kind(page: Mapping[str, Any]) -> str | None:
    """What a page holds; of followers maybe their number alone, where one may not see who they are."""
    first: dict[str, Any] = next(iter(_listed(page)), {})
    if {"login", "broadcaster_type"} <= first.keys():
        return "users"
    if {"user_login", "viewable", "duration"} <= first.keys():
        return "videos"
    if {"user_id", "user_login", "followed_at"} <= page.keys():
        return "followers"
    if not {"total", "data"} <= page.keys() <= _PAGE:
        return None
    return "followers" if not first or {"user_login", "followed_at"} <= first.keys() else None


def _user(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    name = name_of(item, "login", "users.data[]", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("users without a name")
    else:
        drafts.account("twitch", name, file).describe(USER.read(item, drafts.leftovers))


def _video(item: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    owner = name_of(item, "user_login", "videos.data[]", drafts.leftovers)
    video = name_of(item, "id", "videos.data[]", drafts.leftovers)
    if owner is None or video is None:
        drafts.leftovers.without_home("videos without an id or an owner")
    else:
        drafts.post(drafts.account("twitch", owner, file), video, VIDEO.read(item, drafts.leftovers))


_PLACES: Final[Mapping[str, Callable[[Mapping[str, Any], File, Drafts], None]]] = {
    "users": _user,
    "videos": _video,
}


def _followers(page: Mapping[str, Any], drafts: Drafts) -> tuple[int | None, list[Values]]:
    """How many there are, and those of the page."""
    total = readable(count, page.get("total"), "followers.total", drafts.leftovers)
    return total, [FOLLOWER.read(one, drafts.leftovers) for one in _listed(page)]


def _settle(total: int | None, rows: Sequence[Values], file: File, drafts: Drafts) -> None:
    draft = drafts.belonging(file, "twitch")
    if draft is None:
        drafts.leftovers.without_home("followers of nobody known", max(len(rows), 1))
        return
    draft.describe({"followers": total})
    for row in rows:
        draft.follower(row)


SOURCE: Final = Source(
    name="twitch",
    title="Twitch API (Helix)",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers username bio created_at",
        posts="views caption kind",
        audience="username",
    ),
    lacks="likes, comments and history; how many watched live; whom it follows; what followers are like",
    obtained="GET /helix/users?login=NAME, /helix/videos?user_id=ID and"
    " /helix/channels/followers?broadcaster_id=ID, saved as they come; with several channels in one"
    " folder, NAME in the followers' file name",
    limits="past broadcasts vanish after 7 to 60 days; who follows is shown to moderators only, how many to"
    " everybody",
    seen="dev.twitch.tv/docs/api/reference; docs.rs/twitch_api",
)
