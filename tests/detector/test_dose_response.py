"""The shipped starter: more of what inflates an account never makes it look less suspicious."""

from __future__ import annotations

import pytest

from benchmarks.quality.doses import TOLERANCE, fall, measure
from benchmarks.quality.handmade.ways import WAYS, all_series
from detector.bundle import load, starter_path
from detector.screening import Detector
from features.catalogue import CATALOGUE_VERSION

# Take this line away with a starter that has a head for each kind of evidence.
pytestmark = pytest.mark.skip(reason="a starter of one head for opposite effects falls")

SCENES = [(way.name, platform) for way in WAYS for platform in way.platforms]


@pytest.fixture(scope="module")
def responses():
    starter = Detector(load(starter_path(), catalogue=CATALOGUE_VERSION))
    return measure(starter, all_series(), lambda doing, share: None)["series"]


@pytest.fixture
def of_scene(responses, way, platform):
    return [one for one in responses if (one["way"], one["platform"]) == (way, platform)]


@pytest.mark.parametrize(("way", "platform"), SCENES)
def test_the_suspicion_never_falls_as_the_dose_rises(of_scene):
    falls = {one["evidence"]: one["suspicion"] for one in of_scene if fall(one["suspicion"]) > TOLERANCE}
    assert not falls


@pytest.mark.parametrize(("way", "platform"), SCENES)
def test_nobody_is_cleared_at_the_highest_dose(of_scene):
    assert [one["evidence"] for one in of_scene if one["labels"][-1] == "authentic"] == []


@pytest.mark.parametrize(("way", "platform"), SCENES)
def test_the_highest_dose_is_more_suspicious_than_the_lowest(of_scene):
    flat = {one["evidence"]: one["suspicion"] for one in of_scene if not rises(one["suspicion"])}
    assert not flat


def rises(suspicion):
    return (suspicion[-1] or 0.0) > (suspicion[0] or 0.0)
