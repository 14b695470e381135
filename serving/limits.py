"""Limits of a request, and how much the service does at once: settings that bound both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from accounts.size_limits import MAX_DOCUMENT_BYTES

if TYPE_CHECKING:
    from accounts.reading import Bounds

__all__ = ["MIB", "Limits"]

MIB: Final = 2**20


class Limits(BaseSettings):
    """The settings with limits; a request that exceeds one gets a problem that names it."""

    largest_document_bytes: int = Field(
        default=16 * MIB,
        ge=1,
        le=MAX_DOCUMENT_BYTES,
        description="Bytes that the body of one account may have, after it is unpacked where it came packed.",
    )
    largest_batch_bytes: int = Field(
        default=64 * MIB,
        ge=1,
        le=MAX_DOCUMENT_BYTES,
        description="Bytes that the body of a batch may have, after it is unpacked where it came packed.",
    )
    largest_gzip_ratio: int = Field(
        default=100,
        ge=2,
        le=1100,
        description="How many times larger than it came a body may become when it is unpacked; the first "
        "64 KiB are free.",
    )
    deepest_json: int = Field(
        default=16,
        ge=4,
        le=100,
        description="How deep lists and objects may stand in each other; a batch of accounts needs 4.",
    )
    most_accounts: int = Field(default=1_000, ge=1, le=10_000, description="Accounts that a batch may hold.")
    most_rows: int = Field(
        default=100_000, ge=1, le=1_000_000, description="Rows that an account may have in one table."
    )
    longest_text: int = Field(
        default=50_000, ge=1, le=MAX_DOCUMENT_BYTES, description="Characters that a text may have."
    )
    request_seconds: float = Field(
        default=60.0,
        gt=0,
        le=3600,
        description="Seconds that a request may take from its first byte to its answer; its work ends then.",
    )
    transfer_seconds: float = Field(
        default=3_600.0,
        gt=0,
        le=86_400,
        description="Seconds that a bulk job's input may take to come, its results to go, or an account "
        "to be erased from both.",
    )
    unread_bytes: int = Field(
        default=256 * MIB,
        ge=MIB,
        description="Bytes of answers above 64 KiB that wait in memory for their clients to read them.",
    )
    body_seconds: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Seconds in which a request's body must have come, and each MiB of its answer be read.",
    )
    header_seconds: float = Field(
        default=15.0,
        gt=0,
        le=3600,
        description="Seconds in which the line and the headers of a connection's request must have come; of "
        "a further request on it within twice as many.",
    )
    most_waiting: int = Field(
        default=64,
        ge=1,
        le=10_000,
        description="Single accounts that may be asked about, replayed, judged again at the desk or erased, "
        "and webhooks tested, at the same time at each route, in each worker; further ones are turned away.",
    )
    most_batches_waiting: int = Field(
        default=4,
        ge=1,
        le=1_000,
        description="Batches that may be asked for at the same time, in each worker.",
    )
    most_uploads: int = Field(
        default=16,
        ge=1,
        le=1_000,
        description="Inputs of bulk jobs that may come at the same time, in each worker.",
    )
    most_pdfs: int = Field(
        default=16,
        ge=1,
        le=1_000,
        description="Reports as PDF that may be asked for at the same time at each route, in each worker.",
    )
    most_downloads: int = Field(
        default=64,
        ge=1,
        le=1_000,
        description="Results of bulk jobs, reports as HTML and tables of the desk that may be asked for at "
        "the same time at each route, in each worker.",
    )
    tenant_share: float = Field(
        default=0.75,
        gt=0,
        le=1,
        description="Share of each of the limits above, and of the threads of the database, that requests of "
        "one tenant may take, rounded up; 1 where there is only one tenant.",
    )
    retry_after_seconds: int = Field(
        default=1,
        ge=1,
        le=3600,
        description="What `Retry-After` says to those who are turned away.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=("localhost",),
        description="Names by which the service may be asked for, with commas between them; addresses in "
        "numbers always may be used. `*`: any name.",
    )
    model_poll_seconds: float = Field(
        default=5.0,
        gt=0,
        le=3600,
        description="How often the service looks whether there is a new champion.",
    )
    drain_seconds: float = Field(
        default=1.0,
        ge=0,
        le=600,
        description="After it is told to end, for how long the service takes requests while it says it is "
        "not ready, so that whoever sends them notices.",
    )
    log_requests: bool = Field(
        default=True, description="Whether there is a line in the log for every request."
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def split_names(cls, value: Any) -> Any:
        """The names in a variable, which have commas between them."""
        names = value.split(",") if isinstance(value, str) else value
        return [name.strip().lower() if isinstance(name, str) else name for name in names]

    @property
    def bounds(self) -> Bounds:
        """The bounds that the reader applies to every document."""
        from accounts.reading import Bounds  # here: commands that only read settings need no reader

        return Bounds(rows=self.most_rows, characters=self.longest_text, depth=self.deepest_json)
