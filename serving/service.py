"""The service that BentoML runs: ``serving.service:Assay``. No other file imports bentoml."""

from __future__ import annotations

import gc
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import bentoml

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Receive, Scope, Send

    from serving.jobs.supervisor import Supervisor

__all__ = ["Assay"]

SWITCH_INTERVAL_SECONDS: Final = 0.0005


@cache
def application() -> Starlette:
    """The application with its model loaded, created once in each worker."""
    # Imported here: BentoML's parent process, which only supervises the workers, imports this file, too.
    from detector import light_import  # noqa: F401 - before the detector  # isort: skip
    from serving.app.application import make_app
    from serving.observe.log import start_logging
    from serving.settings import Settings

    start_logging()
    return make_app(Settings.read())


@cache
def supervisor() -> Supervisor:
    """The supervisor of the process that works on bulk jobs beside this worker."""
    from serving.jobs.supervisor import Supervisor

    return Supervisor()


class ApplicationFirst:
    """Passes every request to our own application, so that none of BentoML's own pages is reachable."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on requests, and run our lifespan around BentoML's."""
        if scope["type"] == "http":
            await application()(scope, receive, send)
            return
        async with application().router.lifespan_context(application()):
            await self.app(scope, receive, send)


# BentoML's defaults bind all addresses, log every request and count every path ever asked for.
@bentoml.service(
    workers=1,
    http={"host": "127.0.0.1", "port": 3000},
    logging={"access": {"enabled": False}},
    metrics={"enabled": False},
)
class Assay:
    """Verdicts over HTTP, the same as the command line's to the last digit."""

    def __init__(self) -> None:
        """Load the model before the first request, and start the worker process for jobs."""
        from uvicorn.protocols.http.auto import AutoHTTPProtocol

        from serving.http.unreadable import refuse_unreadable
        from serving.observe.child_processes import end_with_parent
        from serving.observe.open_files import most_connections, raise_open_files
        from serving.observe.slow_headers import close_silent_connections
        from serving.observe.tiny_chunks import refuse_tiny_chunks
        from serving.settings import Settings

        end_with_parent(os.getppid())
        most = most_connections(raise_open_files())
        close_silent_connections(AutoHTTPProtocol, Settings.read().header_seconds, most)
        refuse_tiny_chunks(AutoHTTPProtocol)
        refuse_unreadable(AutoHTTPProtocol)
        gc.disable()  # what is loaded now stays: collecting meanwhile takes a tenth of the start
        application()
        if Settings.read().works_on_jobs:
            supervisor().start()
            application().state.shutdown.at_begin = supervisor().start_no_more
            application().state.shutdown.also = supervisor().stop
        # What start-up left alive would be traversed again by every full collection.
        gc.collect()
        gc.freeze()
        gc.enable()
        application().state.metrics.live.pauses.clear()
        # The event loop releases the interpreter's lock at every read and write, and by default would
        # get it back from a thread that screens only after 5 ms each time.
        sys.setswitchinterval(SWITCH_INTERVAL_SECONDS)

    @bentoml.on_shutdown  # type: ignore[untyped-decorator]
    def close(self) -> None:
        """End the worker process, which releases its job, and close the store."""
        supervisor().stop()
        application().state.store_access.close()


Service: Any = type(Assay)


class AssayService(Service):  # type: ignore[misc]
    """BentoML's service with our application before its own.

    A middleware added by BentoML's means would come after its own ones: its tracing, and a time limit
    that has no exception for uploads, keeps a timer for each request, and answers no problem document.
    """

    __slots__ = ()

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        """The ASGI application that BentoML serves."""
        return ApplicationFirst(super().to_asgi(is_main=is_main))


Assay.__class__ = AssayService  # type: ignore[method-assign]  # BentoML's decorator builds the class and has no other hook
