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
    "caffeine", "odysee", "gettr", "flickr", "zhihu", "behance", "dribbble", "deviantart", "artstation",
    "bigo", "dlive", "ameba", "kakao", "naver", "zalo", "qq", "nostr", "farcaster",
    "viber", "xing", "yelp", "chingari", "roposo", "spoutible", "cohost",
    "mewe", "bitchute", "afreeca", "chzzk", "mildom", "openrec", "17live", "pococha", "nimo",
    "huya", "douyu", "taringa", "noplace", "fansly", "ltk", "shopmy", "depop",
    "poshmark", "vinted", "unsplash", "500px", "vsco", "bandcamp", "mixcloud", "hacker news", "product hunt",
    "kaggle", "hugging face", "codeberg", "bitbucket", "npm", "etsy",
    "ko-fi", "poparazzi", "imgur", "livejournal",
    "blogger", "wordpress", "apple podcasts", "apple music", "deezer", "audiomack",
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
    "ok": "odnoklassniki", "okru": "odnoklassniki", "tg": "telegram",
    "b站": "bilibili", "知乎": "zhihu", "ニコニコ動画": "niconico", "ニコニコ": "niconico",
    "kakaotalk": "kakao", "kakaostory": "kakao", "naverblog": "naver", "네이버": "naver",
    "네이버블로그": "naver", "bigolive": "bigo", "yandexzen": "dzen", "дзен": "dzen", "яндексдзен": "dzen",
    "вконтакте": "vk", "вк": "vk",
    "одноклассники": "odnoklassniki", "телеграм": "telegram", "инстаграм": "instagram", "ютуб": "youtube",
    "тикток": "tiktok", "твиттер": "x", "фейсбук": "facebook", "インスタグラム": "instagram",
    "インスタ": "instagram", "ユーチューブ": "youtube", "ティックトック": "tiktok", "ツイッター": "x",
    "フェイスブック": "facebook", "인스타그램": "instagram", "유튜브": "youtube", "틱톡": "tiktok",
    "트위터": "x", "페이스북": "facebook", "انستغرام": "instagram", "يوتيوب": "youtube", "تيكتوك": "tiktok",
    "تويتر": "x", "फेसबुक": "facebook", "इंस्टाग्राम": "instagram", "यूट्यूब": "youtube", "油管": "youtube",
    "推特": "x", "脸书": "facebook", "afreecatv": "afreeca", "soop": "afreeca",
    "치지직": "chzzk", "nimotv": "nimo", "虎牙": "huya", "斗鱼": "douyu",
})  # fmt: skip


_WORDS: Final = frozenset({
    "note", "lens", "josh", "hive", "minds", "yy", "momo", "max", "snow", "signal", "blog", "website",
    "podcast", "google", "amazon", "postnews", "showroom", "fanbase", "meetup", "red", "zen", "web",
    "newsletter",
})  # fmt: skip
"""Networks, and kinds of sites, whose names are words: names of platforms where one is asked for, and not in
the name of a file."""


def network_of(name: str) -> str | None:
    """A network's own name, in any case and by its common names; None where no network is called so.

    So is what people write around it: an address, and a word for one of its parts or sorts of account.

    >>> [network_of(one) for one in ("YouTube", "tik_tok", "Twitter", "Threads", "shoe")]
    ['youtube', 'tiktok', 'x', 'threads', None]
    >>> [network_of(one) for one in ("https://www.instagram.com/", "YouTube Shorts", "Facebook Page")]
    ['instagram', 'youtube', 'facebook']
    """
    written = _ADDRESS.sub(r"\1", name[:64].strip().casefold())
    return _called(written) or _called(_PART.sub("", written))


def _called(written: str) -> str | None:
    plain = re.sub(r"[\W_]", "", written)
    return _NAMES.get(plain) or _KNOWN.get(plain)


_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?([^\W_]{2,}(?:-[^\W_]+)?)\.(?:com|tv|net|org|ru|app|social)/?"
)
"""The address of a network's front page, whose name is the word before its ending."""
_PART: Final = re.compile(
    r"[\s_-]+(?:reels?|shorts?|videos?|channels?|pages?|profiles?|accounts?|business(?: account)?|creators?"
    r"|posts?|feed|stories|live|gaming|groups?|clips?|blog)$"
)


def platform_of(name: str) -> str | None:
    """The platform of a document that a network's name stands for; None where no network is called so.

    >>> [platform_of(one) for one in ("Instagram", "Threads", "other", "instagrm")]
    ['instagram', 'other', 'other', None]
    """
    if name in PLATFORMS:
        return name
    network = network_of(name)
    if network is None:
        return "other" if name[:64].strip().casefold().replace(" ", "") in {"other", *_WORDS} else None
    return network if network in PLATFORMS else "other"


_KNOWN: Final[Mapping[str, str]] = MappingProxyType({re.sub(r"\W", "", name): name for name in NETWORKS})
