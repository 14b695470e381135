"""Counts that lost their thousands, or stand for none: found, and nobody accused on them."""

import numpy as np
import pytest

from accounts.checks.finding import Evidence
from accounts.checks.hidden_likes import hidden_likes
from accounts.checks.thousands_among_counts import thousands_among_counts
from accounts.checks.views_below_likes import likes_as_views, views_below_likes
from accounts.reading import read_documents
from accounts.tables import Tables
from benchmarks.quality.handmade.creator import Creator, creator
from benchmarks.quality.handmade.evidence import with_evidence
from detector.bundle import load, starter_path
from detector.labels import Explain, Label
from detector.screening import Detector

ACCUSED = {Label.INFLATED, Label.AUTOMATED}
COUNTED = ("likes", "comments", "views", "shares")


@pytest.fixture(scope="module")
def starter():
    return Detector(load(starter_path()))


def label_of(detector, document):
    chunk = read_documents([document])
    assert not chunk.faults
    return detector.screen(chunk.tables, explain=Explain.NONE)[0].label


def outcome(check, posts, platform="instagram"):
    tables = Tables.of(
        accounts=[{"account_id": "a", "platform": platform}],
        posts=[{"account_id": "a"} | one for one in posts],
    )
    return check.examine(Evidence(tables))


def drawn(median, spread, count, seed):
    return np.rint(median * np.exp(spread * np.random.default_rng(seed).standard_normal(count))).astype(int)


def each(document, change):
    return document | {"posts": [post | change(post) for post in document["posts"]]}


def cut(post):
    return {name: post[name] // 1_000 for name in COUNTED if name in post}


def read_without_k(post):
    return {name: post[name] // 1_000 for name in COUNTED if post.get(name, 0) >= 1_000}


@pytest.mark.parametrize("change", [cut, read_without_k], ids=["all", "those with a K"])
@pytest.mark.parametrize("evidence", ["posts", "posts, history"])
@pytest.mark.parametrize(("platform", "followers"), [
    ("instagram", 852_310), ("tiktok", 640_700), ("youtube", 1_830_000), ("tiktok", 212_400),
])  # fmt: skip
def test_a_large_account_whose_counts_lost_their_thousands_is_neither_accused_nor_cleared(
    starter, platform, followers, evidence, change
):
    document = creator(Creator(account_id="k", platform=platform, followers=followers, seed=11))
    label = label_of(starter, with_evidence(each(document, change), evidence))
    assert label not in ACCUSED | {Label.AUTHENTIC}


def test_a_dead_audience_of_25000_is_still_inflated(starter):
    document = creator(Creator(account_id="dead", followers=25_310, likes_share=0.0003, seed=5))
    assert label_of(starter, with_evidence(document, "posts, history")) is Label.INFLATED


def test_comments_say_that_likes_and_views_lost_their_thousands_and_a_few_that_lost_theirs_hide_nothing():
    likes, share = drawn(14_000, 0.6, 26, 1), drawn(1, 0.0, 26, 1)
    comments = np.rint(likes * 0.02 * np.exp(0.3 * np.random.default_rng(2).standard_normal(26)))
    comments[[3, 9, 17]] = share[:3]
    posts = [
        {"likes": one // 1_000, "comments": int(other), "views": 19 * one // 1_000}
        for one, other in zip(likes.tolist(), comments.tolist(), strict=True)
    ]
    found = {one.field for one in outcome(thousands_among_counts, posts).findings}
    assert found == {"posts.likes", "posts.views"}
    packages = [post | {"comments": 300 + at % 3} for at, post in enumerate(posts)]
    assert not outcome(thousands_among_counts, packages).findings


def test_up_to_twelve_likes_on_all_posts_are_hidden_ones_only_beside_comments_of_many():
    likes = [3 + at * 5 % 7 for at in range(20)]
    comments = drawn(9, 0.9, 20, 4).tolist()
    lively = [{"likes": one, "comments": other} for one, other in zip(likes, comments, strict=True)]
    assert outcome(hidden_likes, lively).findings[0].rows == 20
    for spoken in ([9 + at % 4 for at in range(20)], [at % 2 for at in range(20)], [0, 40] * 10):
        of_a_round = [post | {"comments": count} for post, count in zip(lively, spoken, strict=True)]
        assert not outcome(hidden_likes, of_a_round).findings


@pytest.mark.parametrize(("comments_per_view", "hidden"), [(1 / 500, True), (1 / 20_000, False)])
def test_few_likes_beside_bought_views_stay_evidence(comments_per_view, hidden):
    views = drawn(9_000, 0.7, 20, 6).tolist()
    posts = [
        {"likes": 2 + at % 4, "views": one, "comments": round(one * comments_per_view) or at % 2}
        for at, one in enumerate(views)
    ]
    assert bool(outcome(hidden_likes, posts, "youtube").findings) is hidden


def test_views_that_are_the_likes_on_nearly_all_posts_take_both_out():
    likes = drawn(400, 0.6, 20, 7).tolist()
    posts = [{"likes": one, "views": one * (1 if at else 30)} for at, one in enumerate(likes)]
    (change,) = outcome(likes_as_views, posts, "tiktok").changes
    assert change.columns == ("likes", "views") and len(change.rows) == 20
    some = [{"likes": one, "views": one * (1 if at % 3 else 30)} for at, one in enumerate(likes)]
    assert all(one.columns == ("views",) for one in outcome(likes_as_views, some, "tiktok").changes)


def test_views_without_their_thousands_contradict_likes_but_packages_of_likes_do_not():
    likes = drawn(400, 0.6, 40, 8)
    views = [int(one) * 35 // 1_000 for one in likes]
    posts = [{"likes": int(one), "views": view} for one, view in zip(likes, views, strict=True)]
    posts[:3] = [{"likes": 1, "views": 41 + at} for at in range(3)]
    (finding,) = outcome(views_below_likes, posts, "x").findings
    assert finding.contradiction and not finding.left_out
    bought = [post | {"likes": 5_000 + 7 * (at % 20)} for at, post in enumerate(posts)]
    bought[:3] = posts[:3]
    assert not any(one.contradiction for one in outcome(views_below_likes, bought, "x").findings)
