"""Names of hosts: which ones the service answers to, and which mean this machine alone."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.requests import Request

__all__ = [
    "OWN_SITES", "hostname", "is_address", "is_allowed_host", "is_from_loopback", "is_from_own_page",
    "is_loopback", "is_over_loopback",
]  # fmt: skip

OWN_SITES: Final = ("same-origin", "none")
"""What ``Sec-Fetch-Site`` says of our own pages, and of addresses that somebody typed."""

HOST: Final = re.compile(
    r"(\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(:[0-9]{0,5})?", re.IGNORECASE
)
"""A Host header: a name or an address, and a port; no user, no path, nothing to be read in two ways."""


def hostname(host: str) -> str:
    """The name in a Host header without its port, in small letters; empty where it is malformed.

    >>> hostname("[::1]:3000"), hostname("Localhost"), hostname("a b"), hostname("evil@localhost")
    ('::1', 'localhost', '', '')
    """
    found = HOST.fullmatch(host)
    return (found["address"] or found["name"]).lower() if found else ""


def is_allowed_host(host: str, names: tuple[str, ...]) -> bool:
    """Whether a Host header is one of the allowed names, or a numeric address.

    Numeric addresses are always allowed: another site can let its own name resolve to this
    machine (DNS rebinding), but it cannot take an address for its name.

    >>> is_allowed_host("127.0.0.1:3000", ()), is_allowed_host("[::1]", ())
    (True, True)
    >>> is_allowed_host("evil.example", ("localhost",)), is_allowed_host("", ("*",))
    (False, True)
    >>> is_allowed_host("Assay.Example:443", ("assay.example",)), is_allowed_host("a@b", ("*",))
    (True, False)
    """
    name = hostname(host)
    if host and not name:
        return False
    if name in names or "*" in names:
        return True
    return is_address(name)


def is_address(name: str) -> bool:
    """Whether a host's name is an address in numbers."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_from_loopback(request: Request) -> bool:
    """Whether a request came over loopback, and from no page but the service's own."""
    return is_over_loopback(request) and is_from_own_page(request)


def is_over_loopback(request: Request) -> bool:
    """Whether a request came over loopback, to a name of this machine.

    A page can have a name of its own that resolves here, and read the answers; it stands in ``Host`` then.
    """
    server = request.scope.get("server") or ("", None)
    return is_loopback(server[0]) and is_loopback(hostname(request.headers.get("host", "")))


def is_from_own_page(request: Request) -> bool:
    """Whether a page of this service sent a request, one of this machine in ``cors_origins``, or no page.

    A page of another site can send requests to this machine, also without an ``Origin``, as for a picture;
    browsers then say so in ``Sec-Fetch-Site``. One at another port of this machine is another one, too.
    """
    origin = request.headers.get("origin")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    if origin is not None and origin in request.app.state.settings.cors_origins:
        return is_loopback(hostname(origin.partition("://")[2]))
    return request.headers.get("sec-fetch-site", "none") in OWN_SITES and origin in (None, own)


@lru_cache(256)
def is_loopback(name: str | None) -> bool:
    """Whether a host's name or address means this machine alone.

    >>> [is_loopback(name) for name in ("localhost", "127.0.0.5", "::1", "::ffff:127.0.0.1", "10.0.0.1")]
    [True, True, True, True, False]
    """
    if name == "localhost":
        return True
    try:
        address = ip_address(name or "")
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
