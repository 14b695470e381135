"""Accounts made by hand are valid, repeat, look like real ones, and hold the dose that they name."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from statistics import median, pstdev

import numpy as np
import pytest

from accounts.reading import read_documents
from benchmarks.quality.handmade.cases import CASES, FAKES, HONEST
from benchmarks.quality.handmade.creator import Creator, creator
from benchmarks.quality.handmade.evidence import EVIDENCE, with_evidence
from benchmarks.quality.handmade.phrases import ORDINARY, WORLD
from benchmarks.quality.handmade.typical import PLATFORMS, TIERS, typical
from benchmarks.quality.handmade.ways import WAYS, all_series

SERIES = all_series()
ORDINARY_ONE = Creator(account_id="a", days=365, comments=90)


def name_of(thing: object) -> str:
    return str(getattr(thing, "name", thing))


@pytest.fixture(scope="module")
def by_dose():
    """Documents at each dose on Instagram or TikTok, with all that the way changes."""
    fullest = {one.way.name: one for one in SERIES if one.platform in {"instagram", "tiktok"}}
    return {name: list(one.documents()) for name, one in fullest.items()}


def likes(document):
    return [post["likes"] for post in document["posts"]]


def test_every_document_is_valid():
    """With every set of evidence at one size, and with the fullest at every size."""
    fullest = {(one.way.name, one.platform, one.tier): one for one in all_series(tuple(TIERS))}
    chosen = {one.name: one for one in (*SERIES, *fullest.values())}
    documents = [document for one in chosen.values() for document in one.documents()]
    documents += [case.document for case in CASES]
    chunk = read_documents(documents)
    assert not chunk.faults
    assert len(chunk.tables) == len(documents)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_same_seed_gives_the_same_account_and_another_one_another(platform):
    about = replace(ORDINARY_ONE, platform=platform)
    assert creator(about) == creator(about)
    assert creator(about)["posts"] != creator(replace(about, seed=1))["posts"]


def test_parts_are_drawn_apart():
    one, other = creator(ORDINARY_ONE), creator(replace(ORDINARY_ONE, comments=30, audience=60))
    assert one["posts"] == other["posts"]
    assert one["history"] == other["history"]
    assert len(other["comments"]) == 30


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("tier", TIERS)
def test_an_honest_creator_has_the_published_medians(platform, tier):
    followers = TIERS[tier]
    drawn = [
        creator(Creator(account_id="a", platform=platform, followers=followers, seed=seed))
        for seed in range(20)
    ]
    rates = [median(likes(document)) / followers for document in drawn]
    assert median(rates) == pytest.approx(typical(platform, followers).likes, rel=0.15)
    spreads = [pstdev(likes(document)) / np.mean(likes(document)) for document in drawn]
    assert 0.25 < median(spreads) < 0.8


def test_the_curve_of_an_honest_creator_is_calm_and_loses_on_some_days():
    """Of real curves .2 to .6 % in 28 days, a tenth of days with a loss, a tenth of it on the best day."""
    lost, best = [], []
    for seed in range(20):
        counts = [day["followers"] for day in creator(replace(ORDINARY_ONE, seed=seed))["history"]]
        steps = np.diff(counts)
        lost.append(np.mean(steps < 0))
        best.append(steps.max() / 25_000)
    assert 0.03 < np.mean(lost) < 0.25
    assert max(best) < 0.003


def test_ordinary_comments_are_many_in_several_scripts_and_uneven():
    texts = [text for language in WORLD for text in ORDINARY[language]]
    lengths = [len(text) for text in texts]
    assert len(set(texts)) == len(texts) >= 80
    first, middle, third = np.quantile(lengths, [0.25, 0.5, 0.75])
    assert 0.9 < (third - first) / middle < 1.7
    assert 0.8 < pstdev(lengths) / np.mean(lengths) < 1.3


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_post_counts_at_least_the_comments_that_are_there(case):
    under = Counter(comment["post_id"] for comment in case.document.get("comments", ()))
    for post in case.document.get("posts", ()):
        assert post["comments"] >= under[post["post_id"]]
        assert post["likes"] is None or post["likes"] <= post.get("views", post["likes"])


def test_a_set_of_evidence_shows_its_parts_alone():
    document = creator(ORDINARY_ONE)
    for name, parts in EVIDENCE.items():
        assert set(with_evidence(document, name)) == {"schema", "account_id", "platform", "as_of", *parts}


@pytest.mark.parametrize("way", WAYS, ids=name_of)
def test_each_dose_differs_from_the_one_before(way, by_dose):
    documents = [document | {"account_id": ""} for document in by_dose[way.name]]
    assert all(before != after for before, after in pairwise(documents))


def test_likes_fall_on_the_same_followers(by_dose):
    documents = by_dose["dead audience"]
    assert len({document["profile"]["followers"] for document in documents}) == 1
    assert median(likes(documents[-1])) == pytest.approx(median(likes(documents[0])) / 1000, abs=0.5)


@pytest.mark.parametrize("days", [1, 3, 7, 30])
def test_followers_are_multiplied_within_the_days(by_dose, days):
    document = by_dose[f"followers in {days} d"][-1]
    counts = [day["followers"] for day in document["history"]]
    grown = [after / before for before, after in zip(counts, counts[days:], strict=False)]
    assert max(grown) == pytest.approx(11, rel=0.03)
    assert document["profile"]["followers"] == counts[-1]


def test_likes_end_equal(by_dose):
    assert len(set(likes(by_dose["equal likes"][-1]))) == 1


def test_views_leave_three_likes_in_ten_thousand(by_dose):
    posts = by_dose["views"][-1]["posts"]
    rate = sum(post["likes"] for post in posts) / sum(post["views"] for post in posts)
    assert rate == pytest.approx(0.0003, rel=0.2)


def test_fakes_take_the_places_of_some_followers_and_never_leave_again(by_dose):
    samples = [document["audience"] for document in by_dose["fake audience"]]
    fakes = [
        {row for row, one in enumerate(sample) if one["following"] >= 1_800 and one["followers"] < 30}
        for sample in samples
    ]
    assert all(before <= after for before, after in pairwise(fakes))
    assert len(fakes[-1]) == 95


def test_bought_comments_are_few_texts_by_thirty_authors(by_dose):
    for name, texts in (("generic phrases", 12), ("one phrase", 1)):
        comments = by_dose[name][-1]["comments"]
        assert len({row["text"] for row in comments}) == texts
        assert len({row["author_id"] for row in comments}) == 30


def test_a_pod_comes_in_the_same_order_under_every_post(by_dose):
    document = by_dose["pod"][-1]
    members = [row for row in document["comments"] if row["author_id"].startswith("member")]
    assert {row["post_id"] for row in members} == {f"p{row}" for row in range(10)}
    for post in document["posts"][:10]:
        came = [row for row in members if row["post_id"] == post["post_id"]]
        order = [row["author_id"] for row in sorted(came, key=lambda row: row["published_at"])]
        assert order == sorted(order, key=lambda name: int(name.removeprefix("member")))


def test_twenty_are_honest_and_twenty_are_not():
    assert (len(HONEST), len(FAKES)) == (20, 20)
    assert len({case.name for case in CASES}) == 40
    assert all(case.family for case in FAKES)
