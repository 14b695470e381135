import json

import pandas as pd
import pytest

from accounts.document import to_documents
from accounts.errors import BadInput
from detector.bundle import save
from detector.pyfunc import MlflowDetector, _load_pyfunc


@pytest.fixture(scope="module")
def documents(creators):
    some = creators.select(creators.accounts["account_id"].to_list()[:30])
    return pd.DataFrame({"document": [json.dumps(document) for document in to_documents(some)]})


def test_a_saved_bundle_says_what_the_detector_says(detector, creators, documents, tmp_path):
    save(detector.bundle, tmp_path / "bundle")
    found = _load_pyfunc(str(tmp_path / "bundle")).predict(documents)
    wanted = detector.screen(creators)[: len(documents)]
    assert [json.loads(text) for text in found["verdict"]] == [verdict.to_dict() for verdict in wanted]
    assert found["account_id"].tolist() == [verdict.account_id for verdict in wanted]
    assert found["label"].tolist() == [verdict.label.value for verdict in wanted]
    assert list(found.columns) == ["account_id", "label", "suspicion", "inflated", "automated", "verdict"]
    for name in ("inflated", "automated"):
        probabilities = pd.Series([verdict.probabilities[name] for verdict in wanted], dtype=float, name=name)
        pd.testing.assert_series_equal(found[name].astype(float), probabilities, check_exact=True)


def test_a_document_that_breaks_a_rule_is_named_by_its_row(detector, documents):
    broken = documents.copy()
    broken.loc[3, "document"] = broken.loc[3, "document"].replace('"schema": 1', '"schema": 1, "colour": 2')
    with pytest.raises(BadInput, match="colour") as caught:
        MlflowDetector(detector).predict(broken)
    assert "4" in str(caught.value) or "[3]" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"account_id": "a"}'])
def test_what_is_no_document_is_refused(detector, text):
    with pytest.raises(BadInput):
        MlflowDetector(detector).predict(pd.DataFrame({"document": [text]}))


def test_no_parameter_is_known(detector, documents):
    assert len(MlflowDetector(detector).predict(documents, params={})) == len(documents)
    with pytest.raises(ValueError, match="alpha"):
        MlflowDetector(detector).predict(documents, params={"alpha": 0.5})


def test_nothing_in_nothing_out(detector):
    assert MlflowDetector(detector).predict(pd.DataFrame({"document": []})).empty
