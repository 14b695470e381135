"""The pages of the interface, and what a refusal tells an integrator."""

import base64
import json
import re
from hashlib import sha256

import pytest

from serving.app.api_pages import api_page, problems_page
from serving.app.application import make_app
from serving.app.openapi import openapi
from serving.app.problem_page import problem_rows
from serving.settings import Settings

ACCOUNT = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}


@pytest.fixture
def client(tmp_path, loaded, calling):
    app = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))
    with calling(app) as one:
        yield one


def test_the_pages_need_no_key_and_load_nothing(client, calling):
    with calling(client.app, "http://192.0.2.1") as afar:
        for path in ("/docs", "/docs/problems"):
            answer = afar.get(path)
            assert answer.status_code == 200
            style = re.search("<style>(.*?)</style>", answer.text, re.DOTALL)[1]
            digest = base64.b64encode(sha256(style.encode()).digest()).decode()
            policy = answer.headers["content-security-policy"]
            assert f"style-src 'sha256-{digest}'" in policy and "default-src 'none'" in policy
            assert not re.search(r"<script|<img|<link|\son\w+=|src=|@import|url\(", answer.text)


def test_every_route_and_every_problem_is_on_its_page():
    page = api_page()
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            assert f'<h3 id="{operation["operationId"]}"><code>{method.upper()} {path}' in page
    for code, _, _ in problem_rows():
        assert f'id="{code}"' in problems_page()


@pytest.mark.parametrize(
    ("changed", "pointer", "value"),
    [
        ({"platform": "myspace"}, "/platform", '"myspace"'),
        ({"posts": [{"post_id": "p", "likes": -4}]}, "/posts/0/likes", "-4"),
        ({"profile": {"followers": -1}}, "/profile/followers", "-1"),
        ({"profile": [1]}, "/profile", "a list"),
        ({"platform": "<script>\u0000" + "x" * 900}, "/platform", '"<script>\\x00' + "x" * 48 + '…"'),
    ],
)
def test_a_fault_names_its_place_and_its_value(client, changed, pointer, value):
    answer = client.post("/v1/verdicts", content=json.dumps(ACCOUNT | changed)).json()
    assert (answer["errors"][0]["pointer"], answer["errors"][0]["value"]) == (pointer, value)
    page, _, anchor = answer["type"].partition("#")
    assert f'id="{anchor}"' in client.get(page).text


def test_a_media_type_that_is_not_read_says_how_to_send_it(client):
    answer = client.post("/v1/verdicts", data={"a": "b"})
    assert answer.status_code == 415
    assert "Got application/x-www-form-urlencoded: with curl send it by --json" in answer.json()["detail"]


def test_a_slash_too_many_is_named(client):
    assert "Without the slash at its end there is." in client.get("/v1/model/").json()["detail"]
    assert client.get("/v1/nothing/").json()["detail"] == "There is nothing at /v1/nothing/."
