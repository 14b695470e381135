"""Posting: the rhythm in which an account publishes, and how far it repeats itself.

Directions are declared for the reader, yet the heads are fitted without monotone constraints
on rhythm, where they hurt on real data. Hours are shares of a clock and never a country.
"""

from __future__ import annotations

import math
from functools import partial

import polars as pl

from features.declaration import AUTOMATED, HIGH, LOW, Rows, feature
from features.expressions import burstiness, circular_concentration, quotient
from features.views import hours, timeline

_GAPS = Rows("gap_hours", ("published_at", "gap_hours"), most=8, across=True)
_HOURS = Rows("posts", ("hour_of_day", "posts"), most=8)
_QUIET = Rows("next_six", ("hour_of_day", "next_six"), descending=False, most=3)
_POSTS = pl.col("posts").sum()
_FIRST_WITH_CAPTION = pl.struct("account", "caption").is_first_distinct()
_CAPTIONS = Rows("caption_copies", ("caption", "caption_copies", "published_at"), among=_FIRST_WITH_CAPTION)
_HASHTAGS = Rows("hashtags", ("published_at", "hashtags", "caption"), across=True)
MOST_HASHTAGS = 6.0  # on average; of 598 organic Instagram accounts 5 % write more
_AKYON = "Akyon & Kalfaoglu 2019, ASYU"
_GAP = pl.col("gap_hours")
_from_timeline = partial(feature, timeline, speaks_to=AUTOMATED)


@_from_timeline(
    unit="per week",
    known={"gap_hours": 4},
    sentence="it publishes {value} posts a week",
    rows=_GAPS,
    source="Gilani et al. 2017",
)
def posts_per_week() -> pl.Expr:
    """Posts a week between the first and the last dated post supplied.

    >>> from features.example import derive_one
    >>> derive_one("posts_per_week", published_at=[0, 24, 48, 72, 96])
    7.0
    """
    return quotient(168.0 * _GAP.count(), _GAP.sum())


@_from_timeline(
    unit="burstiness",
    known={"gap_hours": 5},
    sentence="on a scale from -1 (all alike) over 0 (as chance has them) to 1 (in bursts) the gaps between "
    "its posts lie at {value}",
    rows=_GAPS,
    source="Kim & Jo 2016, Physical Review E 94",
)
def gap_burstiness() -> pl.Expr:
    """Burstiness of the gaps between posts in its finite-n form: -1 regular, 1 bursty.

    >>> from features.example import derive_one
    >>> derive_one("gap_burstiness", published_at=[0, 24, 48, 72, 96, 120])
    -1.0
    """
    return burstiness(_GAP)


@_from_timeline(
    unit="correlation",
    known={"gap_hours": 7},
    sentence="on a scale from -1 (the opposite) over 0 (not at all) to 1 (exactly) each gap between its "
    "posts resembles the next at {value}",
    rows=Rows("published_at", ("published_at", "gap_hours"), most=8),
    source="Goh & Barabasi 2008, EPL 81",
)
def gap_memory() -> pl.Expr:
    """Correlation of each gap between posts with the next, 7 gaps or more.

    >>> from features.example import derive_one
    >>> derive_one("gap_memory", published_at=[0, 1, 4, 5, 8, 9, 12, 13, 16])
    -1.0
    """
    return pl.corr("gap_hours", "next_gap_hours")


@_from_timeline(
    unit="share",
    direction=HIGH,
    known={"usual_gap": 5},
    sentence="{value} of the gaps between its posts equal the usual gap to within 2 %",
    rows=_GAPS,
    source="schedulers and bots; Chavoshi et al. 2016",
)
def equal_gap_share() -> pl.Expr:
    """Share of the gaps between posts within 2 % of the median gap.

    >>> from features.example import derive_one
    >>> derive_one("equal_gap_share", published_at=[0, 24, 48, 72, 96, 120])
    1.0
    """
    return pl.col("usual_gap").mean()


@_from_timeline(
    unit="share",
    direction=HIGH,
    known={"gap_hours": 5},
    sentence="{value} of the gaps between its posts follow each other in one stretch, each as long as the "
    "one before to within 2 %",
    rows=Rows("equal_run", ("published_at", "gap_hours"), most=8, across=True),
    source="programs that run for a while; Chavoshi et al. 2016",
)
def equal_run_share() -> pl.Expr:
    """Share of the gaps between posts in the longest stretch of equal ones; 0 without three alike.

    >>> from features.example import derive_one
    >>> derive_one("equal_run_share", published_at=[0, 50, 60, 70, 80, 110, 150])
    0.5
    """
    run = pl.col("equal_run").max()
    return quotient(pl.when(run > 1.0).then(run + 1.0).otherwise(0.0), _GAP.count())


@_from_timeline(
    unit="share",
    direction=HIGH,
    known={"gap_hours": 5},
    sentence="{value} of its posts came within a minute of the one before",
    rows=Rows("gap_hours", ("published_at", "gap_hours"), descending=False),
    source="batch posting; BotOrNot windows",
)
def batch_share() -> pl.Expr:
    """Share of gaps between posts of a minute or less.

    >>> from features.example import derive_one
    >>> derive_one("batch_share", published_at=[0, 0.01, 24, 48, 72, 96])
    0.2
    """
    return (_GAP <= 1.0 / 60.0).mean()


