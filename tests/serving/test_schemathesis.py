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

from serving.openapi import openapi
from serving.routes import make_app
from serving.settings import Settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


OPERATIONS = [(path, method) for path, methods in openapi()["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def app(tmp_path_factory, detector):
    """A service without keys, in this process."""
    patch = pytest.MonkeyPatch()
    patch.setattr("serving.running.open_detector", lambda *_: detector)
    made = make_app(Settings(home=tmp_path_factory.mktemp("described"), no_auth=True))
    patch.undo()
    yield made
    made.state.door.close()


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_one_that_the_document_allows(app, path, method):
    schema = schemathesis.openapi.from_dict(openapi())
    schema.app = app
    cases = schema[path][method.upper()].as_strategy()

    @settings(
        max_examples=10, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(cases)
    def ask(case):
        case.call_and_validate(base_url="http://127.0.0.1", checks=CHECKS)

    ask()
