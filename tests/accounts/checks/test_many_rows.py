"""An account of thousands of posts: checks compare them without a table of every pair of them."""

import tracemalloc
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from accounts.checks import examine
from accounts.tables import Tables

POSTS, MOST_BYTES = 12_000, 128 * 2**20
"""A table of all pairs of so many numbers takes 1.1 GB."""

END = datetime(2026, 6, 1, 22, 27, 15, tzinfo=UTC)
COUNTS = {
    "alike": pl.lit(7),
    "in two units": pl.when(pl.col("at") % 2 == 0).then(pl.col("at") % 90 + 1).otherwise(45_000),
    "split": 100 + pl.col("at") % 50,
}


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize("step", [timedelta(0), timedelta(hours=1), timedelta(days=1) - timedelta(seconds=2)])
def test_checks_need_memory_by_the_row(counts, step):
    at = pl.int_range(POSTS)
    posts = pl.DataFrame({"at": range(POSTS)}).select(
        account_id=pl.lit("a"), post_id=pl.col("at").cast(pl.String),
        published_at=pl.lit(END) - pl.lit(step) * (at % 3_000), likes=COUNTS[counts],
        views=1_000 * pl.when(at < POSTS // 2).then(1).otherwise(9), comments=at % 40,
    )  # fmt: skip
    accounts = [{"account_id": "a", "platform": "instagram", "followers": 9_000, "as_of": END}]
    tables = Tables.of(accounts=accounts, posts=posts)
    tracemalloc.start()
    try:
        examine(tables)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_BYTES
