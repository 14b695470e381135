"""Some features alone are what they are among all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from accounts.tables import Tables
from features.catalogue import CATALOGUE, by_name
from features.declaration import INFLATED, NEITHER, Feature, feature
from features.derive import derive
from features.views import posts


@pytest.fixture(scope="module")
def all_features(tables: Tables) -> pd.DataFrame:
    return derive(tables)


@pytest.mark.parametrize(
    "names",
    [
        ["followers_size"],
        ["growth_without_engagement"],  # builds on features that are not asked for
        ["engagement_z", "engagement_rate", "views_z"],
        ["spike_z_monthly", "likes_gini", "spike_share"],
        [one.name for one in reversed(CATALOGUE)],
        [],
    ],
    ids=lambda names: names[0] if names else "none",
)
def test_the_same_bits_whichever_are_asked_for(
    names: list[str], tables: Tables, all_features: pd.DataFrame
) -> None:
    found = derive(tables, [by_name(name) for name in names])
    pd.testing.assert_frame_equal(found, all_features[names], check_exact=True, check_column_type=False)


def test_a_feature_of_one_s_own_needs_no_place_in_the_catalogue(tables: Tables) -> None:
    @feature(posts, unit="count", speaks_to=INFLATED, direction=NEITHER, sentence="{value}", source="here")
    def least_likes() -> pl.Expr:
        """The least likes of a settled post."""
        return pl.col("likes").min()

    own: Feature = least_likes
    found = derive(tables, [own, by_name("likes_gini")])
    assert list(found.columns) == ["least_likes", "likes_gini"]
    assert found["least_likes"].notna().any()
    assert np.array_equal(found["likes_gini"], derive(tables)["likes_gini"], equal_nan=True)
