"""What must hold for every feature: small checks, each crossed with the whole catalogue."""

from __future__ import annotations

import doctest
import os
import re
import string
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from accounts.schema import PROFILE, TABLES
from accounts.tables import Tables
from features.catalogue import CATALOGUE, FAMILIES, by_name
from features.declaration import Feature
from features.derive import derive
from features.evidence import BLOCKS
from features.example import derive_one
from features.views import Views

SHIFT = timedelta(hours=7)
TIMES = ("as_of", "created_at", "published_at")
TENFOLD = ("likes", "comments", "views", "shares", "saves", "followers")

# Why a feature may change when likes, comments, views and followers are all ten times as many.
SIZE_MATTERS: Mapping[str, str] = {
    "followers_size": "it is the size",
    "following_ratio": "accounts followed stay as they are",
    "posts_per_follower": "posts published stay as they are",
    "engagement_above_peers": "the account moves to another tier of peers",
    "engagement_below_peers": "the account moves to another tier of peers",
    "engagement_percentile": "larger accounts are held against other peers",
    "engagement_z": "larger accounts are held against other peers",
    "views_z": "larger accounts are held against other peers",
    "likes_equal_share": "equal counts under 20 say nothing",
    "views_equal_share": "equal counts under 20 say nothing",
    "shares_equal_share": "equal counts under 20 say nothing",
    "likes_round_share": "packages are a matter of size",
    "likes_two_groups": "one is added to both, which matters for small counts",
    "likes_per_view_two_groups": "one is added to both, which matters for small counts",
    "burst_size": "fifty are added to followers", "burst_share": "fifty are added to followers",
    "burst_days": "fifty are added to followers", "burst_echo": "fifty are added to followers",
    "burst_kept": "fifty are added to followers", "burst_alone": "fifty are added to followers",
    "month_size": "fifty are added to followers",
    "comments_per_like_spread": "one is added to both, which matters for small counts",
    "likes_step": "one is added, which matters for small counts",
    "likes_step_without_comments": "one is added, which matters for small counts",
    "likes_outlier": "one is added, which matters for small counts",
    "likes_gap": "one is added, which matters for small counts",
    "growth_without_engagement": "it builds on the step of likes",
    "audience_follow_ratio": "accounts followed by the sampled followers stay as they are",
    "audience_lopsided_share": "accounts followed by the sampled followers stay as they are",
    "spike_z": "one is added to followers, and the noise of a step of one shrinks",
    "spike_z_weekly": "one is added to followers, and the noise of a step of one shrinks",
    "spike_z_monthly": "one is added to followers, and the noise of a step of one shrinks",
    "spike_size": "one is added to followers", "spike_size_weekly": "one is added to followers",
    "spike_size_monthly": "one is added to followers", "growth_usual": "one is added to followers",
    "growth_usual_weekly": "one is added to followers", "growth_usual_monthly": "one is added to followers",
    "growth_total": "one is added to followers",
    "round_gain_share": "whole thousands are a matter of size",
    "drip_spread": "small gains drown in the platform's rounding",
    "drip_spread_weekly": "small gains drown in the platform's rounding",
    "unexplained_gain_share": "it builds on z, in which one is added to followers",
}  # fmt: skip
# Why a feature may change when all times move by whole hours.
CLOCK_MATTERS: Mapping[str, str] = {
    "burst_alone": "counts are of UTC days, and a post near midnight moves to another one",
    "unexplained_gain_share": "counts are of UTC days, and a post near midnight moves to another one",
}
# The value whose absence must leave the feature as if the row were not there.
HIDDEN: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("posts", "likes"): (
        "likes_variation", "likes_gini", "likes_floor", "likes_outlier", "likes_gap", "likes_per_view",
        "likes_per_view_spread", "more_likes_than_views_share",
        "comments_per_like", "comments_per_like_spread",
        "likes_comments_spearman", "likes_views_spearman", "engagement_rate", "engagement_spread",
        "sponsored_lift", "saves_per_like",
    ),
    ("posts", "comments"): ("comments_variation", "comments_gini", "uncommented_share", "comments_per_like"),
    ("posts", "views"): ("views_variation", "views_per_follower", "likes_per_view"),
    ("posts", "hashtags"): ("hashtags_per_post", "hashtags_deviation"),
    ("comments", "likes"): ("liked_comment_share",),
    ("comments", "by_creator"): ("creator_reply_share",),
    ("comments", "author_id"): ("author_concentration", "returning_author_share", "core_author_share"),
    ("audience", "following"): (
        "audience_mass_follower_share", "audience_lopsided_share", "audience_follow_ratio",
    ),
    ("audience", "posts"): ("audience_postless_share",),
    ("audience", "has_picture"): ("audience_pictureless_share",),
    ("audience", "created_at"): ("audience_age_spread",),
    ("history", "followers"): ("spike_share", "gains_gini_weekly", "growth_total", "spike_kept_monthly"),
}  # fmt: skip


