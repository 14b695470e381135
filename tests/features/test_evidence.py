"""Floors exactly at their boundary, levels and what they may accuse by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from accounts.simulation import simulate
from accounts.tables import Tables
from features.catalogue import CATALOGUE, by_name
from features.declaration import AUTOMATED, INFLATED
from features.derive import derive
from features.evidence import BLOCKS, DEPTHS, LEVELS, Level, measure

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
Row = dict[str, object]


def posts(n: int) -> list[Row]:
    return [
        {
            "account_id": "a",
            "post_id": f"p{i}",
            "published_at": AS_OF - timedelta(days=3 + i),
            "likes": i,
            "views": 9,
        }
        for i in range(n)
    ]


def comments(n: int) -> list[Row]:
    return [{"account_id": "a", "text": f"text {i}", "author_id": f"u{i}"} for i in range(n)]


def history(n: int, every: int = 1) -> list[Row]:
    return [
        {"account_id": "a", "date": date(2026, 10, 31) - timedelta(days=every * i), "followers": 100 + i}
        for i in range(n)
    ]


def audience(n: int) -> list[Row]:
    return [
        {"account_id": "a", "followers": 5, "following": 9, "posts": 1, "has_picture": True} for _ in range(n)
    ]


def account(*, followers: int | None = None, **parts: list[Row]) -> Tables:
    profile = {"account_id": "a", "platform": "x", "as_of": AS_OF, "followers": followers}
    return Tables.of(accounts=[profile], **parts)


def level(tables: Tables) -> str:
    return str(measure(tables).loc["a", "level"])


@pytest.mark.parametrize(("n", "key"), [
    (4, "none"), (5, "posts5"), (11, "posts5"), (12, "posts12"), (29, "posts12"),
    (30, "posts30"), (80, "posts30"),
])  # fmt: skip
def test_posts(n: int, key: str) -> None:
    assert level(account(posts=posts(n))) == key


@pytest.mark.parametrize(
    ("n", "key"), [(14, "none"), (15, "comments15"), (49, "comments15"), (50, "comments50")]
)
def test_comments(n: int, key: str) -> None:
    assert level(account(comments=comments(n))) == key


@pytest.mark.parametrize(("n", "every", "key"), [
    (14, 1, "none"),              # 13 days
    (15, 1, "history14"),         # 14 days
    (4, 10, "none"),              # 4 counts
    (5, 4, "historyweekly"),      # 16 days, one count in four days
    (30, 1, "history14"), (31, 1, "history30"), (90, 1, "history30"), (91, 1, "history90"),
    (46, 2, "history90"), (40, 3, "historyweekly"), (12, 10, "historyweekly"), (12, 11, "historymonthly"),
    (12, 30, "historymonthly"),
])  # fmt: skip
def test_history(n: int, every: int, key: str) -> None:
    assert level(account(history=history(n, every))) == key


@pytest.mark.parametrize(("n", "key"), [(29, "none"), (30, "audience30")])
def test_audience(n: int, key: str) -> None:
    assert level(account(audience=audience(n))) == key


def test_a_profile_needs_its_followers() -> None:
    assert level(account()) == "none"
    assert level(account(followers=0)) == "profile"


@pytest.mark.parametrize(("n", "key"), [(4, "none"), (5, "posts5"), (40, "posts30")])
def test_unsettled_posts_are_seen(n: int, key: str) -> None:
    fresh = [{**post, "published_at": AS_OF - timedelta(hours=1 + i)} for i, post in enumerate(posts(n))]
    found = measure(account(posts=fresh)).loc["a"]
    assert (found["level"], found["posts"]) == (key, n if n >= 5 else 0)


def test_unsettled_posts_have_a_rhythm_and_no_engagement() -> None:
    fresh = [
        {
            **post,
            "published_at": AS_OF - timedelta(hours=1 + i + i % 3 / 4),
            "comments": 2,
            "caption": f"day {i}",
        }
        for i, post in enumerate(posts(40))
    ]
    found = derive(account(followers=100, posts=fresh)).loc["a"]
    rhythm = [f.name for f in CATALOGUE if f.family == "posting" and "hashtags" not in f.name]
    earned = [f.name for f in CATALOGUE if f.family == "engagement"]
    assert found[rhythm].notna().all()
    assert found[earned].isna().all()
    settled = [{**post, "published_at": AS_OF - timedelta(days=3)} for post in fresh[:5]]
    assert derive(account(followers=100, posts=fresh[5:] + settled))["engagement_rate"].notna().all()


def test_counts_and_key_of_everything() -> None:
    parts = {"posts": posts(12), "comments": comments(50), "history": history(40), "audience": audience(31)}
    found = measure(account(followers=7, **parts)).loc["a"]
    assert found["level"] == "profile+posts12+comments50+history30+audience30"
    assert [found[block] for block in BLOCKS] == [1, 12, 50, 40, 31]


@pytest.mark.parametrize("block", ["posts", "comments", "history", "audience"])
def test_below_its_floor_a_block_has_no_feature(block: str) -> None:
    enough = {"posts": posts(5), "comments": comments(15), "history": history(15), "audience": audience(30)}
    names = [feature.name for feature in CATALOGUE if block in feature.blocks]
    assert derive(account(followers=7, **enough))[names].notna().any(axis=None)
    thin = {**enough, block: enough[block][:-1]}
    assert derive(account(followers=7, **thin))[names].isna().all(axis=None)


def test_measure_keeps_the_input_order() -> None:
    rows = [{"account_id": name, "platform": "x", "followers": 1} for name in "cab"]
    found = measure(Tables.of(accounts=rows))
    assert list(found.index) == ["c", "a", "b"]
    assert list(found.columns) == [*BLOCKS, "level"]
    assert all(pd.api.types.is_integer_dtype(found[block]) for block in BLOCKS)


def test_levels_are_all_combinations_and_parse_back() -> None:
    expected = 1
    for block in BLOCKS:
        expected *= len(DEPTHS[block]) + 1
    assert len(set(LEVELS)) == len(LEVELS) == expected - 1
    assert all(Level.of(each.key) == each for each in LEVELS)
    assert Level.of("none").blocks == ()


@pytest.mark.parametrize("key", ["", "posts6", "profile+nonsense", "history90+", "profile posts5"])
def test_what_is_no_level_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="is not an evidence level"):
        Level.of(key)


@pytest.mark.parametrize("each", LEVELS, ids=lambda each: each.key)
def test_accusable(each: Level) -> None:
    if {"posts", "comments", "history"} & set(each.blocks):
        assert each.accusable == (INFLATED, AUTOMATED)
    elif "profile" in each.blocks:
        assert each.accusable == (AUTOMATED,)
    else:
        assert each.accusable == ()


def test_nothing_accuses_on_nothing() -> None:
    assert Level.of("none").accusable == ()
    assert Level.of("audience30").accusable == ()


def test_sees_and_extended() -> None:
    some = Level.of("profile+posts12")
    assert some.sees(by_name("engagement_rate"))
    assert not some.sees(by_name("early_share"))
    assert {block: more.key for block, more in some.extended()} == {
        "comments": "profile+posts12+comments50",
        "history": "profile+posts12+history90",
        "audience": "profile+posts12+audience30",
    }


def test_no_feature_is_there_where_its_level_does_not_see_it() -> None:
    tables = simulate(400, 12).tables
    numbers, levels = derive(tables), measure(tables)["level"]
    for feature in CATALOGUE:
        there = numbers.index[numbers[feature.name].notna()]
        assert all(Level.of(level).sees(feature) for level in set(levels[there])), feature.name
