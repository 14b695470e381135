"""Every source by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from accounts.importing import (
    apify_instagram,
    apify_tiktok,
    apify_x,
    apify_youtube,
    bluesky,
    bright_data,
    crowdtangle,
    fourcat,
    github,
    instagram_export,
    instagram_graph,
    instagram_web,
    instaloader,
    mastodon,
    meta_content_library,
    phyllo,
    social_blade,
    spreadsheet,
    telegram,
    tiktok_export,
    tiktok_research,
    tiktok_web,
    twint,
    twitch,
    twscrape,
    x_api,
    x_archive,
    youtube_api,
    youtube_studio,
    youtube_takeout,
    yt_dlp,
)
from accounts.importing.source import Source

__all__ = ["SOURCES"]

_MODULES: Final = (
    youtube_api,
    youtube_studio,
    youtube_takeout,
    yt_dlp,
    instagram_graph,
    instagram_export,
    instaloader,
    tiktok_research,
    tiktok_export,
    tiktok_web,
    apify_instagram,
    apify_tiktok,
    apify_youtube,
    x_api,
    x_archive,
    twscrape,
    twint,
    apify_x,
    twitch,
    telegram,
    mastodon,
    bluesky,
    github,
    instagram_web,
    bright_data,
    phyllo,
    crowdtangle,
    meta_content_library,
    fourcat,
    social_blade,
    spreadsheet,
)
"""In the order in which files are recognised: what is more particular comes first."""

SOURCES: Final[Mapping[str, Source]] = MappingProxyType({
    module.SOURCE.name: module.SOURCE for module in _MODULES
})  # fmt: skip
