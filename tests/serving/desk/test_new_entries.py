import json

import pytest

from accounts.examples import creators_path
from accounts.reading import read_document
from detector.labels import Explain, Label
from reporting.first_reason import what_would_help
from reporting.presentation import present
from serving.desk.new_entries import sentence_for

DOCUMENTS = [json.loads(line) for line in creators_path().read_text().splitlines()]
UNACCUSED = (Label.AUTHENTIC, Label.INSUFFICIENT)


@pytest.fixture(scope="module")
def judged(detector):
    """Each example creator, whole and without some of its evidence: its document and its verdict's."""
    documents = [
        {name: value for name, value in document.items() if name not in left_out}
        for document in DOCUMENTS
        for left_out in ((), ("comments",), ("posts", "comments"))
    ]
    return [
        (document, detector.screen(read_document(document), explain=Explain.ALL)[0].to_dict())
        for document in documents
    ]


def test_of_an_unaccused_creator_the_queue_names_a_part_that_its_page_calls_unusual_or_none(judged):
    seen = set()
    for document, verdict in judged:
        shown = present(verdict)
        if shown.label not in UNACCUSED:
            continue
        unusual = [part for part in shown.parts if part.state in ("out", "far out")]
        sentence = sentence_for(verdict, document)
        named = [part for part in unusual if f"{part.title} is {part.state_name}: " in sentence]
        assert bool(named) is bool(unusual), sentence
        seen.add((shown.label, bool(unusual)))
    assert {(Label.AUTHENTIC, False), (Label.INSUFFICIENT, False)} <= seen
    assert (Label.AUTHENTIC, True) in seen or (Label.INSUFFICIENT, True) in seen


def test_where_evidence_lacks_the_queue_says_first_what_would_help(judged):
    lacking = [pair for pair in judged if pair[1]["label"] == Label.INSUFFICIENT]
    assert lacking
    for document, verdict in lacking:
        sentence = sentence_for(verdict, document)
        helps = what_would_help(sentence)
        assert helps
        assert sentence.startswith(helps)


def test_where_no_kind_of_evidence_is_absent_newer_evidence_is_asked_for(judged):
    document, verdict = next(pair for pair in judged if pair[1]["label"] == Label.INSUFFICIENT)
    none_absent = verdict | {"evidence": verdict["evidence"] | {"send_next": None}}
    asked = "Newer evidence of the same kinds would help most."
    assert what_would_help(sentence_for(none_absent, document)) == asked
    nobody_cleared = none_absent | {"guarantee": verdict["guarantee"] | {"clears_at_or_below": None}}
    assert what_would_help(sentence_for(nobody_cleared, document)) == ""


def test_of_an_accused_creator_the_first_number_outside_of_what_is_usual_is_named(judged):
    accused = [pair for pair in judged if pair[1]["label"] in (Label.INFLATED, Label.AUTOMATED)]
    assert accused
    for document, verdict in accused:
        texts = present(verdict, read_document(document)).reasons
        outside = next((one for one in texts if one.outside), texts[0])
        figures = sentence_for(verdict, document).split()[:3]
        assert outside.sentence.split()[:3] == figures