@feature(
    hours,
    unit="bits",
    speaks_to=AUTOMATED,
    direction=HIGH,
    sentence="on a scale from 0 (all in one hour) to 4.6 (evenly) its posts are spread over the hours of "
    "the day at {value}",
    rows=_HOURS,
    source="Chu et al. 2012, IEEE TDSC; Gilani et al. 2017",
)
def hour_entropy() -> pl.Expr:
    """Shannon entropy of 10 posts or more over the 24 hours, less what as few would lack by chance.

    Miller-Madow: (used hours - 1) / 2n nats are added.

    >>> from features.example import derive_one
    >>> derive_one("hour_entropy", published_at=[24 * n for n in range(12)])
    0.0
    """
    share_ = pl.col("share")
    nats = quotient(share_.count() - 1.0, 2.0 * _POSTS) - (share_ * share_.log()).sum()
    return pl.when(_POSTS >= 10).then(nats * (1.0 / math.log(2.0)))


@_from_timeline(
    unit="length",
    known={"hour_angle": 8},
    sentence="on a scale from 0 (around the clock) to 1 (always the same) its posts keep to one time of day "
    "at {value}",
    rows=Rows("hour_angle", ("published_at",), descending=False, most=8, across=True),
    source="circular statistics; median .51 on 700 organic accounts",
)
def hour_concentration() -> pl.Expr:
    """Length of the mean vector of the times of day: 0 around the clock, 1 always the same.

    >>> from features.example import derive_one
    >>> round(derive_one("hour_concentration", published_at=[24 * n for n in range(12)]), 9)
    1.0
    """
    return circular_concentration(pl.col("hour_angle"))


@feature(
    hours,
    unit="share",
    speaks_to=AUTOMATED,
    direction=HIGH,
    sentence="{value} of its posts fall into the six hours of the day in which it posts least",
    rows=_QUIET,
    source="Chu et al. 2012, IEEE TDSC",
)
def quiet_hours_share() -> pl.Expr:
    """Share of posts in the six hours on end with the fewest; at least 20 posts.

    >>> from features.example import derive_one
    >>> derive_one("quiet_hours_share", published_at=[25 * n for n in range(24)])
    0.25
    """
    return pl.when(_POSTS >= 20).then(quotient(pl.col("next_six").min(), _POSTS))


@_from_timeline(
    unit="length",
    direction=HIGH,
    known={"minute_angle": 8},
    sentence="on a scale from 0 (any minute) to 1 (always the same) its posts keep to one minute of the "
    "hour at {value}",
    rows=Rows("minute_angle", ("published_at",), descending=False, most=8, across=True),
    source="cron jobs and schedulers; Zhang & Paxson 2011",
)
def minute_concentration() -> pl.Expr:
    """Length of the mean vector of the minutes of the hour, 8 posts or more.

    >>> from features.example import derive_one
    >>> round(derive_one("minute_concentration", published_at=[5 * n for n in range(12)]), 9)
    1.0
    """
    return circular_concentration(pl.col("minute_angle"))


@_from_timeline(
    unit="share",
    direction=HIGH,
    known={"caption_repeats": 5},
    sentence="{value} of its captions stand under another post too (those of one or two words left out)",
    rows=_CAPTIONS,
    source="repost and content bots; Purba et al. 2020",
)
def repeated_caption_share() -> pl.Expr:
    """Share of posts with a caption whose caption stands under another post too, weighed by its words.

    One or two words count nothing, as many people repeat them; three a third, four two thirds, five all.
    In scripts written without spaces two letters count as a word. Texts that stand in for none ("nan",
    "[no caption]") are absent.

    >>> from features.example import derive_one
    >>> derive_one("repeated_caption_share", caption=["have a good day all"] * 2 + ["a", "a", "c"])
    0.4
    """
    return pl.col("caption_repeats").mean()


@_from_timeline(
    unit="count",
    version=2,
    known={"hashtags": 5},
    sentence="its posts carry {value} hashtags on average (6: that many or more)",
    rows=_HASHTAGS,
    source=_AKYON,
)
def hashtags_per_post() -> pl.Expr:
    """Mean number of hashtags of dated posts, at most 6: some people write as many as the platform allows.

    >>> from features.example import derive_one
    >>> [derive_one("hashtags_per_post", hashtags=tags) for tags in ([1, 2, 3, 4, 5], [30] * 5)]
    [3.0, 6.0]
    """
    return pl.col("hashtags").mean().clip(upper_bound=MOST_HASHTAGS)


@_from_timeline(
    unit="count",
    direction=LOW,
    known={"hashtags": 5},
    sentence="from post to post its number of hashtags typically differs by {value}",
    rows=_HASHTAGS,
    source=_AKYON,
)
def hashtags_deviation() -> pl.Expr:
    """Standard deviation of the number of hashtags of dated posts.

    >>> from features.example import derive_one
    >>> derive_one("hashtags_deviation", hashtags=[3] * 5)
    0.0
    """
    return pl.col("hashtags").std()
