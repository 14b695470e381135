"""What is told and counted of a request, and nothing personal in it."""

import errno
import io
import json
import logging
import os
import subprocess
import sys

import pytest

from serving.app.application import make_app
from serving.observe import log
from serving.observe.log import LOGGER
from serving.settings import Settings

KEYS = {"account_id": "jane@example.com", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}


@pytest.fixture
def app(tmp_path, loaded, calling):
    with calling(make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))) as client:
        yield client


@pytest.fixture
def log_lines(monkeypatch):
    """The lines of the log."""
    monkeypatch.setattr(logging.root, "handlers", [])
    stream = io.StringIO()
    log.start_logging(logging.StreamHandler(stream))
    log.start_logging(logging.StreamHandler(stream))  # in place of the first
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    LOGGER.setLevel(logging.NOTSET)


def test_there_is_one_line_for_every_request(app, log_lines):
    answers = [
        app.post("/v1/verdicts?explain=none", json=KEYS),
        app.post("/v1/verdicts", content=b"{"),
        app.get("/v1/verdicts/jane@example.com"),
        app.get("/jane@example.com?secret=1"),
        app.request("JANE", "/v1/model"),
        app.get("/livez"),
    ]
    lines = log_lines()
    assert [(line["route"], line["method"], line["status"]) for line in lines] == [
        ("/v1/verdicts", "POST", 200),
        ("/v1/verdicts", "POST", 422),
        ("/v1/verdicts/{verdict_id}", "GET", answers[2].status_code),
        ("none", "GET", 404),
        ("/v1/model", "other", 405),
    ]
    assert [line["request_id"] for line in lines] == [
        answer.headers["x-request-id"] for answer in answers[:-1]
    ]
    assert lines[0]["model"] == answers[0].json()["model"]["sha256"] == answers[0].headers["assay-model"]
    assert set(lines[0]) == {
        "time", "level", "event", "request_id", "method", "route", "status", "ms", "model",
    }  # fmt: skip
    whole = json.dumps(lines).lower()
    assert "jane" not in whole and "secret" not in whole


def test_no_password_of_the_database_is_logged(tmp_path, loaded, calling, log_lines):
    address = f"postgresql+psycopg://assay@/assay?host={tmp_path}&password=S3cret"
    application = make_app(Settings(home=tmp_path, no_auth=True, database=address))
    with calling(application) as client:
        assert client.post("/v1/verdicts", json=KEYS).status_code == 503
    application.state.store_access.close()
    lines = log_lines()
    assert {line["event"] for line in lines} >= {"store_unavailable"}
    assert "S3cret" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("given", "harmless"),
    [("order-7_a.b", True), ("a" * 65, False), ("a b", False), ("jane@example.com", False), ("", False)],
)
def test_a_request_s_id_is_kept_if_it_can_do_no_harm(app, given, harmless):
    found = app.get("/livez", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert (found == given) is harmless
    assert found


def test_of_a_library_s_record_no_value_is_told(log_lines):
    logger = logging.getLogger("uvicorn.error")
    logger.warning("Odd: %s", "jane")
    try:
        raise ValueError("jane")
    except ValueError:
        logger.exception("Failed\njane")
    logging.getLogger("assay.jobs").warning("job %s: failed", 7)
    odd, failed, own = log_lines()
    assert own == {"time": own["time"], "level": "warning", "event": "job 7: failed"}
    assert odd == {"time": odd["time"], "level": "warning", "event": "Odd: %s", "logger": "uvicorn.error"}
    assert (failed["event"], failed["error"]) == ("Failed", "ValueError")
    assert "jane" not in json.dumps(failed)


def test_an_error_is_told_by_its_kind_and_place_alone(app, log_lines, monkeypatch):
    def broken(*_):
        raise ValueError("jane@example.com")

    monkeypatch.setattr(app.app.state.screening, "model_document", broken)
    answer = app.get("/v1/model")
    error, request = log_lines()
    assert answer.status_code == request["status"] == 500
    assert (error["event"], error["error"], error["level"]) == ("error", "ValueError", "error")
    assert error["places"][-1].endswith("broken")
    assert error["request_id"] == answer.headers["x-request-id"]
    assert "jane" not in json.dumps(error)


@pytest.mark.parametrize(
    "error",
    [RuntimeError("can't start new thread"), BlockingIOError(errno.EAGAIN, ""), OSError(errno.EMFILE, "")],
    ids=["thread", "process", "file"],
)
def test_where_nothing_can_be_begun_it_is_503_and_the_log_says_why(app, log_lines, monkeypatch, error):
    def raise_error(*_):
        raise error

    monkeypatch.setattr(app.app.state.screening, "model_document", raise_error)
    answer = app.get("/v1/model")
    logged, _ = log_lines()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert (logged["event"], logged["error"]) == ("error", type(error).__name__)


def test_counts_have_labels_of_few_values(app):
    app.post("/v1/verdicts", json=KEYS)
    for number in range(300):
        app.get(f"/nowhere/{number}")
    text = app.get("/metrics").text
    assert 'assay_requests_total{method="POST",route="/v1/verdicts",status="200"} 1.0' in text
    assert 'assay_requests_total{method="GET",route="none",status="404"} 300.0' in text
    assert 'assay_request_seconds_count{route="/v1/verdicts"} 1.0' in text
    assert "assay_requests_in_flight 1.0" in text  # this one
    assert len(text.splitlines()) < 150
    model = app.post("/v1/verdicts", json=KEYS).json()["model"]
    assert f'assay_model_info{{sha256="{model["sha256"]}",version="{model["version"]}"}} 1.0' in text


def test_what_a_killed_worker_had_in_flight_is_counted_no_longer(tmp_path):
    count = (
        "from serving.observe.metrics import *; from serving.observe.gc_pauses import *; "
        "counts = Metrics(GcPauses()); "
    )
    for rest in ("counts.in_flight.inc(7)", "pass", "print(counts.text().decode())"):
        command = [
            sys.executable,
            "-c",
            f"{count}counts.model_changes.labels('taken').inc(); {rest}; counts.text()",
        ]
        variables = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        metric_lines = subprocess.check_output(command, env=variables, text=True, cwd=tmp_path).splitlines()
    assert "assay_requests_in_flight 0.0" in metric_lines
    assert 'assay_model_changes_total{outcome="taken"} 3.0' in metric_lines


def test_without_a_model_the_counts_say_so(tmp_path, calling):
    application = make_app(
        Settings(home=tmp_path, model=tmp_path / "none", no_auth=True, store_verdicts=False)
    )
    with calling(application) as client:
        assert 'assay_model_info{sha256="",version=""} 0.0' in client.get("/metrics").text
