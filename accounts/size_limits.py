"""How much every reader takes at most; known without loading any of them."""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_DOCUMENT_BYTES", "MAX_ROWS"]

MAX_DOCUMENT_BYTES: Final = 64 * 2**20
"""Bytes that one document or line may have at most."""

MAX_ROWS: Final = 1_000_000
"""Rows that one account may have in one table."""
