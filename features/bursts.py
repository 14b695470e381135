"""Bursts: followers that came within days, however many days their delivery took."""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl

from features.declaration import HIGH, INFLATED, LOW, Rows, feature
from features.views import bursts

FAMILY: Final = "growth"
_SHOWN = ("starts", "ends", "followers", "gained")
_THE_BURST = Rows("excess", _SHOWN, most=1, among=pl.col("burst"))
_SPIKES = "HypeAuditor, Popular Pays: orders are delivered over days; "
_CURVES = "measured on real follower curves: bought in 2 to 10 days they hide from steps of one"
_from_bursts = partial(feature, bursts, speaks_to=INFLATED, version=2)


@_from_bursts(
    unit="log",
    direction=HIGH,
    sentence="over at most ten days its followers changed by {value} beyond its usual pace (50 followers are "
    "added to either count)",
    rows=_THE_BURST,
    source=_SPIKES + _CURVES,
    excuses={"scale": "fifty are added to followers"},
)
def burst_size() -> pl.Expr:
    """Largest log growth of followers + 50 over 1, 2, 3, 5, 7 or 10 days beyond its usual pace over as long.

    The usual pace is its median growth a day or its median gain of followers, whichever explains more. Fifty
    are added so that a handful of followers on a tiny account is no burst: 3 to 9 is .11.

    >>> from features.example import derive_one
    >>> derive_one("burst_size", followers=[50] * 10 + [100, 150] + [150] * 10)
    0.693...
    """
    return pl.col("largest").max()


@_from_bursts(
    unit="share",
    direction=HIGH,
    sentence="{value} of its new followers came in its fastest days",
    rows=_THE_BURST,
    source=_SPIKES + _CURVES,
    excuses={"scale": "fifty are added to followers"},
)
def burst_share() -> pl.Expr:
    """Share of all gains of the history that fell in the burst: at most 10 days.

    >>> from features.example import derive_one
    >>> derive_one("burst_share", followers=[100] * 10 + [150, 190] + [200] * 10)
    0.9
    """
    return pl.col("share").max()


@_from_bursts(
    unit="days",
    sentence="nine tenths of its fastest growth came within {value} days",
    rows=_THE_BURST,
    source=_SPIKES + "context for the burst",
    excuses={"scale": "fifty are added to followers"},
)
def burst_days() -> pl.Expr:
    """Length of the shortest window (1, 2, 3, 5, 7, 10 days) that holds nine tenths of the burst.

    >>> from features.example import derive_one
    >>> derive_one("burst_days", followers=[100] * 10 + [200, 300, 400] + [400] * 10)
    3.0
    """
    return pl.when(pl.col("largest").max().is_not_null()).then(pl.col("window_days").first())


@_from_bursts(
    unit="ratio",
    direction=LOW,
    sentence="in the week after its fastest days it gained {value} times as many followers a day as in them",
    rows=_THE_BURST,
    source="paid spikes end at once; StarScout 2024",
    excuses={"scale": "fifty are added to followers"},
)
def burst_echo() -> pl.Expr:
    """Mean daily gain in the 7 days after the burst's end over the burst's own daily gain, losses left out.

    >>> from features.example import derive_one
    >>> derive_one("burst_echo", followers=[100] * 10 + [200, 300] + [328] * 10)
    0.04
    """
    return pl.col("echo").max()


@_from_bursts(
    unit="share",
    sentence="a month after its fastest days its followers were up by {value} of what these had brought",
    rows=_THE_BURST,
    source="NATO StratCom 2019: four of five still there after four weeks; Dagster 2023: a quarter",
    excuses={"scale": "fifty are added to followers"},
)
def burst_kept() -> pl.Expr:
    """What is left 25 to 40 days after the burst's end of what it added, from -1 to 3 times that.

    >>> from features.example import derive_one
    >>> derive_one("burst_kept", followers=[100] * 10 + [150, 200] + [180] * 40)
    0.8
    """
    return pl.col("kept").max()


@_from_bursts(
    blocks=("posts", "history"),
    unit="log",
    direction=HIGH,
    sentence="with no successful post near, its followers changed by {value} beyond its usual pace (0 %: "
    "there is such a post)",
    rows=_THE_BURST,
    source="Popular Pays; HypeAuditor: a jump without a post that explains it",
    excuses={
        "scale": "fifty are added to followers",
        "clock": "counts are of UTC days, and a post near midnight moves to another one",
        "gaps": "where one count of a post is unknown, another one tells the interest in it",
    },
)
def burst_alone() -> pl.Expr:
    """The burst's size where no post of three times the usual interest lies near it, 0 where one does.

    Near is from a week before the burst to two days after it. Unknown before the first post supplied.

    >>> from features.example import derive_one
    >>> followers = [50] * 10 + [100, 150] + [150] * 10
    >>> derive_one("burst_alone", posts={"likes": [10] * 20}, history={"followers": followers})
    0.693...
    >>> derive_one("burst_alone", posts={"likes": [10] * 9 + [99] * 2}, history={"followers": followers})
    0.0
    """
    return pl.col("alone").max()


@_from_bursts(
    unit="log",
    direction=HIGH,
    sentence="over at most 30 days its followers changed by {value} beyond its usual pace (50 followers are "
    "added to either count)",
    rows=Rows("excess", _SHOWN, most=1, among=~pl.col("burst")),
    source=_SPIKES + "drip-fed orders run for weeks",
    excuses={"scale": "fifty are added to followers"},
)
def month_size() -> pl.Expr:
    """Largest log growth of followers + 50 over up to 30 days beyond the account's usual pace over as long.

    >>> from features.example import derive_one
    >>> derive_one("month_size", followers=[50] * 30 + [70, 90, 110, 130, 150] + [150] * 40)
    0.693...
    """
    return pl.col("excess").last()
