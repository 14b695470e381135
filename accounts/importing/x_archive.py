"""X archive ("Download an archive of your data"): tweets, account, profile, follower and following."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Final

from accounts.importing.drafts import Drafts, Values
from accounts.importing.files import File
from accounts.importing.rows import moment_of_x, pictured, unescaped
from accounts.importing.shape import Shape, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.threads import ITS_AUTHOR, Entry, Threads
from accounts.importing.values import count, identifier, length, moment, text

__all__ = ["SOURCE"]

TWEET: Final = Shape(
    "tweets[].tweet",
    {
        "published_at": ("created_at", moment_of_x),
        "caption": ("full_text", unescaped),
        "likes": ("favorite_count", count),
        "shares": ("retweet_count", count),
        "hashtags": ("entities.hashtags", length),
    },
    ignored=names(
        "id id_str edit_info retweeted favorited source display_text_range truncated lang scopes card"
        " place geo in_reply_to_status_id in_reply_to_status_id_str in_reply_to_user_id"
        " in_reply_to_user_id_str in_reply_to_screen_name possibly_sensitive extended_entities coordinates"
        " community_id community_id_str contributors withheld_in_countries withheld_scope"
    )
    | names("symbols user_mentions urls media", within="entities"),
)
ACCOUNT: Final = Shape(
    "account[].account",
    {
        "username": ("username", text),
        "full_name": ("accountDisplayName", text),
        "created_at": ("createdAt", moment),
        "platform_id": ("accountId", identifier),
    },
    ignored=names("email createdVia phoneNumber"),
)
PROFILE: Final = Shape(
    "profile[].profile",
    {
        "bio": ("description.bio", text),
        "external_url": ("description.website", text),
        "has_picture": ("avatarMediaUrl", pictured),
    },
    ignored=names("headerMediaUrl description.location"),
)
_KINDS: Final = frozenset({"tweet", "account", "profile", "follower", "following"})
_UNNAMED: Final = "x-archive"


@dataclass
class _Archive:
    """What one folder holds; an archive is one account's, which ``account.js`` names."""

    files: list[File] = field(default_factory=list)
    name: str | None = None
    profile: Values = field(default_factory=dict)
    threads: Threads = field(default_factory=Threads)
    others: Counter[str] = field(default_factory=Counter)


def recognises(file: File) -> bool:
    """Whether a file is one of the archive's that Assay has use for, as JavaScript or as its bare JSON."""
    return any(_kind(one) for one in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """One account for each folder."""
    folders: defaultdict[str, _Archive] = defaultdict(_Archive)
    for file in files:
        archive = folders[str(PurePath(file.name).parent)]
        archive.files.append(file)
        for item in file.objects:
            _take(item, file, archive, drafts)
    for folder, archive in folders.items():
        unnamed = _UNNAMED if len(folders) == 1 else f"{_UNNAMED}:{folder}"[-200:]
        _account(archive, archive.name or unnamed, drafts)


def _kind(item: Mapping[str, Any]) -> str | None:
    """The kind of a wrapped item; archives of before 2019 hold tweets bare."""
    if len(item) == 1:
        kind = next(iter(item))
        return kind if kind in _KINDS and isinstance(item[kind], dict) else None
    return "bare" if "full_text" in item and "favorite_count" in item and "user" not in item else None


def _take(item: Mapping[str, Any], file: File, archive: _Archive, drafts: Drafts) -> None:
    kind = _kind(item)
    inner: Mapping[str, Any] = item if kind == "bare" else item.get(kind or "", {})
    if kind in {"tweet", "bare"} and "deleted_at" not in inner:
        archive.threads.add(_entry(inner, file, drafts))
    elif kind in {"follower", "following"}:
        archive.others[kind] += 1
    elif kind == "account":
        archive.name = archive.name or name_of(inner, "username", "account", drafts.leftovers)
        archive.profile |= ACCOUNT.read(inner, drafts.leftovers)
    elif kind == "profile":
        archive.profile |= PROFILE.read(inner, drafts.leftovers)
    else:
        drafts.leftovers.without_home("deleted tweets, and items of no known kind")


def _account(archive: _Archive, name: str, drafts: Drafts) -> None:
    """Of followers the archive has the ids only: their number is what counts."""
    for file in archive.files:
        draft = drafts.account("x", name, file)
    counts = {"followers": archive.others["follower"], "following": archive.others["following"]}
    draft.describe(archive.profile | {key: number or None for key, number in counts.items()})
    archive.threads.place(drafts, lambda _: name)


def _entry(tweet: Mapping[str, Any], file: File, drafts: Drafts) -> Entry:
    """A tweet, whose author is known once the whole archive is read."""
    values = TWEET.read(tweet, drafts.leftovers)
    parent = name_of(
        tweet, "in_reply_to_status_id_str|in_reply_to_status_id", "tweets[].tweet", drafts.leftovers
    )
    return Entry(
        platform="x",
        post_id=name_of(tweet, "id_str|id", "tweets[].tweet", drafts.leftovers),
        author=None,
        author_id=ITS_AUTHOR,
        values=values,
        file=file,
        parents=(parent,) if parent else (),
        repost=str(values.get("caption")).startswith("RT @"),
    )


SOURCE: Final = Source(
    name="x-archive",
    title="X archive",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following username bio created_at",
        posts="likes shares caption hashtags kind",
    ),
    lacks="views, comments and what others replied; history; followers but for their number; counts of"
    " reposts",
    obtained="X, Settings, Your account, Download an archive of your data; tweets.js, account.js, profile.js,"
    " follower.js and following.js out of its folder data",
    limits="one's own account only; ready after a day or more",
    seen="github.com/TheExGenesis/community-archive docs/archive_data.md; timhutton/twitter-archive-parser",
)
