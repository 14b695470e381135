"""What was observed of accounts before: joined to a request's documents where it asks for that."""

from __future__ import annotations

from accounts.tables import Tables
from serving.http.problems import RequestProblem
from serving.http.query import ScreeningOptions
from serving.screening.recorder import VerdictRecorder
from serving.store.access import StoreAccess
from serving.store.observation_rows import join_stored
from serving.store.store import Store

__all__ = ["join_where_asked", "keeping_store"]


class NothingObserved(RequestProblem):
    """403: observations need a store, and ``store_verdicts`` is off."""

    status = 403


def keeping_store(access: StoreAccess) -> Store:
    """The store of a service that keeps something.

    Raises
    ------
    NothingObserved
        If ``store_verdicts`` is off.
    NoUsableStore
        If it cannot be opened.
    """
    if not access.settings.store_verdicts:
        raise NothingObserved("This service keeps nothing (store_verdicts), so it observes nothing.")
    return access.opened()


def join_where_asked(
    recorder: VerdictRecorder, tenant: str, options: ScreeningOptions, tables: Tables
) -> Tables:
    """The accounts with what a tenant observed of them, where the options say so.

    Raises
    ------
    NothingObserved, NoUsableStore
        As :func:`keeping_store` does.
    """
    if not options.with_observed:
        return tables
    return join_stored(keeping_store(recorder.store_access), tenant, tables)
