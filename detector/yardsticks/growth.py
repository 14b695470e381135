"""Yardsticks on the follower curve: jumps, round steps, losses at once."""

from __future__ import annotations

from math import log
from typing import Final

import numpy as np

from detector.yardsticks.declaration import NOBODY, Measured, Numbers, yardstick

__all__: list[str] = []

FEWEST_GAINED: Final = 300.0
"""Followers gained that make a jump: the rates of honest ones were counted on accounts of 300 or more."""

ECHO: Final = 0.1
"""Mean daily gain of the week after a jump over the jump's: fame goes on, a delivery ends at once."""


@yardstick(
    signal="followers_flow",
    reads=("burst_size", "burst_alone", "burst_days", "burst_echo", "followers_size"), unit="growth",
    usual="up to +30 % in ten days",
    far="doubled or more (three times, where the week after is not known), with no successful post near it, "
    "and less than a tenth of the pace in the week after",
    sentence="within {days} days its followers grew by {value} more than usual; real creators see a jump "
    "beyond +30 % once in ten years or more",
    source="jumps per 100 account-years in real curves, within 7 days: +30 % .24 (GitHub, 2,121 "
    "account-years), 2.8 (Twitch, 251), 8.8 (YouTube, 477); doubled .05, .4, 2.1",
)  # fmt: skip
def jump(n: Numbers) -> Measured:
    """Largest growth over at most ten days, less the usual one, where no successful post explains it.

    A jump of less than 300 followers, or near a post of three times the usual interest, is none.
    """
    size, echo = n["burst_size"], n["burst_echo"]
    gained = n.followers * -np.expm1(-size)  # about: what came after the jump is left out of account
    counts = (gained >= FEWEST_GAINED) & (n["burst_alone"] != 0.0)
    far = np.where(np.isnan(echo), _TREBLED, _DOUBLED)
    return Measured(
        np.where(counts | (size <= _USUAL), size, np.nan),
        high=_USUAL,
        far_high=np.where(echo >= ECHO, NOBODY, far),
        said={"days": (n["burst_days"], "count")},
    )


_USUAL: Final = log(1.3)
_DOUBLED, _TREBLED = log(1.9), log(2.8)  # of followers + 50, less the usual growth: a little under the words


@yardstick(
    signal="followers_flow", reads=("round_gain_share", "followers_size"), unit="share",
    usual="up to 20 %; by chance 4 % of large days", far="two thirds or more",
    sentence="{value} of its new followers came on days that brought nearly a whole number of thousands; "
    "usual is {usual}",
    source="Popular Pays: exact steps of 1,000 or 5,000; a gain of thousands lies within 2 % of a whole one "
    "by chance in 4 of 100 days",
)  # fmt: skip
def round_steps(n: Numbers) -> Measured:
    """Share of all gains that came in steps of whole thousands; orders are made in round numbers.

    A count that is a whole number of thousands itself is likely to be rounded, and shows nothing.
    """
    rounded = n.followers % 1_000.0 == 0.0
    value = np.where(rounded, np.nan, n["round_gain_share"])
    return Measured(value, high=0.2, far_high=2.0 / 3.0)


@yardstick(
    signal="followers_flow", reads=("largest_loss", "largest_loss_weekly"), unit="share",
    shows=("largest_loss", "largest_loss_weekly"),
    usual="up to 7.6 %: the purge of 2014", far="never: a platform's purge meets honest accounts too",
    sentence="{value} of its followers left at once; the purge of 2014 took 7.6 % from the hundred largest "
    "accounts",
    source="Instagram's purge of December 2014, mean of the hundred largest; NATO StratCom 2019",
)  # fmt: skip
def loss_at_once(n: Numbers) -> Measured:
    """Largest loss of one day, or of one week where the history is weekly, over the followers before."""
    daily = n["largest_loss"]
    return Measured(np.where(np.isnan(daily), n["largest_loss_weekly"], daily), high=0.076)
