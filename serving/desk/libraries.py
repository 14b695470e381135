"""The libraries of the extra ``desk``: without them the service runs, and says at ``/`` what is missing."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

__all__ = ["missing_libraries"]

LIBRARIES: Final = ("argon2", "babel", "jinja2", "openpyxl", "python_multipart")


def missing_libraries() -> list[str]:
    """The modules that the desk needs and that are not installed; none of them is imported.

    >>> missing_libraries()
    []
    """
    return [name for name in LIBRARIES if find_spec(name) is None]
