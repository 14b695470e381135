"""Instagram Graph API: business discovery of others, and one's own media with insights and comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.spool import Spool
from accounts.importing.values import count, identifier, moment, text

__all__ = ["SOURCE"]

_KINDS: Final = {"CAROUSEL_ALBUM": "carousel", "IMAGE": "image", "VIDEO": "video", "REELS": "reel"}


def kind(value: Any) -> str | None:
    """A sort of post; one that is not known keeps its name."""
    written = text(value)
    return None if written is None else _KINDS.get(written, written.lower())


PROFILE: Final = Shape(
    "user",
    {
        "followers": ("followers_count", count),
        "following": ("follows_count", count),
        "posts": ("media_count", count),
        "username": ("username", text),
        "full_name": ("name", text),
        "bio": ("biography", text),
        "platform_id": ("id|ig_id", identifier),
        "external_url": ("website", text),
    },
    ignored=names("media profile_picture_url account_type"),
)
MEDIA: Final = Shape(
    "media[]",
    {
        "published_at": ("timestamp", moment),
        "likes": ("like_count", count),
        "comments": ("comments_count", count),
        "views": ("view_count", count),
        "caption": ("caption", text),
        "kind": ("media_type", kind),
    },
    ignored=names(
        "id ig_id permalink media_url thumbnail_url media_product_type children owner username shortcode"
        " is_comment_enabled insights comments cursors"
    ),
)
COMMENT: Final = Shape(
    "comments[]",
    {
        "author_id": ("from.id", identifier),
        "text": ("text", text),
        "published_at": ("timestamp", moment),
        "likes": ("like_count", count),
        "reply_to": ("parent_id", identifier),
    },
    ignored=names("id username replies hidden user media from"),
)
_OF_MEDIA: Final = frozenset({"media_type", "media_product_type", "permalink"})
_OF_OTHERS: Final = frozenset({"acct", "follower_count", "edge_followed_by"})
"""Names by which users of other interfaces are told apart."""
_INSIGHTS: Final = {"views": "views", "plays": "views", "shares": "shares", "saved": "saves"}


def recognises(file: File) -> bool:
    """Whether a file is an answer about a user with media, one of business discovery, or a list of media."""
    return any(True for _ in _users(file.head)) or any(True for page in file.head for _ in _listed(page))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Users with their media, media by themselves, and the comments that come with these."""
    alone: Spool[tuple[dict[str, Any], int]] = Spool()
    for number, file in enumerate(files):
        for page in file.objects:
            for user in _users([page]):
                _user(user, file, drafts)
            for media in _listed(page):
                alone.append((dict(media), number))
    drafts.later(partial(_all_alone, alone, files, drafts))


def _all_alone(alone: Spool[tuple[dict[str, Any], int]], files: Sequence[File], drafts: Drafts) -> None:
    for media, number in alone:
        _alone(media, files[number], drafts)


def _user(user: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    name = name_of(user, "username|id", "user", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("users without a name")
        return
    draft = drafts.account("instagram", name, file)
    draft.describe(PROFILE.read(user, drafts.leftovers))
    for media in items(user, "media", "data"):
        _media(media, draft, drafts)


def _users(pages: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        user = page.get("business_discovery", page)
        known = isinstance(user, dict) and {"followers_count", "media_count"} & user.keys()
        if known and not _OF_OTHERS & user.keys():
            yield user


def _listed(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The media of a page about an account's media, or one by itself."""
    for one in (page, *items(page, "data")):
        if {"id", "timestamp", "comments_count"} <= one.keys() and _OF_MEDIA & one.keys():
            yield one


def _alone(media: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    """A medium without its user around it, which it may name; else the file's name, or the only account."""
    name = name_of(media, "username|owner.username|owner.id", "media[]", drafts.leftovers)
    draft = drafts.account("instagram", name, file) if name else drafts.belonging(file, "instagram")
    if draft is None:
        drafts.leftovers.without_home("media of an account that neither they nor their file's name say")
        return
    _media(media, drafts.account("instagram", draft.account_id, file), drafts)


def _media(media: Mapping[str, Any], draft: AccountDraft, drafts: Drafts) -> None:
    name = name_of(media, "id|shortcode", "media[]", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("media without an id")
        return
    found = MEDIA.read(media, drafts.leftovers)
    for insight in items(media, "insights", "data"):
        target = _INSIGHTS.get(str(insight.get("name")))
        value = next((one.get("value") for one in items(insight, "values")), None)
        if target is not None and value is not None:
            found[target] = readable(count, value, f"insights.{insight.get('name')}", drafts.leftovers)
    drafts.post(draft, name, found)
    for comment in items(media, "comments", "data"):
        _comment(comment, name, draft, drafts)


def _comment(comment: Mapping[str, Any], post_id: str, draft: AccountDraft, drafts: Drafts) -> None:
    author = name_of(comment, "username|from.username", "comments[]", drafts.leftovers)
    mine = {"post_id": post_id, "by_creator": None if author is None else author == draft.account_id}
    name = name_of(comment, "id", "comments[]", drafts.leftovers)
    draft.comment(COMMENT.read(comment, drafts.leftovers) | mine, name)
    for reply in items(comment, "replies", "data"):
        _comment(reply, post_id, draft, drafts)


SOURCE: Final = Source(
    name="instagram-graph",
    title="Instagram Graph API",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio",
        posts="published_at likes comments views caption shares saves",
        comments="text author_id",
    ),
    lacks="history and audience; comments of others' media; likes where they are hidden",
    obtained="GET /{your-id}?fields=business_discovery.username(NAME){followers_count,follows_count,"
    "media_count,media{timestamp,like_count,comments_count,media_type,caption}}, saved as it comes",
    limits="business and creator accounts only; 200 calls an hour and user",
    seen="developers.facebook.com/docs/instagram-platform",
)
