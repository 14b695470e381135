"""A stored verdict is computed again from its features, whatever the checks of the evidence had found."""

import json
from pathlib import Path

import pytest

from accounts.reading import read_documents
from detector.bundle import load, starter_path
from detector.screening import Detector
from serving.screening.records import new_verdicts, replay_verdict
from serving.store.verdict_rows import StoredVerdict

EXAMPLES = Path(__file__).parents[3] / "accounts" / "examples" / "creators.jsonl"


@pytest.fixture(scope="module")
def starter():
    return Detector(load(starter_path()))


def all_at_one_second(document):
    for post in document["posts"]:
        post["published_at"] = document["as_of"][:10] + "T00:00:01Z"


def another_accounts_followers(document):
    document["profile"]["followers"] = 7


@pytest.mark.parametrize(
    ("spoil", "check"),
    [(all_at_one_second, "collection_times"), (another_accounts_followers, "followers_against_history")],
)
def test_a_verdict_on_spoiled_evidence_replays_to_the_last_bit(starter, spoil, check):
    document = json.loads(EXAMPLES.read_text(encoding="utf-8").splitlines()[0])
    spoil(document)
    screened = starter.screen_batch(read_documents([document]).tables)
    (verdict,) = screened.verdicts
    assert check in {finding.check for finding in verdict.evidence.findings}
    assert verdict.label != "authentic"
    (new,) = new_verdicts(screened)
    stored = StoredVerdict(
        new.verdict_id, new.platform, new.level, new.model_sha256, new.catalogue, new.features, new.document
    )
    assert replay_verdict(starter, stored)["same"]
