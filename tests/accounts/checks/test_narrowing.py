"""What rules accounts out at once never rules out one in which the close look would find something."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from accounts.checks import examine
from accounts.checks.arrays import Arrays, TableArrays
from accounts.checks.catalogue import CHECKS
from accounts.checks.placeholder_texts import PLACEHOLDERS, _is_placeholder, _may_be_placeholder
from accounts.checks.times import mostly_alike
from accounts.checks.views_of_posts import _leaping, _split_at
from accounts.simulation import simulate
from accounts.tables import Tables


def rated(seed):
    """Accounts whose likes a view leap, or not, by much or little, of one kind of post or two."""
    rng = np.random.default_rng(seed)
    frames = []
    for name in range(60):
        posts = int(rng.integers(6, 30))
        leap = rng.choice([0.0, 0.6, 1.0, 2.0]) * (np.arange(posts) >= rng.integers(3, posts - 2))
        kind = rng.integers(1, 3, posts)
        rate = leap * rng.choice([-1, 1]) + kind * rng.choice([0.0, 3.0]) + rng.normal(0, 0.2, posts).round(1)
        frames.append(pl.DataFrame({"account_id": [f"a{name:02}"] * posts, "kind": kind, "rate": rate}))
    return pl.concat(frames)


def test_every_clean_split_is_looked_at():
    posts = rated(1)
    split = [
        name for (name,), part in posts.group_by("account_id", maintain_order=True)
        if _split_at(part["rate"].to_numpy(), part["kind"].to_numpy()) is not None
    ]  # fmt: skip
    account = posts["account_id"].rank("dense").cast(pl.Int64).to_numpy()
    looked_at = set(
        posts.filter(pl.Series(_leaping(account, posts["kind"].to_numpy(), posts["rate"].to_numpy())))[
            "account_id"
        ]
    )
    assert 10 < len(split) < 50
    assert set(split) <= looked_at
    assert len(looked_at) < 50


SPELLINGS = ("{}", " [{}] ", "({}).", "--{}--", "{{{}}}", "*{}*")
SENTENCES = ("This comment was deleted by its author.", "this video is unavailable", "THIS POST WAS REMOVED")


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, str.capitalize])
def test_every_placeholder_is_looked_at(spell):
    texts = [around.format(spell(word)) for word in sorted(PLACEHOLDERS) for around in SPELLINGS]
    frame = pl.DataFrame({"text": [*texts, *SENTENCES, "-", " -- ", "—", "banana bread", "", None]})
    found = frame.filter(_is_placeholder("text"))
    assert found.height > len(PLACEHOLDERS)
    assert found.filter(_may_be_placeholder("text")).height == found.height
    assert frame.filter(_may_be_placeholder("text")).filter(text="banana bread").is_empty()


def odd_accounts():
    """Simulated accounts: every sixth with one fault of its own, rows of all of them mixed."""
    tables = simulate(60, 20261129).tables
    nth = {name: at for at, name in enumerate(tables.accounts["account_id"].to_list())}
    at = pl.col("account_id").replace_strict(nth, return_dtype=pl.Int64)
    odd = pl.int_range(pl.len()).over("account_id") % 2 == 0
    rough = pl.when(at % 6 == 0).then(pl.col("published_at").dt.truncate("1d"))
    early = rough.when((at % 6 == 1) & odd).then(pl.lit(datetime(1970, 1, 1, tzinfo=UTC)))
    posts = tables.posts.with_columns(
        published_at=early.otherwise("published_at"),
        likes=pl.when((at % 6 == 2) & odd).then(3).when((at % 6 == 3) & odd).then(0).otherwise("likes"),
        views=pl.when((at % 6 == 4) & odd).then(pl.col("views") * 3).otherwise("views"),
    )
    twice = posts.filter(at % 6 == 5).with_columns(post_id=pl.col("post_id") + "b")
    shifted = pl.col("published_at") - pl.when(at % 4 == 0).then(timedelta(days=90)).otherwise(timedelta())
    comments = tables.comments.with_columns(
        published_at=shifted, post_id=pl.when(at % 4 == 1).then(pl.lit("elsewhere")).otherwise("post_id")
    )
    zero = pl.when((at % 5 == 0) & (pl.int_range(pl.len()).over("account_id") % 9 == 4)).then(0)
    history = tables.history.with_columns(followers=zero.otherwise("followers"))
    accounts = tables.accounts.with_columns(
        followers=pl.when(at % 7 == 0).then(26).otherwise("followers"),
        posts=pl.when(at % 7 == 1).then(2).otherwise("posts"),
    )
    parts = {"posts": pl.concat([posts, twice]), "comments": comments, "history": history}
    return Tables.of(
        accounts=accounts, audience=tables.audience,
        **{name: frame.sample(fraction=1, shuffle=True, seed=5) for name, frame in parts.items()},
    )  # fmt: skip


def test_narrowing_loses_no_finding():
    tables = odd_accounts()
    wide = examine(tables, [replace(check, narrow=None) for check in CHECKS])
    narrowed = examine(tables)
    assert {one.check for found in wide.findings.values() for one in found} >= {
        "comments_before_posts", "comments_under_no_post", "followers_against_history", "hidden_likes",
        "impossible_post_times", "misread_history", "more_posts_than_published", "repeated_posts",
        "rough_post_times", "uncollected_likes",
    }  # fmt: skip
    assert narrowed.findings == wide.findings
    assert all(narrowed.tables[name].equals(wide.tables[name]) for name in ("posts", "comments", "history"))


@pytest.mark.parametrize("share", [0.4, 0.5, 0.8])
def test_values_are_mostly_alike_where_counting_them_says_so(share):
    rng = np.random.default_rng(3)
    sizes = rng.integers(1, 30, 400)
    account = np.repeat(np.arange(400), sizes)
    common = rng.random(len(account)) < np.repeat(rng.choice([0.3, 0.4, 0.5, 0.8], 400), sizes)
    values = np.where(common, 7.0, rng.integers(0, 500, len(account)))
    values[rng.random(len(account)) < 0.1] = np.nan
    found = mostly_alike(TableArrays.of(pl.DataFrame({"account_id": account})), values, 5, share)
    for at in range(400):
        known = values[(account == at) & ~np.isnan(values)]
        counts = np.unique(known, return_counts=True)[1]
        assert found[at] == (len(known) >= 5 and counts.max() / len(known) >= share)
    assert 20 < found.sum() < 380


def test_arrays_of_a_changed_table_are_made_again_and_no_others():
    tables = Tables.of(accounts=[{"account_id": "a"}], posts=[{"account_id": "a", "post_id": "p"}])
    arrays = Arrays(tables)
    accounts, posts = arrays["accounts"], arrays["posts"]
    changed = arrays.of(tables.replace({"posts": tables.posts.with_columns(likes=3)}))
    assert changed["accounts"] is accounts
    assert changed["posts"] is not posts
    assert changed["posts"].floats("likes").tolist() == [3.0]
