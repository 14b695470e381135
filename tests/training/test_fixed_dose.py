"""One way at one dose: exactly so much, where it belongs, and more where the dose is larger."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from accounts.tables import Tables
from training.fixed_dose import DOSED_WAYS, add_dose

AS_OF = datetime(2026, 3, 31, tzinfo=UTC)


def account(platform="twitch", *, followers=1000, days=60, every=1, posts=10, likes=200):  # noqa: PLR0913
    first = date(2026, 3, 31) - timedelta(days=days - 1)
    return Tables.of(
        accounts=[{"account_id": "a", "platform": platform, "as_of": AS_OF, "followers": followers}],
        history=[
            {"account_id": "a", "date": first + timedelta(days=day), "followers": followers}
            for day in range(0, days, every)
        ],
        posts=[
            {"account_id": "a", "post_id": f"p{at}", "published_at": AS_OF - timedelta(days=at + 3),
             "likes": likes, "views": 5000 + 10 * at, "comments": 4}
            for at in range(posts)
        ],
    )  # fmt: skip


@pytest.mark.parametrize("days", [1, 3, 7, 30])
@pytest.mark.parametrize("dose", [1.0, 3.0, 10.0])
def test_followers_come_in_so_many_days_and_stay(dose, days):
    after = add_dose(account(), "followers", dose, days=days)
    counts = after.history.sort("date")["followers"].to_numpy()
    gained = np.diff(counts)
    assert counts[0] == 1000 and counts[-1] == 1000 * (1 + dose) == after.accounts["followers"][0]
    assert (gained > 0).sum() == days
    assert gained[gained > 0].max() - gained[gained > 0].min() <= 1
    assert after.posts["likes"].to_list() == [200] * 10


def test_a_delivery_longer_than_the_history_ends_with_it():
    after = add_dose(account(days=20), "followers", 1.0, days=30)
    counts = after.history.sort("date")["followers"]
    assert counts.is_sorted() and 1500 < counts[-1] <= 2000


def test_weekly_counts_show_it_as_well():
    counts = add_dose(account(days=200, every=7), "followers", 3.0, days=3).history.sort("date")["followers"]
    assert counts[0] == 1000 and counts[-1] == 4000
    assert (counts.diff().drop_nulls() > 0).sum() <= 2


def test_youtube_shows_three_figures():
    after = add_dose(account("youtube", followers=12_300), "followers", 0.0163, days=1)
    assert after.accounts["followers"].to_list() == [12_500]


def test_a_flat_order_is_one_that_vendors_sell():
    likes = add_dose(account(likes=217), "likes", 3.0).posts["likes"] - 217
    assert likes.min() == 600
    assert 600 < likes.max() <= 630
    assert likes.n_unique() == len(likes)


def test_in_proportion_every_ratio_stays():
    before, after = account(), add_dose(account(), "package", 3.0, days=7)
    for name in ("likes", "views", "comments"):
        assert (
            after.posts.sort("post_id")[name].to_list() == (4 * before.posts.sort("post_id")[name]).to_list()
        )
    assert after.accounts["followers"].to_list() == [4000]


@pytest.mark.parametrize("way", DOSED_WAYS)
def test_more_is_never_less(way):
    def sums(dose):
        after = add_dose(account(), way, dose)
        counts = after.posts.select(pl.col("likes", "views", "comments").sum()).row(0)
        return (*counts, after.accounts["followers"][0])

    found = [sums(dose) for dose in (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)]
    for less, more in pairwise(found):
        assert all(first <= second for first, second in zip(less, more, strict=True))
    assert found[0] != found[-1]


@pytest.mark.parametrize(
    ("tables", "impossible"),
    [
        (account(days=0), {"followers", "package"}),
        (account(days=14), {"followers", "package"}),
        (account(days=15), set()),
        (account(posts=4), {"likes", "likes in proportion", "views", "views in proportion", "package"}),
        (account(likes=None), {"likes", "likes in proportion", "package"}),
    ],
)
def test_what_an_account_does_not_show_cannot_be_inflated(tables, impossible):
    assert {way for way in DOSED_WAYS if not len(add_dose(tables, way, 1.0))} == impossible
