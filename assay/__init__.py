"""Assay from Python: read accounts, screen them, derive their features, train a detector.

``import assay`` loads nothing heavy; a function's libraries are loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assay.api import derive, load, read, save, screen, train

__all__ = ["derive", "load", "read", "save", "screen", "train"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import the functions when somebody asks for one."""
        if name not in __all__:
            raise AttributeError(f"module {__name__} has no attribute {name}")
        return getattr(import_module("assay.api"), name)


def __dir__() -> list[str]:
    return __all__
