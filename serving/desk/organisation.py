"""Organisation: members, API keys, the audit log, retention, and the model in use with its card."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accounts.errors import WrongUsage
from serving.desk.addresses import address_outside
from serving.desk.forms import field, read_form, required_field
from serving.desk.hostile_text import plainly
from serving.desk.locales import formatters, reader_locale
from serving.desk.pages import redirect, session_of
from serving.desk.rendering import render
from serving.desk.sent_forms import DONE, secret_once, while_session_holds
from serving.http.authentication import ScopedEndpoints
from serving.http.problems import NotFound
from serving.http.whole_numbers import whole_number
from serving.routes.dependencies import screening_service, store_access
from serving.store.api_keys import (
    Scope,
    create_key,
    key_id_of,
    key_works,
    list_keys,
    revoke_key,
    whole_key,
)
from serving.store.audit_log import entries_before
from serving.store.members import (
    Invitee,
    Role,
    change_member,
    find_invitation,
    invite,
    list_invitations,
    list_members,
)
from serving.store.store import Store
from serving.store.timestamps import now

__all__ = ["ORGANISATION_PAGES"]

LOG_ROWS: Final = 50
NEWEST: Final = 2**62
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
LIFETIMES: Final = {"": "never", "30": "after 30 days", "90": "after 90 days", "365": "after a year"}
"""When a new key expires, by the days in the form."""


async def show_members(request: Request, **more: Any) -> Response:
    """All members and the invitations that are open."""
    tenant, access = session_of(request).caller.tenant, store_access(request)
    members = await access.read(list_members, tenant)
    invitations = await access.read(list_invitations, tenant)
    return render(
        request, "members.html", members=members, invitations=invitations, roles=list(Role),
        **{"address": None, "invited": "", "works": True} | more,
    )  # fmt: skip


async def add_member(request: Request) -> Response:
    """Invite somebody, and show the one-time address; for a member it is a way to a new password.

    A form that is sent again is shown it only while it works.
    """
    caller = session_of(request).caller
    name = await required_field(request, "name", "The name")
    role = role_of(await field(request, "role"))
    lifetime = timedelta(hours=request.app.state.settings.invitation_hours)
    address_outside(request, "/")  # refused before an invitation is made that nobody would see
    invitee = Invitee(caller.tenant, name, role)

    def invite_once(store: Store, secret: str) -> str:
        invite(store, invitee, lifetime, caller.actor, secret)
        return DONE

    secret, _ = await secret_once(request, caller.tenant, invite_once)
    address = address_outside(request, f"/invitations/{secret}")
    works = await store_access(request).read(find_invitation, secret) is not None
    return await show_members(request, address=address, invited=name, works=works)


async def change(request: Request) -> Response:
    """Give a member another role, or disable them."""
    caller, wanted = session_of(request).caller, await field(request, "role")
    role = None if wanted == "disabled" else role_of(wanted)
    member_id = str(request.path_params["member_id"])
    acting = while_session_holds(request, change_member)
    if await store_access(request).run(acting, caller.tenant, member_id, role, caller.actor) is None:
        raise NotFound("There is no such member.")
    return redirect(request, "/organisation")


def role_of(wanted: str) -> Role:
    """The role of a form.

    Raises
    ------
    WrongUsage
        If there is no such role.
    """
    if wanted not in list(Role):
        raise WrongUsage(f"The role must be {' or '.join(Role)}.")
    return Role(wanted)


async def show_keys(request: Request, **more: Any) -> Response:
    """The tenant's API keys."""
    keys = await store_access(request).look_up(list_keys, session_of(request).caller.tenant)
    return render(
        request, "keys.html", keys=keys, scopes=list(Scope), lifetimes=LIFETIMES, now=now(),
        **{"key": None, "works": True} | more,
    )  # fmt: skip


