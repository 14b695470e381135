"""Where verdicts go before they are answered."""

from __future__ import annotations

from collections.abc import Iterable

from serving.store.access import Door
from serving.store.api_keys import Caller
from serving.store.verdict_rows import Entry, Made, keep

__all__ = ["Ledger"]


class Ledger:
    """Keeps verdicts in the thread that judged them, those of a group in one transaction.

    Another thread could keep them while the next are judged, but then those who wait for their
    verdicts to be kept are not among the next: groups become half as large, and the time that
    goes into judging rises by more than keeping takes.
    """

    def __init__(self, door: Door) -> None:
        self.door = door

    def keep(self, made: Iterable[tuple[Caller, Made]]) -> None:
        """Keep them all or none; nothing is done where nothing is to be kept.

        Raises
        ------
        NoUsableStore
            If the database does not take them.
        """
        if self.door.settings.store_verdicts:
            keep(self.door.opened(), [Entry(caller.tenant, caller.actor, one) for caller, one in made])
