"""What a verdict says of a value is true of it, and reads."""

from __future__ import annotations

import pytest

from features.catalogue import CATALOGUE, by_name
from features.declaration import Feature
from features.sentences import format_value, sentence


def name_of(feature: Feature) -> str:
    return feature.name


@pytest.mark.parametrize("feature", CATALOGUE, ids=name_of)
@pytest.mark.parametrize("value", [-0.5, 0.0, 0.5, 1.0, 40.0])
def test_every_feature_is_one_clause_with_what_is_usual(feature: Feature, value: float) -> None:
    alone = sentence(feature, value, None, None)
    assert not set("{}") & set(alone)
    assert not alone.endswith(".") and alone == alone.strip()
    among_peers = sentence(feature, value, (0.04, 0.21), 50.0)
    assert among_peers.startswith(f"{alone}, which is ")
    assert among_peers.endswith(")") and " for creators of its size (" in among_peers


@pytest.mark.parametrize(
    ("value", "percentile", "how"),
    [
        (0.01, 0.4, "unusually low"),
        (0.04, 5.0, "rather low"),
        (0.05, 15.0, "rather low"),
        (0.1, 50.0, "usual"),
        (0.1, None, "usual"),
        (0.2, 85.0, "rather high"),
        (0.21, 95.0, "rather high"),
        (0.22, 95.3, "unusually high"),
    ],
)
def test_where_it_stands_is_said_for_either_side(value: float, percentile: float | None, how: str) -> None:
    clause = sentence(by_name("likes_variation"), value, (0.04, 0.21), percentile)
    assert clause.endswith(f", which is {how} for creators of its size (0.04 to 0.21)")


def test_where_followers_are_not_known_the_peers_are_of_any_size() -> None:
    clause = sentence(by_name("likes_variation"), 0.05, (0.04, 0.21), 20.0, sized=False)
    assert clause.endswith(", which is usual for creators of any size (0.04 to 0.21)")


def test_nothing_is_unusual_that_reads_the_same_as_the_usual() -> None:
    clause = sentence(by_name("promotion_share"), 1e-9, (0.0, 0.0), 97.0)
    assert clause.endswith("which is rather high for creators of its size (0 %)")


def test_a_flag_is_neither_low_nor_high() -> None:
    picture = by_name("picture")
    assert sentence(picture, 0.0, (1.0, 1.0), 1.0) == (
        "its profile picture is not set, which is unusual for creators of its size (set)"
    )
    clause = sentence(picture, 1.0, (0.0, 1.0), 80.0)
    assert clause == "its profile picture is set, which is usual for creators of its size (not set or set)"


@pytest.mark.parametrize(
    ("name", "value", "clause"),
    [
        ("name_words", 1.0, "its displayed name has 1 word"),
        ("name_words", 2.0, "its displayed name has 2 words"),
        ("hashtags_per_post", 0.1, "its posts carry 0.1 hashtags on average"),
        ("handle_length", 21.0, "its handle has 21 characters"),
        ("posts_size", 0.30103, "it has published 1 post"),
        ("following_ratio", 0.0, "it follows 1 times as many accounts as follow it"),
        ("quiet_hours_share", 0.21, "21 % of its posts fall into the six hours of the day in which it posts"),
    ],
)
def test_one_is_singular(name: str, value: float, clause: str) -> None:
    assert sentence(by_name(name), value, None, None).startswith(clause)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0, "share", "0 %"),
        (1.0, "share", "100 %"),
        (0.9999, "share", "100 %"),
        (4.0, "log10", "10,000"),
        (-4.4, "log10", "0.00004"),
        (2.0, "log10 count", "99"),
        (1.547, "log10 days", "34"),
        (0.0, "log10 count", "0"),
        (123_456.7, "count", "123,457"),
        (999.7, "count", "1,000"),
        (-0.25, "ratio", "-0.25"),
        (-1e-17, "ratio", "0"),
        (0.000_012, "ratio", "0.000012"),
        (0.0, "log", "0 %"),
        (9.0, "log", "+810,208 %"),
        (-0.7, "log", "-50.3 %"),
        (1.0, "flag", "set"),
    ],
)
def test_numbers_as_a_reader_wants_them(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text