@dataclass
class Bench:
    """The accounts, and their features under every change that the checks ask about."""

    tables: Tables
    folder: Path

    @cached_property
    def views(self) -> Views:
        return Views(self.tables)

    @cached_property
    def plain(self) -> pd.DataFrame:
        return derive(self.views)

    @cached_property
    def without(self) -> dict[str, pd.DataFrame]:
        return {block: derive(removed(self.tables, block)) for block in BLOCKS}

    @cached_property
    def shuffled(self) -> pd.DataFrame:
        return derive(self.tables.map(lambda _, frame: frame.sample(fraction=1.0, shuffle=True, seed=3)))

    @cached_property
    def alone(self) -> pd.DataFrame:
        """Every seventh account by itself."""
        return pd.concat([derive(self.tables.select([name])) for name in self.plain.index[::7]])

    @cached_property
    def parted(self) -> pd.DataFrame:
        ids = list(self.plain.index)
        return pd.concat([derive(self.tables.select(part)) for part in (ids[:3], ids[3:60], ids[60:])])

    @cached_property
    def threaded(self) -> pd.DataFrame:
        """In another process, with one thread where this one has several, and the other way round."""
        for name in TABLES:
            self.tables[name].write_parquet(self.folder / f"{name}.parquet")
        threads = "1" if pl.thread_pool_size() > 1 else "2"
        environment = {**os.environ, "POLARS_MAX_THREADS": threads}
        subprocess.run([sys.executable, "-c", ELSEWHERE, str(self.folder)], env=environment, check=True)
        return pd.read_parquet(self.folder / "derived.parquet")

    @cached_property
    def tenfold(self) -> pd.DataFrame:
        return derive(
            self.tables.map(lambda _, frame: frame.with_columns(pl.col(present(frame, TENFOLD)) * 10))
        )

    @cached_property
    def later(self) -> pd.DataFrame:
        return derive(
            self.tables.map(lambda _, frame: frame.with_columns(pl.col(present(frame, TIMES)) + SHIFT))
        )


ELSEWHERE = """
import sys
from pathlib import Path
import polars as pl
from accounts.schema import TABLES
from accounts.tables import Tables
from features.derive import derive
folder = Path(sys.argv[1])
tables = Tables(**{name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES})
derive(tables).to_parquet(folder / "derived.parquet")
"""


def present(frame: pl.DataFrame, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in frame.columns]


def removed(tables: Tables, block: str) -> Tables:
    if block != "profile":
        return tables.map(lambda name, frame: frame.clear() if name == block else frame)
    unknown = [pl.lit(None, field.dtype).alias(name) for name, field in PROFILE.items()]
    return tables.map(lambda name, frame: frame.with_columns(unknown) if name == "accounts" else frame)


def same_bits(left: pd.Series, right: pd.Series) -> None:
    assert list(left.index) == list(right.index)
    different = left.to_numpy().view(np.uint64) != right.to_numpy().view(np.uint64)
    different &= ~(left.isna() & right.isna()).to_numpy()
    assert not different.any(), pd.DataFrame({"one": left, "other": right})[different]


def close(left: pd.Series, right: pd.Series) -> None:
    np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.fixture(scope="session")
def bench(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tables, tmp_path_factory.mktemp("elsewhere"))


def check_it_is_present_and_absent_in_some_accounts(feature: Feature, bench: Bench) -> None:
    known = bench.plain[feature.name].notna()
    assert known.sum() >= 5, "too few accounts have it to prove anything"
    assert np.isfinite(bench.plain[feature.name][known]).all()
    assert not known.all()


def check_its_declaration_is_whole(feature: Feature, bench: Bench) -> None:
    assert feature.source
    assert feature.unit
    assert (
        feature.about.strip().partition("\n")[0].rstrip().endswith((".", ";", ",")) or "\n\n" in feature.about
    )
    assert feature.speaks_to
    assert set(feature.blocks) <= set(BLOCKS)
    assert feature.family in {family.__name__.rpartition(".")[2] for family in FAMILIES}


def check_its_sentence_formats(feature: Feature, bench: Bench) -> None:
    fields = {name for _, name, _, _ in string.Formatter().parse(feature.sentence) if name is not None}
    assert fields == {"value"}
    assert feature.sentence == feature.sentence.strip(" .,")


def check_its_rows_name_columns_of_its_view(feature: Feature, bench: Bench) -> None:
    if feature.rows is not None:
        among = () if feature.rows.among is None else feature.rows.among.meta.root_names()
        assert {feature.rows.by, *feature.rows.show, *among} <= set(bench.views[feature.view].columns)


def check_it_is_there_only_where_enough_is_known(feature: Feature, bench: Bench) -> None:
    for column, least in feature.known.items():
        counts = bench.views[feature.view].group_by("account").agg(pl.col(column).count()).iter_rows()
        known = dict(counts)
        few = [known.get(place, 0) < least for place in range(len(bench.plain))]
        assert bench.plain[feature.name][few].isna().all(), column


def check_a_missing_block_makes_it_absent(feature: Feature, bench: Bench) -> None:
    for block in feature.blocks:
        assert bench.without[block][feature.name].isna().all(), block


