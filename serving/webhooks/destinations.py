"""Where a webhook may lead: to hosts that a setting names, over TLS, and to no address inside a network."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import httpx
from anyio import CapacityLimiter, fail_after, to_thread
from anyio.lowlevel import RunVar

from accounts.reading.quoting import escape
from serving.settings import Settings

__all__ = ["LONGEST_URL", "URL_PATTERN", "Destination", "Forbidden", "destination_of", "resolved"]

LONGEST_URL: Final = 2_000
URL_PATTERN: Final = (
    r"[Hh][Tt][Tt][Pp][Ss]?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?([/?][ -\"$-~]*)?"
)
URL: Final = re.compile(URL_PATTERN)
"""A host and what follows it, in printable ASCII: no user's name, and no #."""

RESOLVING_SECONDS: Final = 5.0
HTTPS_PORT: Final = 443

UNDER_WAY: Final[RunVar[dict[tuple[str, int], asyncio.Task[Any]]]] = RunVar("UNDER_WAY")
"""Look-ups of hosts that a thread waits for."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

OPEN_INTERNET: Final = ipaddress.ip_network("2000::/3")
"""All that is given out of IPv6: outside are site-local addresses, and forms that carry one of IPv4."""

CARRIERS: Final = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32")))
"""Networks within whose addresses carry one of IPv4 inside, which would have to be looked at as well."""

NOT_IN_USE: Final = tuple(map(ipaddress.ip_network, ("3fff::/20", "192.88.99.0/24")))
"""For examples (RFC 9637), and relays that are no more (RFC 7526): this Python takes both for public."""


class Forbidden(Exception):
    """The destination is not allowed; the text says why."""


@dataclass(frozen=True)
class Destination:
    """An allowed address of a webhook.

    Attributes
    ----------
    url
        As it was given.
    host, port
        Where it leads; the host in ASCII.
    is_tls
        Whether it is https.
    """

    url: httpx.URL
    host: str
    port: int
    is_tls: bool


def destination_of(url: str, settings: Settings) -> Destination:
    """The destination that an address names.

    Raises
    ------
    Forbidden
        If it is no plain address of an allowed host.
    """
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable():
        raise Forbidden(f"must be an address of at most {LONGEST_URL:,} characters of ASCII")
    try:
        parsed = httpx.URL(url)
        readable = parsed.host  # decoded here, where a name that begins with xn-- and is none shows
    except (httpx.InvalidURL, ValueError) as error:
        raise Forbidden("must be an address such as https://hooks.example.com/assay") from error
    if not URL.fullmatch(url) or not readable:
        raise Forbidden("must be https://, a host and a path, without a user's name and without #")
    host, is_tls = parsed.raw_host.decode("ascii").lower(), parsed.scheme == "https"
    port = (HTTPS_PORT if is_tls else 80) if parsed.port is None else parsed.port
    if not is_tls and not settings.webhook_networks:
        raise Forbidden("must be https://")
    shown = f"[{host}]" if ":" in host else host
    allowed = settings.webhook_hosts
    if f"{shown}:{port}" not in allowed and not (port == HTTPS_PORT and shown in allowed):
        raise Forbidden(
            f'must lead to one of the allowed hosts (webhook_hosts). Got "{escape(shown)}:{port}"'
        )
    return Destination(parsed, host, port, is_tls)


async def resolved(destination: Destination, settings: Settings) -> IPAddress:
    """An address in numbers of a destination: what is connected to, so that no second answer counts.

    Raises
    ------
    Forbidden
        If its name has no address, or any that is not allowed.
    """
    try:
        with fail_after(RESOLVING_SECONDS):
            found = await look_up(destination.host, destination.port)
    except (OSError, TimeoutError, UnicodeError) as error:
        raise Forbidden("has a host that is not known") from error
    addresses = [ipaddress.ip_address(str(entry[4][0])) for entry in found]
    check_addresses(addresses, settings, is_tls=destination.is_tls)
    return addresses[0]


async def look_up(host: str, port: int) -> Any:
    """What :func:`socket.getaddrinfo` says of a host; one answer for all that ask while it is looked up.

    No look-up can be ended, also where a name server is silent for longer than anybody waits. So each host
    has a thread of its own, and one at most.
    """
    under_way = UNDER_WAY.get({})
    UNDER_WAY.set(under_way)
    task = under_way.get((host, port))
    if task is None:
        ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        task = asyncio.ensure_future(to_thread.run_sync(ask, limiter=CapacityLimiter(1)))
        under_way[host, port] = task

        def over(ended: asyncio.Task[Any]) -> None:
            del under_way[host, port]
            if not ended.cancelled():
                ended.exception()  # it is known to whoever waited

        task.add_done_callback(over)
    return await asyncio.shield(task)


def check_addresses(addresses: Sequence[IPAddress], settings: Settings, *, is_tls: bool) -> None:
    """Refuse a name of which any address is inside a network, unless a setting names that network.

    Without TLS only those networks will do.

    Raises
    ------
    Forbidden
        In words.
    """
    networks = [ipaddress.ip_network(name) for name in settings.webhook_networks]
    for address in addresses:
        if any(address in network for network in networks):
            continue
        if not is_tls:
            raise Forbidden("must be https://")
        if not is_public(address):
            raise Forbidden("has a host with an address inside a network (webhook_networks)")
    if not addresses:
        raise Forbidden("has a host that is not known")


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the open internet.

    >>> some = ("8.8.8.8", "10.0.0.1", "::ffff:127.0.0.1", "fe80::1", "fec0::1", "::127.0.0.1")
    >>> [is_public(ipaddress.ip_address(text)) for text in some]
    [True, False, False, False, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in OPEN_INTERNET or any(address in network for network in CARRIERS):
            return False
    is_in_use = not any(address in network for network in NOT_IN_USE)
    return is_in_use and address.is_global and not address.is_multicast
