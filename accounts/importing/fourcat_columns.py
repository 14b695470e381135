"""The columns of 4CAT's tables, by platform."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from accounts.importing.shape import Shape, names
from accounts.importing.values import count, flag, is_absent, moment, text

__all__ = ["INSTAGRAM", "TELEGRAM", "TIKTOK", "TIKTOK_AUTHOR", "X", "today"]

_ONCE_CALLED: Final = {
    "amount_likes": "likes",
    "amount_comments": "comments",
    "amount_shares": "shares",
    "amount_plays": "plays",
}
_KINDS: Final = {"photo": "image", "picture": "image", "mixed": "carousel"}


def today(row: Mapping[str, str]) -> dict[str, Any]:
    """A row with the names that 4CAT uses now, and its time as ``when``.

    The number of seconds is exact; the written time is in the zone of the server, which is UTC as 4CAT comes.

    >>> today({"amount_likes": "7", "timestamp": "2026-10-20 15:30:00"})
    {'likes': '7', 'timestamp': '2026-10-20 15:30:00', 'when': '2026-10-20 15:30:00'}
    """
    found = {_ONCE_CALLED.get(name, name): value for name, value in row.items() if name}
    return found | {"when": found.get("unix_timestamp") or found.get("timestamp")}


def _utc(value: Any) -> str | None:
    return moment(value, zone=dt.UTC)


def _tags(value: Any) -> int:
    """How many tags stand in one text with commas between.

    >>> _tags("rye,oat"), _tags("")
    (2, 0)
    """
    return sum(1 for one in str(value or "").split(",") if one.strip())


def _kind(value: Any) -> str | None:
    written = text(value)
    return None if is_absent(written) else _KINDS.get(str(written), written)


def _placed(value: Any) -> bool:
    """Whether a post names a place."""
    return not is_absent(value)


_COMMON: Final = names(
    "id thread_id parent_id author author_fullname author_full author_id timestamp unix_timestamp subject"
    " url link author_avatar_url thumbnail_url image_url media_url post_source_domain collected_from_url"
    " missing_fields language_guess"
)
TIKTOK: Final = Shape(
    "rows[] (TikTok)",
    {
        "published_at": ("when", _utc),
        "caption": ("body", text),
        "likes": ("likes", count),
        "comments": ("comments", count),
        "shares": ("shares", count),
        "views": ("plays", count),
        "hashtags": ("hashtags", _tags),
        "is_sponsored": ("is_paid_partnership", flag),
    },
    ignored=_COMMON
    | names(
        "author_followers author_likes author_videos author_avatar stickers effects warning music_name"
        " music_id music_url music_thumbnail music_author video_url tiktok_url is_duet is_ad is_sensitive"
        " is_photosensitive is_harmful location_created mentions is_slideshow slideshow_urls challenges"
        " comments_enabled diversification_labels stitch_enabled duet_enabled"
    ),
)
TIKTOK_AUTHOR: Final = Shape(
    "rows[] (authors on TikTok)",
    {
        "followers": ("author_followers", count),
        "posts": ("author_videos", count),
        "username": ("author", text),
    },
)
INSTAGRAM: Final = Shape(
    "rows[] (Instagram)",
    {
        "published_at": ("when", _utc),
        "caption": ("body", text),
        "likes": ("num_likes", count),
        "comments": ("num_comments", count),
        "hashtags": ("hashtags", _tags),
        "kind": ("type", _kind),
        "has_location": ("location_name", _placed),
    },
    ignored=_COMMON
    | names(
        "num_media location_latlong location_city location_id usertags mentioned author_verified tagged_users"
        " coauthors likes_hidden media_urls author_is_private verified"
    ),
)
X: Final = Shape(
    "rows[] (X)",
    {
        "published_at": ("when", _utc),
        "caption": ("body", text),
        "likes": ("like_count", count),
        "comments": ("reply_count", count),
        "shares": ("retweet_count", count),
        "views": ("impression_count", count),
        "hashtags": ("hashtags", _tags),
    },
    ignored=_COMMON
    | names(
        "author_banner_url source possibly_sensitive quote_count is_retweet retweeted_user urls"
        " is_quote_tweet quoted_user is_quote_withheld is_reply replied_user is_withheld images videos"
        " mentions long_lat place_name author_followers author_verified quote_tweet quote_author"
        " quote_body quote_images quote_videos"
    ),
)
TELEGRAM: Final = Shape(
    "rows[] (Telegram)",
    {
        "published_at": ("when", _utc),
        "caption": ("body", text),
        "views": ("views", count),
        "shares": ("forwards", count),
    },
    ignored=_COMMON
    | names(
        "chat search_entity author_username author_name author_is_bot author_is_channel reply_to reactions"
        " top_reactions timestamp_edited unix_timestamp_edited grouped_id author_forwarded_from_name"
        " author_forwarded_from_username author_forwarded_from_id timestamp_forwarded_from"
        " unix_timestamp_forwarded_from link_title link_description link_attached linked_entities"
        " entities_linked entities_mentioned all_links urls_linked usernames_mentioned attachment_type"
        " attachment_data attachment_filename hashtags emojis"
    ),
)
