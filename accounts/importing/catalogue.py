"""Every source by its name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from accounts.importing import (
    instagram_graph,
    youtube_api,
)
from accounts.importing.source import Source

__all__ = ["SOURCES"]

_MODULES: Final = (
    youtube_api,
    instagram_graph,
)
"""In the order in which files are recognised: what is more particular comes first."""

SOURCES: Final[Mapping[str, Source]] = MappingProxyType({
    module.SOURCE.name: module.SOURCE for module in _MODULES
})  # fmt: skip
