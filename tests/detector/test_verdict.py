import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from detector.verdict import (
    AudienceShare,
    BlockEvidence,
    Evidence,
    Guarantee,
    ModelName,
    Reason,
    Verdict,
)
from detector.verdict_schema import render, verdict_schema
from detector.words import Label
from features.declaration import Head

# The form, written out with an accused account in it.
EXAMPLE = """
{"schema": 1, "verdict_id": "9f", "account_id": "yt:UC42", "platform": "youtube",
 "as_of": "2026-11-01T00:00:00Z",
 "label": "inflated", "labels_over_threshold": ["inflated"],
 "signals": [{"name": "followers_flow", "label": "inflated", "probability": 0.97, "p_value": 0.0001, "over": true,
              "added_share": 0.45, "interval": [0.3, 0.6]},
             {"name": "rhythm", "label": "automated", "probability": 0.04, "p_value": 0.7, "over": false,
              "added_share": null, "interval": null}],
 "authenticity_score": 7,
 "probabilities": {"inflated": 0.93, "automated": 0.04}, "suspicion": 0.93, "authentic_p_value": 0.0008,
 "guarantee": {"alpha": 0.01, "confidence": 0.95, "threshold": 0.81, "calibration_accounts": 2000,
               "calibrated_on": "simulated", "evidence_level": "profile+posts30+history90"},
 "evidence": {"blocks": {"posts": {"present": true, "n": 30}, "comments": {"present": false, "n": 0}},
              "unseen": ["comments", "audience"], "strange": [], "families": ["growth", "engagement"],
              "expected_recall": 0.88, "send_next": "comments"},
 "reasons": [{"feature": "follower_spike_share", "family": "growth", "head": "inflated",
              "signal": "followers_flow", "value": 0.62, "unit": "share", "typical": [0.04, 0.21],
              "typical_of": "simulated creators", "percentile": 99.6, "contribution": 1.9,
              "sentence": "62 % of its new followers came in one week, against 4-21 % for its peers",
              "rows": [{"date": "2026-08-03", "followers": 21400, "gained": 9800}]}],
 "counter_reasons": [],
 "yardsticks": [{"name": "jump", "title": "Followers gained at once", "value": 0.83, "unit": "ratio", "usual": [null, 0.1],
                 "outcome": "outside", "sentence": "It gained 83 % in one day.", "rows": [], "source": "measured"}],
 "audience": {"sampled": 500, "fake_share": 0.31, "interval": [0.26, 0.36]},
 "model": {"version": "1", "sha256": "ab", "catalogue": "1", "trained_on": ["simulated"]}}
"""


def make_verdict():
    reason = Reason(
        feature="follower_spike_share",
        family="growth",
        head=Head.INFLATED,
        value=0.62,
        unit="share",
        typical=(0.04, 0.21),
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
        audience=AudienceShare(sampled=500, fake_share=0.31, interval=(0.26, 0.36)),
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
        suspicion=None,
        authentic_p_value=None,
        guarantee=replace(make_verdict().guarantee, threshold=None, calibration_accounts=0),
        evidence=replace(make_verdict().evidence, expected_recall=None, send_next=None),
        reasons=(replace(make_verdict().reasons[0], typical=None, percentile=None, rows=()),),
        audience=None,
    )
    assert nothing.authenticity_score is None
    jsonschema.validate(nothing.to_dict(), verdict_schema())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("label",), "fraud"),
        (("schema",), 2),
        (("suspicion",), -1),
        (("authenticity_score",), 101),
        (("probabilities", "inflated"), "0.9"),
        (("reasons", 0, "value"), None),
        (("reasons", 0, "typical"), [0.1]),
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


@pytest.mark.parametrize(("suspicion", "score"), [(0.0, 100), (1.0, 0), (0.93, 7), (0.004, 100), (0.499, 50)])
def test_the_score_is_what_suspicion_leaves(suspicion, score):
    verdict = replace(make_verdict(), suspicion=suspicion)
    assert verdict.to_dict()["authenticity_score"] == score


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
