"""Graceful shutdown: after SIGTERM the service is not ready, answers for a while, then refuses and ends.

The process that started the workers keeps the listening socket open until the last worker has ended: the
kernel goes on taking connections for it, which would hang and be reset. So a worker takes and refuses
requests (503) until the last answer of all workers has gone, for a few seconds at most, and then stops the
socket itself from listening: the port is free, whoever reads an answer slowly.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from anyio import CancelScope

from serving.observe.fellow_workers import FellowWorkers
from serving.observe.log import log_error, log_event

__all__ = ["GracefulShutdown"]

LOOK_SECONDS: Final = 0.05
BODY_SECONDS: Final = 5.0
"""How long a body that has not come whole is waited for, once new requests are refused."""

REFUSING_SECONDS: Final = 5.0
"""How long new requests are refused while answers in flight are waited for; then connections are."""

FELLOWS_SECONDS: Final = 5.0
"""How long a worker that would refuse connections waits until the others would."""

REFUSAL_SECONDS: Final = 1.0
LAST_SECONDS: Final = 10.0
"""How long the server may take to close what is left; then the process ends all the same."""

ATTACH_FILTER: Final = 26
DETACH_FILTER: Final = 27
"""Options of Linux's sockets, which Python has no names for: SO_ATTACH_FILTER and SO_DETACH_FILTER."""

DROP_ALL: Final = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A program's only instruction: of a packet 0 bytes are let through."""

TURNS: Final = 3
"""Of the event loop, in which it takes the connections that wait."""


