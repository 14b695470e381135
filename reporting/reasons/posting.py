"""Sentences about the rhythm in which an account publishes."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import ceil
from statistics import median

from features.posting import MOST_HASHTAGS
from reporting.numbers import Numbers
from reporting.reasons.builders import ReasonContext, ReasonWords, says

__all__: list[str] = []


@says("posts_per_week")
def pace(context: ReasonContext) -> ReasonWords:
    """Posts a week, or a day where there are many; of a window under a day what was seen, and no rate."""
    rate, numbers = context.value, context.numbers
    times = (
        [one.published_at for one in context.evidence.posts if one.published_at] if context.evidence else []
    )
    if len(times) > 1 and (window := max(times) - min(times)) < timedelta(days=1):
        # What is usual is a pace, and less than a day has none.
        return ReasonWords(
            f"its {numbers.count(len(times))} posts came within {_length(window, numbers)}", "", "clock"
        )
    shown = numbers.figures(rate)
    pace_text = f"{shown} {'post' if shown == '1' else 'posts'} a week"
    if rate > 21:
        pace_text = f"{numbers.figures(rate / 7)} posts a day, {shown} a week"
    return ReasonWords(f"it publishes {pace_text}", None, "clock")


def _length(window: timedelta, numbers: Numbers) -> str:
    """A length of time under a day, rounded up.

    >>> _length(timedelta(seconds=38), Numbers()), _length(timedelta(hours=3, minutes=9), Numbers())
    ('1 minute', '4 hours')
    """
    minutes = max(ceil(window / timedelta(minutes=1)), 1)
    count, unit = (minutes, "minute") if minutes <= 90 else (ceil(minutes / 60), "hour")
    return f"{numbers.count(count)} {unit}{'' if count == 1 else 's'}"


@says("equal_gap_share")
def equal_gaps(context: ReasonContext) -> ReasonWords:
    """Gaps that equal the usual one."""
    share = context.numbers.share(context.value)
    hours = _usual_gap(context)
    if hours == 0:
        return ReasonWords(f"{share} of its posts came at the same time as the one before", None, "clock")
    usual = f" of {_gap(hours, context.numbers)}" if hours and context.value > 0.3 else ""
    return ReasonWords(
        f"{share} of the gaps between its posts equal the usual gap{usual} to within 2 %", None, "clock"
    )


def _usual_gap(context: ReasonContext) -> float | None:
    """The median gap between posts whose time of day is known, in hours; None where there is none."""
    posts = context.evidence.posts if context.evidence else ()
    times = sorted(post.published_at for post in posts if post.published_at)
    gaps = [(after - before) / timedelta(hours=1) for before, after in pairwise(times)]
    return median(gaps) if gaps else None


def _gap(hours: float, numbers: Numbers) -> str:
    """A gap in the unit in which people would say it.

    >>> _gap(0.0039, Numbers()), _gap(0.5, Numbers()), _gap(24.0, Numbers()), _gap(1417.0, Numbers())
    ('14 seconds', '30 minutes', '24 hours', '59 days')
    >>> _gap(1 / 3600, Numbers()), _gap(1.0, Numbers())
    ('1 second', '1 hour')
    """
    units = ((96.0, "day", 1 / 24), (1.0, "hour", 1.0), (1 / 60, "minute", 60.0), (0.0, "second", 3600.0))
    unit, shown = next((unit, numbers.figures(hours * by)) for least, unit, by in units if hours >= least)
    return f"{shown} {unit}{'' if shown == '1' else 's'}"


@says("equal_run_share")
def equal_run(context: ReasonContext) -> ReasonWords:
    """Gaps in one stretch that equal each other."""
    share = context.numbers.share(context.value)
    clause = f"{share} of the gaps between its posts follow each other and are equal to within 2 %"
    return ReasonWords(clause, None, "clock")


@says("batch_share")
def batches(context: ReasonContext) -> ReasonWords:
    """Posts within a minute of the one before."""
    share = context.numbers.share(context.value)
    return ReasonWords(f"{share} of its posts came within a minute of the one before", None, "clock")


@says("quiet_hours_share", "hour_concentration", "hour_entropy")
def clock(context: ReasonContext) -> ReasonWords | None:
    """How much it publishes in the six hours of the day in which it publishes least."""
    hours = _by_hour(context)
    if sum(hours) < 20:
        return None
    quiet = min(range(24), key=lambda hour: sum(hours[(hour + k) % 24] for k in range(6)))
    count, numbers = sum(hours[(quiet + k) % 24] for k in range(6)), context.numbers
    share = count / sum(hours)
    clause = (
        f"between {quiet:02d}:00 and {(quiet + 6) % 24:02d}:00 UTC, when it publishes least, come"
        f" {numbers.count(count)} of its {numbers.count(sum(hours))} posts ({numbers.share(share)};"
        f" around the clock would be 25 %)"
    )
    return ReasonWords(clause, None if context.reason.feature == "quiet_hours_share" else "", "clock")


def _by_hour(context: ReasonContext) -> list[int]:
    found = [0] * 24
    for post in context.evidence.posts if context.evidence else ():
        if post.published_at:
            found[post.published_at.hour] += 1
    return found


@says("gap_burstiness")
def bursts(context: ReasonContext) -> ReasonWords:
    """Whether posts come at even gaps, at random or in bursts."""
    value = context.value
    how = "nearly all alike" if value < -0.6 else "rather alike" if value < -0.25 else "as chance has them"
    if value > 0.25:
        how = "of very different lengths: it posts in bursts"
    shown = context.numbers.figures(value)
    scale = "−1 would be all alike, 0 as chance has them, 1 nothing but bursts"
    return ReasonWords(f"the gaps between its posts are {how} ({shown}; {scale})", None, "clock")


@says("minute_concentration")
def minutes(context: ReasonContext) -> ReasonWords:
    """Whether posts come at the same minute of the hour."""
    how = "nearly all at the same minute" if context.value > 0.8 else "rather often at the same minute"
    if context.value < 0.3:
        how = "at any minute"
    alike = context.numbers.figures(context.value)
    return ReasonWords(f"its posts come {how} of the hour ({alike} on a scale of 0 to 1)", None, "clock")


@says("repeated_caption_share")
def captions(context: ReasonContext) -> ReasonWords:
    """Captions that stand under several posts."""
    if not context.value:
        return ReasonWords("no caption of more than two words stands under two of its posts")
    return ReasonWords(f"{context.numbers.share(context.value)} of its captions stand under another post too")


@says("hashtags_per_post")
def hashtags(context: ReasonContext) -> ReasonWords:
    """Hashtags of the mean post."""
    many = " or more" if context.value >= MOST_HASHTAGS else ""
    shown = context.numbers.figures(context.value)
    of = "hashtag" if shown == "1" and not many else "hashtags"
    return ReasonWords(f"its posts carry {shown}{many} {of} on average")
