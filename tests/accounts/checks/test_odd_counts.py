"""Counts that a program wrote in place of others, told from counts that were bought, and a late clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from accounts.checks.comment_clock import late_comment_clock
from accounts.checks.examine import examine
from accounts.checks.placeholder_likes import placeholder_likes
from accounts.checks.views_below_likes import views_below_likes
from accounts.tables import Tables

POSTED = datetime(2026, 9, 1, 9, 13, 7, tzinfo=UTC)
SEEDS = range(12)


def checked(one, posts, comments=()):
    rows = [{"account_id": "a", "post_id": f"p{at}"} | post for at, post in enumerate(posts)]
    tables = Tables.of(
        accounts=[{"account_id": "a", "platform": "instagram"}],
        posts=rows,
        comments=[{"account_id": "a"} | comment for comment in comments],
    )
    examined = examine(tables, (one,))
    return examined.findings.get("a", ()), examined.tables


def earned(seed, posts=30, median=420, spread=0.6):
    return (median * np.random.default_rng(seed).lognormal(0, spread, posts)).astype(int)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [13, 15, 50, 100, 999, 1_000])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_a_placeholder_among_counts_that_vary_is_taken_as_hidden(seed, count, share):
    written = np.random.default_rng(seed).permutation(30) < share * 30
    likes = np.where(written, count, earned(seed))
    (finding,), tables = checked(placeholder_likes, [{"likes": int(one)} for one in likes])
    assert finding.rows == (likes == count).sum()
    assert finding.bars_clearing
    assert count not in tables.posts["likes"].to_list()


@pytest.mark.parametrize("seed", SEEDS)
def test_counts_that_people_give_are_none(seed):
    for median in (14, 60, 420, 30_000):
        for spread in (0.1, 0.4, 0.8):
            likes = earned(seed, 40, median, spread)
            assert not checked(placeholder_likes, [{"likes": int(one)} for one in likes])[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_packages_that_were_bought_stay_evidence(seed):
    rng = np.random.default_rng(seed)
    few = earned(seed, 30, 20)
    bought = rng.random(30) < 0.5
    for likes in (
        np.full(30, 500),  # exactly 500 everywhere
        np.where(bought, 500, few),  # exactly 500 where others earn 20
        np.where(bought, 500 + few, few),  # on top of what is earned
        np.where(bought, 1_000, np.where(rng.random(30) < 0.7, 500, 250)),  # several packages
    ):
        assert not checked(placeholder_likes, [{"likes": int(one)} for one in likes])[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_rounded_counts_are_none(seed):
    likes = earned(seed, 40, 1_300, 0.2) // 100 * 100
    assert not checked(placeholder_likes, [{"likes": int(one)} for one in likes])[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("share", [0.3, 0.5])
def test_views_below_likes_are_taken_as_absent(seed, share):
    rng, likes = np.random.default_rng(seed), earned(seed)
    below = rng.random(30) < share
    views = np.where(below, likes * rng.uniform(0.2, 0.9, 30), likes * 12).astype(int)
    rows = [{"likes": int(one), "views": int(seen)} for one, seen in zip(likes, views, strict=True)]
    (finding,), tables = checked(views_below_likes, rows)
    assert finding.rows == (views < likes).sum() == tables.posts["views"].null_count()
    assert tables.posts["likes"].null_count() == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_likes_above_views_on_every_post_contradict_them(seed):
    rows = [{"likes": int(one), "views": int(one * 0.7)} for one in earned(seed)]
    (finding,), tables = checked(views_below_likes, rows)
    assert finding.contradiction and not finding.left_out
    assert tables.posts["views"].null_count() == 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("times", [15, 40])
def test_bought_likes_above_views_stay_evidence(seed, times):
    likes = earned(seed)
    views, bought = likes * 12, np.random.default_rng(seed).random(30) < 0.4
    given = np.where(bought, likes * times, likes)
    rows = [{"likes": int(one), "views": int(seen)} for one, seen in zip(given, views, strict=True)]
    assert not checked(views_below_likes, rows)[0]


def commented(seed, hours=0.0):
    rng = np.random.default_rng(seed)
    posts = [{"published_at": POSTED + timedelta(days=3 * at)} for at in range(8)]
    minutes = np.append(rng.lognormal(4.5, 1.5, 60), 1.0)  # somebody is first
    comments = [
        {
            "post_id": f"p{at % 8}",
            "published_at": posts[at % 8]["published_at"] + timedelta(minutes=float(late), hours=hours),
        }
        for at, late in enumerate(minutes)
    ]
    return posts, comments


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("hours", [1, 2, 5.5, 9])
def test_comments_on_a_clock_hours_late_lose_their_times(seed, hours):
    (finding,), tables = checked(late_comment_clock, *commented(seed, hours))
    assert f"within {hours:g} hours" in finding.sentence
    assert tables.comments["published_at"].null_count() == 61


@pytest.mark.parametrize("seed", SEEDS)
def test_comments_after_their_posts_keep_their_times(seed):
    assert not checked(late_comment_clock, *commented(seed))[0]
