import json

import pytest

from accounts.examples import creators_path
from accounts.reading import read_document
from detector.labels import Explain, Label
from detector.locate import open_detector
from reporting.presentation import present
from reporting.turning import what_would_turn

DOCUMENTS = {
    document["account_id"].removeprefix("example:"): document
    for document in map(json.loads, creators_path().read_text().splitlines())
}


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    return open_detector(None, tmp_path_factory.mktemp("home"))


def turned(starter, name, **parts):
    tables = read_document(DOCUMENTS[name] | parts)
    (verdict,) = starter.screen(tables, explain=Explain.ALL)
    return verdict, what_would_turn(starter, verdict.to_dict(), tables), tables


def test_every_change_is_judged_as_the_detector_judges_that_account(starter):
    _, found, tables = turned(starter, "auto-refill")
    without = next(one for one in found.tried if one.name == "without_audience")
    (verdict,) = starter.screen(
        tables.map(lambda name, frame: frame.clear() if name == "audience" else frame)
    )
    assert (without.label, without.score) == (verdict.label, verdict.authenticity_score)


def test_an_explained_jump_is_judged_as_its_annotation_is(starter):
    _, found, _ = turned(starter, "auto-refill")
    jump = next(one for one in found.tried if one.name == "explained_jump")
    annotation = {"kind": "press", "from": "2025-11-05", "to": "2025-11-21", "who": "Jo"}
    (verdict,) = starter.screen(read_document(DOCUMENTS["auto-refill"] | {"annotations": [annotation]}))
    assert (jump.label, jump.score) == (verdict.label, verdict.authenticity_score)
    assert "4 to 21 November 2025" in jump.condition


def test_the_sentence_names_the_smallest_change_that_turns(starter):
    verdict, found, _ = turned(starter, "auto-refill")
    nearest = next(one for one in found.tried if one.turns)
    assert [one.size for one in found.tried] == sorted(one.size for one in found.tried)
    assert all(one.turns is (one.label is not verdict.label) for one in found.tried)
    assert nearest.condition in found.sentence
    assert nearest.label_name in found.sentence


def test_where_nothing_turns_it_says_so(starter):
    _, found, _ = turned(starter, "everyday-creator")
    assert found.sentence.startswith(f"None of {len(found.tried)} changes")


def test_a_jump_that_is_explained_is_not_explained_again(starter):
    annotation = {
        "kind": "press",
        "from": "2025-01-01",
        "to": DOCUMENTS["auto-refill"]["as_of"][:10],
        "who": "Jo",
    }
    _, found, _ = turned(starter, "auto-refill", annotations=[annotation])
    assert "explained_jump" not in {one.name for one in found.tried}


def test_an_account_without_evidence_cannot_be_turned(starter):
    document = {"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    tables = read_document(document)
    (verdict,) = starter.screen(tables, explain=Explain.ALL)
    assert verdict.label is Label.INSUFFICIENT
    assert what_would_turn(starter, verdict.to_dict(), tables).tried == ()


def test_one_comment_and_one_change_are_in_the_singular(starter):
    comment = {
        "published_at": "2025-11-01T10:00:00Z",
        "post_id": "p",
        "text": "What a lovely picture of the sea",
    }
    _, found, _ = turned(
        starter, "everyday-creator", comments=[comment | {"author_id": author} for author in "ab"]
    )
    conditions = [one.condition for one in found.tried]
    assert "a comment that repeats another one's text was not there" in conditions
    _, found, _ = turned(starter, "everyday-creator", comments=[], history=[], audience=[], profile={})
    assert [one.turns for one in found.tried] == [False]
    assert found.sentence == "The one change that was tried would not give another verdict."


def test_the_jump_that_was_explained_is_one_of_the_page(starter):
    tables = read_document(DOCUMENTS["auto-refill"])
    (verdict,) = starter.screen(tables, explain=Explain.ALL)
    found = what_would_turn(starter, verdict.to_dict(), tables)
    shown = present(verdict.to_dict(), tables)
    largest = max(shown.growth.jumps, key=lambda one: abs(one.gained))
    jump = next(one for one in found.tried if one.name == "explained_jump")
    days = shown.numbers.days(largest.start, largest.end)
    assert f"{shown.numbers.count(largest.gained)} followers from {days} was explained" in jump.condition
