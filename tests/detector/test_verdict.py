import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from detector.comments.quality import BoughtLike, CommentQuality, CommentShare
from detector.labels import Label
from detector.verdict import (
    AnnotationReading,
    AudienceShare,
    AudienceType,
    BlockEvidence,
    Evidence,
    Guarantee,
    ModelName,
    Reason,
    SignalReading,
    Verdict,
    VerdictBefore,
)
from detector.verdict_schema import render, verdict_schema
from detector.yardsticks import YardstickReading
from detector.yardsticks.declaration import YardstickOutcome
from features.declaration import Head

# The form, written out with an accused account in it.
EXAMPLE = """
{"schema": 1, "verdict_id": "9f", "account_id": "yt:UC42", "platform": "youtube",
 "as_of": "2026-11-01T00:00:00Z",
 "label": "inflated", "labels_over_threshold": ["inflated"],
 "signals": [{"name": "followers_flow", "label": "inflated", "probability": 0.97, "p_value": 0.0001,
              "over": true, "suspicion": 0.93, "added_share": 0.45, "interval": [0.3, 0.6],
              "base": -0.9, "rest": 0.4},
             {"name": "rhythm", "label": "automated", "probability": 0.04, "p_value": 0.7, "over": false,
              "suspicion": 0.02, "added_share": null, "interval": null, "base": null, "rest": null}],
 "authenticity_score": 7,
 "probabilities": {"inflated": 0.93, "automated": 0.04}, "suspicion": 0.93, "authentic_p_value": 0.0008,
 "guarantee": {"alpha": 0.01, "confidence": 0.95, "threshold": 0.81, "calibration_accounts": 2000,
               "calibrated_on": "simulated", "evidence_level": "profile+posts30+history90",
               "clears_at_or_below": 0.4, "reviews_above": 0.6},
 "evidence": {"blocks": {"posts": {"present": true, "n": 30}, "comments": {"present": false, "n": 0}},
              "unseen": ["comments", "audience"], "strange": [], "families": ["growth", "engagement"],
              "expected_recall": 0.88, "send_next": "comments", "findings": [],
              "sources": []},
 "reasons": [{"feature": "follower_spike_share", "family": "growth", "head": "inflated",
              "signal": "followers_flow", "value": 0.62, "unit": "share", "typical": [0.04, 0.21],
              "typical_of": "simulated creators", "typical_source": null, "percentile": 99.6,
              "contribution": 1.9,
              "sentence": "62 % of its new followers came in one week, against 4-21 % for its peers",
              "rows": [{"date": "2026-08-03", "followers": 21400, "gained": 9800}]}],
 "counter_reasons": [],
 "caveats": ["An attack looks the same."],
 "yardsticks": [{"name": "jump", "signal": "followers_flow", "value": "83 %", "usual": "at most 10 %",
                 "source": "measured", "outcome": "far out", "sentence": "It gained 83 % in one day.",
                 "rows": [{"date": "2026-08-03", "followers": 21400}]}],
 "comments": {"read": 80,
              "promotion": {"n": 2, "share": 0.025, "interval": [0.003, 0.087]},
              "generic": {"n": 60, "share": 0.75, "interval": [0.641, 0.84]},
              "template": {"n": 0, "share": 0.0, "interval": [0.0, 0.045]},
              "bought_like": {"same_authors": 40, "same_texts": 50, "same_minutes": 3, "n": 38},
              "any_kind": null},
 "audience": {"sampled": 500, "fake_share": 0.31, "interval": [0.26, 0.36],
              "types": {"suspicious": {"share": 0.31, "interval": [0.26, 0.36]},
                        "people": {"share": 0.69, "interval": [0.64, 0.74]}}},
 "annotations": [{"kind": "giveaway", "from": "2026-08-03", "to": "2026-08-04", "note": null, "link": null,
                  "who": "Jo", "when": "2026-09-01T10:00:00Z", "days": 2, "gained": 9800,
                  "before": {"label": "inflated", "authenticity_score": 7}}],
 "model": {"version": "1", "sha256": "ab", "catalogue": "1", "trained_on": ["simulated"]}}
"""


