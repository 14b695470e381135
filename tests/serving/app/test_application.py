import asyncio
import shutil

import httpx
import pytest

from detector.bundle import starter_path
from serving.app.application import make_app
from serving.app.openapi import openapi
from serving.settings import Settings


@pytest.fixture(params=["missing", "changed"])
def unusable(request, tmp_path):
    model = tmp_path / "model"
    if request.param == "changed":
        shutil.copytree(starter_path(), model)
        (model / "likes.txt").write_text("tree\n")
    return make_app(Settings(model=model, home=tmp_path, no_auth=True, store_verdicts=False))


def ask(app, method, path):
    async def send_request():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path)

    return asyncio.run(send_request())


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/readyz"), ("GET", "/v1/model"), ("POST", "/v1/verdicts")]
)
def test_without_a_model_it_says_so(unusable, method, path):
    answer = ask(unusable, method, path)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "bundle" in answer.json()["detail"]


def test_every_route_is_described(tmp_path):
    routes = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False)).routes
    routes = [route for route in routes if route.path != "/"]  # the desk is for people
    served = {(route.path_format, method.lower()) for route in routes for method in route.methods - {"HEAD"}}
    described = {(path, method) for path, methods in openapi()["paths"].items() for method in methods}
    assert served == described


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/verdicts/"), ("GET", "/livez/")])
def test_a_slash_too_many_is_another_path(unusable, method, path):
    answer = ask(unusable, method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    detail = f"There is nothing at {path}. Without the slash at its end there is."
    assert answer.json()["detail"] == detail


def test_without_a_model_it_is_alive(unusable):
    assert ask(unusable, "GET", "/livez").status_code == 200


def test_a_bug_is_a_problem_that_tells_nothing(tmp_path):
    app = make_app(Settings(home=tmp_path, no_auth=True, store_verdicts=False))
    app.state.screening = object()
    answer = ask(app, "GET", "/readyz")
    assert answer.status_code == 500
    assert "log" in answer.json()["detail"]