async def add_key(request: Request) -> Response:
    """Create a key, and show it this once; to a form sent again only while it works."""
    caller, days = session_of(request).caller, await field(request, "days")
    name = await required_field(request, "name", "The key's name")
    wanted = [str(value) for value in (await read_form(request)).getlist("scopes")]
    if not wanted or not set(wanted) <= set(Scope):
        raise WrongUsage("A key needs one right at least.")
    if days not in LIFETIMES or len(name) > 200 or not name.isprintable():
        raise WrongUsage("A key's name must be printable text of 1 to 200 characters.")
    expires_at = now(plus=timedelta(days=int(days))) if days else None

    def create_key_once(store: Store, secret: str) -> str:
        key = create_key(
            store, tenant=caller.tenant, name=name, scopes=map(Scope, wanted), expires_at=expires_at,
            actor=caller.actor, secret=secret,
        )  # fmt: skip
        return key_id_of(key)

    secret, key_id = await secret_once(request, caller.tenant, create_key_once)
    key = whole_key(key_id, secret)
    return await show_keys(request, key=key, works=await store_access(request).read(key_works, key))


async def remove_key(request: Request) -> Response:
    """Revoke a key; sessions that it started end, too."""
    caller, key_id = session_of(request).caller, str(request.path_params["key_id"])

    def revoke(store: Store) -> None:
        revoke_key(store, key_id, tenant=caller.tenant, actor=caller.actor)

    try:
        await store_access(request).run(while_session_holds(request, revoke))
    except WrongUsage as fault:
        raise NotFound(str(fault)) from fault
    return redirect(request, "/organisation/keys")


async def show_audit_log(request: Request) -> Response:
    """A page of the audit log, the newest entries first."""
    tenant = session_of(request).caller.tenant
    stated = whole_number(request.query_params.get("before", ""), NEWEST)
    before = NEWEST if stated is None else stated
    entries = await store_access(request).read(entries_before, tenant, before, LOG_ROWS)
    members = await store_access(request).read(list_members, tenant)
    names = {member.actor: member.name for member in members}
    write = formatters(reader_locale(request.headers.get("accept-language", "")))

    def details_of(entry: Mapping[str, Any]) -> list[str]:
        return [detail_words(name, value, write) for name, value in entry["details"].items()]

    return render(
        request, "audit_log.html", entries=entries, names=names, rows=LOG_ROWS, details_of=details_of
    )


def detail_words(name: str, value: object, write: Mapping[str, Callable[..., str]]) -> str:
    """A detail of an entry as a person reads it; a hash or another long text is cut.

    Parameters
    ----------
    write
        The formatters of the reader's locale.

    Examples
    --------
    >>> write = formatters(reader_locale(""))
    >>> detail_words("expires_at", None, write), detail_words("scopes", ["read", "score"], write)
    ('expires at: never', 'scopes: read, score')
    >>> detail_words("expires_at", "2026-11-29T12:18:05.000000Z", write), detail_words("same", True, write)
    ('expires at: 29 Nov 2026, 12:18 UTC', 'same: yes')
    """
    return f"{name.replace('_', ' ')}: {_detail(name, value, write)}"


def _detail(name: str, value: object, write: Mapping[str, Callable[..., str]]) -> str:
    if value is None:
        return "never" if name == "expires_at" else "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return write["number"](value)
    if isinstance(value, Mapping):
        return ", ".join(detail_words(str(key), one, write) for key, one in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(_detail(name, one, write) for one in value) or "none"
    text = str(value)
    return write["short_moment"](text) if MOMENT.fullmatch(text) else plainly(text, 24)


async def show_model(request: Request) -> Response:
    """The model in use: what it is, what it promises by evidence level, what it was trained on."""
    tenant = session_of(request).caller.tenant
    return render(request, "model.html", model=screening_service(request).model_document(tenant))


async def show_retention(request: Request) -> Response:
    """How long what is kept."""
    return render(request, "retention.html", settings=request.app.state.settings)


ORGANISATION_PAGES: Final[dict[str, ScopedEndpoints]] = {
    "/organisation": {"GET": (Scope.ADMIN, show_members), "POST": (Scope.ADMIN, add_member)},
    "/organisation/members/{member_id}": {"POST": (Scope.ADMIN, change)},
    "/organisation/keys": {"GET": (Scope.ADMIN, show_keys), "POST": (Scope.ADMIN, add_key)},
    "/organisation/keys/{key_id}": {"POST": (Scope.ADMIN, remove_key)},
    "/organisation/audit-log": {"GET": (Scope.ADMIN, show_audit_log)},
    "/organisation/model": {"GET": (Scope.READ, show_model)},
    "/organisation/retention": {"GET": (Scope.ADMIN, show_retention)},
}
