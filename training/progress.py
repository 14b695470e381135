"""How a long run reports how far it has come."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Progress", "silent"]

Progress = Callable[[str, float], None]
"""Called with the step that begins, and the share of the whole run that is done, 0 to 1."""


def silent(step: str, share: float) -> None:
    """Report nothing.

    >>> silent("fitting the heads", 0.45)
    """