def make_verdict():
    reason = Reason(
        feature="follower_spike_share",
        family="growth",
        head=Head.INFLATED,
        signal="followers_flow",
        value=0.62,
        unit="share",
        typical=(0.04, 0.21),
        typical_of="simulated creators",
        percentile=99.6,
        contribution=1.9,
        sentence="62 % of its new followers came in one week, against 4-21 % for its peers",
        rows=({"date": "2026-08-03", "followers": 21400, "gained": 9800},),
    )
    return Verdict(
        verdict_id="9f",
        account_id="yt:UC42",
        platform="youtube",
        as_of="2026-11-01T00:00:00Z",
        label=Label.INFLATED,
        labels_over_threshold=(Label.INFLATED,),
        signals=(
            SignalReading(
                name="followers_flow",
                label=Head.INFLATED,
                probability=0.97,
                p_value=0.0001,
                over=True,
                suspicion=0.93,
                added_share=0.45,
                interval=(0.3, 0.6),
                base=-0.9,
                rest=0.4,
            ),
            SignalReading(
                name="rhythm", label=Head.AUTOMATED, probability=0.04, p_value=0.7, over=False, suspicion=0.02
            ),
        ),
        probabilities={Head.INFLATED: 0.93, Head.AUTOMATED: 0.04},
        suspicion=0.93,
        authentic_p_value=0.0008,
        guarantee=Guarantee(
            alpha=0.01,
            confidence=0.95,
            threshold=0.81,
            calibration_accounts=2000,
            calibrated_on="simulated",
            evidence_level="profile+posts30+history90",
            clears_at_or_below=0.4,
            reviews_above=0.6,
        ),
        evidence=Evidence(
            blocks={
                "posts": BlockEvidence(present=True, n=30),
                "comments": BlockEvidence(present=False, n=0),
            },
            unseen=("comments", "audience"),
            strange=(),
            families=("growth", "engagement"),
            expected_recall=0.88,
            send_next="comments",
        ),
        reasons=(reason,),
        counter_reasons=(),
        caveats=("An attack looks the same.",),
        yardsticks=(
            YardstickReading(
                name="jump",
                signal="followers_flow",
                value="83 %",
                usual="at most 10 %",
                source="measured",
                outcome=YardstickOutcome.FAR_OUT,
                sentence="It gained 83 % in one day.",
                rows=({"date": "2026-08-03", "followers": 21400},),
            ),
        ),
        comments=CommentQuality(
            read=80,
            promotion=CommentShare(n=2, share=0.025, interval=(0.003, 0.087)),
            generic=CommentShare(n=60, share=0.75, interval=(0.641, 0.84)),
            template=CommentShare(n=0, share=0.0, interval=(0.0, 0.045)),
            bought_like=BoughtLike(same_authors=40, same_texts=50, same_minutes=3, n=38),
        ),
        audience=AudienceShare(
            sampled=500,
            fake_share=0.31,
            interval=(0.26, 0.36),
            types={
                "suspicious": AudienceType(share=0.31, interval=(0.26, 0.36)),
                "people": AudienceType(share=0.69, interval=(0.64, 0.74)),
            },
        ),
        annotations=(
            AnnotationReading(
                kind="giveaway",
                from_="2026-08-03",
                to="2026-08-04",
                note=None,
                link=None,
                who="Jo",
                when="2026-09-01T10:00:00Z",
                days=2,
                gained=9800,
                before=VerdictBefore(label=Label.INFLATED, authenticity_score=7),
            ),
        ),
        model=ModelName(version="1", sha256="ab", catalogue="1", trained_on=("simulated",)),
    )


def test_the_dictionary_is_the_design_s_example_key_by_key():
    # Compared as text: the order of the keys counts as well.
    assert json.dumps(make_verdict().to_dict()) == json.dumps(json.loads(EXAMPLE))


def test_the_example_satisfies_the_schema():
    validator = jsonschema.Draft202012Validator(verdict_schema())
    validator.check_schema(verdict_schema())
    validator.validate(json.loads(EXAMPLE))
    validator.validate(make_verdict().to_dict())


