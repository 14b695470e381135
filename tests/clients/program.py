"""What a customer's program does with the client that openapi-python-client generates.

Takes the service's address, the port at which it listens for deliveries, and account documents as JSON
Lines on standard input; prints what it was answered as JSON.
"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from queue import Queue

from assay_client import Client
from assay_client import models as m
from assay_client.api.accounts import get_account
from assay_client.api.jobs import create_job, download_results, get_job
from assay_client.api.observations import observe_accounts
from assay_client.api.verdicts import add_decision, list_verdicts, screen_account, screen_accounts
from assay_client.api.webhooks import add_webhook, remove_webhook, test_webhook
from assay_client.types import File

DELIVERIES = {
    "decision.made": m.DecisionMadeDelivery,
    "job.ended": m.JobEndedDelivery,
    "webhook.test": m.WebhookTestedDelivery,
}
ENDS = ("done", "failed", "cancelled")

url, port = sys.argv[1], int(sys.argv[2])
documents = [json.loads(line) for line in sys.stdin]
accounts = [m.Account.from_dict(document) for document in documents]
assert [account.to_dict() for account in accounts] == documents
client = Client(base_url=url, raise_on_unexpected_status=True, timeout=300)
received = Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        received.put(DELIVERIES[body["type"]].from_dict(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Nothing."""


def wait_for_job(job_id):
    while (job := get_job.sync(client=client, job_id=job_id)).state not in ENDS:
        time.sleep(0.1)
    return job


def results_of(body):
    """The state of a job, and the labels of its results."""
    job = wait_for_job(create_job.sync(client=client, body=body).job_id)
    lines = download_results.sync(client=client, job_id=job.job_id).payload.read().splitlines()
    return job.state, [m.Verdict.from_dict(json.loads(line)).label for line in lines]


with HTTPServer(("127.0.0.1", port), Receiver) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    webhook = add_webhook.sync(client=client, body=m.AddWebhookBody(url=f"http://127.0.0.1:{port}/hook"))
    tested = test_webhook.sync(client=client, webhook_id=webhook.webhook_id)

    verdict = screen_account.sync(client=client, body=accounts[0])
    decision = m.Decision(outcome=m.DecisionOutcome.CONFIRMED, by="Jo", reason="seen")
    add_decision.sync(client=client, verdict_id=verdict.verdict_id, body=decision)
    page = list_verdicts.sync(
        client=client, account_id=verdict.account_id, decision=m.ListVerdictsDecision.CONFIRMED
    )

    impossible = m.Account.from_dict(documents[0] | {"profile": documents[0]["profile"] | {"followers": -4}})
    refusal = screen_account.sync_detailed(client=client, body=impossible)

    state, labels = results_of(accounts)
    _, labels_of_lines = results_of(File(BytesIO("\n".join(map(json.dumps, documents)).encode())))
    told = {}
    while told.keys() != DELIVERIES.keys():
        delivery = received.get(timeout=300)
        told[delivery.type_] = delivery.data
    remove_webhook.sync_detailed(client=client, webhook_id=webhook.webhook_id)
    server.shutdown()

print(
    json.dumps(
        {
            "verdict_id": verdict.verdict_id,
            "label": verdict.label,
            "found": [summary.verdict_id for summary in page.verdicts],
            "stored": get_account.sync(client=client, account_id=verdict.account_id).verdicts.count,
            "status": refusal.status_code,
            "code": refusal.parsed.code,
            "field": refusal.parsed.errors[0].field,
            "batch": [entry.label for entry in screen_accounts.sync(client=client, body=accounts).verdicts],
            "observed": observe_accounts.sync(client=client, body=accounts).new,
            "job": state,
            "results": labels,
            "results_of_lines": labels_of_lines,
            "tested": tested.delivered,
            "told_of_decision": [told["decision.made"].verdict_id, told["decision.made"].outcome],
            "told_of_job": [told["job.ended"].state, told["job.ended"].done],
        }
    )
)
