"""Fraud goes where it is meant to, nothing else is touched, and no account is on both sides."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from accounts.simulation import simulate
from accounts.simulation.draft import Draft
from accounts.simulation.parameters_for_testing import TEST
from accounts.tables import Tables
from benchmarks.quality import injected
from benchmarks.quality.injected import Material, limit_of, measured, page, thresholds, trained_on, with_posts
from benchmarks.quality.injection import WAYS, Way, inject, treated
from features.declaration import AUTOMATED
from training.real_drafts import originals_of, working_copy

COUNTED = ("likes", "comments", "views", "shares", "saves", "caption", "hashtags", "published_at")


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Instagram accounts with posts, as the real ones have them; one hides its comments."""
    every = simulate(500, 5).tables
    shown = every.accounts.filter((pl.col("platform") == "instagram") & (pl.col("followers") < 20_000))
    bare = Tables.of(accounts=shown, posts=every.posts.filter(pl.col("likes").is_not_null()))
    found = with_posts(bare.select(shown["account_id"]))
    first = pl.col("account_id") == found.accounts["account_id"][0]
    hidden = pl.when(~first).then(pl.col("comments")).alias("comments")
    return found.map(lambda name, frame: frame.with_columns(hidden) if name == "posts" else frame)


def posts_of(tables: Tables) -> pl.DataFrame:
    return tables.posts.sort("account_id", "post_id")


def test_doing_nothing_changes_nothing(tables: Tables) -> None:
    after = inject(tables, Way(lambda draft, strength, campaign: None), 1.0, TEST, 1)
    assert after.tables.accounts.equals(tables.accounts)
    assert posts_of(after.tables).equals(posts_of(tables))
    assert not after.followers.any()


@pytest.mark.parametrize("name", WAYS)
def test_every_way_changes_what_it_should_and_nothing_else(tables: Tables, name: str) -> None:
    after = inject(tables, WAYS[name], 1.0, TEST, 1)
    assert len(after.tables) > len(tables) / 2
    before = tables.select(after.tables.accounts["account_id"])
    old, new = posts_of(before), posts_of(after.tables)
    assert new.drop(*COUNTED).equals(old.drop(*COUNTED))
    assert new["comments"].is_null().equals(old["comments"].is_null())
    assert before.accounts.drop("followers").equals(after.tables.accounts.drop("followers"))
    grown = (after.tables.accounts["followers"] > before.accounts["followers"]).mean()
    assert grown > 0.9 if "followers" in name or "package" in name else grown == 0
    if WAYS[name].head is AUTOMATED:
        assert not new["published_at"].equals(old["published_at"])
    else:
        assert new["published_at"].equals(old["published_at"])
        assert (new["likes"] >= old["likes"]).all()
    if name.startswith("likes, one order"):
        assert 1.6 < new["likes"].sum() / old["likes"].sum() < 2.6


def test_a_scheduled_post_stays_in_the_accounts_own_span(tables: Tables) -> None:
    after = inject(tables, WAYS["scheduler: uniform"], 0.5, TEST, 1).tables

    def span(posts: pl.DataFrame) -> pl.DataFrame:
        published = pl.col("published_at")
        return posts.group_by("account_id").agg(published.min().alias("first"), published.max().alias("last"))

    both = span(tables.posts).join(span(after.posts), on="account_id", suffix="_after")
    early = both["first_after"] >= both["first"] - pl.duration(minutes=2)
    assert both.select(early_enough=early, late=both["last_after"] <= both["last"]).min().row(0) == (
        True,
        True,
    )


def test_treated_posts_are_told_apart(tables: Tables) -> None:
    draft: Draft = next(
        working_copy(original, TEST, np.random.default_rng(0)).draft
        for original in originals_of(tables)
        if len(original.posts) > 8
    )
    count = len(draft.posts)
    draft.posts.honest["likes"] = np.ones(count)
    for given, wanted in (([], None), (range(count), "all"), (range(3, count), "newest"), ([0, 4], "some")):
        draft.posts.added["likes"] = np.isin(np.arange(count), list(given)) * 5.0
        assert treated(draft) == wanted


def test_a_threshold_comes_from_other_accounts() -> None:
    scores, fold = np.array([0.1, 0.2, 0.3, 9.0, 9.1, 9.2]), np.array([0, 0, 0, 1, 1, 1])
    assert thresholds(scores, fold).tolist() == [9.2, 9.2, 9.2, 0.3, 0.3, 0.3]
    even = np.arange(200.0)
    assert (even > limit_of(even)).mean() == 0.05


def test_heads_never_score_what_they_were_trained_on_and_the_page_tells_all(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(injected, "COPIES", 1)
    monkeypatch.setattr(injected, "cells", lambda: iter([("likes, one order for every post", 1.0)]))
    judge = trained_on(tables, lambda *_: None)
    names = tables.accounts["account_id"].to_list()
    assert set(judge.fold_of) == set(names)
    assert set(judge.fold_of.values()) == set(range(injected.FOLDS))
    texts = {scorer.text for scorer in judge.trained[AUTOMATED]}
    assert len(texts) == injected.FOLDS
    result = measured(Material(tables, judge), None, lambda *_: None)
    (cell,) = result["cells"]
    assert cell["scores"]["directed rank"]["auc"]["value"] > 0.5
    assert cell["scores"]["starter"]["far"]["rate"] <= 0.1
    assert "| likes, one order for every post | 1 |" in page(
        {"tasks": {"instafake_posts": result}, "sealed": {}}
    )
