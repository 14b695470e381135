"""The endpoint of batches: verdicts on many accounts at once, in documents or in files of other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from serving.http.authentication import caller_of
from serving.http.bodies import Body, BodyFormat, read_batch_body, stated_type
from serving.http.content_negotiation import negotiate
from serving.http.idempotency import Answer, idempotent
from serving.http.query import ScreeningOptions
from serving.http.responses import answer_response
from serving.jobs.sent_files import ReadAccounts, ReadingOrder, SentFiles
from serving.routes.dependencies import begun_after, screening_service, store_access
from serving.routes.source_files import (
    FILE_TYPES,
    MULTIPART,
    may_be_of_other_source,
    read_files,
    received_files,
    written_file,
)
from serving.screening.batch_screening import RefusedEntry, with_refused
from serving.store.idempotency_keys import KeyedRequest
from serving.store.verdict_rows import NewVerdict

__all__ = ["as_json_lines", "as_json_list", "screen_batch"]


async def screen_batch(request: Request) -> Response:
    """Verdicts on many accounts, as a list or in lines, by content negotiation.

    The accounts are documents, or files of other programs, recognised by what they hold.
    """
    service, access = screening_service(request), store_access(request)
    options = ScreeningOptions.of(request.query_params)
    batch = Batch(
        request, options, BodyFormat(negotiate(request, list(BodyFormat))), await begun_after(request)
    )
    if stated_type(request) in (*FILE_TYPES, MULTIPART):
        async with received_files(request, access.settings) as files:

            async def screen_sent(_: KeyedRequest | None) -> Answer:
                return await batch.screen_files(files)

            digest, variant = await to_thread.run_sync(files.digest), f"files to {batch.media_type}"
            answer = await idempotent(request, digest, access, screen_sent, variant=variant)
            return answer_response(*answer, media_type=batch.media_type)
    body = await read_batch_body(request, service.limits)

    async def screen(_: KeyedRequest | None) -> Answer:
        return await batch.screen_body(body)

    variant = f"{body.format} to {batch.media_type}"
    answer = await idempotent(request, body.data, access, screen, variant=variant)
    return answer_response(*answer, media_type=batch.media_type)


class Batch(NamedTuple):
    """A request for verdicts on many accounts.

    Attributes
    ----------
    request
        With the caller.
    options
        How the accounts are screened.
    media_type
        Of the answer.
    since
        The last entry of the tenant's audit log when the request came, where anything is stored.
    """

    request: Request
    options: ScreeningOptions
    media_type: BodyFormat
    since: int | None

    async def screen_body(self, body: Body) -> Answer:
        """Verdicts on the accounts of a body of JSON, of whatever source."""
        if may_be_of_other_source(body):
            async with written_file(body) as files:
                if (read := await self.read(files, if_known=True)) is not None:
                    return await self.screen_read(read)
        return await self.screen_documents(body)

    async def screen_files(self, files: SentFiles) -> Answer:
        """Verdicts on the accounts in files of other programs, and what was understood of these."""
        read = await self.read(files)
        assert read is not None
        return await self.screen_read(read)

    async def read(self, files: SentFiles, *, if_known: bool = False) -> ReadAccounts | None:
        """What files say of accounts; None where nothing was to be read if no source is known."""
        limits = screening_service(self.request).limits
        order = ReadingOrder(limits.most_accounts, limits.largest_batch_bytes, if_known)
        return await read_files(self.request, files, order)

    async def screen_read(self, read: ReadAccounts) -> Answer:
        """Verdicts on what was read of files."""
        documents = Body(await to_thread.run_sync(read.documents.read_bytes), BodyFormat.LINES)
        return await self.screen_documents(documents, read)

    async def screen_documents(self, body: Body, read: ReadAccounts | None = None) -> Answer:
        """Verdicts on account documents, and what else was read of the files that they come from."""
        caller = caller_of(self.request)
        entries = await screening_service(self.request).screen_batch(body, self.options, caller, self.since)
        return await to_thread.run_sync(self.answer, entries, read)

    def answer(self, entries: list[NewVerdict | RefusedEntry], read: ReadAccounts | None) -> Answer:
        """The answer with the entries of documents, and what else was read of the files they come from."""
        understood, refused = None, []
        if read is not None:
            entries, understood = with_refused(entries, read.entries), read.understood()
            refused = [fault.account_id for fault in read.faults]
        as_text = as_json_lines if self.media_type is BodyFormat.LINES else as_json_list
        screened = [one.account_id for one in entries if isinstance(one, NewVerdict)]
        refused += [one.account_id for one in entries if isinstance(one, RefusedEntry)]
        return Answer(as_text(entries, understood), screened, list(filter(None, refused)), since=self.since)


def as_json_list(entries: Iterable[NewVerdict | RefusedEntry], understood: bytes | None = None) -> bytes:
    """The answer to a batch as one JSON object, with what was understood of files."""
    about = b', "understood": ' + understood if understood else b""
    texts = b", ".join(entry.document.encode() for entry in entries)
    return b"".join((b'{"verdicts": [', texts, b"]", about, b"}"))


def as_json_lines(entries: Iterable[NewVerdict | RefusedEntry], understood: bytes | None = None) -> bytes:
    """The answer to a batch as JSON Lines, an entry in each; what was understood of files comes last."""
    lines = [entry.document.encode() + b"\n" for entry in entries]
    if understood:
        lines.append(b'{"understood": ' + understood + b"}\n")
    return b"".join(lines)
