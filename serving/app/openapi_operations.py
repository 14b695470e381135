"""What makes operations fit for generators of clients: a name, a tag, and an example of every body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from serving.app.openapi_examples import example_of, problem_example
from serving.http.problems import MEDIA_TYPE

__all__ = ["OPERATIONS", "TAGS", "described_paths"]

TAGS: Final = [
    {"name": "verdicts", "description": "Given, read, replayed, decided about."},
    {"name": "observations", "description": "What was seen of accounts, at which time."},
    {"name": "jobs", "description": "Many accounts in one file."},
    {"name": "accounts", "description": "What is stored of one."},
    {"name": "webhooks", "description": "Addresses that are told what happens."},
    {"name": "subjects", "description": "Accounts that are to be erased."},
    {"name": "about", "description": "The model, its drift, the features, the schemas."},
    {"name": "operation", "description": "For those who run the service."},
]

OPERATIONS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("/v1/verdicts", "post"): ("screenAccount", "verdicts"),
    ("/v1/verdicts", "get"): ("listVerdicts", "verdicts"),
    ("/v1/verdicts/batch", "post"): ("screenAccounts", "verdicts"),
    ("/v1/verdicts/{verdict_id}", "get"): ("getVerdict", "verdicts"),
    ("/v1/verdicts/{verdict_id}/report.html", "get"): ("getReportPage", "verdicts"),
    ("/v1/verdicts/{verdict_id}/report.pdf", "get"): ("getReport", "verdicts"),
    ("/v1/verdicts/{verdict_id}/report.pdf.sig", "get"): ("getReportSignature", "verdicts"),
    ("/v1/verdicts/{verdict_id}/report.html", "post"): ("writeReportPage", "verdicts"),
    ("/v1/verdicts/{verdict_id}/report.pdf", "post"): ("writeReport", "verdicts"),
    ("/v1/verdicts/{verdict_id}/report.pdf.sig", "post"): ("signReport", "verdicts"),
    ("/v1/verdicts/{verdict_id}/replay", "post"): ("replayVerdict", "verdicts"),
    ("/v1/verdicts/{verdict_id}/decisions", "get"): ("listDecisions", "verdicts"),
    ("/v1/verdicts/{verdict_id}/decisions", "post"): ("addDecision", "verdicts"),
    ("/v1/verdicts/{verdict_id}/audit", "get"): ("listAuditEntries", "verdicts"),
    ("/v1/observations", "post"): ("observeAccounts", "observations"),
    ("/v1/jobs", "post"): ("createJob", "jobs"),
    ("/v1/jobs", "get"): ("listJobs", "jobs"),
    ("/v1/jobs/{job_id}", "get"): ("getJob", "jobs"),
    ("/v1/jobs/{job_id}", "delete"): ("removeJob", "jobs"),
    ("/v1/jobs/{job_id}/cancel", "post"): ("cancelJob", "jobs"),
    ("/v1/jobs/{job_id}/results", "get"): ("downloadResults", "jobs"),
    ("/v1/labels", "get"): ("listLabels", "verdicts"),
    ("/v1/webhooks", "post"): ("addWebhook", "webhooks"),
    ("/v1/webhooks", "get"): ("listWebhooks", "webhooks"),
    ("/v1/webhooks/{webhook_id}", "delete"): ("removeWebhook", "webhooks"),
    ("/v1/webhooks/{webhook_id}/rotate", "post"): ("rotateWebhookSecret", "webhooks"),
    ("/v1/webhooks/{webhook_id}/test", "post"): ("testWebhook", "webhooks"),
    ("/v1/subjects", "get"): ("getSubject", "subjects"),
    ("/v1/subjects", "delete"): ("eraseSubject", "subjects"),
    ("/v1/subjects/{account_id}", "get"): ("getSubjectByPath", "subjects"),
    ("/v1/subjects/{account_id}", "delete"): ("eraseSubjectByPath", "subjects"),
    ("/v1/accounts", "get"): ("getAccount", "accounts"),
    ("/v1/accounts/{account_id}", "get"): ("getAccountByPath", "accounts"),
    ("/v1/model", "get"): ("getModel", "about"),
    ("/v1/drift", "get"): ("getDrift", "about"),
    ("/v1/features", "get"): ("listFeatures", "about"),
    ("/v1/schema", "get"): ("getSchemas", "about"),
    ("/v1/openapi.json", "get"): ("getOpenapi", "about"),
    ("/docs", "get"): ("getApiPage", "about"),
    ("/docs/problems", "get"): ("getProblemPage", "about"),
    ("/livez", "get"): ("getLiveness", "operation"),
    ("/readyz", "get"): ("getReadiness", "operation"),
    ("/metrics", "get"): ("getMetrics", "operation"),
}
"""The name and the tag of every operation: names of functions in generated clients, never changed."""


def described_paths(paths: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The paths with the name, the tag and the examples of every operation."""
    return {
        path: {method: described(path, method, operation, schemas) for method, operation in methods.items()}
        for path, methods in paths.items()
    }


def described(
    path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    """An operation with its name, its tag, and examples of its bodies."""
    name, tag = OPERATIONS[path, method]
    body = operation.get("requestBody")
    return {
        "operationId": name,
        "tags": [tag],
        **operation,
        **({"requestBody": body | {"content": with_examples(body["content"], schemas)}} if body else {}),
        "responses": {
            status: response_with_examples(status, response, schemas)
            for status, response in operation["responses"].items()
        },
    }


def response_with_examples(
    status: str, response: Mapping[str, Any], schemas: Mapping[str, Any]
) -> dict[str, Any]:
    """A response with an example of each of its bodies; a problem's is one of its status."""
    if "content" not in response:
        return dict(response)
    if MEDIA_TYPE in response["content"]:
        problem = response["content"][MEDIA_TYPE] | {"example": problem_example(int(status), response)}
        return {**response, "content": {MEDIA_TYPE: problem}}
    return {**response, "content": with_examples(response["content"], schemas)}


def with_examples(content: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """Bodies by media type, each with an example unless it is bytes of which none is shown."""
    return {
        media_type: body
        if body["schema"].get("format") == "binary" and "examples" not in body["schema"]
        else body | {"example": example_of(body["schema"], schemas, media_type)}
        for media_type, body in content.items()
    }
