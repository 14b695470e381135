"""How long a request waits for its turn: half of its time, so that its own work can still be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from anyio import current_effective_deadline, current_time, move_on_after

from serving.http.problems import ServiceUnavailable

__all__ = ["seconds_left", "waiting_for_turn"]

WAITING_SHARE: Final = 0.5
"""Of the time that a request has, what it may wait for its turn; the rest is for its own work."""

RETRY_AFTER_SECONDS: Final = 60


@contextmanager
def waiting_for_turn(what: str) -> Iterator[None]:
    """Wait within the block, for half of the time that is left to the request.

    Parameters
    ----------
    what
        What is waiting, for a sentence: ``reports``.

    Raises
    ------
    ServiceUnavailable
        With ``Retry-After``, if the turn has not come by then.
    """
    with move_on_after(seconds_left() * WAITING_SHARE) as wait:
        yield
    if wait.cancelled_caught:
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
        raise ServiceUnavailable(f"Too many {what} are waiting; try again later.", headers)


def seconds_left() -> float:
    """Seconds until the request is ended for the time that it has taken."""
    return current_effective_deadline() - current_time()
