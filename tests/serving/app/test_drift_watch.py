"""The daily look at drift: stored, said in verdicts and by the model, counted, and kept apart by tenant."""

import json
from dataclasses import replace
from datetime import timedelta

import jsonschema
import numpy as np
import pytest

from detector.drift.promise import ConfirmedAccounts
from detector.labels import Explain, Label
from serving.app import drift_watch
from serving.app.application import make_app
from serving.app.drift_watch import look_once
from serving.app.openapi import openapi
from serving.store.api_keys import Scope, create_key
from serving.store.drift_rows import drift_reports_of, store_drift
from serving.store.tables import drift_reports
from serving.store.timestamps import now
from serving.store.verdict_rows import NewVerdict, TenantVerdict, get_verdict, store_verdicts

BROKEN = ConfirmedAccounts(1000, 40, list(range(20, 801, 20)), np.full(40, 0.5), np.full(40, 0.5))


@pytest.fixture
def app(on_sqlite, loaded):
    application = make_app(on_sqlite.model_copy(update={"no_auth": True, "drift_days": 1}))
    yield application
    application.state.store_access.close()


@pytest.fixture
def client(app, calling):
    with calling(app) as one:
        yield one


@pytest.fixture
def accused(detector, population):
    """The document of an account that is accused or sent to a person."""
    from accounts.document import to_documents

    labels = [one.label for one in detector.screen(population.tables, explain=Explain.NONE)]
    flagged = {Label.INFLATED, Label.AUTOMATED, Label.REVIEW}
    place = next(at for at, label in enumerate(labels) if label in flagged)
    return json.dumps(list(to_documents(population.tables))[place]).encode()


def is_drift(answer):
    """The answer, if it is as OpenAPI says."""
    components = openapi()["components"]
    jsonschema.validate(answer, components["schemas"]["Drift"] | {"components": components})
    return answer


def look(client, app):
    client.portal.call(look_once, app)


def test_a_broken_promise_is_said_by_verdicts_model_and_metrics(client, app, accused, monkeypatch):
    before = client.post("/v1/verdicts", content=accused)
    look(client, app)
    assert client.get("/v1/model").json()["promise_broken"] is None
    nothing = client.get("/v1/drift").json()
    assert (
        nothing["made_at"] and (nothing["comparison"], nothing["promise"], nothing["broken"]) == (None,) * 3
    )
    assert client.post("/v1/verdicts", content=accused).content == before.content
    monkeypatch.setattr(drift_watch, "confirmed_accounts", lambda *_, **__: BROKEN)
    monkeypatch.setattr(drift_watch, "EVERY", -drift_watch.EVERY)  # due at once
    look(client, app)
    sentence = client.get("/v1/model").json()["promise_broken"]
    assert "40 of 1,000 accounts were accused and later confirmed authentic" in sentence
    after = client.post("/v1/verdicts", content=accused)
    assert after.json()["caveats"] == [*before.json()["caveats"], sentence]
    without = after.json() | {"caveats": before.json()["caveats"]}
    assert without == before.json()
    text = client.get("/metrics").text
    assert "assay_drift_promises_broken 1.0" in text
    assert "assay_drift_accused_wrongly 40.0" in text
    report = is_drift(client.get("/v1/drift").json())
    assert (report["broken"], report["promise"]["wrong"]) == (sentence, 40)
    assert app.state.promises.sentence("another", app.state.screening.detector.bundle.sha256) is None


