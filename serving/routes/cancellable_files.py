"""Files of a request that are gone through only for as long as somebody waits for the answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeVar

from accounts.importing.files import File
from serving.screening.batch_documents import check_cancelled

__all__ = ["CancellableFile"]

ROWS_BETWEEN: Final = 256
"""Rows or objects between two looks whether the request was cancelled."""

Item = TypeVar("Item")


class CancellableFile(File):
    """A file whose rows and objects end with its request, by anyio's cancellation.

    Millions of tiny rows take minutes, and a thread that reads them can be stopped in no other way.
    """

    @classmethod
    def of(cls, file: File) -> CancellableFile:
        """A file as one that can be stopped."""
        return cls(file.name, file.content, file.modified, file.sheet, file.book)

    def _all_cells(self) -> Iterator[list[str]]:
        return until_cancelled(super()._all_cells())

    def _lines(self) -> Iterator[Any]:
        return until_cancelled(super()._lines())

    def _streamed(self) -> Iterator[dict[str, Any]]:
        return until_cancelled(super()._streamed())


def until_cancelled(items: Iterator[Item]) -> Iterator[Item]:
    """The items, while the request of this thread was not cancelled.

    >>> list(until_cancelled(iter("ab")))
    ['a', 'b']
    """
    for number, item in enumerate(items):
        if number % ROWS_BETWEEN == 0:
            check_cancelled()
        yield item
