"""The codes of problems: listed, and the same for ever."""

import re
from pathlib import Path

import pytest

from serving.app.application import make_app
from serving.app.problem_page import problem_page
from serving.settings import Settings

PAGE = Path(__file__).parents[3] / "docs" / "problems.md"
FOR_EVER = {
    "answer-damaged", "bad-input", "body-timeout", "body-too-large", "damaged-body", "disk-full",
    "files-elsewhere", "files-too-heavy", "host-not-allowed", "internal-server-error", "invalid-key",
    "invalid-parameter", "key-reused",
    "malformed", "method-not-allowed", "missing-scope", "model-not-found", "no-usable-model",
    "no-usable-store", "not-acceptable", "not-found", "rate-limited", "request-timeout",
    "results-damaged", "rows-held", "service-unavailable", "still-in-progress", "storage-disabled",
    "tenant-full", "too-many-decisions", "too-many-jobs", "too-many-unread", "too-many-waiting",
    "unauthenticated", "unsupported-body",
    "webhook-stopped", "wrong-job-state",
}  # fmt: skip
"""A class of errors whose name changes keeps its code by an attribute; clients compare these."""


@pytest.fixture
def client(tmp_path, loaded, calling):
    app = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False, largest_document_bytes=1_000))
    with calling(app) as caller:
        yield caller


def listed():
    return set(re.findall(r"^\| `([a-z-]+)` \|", problem_page(), re.MULTILINE))


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == problem_page()


def test_codes_never_change():
    assert listed() >= FOR_EVER


@pytest.mark.parametrize(
    ("target", "body", "code"),
    [
        ("GET /nowhere", None, "not-found"),
        ("PUT /v1/verdicts", None, "method-not-allowed"),
        ("POST /v1/verdicts", b"{}", "bad-input"),
        ("POST /v1/verdicts?explain=x", b"{}", "invalid-parameter"),
        ("GET /v1/verdicts/%00", None, "malformed"),
        ("POST /v1/verdicts", b" " * 2_000, "body-too-large"),
        ("POST /v1/jobs", b"{}", "storage-disabled"),
    ],
)
def test_a_problem_has_its_code(client, target, body, code):
    problem = client.request(*target.split(), content=body).json()
    assert problem["code"] == code
    assert code in listed()


def test_every_fault_has_a_json_pointer(client):
    account = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    errors = client.post("/v1/verdicts", json=account | {"posts": [{}, {"likes": -4}], "x": 1}).json()[
        "errors"
    ]
    assert {error["pointer"] for error in errors} == {"/posts/1/likes", "/x"}


@pytest.mark.parametrize("name", ["a.b", "a/b", "a~b", "a].b", "..."])
def test_a_name_that_somebody_made_up_is_one_part_of_a_pointer(client, name):
    account = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    document = account | {name: 1, "profile": {name: 1}, "posts": [{}, {name: 1}]}
    errors = client.post("/v1/verdicts", json=document).json()["errors"]
    part = name.replace("~", "~0").replace("/", "~1")
    assert {error["pointer"] for error in errors} == {f"/{part}", f"/profile/{part}", f"/posts/1/{part}"}
