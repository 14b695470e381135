"""Yardsticks on the follower curve: jumps, round steps, losses at once."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np

from detector.arrays import Floats
from detector.yardsticks.declaration import NOBODY, YardstickInput, YardstickValues, yardstick

__all__: list[str] = []

FEWEST_GAINED: Final = 300.0
"""Followers gained that make a jump: the rates of honest ones were counted on accounts of 300 or more."""

ECHO: Final = 0.1
"""Mean daily gain of the week after a jump over the jump's: fame goes on, a delivery ends at once."""


@yardstick(
    signal="followers_flow",
    reads=("burst_size", "burst_alone", "burst_days", "burst_echo", "followers_size"),
    unit="growth",
    usual="up to +30 % in ten days",
    far="doubled or more (three times, where the week after is not known), with no successful post near it, "
    "and less than a tenth of the pace in the week after",
    sentence="within {span} its followers grew by {value} more than usual; real creators see a jump "
    "beyond +30 % once in ten years or more",
    source="jumps per 100 account-years in real curves, within 7 days: +30 % .24 (GitHub, 2,121 "
    "account-years), 2.8 (Twitch, 251), 8.8 (YouTube, 477); doubled .05, .4, 2.1",
)
def jump(n: YardstickInput) -> YardstickValues:
    """Largest growth over at most ten days, less the usual one, where no successful post explains it.

    A jump of less than 300 followers, or near a post of three times the usual interest, is none.
    """
    size, echo = n["burst_size"], n["burst_echo"]
    counts = (_gained(n, size) >= FEWEST_GAINED) & (n["burst_alone"] != 0.0)
    far = np.where(np.isnan(echo), _TREBLED, _DOUBLED)
    return YardstickValues(
        np.where(counts | (size <= _USUAL), size, np.nan),
        high=_USUAL,
        far_high=np.where(echo >= ECHO, NOBODY, far),
        sentence_values={"span": (24.0 * np.nan_to_num(n["burst_days"], nan=10.0), "hours")},
    )


def _gained(n: YardstickInput, growth: Floats) -> Floats:
    """About how many followers so much growth brought: what came after it is left out of account."""
    return -n.followers * np.expm1(-growth)


_USUAL: Final = log(1.3)
_DOUBLED, _TREBLED, _FIVEFOLD = (
    log(1.9),
    log(2.8),
    log(4.5),
)  # of followers + 50, less the usual growth: a little under the words


@yardstick(
    signal="followers_flow",
    reads=("month_size", "burst_alone", "followers_size"),
    unit="growth",
    usual="up to +100 % in 30 days",
    far="five times or more, with no successful post near its fastest days",
    sentence="within 30 days its followers grew by {value} more than usual; usual is {usual}",
    source="jumps per 100 account-years in real curves, within 30 days: doubled .14 (GitHub, 2,121 "
    "account-years), 2.4 (Twitch, 251), 4.4 (YouTube, 477); four times 0, .4, 1.5",
)
def growth_in_a_month(n: YardstickInput) -> YardstickValues:
    """Largest growth over at most 30 days, less the usual one: orders are delivered over weeks as well.

    Less than 300 followers, or with a post of three times the usual interest near, is none.
    """
    size = n["month_size"]
    counts = (_gained(n, size) >= FEWEST_GAINED) & (n["burst_alone"] != 0.0)
    return YardstickValues(
        np.where(counts | (size <= log(2.0)), size, np.nan), high=log(2.0), far_high=_FIVEFOLD
    )


@yardstick(
    signal="followers_flow",
    reads=("round_gain_share", "followers_size"),
    unit="share",
    usual="up to 20 %; by chance 4 % of large days",
    far="two thirds or more",
    sentence="{value} of its new followers came on days that brought nearly a whole number of thousands; "
    "usual is {usual}",
    source="Popular Pays: exact steps of 1,000 or 5,000; a gain of thousands lies within 2 % of a whole one "
    "by chance in 4 of 100 days",
)
def round_steps(n: YardstickInput) -> YardstickValues:
    """Share of all gains that came in steps of whole thousands; orders are made in round numbers.

    A count that is a whole number of thousands itself is likely to be rounded, and shows nothing.
    """
    rounded = n.followers % 1_000.0 == 0.0
    value = np.where(rounded, np.nan, n["round_gain_share"])
    return YardstickValues(value, high=0.2, far_high=2.0 / 3.0)


@yardstick(
    signal="followers_flow",
    reads=("largest_loss", "largest_loss_weekly"),
    unit="share",
    shows=("largest_loss", "largest_loss_weekly"),
    usual="up to 7.6 %: the purge of 2014",
    far="never: a platform's purge meets honest accounts too",
    sentence="{value} of its followers left at once; the purge of 2014 took 7.6 % from the hundred largest "
    "accounts",
    source="Instagram's purge of December 2014, mean of the hundred largest; NATO StratCom 2019",
)
def loss_at_once(n: YardstickInput) -> YardstickValues:
    """Largest loss of one day, or of one week where the history is weekly, over the followers before."""
    daily = n["largest_loss"]
    return YardstickValues(np.where(np.isnan(daily), n["largest_loss_weekly"], daily), high=0.076)
