import json

import pytest

from detector.labels import Label
from serving.store.store import open_store
from serving.store.verdict_rows import NewVerdict, TenantVerdict


@pytest.fixture
def store(settings):
    opened = open_store(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def entry():
    """Makes a verdict to be kept."""

    def make(verdict_id="v1", tenant="default", account_id="yt:UC42", document='{"label":"review"}'):
        features = b"\x00\x00\x00\x00\x00\x00\xf8\x7f"
        read = json.loads(document)
        label = Label(read["label"]) if "label" in read else Label.AUTHENTIC
        rest = ("youtube", label, "profile", "a" * 64, "1.0", features, document)
        verdict = NewVerdict(verdict_id, account_id, *rest)
        return TenantVerdict(tenant, "key:abc", verdict)

    return make
