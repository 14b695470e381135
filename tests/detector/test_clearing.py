"""Who is cleared: nobody whose audience does not answer."""

import math

import pandas as pd
import pytest

from benchmarks.quality.handmade.creator import Creator, creator
from benchmarks.quality.handmade.evidence import with_evidence
from benchmarks.quality.handmade.inflating import dead_audience
from benchmarks.quality.handmade.verdict_summary import screen_documents
from benchmarks.quality.harness.benchmarked_model import load_detector
from detector.clearing import WITHOUT_COUNTS, WITHOUT_HISTORY, clearing_caution
from detector.labels import Explain, Label

EVIDENCE = ("posts", "posts, history", "posts, comments, history", "all")


@pytest.fixture(scope="module")
def starter():
    return load_detector(None)


@pytest.mark.parametrize("platform", ["instagram", "tiktok"])
@pytest.mark.parametrize("part", [0.01, 0.03, 0.06, 0.1])
def test_an_audience_that_answers_a_tenth_as_much_as_others_is_not_cleared(starter, platform, part):
    documents = [
        with_evidence(
            dead_audience(
                creator(
                    Creator(
                        account_id=f"{seed} {followers} {evidence}",
                        platform=platform,
                        followers=followers,
                        seed=seed,
                    )
                ),
                part,
            ),
            evidence,
        )
        for seed in (3, 4, 5)
        for followers in (6_000, 25_000, 90_000)
        for evidence in EVIDENCE
    ]
    labels = [verdict.label for verdict in screen_documents(starter, documents, Explain.NONE)]
    # A tenth of what creators of 90,000 followers get on TikTok is .85 of the low end of what is published.
    assert labels.count(Label.AUTHENTIC) <= (platform == "tiktok" and part == 0.1)


@pytest.mark.parametrize("platform", ["instagram", "tiktok", "youtube", "x"])
def test_an_ordinary_creator_is_cleared_as_before(starter, platform):
    documents = [
        creator(Creator(account_id=str(seed), platform=platform, followers=25_000, seed=seed))
        for seed in range(3, 9)
    ]
    labels = [verdict.label for verdict in screen_documents(starter, documents, Explain.NONE)]
    assert labels.count(Label.AUTHENTIC) >= 3


def test_a_sample_of_followers_without_counts_asks_for_less_suspicion():
    shown = pd.DataFrame({"engagement_rate": [0.02, 0.02], "posts_per_week": 2.0, "growth_total": 0.1})
    faces = shown.assign(audience_pictureless_share=0.1)
    counted = faces.assign(audience_lopsided_share=[0.1, math.nan])
    assert clearing_caution(counted, ["instagram"] * 2).tolist() == [1.0, WITHOUT_COUNTS]
    assert clearing_caution(shown, ["x"] * 2).tolist() == [1.0, 1.0]


def test_posts_without_a_history_ask_for_less_suspicion():
    shown = pd.DataFrame({"engagement_rate": 0.02, "posts_per_week": 2.0, "growth_total": [0.1, math.nan]})
    assert clearing_caution(shown, ["instagram"] * 2).tolist() == [1.0, WITHOUT_HISTORY]
