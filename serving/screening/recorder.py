"""The verdict recorder: verdicts are stored before they are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from anyio import current_time, sleep

from serving.store.access import StoreAccess
from serving.store.engine import RowsHeld
from serving.store.verdict_rows import NewVerdict, TenantVerdict, Unstored, VerdictKey, store_verdicts

__all__ = ["VerdictRecorder"]

LONGEST_HELD_SECONDS: Final = 25.0
"""More than a transaction may stand still in which its replica does."""

FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 1.0


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

        Where another transaction holds rows of any of them none is stored, and all are said to be held.

        Raises
        ------
        NoUsableStore
            If the database does not take them.
        """
        unstored = Unstored()
        if self.store_access.settings.store_verdicts:
            store = self.store_access.opened()
            try:
                unstored = store_verdicts(store, entries, waits_for_tenants=waits_for_tenants)
            except RowsHeld:
                unstored = Unstored(held=frozenset(entry.key for entry in entries))
        self.count(entry.verdict for entry in entries if entry.key not in unstored.erased | unstored.held)
        return unstored

    async def record_waiting(self, entries: Sequence[TenantVerdict]) -> frozenset[VerdictKey]:
        """Store one tenant's verdicts in threads of the store, and wait for its rows in none of them.

        Returns
        -------
        Those whose accounts were erased since they were asked for.

        Raises
        ------
        NoUsableStore
            If the database does not take them.
        RowsHeld
            If another transaction holds rows of theirs for longer than :data:`LONGEST_HELD_SECONDS`.
        """
        if not self.store_access.settings.store_verdicts:
            return self.record(entries).erased
        last, pause = current_time() + LONGEST_HELD_SECONDS, FIRST_PAUSE_SECONDS
        while True:
            unstored = await self.store_access.run(lambda _: self.record(entries))
            if not unstored.held:
                return unstored.erased
            if current_time() > last:
                raise RowsHeld
            await sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
