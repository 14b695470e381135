"""The shares of honest accounts outside of each yardstick are counted as far_out counts them."""

import pandas as pd

from benchmarks.quality.measurements import yardsticks
from benchmarks.quality.parts import yardsticks as yardsticks_part
from detector.yardsticks import YARDSTICKS


def test_shares_count_who_a_yardstick_applies_to_and_who_is_far_out() -> None:
    numbers = pd.DataFrame({
        "followers_size": [4.398] * 4,
        "engagement_rate": [0.0003, 0.005, 0.02, float("nan")],
    })  # fmt: skip
    found = yardsticks.shares_of(numbers, ["instagram"] * 4)
    assert (found["far_out"]["k"], found["far_out"]["n"]) == (1, 4)
    one = found["yardsticks"]["engagement"]
    assert (one["out"], one["far_out"]["k"], one["far_out"]["n"]) == (1, 1, 3)
    assert list(found["yardsticks"]) == [one.name for one in YARDSTICKS]
    page = yardsticks_part.page({"tasks": {"some": found}, "refused": {"other": "It is missing."}})
    assert "| engagement | 3 | 1 | 33.3 % [0.8, 90.6] (1 of 3) |" in page
    assert "`other` was not measured: It is missing." in page
