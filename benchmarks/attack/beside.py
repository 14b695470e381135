"""Work in a thread beside an attack, for as long as that takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["run_beside"]


@contextmanager
def run_beside(work: Callable[[threading.Event], object]) -> Iterator[None]:
    """Run work in a thread until the end of the block, where the event that it is given is set.

    >>> seen = []
    >>> with run_beside(lambda over: seen.append(over.wait(60))):
    ...     seen.append("the block")
    >>> seen
    ['the block', True]
    """
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
