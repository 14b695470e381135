"""Thinned accounts are what a poorer export would show, and masked levels are what thinning gives."""

from datetime import timedelta
from itertools import chain, combinations

import numpy as np
import polars as pl
import pytest

from accounts.schema import PROFILE, TABLES
from accounts.simulation import simulate
from features.derive import derive
from features.evidence import BLOCKS, DEPTHS, LEVELS, Level, measure
from training.masking import ALL, MaskedToLevels, mask_plan, mask_tables, random_mask_plan

SEED = 5
# Every depth alone, every pair of blocks at its shallowest (most rows are dropped there), and some of more.
COVERING = [
    *(depth for depths in DEPTHS.values() for depth in depths),
    *("+".join((DEPTHS[first][0], DEPTHS[second][0])) for first, second in combinations(BLOCKS, 2)),
    "profile+posts5+comments15+history14+audience30",
    "profile+posts12+comments50+historyweekly",
    "profile+posts30+comments15+history30+audience30",
    "profile+posts12+history90",
    "posts30+comments50+historymonthly",
]


@pytest.fixture(scope="module")
def tables():
    return simulate(110, seed=12).tables


@pytest.fixture(scope="module")
def ids(tables):
    return tables.accounts["account_id"].to_list()


@pytest.fixture(scope="module")
def at_levels(tables):
    return {level.key: features for level, features in MaskedToLevels(tables, SEED)}


def plan(ids, **changes):
    """Everything, but for what is named."""
    whole = {
        "profile": True, "audience": True, "posts": ALL, "comments": ALL, "days": ALL, "every": "1d",
        "scattered": False, "texts": True,
    }  # fmt: skip
    return pl.DataFrame(
        {"account_id": ids} | {name: [value] * len(ids) for name, value in (whole | changes).items()}
    )


def same_rows(left, right):
    """Whether two sets of tables hold the same rows, in any order."""
    return all(left[name].sort(pl.all()).equals(right[name].sort(pl.all())) for name in TABLES)


def shuffled(tables, seed=1):
    return tables.map(lambda _, frame: frame.sample(fraction=1.0, shuffle=True, seed=seed))


@pytest.mark.parametrize("key", COVERING)
def test_put_together_equals_derived_outright(key, tables, ids, at_levels):
    level = Level.of(key)
    depth = dict(zip(level.blocks, level.depths, strict=True))
    masked = mask_tables(
        tables, mask_plan(ids, {block: [depth.get(block)] * len(ids) for block in BLOCKS}, SEED), SEED
    )
    outright = derive(masked)[(measure(masked)["level"] == key).to_numpy()]
    assert len(outright)
    assert at_levels[key].index.equals(outright.index)
    assert at_levels[key].columns.equals(outright.columns)
    assert np.array_equal(at_levels[key].to_numpy(), outright.to_numpy(), equal_nan=True)


def test_every_pair_of_blocks_and_every_depth_was_compared():
    seen = [set(Level.of(key).blocks) for key in COVERING]
    assert all(any({a, b} <= blocks for blocks in seen) for a, b in combinations(BLOCKS, 2))
    assert {depth for key in COVERING for depth in key.split("+")} == {*chain(*DEPTHS.values())}
    assert set(COVERING) <= {level.key for level in LEVELS}


def test_an_account_stands_at_a_level_once_and_never_above_its_own_evidence(tables, at_levels):
    whole = measure(tables)
    for key, features in at_levels.items():
        assert features.index.is_unique
        present = whole.loc[features.index, list(Level.of(key).blocks)] > 0
        assert present.to_numpy().all()


def test_chunks_do_not_matter(tables, ids, at_levels):
    part = {level.key: features for level, features in MaskedToLevels(tables.select(ids[30:60]), SEED)}
    chosen = set(ids[30:60])
    assert part
    for key, features in part.items():
        whole = at_levels[key][[name in chosen for name in at_levels[key].index]]
        assert whole.index.equals(features.index)
        assert np.array_equal(whole.to_numpy(), features.to_numpy(), equal_nan=True)


def test_a_plan_that_keeps_everything_changes_nothing(tables, ids):
    masked_tables = mask_tables(tables, plan(ids), SEED)
    assert all(masked_tables[name].equals(tables[name]) for name in TABLES)


def test_posts_kept_are_the_newest(tables, ids):
    masked_tables = mask_tables(tables, plan(ids, posts=7), SEED).posts
    for (name,), own in tables.posts.group_by("account_id"):
        newest = own.sort("published_at", descending=True).head(7)
        mine = masked_tables.filter(pl.col("account_id") == name)
        assert sorted(mine["published_at"]) == sorted(newest["published_at"])
    assert len(masked_tables) < len(tables.posts)


def test_scattered_posts_are_as_many_and_from_any_time(tables, ids):
    newest, any_time = (
        mask_tables(tables, plan(ids, posts=7, scattered=how), SEED).posts for how in (False, True)
    )
    sizes = [
        dict(masked_tables.group_by("account_id").len().iter_rows()) for masked_tables in (newest, any_time)
    ]
    assert sizes[0] == sizes[1]
    assert any_time.join(tables.posts, on=["account_id", "post_id"], how="anti").is_empty()
    assert any_time["published_at"].mean() < newest["published_at"].mean()


def test_without_texts_captions_and_hashtags_are_unknown_and_all_else_stays(tables, ids):
    masked_tables = mask_tables(tables, plan(ids, texts=False), SEED).posts
    assert masked_tables.select(pl.col("caption", "hashtags").is_null().all()).row(0) == (True, True)
    others = pl.exclude("caption", "hashtags")
    assert masked_tables.select(others).equals(tables.posts.select(others))


