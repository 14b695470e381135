"""Signing in with a password, with an API key, or as this machine; invitations; signing out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import anyio
from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from serving.desk.addresses import HOME, own_page
from serving.desk.cookies import forget_session, keep_session
from serving.desk.forms import field
from serving.desk.pages import (
    Endpoint,
    FormRules,
    asks_nobody,
    find_own_session,
    form_rules,
    offers_nobody,
    redirect,
    session_of,
)
from serving.desk.passwords import check_new_password, hash_password, is_password
from serving.desk.rendering import render
from serving.desk.sign_in_limit import SignInLimit
from serving.http.authentication import ScopedEndpoints
from serving.http.forms import FormLimits
from serving.http.problems import NotFound, RequestProblem
from serving.routes.dependencies import store_access
from serving.settings import Settings
from serving.store.api_keys import ANYONE, Scope, find_caller
from serving.store.members import (
    Invitation,
    Member,
    accept_invitation,
    find_invitation,
    member_and_hash,
    name_key,
    tenants_with_members,
)
from serving.store.sessions import SessionOwner, end_session, start_session

__all__ = ["PUBLIC_PAGES", "SIGN_OUT"]


class WrongSignIn(RequestProblem):
    """401: no such name, another password, a key that is not good: which of them is not said."""

    status = 401
    password = "This name and password do not belong together."
    key = "This API key is not known, was revoked, or has expired."


async def show_sign_in(request: Request, problem: RequestProblem | None = None) -> Response:
    """The page for signing in; whoever has a session goes on at once."""
    if problem is None and await find_own_session(request) is not None:
        return redirect(request, await next_page(request))
    tenants = await store_access(request).read(tenants_with_members)
    page = render(
        request, "sign_in.html", 200 if problem is None else problem.status,
        problem=problem and str(problem), tenants=tenants, next=await next_page(request),
        name=await posted(request, "name"), asks_nobody=offers_nobody(request),
    )  # fmt: skip
    page.headers.update(problem.headers if problem else {})
    return page


async def sign_in(request: Request) -> Response:
    """Start a session, or show the page again with what is wrong."""
    try:
        owner = await signed_in_owner(request)
        return await begin(request, owner, await next_page(request))
    except RequestProblem as problem:
        return await show_sign_in(request, problem)


async def signed_in_owner(request: Request) -> SessionOwner:
    """Whose session the form asks for.

    Raises
    ------
    RequestProblem
        If what it holds is wrong, or this was tried too often.
    """
    if await field(request, "as") == "machine" and asks_nobody(request):
        return SessionOwner(ANYONE.tenant, ANYONE.actor)
    limit = sign_in_limit(request)
    address = f"address {request.client.host if request.client else 'unknown'}"
    limit.check(address)
    if key := await field(request, "key"):
        caller = await store_access(request).read(find_caller, key)
        if caller is None or caller.expired:
            limit.failed(address)
            raise WrongSignIn(WrongSignIn.key)
        return SessionOwner(caller.tenant, caller.actor, key_id=caller.actor.partition(":")[2])
    return await member_owner(request, limit, address)


async def member_owner(request: Request, limit: SignInLimit, address: str) -> SessionOwner:
    """The member whose name and password the form holds; raises as :func:`signed_in_owner`."""
    tenant, name = await field(request, "tenant") or ANYONE.tenant, await field(request, "name")
    named = f"name {tenant} {name_key(name)}"
    here = f"{address} {named}"
    limit.check(here)
    await anyio.sleep(limit.slowdown(named))  # never refused for what others tried: nobody is locked out
    member, stored_hash = await store_access(request).read(member_and_hash, tenant, name)
    if not await is_password(stored_hash, await posted(request, "password", trim=False)) or member is None:
        limit.failed(address, here, named)
        raise WrongSignIn(WrongSignIn.password)
    limit.succeeded(here)
    limit.succeeded(named)
    return owner_of(member, stored_hash)


def owner_of(member: Member, password_hash: str | None) -> SessionOwner:
    """The owner of a member's session, who gave the password of a hash."""
    return SessionOwner(member.tenant, member.actor, member.member_id, password_hash=password_hash)