def test_an_account_with_nothing_to_judge_satisfies_the_schema():
    nothing = replace(
        make_verdict(),
        label=Label.INSUFFICIENT,
        labels_over_threshold=(),
        probabilities={Head.INFLATED: None, Head.AUTOMATED: None},
        signals=(),
        suspicion=None,
        authentic_p_value=None,
        guarantee=replace(make_verdict().guarantee, threshold=None, calibration_accounts=0),
        evidence=replace(make_verdict().evidence, expected_recall=None, send_next=None),
        reasons=(
            replace(make_verdict().reasons[0], typical=None, typical_of=None, percentile=None, rows=()),
        ),
        yardsticks=(),
        comments=None,
        audience=None,
    )
    assert nothing.authenticity_score is None
    jsonschema.validate(nothing.to_dict(), verdict_schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("label",), "fraud"),
        (("schema",), 2),
        (("as_of",), "2026-11-01T00:00:00+01:00"),
        (("suspicion",), -1),
        (("authenticity_score",), 101),
        (("probabilities", "inflated"), "0.9"),
        (("reasons", 0, "value"), None),
        (("reasons", 0, "typical"), [0.1]),
        (("reasons", 0, "signal"), None),
        (("signals", 0, "p_value"), 1.5),
        (("signals", 0, "over"), 1),
        (("signals", 0, "label"), "authentic"),
        (("signals", 0, "interval"), [0.1]),
        (("signals", 0, "added_share"), -0.1),
        (("yardsticks", 0, "outcome"), "guilty"),
        (("evidence", "blocks", "posts", "n"), 1.5),
        (("guarantee", "surprise"), 1),
    ],
)
def test_the_schema_refuses(path, value):
    broken = make_verdict().to_dict()
    *way, last = path
    inner = broken
    for step in way:
        inner = inner[step]
    inner[last] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, verdict_schema())


def test_the_schema_misses_no_key():
    for key in make_verdict().to_dict():
        broken = make_verdict().to_dict()
        del broken[key]
        with pytest.raises(jsonschema.ValidationError, match=key):
            jsonschema.validate(broken, verdict_schema())


def test_the_page_is_up_to_date():
    page = Path(__file__).parents[2] / "docs" / "verdict.schema.json"
    assert page.read_text(encoding="utf-8") == render(), "write detector.verdict_schema.render() to it"


def scored(label, suspicion):
    return replace(make_verdict(), label=label, suspicion=suspicion).to_dict()["authenticity_score"]


@pytest.mark.parametrize(("suspicion", "score"), [(0.0, 100), (1.0, 0), (0.93, 7), (0.004, 100), (0.499, 50)])
def test_the_score_is_what_suspicion_leaves(suspicion, score):
    assert scored(Label.INSUFFICIENT, suspicion) == score


@pytest.mark.parametrize("label", Label)
def test_a_score_never_contradicts_its_label(label):
    scores = [scored(label, suspicion) for suspicion in np.linspace(0, 1, 401).tolist()]
    assert scores == sorted(scores, reverse=True)
    if label is Label.AUTHENTIC:
        assert (min(scores), max(scores)) == (50, 100)
    elif label is Label.INSUFFICIENT:
        assert (min(scores), max(scores)) == (0, 100)
    else:
        assert (min(scores), max(scores)) == (0, 49)
    assert scored(label, None) is None


@pytest.mark.parametrize("label", Label)
def test_within_its_part_of_the_scale_the_score_is_what_suspicion_leaves(label):
    for suspicion in (0.2, 0.6, 0.9):
        plain = round(100 * (1 - suspicion))
        assert scored(label, suspicion) in {plain, 49, 50}
    assert scored(label, 0.6 if label is not Label.AUTHENTIC else 0.2) in {40, 80}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.int64(3), object(), b"x"])
def test_what_has_no_place_in_json_is_refused_by_name(value):
    reason = replace(make_verdict().reasons[0], rows=({"gained": value},))
    with pytest.raises(ValueError, match=r"gained"):
        replace(make_verdict(), reasons=(reason,)).to_dict()


def test_the_line_says_what_the_dictionary_says():
    line = make_verdict().to_json()
    assert line.isascii()
    assert line == json.dumps(make_verdict().to_dict())


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.int64(3), object(), b"x"])
def test_what_has_no_place_in_json_is_in_no_line(value):
    reason = replace(make_verdict().reasons[0], rows=({"gained": value},))
    with pytest.raises(ValueError, match="JSON"):
        replace(make_verdict(), reasons=(reason,)).to_json()


def test_numpy_floats_are_floats():
    plain = replace(make_verdict(), suspicion=np.float64(0.25)).to_dict()["suspicion"]
    assert type(plain) is float


def test_results_are_frozen():
    with pytest.raises(FrozenInstanceError):
        make_verdict().label = "authentic"