def test_undated_posts_are_kept_with_all_or_not_at_all(tables, ids):
    undated = tables.map(
        lambda name, frame: (
            frame.with_columns(published_at=None).cast(frame.schema) if name == "posts" else frame
        )
    )
    assert mask_tables(undated, plan(ids), SEED).posts.equals(undated.posts)
    assert mask_tables(undated, plan(ids, posts=7), SEED).posts.is_empty()


def test_comments_kept_are_some_of_those_given(tables, ids):
    masked_tables = mask_tables(tables, plan(ids, comments=20), SEED).comments
    assert masked_tables.join(
        tables.comments, on=tables.comments.columns, how="anti", nulls_equal=True
    ).is_empty()
    sizes = dict(masked_tables.group_by("account_id").len().iter_rows())
    given = dict(tables.comments.group_by("account_id").len().iter_rows())
    assert sizes == {name: min(size, 20) for name, size in given.items()}
    assert max(given.values()) > 20


def test_another_seed_keeps_other_comments_and_no_place_is_favoured(tables, ids):
    one, two = (mask_tables(tables, plan(ids, comments=20), seed).comments for seed in (1, 2))
    assert not one.equals(two)
    place = pl.int_range(pl.len()).over("account_id") / pl.len().over("account_id")
    placed = tables.comments.with_columns(place=place).join(one, on=one.columns, how="semi", nulls_equal=True)
    deep = placed.filter(pl.len().over("account_id") == 20)
    assert abs(deep["place"].mean() - 0.5) < 0.05


@pytest.mark.parametrize(("days", "most"), [(20, 20), (60, 60)])
def test_history_kept_is_the_newest(days, most, tables, ids):
    masked_tables = mask_tables(tables, plan(ids, days=days), SEED).history
    newest = tables.history.filter(
        pl.col("date") >= pl.col("date").max().over("account_id") - timedelta(days=most)
    )
    assert masked_tables.equals(newest)
    assert len(masked_tables) < len(tables.history)


@pytest.mark.parametrize(("every", "depth"), [("1w", "historyweekly"), ("1mo", "historymonthly")])
def test_a_coarser_grid_lands_on_its_level(every, depth, tables, ids):
    whole = measure(tables)
    span = tables.history.group_by("account_id").agg(
        (pl.col("date").max() - pl.col("date").min()).dt.total_days()
    )
    days = whole.index.map(dict(span.iter_rows())).to_numpy(dtype=float)
    # Where every fourth day or more was missed, two Fridays may lie further apart than a week.
    often = whole["history"].to_numpy() > 0.8 * days
    daily = whole["level"].str.contains("history90").to_numpy() & often
    after = measure(mask_tables(tables, plan(ids, every=every), SEED))
    landed = after["level"].str.contains(depth).to_numpy()
    present = (after["history"] > 0).to_numpy()
    assert (daily & landed).sum() >= 10
    assert landed[daily & present].all()


def test_a_profile_and_an_audience_are_kept_or_dropped_whole(tables, ids):
    without = mask_tables(tables, plan(ids, profile=False, audience=False), SEED)
    assert without.audience.is_empty()
    assert without.accounts.select(pl.col(PROFILE).is_null().all()).row(0) == (True,) * len(PROFILE)
    keys = ["account_id", "platform", "as_of"]
    assert without.accounts.select(keys).equals(tables.accounts.select(keys))


def test_a_plan_drops_at_random_and_by_the_share_declared():
    many = random_mask_plan([f"account {number}" for number in range(4_000)], 1)
    dropped = {
        "profile": 1 - many["profile"].mean(),
        "posts": (many["posts"] == 0).mean(),
        "comments": (many["comments"] == 0).mean(),
        "history": (many["days"] < 0).mean(),
        "audience": 1 - many["audience"].mean(),
    }
    wanted = {"profile": 0.1, "posts": 0.35, "comments": 0.5, "history": 0.4, "audience": 0.5}
    assert dropped == pytest.approx(wanted, abs=0.03)
    masked_tables = [
        many["profile"],
        many["posts"] > 0,
        many["comments"] > 0,
        many["days"] >= 0,
        many["audience"],
    ]
    assert abs(np.corrcoef(masked_tables) - np.eye(5)).max() < 0.06
    few = many.filter(pl.col("posts").is_between(1, ALL - 1))["posts"]
    assert (few.min(), few.max()) == (5, 29)


def test_a_plan_knows_nothing_of_the_labels(run):
    labels = run.population.labels
    drawn = random_mask_plan(labels["account_id"].to_list(), run.config.seed + 1)
    fake = (labels["inflated"] | labels["automated"]).to_numpy()
    present = pl.col("posts", "comments") > 0, pl.col("days") >= 0, pl.col("profile", "audience")
    for masked_tables in drawn.select(*present).iter_columns():
        shares = [masked_tables.to_numpy()[rows].mean() for rows in (fake, ~fake)]
        error = np.sqrt(0.25 * (1 / fake.sum() + 1 / (~fake).sum()))
        assert abs(shares[0] - shares[1]) < 4 * error


def test_a_plan_and_its_rows_depend_on_nothing_but_the_account_and_the_seed(tables, ids):
    drawn = random_mask_plan(ids, SEED)
    part = random_mask_plan(ids[40:50][::-1], SEED)
    assert part.sort("account_id").equals(
        drawn.filter(pl.col("account_id").is_in(ids[40:50])).sort("account_id")
    )
    assert not drawn.equals(random_mask_plan(ids, SEED + 1))
    whole = mask_tables(tables, drawn, SEED)
    assert same_rows(mask_tables(shuffled(tables), drawn, SEED), whole)
    assert same_rows(mask_tables(tables.select(ids[40:50]), part, SEED), whole.select(ids[40:50]))
