"""The verdict recorder: verdicts are stored before they are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from serving.store.access import StoreAccess
from serving.store.verdict_rows import NewVerdict, TenantVerdict, Unstored, store_verdicts

__all__ = ["VerdictRecorder"]


class VerdictRecorder:
    """Stores verdicts all or none of them, and counts those that it stored.

    Where ``store_verdicts`` is off it stores none, and counts all. Verdicts of accounts that were erased
    since they were asked for are not stored, not counted, and not to be answered.
    """

    def __init__(
        self, store_access: StoreAccess, count: Callable[[Iterable[NewVerdict]], object] = lambda _: None
    ) -> None:
        self.store_access = store_access
        self.count = count

    def record(self, entries: Sequence[TenantVerdict], *, waits_for_tenants: bool = True) -> Unstored:
        """Store verdicts in this thread, in one transaction; see :func:`store_verdicts`.

        Raises
        ------
        NoUsableStore
            If the database does not take them.
        """
        unstored = Unstored()
        if self.store_access.settings.store_verdicts:
            store = self.store_access.opened()
            unstored = store_verdicts(store, entries, waits_for_tenants=waits_for_tenants)
        self.count(entry.verdict for entry in entries if entry.key not in unstored.erased | unstored.held)
        return unstored

    async def record_beside(self, entries: Sequence[TenantVerdict]) -> Unstored:
        """Store verdicts in a thread of the store, of which a tenant has its share; raises as :meth:`record`.

        Whoever waits there for a tenant's row holds up no thread that screens.
        """
        if not self.store_access.settings.store_verdicts:
            return self.record(entries)
        return await self.store_access.run(lambda _: self.record(entries))
