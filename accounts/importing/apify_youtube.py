"""Apify's YouTube actor (streamers): items of videos, which carry their channel's counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import count, day_alone, flag, identifier, length, moment_or_day, text

__all__ = ["SOURCE"]

_OF_CHANNEL: Final = (
    "channelId channelName channelUrl channelUsername channelDescription channelDescriptionLinks"
    " channelLocation channelJoinedDate channelTotalVideos channelTotalViews channelBannerUrl"
    " channelAvatarUrl isChannelVerified numberOfSubscribers aboutChannelInfo inputChannelUrl collaborators"
    " isMonetized isAgeRestricted"
)
_OF_VIDEO: Final = (
    "id url type thumbnailUrl date viewCount likes commentsCount title text duration location translatedTitle"
    " translatedText descriptionLinks subtitles comments commentsTurnedOff hashtags formats isMembersOnly"
    " order fromYTUrl fromChannelListPage input isPaidContent currency shorts"
)

CHANNEL: Final = Shape(
    "items[] (channels)",
    {
        "followers": ("numberOfSubscribers|aboutChannelInfo.numberOfSubscribers", count),
        "posts": ("channelTotalVideos|aboutChannelInfo.channelTotalVideos", count),
        "username": ("channelUsername|aboutChannelInfo.channelUsername", text),
        "full_name": ("channelName", text),
        "bio": ("channelDescription|aboutChannelInfo.channelDescription", text),
        "is_verified": ("isChannelVerified|aboutChannelInfo.isChannelVerified", flag),
        "platform_id": ("channelId", identifier),
    },
    ignored=names(_OF_CHANNEL) | names(_OF_VIDEO),
)
VIDEO: Final = Shape(
    "items[] (videos)",
    {
        "published_at": ("date", moment_or_day),
        "published_on": ("date", day_alone),
        "views": ("viewCount", count),
        "likes": ("likes", count),
        "comments": ("commentsCount", count),
        "caption": ("title", text),
        "hashtags": ("hashtags", length),
        "kind": ("type", text),
        "is_sponsored": ("isPaidContent", flag),
    },
    ignored=names(_OF_CHANNEL) | names(_OF_VIDEO),
)


def recognises(file: File) -> bool:
    """Whether items have the names that the actor gives to videos or channels of YouTube."""
    return any(_is_item(one) for one in file.head)


def _is_item(item: Mapping[str, Any]) -> bool:
    return bool({"channelUrl", "channelName"} & item.keys()) and bool(
        {"numberOfSubscribers", "viewCount", "channelTotalVideos"} & item.keys()
    )


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every item: its channel, and the video where it is one."""
    for file in files:
        for item in file.objects:
            channel = name_of(
                item, "channelId|channelUsername|channelUrl|channelName", "items[]", drafts.leftovers
            )
            if channel is None or not _is_item(item):
                drafts.leftovers.without_home("items without a channel")
                continue
            draft = drafts.account("youtube", channel, file)
            draft.describe(CHANNEL.read(item, drafts.leftovers))
            video = name_of(item, "id", "items[] (videos)", drafts.leftovers)
            if video is not None and {"viewCount", "date", "title"} & item.keys():
                drafts.post(draft, video, VIDEO.read(item, drafts.leftovers))


SOURCE: Final = Source(
    name="apify-youtube",
    title="Apify, YouTube actor",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers posts bio", posts="published_at published_on views likes comments caption hashtags"
    ),
    lacks="history and audience; comments; the time of day where the page gives the day alone",
    obtained="the dataset of streamers/youtube-scraper or -channel-scraper, exported as JSON or JSON Lines",
    limits='subscribers are rounded to three figures; dates of lists may be made of "3 months ago"',
    seen="docs.apify.com/platform/integrations (samples of videos and channels)",
)