class GracefulShutdown:
    """Delays the server's own shutdown, so that a load balancer can take the service out first.

    Attributes
    ----------
    drain_seconds
        How long requests are still answered after SIGTERM.
    longest_seconds
        How long the answers in flight are waited for after that.
    fellows
        The workers that share the listening socket.
    is_serving
        Whether there is a model to answer with; without one the server is shut down at once.
    begun
        Whether SIGTERM has come.
    refusing
        Whether new requests are refused.
    in_flight
        Requests that are being answered.
    cutting
        Whether bodies that have not come whole are cut off.
    bodies
        The waits for pieces of bodies.
    at_begin
        Called once SIGTERM has come.
    also
        Ends what else runs, in a thread, while answers in flight are waited for.
    """

    def __init__(
        self,
        drain_seconds: float,
        is_serving: Callable[[], bool] = lambda: True,
        longest_seconds: float = 60.0,
        fellows: FellowWorkers | None = None,
    ) -> None:
        self.drain_seconds = drain_seconds
        self.longest_seconds = longest_seconds
        self.fellows = fellows or FellowWorkers()
        self.is_serving = is_serving
        self.begun = False
        self.refusing = False
        self.in_flight = 0
        self.cutting = False
        self.bodies: set[CancelScope] = set()
        self.at_begin: Callable[[], object] = lambda: None
        self.also: Callable[[], object] = lambda: None
        self.ending: asyncio.Task[None] | None = None

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Count a request as in flight."""
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1

    @contextmanager
    def waiting_for_a_body(self, waiting: CancelScope) -> Iterator[None]:
        """Cancel the wait for a piece of a body, now or once bodies are cut off."""
        if self.cutting:
            waiting.cancel()
        self.bodies.add(waiting)
        try:
            yield
        finally:
            self.bodies.discard(waiting)

    def cut_bodies(self) -> None:
        """Wait for no body any more."""
        self.cutting = True
        for waiting in self.bodies:
            waiting.cancel()

    @contextmanager
    def handling_sigterm(self) -> Iterator[None]:
        """Handle SIGTERM in place of the server, which would close its connections at once.

        While it drains, ``/readyz`` answers 503, and every answer asks the client to close its
        connection. A second SIGTERM is passed to the server at once.
        """
        # A server of tests may run in another thread, where no signal arrives.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGTERM, lambda *arguments: self._on_sigterm(loop, before, arguments))
        try:
            with self.fellows.taking_requests():
                yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def _on_sigterm(self, loop: asyncio.AbstractEventLoop, before: Any, arguments: tuple[Any, ...]) -> None:
        server = before if callable(before) else signal.default_int_handler
        again, self.begun = self.begun, True
        if again or not self.is_serving():
            server(*arguments)
            return
        loop.call_soon_threadsafe(self._begin, loop, server, arguments)

    def _begin(
        self, loop: asyncio.AbstractEventLoop, server: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> None:
        log_event("closing", seconds=self.drain_seconds)
        self.at_begin()
        self.ending = loop.create_task(self._end(server, arguments))

    async def _end(self, server: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        """Drain, refuse for a while, stop listening, wait for the last answers, and end the server."""
        await asyncio.sleep(self.drain_seconds)
        self.refusing = True
        cut = asyncio.get_running_loop().call_later(BODY_SECONDS, self.cut_bodies)
        sockets: Mapping[int, socket.socket] = {}
        try:
            sockets = await asyncio.to_thread(listening_sockets)  # while they all listen
            all_done = asyncio.gather(asyncio.to_thread(self.also), self._answers_gone())
            await asyncio.wait([all_done], timeout=min(REFUSING_SECONDS, self.longest_seconds))
            with suppress(TimeoutError):  # a worker that goes on answers at the socket
                async with asyncio.timeout(FELLOWS_SECONDS), self.fellows.all_refusing():
                    await stop_listening(sockets)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.longest_seconds):
                    await all_done
            with suppress(TimeoutError):  # those who were taken last are refused at once
                async with asyncio.timeout(REFUSAL_SECONDS):
                    await asyncio.sleep(LOOK_SECONDS)
                    await self._answers_gone()
        except Exception as error:
            log_error("closing_failed", error)
        finally:
            for one in sockets.values():
                one.close()
            cut.cancel()
            self.cut_bodies()
            end_for_certain(LAST_SECONDS)
            server(*arguments)

    async def _answers_gone(self) -> None:
        while self.in_flight:
            await asyncio.sleep(LOOK_SECONDS)


def end_for_certain(seconds: float) -> None:
    """End this process after so many seconds, whatever its server still waits for."""
    last = threading.Timer(seconds, os._exit, [os.EX_SOFTWARE])
    last.daemon = True
    last.start()


async def stop_listening(sockets: Mapping[int, socket.socket]) -> None:
    """Have the kernel refuse connections from now on, once those that wait have been taken.

    The kernel resets connections that wait when a socket stops listening. So it drops whatever asks for one
    just before: that is asked again after a second.

    Parameters
    ----------
    sockets
        As of :func:`listening_sockets`; another worker may have stopped them. The loop would go on trying to
        take connections of one that listens no more.
    """
    loop = asyncio.get_running_loop()
    for one in sockets.values():
        set_filter(one, [DROP_ALL])
    for _ in range(TURNS):
        await asyncio.sleep(0)
    for descriptor, one in sockets.items():
        loop.remove_reader(descriptor)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        set_filter(one, [])


def set_filter(listening: socket.socket, instructions: Sequence[bytes]) -> None:
    """Filter the packets to a listening socket by a program of the kernel's (BPF), or by none any more.

    Connections that were made before are not filtered. Does nothing where the kernel has no filters.
    """
    code = ctypes.create_string_buffer(b"".join(instructions))
    program = struct.pack("HP", len(instructions), ctypes.addressof(code))
    with suppress(OSError):
        listening.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER if instructions else DETACH_FILTER, program)


def listening_sockets() -> dict[int, socket.socket]:
    """Copies of the sockets that this process listens to, by their descriptors.

    They are shared with the process that started this one, and would listen until that ends. A worker that is
    started in this one's place listens to them again.
    """
    sockets: dict[int, socket.socket] = {}
    for name in os.listdir("/proc/self/fd") if sys.platform == "linux" else ():
        with suppress(OSError):
            found = socket.socket(fileno=os.dup(int(name)))
            if found.family in (socket.AF_INET, socket.AF_INET6) and is_listening(found):
                sockets[int(name)] = found
            else:
                found.close()
    return sockets


def is_listening(found: socket.socket) -> bool:
    """Whether connections can be made to a socket."""
    return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
