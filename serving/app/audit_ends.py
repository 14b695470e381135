"""The ends of the audit logs, noted outside the database: in the service's log, at its start and every hour.

Who can write the database can also cut a log's end off, with its place in ``tenants``. What was noted
elsewhere shows it: ``assay audit verify --since`` reads the service's log.
"""

from __future__ import annotations

import asyncio
from typing import Final

from serving.observe.log import log_error, log_event
from serving.store.access import StoreAccess
from serving.store.audit_log import chain_ends

__all__ = ["note_ends"]

EVERY_SECONDS: Final = 3_600.0


async def note_ends(store_access: StoreAccess) -> None:
    """Log the end of every tenant's audit log now and every hour, for ever; an error is logged."""
    while store_access.settings.store_verdicts:
        try:
            for end in await store_access.read(chain_ends):
                log_event("audit_end", tenant=end.tenant, entries=end.entries, hash=end.hash)
        except Exception as error:
            log_error("audit_ends_not_noted", error)
        await asyncio.sleep(EVERY_SECONDS)
