import json

import pytest

from accounts.examples import creators_path
from accounts.reading import read_document
from detector.labels import Explain
from detector.locate import open_detector
from reporting.differences import verdict_differences


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    starter = open_detector(None, tmp_path_factory.mktemp("home"))
    (line,) = [line for line in creators_path().read_text().splitlines() if "burst-of" in line]

    def judge(**parts):
        tables = read_document(json.loads(line) | {"audience": []} | parts)
        return starter.screen(tables, explain=Explain.ALL)[0].to_dict()

    return judge


def kinds(before, after):
    return [one.kind for one in verdict_differences(before, after)]


def test_a_verdict_does_not_differ_from_itself(judged):
    assert verdict_differences(judged(), judged()) == ()


def test_an_annotation_is_named_with_what_it_changed(judged):
    annotation = {"kind": "press", "from": "2025-10-02", "to": "2025-10-14", "who": "Jo <b>"}
    found = verdict_differences(judged(), judged(annotations=[annotation]))
    assert found[0].kind == "label"
    sentences = [one.sentence for one in found if one.kind == "annotation"]
    assert sentences == ["New: Jo <b> explains 2 to 14 October 2025 as press."]
    back = verdict_differences(judged(annotations=[annotation]), judged())
    assert any(one.sentence.startswith("No longer there") for one in back)


def test_less_evidence_is_counted(judged):
    found = verdict_differences(judged(), judged(comments=[]))
    assert any(one.kind == "evidence" and "0 comments instead of" in one.sentence for one in found)


def test_another_model_and_another_day_are_named(judged):
    before = judged()
    after = before | {"model": before["model"] | {"sha256": "ff", "version": "next"}, "as_of": "2027-01-01"}
    assert kinds(before, after) == ["evidence", "model"]


def test_a_verdict_of_before_there_were_annotations_can_be_compared(judged):
    before = judged()
    older = {name: value for name, value in before.items() if name != "annotations"}
    assert verdict_differences(older, before) == ()


def test_reasons_that_come_and_go_are_named(judged):
    before = judged()
    after = before | {"reasons": before["reasons"][1:]}
    assert kinds(before, after) == ["reason"]
    assert kinds(after, before) == ["reason"]
