"""What must hold for every feature: small checks, each crossed with the whole catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from accounts.schema import TABLES
from accounts.tables import Tables
from features.catalogue import CATALOGUE, FAMILIES, by_name
from features.check import CHECKS, check_feature
from features.check.checks import check_it_is_present_and_absent, close
from features.check.trial import Trial
from features.declaration import INFLATED, Feature, feature
from features.derive import derive
from features.views import account, comments, posts


def name_of(it: Feature | Callable[..., None]) -> str:
    return it.name if isinstance(it, Feature) else it.__name__.removeprefix("check_")


@pytest.mark.parametrize("check", CHECKS, ids=name_of)
@pytest.mark.parametrize("feature", CATALOGUE, ids=name_of)
def test_every_feature(feature: Feature, check: Callable[[Feature, Trial], None], trial: Trial) -> None:
    check(feature, trial)


@feature(
    posts, unit="count", speaks_to=INFLATED, sentence="{value}", source="here", excuses={"scale": "it is one"}
)
def likes_median() -> pl.Expr:
    """Median likes of settled posts.

    >>> from features.example import derive_one
    >>> derive_one(likes_median, likes=[1, 2, 3, 4, 5])
    3.0
    """
    return pl.col("likes").median()


def changed(expression: pl.Expr | None = None, about: str = "Likes.\n\n>>> 1\n1", **declared: Any) -> Feature:
    """A feature like ``likes_median`` but for what is given."""

    def replacement() -> pl.Expr:
        return likes_median() if expression is None else expression

    replacement.__doc__ = about
    return replace(likes_median, expression=replacement, **declared)


LIKES = pl.col("likes")
WRONG = {
    "what is unknown is 0": (changed(LIKES.fill_null(0).mean()), "gaps matters to it"),
    "never absent": (changed(pl.lit(1.0), view=account, blocks=()), "is nowhere absent"),
    "never present": (changed(LIKES.min() * 0.0 / 0.0), "has a value in fewer than 5"),
    "the order of rows": (changed(pl.col("author_row").first(), view=comments), "is not the same"),
    "an excuse too many": (
        changed(excuses={"scale": "it is one", "clock": "none"}),
        "clock does not matter to it. Take the excuse away",
    ),
    "an excuse that lacks": (changed(excuses={}), "scale matters to it. Say why in its declaration"),
    "an unknown excuse": (changed(excuses={"size": "it is one"}), "unknown excuse"),
    "an excuse without a reason": (changed(excuses={"scale": ""}), "must say why"),
    "no stop": (changed(about="Median likes\n\n>>> 1\n1"), "must end with a stop"),
    "no example": (changed(about="Median likes."), "must hold an example"),
    "an example that fails": (changed(about="Median.\n\n>>> 1 + 1\n3"), "Expected:"),
    "a sentence that ends": (changed(sentence="it has {value}."), "must not end"),
    "a sentence without its value": (changed(sentence="it has"), "must hold {value}"),
    "an unknown column": (changed(known={"smiles": 5}), "posts has no column smiles"),
    "a block too few": (changed(pl.col("rate").median()), "is not the same"),
    "another expression elsewhere": (changed(LIKES.max()), "is not the same"),
}


@pytest.mark.parametrize(("wrong", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused(wrong: Feature, sentence: str) -> None:
    with pytest.raises(AssertionError, match=sentence):
        check_feature(wrong)


def test_an_infinite_value_is_refused(trial: Trial) -> None:
    """``derive`` makes what is infinite absent: one is put where it leaves its values."""
    infinite = Trial([likes_median], trial.tables)
    values = [np.inf, *([1.0] * 5), *([np.nan] * (len(trial.plain) - 6))]
    vars(infinite)["plain"] = pd.DataFrame({"likes_median": values}, index=trial.plain.index)
    with pytest.raises(AssertionError, match="likes_median is infinite somewhere"):
        check_it_is_present_and_absent(likes_median, infinite)


def test_every_feature_is_of_a_family_and_has_a_name_of_its_own() -> None:
    families = {family.__name__.rpartition(".")[2] for family in FAMILIES}
    assert {feature.family for feature in CATALOGUE} == families
    assert len({feature.name for feature in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("feature", CATALOGUE, ids=name_of)
def test_a_feature_stands_for_its_function(feature: Feature) -> None:
    assert feature.__doc__ == feature.about == feature.expression.__doc__
    assert feature.__name__ == feature.name
    assert feature.__module__ == feature.expression.__module__
    assert str(feature()) == str(feature.expression())


ORIGINALS = {twin.name: feature for feature in CATALOGUE for twin in feature.twins}


@pytest.mark.parametrize("twin", ORIGINALS)
def test_a_twin_says_the_step_of_its_own_grid(twin: str) -> None:
    own, first = by_name(twin), ORIGINALS[twin]
    assert own.expression is first.expression
    step = {"weeks": "week", "months": "month"}[own.view.name]
    assert own.sentence in {first.sentence, re.sub(r"(?<!a )\bday(?=s?\b)(?!s \d)", step, first.sentence)}


@pytest.mark.parametrize(
    ("column", "names"),
    {
        "by_creator": ("creator_reply_share",),
        "author_id": ("author_concentration", "returning_author_share", "core_author_share"),
    }.items(),
)
def test_a_comment_whose_author_is_unknown_counts_as_if_it_were_not_there(
    column: str, names: tuple[str, ...], trial: Trial
) -> None:
    masked, absent = trial.gaps("comments", column)
    for name in names:
        assert masked[name].notna().any()
        assert close(masked[name], absent[name])


def test_tables_are_left_as_they_are(tables: Tables) -> None:
    before = {name: tables[name].clone() for name in TABLES}
    derive(tables)
    for name, frame in before.items():
        assert frame.equals(tables[name], null_equal=True)
        assert frame.columns == tables[name].columns


def test_the_result_is_floats_in_input_order(trial: Trial) -> None:
    assert list(trial.plain.columns) == [feature.name for feature in CATALOGUE]
    assert list(trial.plain.index) == trial.tables.accounts["account_id"].to_list()
    assert set(trial.plain.dtypes) == {np.dtype(np.float64)}


def test_no_accounts_have_no_features() -> None:
    assert derive(Tables.of()).shape == (0, len(CATALOGUE))
