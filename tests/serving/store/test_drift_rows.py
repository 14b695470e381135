"""Drift reports: the newest alone stands, whichever worker made it."""

import threading
from concurrent.futures import ThreadPoolExecutor

from serving.store.drift_rows import drift_report_of, drift_reports_of, store_drift
from serving.store.store import open_store

MODEL = "a" * 64


def report(*features):
    return {"comparison": None, "features": list(features), "promise": None}


def test_a_report_takes_the_place_of_the_one_before_it_alone(store):
    for tenant, model in (("acme", MODEL), ("rival", MODEL), ("acme", "b" * 64)):
        store_drift(store, tenant, model, report(1), "broken")
    store_drift(store, "acme", MODEL, report(), None)
    with store.database.reading() as connection:
        found = [(one.tenant, one.document, one.broken) for one in drift_reports_of(connection, MODEL)]
        other = drift_report_of(connection, "acme", "b" * 64)
    assert found == [("acme", report(), None), ("rival", report(1), "broken")]
    assert other is not None and other.broken == "broken"


def test_workers_that_look_at_once_leave_one_report(settings):
    stores = [open_store(settings) for _ in range(4)]  # each with connections of its own, as workers have
    together = threading.Barrier(4)

    def look(number):
        for step in range(10):
            together.wait(30)
            store_drift(stores[number], f"tenant {step}", MODEL, report(number), None)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, range(4)))
    with stores[0].database.reading() as connection:
        found = [one.tenant for one in drift_reports_of(connection, MODEL)]
    assert found == [f"tenant {step}" for step in range(10)]
    for store in stores:
        store.database.close()
