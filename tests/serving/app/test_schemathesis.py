"""The service in a process of its own, asked what its OpenAPI document allows and what it does not."""

import re
from collections import Counter

import httpx
import pytest
from hypothesis import settings

from serving.app.openapi import openapi
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key
from serving.store.store import open_store

EXCEPTIONS = {
    "a cursor of the right form that no answer gave": "cursor must be the `next` of an earlier answer",
    "a locale of the right form that there is none of": "locale must be a locale",
    "an address that no webhook may have, as settings say": "url must ",
    "bytes that are no file of a known source": r"(body|files)[^:]*: (is empty|must be JSON|must come)",
    "an integer to JSON Schema that is no whole number": r".* must be a whole number .* Got \d+\.0",
    "values that do not fit each other": r".* must (not lie (after|before)|be unique)",
}
"""What a schema cannot say, and how the sentence begins by which the service refuses it."""

PROBLEM_IN_PLACE = r'"problem": ?\{|"faults": ?\[\{'
"""In a good answer: a bad document among others is refused in its place."""

THOROUGH = settings.get_current_profile_name() == "thorough"
OFF = {"enabled": THOROUGH}
COSTLY = [
    {
        "include-name-regex": "^POST /v1/(jobs$|observations|verdicts$|verdicts/batch|.*report)",
        "phases": {"coverage": OFF},
    },
    {"include-path": "/v1/verdicts/{verdict_id}/report.pdf", "phases": {"coverage": OFF, "examples": OFF}},
]
"""Operations that read account documents, which are varied in a thousand ways (test_document.py compares
schema and reader), or whose answers take long to draw: thorough runs vary them."""

KEYS = "ignored_auth"
"""The check that sends wrong keys, which are answered the later the more there are."""


def lines(context, value):
    """Lines as bytes; schemathesis knows no such bodies."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture(scope="module")
def service(tmp_path_factory, starting):
    """Where the service answers, and a key that may do everything."""
    home = tmp_path_factory.mktemp("described")
    store = open_store(Settings(home=home))
    key = create_key(store, tenant="test", name="test", scopes=tuple(Scope), requests_per_minute=10_000_000)
    store.database.close()
    with starting(home, {"ASSAY_WEBHOOK_HOSTS": "hooks.example.com"}, ()) as (process, address):
        yield address, key
    assert process.returncode == 0


def findings(service, **more):
    """What schemathesis finds wrong, and how many requests it sent of each operation.

    It is imported here, for every process of the tests imports this module and one of them runs it.
    """
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    schemathesis.serializer("application/x-ndjson", "application/jsonl")(lines)
    address, key = service
    headers = {"Authorization": f"Bearer {key}"}
    config = {
        "base-url": address, "headers": headers, "request-timeout": 300, "seed": 1,
        "continue-on-failure": True, "suppress-health-check": ["all"], **more,
    }  # fmt: skip
    schema = schemathesis.openapi.from_dict(openapi(), config=SchemathesisConfig.from_dict(config))
    schema.hook(filter_failure)
    wrong, requests = [], Counter()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            wrong += failures(event.recorder)
            requests.update(node.value.operation.label for node in event.recorder.cases.values())
        elif isinstance(event, events.NonFatalError):
            wrong.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            raise event.exception
    return wrong, requests


def failures(recorder):
    """Every failure of a scenario, with the request that shows it."""
    return [
        f"{recorder.label}: {check.failure_info.failure}\n{check.failure_info.code_sample}"
        for checks in recorder.checks.values()
        for check in checks
        if check.status.name == "FAILURE"
    ]


def filter_failure(context, failure, case, response):
    """Whether a failure counts: not where a refusal is an exception, or stands in its place."""
    from schemathesis.core.failures import AcceptedNegativeData
    from schemathesis.openapi.checks import RejectedPositiveData

    if isinstance(failure, AcceptedNegativeData):
        return not re.search(PROBLEM_IN_PLACE, response.text)
    if not isinstance(failure, RejectedPositiveData):
        return True
    problem = response.json()
    sentences = [fault["sentence"] for fault in problem.get("errors", ())] or [problem["detail"]]
    return not all(any(re.match(start, one) for start in EXCEPTIONS.values()) for one in sentences)


def test_the_document_says_what_the_service_takes(service):
    wrong, requests = findings(
        service,
        checks={KEYS: {"enabled": False}},
        generation={"max-examples": 100 if THOROUGH else 2, "deterministic": True, "no-shrink": True},
        operations=COSTLY,
    )
    assert wrong == []
    assert requests.keys() == {
        f"{method.upper()} {path}" for path, methods in openapi()["paths"].items() for method in methods
    }


def test_a_method_that_a_path_lacks_is_not_allowed(service):
    address, key = service
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as client:
        for path, methods in openapi()["paths"].items():
            place = re.sub("{.*?}", "0" * 32, path)
            for method in {"get", "post", "put", "patch", "delete", "trace"} - methods.keys():
                answer = client.request(method.upper(), place)
                allowed = {one.strip().lower() for one in answer.headers["allow"].split(",")}
                assert answer.status_code == 405 and allowed - {"head"} == set(methods), (method, path)


def test_a_missing_key_and_a_wrong_one_are_refused(service):
    phases = ("examples", "coverage", "fuzzing", "stateful")
    wrong, _ = findings(
        service,
        checks={"enabled": False, KEYS: {"enabled": True}},
        generation={"mode": "positive", "max-examples": 1, "deterministic": True},
        phases={name: {"enabled": name == "fuzzing"} for name in phases},
        workers=16,
    )
    assert wrong == []
