"""Clients generated from openapi.json, by the generators that customers use, on the real service."""

import pytest

from benchmarks.free_port import free_port
from benchmarks.serving.generated_clients import GENERATORS, Target, accounts
from benchmarks.serving.servers import webhook_settings

CLIENTS = [
    pytest.param(
        generator,
        id=generator.name,
        marks=pytest.mark.skipif(
            not generator.is_installed, reason=f"{generator.name} is not installed: make generators"
        ),
    )
    for generator in GENERATORS
]
of_each_client = pytest.mark.parametrize("answers", CLIENTS, indirect=True)
of_the_python_client = pytest.mark.parametrize("answers", CLIENTS[:1], indirect=True)


@pytest.fixture(scope="module")
def webhook_port():
    return free_port()


@pytest.fixture(scope="module")
def variables(webhook_port):
    return webhook_settings(webhook_port)


@pytest.fixture(scope="module")
def answers(request, address, webhook_port, tmp_path_factory):
    """What the program of tests/clients was answered."""
    folder = tmp_path_factory.mktemp("client")
    return request.param.answers(Target(address, webhook_port), folder, accounts())


@of_each_client
def test_the_verdict_is_the_one_that_anybody_else_is_given(answers, client):
    verdict = client.post("/v1/verdicts", json=accounts()[0]).json()
    assert (answers["verdict_id"], answers["label"]) == (verdict["verdict_id"], verdict["label"])


@of_each_client
def test_a_decision_is_added_and_found_again(answers):
    assert answers["found"] == [answers["verdict_id"]]


@of_each_client
def test_a_refusal_is_a_problem_with_its_code_and_field(answers):
    assert (answers["status"], answers["code"], answers["field"]) == (422, "bad-input", "profile.followers")


@of_the_python_client
@pytest.mark.parametrize("way", ["batch", "results", "results_of_lines"])
def test_a_batch_and_jobs_give_the_same_labels(answers, client, way):
    labels = [client.post("/v1/verdicts", json=account).json()["label"] for account in accounts()]
    assert answers[way] == labels == ["authentic", "inflated"]


@of_the_python_client
def test_a_job_is_followed_to_its_end(answers):
    assert answers["job"] == "done"


@of_the_python_client
def test_what_is_stored_of_an_account_is_read(answers):
    assert answers["stored"] == 1 and answers["observed"] > 0


@of_the_python_client
def test_a_webhook_is_added_and_its_deliveries_are_read(answers):
    assert answers["tested"]
    assert answers["told_of_decision"] == [answers["verdict_id"], "confirmed"]
    assert answers["told_of_job"] == ["done", len(accounts())]
