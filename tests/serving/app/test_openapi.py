from pathlib import Path

import jsonschema
import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from serving.app.openapi import openapi, render
from serving.routes.webhooks import TEST_EVENT
from serving.store.webhook_rows import WebhookEvent

PAGE = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == render()


@pytest.mark.parametrize("name", list(openapi()["components"]["schemas"]))
def test_every_schema_is_one(name):
    document = openapi()
    schema = document["components"]["schemas"][name] | {"components": document["components"]}
    jsonschema.Draft202012Validator.check_schema(schema)


def references(part):
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_leads_somewhere():
    document = openapi()
    found = set(references(document))
    kinds = {kind: document["components"][kind] for kind in ("schemas", "headers")}
    assert found == {f"#/components/{kind}/{name}" for kind, names in kinds.items() for name in names}


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_it_is_valid_openapi():
    assert [error.message for error in OpenAPIV31SpecValidator(openapi()).iter_errors()] == []


def test_every_operation_has_a_name_of_its_own_and_a_tag():
    document = openapi()
    names = [
        operation["operationId"]
        for paths in (document["paths"], document["webhooks"])
        for operation in (one for methods in paths.values() for one in methods.values())
    ]
    assert len(set(names)) == len(names)
    tags = {tag["name"] for tag in document["tags"]}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == tags


def bodies(operation):
    answers = [answer.get("content", {}) for answer in operation["responses"].values()]
    for content in [operation.get("requestBody", {}).get("content", {}), *answers]:
        yield from content.items()


def test_every_body_has_an_example_that_its_schema_allows():
    document = openapi()
    count = 0
    for name, operation in operations(document):
        for media_type, body in bodies(operation):
            if body["schema"].get("format") != "binary":
                schema = body["schema"] | {"components": document["components"]}
                faults = jsonschema.Draft202012Validator(schema).iter_errors(body["example"])
                assert [fault.message for fault in faults] == [], (name, media_type)
                count += 1
    assert count > 100


def test_every_delivery_has_an_example_that_its_schema_allows():
    document = openapi()
    assert {*map(str, WebhookEvent), TEST_EVENT} == document["webhooks"].keys()
    for event, methods in document["webhooks"].items():
        body = methods["post"]["requestBody"]["content"]["application/json"]
        assert body["example"]["type"] == event
        schema = body["schema"] | {"components": document["components"]}
        assert list(jsonschema.Draft202012Validator(schema).iter_errors(body["example"])) == []


def test_a_file_that_is_text_has_an_example_too():
    kinds = ("text/csv", "text/tab-separated-values")
    shown = [
        body["schema"]["examples"]
        for _, operation in operations(openapi())
        for media_type, body in operation.get("requestBody", {}).get("content", {}).items()
        if media_type in kinds
    ]
    assert len(shown) == 4 and all(shown)


def test_whatever_reads_a_body_may_say_that_it_did_not_come_in_time():
    with_body = {name: one["responses"] for name, one in operations(openapi()) if "requestBody" in one}
    assert [
        name for name, answers in with_body.items() if not {"408", "413", "415", "422"} <= set(answers)
    ] == []


def test_lists_of_one_length_are_plain():
    assert "prefixItems" not in PAGE.read_text()


def test_lines_are_what_a_generator_takes_bytes_for():
    """It sends bytes as the last media type that is bytes to it."""
    config = yaml.safe_load(PAGE.with_name("openapi-python-client.yml").read_text())
    for path in ("/v1/verdicts/batch", "/v1/jobs", "/v1/observations"):
        kinds = openapi()["paths"][path]["post"]["requestBody"]["content"]
        assert [kind for kind in kinds if kind in config["content_type_overrides"]][
            -1
        ] == "application/x-ndjson"


def test_the_python_generator_knows_every_body():
    """What it does not know it leaves out with a warning."""
    config = yaml.safe_load(PAGE.with_name("openapi-python-client.yml").read_text())
    known = {"application/json", "application/octet-stream", "multipart/form-data", "text/html", "text/plain"}
    known.add("application/problem+json")
    sent = {media_type for _, operation in operations(openapi()) for media_type, _ in bodies(operation)}
    assert sent <= known | set(config["content_type_overrides"])
