"""The shipped starter: more of what inflates an account never makes it look less suspicious."""

from __future__ import annotations

import pytest

from benchmarks.quality.handmade.typical import PLATFORMS
from benchmarks.quality.handmade.ways import WAYS, all_series
from benchmarks.quality.measurements.doses import TOLERANCE, evaluate, fall_of
from detector.bundle import load, starter_path
from detector.screening import Detector

SCENES = [(way.name, platform) for way in WAYS for platform in way.platforms]

# What the starter still gets wrong: a scene that comes right must be taken off its list.
FALLING = {
    ("clockwork", "tiktok"): "it dips by .07 at the second dose, from .3",
    ("clockwork", "x"): "it dips by .08 at the first dose, from .3",
    ("dead audience", "instagram"): "it rises, with a dip of .02 where hardly a post has a comment",
    ("dead audience", "tiktok"): "it dips by .05 at the first dose, from .5",
    ("dead audience", "x"): "it dips by .14 at the first dose, from .4, and by .06 at the last",
    ("generic phrases", "instagram"): "it dips by .07 at the third dose, from .3: impatient fans write so",
    ("generic phrases", "x"): "it dips by .06 at the third dose, from .3: impatient fans write so",
    ("generic phrases", "youtube"): "it dips by .06 at the first dose, from .2: impatient fans write so",
    ("likes on two posts in five", "instagram"): "it dips by .03 at the second dose, from .2",
    ("likes on two posts in five", "youtube"): "it dips by .02 at the first dose, from .2",
    ("one phrase", "instagram"): "it dips by .03 at the third dose, from .2",
    ("one phrase", "tiktok"): "it dips by .06 at the third dose, from .4: impatient fans write so",
    ("one phrase", "x"): "it dips by .12 at the third dose, from .4: impatient fans write so",
    ("one phrase", "youtube"): "it dips by .06 at the first dose, from .2: impatient fans write so",
}


def scenes(wrong):
    """Every way on each of its platforms; those that are known to go wrong must fail."""
    return [
        pytest.param(
            *scene, marks=[pytest.mark.xfail(strict=True, reason=wrong.get(scene, ""))] * (scene in wrong)
        )
        for scene in SCENES
    ]


@pytest.fixture(scope="module")
def responses():
    starter = Detector(load(starter_path()))
    return evaluate(starter, all_series(), lambda doing, share: None)["series"]


@pytest.fixture
def of_scene(responses, way, platform):
    return [one for one in responses if (one["way"], one["platform"]) == (way, platform)]


@pytest.mark.parametrize(("way", "platform"), scenes(FALLING))
def test_the_suspicion_never_falls_as_the_dose_rises(of_scene):
    falls = {one["evidence"]: one["suspicion"] for one in of_scene if fall_of(one) > TOLERANCE}
    assert not falls


@pytest.mark.parametrize(("way", "platform"), SCENES)
def test_nobody_is_cleared_at_the_highest_dose(of_scene):
    assert [one["evidence"] for one in of_scene if one["labels"][-1] == "authentic"] == []


@pytest.mark.parametrize(("way", "platform"), SCENES)
def test_the_highest_dose_is_more_suspicious_than_the_lowest(of_scene):
    flat = {
        one["evidence"]: one["suspicion"] for one in of_scene if not (rises(one["suspicion"]) or mute(one))
    }
    assert not flat


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_follower_sample_alone_is_not_judged(responses, platform):
    alone = [one for one in responses if (one["evidence"], one["platform"]) == ("audience", platform)]
    assert alone
    assert all(mute(one) and not set(one["labels"]) & {"authentic", "inflated", "automated"} for one in alone)


def mute(response):
    """Whether no signal is heard at any dose: a follower sample is all there is."""
    return response["evidence"] == "audience" and set(response["suspicion"]) == {None}


def rises(suspicion):
    return (suspicion[-1] or 0.0) > (suspicion[0] or 0.0)
