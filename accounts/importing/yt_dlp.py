"""yt-dlp: what it says of a video, a playlist or a channel, with comments, of any site that it knows."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.spool import Spool
from accounts.importing.values import count, day_alone, flag, identifier, moment, text
from accounts.networks import network_of

__all__ = ["SOURCE"]

Item = Mapping[str, Any]

_DEEPEST: Final = 4
_LEAST_CAP: Final = 10
_SHORTEST_NAME: Final = 6
_OWNERS: Final[Mapping[str, str]] = {
    "youtube": "channel_id|uploader_id|channel|uploader",
    "tiktok": "uploader|uploader_id|channel",
    "instagram": "channel|uploader_id|uploader",
}
"""Where the name of an account stands: sites use the same fields for names, numbers and titles."""
_OTHERS: Final = "uploader_id|uploader|channel_id|channel"
_OWN_PAGE: Final = re.compile(r"/(?:@|channel/|c/|user/)")
_OF_FILE: Final = (
    "formats thumbnails thumbnail duration duration_string age_limit average_rating categories tags cast"
    " playable_in_embed live_status is_live was_live release_timestamp release_date release_year"
    " availability automatic_captions subtitles requested_subtitles chapters heatmap original_url"
    " webpage_url webpage_url_basename webpage_url_domain extractor extractor_key display_id fulltitle"
    " alt_title _format_sort_fields _has_drm _type _version ie_key url epoch requested_formats"
    " requested_downloads format format_id format_note format_index ext protocol language"
    " language_preference filesize filesize_approx tbr width height resolution fps dynamic_range vcodec vbr"
    " stretched_ratio aspect_ratio acodec abr asr audio_channels quality source_preference has_drm"
    " http_headers cookies preference infojson_filename filename _filename playlist playlist_id"
    " playlist_title playlist_uploader playlist_uploader_id playlist_channel playlist_channel_id"
    " playlist_webpage_url playlist_count playlist_index playlist_autonumber n_entries"
    " __last_playlist_index __x_forwarded_for_ip __post_extractor __files_to_move concurrent_view_count"
    " dislike_count entries requested_entries modified_date modified_timestamp location artist artists"
    " track album creator creators genre genres license season episode series timestamp upload_date"
    " comments id title channel channel_id channel_url uploader uploader_id uploader_url description column"
    " manifest_url fragments downloader_options container section_start section_end section_title"
    " section_number accessibility"
)

CHANNEL: Final = Shape(
    "videos[] (channels)",
    {
        "followers": ("channel_follower_count|uploader_follower_count", count),
        "is_verified": ("channel_is_verified", flag),
    },
    ignored=names(_OF_FILE) | names("view_count like_count comment_count repost_count save_count media_type"),
)
VIDEO: Final = Shape(
    "videos[]",
    {
        "published_at": ("timestamp|release_timestamp", moment),
        "published_on": ("upload_date", day_alone),
        "likes": ("like_count", count),
        "comments": ("comment_count", count),
        "views": ("view_count", count),
        "shares": ("repost_count", count),
        "saves": ("save_count", count),
        "kind": ("media_type", text),
    },
    ignored=names(_OF_FILE) | names("channel_follower_count uploader_follower_count channel_is_verified"),
)
COMMENT: Final = Shape(
    "videos[].comments[]",
    {
        "author_id": ("author_id|author", identifier),
        "text": ("text|html", text),
        "published_at": ("timestamp", moment),
        "likes": ("like_count", count),
        "by_creator": ("author_is_uploader", flag),
    },
    ignored=names(
        "id parent author author_thumbnail author_url author_is_verified is_favorited is_pinned time_text"
        " _time_text dislike_count html"
    ),
)


def recognises(file: File) -> bool:
    """Whether a file holds what yt-dlp writes of videos or playlists, or the comments out of that."""
    return any(_is_info(one) or _is_comment(one) for one in file.head)


def _is_comment(item: Item) -> bool:
    return {"id", "parent", "text", "author_id"} <= item.keys()


def _is_info(item: Item) -> bool:
    extracted = {"extractor_key", "extractor", "ie_key"} & item.keys()
    return (
        "id" in item and bool(extracted) and bool({"webpage_url", "url", "entries", "formats"} & item.keys())
    )


@dataclass
class _Reading:
    """What is known while files are read.

    Attributes
    ----------
    drafts
        Where all goes.
    videos
        The account of each video.
    strays
        Comments by themselves, each with the name of its file.
    written
        By account its videos whose counts of comments are those of the comments beside them.
    """

    drafts: Drafts
    videos: dict[str, AccountDraft] = field(default_factory=dict)
    strays: Spool[tuple[dict[str, Any], str]] = field(default_factory=Spool)
    written: defaultdict[tuple[str, str], list[tuple[str, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every video, also those of playlists, by the account that uploaded it."""
    reading = _Reading(drafts)
    for file in files:
        for item in file.objects:
            if _is_comment(item):
                reading.strays.append((item, file.name))
            elif _is_info(item):
                for video, around in _videos(item, ()):
                    _video(video, around, file, reading)
            else:
                drafts.leftovers.without_home("objects that yt-dlp did not write")
    drafts.later(partial(_place_strays, reading))
    drafts.later(partial(_count_comments, reading))