def check_other_blocks_do_not_touch_it(feature: Feature, bench: Bench) -> None:
    for block in set(BLOCKS) - set(feature.blocks):
        same_bits(bench.plain[feature.name], bench.without[block][feature.name])


def check_order_of_rows_does_not_matter(feature: Feature, bench: Bench) -> None:
    same_bits(bench.plain[feature.name], bench.shuffled[feature.name].loc[bench.plain.index])


def check_an_account_alone_has_the_same_bits(feature: Feature, bench: Bench) -> None:
    same_bits(bench.plain[feature.name].loc[bench.alone.index], bench.alone[feature.name])


def check_partitions_have_the_same_bits(feature: Feature, bench: Bench) -> None:
    same_bits(bench.plain[feature.name], bench.parted[feature.name])


def check_threads_do_not_matter(feature: Feature, bench: Bench) -> None:
    same_bits(bench.plain[feature.name], bench.threaded[feature.name])


def check_size_matters_only_where_it_is_said_to(feature: Feature, bench: Bench) -> None:
    if feature.name in SIZE_MATTERS:
        with pytest.raises(AssertionError):
            close(bench.plain[feature.name], bench.tenfold[feature.name])
    else:
        close(bench.plain[feature.name], bench.tenfold[feature.name])


def check_the_clock_matters_only_where_it_is_said_to(feature: Feature, bench: Bench) -> None:
    if feature.name not in CLOCK_MATTERS:
        close(bench.plain[feature.name], bench.later[feature.name])


def name_of(it: Feature | Callable[..., None]) -> str:
    return it.name if isinstance(it, Feature) else it.__name__.removeprefix("check_")


CHECKS = [value for name, value in list(globals().items()) if name.startswith("check_")]


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
@pytest.mark.parametrize("feature", CATALOGUE, ids=name_of)
def test_every_feature(feature: Feature, check: Callable[[Feature, Bench], None], bench: Bench) -> None:
    check(feature, bench)


ORIGINALS = {twin.name: feature for feature in CATALOGUE for twin in feature.twins}


@pytest.mark.parametrize("feature", [f for f in CATALOGUE if f.name not in ORIGINALS], ids=name_of)
def test_every_docstring_holds_an_example_that_runs(feature: Feature) -> None:
    names: dict[str, object] = {"derive_one": derive_one, feature.name: feature}
    test = doctest.DocTestParser().get_doctest(feature.about, names, feature.name, None, 0)
    assert test.examples
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
    assert runner.run(test, out=said.append).failed == 0, "".join(said)


@pytest.mark.parametrize("twin", ORIGINALS)
def test_a_twin_says_the_step_of_its_own_grid(twin: str) -> None:
    own, first = by_name(twin), ORIGINALS[twin]
    assert own.expression is first.expression
    step = {"weeks": "week", "months": "month"}[own.view.name]
    assert own.sentence in {first.sentence, re.sub(r"(?<!a )\bday(?=s?\b)(?!s \d)", step, first.sentence)}


@pytest.mark.parametrize(("table", "column"), HIDDEN, ids="-".join)
def test_a_hidden_value_is_never_zero(table: str, column: str, tables: Tables) -> None:
    """Hiding one value of every account has the same effect on what reads it as leaving the row out."""
    hidden = pl.int_range(pl.len()).over("account_id") % 9 == 4
    kept = pl.when(~hidden).then(pl.col(column)).alias(column)
    null = tables.map(lambda name, frame: frame.with_columns(kept) if name == table else frame)
    gone = tables.map(lambda name, frame: frame.filter(~hidden) if name == table else frame)
    deep = (
        gone[table]
        .group_by("account_id")
        .len()
        .filter(pl.col("len") >= 60 if table == "audience" else pl.col("len") >= 20)
    )
    ids = tables.accounts.filter(pl.col("account_id").is_in(deep["account_id"].implode()))[
        "account_id"
    ].to_list()
    one, other = derive(null.select(ids)), derive(gone.select(ids))
    for feature in HIDDEN[table, column]:
        assert one[feature].notna().any(), feature
        close(one[feature], other[feature])


def test_tables_are_left_as_they_are(tables: Tables) -> None:
    before = {name: tables[name].clone() for name in TABLES}
    derive(tables)
    for name, frame in before.items():
        assert frame.equals(tables[name], null_equal=True)
        assert frame.columns == tables[name].columns


def test_the_result_is_floats_in_input_order(bench: Bench) -> None:
    assert list(bench.plain.columns) == [feature.name for feature in CATALOGUE]
    assert list(bench.plain.index) == bench.tables.accounts["account_id"].to_list()
    assert set(bench.plain.dtypes) == {np.dtype(np.float64)}


def test_no_accounts_have_no_features() -> None:
    assert derive(Tables.of()).shape == (0, len(CATALOGUE))


def test_names_are_unique() -> None:
    assert len({feature.name for feature in CATALOGUE}) == len(CATALOGUE)
    assert SIZE_MATTERS.keys() | CLOCK_MATTERS.keys() <= {feature.name for feature in CATALOGUE}
