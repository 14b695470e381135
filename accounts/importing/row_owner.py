"""Whose row of a table it is: an account by its name or address, and the network that it is on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.shape import readable
from accounts.importing.values import Unreadable, identifier
from accounts.networks import NETWORKS, network_of

__all__ = ["network_of_columns", "network_of_file", "of_address", "owner_of_row", "post_of_address"]

_OWN_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "tiktok": frozenset({
        "diggcount", "webvideourl", "awemeid", "secuid", "tiktokurl", "tiktokhandle", "tiktokusername",
        "authormetaname", "authormetafans", "authormetanickname",
    }),
    "instagram": frozenset({
        "shortcode", "ownerusername", "ownerfullname", "instagramhandle", "instagramusername", "instagramurl",
        "ighandle", "edgefollowedbycount", "videoplaycount", "igplaycount",
    }),
    "x": frozenset({
        "tweet", "tweetid", "tweettext", "tweeturl", "retweets", "retweetcount", "retweetscount",
        "rawcontent", "conversationid", "xhandle", "twitterhandle", "twitterusername", "twitterurl",
    }),
    "youtube": frozenset({
        "youtubechannel", "youtubehandle", "youtubeurl", "channeltitle", "numberofsubscribers",
        "statisticssubscribercount", "youtuberid",
    }),
}  # fmt: skip
"""Columns that tables of one network alone have, in small letters without marks."""

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?"
    r"(instagram|tiktok|youtube|twitter|x|twitch|github|facebook|threads|pinterest|linkedin|reddit|weibo|kick"
    r"|snapchat|vk|bsky)\.(?:com|net|tv|app)/"
    r"(?:@|user/|channel/|c/|add/|in/|profile/)?([^/?#\s]+)",
    re.IGNORECASE,
)
_OF_POST: Final = re.compile(
    r"(?:instagram|tiktok|youtube|youtu|twitter|x|facebook)\.(?:com|be)/(?:[^?#\s]*/)?"
    r"(?:(?:p|reel|reels|tv|video|photo|status|shorts)/([\w-]+)|watch\?(?:[^#\s]*&)?v=([\w-]{6,}))",
    re.IGNORECASE,
)
_LONGEST_ADDRESS: Final = 512
"""Characters of a post's address: finding its code takes time by the square of how many there are."""
_OF_POSTS: Final = frozenset({"p", "reel", "reels", "tv", "watch", "shorts", "status", "video", "posts"})


def owner_of_row(cells: Mapping[str, str], table: str, file: File, drafts: Drafts) -> tuple[str | None, str]:
    """The account of a row and its network: said in a cell, in an address, or by the file's name."""
    linked, handle = of_address(cells.get("link", ""))
    named, inner = of_address(cells.get("username", ""))
    platform = cells.get("platform")
    network = readable(_network, platform, "platform", drafts.leftovers) if platform else None
    names = [inner, cells.get("account_id"), cells.get("username")]
    if table == "accounts":
        names += [handle, cells.get("full_name")]
    else:
        names += [cells.get("full_name"), PurePath(file.name).stem]
    name = next((one.strip().lstrip("@") for one in names if one), None)
    plain = readable(identifier, name, "username", drafts.leftovers)
    said = network or named or linked or network_of_file(file) or network_of_columns(file.header)
    return plain, said or _namesake(plain, drafts)


@lru_cache(32)
def network_of_columns(header: tuple[str, ...]) -> str | None:
    """The one network whose own names some of a table's columns have; None where none or several do.

    >>> network_of_columns(("username", "diggCount")), network_of_columns(("IG handle", "TikTok handle"))
    ('tiktok', None)
    """
    plain = {re.sub(r"[\W_]+", "", column).casefold() for column in header}
    found = [network for network, own in _OWN_COLUMNS.items() if own & plain]
    return found[0] if len(found) == 1 else None


def _namesake(name: str | None, drafts: Drafts) -> str:
    """The network of the one account of that name that other tables know; ``other`` where there is none."""
    known = [network for network in (*NETWORKS, "other") if (network, name) in drafts.by_id]
    return known[0] if len(known) == 1 else "other"


def _network(value: Any) -> str:
    found = network_of(str(value))
    if found is None:
        raise Unreadable(f'"{str(value)[:60]}" is no network that is known')
    return found


def of_address(cell: str) -> tuple[str | None, str | None]:
    """Network and account of an address, as far as it says them.

    >>> of_address("https://www.tiktok.com/@bread.lab/video/7"), of_address("https://instagram.com/p/AAA")
    (('tiktok', 'bread.lab'), ('instagram', None))
    """
    found = _ADDRESS.match(cell.strip())
    if found is None:
        return None, None
    account = None if found[2].lower() in _OF_POSTS else found[2]
    return network_of(found[1]), account


def post_of_address(address: str) -> str | None:
    """What a post is called in its address: a code or a number; None where the address names none.

    >>> [post_of_address(f"https://www.{one}") for one in (
    ...     "instagram.com/reel/AAA/?igsh=1", "tiktok.com/@ana/video/714", "x.com/ana/status/99",
    ...     "youtube.com/watch?t=9&v=aaaaaaaaaa1", "instagram.com/ana")]
    ['AAA', '714', '99', 'aaaaaaaaaa1', None]
    """
    found = _OF_POST.search(address[:_LONGEST_ADDRESS])
    return None if found is None else found[1] or found[2]


def network_of_file(file: File) -> str | None:
    """The network that a word of a file's name is, as in ``instagram posts.csv``."""
    words = re.split(r"[\W_]+", file.name.casefold())
    return next(
        (network for word in words if len(word) > 1 and (network := network_of(word)) in NETWORKS), None
    )