def _videos(item: Item, around: tuple[Item, ...]) -> Iterator[tuple[Item, tuple[Item, ...]]]:
    """Videos, and playlists themselves, each with the playlists that it lies in, the nearest first."""
    listed = {
        name: item.get(f"playlist_{name}") for name in ("id", "channel_id", "uploader_id", "webpage_url")
    }
    yield item, around if around or not any(listed.values()) else (listed,)
    for entry in items(item, "entries") if len(around) < _DEEPEST else ():
        yield from _videos(entry, (item, *around))


def _is_own(playlist: Item, network: str) -> bool:
    """Whether a list holds its owner's own videos: a channel's page does, a playlist on YouTube need not."""
    named = playlist.get("id") in [playlist.get("channel_id"), playlist.get("uploader_id")]
    return network != "youtube" or named or bool(_OWN_PAGE.search(str(playlist.get("webpage_url"))))


def _network(item: Item, around: Sequence[Item]) -> str:
    """The site, by the name of what extracted it or by its address; its own name where it is not known."""
    for one in (item, *around):
        for path in ("extractor", "extractor_key", "ie_key", "webpage_url_domain"):
            written = str(one.get(path) or "").partition(":")[0]
            words = re.findall(r"[A-Z]?[a-z]+", written)
            for name in (written, "".join(words[:2]), "".join(words[:1])):
                if name and (found := network_of(name)):
                    return found
    return str(item.get("webpage_url_domain") or item.get("extractor") or "other")


def _video(item: Item, around: Sequence[Item], file: File, reading: _Reading) -> None:
    drafts = reading.drafts
    left = drafts.leftovers
    network = _network(item, around)
    paths = _OWNERS.get(network, _OTHERS)
    own = [one for one in around if _is_own(one, network)]
    owners = (name_of(one, paths, "videos[]", left) for one in (item, *own))
    owner = next((one for one in owners if one), None)
    is_list = item.get("_type") == "playlist" or "entries" in item
    if owner is None:
        if not is_list:
            left.without_home("videos without an uploader")
        return
    if is_list and not _is_own(item, network):
        return
    draft = drafts.account(network, owner.removeprefix("@"), file, _collected(item, around))
    draft.describe(CHANNEL.read(item, left) | _titles(item, network, drafts))
    if is_list:
        draft.describe({"bio": readable(text, item.get("description"), "videos[].description", left)})
        return
    name = name_of(item, "id|display_id", "videos[]", left)
    if name is None:
        left.without_home("videos without an id")
        return
    values = _values(item, network, drafts)
    reading.videos[name] = draft
    _comments(item, name, draft, drafts)
    if (number := sum(1 for _ in items(item, "comments"))) and values.get("comments") == number:
        reading.written[network, draft.account_id].append((name, number))
        values["comments"] = None
    drafts.post(draft, name, values)


