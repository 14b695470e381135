"""Instagram Graph API: business discovery of others, and one's own media with insights and comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Draft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, items
from accounts.importing.source import Source
from accounts.importing.values import count, moment, text

__all__ = ["SOURCE"]

_KINDS: Final = {"CAROUSEL_ALBUM": "carousel", "IMAGE": "image", "VIDEO": "video", "REELS": "reel"}

PROFILE: Final = Shape(
    "user",
    {
        "followers": ("followers_count", count),
        "following": ("follows_count", count),
        "posts": ("media_count", count),
        "username": ("username", text),
        "full_name": ("name", text),
        "bio": ("biography", text),
        "external_url": ("website", text),
    },
    ignored=frozenset({"id", "ig_id", "media", "profile_picture_url", "account_type"}),
)
MEDIA: Final = Shape(
    "media[]",
    {
        "published_at": ("timestamp", moment),
        "likes": ("like_count", count),
        "comments": ("comments_count", count),
        "views": ("view_count", count),
        "caption": ("caption", text),
        "kind": ("media_type", lambda value: _KINDS.get(str(value), str(value).lower())),
    },
    ignored=frozenset({
        "id", "ig_id", "permalink", "media_url", "thumbnail_url", "media_product_type", "children", "owner",
        "username", "shortcode", "is_comment_enabled", "insights", "comments", "cursors",
    }),
)  # fmt: skip
COMMENT: Final = Shape(
    "comments[]",
    {
        "author_id": ("from.id", text),
        "text": ("text", text),
        "published_at": ("timestamp", moment),
        "likes": ("like_count", count),
    },
    ignored=frozenset({"id", "username", "replies", "hidden", "user", "parent_id", "media"}),
)
_INSIGHTS: Final = {"views": "views", "plays": "views", "shares": "shares", "saved": "saves"}


def recognises(file: File) -> bool:
    """Whether a file is an answer about a user with media, or one of business discovery."""
    return any(True for _ in _users(file))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Users with their media, and the comments that come with these."""
    for file in files:
        for user in _users(file):
            found = PROFILE.read(user, drafts.leftovers)
            draft = drafts.account("instagram", str(user.get("username") or user["id"]), file.modified)
            draft.describe(found)
            for media in items(user, "media", "data"):
                _media(media, draft, drafts)


def _users(file: File) -> list[Mapping[str, Any]]:
    value = file.json
    pages = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, Mapping)]
    users = [page.get("business_discovery", page) for page in pages]
    return [
        one for one in users if isinstance(one, Mapping) and {"followers_count", "media_count"} & one.keys()
    ]


def _media(media: Mapping[str, Any], draft: Draft, drafts: Drafts) -> None:
    found = MEDIA.read(media, drafts.leftovers)
    for insight in items(media, "insights", "data"):
        name = _INSIGHTS.get(str(insight.get("name")))
        if name is not None:
            found[name] = next((count(one.get("value")) for one in items(insight, "values")), None)
    drafts.post(draft, str(media["id"]), found)
    for comment in items(media, "comments", "data"):
        author = comment.get("username") or comment.get("from", {}).get("username")
        mine = {
            "post_id": str(media["id"]),
            "by_creator": None if author is None else author == draft.account_id,
        }
        draft.comment(COMMENT.read(comment, drafts.leftovers) | mine, comment.get("id"))


SOURCE: Final = Source(
    name="instagram-graph",
    title="Instagram Graph API",
    recognises=recognises,
    read=read,
    gives=(
        "profile.followers", "profile.following", "profile.posts", "profile.bio", "posts.likes", "posts.comments",
        "posts.views", "posts.caption", "comments.text (own media)",
    ),
    lacks="history and audience; comments of others' media; likes where they are hidden",
    obtained="GET /{your-id}?fields=business_discovery.username(NAME){followers_count,follows_count,media_count,"
    "media{timestamp,like_count,comments_count,media_type,caption}}, saved as it comes",
    limits="business and creator accounts only; 200 calls an hour and user",
    seen="developers.facebook.com/docs/instagram-platform",
)  # fmt: skip
