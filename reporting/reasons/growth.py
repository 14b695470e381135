"""Sentences about the follower curve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from math import expm1
from statistics import median

from reporting.growth import Jump, whole_jump
from reporting.numbers import Numbers
from reporting.reasons.builders import ReasonContext, ReasonWords, says
from reporting.wording import as_sentence

__all__ = ["jump_sentence", "window_of"]

ONE_DAY = timedelta(days=1)
STEADY = 0.05
"""Growth over ten days beyond the usual pace that nobody would call a jump."""


def window_of(context: ReasonContext) -> tuple[date, date] | None:
    """The days that the first row speaks of: from one count to a later one."""
    start, end = context.day_of("starts"), context.day_of("ends") or context.day_of("date")
    if start is None and end is not None:
        start = _count_before(context, end)
    return (start, end) if start and end else None


def _count_before(context: ReasonContext, day: date) -> date | None:
    """The count that the row's gain is held against, where the row, of an older verdict, does not say."""
    followers, gained = context.count_of("followers"), context.count_of("gained")
    if context.evidence is None or followers is None or gained is None:
        return None
    earlier = [one for one in context.evidence.history if one.day < day]
    return next((one.day for one in reversed(earlier) if one.followers == followers - gained), None)


@says(
    "burst_size", "burst_share", "burst_days", "burst_alone", "month_size", "burst_echo", "burst_kept",
    "spike_size", "spike_share", "spike_z", "unexplained_gain_share", "best_tenth_share", "spike_kept",
    "spike_echo",
)  # fmt: skip
def jump(context: ReasonContext) -> ReasonWords | None:
    """The jump in followers, with the pace around it and what explains it.

    The days and the gain are those of the row beside it, with the evidence at hand and without; what came
    right before and after them is said beside it. A window that brought nobody, as between two counts that a
    platform rounds to the same number, is no jump.
    """
    window, gained = window_of(context), context.count_of("gained")
    if gained is None or window is None:
        return None
    found = whole_jump(context.evidence, *window) if context.evidence else None
    if gained <= 0 or (found is not None and found.gained <= 0):
        return None
    small = context.reason.feature in ("burst_size", "month_size") and expm1(context.value) < STEADY
    usual = _usual_jump(context)
    if context.reason.feature.startswith(("burst_echo", "spike_echo", "burst_kept", "spike_kept")):
        return _afterwards(context, window, gained)
    if small:
        clause = f"its followers came steadily: its fastest days, {context.numbers.days(*window)}, brought "
        return ReasonWords(f"{clause}{context.numbers.signed(gained)}", usual, "growth")
    if found is None:
        return ReasonWords(_bare_jump(gained, window, context.numbers), usual, "growth")
    return ReasonWords(jump_sentence(found, context.numbers, (gained, window)), usual, "growth")


def jump_sentence(
    jump: Jump, numbers: Numbers, fastest: tuple[float, tuple[date, date]] | None = None
) -> str:
    """A jump with the pace before and after it, and the post that explains it.

    Parameters
    ----------
    jump
        The whole of it.
    numbers
        Of the reader's locale.
    fastest
        The gain and the days that are spoken of, where these are a part of it: they come first.

    Examples
    --------
    >>> flat = Jump(date(2026, 9, 1), date(2026, 9, 3), 50_013, 16.0, 16.2, None, True, True, None)
    >>> jump_sentence(flat, Numbers())
    '+50,013 followers from 1 to 3 September 2026; 16 a day before and after; no post near explains it.'
    """
    parts = [_of_the_whole(jump, numbers, fastest), *_pace(jump, numbers)]
    if jump.kept is not None and 0 <= jump.kept <= 1 and jump.gained > 0:
        parts.append(f"a month later {numbers.share(jump.kept)} of them were still there")
    if jump.gained > 0:
        parts.append(_explained(jump, numbers))
    return as_sentence("; ".join(parts))


def _of_the_whole(jump: Jump, numbers: Numbers, fastest: tuple[float, tuple[date, date]] | None) -> str:
    whole = _bare_jump(jump.gained, (jump.start, jump.end), numbers)
    if fastest is None or jump.gained == fastest[0]:
        return whole
    spoken = _bare_jump(*fastest, numbers)
    return f"{spoken}, a part of {whole}" if jump.gained > fastest[0] else spoken


def _bare_jump(gained: float, window: tuple[date, date], numbers: Numbers) -> str:
    who = "follower" if abs(round(gained)) == 1 else "followers"
    return f"{numbers.signed(gained)} {who} from {numbers.days(*window)}"


def _pace(jump: Jump, numbers: Numbers) -> Iterator[str]:
    before, after = jump.before, jump.after
    if before is None and after is None:
        return
    if before is None or after is None:
        known, where = (after, "after") if before is None else (before, "before")
        yield f"{_a_day(known or 0.0, numbers)} a day {where}"
    elif numbers.count(before) == numbers.count(after):
        yield f"{_a_day(before, numbers)} a day before and after"
    else:
        yield f"{_a_day(before, numbers)} a day before and {_a_day(after, numbers)} a day after"


def _a_day(pace: float, numbers: Numbers) -> str:
    if not round(pace):
        return "none"
    return numbers.count(pace) if pace > 0 else numbers.signed(pace)


def _explained(jump: Jump, numbers: Numbers) -> str:
    if jump.post is not None and jump.post.day is not None:
        return f"a post of {numbers.day(jump.post.day)} had at least three times its usual interest"
    if jump.posts_known:
        return "no post near explains it"
    return (
        "what posts of those days earned is not known"
        if jump.posts_supplied
        else "posts of those days were not supplied"
    )