async def begin(request: Request, owner: SessionOwner, address: str) -> Response:
    """Start a session, and go on to a page.

    Raises
    ------
    WrongSignIn
        If password or key were good a moment ago, and are so no more.
    """
    lifetime = timedelta(hours=settings_of(request).session_hours)
    secret = await store_access(request).run(start_session, owner, lifetime)
    if secret is None:
        raise WrongSignIn(WrongSignIn.password if owner.key_id is None else WrongSignIn.key)
    response = redirect(request, address)
    keep_session(request, response, secret, lifetime)
    return response


async def sign_out(request: Request) -> Response:
    """End the session, and go to the page for signing in."""
    await store_access(request).run(end_session, session_of(request))
    response = redirect(request, "/sign-in")
    forget_session(request, response)
    return response


async def show_invitation(request: Request, problem: str | None = None) -> Response:
    """The page on which an invited person chooses a password; looking at it does not use it up."""
    invitation = await invitation_of(request)
    status = 200 if problem is None else 400
    return render(request, "invitation.html", status, invitation=invitation, problem=problem)


async def accept(request: Request) -> Response:
    """Use an invitation, and sign its member in."""
    invitation = await invitation_of(request)
    password = await posted(request, "password", trim=False)
    try:
        check_new_password(password, await posted(request, "again", trim=False), invitation.name)
    except WrongUsage as problem:
        return await show_invitation(request, str(problem))
    secret, password_hash = str(request.path_params["secret"]), await hash_password(password)
    member = await store_access(request).run(accept_invitation, secret, password_hash)
    if member is None:
        raise no_invitation()
    return await begin(request, owner_of(member, password_hash), HOME)


async def invitation_of(request: Request) -> Invitation:
    """The invitation that the path holds the secret of.

    Raises
    ------
    NotFound
        If it was used, has expired, or never was.
    """
    secret = str(request.path_params["secret"])
    found = await store_access(request).read(find_invitation, secret)
    if found is None:
        raise no_invitation()
    return found


def no_invitation() -> NotFound:
    """One refusal for an invitation that was used, that has expired, and that never was."""
    return NotFound("This invitation was used already, or has expired. Ask for a new one.")


async def next_page(request: Request) -> str:
    """Where to go after signing in: a page of the desk, and never another site."""
    return own_page(request.query_params.get("next") or await posted(request, "next")).geturl()


async def posted(request: Request, name: str, *, trim: bool = True) -> str:
    """A field of the form where there is one; a password keeps its spaces."""
    if request.method != "POST":
        return ""
    value = (await request.form()).get(name)
    text = value if isinstance(value, str) else ""
    return text.strip() if trim else text


def sign_in_limit(request: Request) -> SignInLimit:
    """The failures that this application has seen."""
    state = request.app.state
    if not hasattr(state, "sign_in_limit"):
        state.sign_in_limit = SignInLimit(settings_of(request).sign_ins_per_minute)
    limit = state.sign_in_limit
    assert isinstance(limit, SignInLimit)
    return limit


def settings_of(request: Request) -> Settings:
    """The service's settings."""
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


SHORT_FORM: Final = FormRules(lambda _: FormLimits(32 * 2**10, fields=16))
"""Of names and passwords, which anybody may send as often as they like."""

form_rules(sign_in, SHORT_FORM)
form_rules(accept, SHORT_FORM)

PUBLIC_PAGES: Final[Mapping[str, Mapping[str, Endpoint]]] = {
    "/sign-in": {"GET": show_sign_in, "POST": sign_in},
    "/invitations/{secret}": {"GET": show_invitation, "POST": accept},
}

SIGN_OUT: Final[Mapping[str, ScopedEndpoints]] = {"/sign-out": {"POST": (Scope.READ, sign_out)}}
