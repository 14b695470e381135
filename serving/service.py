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

    from serving.jobs.supervisor import Keeper

__all__ = ["Assay"]

TURN_SECONDS: Final = 0.0005


@cache
def routes() -> Starlette:
    """Our own routes, with the model loaded; made once, in each worker."""
    # Here and not above: the process that only watches over the workers imports this file too.
    from detector import light_import  # noqa: F401 - before the detector  # isort: skip
    from serving.app.application import make_app
    from serving.observe.log import start
    from serving.settings import Settings

    start()
    return make_app(Settings.read())


@cache
def keeper() -> Keeper:
    """Looks after the process that works on bulk jobs beside this worker."""
    from serving.jobs.supervisor import Keeper

    return Keeper()


class Front:
    """Takes every request to our own routes, so that none of BentoML's own pages is open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass requests to our routes, take no websocket, and start before BentoML's and stop after it."""
        if scope["type"] == "http":
            await routes()(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        async with routes().router.lifespan_context(routes()):
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
        """Load the model before the first request."""
        from serving.observe.parent_death import end_with_parent
        from serving.settings import Settings

        end_with_parent(os.getppid())
        gc.disable()  # what is loaded now stays: to look for garbage in it takes a tenth of the start
        routes()
        if Settings.read().works_on_jobs:
            keeper().start()
        # What start-up left alive would be gone through again by every full collection.
        gc.collect()
        gc.freeze()
        gc.enable()
        routes().state.metrics.live.pauses.clear()
        # The event loop lets go of the interpreter at every read and write, and would get it back
        # from a thread that judges only after 5 ms each time.
        sys.setswitchinterval(TURN_SECONDS)

    @bentoml.on_shutdown  # type: ignore[untyped-decorator]
    def close(self) -> None:
        """Have the job given back that is being worked on, and leave the database in one file."""
        keeper().stop()
        routes().state.door.close()


Service: Any = type(Assay)


class Fronted(Service):  # type: ignore[misc]
    """The service with our routes before BentoML's whole application.

    A middleware that is added stands behind BentoML's own: its tracing, and a time limit that knows
    no uploads, keeps a timer for each request until it is over, and answers in words of its own.
    """

    __slots__ = ()

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        """The application that is served."""
        return Front(super().to_asgi(is_main=is_main))


Assay.__class__ = Fronted  # type: ignore[method-assign]  # BentoML's decorator makes its own class, and knows no other way to the front
