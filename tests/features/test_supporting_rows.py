"""The rows behind a feature are the account's own, in the declared order, and show what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from accounts.tables import Tables
from features.catalogue import CATALOGUE, by_name
from features.declaration import Feature, Rows
from features.example import one_account
from features.supporting_rows import Row, supporting_rows
from features.views import Views

FIRST = np.array([0])


def rows_of_one_account(feature: Feature, **parts: object) -> list[Row]:
    tables = {name: value for name, value in parts.items() if isinstance(value, Mapping)}
    return supporting_rows(feature, FIRST, Views(one_account({}, tables)))[0]


@pytest.fixture(scope="module")
def views(tables: Tables) -> Views:
    return Views(tables)


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: feature.name)
def test_one_account_shows_the_same_alone_and_among_others(feature: Feature, views: Views) -> None:
    some = np.arange(len(views.tables))
    together = supporting_rows(feature, some, views)
    alone = [supporting_rows(feature, np.array([account]), views)[0] for account in some[::25]]
    assert together[::25] == alone
    if feature.rows is None:
        assert not any(together)
    else:
        assert any(together)
        assert max(map(len, together)) <= feature.rows.most
        assert all(tuple(row) == feature.rows.show for rows in together for row in rows)


@pytest.mark.parametrize("most", [2, 5, 8])
@pytest.mark.parametrize("rows", [*range(1, 12), 40, 365])
def test_rows_from_across_hold_both_ends_and_keep_even_distances(most: int, rows: int) -> None:
    place = np.arange(rows)
    places = place[Rows("a", ("a",), most=most, across=True).takes(place, np.full(rows, rows))]
    assert places.size == min(most, rows)
    assert places[0] == 0 and places[-1] == rows - 1
    assert np.ptp(np.diff(places, prepend=places[0] - places[-1] // max(places.size - 1, 1))) <= 1


def test_rows_from_across_are_counted_for_each_account(views: Views) -> None:
    feature = by_name("likes_variation")
    for account, rows in enumerate(supporting_rows(feature, np.arange(len(views.tables)), views)):
        posts = views[feature.view].filter(account=account).drop_nulls("likes")
        if rows:
            assert rows[0]["likes"] == posts["likes"].max() and rows[-1]["likes"] == posts["likes"].min()
            assert len(rows) == min(posts.height, 5)


def test_a_jump_is_shown_with_what_followed() -> None:
    followers = [100] * 10 + [200, 240, 230] + [230] * 60
    rows = rows_of_one_account(by_name("spike_echo"), history={"followers": followers})
    assert [row["gained"] for row in rows] == [100, 40, -10, 0, 0]
    rows = rows_of_one_account(by_name("spike_kept"), history={"followers": followers})
    assert rows[0]["gained"] == 100
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert [(day - days[0]).days for day in days] == [0, 28, 32, 36, 40]


def test_growth_is_shown_from_the_first_count_to_the_last() -> None:
    rows = rows_of_one_account(by_name("growth_total"), history={"followers": [100 + n for n in range(33)]})
    assert [row["followers"] for row in rows] == [100, 108, 116, 124, 132]


def test_each_caption_is_shown_once() -> None:
    captions = ["same", "other", "same", "mine", "other", "same", None, "yours"]
    rows = rows_of_one_account(by_name("repeated_caption_share"), posts={"caption": captions})
    assert [(row["caption"], row["caption_copies"]) for row in rows] == [
        ("same", 3), ("other", 2), ("mine", 1), ("yours", 1),
    ]  # fmt: skip


def test_rows_that_do_not_satisfy_the_condition_stay_out() -> None:
    feature = by_name("likes_variation")
    assert feature.rows is not None
    odd = replace(feature, rows=replace(feature.rows, among=pl.col("likes") % 2 == 1))
    rows = rows_of_one_account(odd, posts={"likes": [1, 2, 3, 4, None]})
    assert [row["likes"] for row in rows] == [3, 1]
