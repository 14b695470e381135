"""Yardsticks on rhythm: posting without a pause, and posting by the clock."""

from __future__ import annotations

from typing import Final

import numpy as np

from detector.yardsticks.declaration import NOBODY, YardstickInput, YardstickValues, yardstick

__all__: list[str] = []

HOURLY: Final = 24.0 * 7.0
HUNDRED_A_DAY: Final = 700.0
"""People of Bot or Not post 50 to 500 times a week in two days."""
SLEEPLESS: Final = 0.15
"""Share of posts in the quietest six hours; .25 is around the clock, 95 % of organic accounts have < .083."""


@yardstick(
    signal="rhythm",
    reads=("posts_per_week", "quiet_hours_share"),
    shows=("quiet_hours_share", "posts_per_week"),
    unit="per week",
    usual="up to 140 posts a week",
    far="one an hour or more, with 15 % or more of them in the quietest six hours; a hundred a day",
    sentence="it publishes a post every {gap}, {value}, {quiet} of them in the six hours in "
    "which it posts least (around the clock: 25 %); usual is {usual}",
    source="Chu et al. 2012, IEEE TDSC; Gilani et al. 2017; 345 organic Instagram accounts: 95 % under 8.3 %",
)
def without_pause(n: YardstickInput) -> YardstickValues:
    """Posts a week of accounts whose quietest six hours are known (20 posts or more).

    A busy person sleeps; a newsroom that never does is run by programs as well.
    """
    quiet, rate = n["quiet_hours_share"], n["posts_per_week"]
    value = np.where(np.isnan(quiet), np.nan, rate)
    far = np.where(quiet >= SLEEPLESS, HOURLY, HUNDRED_A_DAY)
    gap = HOURLY / np.maximum(rate, 1e-9)
    return YardstickValues(
        value, high=140.0, far_high=far, sentence_values={"gap": (gap, "hours"), "quiet": (quiet, "share")}
    )


@yardstick(
    signal="rhythm",
    reads=("equal_gap_share", "posts_per_week"),
    unit="share",
    usual="up to 50 %",
    far="four fifths or more, at seven posts a day or more",
    sentence="{value} of the gaps between its posts are equal to within 2 %; usual is {usual}",
    source="Chavoshi et al. 2016; 419 organic Instagram accounts: 99 % under .20; whoever plans ahead has "
    "more",
)
def by_the_clock(n: YardstickInput) -> YardstickValues:
    """Share of equal gaps. A planned post a day is everybody's right; seven a day are a program's."""
    busy = n["posts_per_week"] >= 49.0
    return YardstickValues(n["equal_gap_share"], high=0.5, far_high=np.where(busy, 0.8, NOBODY))
