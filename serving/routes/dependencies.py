"""What the endpoints need of the application: the screening service, and the way to the store."""

from __future__ import annotations

from starlette.requests import Request

from accounts.errors import NoUsableModel
from serving.http.authentication import caller_of
from serving.screening.service import ScreeningService
from serving.store.access import StoreAccess
from serving.store.audit_log import last_entry

__all__ = ["begun_after", "screening_service", "store_access"]


def screening_service(request: Request) -> ScreeningService:
    """The screening service with the model in use; the answer's header then names that model.

    Raises
    ------
    NoUsableModel
        If the application found no model when it started, and none since.
    """
    service = request.app.state.screening
    if isinstance(service, NoUsableModel):
        raise service
    assert isinstance(service, ScreeningService)
    request.state.model = service.detector.bundle.sha256
    return service


def store_access(request: Request) -> StoreAccess:
    """The way to the store from the event loop."""
    access = request.app.state.store_access
    assert isinstance(access, StoreAccess)
    return access


async def begun_after(request: Request) -> int | None:
    """The last entry of the caller's audit log; None where nothing is stored.

    It is read before the body: an account that is erased from then on is not stored again by the request.
    """
    access = store_access(request)
    if not access.settings.store_verdicts:
        return None
    return await access.read(last_entry, caller_of(request).tenant)
