"""Forms that are sent twice: by a double click, by a reload, or again as the answer was lost.

Each page has a number of its own in its token (:mod:`serving.desk.csrf`). The same fields from the same page
are the same form: what it brings about is done once, and a second sending is answered as the first was.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import file_digest, sha256
from typing import Concatenate, Final, ParamSpec, TypeVar

from anyio import to_thread
from starlette.datastructures import UploadFile
from starlette.requests import Request

from serving.desk.csrf import FIELD, given_token
from serving.desk.pages import SignInFirst
from serving.http.forms import read_form
from serving.routes.dependencies import store_access
from serving.settings import Settings
from serving.store.audit_log import canonical, lock_tenants
from serving.store.idempotency_keys import KeyedRequest, answer_once, answer_to
from serving.store.sessions import Session, session_holds
from serving.store.store import Store

__all__ = ["DONE", "answer_before", "once", "secret_once", "while_session_holds"]

DONE: Final = ""
"""The answer of what has none."""

NUMBER: Final = 32
"""Digits of the number that is noted beside a form, and is in the secret of what it makes."""

P = ParamSpec("P")
Result = TypeVar("Result")


async def once(
    request: Request,
    tenant: str,
    task: Callable[Concatenate[Store, P], str | None],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> str | None:
    """Call a function with the store, unless the same form was sent before; its answer, or the one before.

    Everything that it writes is one transaction with the note that it was done. Where it raises, or answers
    None, nothing is noted. The answer is remembered for ``idempotency_hours``: it must hold no secret, and
    nothing of anybody.

    Raises
    ------
    SignInFirst
        If the session of whoever sent the form has ended meanwhile.
    """
    form = KeyedRequest.of(tenant, f"form\n{await digest_of_form(request)}", request.url.path, b"")
    settings: Settings = request.app.state.settings

    @wraps(task)
    def work(store: Store) -> str | None:
        hours = timedelta(hours=settings.idempotency_hours)
        return answer_once(store, form, hours, lambda: acting(store, *args, **kwargs))

    acting = while_session_holds(request, task)
    return await store_access(request).run(work)


def while_session_holds(
    request: Request, task: Callable[Concatenate[Store, P], Result]
) -> Callable[Concatenate[Store, P], Result]:
    """A function that writes to the store, in one transaction with a look at the session that asked for it.

    The tenant is locked first, as by whatever ends sessions: nobody acts who was shut out before. A page
    without a session, such as that of a link, checks by itself who may.
    """
    session: Session | None = request.state.session

    def work(store: Store, /, *args: P.args, **kwargs: P.kwargs) -> Result:
        if session is None:
            return task(store, *args, **kwargs)
        with store.database.writing_together() as connection:
            lock_tenants(connection, [session.caller.tenant])
            if not session_holds(connection, session):
                raise SignInFirst
            return task(store, *args, **kwargs)

    return work


async def answer_before(request: Request, tenant: str) -> str | None:
    """What a first sending of the same form was answered; None where there was none: before long work."""
    form = KeyedRequest.of(tenant, f"form\n{await digest_of_form(request)}", request.url.path, b"")
    return await store_access(request).read(answer_to, form)


async def secret_once(
    request: Request,
    tenant: str,
    task: Callable[Concatenate[Store, str, P], str],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> tuple[str, str]:
    """Call a function with the store and a new secret, as :func:`once` does; the secret, and its answer.

    A form that is sent again has the secret of the first, and none needs to be remembered: it takes the
    store's key and the page's number, neither of which the database holds, and a random number that is noted.
    Once that note is over the same form has another secret.
    """
    digest = await digest_of_form(request)

    @wraps(task)
    def work(store: Store) -> str:
        number = secrets.token_hex(NUMBER // 2)
        return number + task(store, secret_of(store.key, digest, number), *args, **kwargs)

    noted = str(await once(request, tenant, work))
    number, answer = noted[:NUMBER], noted[NUMBER:]
    return secret_of(store_access(request).opened().key, digest, number), answer


def secret_of(key: bytes, digest: str, number: str) -> str:
    """The secret of what a form makes, by the store's key, the form's digest and the number of its note.

    >>> secret_of(b"key", "digest", "1") == secret_of(b"key", "digest", "2")
    False
    """
    said = f"form\0{digest}\0{number}".encode()
    return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")).decode().rstrip("=")


async def digest_of_form(request: Request) -> str:
    """SHA-256 of the page's number, the address and what every field holds."""
    known: str | None = getattr(request.state, "form_digest", None)
    if known is None:
        form = await read_form(request)
        fields = [
            (name, await to_thread.run_sync(content_of, value) if isinstance(value, UploadFile) else value)
            for name, value in form.multi_items()
            if name != FIELD
        ]
        said = {"token": given_token(request, form), "path": request.url.path, "fields": fields}
        request.state.form_digest = known = sha256(canonical(said).encode()).hexdigest()
    return known


def content_of(file: UploadFile) -> list[str]:
    """A file's name and the SHA-256 of its content."""
    file.file.seek(0)
    digest = file_digest(file.file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.file.seek(0)
    return [str(file.filename), digest]
