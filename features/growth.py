"""Growth: the shape of the follower curve, on each grid that the history allows."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType

import polars as pl

from features.declaration import AUTOMATED, HIGH, INFLATED, LOW, Rows, feature
from features.expressions import gini, median, quantile, quotient
from features.views import counts, days, lags, months, weeks

_GRIDS = MappingProxyType({"weekly": weeks, "monthly": months})
_GAINED, _GAIN, _LOSS = pl.col("gained"), pl.col("gain"), pl.col("loss")
_SINCE, _SINCE_JUMP = pl.col("since_peak"), pl.col("since_jump")
_SHOWN = ("starts", "date", "followers", "gained")
_LARGEST = Rows("gained", _SHOWN)
_GAINS = Rows("gain", _SHOWN, across=True)
_SPIKES = "HypeAuditor, Popular Pays; Dagster 2023"
_from_days = partial(feature, days, speaks_to=INFLATED)


def _after_jump(then: pl.Expr) -> Rows:
    """The largest jump, and what followed it at that time."""
    return Rows("since_peak", _SHOWN, descending=False, across=True, among=(_SINCE == 0) | then)


@_from_days(
    unit="log10 z",
    direction=HIGH,
    sentence="its fastest {step} outran its usual pace by {value} times what its {step}s usually differ by",
    rows=Rows("growth_z", _SHOWN),
    source="median/MAD, Iglewicz & Hoaglin 1993; " + _SPIKES,
    excuses={"scale": "one is added to followers, and the noise of a step of one shrinks"},
    twins=_GRIDS,
)
def spike_z() -> pl.Expr:
    """Largest robust z of log growth per day, as log10(1 + z): its tail is long.

    >>> from features.example import derive_one
    >>> derive_one("spike_z", followers=[100] * 20)
    0.0
    """
    return (pl.col("growth_z").max().clip(lower_bound=0.0) + 1.0).log10()


@_from_days(
    unit="share",
    direction=HIGH,
    sentence="{value} of its new followers came in one {step}",
    rows=_LARGEST,
    source=_SPIKES,
    twins=_GRIDS,
)
def spike_share() -> pl.Expr:
    """The largest gain of one step over all gains.

    >>> from features.example import derive_one
    >>> derive_one("spike_share",
    ...     followers=[100 + 10 * n for n in range(11)] + [300 + 10 * n for n in range(10)])
    0.344...
    """
    return quotient(_GAIN.max(), _GAIN.sum())


@_from_days(
    unit="log",
    direction=HIGH,
    sentence="its fastest {step} changed its followers by {value}",
    rows=Rows("jump", _SHOWN),
    source=_SPIKES,
    excuses={"scale": "one is added to followers"},
    twins=_GRIDS,
)
def spike_size() -> pl.Expr:
    """Largest log growth over one step.

    >>> from features.example import derive_one
    >>> derive_one("spike_size", followers=[99] * 10 + [199] * 10)
    0.693...
    """
    return pl.col("jump").max()


@_from_days(
    unit="share",
    sentence="a month after its largest jump its followers were up by {value} of the jump",
    rows=_after_jump(_SINCE.is_between(25, 40)),
    source="NATO StratCom 2019: four of five still there after four weeks; Dagster 2023: a quarter",
    twins=_GRIDS,
)
def spike_kept() -> pl.Expr:
    """What is left 25 to 40 days after the largest jump of what it added, at most 3 times that.

    >>> from features.example import derive_one
    >>> derive_one("spike_kept", followers=[100] * 10 + [200] + [180] * 40)
    0.8
    """
    a_month_later = pl.col("since_peak").is_between(25, 40)
    return median(pl.col("kept").filter(a_month_later)).clip(-1.0, 3.0)


@_from_days(
    unit="gini",
    sentence="on a scale from 0 (evenly) to 1 (all in one {step}) its new followers are spread over its "
    "{step}s at {value}",
    rows=_GAINS,
    source="Gini 1912 on gains; StarScout 2024",
    twins=_GRIDS,
)
def gains_gini() -> pl.Expr:
    """Gini coefficient of the gains of all steps.

    >>> from features.example import derive_one
    >>> derive_one("gains_gini", followers=[100 + 5 * n for n in range(20)])
    0.0
    """
    return gini(_GAIN, pl.col("gain_standing"))


@_from_days(
    unit="share",
    direction=HIGH,
    known={"gained": 10},
    sentence="{value} of its new followers came in the best tenth of {step}s",
    rows=_LARGEST,
    source=_SPIKES,
    twins={"weekly": weeks},
)
def best_tenth_share() -> pl.Expr:
    """Share of all gains that came in the best tenth of the steps, at least 10 of them.

    >>> from features.example import derive_one
    >>> derive_one("best_tenth_share", followers=[100 + 5 * n for n in range(21)])
    0.1
    """
    return quotient(_GAIN.filter(pl.col("best_tenth")).sum(), _GAIN.sum())


@_from_days(
    unit="share",
    sentence="{value} of its {step}s ended with more followers than the one before",
    rows=Rows("gained", _SHOWN, across=True),
    source="organic curves lose followers too",
    twins=_GRIDS,
)
def rising_share() -> pl.Expr:
    """Share of steps with a gain.

    >>> from features.example import derive_one
    >>> derive_one("rising_share", followers=[100, 101] * 10)
    0.526...
    """
    return (_GAINED > 0).mean()


@_from_days(
    unit="share",
    sentence="losses make up {value} of all that moved in its follower count",
    rows=Rows("gained", _SHOWN, descending=False),
    source="bought followers drop away; NATO StratCom 2019",
    twins=_GRIDS,
)
def loss_share() -> pl.Expr:
    """Losses over gains and losses together.

    >>> from features.example import derive_one
    >>> derive_one("loss_share", followers=[100, 110, 105] + [105] * 17)
    0.333...
    """
    return quotient(_LOSS.sum(), _LOSS.sum() + _GAIN.sum())


@_from_days(
    unit="share",
    direction=HIGH,
    sentence="its worst {step} took {value} of its followers",
    rows=Rows("lost_share", _SHOWN, among=_GAINED < 0),
    source="purges and drops of bought followers; NATO StratCom 2019",
    twins={"weekly": weeks},
)
def largest_loss() -> pl.Expr:
    """Largest loss of one step over the followers before it.

    >>> from features.example import derive_one
    >>> derive_one("largest_loss", followers=[100] * 10 + [80] * 10)
    0.2
    """
    return pl.col("lost_share").max()


@feature(
    lags,
    unit="correlation",
    speaks_to=AUTOMATED,
    sentence="on a scale from 0 (not at all) to 1 (exactly) its daily gain of followers repeats itself "
    "every 4 to 14 days at {value}",
    rows=Rows("followers_rhythm", ("lag_days", "followers_rhythm")),
    source="auto-refill and follow/unfollow cycles",
)
def followers_sawtooth() -> pl.Expr:
    """Largest autocorrelation of daily gains at a lag of 4 to 14 days, over 28 gains or more.

    >>> from features.example import derive_one
    >>> derive_one("followers_sawtooth", followers=[100 + (10 if n % 7 == 0 else 0) for n in range(60)])
    0.882...
    """
    return pl.col("followers_rhythm").max()


@feature(
    lags,
    unit="correlation",
    speaks_to=AUTOMATED,
    direction=HIGH,
    sentence="on a scale from 0 (not at all) to 1 (exactly) the number of accounts it follows repeats its "
    "rise and fall every 4 to 14 days at {value}",
    rows=Rows("following_rhythm", ("lag_days", "following_rhythm")),
    source="follow/unfollow programs",
    excuses={"gaps": "a day's count of followers stands without that of accounts followed"},
)
def following_sawtooth() -> pl.Expr:
    """Largest autocorrelation of the daily change in accounts followed, at a lag of 4 to 14 days.

    >>> from features.example import derive_one
    >>> following = [100 + 50 * (n % 7) for n in range(60)]
    >>> derive_one("following_sawtooth", followers=[100] * 60, following=following)
    0.875...
    """
    return pl.col("following_rhythm").max()


@_from_days(
    unit="ratio",
    speaks_to=AUTOMATED,
    direction=HIGH,
    known={"following_gained": 10},
    sentence="all that it followed and unfollowed adds up to {value} times the accounts it usually follows",
    rows=Rows(
        "following_gained",
        ("date", "following", "following_gained"),
        most=8,
        across=True,
        among=pl.col("following_gained") != 0,
    ),
    source="follow/unfollow programs",
    excuses={"gaps": "a day's count of followers stands without that of accounts followed"},
)
def following_churn() -> pl.Expr:
    """All daily changes in accounts followed, up and down, over the median number followed.

    >>> from features.example import derive_one
    >>> derive_one("following_churn", followers=[9] * 20, following=[100, 150] * 10)
    7.6
    """
    return quotient(pl.col("following_gained").abs().sum(), median(pl.col("following")))


@_from_days(
    unit="ratio",
    direction=LOW,
    sentence="the middle half of its {step}s lie as far apart in followers gained as {value} times a usual "
    "one brings",
    rows=_GAINS,
    source="drip-fed delivery; Dagster 2023",
    excuses={"scale": "small gains drown in the platform's rounding"},
    twins={"weekly": weeks},
)
def drip_spread() -> pl.Expr:
    """Interquartile range of gains over their median, where half of the steps gain at least 3 roundings.

    >>> from features.example import derive_one
    >>> derive_one("drip_spread", followers=[1000 + 50 * n for n in range(30)])
    0.0
    """
    spread = quantile(_GAIN, 0.75) - quantile(_GAIN, 0.25)
    moving = median(_GAIN) >= 3.0 * pl.col("unit").max()
    return pl.when(moving).then(quotient(spread, median(_GAIN)))


@_from_days(
    unit="share",
    direction=HIGH,
    sentence="{value} of its new followers came on days that brought nearly a whole number of thousands",
    rows=Rows("gained", _SHOWN, among=pl.col("whole_thousands")),
    source="orders come in round numbers; Popular Pays: exact steps of 1k or 5k",
    excuses={"scale": "whole thousands are a matter of size"},
)
def round_gain_share() -> pl.Expr:
    """Share of gains that came in days of 1,000 or more within 2 % of a whole thousand.

    Unknown where the platform rounds its counts to 100 or more. By chance about 4 %.

    >>> from features.example import derive_one
    >>> derive_one("round_gain_share", followers=[10_000] * 10 + [15_000] * 10)
    1.0
    """
    exact = pl.col("unit").max() < 100.0
    return pl.when(exact).then(quotient(_GAIN.filter(pl.col("whole_thousands")).sum(), _GAIN.sum()))


@_from_days(
    blocks=("posts", "history"),
    unit="share",
    direction=HIGH,
    known={"hit_near": 10},
    sentence="{value} of its new followers came on days of unusual growth without a successful post near "
    "them",
    rows=Rows("gained", _SHOWN, among=pl.col("unexplained")),
    source="Popular Pays; HypeAuditor",
    excuses={
        "scale": "it builds on z, in which one is added to followers",
        "clock": "counts are of UTC days, and a post near midnight moves to another one",
        "gaps": "where one count of a post is unknown, another one tells the interest in it",
    },
)
def unexplained_gain_share() -> pl.Expr:
    """Share of gains that came on days with z over 5 and no post of three times the usual interest near.

    >>> from features.example import derive_one
    >>> posts = {"likes": [10] * 20}
    >>> derive_one("unexplained_gain_share", posts=posts, history={"followers": [100] * 10 + [200] * 10})
    1.0
    """
    return quotient(_GAIN.filter(pl.col("unexplained")).sum(), _GAIN.sum())


@_from_days(
    unit="ratio",
    direction=LOW,
    sentence="in days 31 to 90 after its largest jump it gained {value} times the jump",
    rows=_after_jump(_SINCE_JUMP.is_between(31, 92)),
    source="organic fame has a tail of months; StarScout 2024",
    twins=_GRIDS,
)
def tail_after_spike() -> pl.Expr:
    """Gains in days 31-90 after the largest jump's end over the jump's own, at most 10.

    The jump is the largest step with those right after it that gain at least half as much. 60 days must
    be counted after it.

    >>> from features.example import derive_one
    >>> derive_one("tail_after_spike", followers=[100] * 10 + [200] * 100)
    0.0
    """
    late = _GAIN.filter(_SINCE_JUMP.is_between(31, 92)).sum()
    value = quotient(late, pl.col("jump_gain").first()).clip(upper_bound=10.0)
    return pl.when(_SINCE_JUMP.max() >= 60).then(value)


@_from_days(
    unit="ratio",
    direction=LOW,
    sentence="in the two {step}s after its largest jump it gained on average {value} times the jump's best "
    "{step}, losses left out",
    rows=Rows("since_peak", _SHOWN, descending=False, among=_SINCE >= 0),
    source="paid spikes end at once; StarScout 2024",
    twins=_GRIDS,
)
def spike_echo() -> pl.Expr:
    """Mean gain of the two steps after the largest jump's end over its largest step.

    Steps right after the largest that gain at least half as much are the jump's own, within 9 days or of
    one step: the second day of a delivery is no echo.

    >>> from features.example import derive_one
    >>> derive_one("spike_echo", followers=[100] * 10 + [200, 240, 250] + [250] * 10)
    0.25
    >>> derive_one("spike_echo", followers=[100] * 10 + [200, 300] + [300] * 10)
    0.0
    """
    return quotient(pl.col("next_gain").first(), pl.col("peak").first())


@_from_days(
    unit="log",
    sentence="its followers usually change by {value} a day, by its {step}s",
    rows=Rows("growth", _SHOWN, across=True),
    source="context for the spikes",
    excuses={"scale": "one is added to followers"},
    twins=_GRIDS,
)
def growth_usual() -> pl.Expr:
    """Median log growth per day.

    >>> from features.example import derive_one
    >>> derive_one("growth_usual", followers=[100] * 20)
    0.0
    """
    return median(pl.col("growth"))


@feature(
    counts,
    unit="log10",
    speaks_to=INFLATED,
    sentence="it ends its history with {value} times the followers it began with",
    rows=Rows("date", ("date", "followers"), descending=False, across=True),
    source="context for the spikes",
    excuses={"scale": "one is added to followers"},
)
def growth_total() -> pl.Expr:
    """Log10 of the last count over the first.

    >>> from features.example import derive_one
    >>> derive_one("growth_total", followers=[99] + [999] * 19)
    1.0
    """
    number = pl.col("followers").cast(pl.Float64) + 1.0
    return quotient(number.last(), number.first()).log10()
