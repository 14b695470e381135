"""Pages of other sites, what is left of a key's limit, and traces."""

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from accounts.errors import WrongUsage
from benchmarks.serving.servers import serving
from serving.app import application
from serving.app.application import make_app
from serving.observe.traces import make_tracer_provider
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key

OURS = "https://app.example.com"


@pytest.fixture
def start(tmp_path, loaded, calling):
    """A client of an application with some settings."""
    running = []

    def make(**changed):
        app = make_app(Settings(home=tmp_path, store_verdicts=False, **changed))
        running.append(calling(app))
        return running[-1].__enter__()

    yield make
    for client in running:
        client.__exit__(None, None, None)
        client.app.state.store_access.close()


def test_a_page_of_a_named_origin_alone_may_ask(start):
    client = start(cors_origins=(OURS,))
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for origin, allowed in (
        (OURS, OURS),
        (OURS + ".evil.com", None),
        ("null", None),
        ("http" + OURS[5:], None),
    ):
        before = client.request("OPTIONS", "/v1/verdicts", headers={"Origin": origin, **ask})
        assert before.headers.get("access-control-allow-origin") == allowed
        answer = client.get("/v1/model", headers={"Origin": origin})
        assert answer.status_code == 401
        assert answer.headers.get("access-control-allow-origin") == allowed
        assert "access-control-allow-credentials" not in answer.headers
    assert "access-control-allow-origin" not in client.get("/docs", headers={"Origin": OURS}).headers


def test_no_page_may_unless_a_setting_says_so(start):
    answer = start().request("OPTIONS", "/v1/verdicts", headers={"Origin": OURS})
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (405, False)


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.com", "https://a.example/", "app.example.com", ""]
)
def test_what_is_no_origin_is_refused(monkeypatch, origin):
    monkeypatch.setenv("ASSAY_CORS_ORIGINS", f"{OURS},{origin}")
    with pytest.raises(WrongUsage, match="must be origins"):
        Settings.read()


def test_an_answer_says_what_is_left_to_the_key(start):
    client = start()
    key = create_key(
        client.app.state.store_access.opened(), tenant="acme", name="t", scopes=(Scope.READ,),
        requests_per_minute=2,
    )  # fmt: skip
    answers = [client.get("/v1/schema", headers={"Authorization": f"Bearer {key}"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"key";q=2;w=60'}
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert "ratelimit" not in client.get("/livez").headers


def test_a_request_is_a_span_of_the_caller_s_trace_without_its_path(start, monkeypatch):
    spans = InMemorySpanExporter()
    monkeypatch.setattr(application, "make_tracer_provider", lambda where: make_tracer_provider(where, spans))
    client = start(traces="console", no_auth=True)
    trace = "0af7651916cd43dd8448eb211c80319c"
    client.get("/v1/subjects/somebody", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    client.app.state.spans.force_flush()
    (span,) = spans.get_finished_spans()
    assert (span.name, f"{span.context.trace_id:032x}") == ("GET /v1/subjects/{account_id:path}", trace)
    assert span.attributes["http.response.status_code"] == 200
    assert "somebody" not in span.to_json()
    client.app.state.spans.shutdown()


def test_a_missing_exporter_is_named_at_the_start(monkeypatch):
    monkeypatch.setenv("ASSAY_TRACES", "otlp")
    with pytest.raises(WrongUsage, match="pip install opentelemetry-exporter-otlp-proto-http"):
        Settings.read()


def test_spans_go_to_standard_error_of_the_command(tmp_path):
    home, log = tmp_path / "home", tmp_path / "service.log"
    with serving(1, {"ASSAY_HOME": str(home), "ASSAY_TRACES": "console"}, no_auth=True, log=log) as server:
        httpx.get(f"{server.url}/v1/model").raise_for_status()
    assert '"name": "GET /v1/model"' in log.read_text()