def test_scores_of_the_last_days_are_held_against_the_first_ones(client, app, detector, population):
    store, model = app.state.store_access.opened(), detector.bundle.sha256
    from serving.screening.records import new_verdicts

    verdicts = new_verdicts(detector.screen_batch(population.tables, explain=Explain.NONE))
    for day, copies in (("2026-01-01", 4), ("now", 4)):
        rows = [
            replace(one, verdict_id=f"{day[:4]:x>6}{copy:02}{place:024}", account_id=f"{day}-{copy}-{place}",
                    document=json.dumps(json.loads(one.document) | {"account_id": f"{day}-{copy}-{place}"}))
            for copy in range(copies) for place, one in enumerate(verdicts)
        ]  # fmt: skip
        store_verdicts(store, [TenantVerdict("default", "key:abc", one) for one in rows])
        if day != "now":
            with store.database.writing() as connection:
                connection.exec_driver_sql(f"UPDATE verdicts SET made_at = '{day}T00:00:00.000000Z'")
    look(client, app)
    with store.database.reading() as connection:
        (report,) = drift_reports_of(connection, model)
    assert report.document["comparison"]["sizes"] == [32, 32]
    assert not report.document["comparison"]["alarm"]
    assert report.document["promise"] is None and report.broken is None
    assert len(report.document["features"]) == drift_watch.MOST_FEATURES
    assert not any(name in json.dumps(report.document) for name in ("now-0-1", "2026-01-01-0-1"))
    assert 'assay_drift_psi{of="suspicion"}' in client.get("/metrics").text
    answered = is_drift(client.get("/v1/drift").json())
    assert (answered["made_at"], answered["model"]) == (report.made_at, model)
    assert answered["comparison"]["sizes"] == [32, 32]
    assert len(answered["features"]) == drift_watch.MOST_FEATURES


@pytest.mark.parametrize(("days", "is_made_anew"), [(-0.5, False), (-2, True), (40, True)])
def test_a_report_is_made_anew_after_a_day_or_where_a_clock_was_set_back(
    client, app, accused, days, is_made_anew
):
    client.post("/v1/verdicts", content=accused)
    look(client, app)
    made_at = now(plus=timedelta(days=days))
    with app.state.store_access.opened().database.writing() as connection:
        connection.execute(drift_reports.update().values(made_at=made_at))
    look(client, app)
    assert (client.get("/v1/drift").json()["made_at"] != made_at) == is_made_anew
    assert client.get("/v1/drift").json()["made_at"] <= now()


def test_a_tenant_reads_its_own_report_of_the_model_in_use_alone(client, app, detector):
    store, model = app.state.store_access.opened(), detector.bundle.sha256
    document = {"comparison": None, "features": [], "promise": None}
    store_drift(store, "rival", model, document, "theirs")
    store_drift(store, "default", "b" * 64, document, "another model's")
    answered = is_drift(client.get("/v1/drift").json())
    assert answered == document | {"model": model, "made_at": None, "broken": None}
    key = create_key(store, tenant="rival", name="t", scopes=(Scope.READ,))
    assert client.get("/v1/drift", headers={"Authorization": f"Bearer {key}"}).json()["broken"] == "theirs"
    assert client.get("/v1/drift?tenant=rival").status_code == 400


def test_what_goes_wrong_with_one_tenant_keeps_no_other_back(client, app, accused, monkeypatch):
    verdict = client.post("/v1/verdicts", content=accused).json()
    store = app.state.store_access.opened()
    with store.database.reading() as connection:
        stored = get_verdict(connection, "default", verdict["verdict_id"])
    copied = NewVerdict(
        stored.verdict_id, verdict["account_id"], stored.platform, Label(verdict["label"]), stored.level,
        stored.model_sha256, stored.catalogue, stored.features, stored.document,
    )  # fmt: skip
    store_verdicts(store, [TenantVerdict("a first one", "key:abc", copied)])

    def confirmed(_, tenant, *__, **___):
        if tenant == "a first one":
            raise ArithmeticError(tenant)
        return BROKEN

    monkeypatch.setattr(drift_watch, "confirmed_accounts", confirmed)
    look(client, app)
    assert client.get("/v1/model").json()["promise_broken"]


def test_what_is_answered_is_counted(client, accused, documents):
    client.post("/v1/verdicts/batch", content=b"[" + b",".join(documents) + b"]")
    counted = client.get("/metrics").text
    total = [line for line in counted.splitlines() if line.startswith("assay_verdicts_total{")]
    assert sum(float(line.split()[-1]) for line in total) == len(documents)
    assert "assay_suspicion_bucket" in counted and "assay_verdicts_by_evidence_total" in counted
