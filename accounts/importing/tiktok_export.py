"""TikTok's own export of an account (user_data.json), whose sections change from year to year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, moment, presence, text

__all__ = ["SOURCE"]

_NAMELESS: Final = "tiktok-export"
_PROFILES: Final = ("Profile Info", "Profile Information")
_POSTS: Final = ("Posts", "Videos")
_FOLLOWERS: Final = ("Follower", "Follower List")
_SECTIONS: Final = names(
    "Profile|Profile And Settings|Activity|Your Activity|Post|Video|Comment|Direct Message|Direct Messages"
    "|App Settings|Likes and Favorites|Tiktok Live|TikTok Live|TikTok Shop|Tiktok Shopping|TikTok Shopping"
    "|Ads and data|Income Plus Wallet Transactions|Income+ Wallet|Location Review|Polls Detail|Shop"
    "|Off TikTok Activity",
    mark="|",
)
_NUMBER: Final = re.compile(r"/(?:video|photo)/(\d{6,})")

PROFILE: Final = Shape(
    "ProfileMap",
    {
        "followers": ("followerCount", count),
        "following": ("followingCount", count),
        "username": ("userName", text),
        "full_name": ("displayName", text),
        "bio": ("bioDescription", text),
    },
    ignored=names(
        "PlatformInfo birthDate emailAddress likesReceived profilePhoto profileVideo telephoneNumber"
        " profileViews accountRegion inferredGender hashedEmail hashedPhoneNumber signUpDate"
    ),
)
POST: Final = Shape(
    "VideoList[]",
    {
        "published_at": ("Date|date", partial(moment, zone=UTC)),
        "likes": ("Likes|likes", count),
        "caption": ("Title|title", text),
        "has_location": ("Location", presence),
    },
    ignored=names(
        "Link link WhoCanView whoCanView AllowComments AllowStitches AllowDuets AllowStickers"
        " AllowSharingToStory AddYoursText AIGeneratedContent AlternateText CoverImage ContentDisclosure"
        " Sound DirectPost"
    ),
)


def recognises(file: File) -> bool:
    """Whether a file has TikTok's profile map or lists of own posts."""
    return any(_is_export(one) for one in file.head)


def _is_export(value: Mapping[str, Any]) -> bool:
    profile = any("ProfileMap" in part for part in _parts(value, _PROFILES))
    return profile or any("VideoList" in part for part in _parts(value, _POSTS))


def _parts(value: Mapping[str, Any], wanted: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Parts of that name, in whichever section they stand this year."""
    for section in value.values():
        for name in wanted:
            part = section.get(name) if isinstance(section, dict) else None
            if isinstance(part, dict):
                yield part


def read(files: Sequence[File], drafts: Drafts) -> None:
    """The account of each export, with its posts and followers."""
    for file in files:
        for value in file.objects:
            _export(value, file, drafts)


def _export(value: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    for section in sorted(value.keys() - _SECTIONS):
        drafts.leftovers.unfamiliar(section)
    maps = (part.get("ProfileMap") for part in _parts(value, _PROFILES))
    profile: dict[str, Any] = next((one for one in maps if isinstance(one, dict)), {})
    name = name_of(profile, "userName", "ProfileMap", drafts.leftovers)
    draft = drafts.account("tiktok", name or _NAMELESS, file)
    draft.describe(PROFILE.read(profile, drafts.leftovers))
    names = {name for _, known in drafts.parts([draft]) for name in known.posts}
    for part in _parts(value, _POSTS):
        for post in items(part, "VideoList"):
            _post(post, draft, names, drafts)
    for part in _parts(value, _FOLLOWERS):
        for follower in items(part, "FansList"):
            username = readable(text, at(follower, "UserName"), "FansList[].UserName", drafts.leftovers)
            draft.follower({"username": username})


def _post(post: Mapping[str, Any], draft: AccountDraft, names: set[str], drafts: Drafts) -> None:
    """One post; those that not everybody can see have other counts and are left out."""
    seen_by = post.get("WhoCanView", post.get("whoCanView"))
    if isinstance(seen_by, str) and seen_by.lower() not in {"public", "everyone", "n/a", ""}:
        drafts.leftovers.without_home("posts that not everybody can see")
        return
    found = POST.read(post, drafts.leftovers)
    number = _NUMBER.search(str(post.get("Link", post.get("link"))))
    name = number[1] if number else f"post-{len(names) + 1}"
    names.add(name)
    drafts.post(draft, name, found)


SOURCE: Final = Source(
    name="tiktok-export",
    title="TikTok's own export",
    recognises=recognises,
    read=read,
    gives=fields(profile="username bio", posts="published_at likes", audience="username"),
    lacks="views, comments and shares; comments of others; followers in some years; history",
    obtained="in the app: Settings, Account, Download your data, JSON; the file user_data_tiktok.json as it"
    " comes",
    limits="of one's own account only; its sections change from year to year; times are in UTC",
    seen="public tools that read it: tiktok-userdata, tiktok-downloader, tiktok-save issue 25",
)
