"""Addresses of pages for people outside: what links to creators and invitations begin with."""

from __future__ import annotations

from starlette.requests import Request

from accounts.errors import WrongUsage
from serving.http.hosts import hostname, is_address, is_loopback
from serving.settings import Settings

__all__ = ["address_outside"]


def address_outside(request: Request, path: str) -> str:
    """The whole address of a page: by ``public_address``, else by the host that the service was asked for at.

    Every number is allowed as a host, so a number is believed only where it is the service's own.

    Raises
    ------
    WrongUsage
        If the host is a number that is not the service's own, and no ``public_address`` is set.
    """
    settings: Settings = request.app.state.settings
    if settings.public_address:
        return f"{settings.public_address}{path}"
    host = hostname(request.headers.get("host", ""))
    server = request.scope.get("server") or ("", None)
    if is_address(host) and not is_loopback(host) and host != server[0]:
        raise WrongUsage(
            f"This page was asked for at {host}, which may be anybody's address. Links that go outside need"
            " the setting public_address, such as https://assay.example."
        )
    return str(request.url.replace(path=path, query="", fragment=""))
