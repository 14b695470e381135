"""Bluesky API: getProfile, getAuthorFeed, getPostThread and getFollowers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.rows import objects, pictured
from accounts.importing.shape import Shape, at, items, name_of, names, readable, within
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import count, identifier, moment, text

__all__ = ["SOURCE"]


def _vouched(value: Any) -> bool | None:
    """Whether the platform vouches for an account: its status is ``valid``, ``invalid`` or ``none``."""
    written = text(value)
    return None if written is None else written == "valid"


PROFILE: Final = Shape(
    "profiles[]",
    {
        "followers": ("followersCount", count),
        "following": ("followsCount", count),
        "posts": ("postsCount", count),
        "username": ("handle", text),
        "full_name": ("displayName", text),
        "bio": ("description", text),
        "has_picture": ("avatar", pictured),
        "is_verified": ("verification.verifiedStatus", _vouched),
        "created_at": ("createdAt", moment),
    },
    ignored=names(
        "did associated labels viewer banner indexedAt pinnedPost joinedViaStarterPack pronouns website"
        " status $type debug"
    )
    | names("verifications trustedVerifierStatus", within="verification"),
)
POST: Final = Shape(
    "feed[].post",
    {
        "published_at": ("record.createdAt", moment),
        "caption": ("record.text", text),
        "likes": ("likeCount", count),
        "comments": ("replyCount", count),
        "shares": ("repostCount", count),
        "saves": ("bookmarkCount", count),
    },
    ignored=names("uri cid author embed quoteCount indexedAt viewer labels threadgate $type debug")
    | names("$type reply langs facets embed labels tags entities via", within="record"),
)


def recognises(file: File) -> bool:
    """Whether a file is an answer of one of these calls."""
    return any(True for page in file.head for _ in (*_profiles(page), *_posts(page)))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Profiles and who follows them, then posts and replies."""
    threads = Threads()
    for file in files:
        for page in file.objects:
            for profile in _profiles(page):
                _profile(profile, items(page, "followers"), file, drafts)
            for post, reason in _posts(page):
                threads.add(_entry(post, reason, file, drafts))
    threads.place(drafts)


def _profiles(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A profile itself, those of ``getProfiles``, and whom a page of followers is about."""
    for one in (page, *items(page, "profiles")):
        if {"did", "handle", "followersCount"} <= one.keys():
            yield one
    if "followers" in page and "subject" in page:
        yield from (one for one in objects(page["subject"]) if {"did", "handle"} & one.keys())


def _profile(
    profile: Mapping[str, Any], followers: Iterator[Mapping[str, Any]], file: File, drafts: Drafts
) -> None:
    name = _name(profile, drafts)
    if name is None:
        drafts.leftovers.without_home("profiles without a name")
        return
    draft = drafts.account("bluesky", name, file)
    draft.describe(PROFILE.read(profile, drafts.leftovers))
    for follower in followers:
        draft.follower(PROFILE.read(follower, drafts.leftovers))


def _name(profile: Any, drafts: Drafts) -> str | None:
    """The handle, or where that is no longer valid, the number that stays."""
    if not isinstance(profile, dict):
        return None
    is_invalid = profile.get("handle") == "handle.invalid"
    return name_of(profile, "did" if is_invalid else "handle|did", "profiles[]", drafts.leftovers)


def _posts(page: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Posts with the reason why they stand there, of feeds and of threads, or of one entry taken out."""
    alone = [page] if "record" in within(page, "post") else []
    for item in (*items(page, "feed"), *alone):
        for post in objects(item.get("post")):
            yield post, next(iter(objects(item.get("reason"))), {})
    ahead = [*objects(page.get("thread")), *(node for one in alone for node in items(one, "replies"))]
    while ahead:
        node = ahead.pop()
        yield from ((post, {}) for post in objects(node.get("post")))
        ahead += [*items(node, "replies"), *objects(node.get("parent"))]


def _entry(post: Mapping[str, Any], reason: Mapping[str, Any], file: File, drafts: Drafts) -> Entry:
    values = POST.read(post, drafts.leftovers)
    name = name_of(post, "uri", "feed[].post", drafts.leftovers)
    repost = "by" in reason
    if repost:
        when = reason.get("indexedAt")
        values["published_at"] = readable(moment, when, "feed[].reason.indexedAt", drafts.leftovers)
        name = name_of(reason, "uri", "feed[].reason", drafts.leftovers) or _again(name, drafts)
    author = _name(reason.get("by") if repost else post.get("author"), drafts)
    return Entry(
        platform="bluesky",
        post_id=name,
        author=author,
        author_id=author,
        values=values,
        file=file,
        parents=() if repost else _parents(post, drafts),
        repost=repost,
    )


def _again(name: str | None, drafts: Drafts) -> str | None:
    """A name of its own for the repost of a post, whose feed gives none."""
    return name and readable(identifier, f"{name}#repost", "feed[].post.uri", drafts.leftovers)


def _parents(post: Mapping[str, Any], drafts: Drafts) -> tuple[str, ...]:
    reply = at(post, "record.reply")
    if not isinstance(reply, dict):
        return ()
    found = (
        name_of(reply, f"{one}.uri", "feed[].post.record.reply", drafts.leftovers)
        for one in ("parent", "root")
    )
    return tuple(name for name in found if name)


SOURCE: Final = Source(
    name="bluesky",
    title="Bluesky API (AT Protocol)",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio created_at",
        posts="likes comments shares caption kind",
        comments="text author_id likes",
        audience="created_at",
    ),
    lacks="views and history; counts of followers' own followers; counts of what was only passed on",
    obtained="GET https://public.api.bsky.app/xrpc/app.bsky.actor.getProfile?actor=NAME,"
    " app.bsky.feed.getAuthorFeed, app.bsky.feed.getPostThread and app.bsky.graph.getFollowers, as they come",
    limits="100 posts or followers a page, newest first; createdAt is what the author's program wrote",
    seen="github.com/bluesky-social/atproto lexicons/app/bsky/feed/defs.json, /actor/defs.json",
)
