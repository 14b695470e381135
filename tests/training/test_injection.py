"""Copies of authentic accounts show what was added to them, and their labels say it truly."""

import numpy as np
import polars as pl
import pytest

from accounts.document import to_documents
from accounts.population import LABELS, Population
from accounts.reading import read_documents
from accounts.simulation import simulate
from accounts.simulation.regimes.test import TEST
from accounts.simulation.regimes.train import TRAIN
from accounts.tables import Tables
from benchmarks.quality.populations.organic_sets import only_parts
from training.datasets.base import owner_of
from training.injection import FOLLOWERS, RHYTHMS, authentic, inject
from training.split import groups

COUNTS = ("likes", "views", "comments")
EVERYTHING = frozenset({"accounts", "posts", "comments", "history", "audience"})


@pytest.fixture(scope="module")
def tables() -> Tables:
    population = simulate(300, 7)
    honest = population.labels.filter(~pl.col("inflated") & ~pl.col("automated"))
    return population.tables.select(honest["account_id"])


@pytest.fixture(scope="module")
def injected(tables: Tables) -> Population:
    return inject(tables, 1, TRAIN, copies=2)


def of_scheme(injected: Population, *names: str) -> Tables:
    return injected.tables.select(injected.labels.filter(pl.col("scheme").is_in(names))["account_id"])


def with_originals(tables: Tables, injected: Tables, table: str, key: list[str]) -> pl.DataFrame:
    """Rows of copies with those of their originals, under ``_before``."""
    owner = pl.col("account_id").str.split("#").list.first()
    renamed = injected[table].with_columns(copy="account_id", account_id=owner)
    return renamed.join(tables[table], on=["account_id", *key], how="left", suffix="_before")


def test_copies_have_names_of_their_own_and_stay_with_their_account(tables, injected):
    names = injected.tables.accounts["account_id"].to_list()
    assert injected.labels["account_id"].to_list() == names
    assert len(set(names)) == len(names)
    assert {owner_of(name) for name in names} <= set(tables.accounts["account_id"])
    assert len(names) > 1.2 * len(tables)
    whole = Population.concat([authentic(tables), injected])
    group = dict(zip(whole.labels["account_id"], groups(whole).tolist(), strict=True))
    assert all(group[name] == group[owner_of(name)] for name in names)
    # Vendors are an account's own, so that accounts are not linked by what was done to them.
    assert len(set(group.values())) > 0.8 * len(tables)


def test_a_copy_depends_on_its_account_alone(tables, injected):
    some = tables.select(tables.accounts["account_id"].gather_every(7))
    again = inject(some, 1, TRAIN, copies=2)
    names = again.labels["account_id"].to_list()
    assert again.labels.equals(injected.labels.filter(pl.col("account_id").is_in(names)))
    assert again.tables.posts.equals(injected.tables.select(names).posts)
    other = inject(some, 2, TRAIN, copies=2)
    assert not other.labels.equals(again.labels)


def test_labels_have_the_simulators_schema(tables, injected):
    assert injected.labels.schema == LABELS == authentic(tables).labels.schema
    assert (injected.labels["inflated"] != injected.labels["automated"]).all()
    assert injected.labels["strength"].is_null().equals(injected.labels["automated"])
    honest = authentic(tables).labels
    assert not honest["inflated"].any() and not honest["automated"].any()
    assert honest.select(pl.col("^added_.*$").sum()).row(0) == (0.0,) * 5


@pytest.mark.parametrize("regime", [TRAIN, TEST], ids=lambda regime: regime.name)
def test_copies_obey_the_schema_and_keep_what_was_absent(tables, regime):
    copies = inject(tables, 3, regime)
    chunk = read_documents(to_documents(copies.tables))
    assert not chunk.faults
    posts = with_originals(tables, copies.tables, "posts", ["post_id"])
    for name in ("likes", "views", "comments", "shares", "caption", "hashtags"):
        assert posts[name].is_null().equals(posts[f"{name}_before"].is_null()), name
    history = with_originals(tables, copies.tables, "history", ["date"])
    assert history["followers"].is_null().equals(history["followers_before"].is_null())


def test_labels_say_what_was_added_to_posts(tables, injected):
    posts = with_originals(tables, injected.tables, "posts", ["post_id"])
    for name in COUNTS:
        more = (pl.col(name) - pl.col(f"{name}_before")).sum()
        share = more / pl.max_horizontal(pl.col(f"{name}_before").sum(), pl.len())
        shown = posts.group_by("copy").agg(share.fill_null(0.0).alias("shown"))
        both = injected.labels.filter("inflated").join(shown, left_on="account_id", right_on="copy")
        # Counts that are shown as "12.3K" lose what is cut off.
        error = (both["shown"] - both[f"added_{name}"]).abs() / (0.1 + both[f"added_{name}"])
        assert error.quantile(0.9) < 0.05, name
        assert (both[f"added_{name}"] > 0.02).sum() > 10, name


