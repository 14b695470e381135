"""Names of social networks as people write them, and the platform of a document that each stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from accounts.schema import PLATFORMS

__all__ = ["NETWORKS", "network_of", "platform_of"]

NETWORKS: Final = (
    *(platform for platform in PLATFORMS if platform != "other"),
    "facebook", "threads", "linkedin", "pinterest", "snapchat", "bluesky", "mastodon", "reddit",
    "kick", "weibo", "xiaohongshu", "douyin", "vk", "telegram", "bilibili", "kuaishou", "wechat",
    "tumblr", "rumble", "substack", "medium", "discord", "quora", "likee", "lemon8", "kwai", "line",
    "odnoklassniki", "patreon", "onlyfans", "vimeo", "dailymotion", "soundcloud", "spotify",
    "truth social", "gab", "parler", "rutube", "dzen", "niconico", "sharechat", "koo", "moj", "triller",
    "clubhouse", "bereal", "steam", "whatsapp", "fediverse", "pixelfed", "peertube", "lemmy",
    "gitlab", "stack overflow", "strava", "goodreads", "letterboxd", "twitcasting", "trovo",
    "caffeine",
)  # fmt: skip
"""Every network that is known by name. Those without norms of their own are judged as ``other``."""

_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "ig": "instagram", "insta": "instagram", "twitter": "x", "xcom": "x",
    "twittercom": "x", "xtwitter": "x", "twitterx": "x", "xformerlytwitter": "x",
    "yt": "youtube", "youtubechannel": "youtube", "tt": "tiktok", "gh": "github",
    "fb": "facebook", "meta": "facebook", "snap": "snapchat", "bsky": "bluesky",
    "vkontakte": "vk", "xhs": "xiaohongshu", "rednote": "xiaohongshu",
    "redbook": "xiaohongshu", "小红书": "xiaohongshu", "sinaweibo": "weibo",
    "微博": "weibo", "抖音": "douyin", "快手": "kuaishou", "哔哩哔哩": "bilibili", "微信": "wechat",
    "ok": "odnoklassniki", "tg": "telegram",
})  # fmt: skip


def network_of(name: str) -> str | None:
    """A network's own name, in any case and by its common names; None where no network is called so.

    >>> [network_of(one) for one in ("YouTube", "tik_tok", "Twitter", "Threads", "shoe")]
    ['youtube', 'tiktok', 'x', 'threads', None]
    """
    plain = re.sub(r"[\W_]", "", name[:64].casefold())
    return _NAMES.get(plain) or _KNOWN.get(plain)


def platform_of(name: str) -> str | None:
    """The platform of a document that a network's name stands for; None where no network is called so.

    >>> [platform_of(one) for one in ("Instagram", "Threads", "other", "instagrm")]
    ['instagram', 'other', 'other', None]
    """
    if name in PLATFORMS:
        return name
    network = network_of(name)
    if network is None:
        return "other" if name.casefold() == "other" else None
    return network if network in PLATFORMS else "other"


_KNOWN: Final[Mapping[str, str]] = MappingProxyType({re.sub(r"\W", "", name): name for name in NETWORKS})
