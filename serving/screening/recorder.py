"""The verdict recorder: verdicts are stored before they are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from serving.store.access import StoreAccess
from serving.store.verdict_rows import NewVerdict, TenantVerdict, VerdictKey, store_verdicts

__all__ = ["VerdictRecorder"]


class VerdictRecorder:
    """Stores verdicts in the thread that screened them, those of a micro-batch in one transaction.

    Another thread could store them while the next batch is screened. But a client that waits for
    its verdict to be stored has no request in the next batch: batches become half as large, and
    screening takes longer by more than storing does.
    """

    def __init__(
        self, store_access: StoreAccess, count: Callable[[Iterable[NewVerdict]], object] = lambda _: None
    ) -> None:
        self.store_access = store_access
        self.count = count

    def record(self, entries: Sequence[TenantVerdict]) -> frozenset[VerdictKey]:
        """Store all verdicts or none of them, and count them; stores none where ``store_verdicts`` is off.

        Returns
        -------
        Those whose accounts were erased since they were asked for: they are not stored, not counted, and not
        to be answered.

        Raises
        ------
        NoUsableStore
            If the database does not take them.
        """
        erased: frozenset[VerdictKey] = frozenset()
        if self.store_access.settings.store_verdicts:
            erased = store_verdicts(self.store_access.opened(), entries)
        self.count(entry.verdict for entry in entries if entry.key not in erased)
        return erased