def _echo(context: ReasonContext, window: tuple[date, date], gained: float) -> str:
    numbers, feature = context.numbers, context.reason.feature
    grid = {"weekly": "week", "monthly": "month"}.get(feature.rpartition("_")[2], "day")
    what = f"its fastest {grid}" if feature.startswith("spike") else "its fastest days"
    days = f"{what}, {numbers.days(*window)} ({numbers.signed(gained)} followers)"
    if context.value < 0.1:
        return f"after {days}, the growth ended at once"
    of = "its" if feature.startswith("spike") else "their"
    return f"after {days}, it went on growing at {numbers.share(context.value)} of {of} pace"


def _afterwards(context: ReasonContext, window: tuple[date, date], gained: float) -> ReasonWords:
    """What followed the jump: at once, or a month later."""
    if "_kept" in context.reason.feature:
        return ReasonWords(_left(context, window, gained), None, "growth")
    return ReasonWords(_echo(context, window, gained), "", "growth")


def _left(context: ReasonContext, window: tuple[date, date], gained: float) -> str:
    """What was left of a jump a month later, which may be more than it brought, or less than none of it."""
    numbers = context.numbers
    up = "up" if context.value >= 0 else "down"
    share = numbers.share(abs(context.value))
    return f"a month after {_bare_jump(gained, window, numbers)} its followers were {up} by {share} of that"


def _usual_jump(context: ReasonContext) -> str | None:
    """What is usual of the burst itself; of the other features of a jump the range says nothing here."""
    return None if context.reason.feature in ("burst_size", "month_size") else ""


@says("largest_loss")
def loss(context: ReasonContext) -> ReasonWords | None:
    """The largest loss of one step."""
    gained, day, start = context.count_of("gained"), context.day_of("date"), context.day_of("starts")
    if gained is None or day is None:
        return None
    numbers = context.numbers
    when = "on" if context.reason.feature == "largest_loss" else "in the week to"
    days = f"{when} {numbers.day(day)}"
    if start is not None and day - start != ONE_DAY:
        days = f"from {numbers.days(start, day)}"
    who = "follower" if round(gained) == -1 else "followers"
    clause = f"{numbers.signed(gained)} {who} {days}, {numbers.share(context.value)} of all"
    return ReasonWords(clause, None, "growth")


@says("loss_share")
def losses(context: ReasonContext) -> ReasonWords:
    """How much of all movement was loss."""
    return ReasonWords(
        f"of 100 followers that came or left, {context.numbers.count(100 * context.value)} left",
        None,
        "growth",
    )


@says("rising_share")
def rising(context: ReasonContext) -> ReasonWords:
    """On how many days it grew."""
    grid = {"weekly": "weeks", "monthly": "months"}.get(context.reason.feature.rpartition("_")[2], "days")
    return ReasonWords(
        f"its followers grew on {context.numbers.share(context.value)} of its {grid}", None, "growth"
    )


@says("round_gain_share")
def round_steps(context: ReasonContext) -> ReasonWords:
    """Gains that come in whole thousands."""
    gained, day = context.count_of("gained"), context.day_of("date")
    numbers = context.numbers
    example = f", such as {numbers.signed(gained)} on {numbers.day(day)}" if gained and day else ""
    share = numbers.share(context.value)
    return ReasonWords(
        f"{share} of its new followers came on days that brought nearly a whole number of thousands{example}",
        None,
        "growth",
    )


@says("gains_gini")
def days_for_half(context: ReasonContext) -> ReasonWords | None:
    """In how many days half of the new followers came."""
    if context.evidence is None or context.reason.feature != "gains_gini":
        return None
    gains = sorted(
        (max(b.followers - a.followers, 0) for a, b in pairwise(context.evidence.history)), reverse=True
    )
    total, running, needed = sum(gains), 0, 0
    while total and running < total / 2:
        running, needed = running + gains[needed], needed + 1
    if not total:
        return None
    numbers = context.numbers
    days = "day" if needed == 1 else "days"
    clause = (
        f"half of its new followers came in {numbers.count(needed)} {days} of {numbers.count(len(gains))}"
    )
    return ReasonWords(clause, "", "growth")


@says("following_churn")
def churn(context: ReasonContext) -> str:
    """How much it followed and unfollowed."""
    numbers, times = context.numbers, context.numbers.times(context.value)
    if context.evidence is not None:
        counts = context.evidence.tables.history.select("date", "following").drop_nulls().sort("date")
        known = counts["following"].to_list()
        moved = sum(abs(b - a) for a, b in pairwise(known))
        if known:
            whom = numbers.counted(moved, "account", "accounts")
            return (
                f"it followed and unfollowed {whom} in all, and usually follows"
                f" {numbers.count(median(known))}: {times} as many"
            )
    return f"all that it followed and unfollowed adds up to {times} the accounts it usually follows"


@says("followers_sawtooth", "following_sawtooth")
def sawtooth(context: ReasonContext) -> str | None:
    """A rhythm of days in followers or in accounts followed."""
    lag = context.count_of("lag_days")
    if lag is None:
        return None
    what = "followers gained" if context.reason.feature.startswith("followers") else "accounts followed"
    alike = context.numbers.figures(context.value)
    days = "day" if round(lag) == 1 else f"{context.numbers.count(lag)} days"
    scale = f"{alike} on a scale from 0, not at all, to 1, exactly"
    return f"the number of {what} repeats itself every {days} ({scale})"


@says("tail_after_spike")
def tail(context: ReasonContext) -> ReasonWords | None:
    """What followed the largest jump for months."""
    if context.value >= 1:
        return None
    share = context.numbers.share(context.value)
    clause = (
        f"in the second and third month after its largest jump it gained {share} of what the jump brought"
    )
    return ReasonWords(clause, None, "growth")
