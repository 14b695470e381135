"""What a tenant's files take on the disk: inputs and results of its jobs, and what it dropped on the desk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from anyio import to_thread

from serving.jobs.screening_files import ScreeningFiles, screenings_folder
from serving.jobs.upload import TenantFull
from serving.settings import Settings
from serving.store.access import StoreAccess
from serving.store.job_rows import stored_bytes
from serving.store.screenings import screenings_in

__all__ = ["UploadsUnderWay", "check_room", "dropped_bytes"]


class UploadsUnderWay:
    """What tenants upload to this worker at the moment, in bytes: it counts as stored already."""

    def __init__(self) -> None:
        self.bytes: Counter[str] = Counter()

    @contextmanager
    def of(self, tenant: str, room: int, settings: Settings) -> Iterator[Callable[[int], None]]:
        """An upload of a tenant, all of whose uploads may take so much room; called with how much comes.

        Raises
        ------
        TenantFull
            By the call, once they take more.
        """
        own = 0

        def add(size: int) -> None:
            nonlocal own
            own += size
            self.bytes[tenant] += size
            if self.bytes[tenant] > room:
                raise TenantFull(settings.tenant_bytes)

        try:
            yield add
        finally:
            self.bytes[tenant] -= own
            self.bytes += Counter()  # without those that have none


async def check_room(access: StoreAccess, settings: Settings, tenant: str) -> int:
    """Refuse more of a tenant whose files take as much space as they may; how many bytes are left.

    Raises
    ------
    TenantFull
        If they take ``tenant_bytes``.
    """
    of_jobs = await access.read(stored_bytes, tenant)
    room = settings.tenant_bytes - of_jobs - await dropped_bytes(access, settings, tenant)
    if room <= 0:
        raise TenantFull(settings.tenant_bytes)
    return room


async def dropped_bytes(access: StoreAccess, settings: Settings, tenant: str) -> int:
    """Bytes of what a tenant dropped on the desk of this machine, with what was made of it."""
    folder = screenings_folder(settings)
    own = await access.read(screenings_in, tenant, await to_thread.run_sync(folder.name))
    return await to_thread.run_sync(lambda: sum(ScreeningFiles.of(settings, name).size() for name in own))
