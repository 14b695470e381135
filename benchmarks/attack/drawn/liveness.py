"""Whether the service's loop stands: ``/livez`` is asked by turns with a loop that does nothing else.

On a machine that others use as well both wait for a processor. Where none was idle meanwhile, a wait of
``/livez`` counts by the processor time that the service used: a loop that stands because of it uses as much.
Run as a program, this is the bare loop.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

import httpx
import psutil

from benchmarks.attack.beside import run_beside
from benchmarks.attack.outcome import Outcome
from benchmarks.free_port import free_port
from benchmarks.serving.servers import Server, running_server

__all__ = ["Liveness", "watched"]

EVERY_SECONDS: Final = 0.05
MOST_SECONDS: Final = 2.0
MOST_TIMES_BARE: Final = 2.0
IDLE_SHARE: Final = 0.1
OK: Final = 200
ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@dataclass(frozen=True)
class Wait:
    """A wait for an answer: by the clock, and the processor time of the service and of nobody meanwhile."""

    seconds: float = 0.0
    used: float = 0.0
    idle: float = 0.0

    @property
    def counted(self) -> float:
        """The seconds that the service may be blamed for."""
        starved = self.idle < IDLE_SHARE * self.seconds
        return min(self.seconds, self.used) if starved else self.seconds

    def __str__(self) -> str:
        """All of it."""
        return f"{self.seconds:.2f} s (processors: {self.used:.2f} s in use for it, {self.idle:.2f} s idle)"


class Liveness:
    """The longest waits so far, and how often ``/livez`` was asked and did not answer 200.

    Parameters
    ----------
    process
        The service's.
    beside
        Says what else is asked at the moment: whoever looks for the cause of a long wait begins there.
    """

    def __init__(self, process: psutil.Process, beside: Callable[[], str]) -> None:
        self.process, self.beside, self.meanwhile = process, beside, "nothing"
        self.longest = {"livez": Wait(), "bare": Wait()}
        self.asked, self.failed = 0, 0

    def processors(self) -> tuple[float, float]:
        """Processor seconds that the service has used, and that nobody has."""
        own, every = self.process.cpu_times(), psutil.cpu_times()
        return own.user + own.system, every.idle

    def ask(self, client: httpx.Client, name: str, url: str) -> bool:
        """Ask once, and note how long that took; whether the answer is good."""
        began, (used, idle) = time.perf_counter(), self.processors()
        try:
            good = client.get(f"{url}/livez").status_code == OK
        except httpx.TransportError:
            good = False
        seconds, (used_then, idle_then) = time.perf_counter() - began, self.processors()
        wait = Wait(seconds, used_then - used, idle_then - idle)
        if wait.counted > self.longest[name].counted:
            self.longest[name] = wait
            if name == "livez":
                self.meanwhile = self.beside()
        return good

    def outcomes(self) -> Iterator[Outcome]:
        """Whether it answered throughout."""
        yield Outcome.equal(f"{self.asked:,} times /livez, answers that are not 200", 0, self.failed)
        longest, bare = self.longest["livez"], self.longest["bare"]
        most = MOST_SECONDS + MOST_TIMES_BARE * bare.counted
        yield Outcome(
            "the longest that /livez waited",
            f"at most {most:.2f} s: {MOST_SECONDS:g} s and {MOST_TIMES_BARE:g} times what a bare loop did",
            f"{longest}; the bare loop {bare.seconds:.2f} s; beside {self.meanwhile}",
            longest.counted <= most,
        )


@contextmanager
def watched(server: Server, beside: Callable[[], str]) -> Iterator[Liveness]:
    """Ask a service until the end of the block."""
    port = free_port()
    found = Liveness(process_with_loop(server), beside)
    with (
        running_server([sys.executable, "-m", __name__, str(port)], port, {}) as bare,
        run_beside(partial(ask, server.url, bare.url, found)),
    ):
        yield found


def process_with_loop(server: Server) -> psutil.Process:
    """The process of a service that answers: the one with most threads."""
    parent = psutil.Process(server.process.pid)
    return max([parent, *parent.children(recursive=True)], key=psutil.Process.num_threads)


def ask(url: str, bare: str, found: Liveness, over: threading.Event) -> None:
    """Ask both by turns."""
    with httpx.Client(timeout=120) as client:
        while not over.wait(EVERY_SECONDS):
            found.ask(client, "bare", bare)
            found.asked += 1
            found.failed += not found.ask(client, "livez", url)


async def serve(port: int) -> None:
    """The bare loop: every request gets the same answer."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
