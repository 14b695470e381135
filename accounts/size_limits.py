"""The largest input that any reader accepts, in a module that imports no reader.

>>> MAX_DOCUMENT_BYTES, MAX_ROWS
(67108864, 1000000)
"""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_DOCUMENT_BYTES", "MAX_ROWS"]

MAX_DOCUMENT_BYTES: Final = 64 * 2**20
"""Most bytes of one document or line: 64 MiB."""

MAX_ROWS: Final = 1_000_000
"""Most rows of one account in one table."""
