from pathlib import Path

import jsonschema
import pytest

from serving.app.openapi import openapi, render

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
