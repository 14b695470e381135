"""A connection to PostgreSQL that is given up where the server stands still."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen

__all__ = ["AnsweringConnection"]

ANSWER_SECONDS: Final = 40.0
"""For each step: ten more than the server itself lets a statement take."""

CHECK_SECONDS: Final = 0.1

Result = TypeVar("Result")


class AnsweringConnection(Connection[Any]):
    """A connection that is closed where the server does not answer in time.

    Where PostgreSQL stands still, the kernel of its machine, or a proxy, goes on acknowledging what is sent:
    neither keepalives nor the server's own timeouts notice that nobody answers.

    Attributes
    ----------
    answer_seconds
        How long each step may take; None for any time.
    """

    answer_seconds: float | None = ANSWER_SECONDS

    def wait(
        self, gen: PQGen[Result], interval: float = CHECK_SECONDS, timeout: float | None = None
    ) -> Result:
        """Consume a generator that operates on the connection, as :meth:`psycopg.Connection.wait` does.

        Raises
        ------
        OperationalError
            If the server does not answer in time; the connection is closed then.
        """
        try:
            return super().wait(gen, interval, self.answer_seconds if timeout is None else timeout)
        except OperationalError as error:
            if error.sqlstate is None:  # of this process, and not of the server
                self.pgconn.finish()
            raise
