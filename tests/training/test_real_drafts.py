"""A real account goes into a draft and comes out as it was, unless something is done to it."""

from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from accounts.schema import EVIDENCE
from accounts.simulation import simulate
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from training.real_drafts import BEFORE_DAYS, Original, WorkingCopy, originals_of, working_copy
from training.real_rows import rows_after

AS_OF = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return simulate(150, 4).tables


@pytest.fixture(scope="module")
def originals(tables: Tables) -> list[Original]:
    return list(originals_of(tables))


def copy_of(original: Original) -> WorkingCopy:
    return working_copy(original, TRAIN, np.random.default_rng(0))


def same(first: pl.DataFrame, second: pl.DataFrame) -> bool:
    return first.sort(first.columns).equals(second.sort(second.columns))


def test_doing_nothing_changes_nothing(tables, originals):
    for original in originals:
        name = str(original.row["account_id"])
        after = rows_after(copy_of(original), name)
        for table in EVIDENCE:
            assert same(after[table], tables[table].filter(account_id=name)), (name, table)


def test_the_curve_goes_through_the_counts_and_is_level_before_them(originals):
    seen = 0
    for original in originals:
        copy = copy_of(original)
        if original.history.height:
            seen += 1
            assert np.allclose(copy.followers[copy.days], original.history["followers"].to_numpy())
            assert (copy.followers[:BEFORE_DAYS] == copy.followers[0]).all()
            assert copy.draft.shown_days == (BEFORE_DAYS, copy.days[-1])
    assert seen > 20


def test_posts_without_a_date_are_kept_as_they_were():
    account = {"account_id": "a", "platform": "x", "as_of": AS_OF}
    posts = [
        {"account_id": "a", "post_id": "p1", "published_at": AS_OF, "likes": 3},
        {"account_id": "a", "post_id": "p2", "published_at": None, "likes": 4},
    ]
    (original,) = originals_of(Tables.of(accounts=[account], posts=posts))
    copy = copy_of(original)
    copy.draft.posts.added_counts["likes"] += 10.0
    assert rows_after(copy, "b")["posts"].select("account_id", "post_id", "likes").rows() == [
        ("b", "p1", 13),
        ("b", "p2", 4),
    ]


def test_counts_that_are_hidden_take_nothing(originals):
    original = next(one for one in originals if one.posts.height > 5)
    blind = Original(
        original.row,
        {**original.parts, "posts": original.posts.with_columns(likes=pl.lit(None, pl.Int64))},
        original.undated,
    )
    copy = copy_of(blind)
    copy.draft.posts.added_counts["likes"] += 10.0
    copy.hide_absent()
    assert not copy.draft.posts.added_counts["likes"].any()
    assert rows_after(copy, "b")["posts"]["likes"].is_null().all()


def page_counts(likes: list[int]) -> list[int]:
    """Likes after 77 more of each, of an account with these."""
    posts = [
        {"account_id": "a", "post_id": f"p{at}", "published_at": AS_OF, "likes": count}
        for at, count in enumerate(likes)
    ]
    account = {"account_id": "a", "platform": "instagram", "as_of": AS_OF}
    (original,) = originals_of(Tables.of(accounts=[account], posts=posts))
    copy = copy_of(original)
    copy.draft.posts.added_counts["likes"] += 77.0
    return rows_after(copy, "a")["posts"].sort("post_id")["likes"].to_list()


def test_what_a_page_cuts_off_is_cut_off_again():
    assert page_counts([12_300, 45_600, 1_200_000, 50]) == [12_300, 45_600, 1_200_000, 127]
    assert page_counts([12_301, 45_600, 1_200_000, 50]) == [12_378, 45_677, 1_200_077, 127]


def test_sold_followers_stand_in_the_audience_sample(originals):
    original = next(one for one in originals if one.parts["audience"].height > 50)
    copy = copy_of(original)
    copy.draft.curve.bought_gains[-1] += 9 * copy.followers[-1]
    after, before = rows_after(copy, "b")["audience"], original.parts["audience"]
    left = after.drop("account_id").join(before.drop("account_id"), on=before.columns[1:], nulls_equal=True)
    assert after.height == before.height
    assert 0.01 < left.height / before.height < 0.25
    for name in before.columns:
        assert before[name].is_null().all() == after[name].is_null().all()
