"""Likes delivered in a block are told from likes that people gave; a post seen once says nothing."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from accounts.simulation.observations import observe_posts
from accounts.tables import Tables
from features.catalogue import CATALOGUE
from features.derive import derive

FEATURES = [one for one in CATALOGUE if one.family == "observed"]
PUBLISHED = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables():
    names = [f"a{number}" for number in range(12)]
    account = {"platform": "instagram", "as_of": PUBLISHED + timedelta(days=40), "followers": 9_000}
    posts = [
        {
            "account_id": name, "post_id": f"p{post}", "published_at": PUBLISHED + timedelta(days=3 * post),
            "likes": 300 + 17 * post, "views": 9_000 + 401 * post, "comments": 20 + post,
        }
        for name in names for post in range(8)
    ]  # fmt: skip
    return Tables.of(accounts=[account | {"account_id": name} for name in names], posts=posts)


def test_a_block_is_seen_and_people_have_none(tables):
    honest = derive(observe_posts(tables, seed=5), FEATURES)
    bought = derive(observe_posts(tables, seed=5, delivered=0.6), FEATURES)
    assert (honest["likes_in_block_share"] == 0).all()
    assert bought["likes_in_block_share"].mean() > 0.2  # others came in steps that brought views as well
    assert bought["likes_block_excess"].min() > 0.4
    assert honest["likes_block_excess"].max() < 0.05
    assert bought["likes_per_view_gained_spread"].min() > honest["likes_per_view_gained_spread"].max()
    assert honest["likes_half_hours"].between(4, 16).all()


def test_posts_seen_once_have_nothing(tables):
    alone = derive(tables, FEATURES)
    assert alone.isna().all(axis=None)
    as_of = tables.accounts["as_of"][0]
    same = tables.posts.select("account_id", "post_id", "likes", "views", observed_at=pl.lit(as_of))
    again = Tables.of(accounts=tables.accounts, posts=tables.posts, observed=same)
    assert derive(again, FEATURES).isna().all(axis=None)


def test_hidden_likes_say_nothing(tables):
    seen = observe_posts(tables, seed=5, delivered=0.6)
    hidden = seen.map(
        lambda name, frame: frame.with_columns(likes=pl.lit(None, pl.Int64)) if name == "posts" else frame
    )
    assert derive(hidden, FEATURES).isna().all(axis=None)


def test_a_reading_of_zero_between_is_no_block(tables):
    seen = observe_posts(tables, seed=5)
    broken = seen.map(
        lambda name, frame: (
            frame.with_columns(likes=pl.when(pl.int_range(pl.len()) % 8 == 6).then(0).otherwise("likes"))
            if name == "observed"
            else frame
        )
    )
    assert (derive(broken, FEATURES)["likes_in_block_share"] == 0).all()
