"""Counts that a program wrote in place of others, told from counts that were bought, and a late clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from accounts.checks.capped_likes import capped_likes
from accounts.checks.comment_clock import late_comment_clock
from accounts.checks.examine import examine
from accounts.checks.others_posts import reposts
from accounts.checks.placeholder_likes import placeholder_likes
from accounts.checks.repost_words import is_credited, is_marked, may_be_marked
from accounts.checks.rounded_counts import rounded_counts
from accounts.checks.thousands_among_counts import thousands_among_counts
from accounts.checks.unmarked_co_posts import unmarked_co_posts
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
    assert f"within {hours:g} {'hour' if hours == 1 else 'hours'} " in finding.sentence
    assert tables.comments["published_at"].null_count() == 61


@pytest.mark.parametrize("seed", SEEDS)
def test_comments_after_their_posts_keep_their_times(seed):
    assert not checked(late_comment_clock, *commented(seed))[0]


def beside(likes, seed, ratio=0.02, spread=0.5):
    """Posts whose comments go along with likes."""
    rng = np.random.default_rng([seed, 1])
    comments = np.asarray(likes) * ratio * rng.lognormal(0, spread, len(likes))
    return [{"likes": int(one), "comments": int(given)} for one, given in zip(likes, comments, strict=True)]


def with_likes(rows, likes):
    return [row | {"likes": int(one)} for row, one in zip(rows, likes, strict=True)]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [99, 999, 9_999])
def test_likes_where_a_display_ends_are_taken_as_hidden(seed, count):
    rows = with_likes(beside(earned(seed), seed), [count] * 30)
    (finding,), tables = checked(capped_likes, rows)
    assert finding.bars_clearing and finding.rows == 30
    assert tables.posts["likes"].null_count() == 30


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [100, 500, 487, 1_000])
def test_other_equal_likes_stay_evidence(seed, count):
    assert not checked(capped_likes, with_likes(beside(earned(seed), seed), [count] * 30))[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("unit", [50, 100])
def test_likes_rounded_coarsely_are_left_out(seed, unit):
    likes = earned(seed, 30, 3 * unit)
    rows = with_likes(beside(likes, seed, 0.1), np.round(likes / unit) * unit)
    (finding,), tables = checked(rounded_counts, rows)
    assert finding.bars_clearing and finding.rows == 30
    assert tables.posts["likes"].null_count() == 30


@pytest.mark.parametrize("seed", SEEDS)
def test_packages_and_counts_of_three_figures_are_not_coarse(seed):
    rng = np.random.default_rng(seed)
    rows = beside(earned(seed), seed)
    for likes in (
        np.full(30, 500),
        rng.choice([250, 500, 1_000], 30),
        rng.choice([100, 500, 1_000, 2_500], 30),
        np.where(rng.random(30) < 0.5, 500, earned(seed, 30, 20)),
        earned(seed, 30, 43_000) // 100 * 100,
        earned(seed),
    ):
        assert not checked(rounded_counts, with_likes(rows, likes))[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("median", [30, 420, 12_000])
@pytest.mark.parametrize("factor", [1_000, 0.001])
def test_counts_a_thousandfold_on_some_posts_are_left_out(seed, median, factor):
    likes = earned(seed, 30, median if factor > 1 else 10_000 + median, 0.45)
    chosen = np.random.default_rng(seed).permutation(30) < 10
    rows = with_likes(beside(likes, seed), np.where(chosen, likes * factor, likes))
    (finding,), tables = checked(thousands_among_counts, rows)
    assert finding.bars_clearing
    assert tables.posts["likes"].null_count() == 30
    assert tables.posts["comments"].null_count() == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_likes_that_lost_their_thousands_are_left_out(seed):
    likes = earned(seed, 30, 1_000)
    rows = with_likes(beside(likes, seed, 0.1, 0.2), np.where(likes >= 1_000, likes // 1_000, likes))
    assert [one.field for one in checked(thousands_among_counts, rows)[0]] == ["posts.likes"]


@pytest.mark.parametrize("seed", SEEDS)
def test_likes_bought_for_some_posts_are_in_no_other_unit(seed):
    rng, few = np.random.default_rng(seed), earned(seed, 30, 20)
    rows, bought = beside(earned(seed), seed), rng.random(30) < 0.4
    for likes in (
        np.where(bought, 20_000 + few, few),
        np.where(bought, 20_000 * (1 + 0.02 * rng.standard_normal(30)), few),
        np.where(bought, rng.choice([10_000, 20_000, 50_000], 30), few),
        np.where(bought, 1_000 * few, few) + rng.integers(0, 900, 30),
        earned(seed, 30, 400, 1.2),
    ):
        assert not checked(thousands_among_counts, with_likes(rows, likes))[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("caption", "times"), [("Two loaves with @bo", 30), ("A collab", 30), ("Oat", 90)])
def test_posts_far_above_all_others_with_comments_lose_their_counts(seed, caption, times):
    likes, shared = earned(seed, 30, 420, 0.45), np.arange(30) % 8 == 3
    rows = beside(np.where(shared, times * likes, likes), seed)
    rows = [row | {"caption": caption if own else "Rye"} for row, own in zip(rows, shared, strict=True)]
    (finding,), tables = checked(unmarked_co_posts, rows)
    assert finding.bars_clearing and finding.rows == 4
    assert tables.posts["likes"].null_count() == tables.posts["comments"].null_count() == 4


@pytest.mark.parametrize("seed", SEEDS)
def test_bought_likes_and_hits_are_no_co_posts(seed):
    likes, chosen = earned(seed, 30, 420, 0.45), np.arange(30) % 8 == 3
    plain = beside(likes, seed)
    for rows in (
        with_likes(plain, np.where(chosen, 30 * likes, likes)),  # no comments come with them
        beside(np.where(np.arange(30) == 4, 40 * likes, likes), seed),  # one hit
        beside(earned(seed, 30, 420, 1.1), seed),  # uneven
        plain,
    ):
        named = [
            row | {"caption": "With @bo" if own else "Rye"} for row, own in zip(rows, chosen, strict=True)
        ]
        assert not checked(unmarked_co_posts, named)[0]


def test_who_passes_on_two_thirds_keeps_its_own_counts():
    captions = ["Oat, via @bo"] * 7 + ["Rye"] * 3
    assert not checked(reposts, [{"likes": 40, "caption": one} for one in captions])[0]
    (finding,), _ = checked(reposts, [{"likes": 40, "caption": one} for one in captions[4:]])
    assert finding.rows == 3 and finding.bars_clearing


def test_every_mark_of_a_repost_is_looked_at():
    texts = [
        "RT @x", "rt: @x", 'RT "@x', "MT @x", "Vía @x", "via: @x", "VIA @x", "＃regram", "REPOST @x",
        "//@x: so", "♻️ @x", "Перепост @x", "转自 @x", "Yeniden paylaşım: @x", "Đăng lại từ @x",
        "Udostępnione od @x",
    ]  # fmt: skip
    frame = pl.DataFrame({"caption": texts})
    assert frame.filter(is_marked() | is_credited()).height == len(texts)
    assert frame.filter(may_be_marked()).height == len(texts)
    plain = [
        "Repost this",
        "RT if you agree",
        "art @x",
        "转发抽奖",
        "Recycle ♻️ please",
        "via Rome",
        "At @x's",
    ]
    assert pl.DataFrame({"caption": plain}).filter(is_marked() | is_credited()).is_empty()


def test_equal_packages_beside_posts_just_taken_are_not_rounded():
    rows = [{"likes": 0, "comments": 0}] * 3 + [{"likes": 2_500, "comments": 4 + at % 7} for at in range(24)]
    assert not checked(rounded_counts, rows)[0]
