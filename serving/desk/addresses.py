"""Addresses: of pages for people outside, and of pages of the desk that a request names."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from starlette.requests import Request

from accounts.errors import WrongUsage
from serving.http.hosts import hostname, is_address, is_loopback
from serving.settings import Settings

__all__ = ["HOME", "address_outside", "as_header", "own_page"]

HOME: Final = "/lists"
LONGEST: Final = 2_000
NO_PAGES: Final = ("/sign-in", "/v1/")
"""Paths that nobody is sent on to: there they would be sent on again, or get what is for programs."""

UNCHANGED: Final = "/:?#[]@!$&'()*+,;=%-._~"
"""What an address may hold as it is; all else is escaped."""


def own_page(written: str | None) -> SplitResult:
    r"""The page of the desk that an address names, in ASCII: its path and query, and never another site.

    Parameters
    ----------
    written
        What a header or a form holds: whatever somebody sends. Its scheme and host are left out.

    Returns
    -------
    :data:`HOME` for all that is no address of a page.

    Examples
    --------
    >>> own_page("/lists?search=ana").geturl(), own_page("http://localhost:3000/lists/a?page=2#b").geturl()
    ('/lists?search=ana', '/lists/a?page=2')
    >>> hostile = ("http://[", "//evil.example/a", "/\\evil.example", "/\ud800", "javascript:a", "", None)
    >>> {own_page(one).geturl() for one in hostile}
    {'/lists'}
    >>> own_page("/lists?search=Zo\u00eb").geturl()
    '/lists?search=Zo%C3%AB'
    """
    try:
        parts = urlsplit(written or "")
    except ValueError:
        return urlsplit(HOME)
    whole = parts.path + (f"?{parts.query}" if parts.query else "")
    relative = not parts.scheme and not parts.netloc
    web = parts.scheme in ("http", "https") and bool(parts.netloc)
    leads_away = not whole.startswith("/") or whole.startswith(("//", "/\\", *NO_PAGES))
    if leads_away or not (relative or web) or not whole.isprintable() or len(whole) > LONGEST:
        return urlsplit(HOME)
    return urlsplit(as_header(whole))


def as_header(address: str) -> str:
    r"""An address as a header can hold it: in ASCII, without a line end.

    >>> as_header("/lists/a#growth"), as_header("/a\u0107\n")
    ('/lists/a#growth', '/a%C4%87%0A')
    """
    return quote(address, safe=UNCHANGED, errors="replace")


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
