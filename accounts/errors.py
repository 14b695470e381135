"""The errors that Assay raises on purpose, each with its exit code and its HTTP status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["AssayError", "BadInput", "Fault", "NoUsableModel", "WorkerLost", "WrongUsage"]


@dataclass(frozen=True)
class Fault:
    """One broken rule of the input, as one sentence: place, field, rule and value.

    Attributes
    ----------
    place
        File and line or row: ``creators.jsonl line 12`` or ``posts.csv row 40``; for a
        request body the empty string.
    field
        Path of the field inside the document, such as ``posts[3].likes``; empty
        when the whole place is at fault.
    rule
        The rule and the refused value in words: ``must be a whole number >= 0 or null. Got -4.``
    account_id
        The id of its account, if the reader could read one.
    bound
        The name of the :class:`~accounts.reading.bounds.Bound` that the input exceeds, such as ``rows``; None
        for any other rule.

    Examples
    --------
    >>> print(Fault("creators.jsonl line 12", "posts[3].likes", "must be a count or null. Got -4."))
    creators.jsonl line 12: posts[3].likes must be a count or null. Got -4.
    """

    place: str
    field: str
    rule: str
    account_id: str | None = None
    bound: str | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.field} {self.rule}" if self.field else f"{where}{self.rule}"


class AssayError(Exception):
    """The base of all errors for users; its text is one sentence for each fault."""

    exit_code: ClassVar[int] = 3
    status: ClassVar[int] = 422


class WrongUsage(AssayError):
    """A command, setting or argument is outside its range; exit code 2, HTTP 400."""

    exit_code = 2
    status = 400


class BadInput(AssayError):
    """The input breaks a rule of the account document; ``faults`` holds each one. Exit code 3, HTTP 422.

    >>> error = BadInput(Fault("a.json", "", "must be UTF-8."), Fault("b.json", "", "must be UTF-8."))
    >>> print(error)
    a.json: must be UTF-8.
    b.json: must be UTF-8.
    """

    exit_code = 3
    status = 422

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class WorkerLost(AssayError):
    """The system killed a worker process of the command, for lack of memory for instance; exit code 70."""

    exit_code = 70
    status = 500


class NoUsableModel(AssayError):
    """A model bundle is missing, was changed, or has another version; exit code 4, HTTP 503."""

    exit_code = 4
    status = 503
