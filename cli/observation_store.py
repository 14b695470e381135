"""The observations of one tenant in the store that the service uses, for commands that need no service."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from accounts.errors import AssayError, WrongUsage
from cli.exit_codes import HELD

if TYPE_CHECKING:
    from accounts.observations import Observation
    from accounts.tables import Tables
    from serving.store.observation_rows import StoredCount

__all__ = ["ACTOR", "ObservationStore"]

ACTOR = "command line"
"""Who does it, as the audit log calls them."""


PAUSES: Final = (1.0, 2.0, 4.0, 8.0, *[15.0] * 15)
"""Seconds between two tries while other transactions hold the tenant's row; each try waits for 3 more."""


class ObservationsHeld(AssayError):
    """Other transactions held what observations would change for minutes, and none was stored meanwhile."""

    exit_code = HELD

    def __init__(self, stored: StoredCount, given: int) -> None:
        done = stored.new + stored.completed + stored.known + len(stored.erased)
        super().__init__(
            f"Other transactions hold the tenant's rows for minutes: {done:,} of {given:,} observations are "
            "done with. Run it again: what is stored already is stored once."
        )


class ObservationStore:
    """The store of the settings, opened for one tenant.

    Parameters
    ----------
    tenant
        Whose observations.

    Raises
    ------
    WrongUsage
        If the libraries of the store are not installed, or the settings say that nothing is kept.
    NoUsableStore
        If the store does not work.
    """

    def __init__(self, tenant: str) -> None:
        try:
            from serving.settings import Settings
            from serving.store import observation_rows
            from serving.store.audit_log import last_entry
            from serving.store.store import open_store
        except ModuleNotFoundError as error:
            raise WrongUsage(
                "Observations need what the extra serve installs: pip install 'assay[serve]' "
                f"({error.name} is missing)."
            ) from error
        settings = Settings.read()
        if not settings.store_verdicts:
            raise WrongUsage(
                "The settings say that nothing is kept (store_verdicts), so nothing is observed."
            )
        self.tenant, self._rows, self._store = tenant, observation_rows, open_store(settings)
        with self._store.database.reading() as connection:
            self._since = last_entry(connection, tenant)

    def put(self, observations: Sequence[Observation]) -> StoredCount:
        """Store observations, each once, but those of accounts that were erased since this was opened.

        Nobody waits for it: where other transactions hold the tenant's row it tries again.

        Raises
        ------
        ObservationsHeld
            If they do for some minutes.
        """
        turns = self._rows.stored_in_turns(self._store, self.tenant, ACTOR, observations, self._since)
        pauses = iter(PAUSES)
        for stored in turns:
            if not stored.is_held:
                pauses = iter(PAUSES)
            elif (pause := next(pauses, None)) is None:
                raise ObservationsHeld(stored, len(observations))
            else:
                time.sleep(pause)
        return stored

    def join(self, tables: Tables) -> Tables:
        """The accounts with what was observed of them."""
        return self._rows.join_stored(self._store, self.tenant, tables)

    def about(self, account_id: str) -> list[Observation]:
        """All observations of an account, on any platform."""
        with self._store.database.reading() as connection:
            return list(self._rows.observations_about(connection, self.tenant, [account_id]))
