import json
from dataclasses import replace

import polars as pl
import pytest

from accounts.examples import creators_path
from accounts.reading import read_document
from accounts.tables import Tables
from detector.labels import Explain, Label
from detector.locate import open_detector
from detector.verdict import VerdictBefore
from serving.screening.records import doubts_of_document

JUMP = 100


def creator(jump=1.0, annotations=()):
    """An authentic creator, with a jump on the hundredth of its days."""
    (line,) = [line for line in creators_path().read_text().splitlines() if "everyday-creator" in line]
    document = json.loads(line)
    for row in document["history"][JUMP:]:
        row["followers"] = round(row["followers"] * jump)
    document["profile"]["followers"] = round(document["profile"]["followers"] * jump)
    days = [row["date"] for row in document["history"]]
    dated = [one | {"from": days[one["from"]], "to": days[one["to"]]} for one in annotations]
    return read_document(document | {"annotations": dated})


def annotation(first, last=None, **more):
    """A giveaway between two days, which are rows of the history."""
    return {"kind": "giveaway", "who": "Jo", "from": first, "to": last or first, **more}


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    return open_detector(None, tmp_path_factory.mktemp("home"))


def judge(detector, tables):
    return detector.screen(tables, explain=Explain.ALL)[0]


def test_without_annotations_a_verdict_is_as_it_was(starter):
    assert judge(starter, creator()).annotations == ()


def test_an_explained_jump_is_judged_again_and_says_what_was_before(starter):
    before = judge(starter, creator(1.4))
    after = judge(starter, creator(1.4, [annotation(JUMP, note="500 phones")]))
    (one,) = after.annotations
    assert one.before == VerdictBefore(label=before.label, authenticity_score=before.authenticity_score)
    assert (one.who, one.note, one.days) == ("Jo", "500 phones", 1)
    assert one.gained == pytest.approx(0.4 * 285_500, rel=0.01)
    assert after.suspicion < before.suspicion
    assert any(found.check == "explained_windows" for found in after.evidence.findings)
    assert after.verdict_id != before.verdict_id


def test_each_annotation_says_what_the_ones_before_it_had_left(starter):
    first, second = annotation(JUMP, when="2026-10-02T00:00:00Z"), annotation(150, who="Mia")
    after = judge(starter, creator(1.4, [second, first]))
    alone = judge(starter, creator(1.4, [first]))
    assert [one.who for one in after.annotations] == ["Jo", "Mia"]
    assert after.annotations[0].before == alone.annotations[0].before
    assert after.annotations[1].before.authenticity_score == alone.authenticity_score


def test_signals_that_do_not_read_the_history_stay_the_same(starter):
    before, after = (judge(starter, creator(1.4, many)) for many in ((), [annotation(JUMP)]))
    growth = {"followers_flow", "inflation", "rhythm"}
    plain, annotated = (
        {one.name: one.p_value for one in verdict.signals if one.name not in growth}
        for verdict in (before, after)
    )
    assert plain == annotated
    assert plain


def test_over_a_third_explained_nobody_is_authentic(starter):
    assert judge(starter, creator()).label is Label.AUTHENTIC
    whole = judge(starter, creator(1.0, [annotation(1, 90)]))
    assert whole.label in (Label.REVIEW, Label.INSUFFICIENT)
    assert whole.annotations[0].before.label is Label.AUTHENTIC


def test_a_replay_knows_that_the_annotations_bar_clearing(starter):
    document = judge(starter, creator(1.0, [annotation(1, 90)])).to_dict()
    doubts = doubts_of_document(document)
    assert doubts.doubtful
    assert not doubts.contradictory


def test_alone_as_in_the_batch(starter):
    annotated = creator(1.4, [annotation(JUMP)])
    other = creator(3.0).map(lambda _, frame: frame.with_columns(account_id=pl.lit("b", pl.String)))
    together = starter.screen(Tables.concat([other, annotated]), explain=Explain.ALL)
    assert together[1] == judge(starter, annotated)
    assert together[0].annotations == ()


def test_what_people_say_is_part_of_what_the_verdict_is_of(starter):
    plain, noted = (judge(starter, creator(1.4, [annotation(JUMP, note=note)])) for note in (None, "phones"))
    assert plain.verdict_id != noted.verdict_id
    assert plain.label is noted.label
    bare = replace(creator(1.4), annotations=Tables.of().annotations)
    assert judge(starter, bare).verdict_id == judge(starter, creator(1.4)).verdict_id