def test_labels_say_what_was_added_to_followers(tables, injected):
    accounts = with_originals(tables, injected.tables, "accounts", [])
    more = (pl.col("followers") / pl.col("followers_before").clip(1) - 1).alias("shown")
    both = injected.labels.join(
        accounts.select("copy", more), left_on="account_id", right_on="copy"
    ).drop_nulls("shown")
    both = both.filter(pl.col("scheme").is_in(FOLLOWERS))
    error = (both["shown"] - both["added_followers"]).abs() / (0.1 + both["added_followers"])
    assert len(both) > 40
    assert error.quantile(0.9) < 0.1


def test_some_bought_before_what_the_history_shows(injected):
    with_days = set(injected.tables.history["account_id"])
    bought = injected.labels.filter(
        pl.col("account_id").is_in(with_days), pl.col("scheme").is_in({"burst", "drip"})
    )
    unseen = bought["added_followers_shown"] < 0.1 * bought["added_followers"]
    assert 0.1 < unseen.mean() < 0.7
    assert (bought["added_followers_shown"] <= bought["added_followers"] + 1e-9).all()


def test_strengths_are_spread_over_powers_of_ten(tables):
    shown = only_parts(tables, frozenset({"posts"}))
    shown = shown.select(shown.accounts["account_id"].gather_every(2))
    labels = inject(shown, 5, TRAIN, copies=4, strength=(0.1, 60.0)).labels
    flat = labels.filter(pl.col("scheme").is_in({"likes_flat", "likes_proportional"}))["added_likes"]
    assert (flat < 1.0).mean() > 0.2
    assert (flat > 5.0).mean() > 0.1
    weak = inject(shown, 5, TRAIN, strength=(0.1, 0.2)).labels.filter(pl.col("scheme") == "likes_flat")
    assert 0.05 < weak["added_likes"].median() < 0.3


def test_only_what_is_there_is_inflated(tables):
    schemes = {
        parts: set(inject(only_parts(tables, frozenset(parts)), 1, TRAIN).labels["scheme"])
        for parts in (("accounts",), ("history",), ("posts",), ("accounts", "posts"))
    }
    assert schemes[("accounts",)] == set()
    assert schemes[("history",)] <= FOLLOWERS | {"random_inflation", "follow_unfollow", "growth_bot"}
    assert not schemes[("posts",)] & FOLLOWERS
    assert schemes[("accounts", "posts")] >= FOLLOWERS
    bare = inject(only_parts(tables, frozenset({"posts"})), 1, TRAIN)
    assert bare.labels["added_followers"].to_list() == [0.0] * len(bare)
    assert bare.tables.accounts["followers"].is_null().all()
    assert inject(tables.select([]), 1, TRAIN).labels.is_empty()


def test_youtube_rounds_what_was_added_too(tables, injected):
    accounts = injected.tables.accounts.filter(pl.col("platform") == "youtube").drop_nulls("followers")
    followers = accounts["followers"].to_numpy().astype(float)
    unit = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(followers, 1))) - 2, 0)
    assert len(followers) > 20
    assert (followers % unit == 0).all()


def test_a_program_publishes_in_the_accounts_own_span(tables, injected):
    programs = of_scheme(injected, *RHYTHMS)
    posts = with_originals(tables, programs, "posts", ["post_id"]).drop_nulls("published_at")
    assert not posts["published_at"].equals(posts["published_at_before"])
    last = posts.group_by("copy").agg(pl.col("published_at", "published_at_before").max())
    late = (pl.col("published_at") - pl.col("published_at_before")).dt.total_minutes().max()
    assert last.select(late).item() <= 2


def test_bought_comments_stand_in_the_sample(tables):
    deep = tables.comments.group_by("account_id").len().filter(pl.col("len") >= 30)
    some = tables.select(deep["account_id"])
    copies = inject(some, 1, TRAIN, copies=3, strength=(2.0, 20.0))
    bought = of_scheme(copies, "comments_templates", "comments_fluent", "pod")
    assert len(bought)
    shares = []
    for name in bought.accounts["account_id"]:
        before = tables.comments.filter(account_id=owner_of(name)).drop("account_id")
        after = bought.comments.filter(account_id=name).drop("account_id")
        ours = after.join(before, on=before.columns, how="semi", nulls_equal=True).height
        assert ours < after.height <= 2.5 * before.height
        shares.append(1 - ours / after.height)
    added = copies.labels.filter(pl.col("account_id").is_in(bought.accounts["account_id"].implode()))
    expected = added["added_comments"] / (1 + added["added_comments"])
    assert abs(float(np.median(shares)) - float(expected.median())) < 0.15


def test_windows_and_platforms_of_one_account_are_copied_apart(tables):
    two = tables.accounts["account_id"].to_list()[:40]
    chosen = tables.select(two)
    parts = [pl.format("{}#{}", "account_id", pl.lit(at)).alias("account_id") for at in range(2)]
    windows = Tables.concat(
        [chosen.map(lambda _, frame, part=part: frame.with_columns(part)) for part in parts]
    )
    copies = inject(windows, 1, TRAIN)
    assert copies.labels["account_id"].str.contains(r"#[01]i0$").all()
    assert copies.labels["campaign"].n_unique() <= len(two)
