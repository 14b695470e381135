import numpy as np
import polars as pl
import pytest

from accounts.errors import BadInput
from training.datasets.base import PublicSet
from training.datasets.cells import COUNT
from training.datasets.summaries import AMOUNT, FLAG, SHARE, checked, linked, near, with_posts

SET = PublicSet("set", {}, "made up", "none", "nowhere")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (COUNT, ["0", "7", "446.0"], ["-1", "0.5", "many", "inf", "1e99"]),
        (FLAG, ["0", "1", "1.0"], ["2", "-1", "true", "0.5"]),
        (SHARE, ["0", "1", "0.25"], ["1.01", "-0.1", "nan", "half"]),
        (AMOUNT, ["0", "12.5", "26650"], ["-0.1", "nan", "inf", "-inf", ""]),
    ],
)
def test_a_column_holds_what_its_kind_says(kind, good, bad):
    frame = pl.DataFrame({"x": [*good, None]})
    assert checked(SET, frame, "f.csv", {"x": kind})["x"].to_list() == [*map(float, good), None]
    for text in bad:
        with pytest.raises(BadInput, match=rf'^f.csv row 2: x {kind.words}. Got "{text}".$'):
            checked(SET, pl.DataFrame({"x": [good[0], text]}), "f.csv", {"x": kind})


def test_posts_deepen_a_level_and_too_few_give_no_feature():
    numbers = SET_OF_NUMBERS.copy()
    posts = np.array([np.nan, 0, 4, 5, 11, 12, 29, 30])
    found, levels = with_posts(numbers, ["profile"] * 7 + ["none"], {"likes_variation": np.ones(8)}, posts)
    assert levels == ["profile"] * 3 + ["profile+posts5"] * 2 + ["profile+posts12"] * 2 + ["posts30"]
    assert found["likes_variation"].isna().tolist() == [True] * 3 + [False] * 5
    assert numbers.equals(SET_OF_NUMBERS)


def test_a_quotient_by_zero_is_absent():
    given = {"likes_variation": np.array([np.inf, np.nan, 0.0] + [1.0] * 5)}
    found, _ = with_posts(SET_OF_NUMBERS, ["profile"] * 8, given, np.full(8, 30.0))
    assert found["likes_variation"].isna().tolist() == [True, True] + [False] * 6


def test_links_run_through_others_and_lead_to_the_first():
    assert linked(6, [(5, 4), (4, 2), (1, 3)]) == [0, 1, 2, 1, 2, 2]
    assert linked(3, []) == [0, 1, 2]


def test_nothing_known_is_near_nothing():
    assert not near(np.array([np.nan, 5.0]), np.array([np.nan, np.nan]), factor=2.0).any()


SET_OF_NUMBERS = pl.DataFrame(
    {"likes_variation": [None] * 8}, schema={"likes_variation": pl.Float64}
).to_pandas()
