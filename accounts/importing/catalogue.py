"""Every source by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from accounts.importing import (
    apify_instagram,
    apify_tiktok,
    apify_youtube,
    instagram_export,
    instagram_graph,
    instaloader,
    tiktok_export,
    tiktok_research,
    youtube_api,
    youtube_studio,
    youtube_takeout,
)
from accounts.importing.source import Source

__all__ = ["SOURCES"]

_MODULES: Final = (
    youtube_api,
    youtube_studio,
    youtube_takeout,
    instagram_graph,
    instagram_export,
    instaloader,
    tiktok_research,
    tiktok_export,
    apify_instagram,
    apify_tiktok,
    apify_youtube,
)
"""In the order in which files are recognised: what is more particular comes first."""

SOURCES: Final[Mapping[str, Source]] = MappingProxyType({
    module.SOURCE.name: module.SOURCE for module in _MODULES
})  # fmt: skip
