"""What a tenant's files take on the disk: inputs and results of its jobs, and what it dropped on the desk."""

from __future__ import annotations

from anyio import to_thread

from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.jobs.upload import TenantFull
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.job_rows import stored_bytes
from serving.store.screenings import screenings_in

__all__ = ["check_room", "dropped_bytes"]


async def check_room(access: StoreAccess, settings: Settings, tenant: str) -> None:
    """Refuse more of a tenant whose files take as much space as they may.

    Raises
    ------
    TenantFull
        If they take ``tenant_bytes``.
    """
    of_jobs = await access.read(stored_bytes, tenant)
    if of_jobs + await dropped_bytes(access, settings, tenant) >= settings.tenant_bytes:
        raise TenantFull(settings.tenant_bytes)


async def dropped_bytes(access: StoreAccess, settings: Settings, tenant: str) -> int:
    """Bytes of what a tenant dropped on the desk of this machine, with what was made of it."""
    folder = screenings_folder(settings)
    own = await access.read(screenings_in, tenant, await to_thread.run_sync(folder.name))
    return await to_thread.run_sync(lambda: sum(ScreeningFiles.of(settings, name).size() for name in own))
