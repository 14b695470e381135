"""What can be wrong, each kind with the exit code and the HTTP status that it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = ["AssayError", "BadInput", "Fault", "NoUsableModel", "WorkerLost", "WrongUsage"]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input, said in one sentence.

    Attributes
    ----------
    place
        Where it stands: ``creators.jsonl line 12`` or ``posts.csv row 40``; for a
        request body the empty string.
    field
        Path of the field inside the document, such as ``posts[3].likes``; empty
        when the whole place is at fault.
    rule
        What must hold, in words: ``must be a whole number >= 0 or null. Got -4.``
    account_id
        The account it belongs to, where that could be read.
    bound
        The bound that it is beyond, such as ``rows``, where it is one that somebody set.

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
    """Anything Assay refuses; its text is one clear sentence."""

    exit_code: ClassVar[int] = 3
    status: ClassVar[int] = 422


class WrongUsage(AssayError):
    """The command or its configuration cannot be meant like that."""

    exit_code = 2
    status = 400


class BadInput(AssayError):
    """The input breaks a rule of the account document; holds every fault found."""

    exit_code = 3
    status = 422

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class WorkerLost(AssayError):
    """A process that worked for the command was ended from outside."""

    exit_code = 70
    status = 500


class NoUsableModel(AssayError):
    """The bundle is missing, changed, or of another version."""

    exit_code = 4
    status = 503
