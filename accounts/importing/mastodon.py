"""Mastodon API: an account, its statuses, the contexts of these, and followers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.people import People
from accounts.importing.rows import objects, pictured, plain
from accounts.importing.shape import Shape, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import count, identifier, length, moment, text

__all__ = ["SOURCE"]

ACCOUNT: Final = Shape(
    "accounts[]",
    {
        "followers": ("followers_count", count),
        "following": ("following_count", count),
        "posts": ("statuses_count", count),
        "username": ("username", text),
        "full_name": ("display_name", text),
        "bio": ("note", plain),
        "has_picture": ("avatar", pictured),
        "created_at": ("created_at", moment),
    },
    ignored=names(
        "id acct locked bot discoverable indexable group url uri avatar_static header header_static emojis"
        " fields last_status_at roles role source moved suspended limited noindex hide_collections"
        " memorial show_media mute_expires_at avatar_description header_description show_media_replies"
        " show_featured feature_approval"
    ),
)
STATUS: Final = Shape(
    "statuses[]",
    {
        "published_at": ("created_at", moment),
        "caption": ("content", plain),
        "likes": ("favourites_count", count),
        "comments": ("replies_count", count),
        "shares": ("reblogs_count", count),
        "hashtags": ("tags", length),
    },
    ignored=names(
        "id in_reply_to_id in_reply_to_account_id sensitive spoiler_text visibility language uri url"
        " quotes_count edited_at reblog application account media_attachments mentions emojis card poll"
        " favourited reblogged muted bookmarked pinned text filtered quote quote_approval local_only"
        " tagged_collections"
    ),
)


def recognises(file: File) -> bool:
    """Whether a file holds accounts, statuses or the context of a status."""
    return any(_is_account(one) or any(True for _ in _statuses(one)) for one in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Statuses by those who wrote them, what is said of their authors, and accounts listed by themselves."""
    people = People("mastodon", ACCOUNT)
    threads = Threads()
    for file in files:
        for page in file.objects:
            for status in _statuses(page):
                threads.add(_entry(status, file, people, drafts))
            if _is_account(page):
                people.listed(_name(page, drafts), page, file, drafts)
    people.place(drafts)
    threads.place(drafts)


def _is_account(item: Mapping[str, Any]) -> bool:
    return {"acct", "followers_count"} <= item.keys()


def _statuses(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A status itself, or what stands above and below one."""
    if {"account", "content", "reblogs_count"} <= page.keys():
        yield page
    elif {"ancestors", "descendants"} <= page.keys():
        yield from items(page, "ancestors")
        yield from items(page, "descendants")


def _name(account: Mapping[str, Any], drafts: Drafts) -> str | None:
    """The name with its server, which the account's own server leaves out."""
    name = name_of(account, "acct", "accounts[]", drafts.leftovers)
    if name is None or "@" in name:
        return name
    try:
        host = urlsplit(str(account.get("url"))).hostname
    except ValueError:
        host = None
    return readable(identifier, f"{name}@{host}" if host else name, "accounts[].url", drafts.leftovers)


def _entry(status: Mapping[str, Any], file: File, people: People, drafts: Drafts) -> Entry:
    author = None
    for account in objects(status.get("account")):
        author = _name(account, drafts)
        people.wrote(author, account, drafts)
    parent = name_of(status, "in_reply_to_id", "statuses[]", drafts.leftovers)
    return Entry(
        platform="mastodon",
        post_id=name_of(status, "id", "statuses[]", drafts.leftovers),
        author=author,
        author_id=author,
        values=STATUS.read(status, drafts.leftovers),
        file=file,
        parents=(parent,) if parent else (),
        repost=isinstance(status.get("reblog"), dict),
    )


SOURCE: Final = Source(
    name="mastodon",
    title="Mastodon API",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio created_at",
        posts="likes comments shares caption hashtags kind",
        comments="text author_id likes",
        audience="followers",
    ),
    lacks="views and history; followers of accounts that hide them; counts of what was only passed on",
    obtained="GET /api/v1/accounts/lookup?acct=NAME, /api/v1/accounts/ID/statuses,"
    " /api/v1/statuses/ID/context and /api/v1/accounts/ID/followers from the account's own server;"
    " followers in a file whose name says so",
    limits="another server than the account's own knows only some of the counts; 40 statuses and 80"
    " followers a page",
    seen="docs.joinmastodon.org/entities/Account, /entities/Status",
)
