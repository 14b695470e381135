"""Every operation of the OpenAPI document, asked what it allows and what it does not."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from serving.app.application import make_app
from serving.app.openapi import openapi
from serving.settings import Settings
from serving.store.api_keys import Scope, create_key

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
LINES_OR_PARQUET = ("/v1/jobs", "post")
"""Bodies that are no JSON, which it cannot make up; tests of jobs send them."""

OPERATIONS = [
    (path, method)
    for path, methods in openapi()["paths"].items()
    for method in methods
    if (path, method) != LINES_OR_PARQUET
]


@pytest.fixture(scope="module")
def app(tmp_path_factory, detector):
    """A service in this process, with a key that may do everything."""
    patch = pytest.MonkeyPatch()
    patch.setattr("serving.app.lifespan.open_detector", lambda *_: detector)
    application = make_app(
        Settings(home=tmp_path_factory.mktemp("described"), webhook_hosts=("hooks.example.com",))
    )
    patch.undo()
    key = create_key(application.state.store_access.opened(), tenant="test", name="test", scopes=tuple(Scope))
    yield application, {"Authorization": f"Bearer {key}"}
    application.state.store_access.close()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_the_document_allows(app, path, method):
    application, header = app
    schema = schemathesis.openapi.from_dict(openapi())
    schema.app = application
    seen = []
    cases = schema[path][method.upper()].as_strategy()

    @settings(
        max_examples=6, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def ask(case):
        seen.append(
            case.call_and_validate(base_url="http://127.0.0.1", checks=CHECKS, headers=header).status_code
        )

    ask()
    assert not {401, 403, 500} & set(seen)


def test_a_method_that_a_path_lacks_is_not_allowed(app, calling):
    application, header = app
    with calling(application) as client:
        for path, methods in openapi()["paths"].items():
            for method in {"get", "post", "put", "patch", "delete", "trace"} - methods.keys():
                place = (
                    path.replace("{account_id}", "a")
                    .replace("{verdict_id}", "0" * 32)
                    .replace("{job_id}", "a")
                    .replace("{webhook_id}", "a")
                )
                answer = client.request(method.upper(), place, headers=header)
                assert (answer.status_code, "allow" in answer.headers) == (405, True), (method, path)