def _collected(item: Item, around: Sequence[Item]) -> dt.datetime | None:
    """When yt-dlp looked, which it writes in seconds."""
    seen = next((one["epoch"] for one in (item, *around) if isinstance(one.get("epoch"), int)), 0)
    return dt.datetime.fromtimestamp(seen, dt.UTC) if 10**9 < seen < 7 * 10**9 else None


def _titles(item: Item, network: str, drafts: Drafts) -> dict[str, str | None]:
    """The name and the title of an account, which stand in other fields on TikTok and Instagram."""
    titled = {"tiktok": ("uploader", "channel"), "instagram": ("channel", "uploader")}
    handle, title = titled.get(network, ("uploader_id", "channel" if item.get("channel") else "uploader"))
    read = {
        name: readable(text, item.get(path), f"videos[].{path}", drafts.leftovers)
        for name, path in (("username", handle), ("full_name", title))
    }
    return read | {"username": (read["username"] or "").removeprefix("@") or None}


def _values(item: Item, network: str, drafts: Drafts) -> dict[str, Any]:
    """A post's values; its caption is the title on YouTube, and the description where titles are made up."""
    found = VIDEO.read(item, drafts.leftovers)
    if found.get("published_at") is not None:
        found.pop("published_on", None)
    paths = ("fulltitle", "title") if network == "youtube" else ("description", "fulltitle", "title")
    path = next((one for one in paths if item.get(one)), paths[-1])
    caption = readable(text, item.get(path), f"videos[].{path}", drafts.leftovers)
    return {"kind": "video"} | found | {"caption": caption}


def _place_strays(reading: _Reading) -> None:
    """Comments out of their video's file: under the one video whose name stands in the name of their own."""
    named: dict[str, list[str]] = {}
    for comment, file in reading.strays:
        if file not in named:
            named[file] = [name for name in reading.videos if len(name) >= _SHORTEST_NAME and name in file]
        if len(named[file]) == 1:
            (video,) = named[file]
            _comments({"comments": [comment]}, video, reading.videos[video], reading.drafts)
        else:
            reading.drafts.leftovers.without_home("comments of a video that their file's name does not say")


def _comments(item: Item, post: str, draft: AccountDraft, drafts: Drafts) -> None:
    for comment in items(item, "comments"):
        found = COMMENT.read(comment, drafts.leftovers)
        parent = name_of(comment, "parent", "videos[].comments[]", drafts.leftovers)
        found |= {"post_id": post, "reply_to": None if parent == "root" else parent}
        draft.comment(found, name_of(comment, "id", "videos[].comments[]", drafts.leftovers))


def _count_comments(reading: _Reading) -> None:
    """Add counts of comments, but for those that say how many were asked for.

    With comments, yt-dlp counts those that it fetched: where most of them several videos have, somebody set a
    limit (``max_comments``).
    """
    for account, written in reading.written.items():
        most, times = max(Counter(number for _, number in written).items())
        is_limit = times > 1 and most >= _LEAST_CAP
        for video, number in written:
            if number < most or not is_limit:
                reading.drafts.by_id[account].post(video, {"comments": number})


SOURCE: Final = Source(
    name="yt-dlp",
    title="yt-dlp",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers username full_name is_verified bio",
        posts="published_at published_on views likes comments caption",
        comments="text author_id likes",
    ),
    lacks="history and audience; on most sites shares, saves and followers",
    obtained="yt-dlp --write-info-json --write-comments --skip-download CHANNEL, or -j or -J into a file; the"
    " folder as it is",
    limits="with --flat-playlist views are rounded and likes missing; times of comments are made of"
    ' "2 weeks ago"; comments are counted up to max_comments',
    seen="github.com/yt-dlp/yt-dlp README (output template), yt_dlp/extractor/common.py, extractor/youtube",
)
