"""What somebody acts on by a page must be as the page showed it."""

from __future__ import annotations

from accounts.errors import AssayError

__all__ = ["StalePage"]


class StalePage(AssayError):
    """What somebody acts on is not as a page showed it to them any more, and nothing was stored; HTTP 409."""

    status = 409
