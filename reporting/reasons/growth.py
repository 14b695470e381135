"""Sentences about the follower curve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from math import expm1
from statistics import median

from reporting.evidence import Evidence
from reporting.growth import Jump, jump_between
from reporting.numbers import Numbers
from reporting.reasons.telling import Telling, Told, says
from reporting.wording import as_sentence

__all__ = ["jump_sentence", "window_of"]

STEADY = 0.05
"""Growth over ten days beyond the usual pace that nobody would call a jump."""


def window_of(telling: Telling) -> tuple[date, date] | None:
    """The days that the first row speaks of: from one count to a later one."""
    start, end = telling.day_of("starts"), telling.day_of("ends")
    if start and end:
        return start, end
    day = telling.day_of("date")
    before = _count_before(telling.evidence, day) if day else None
    return (before, day) if day and before else None


def _count_before(evidence: Evidence | None, day: date) -> date | None:
    earlier = [one.day for one in evidence.history if one.day < day] if evidence else []
    return earlier[-1] if earlier else None


@says(
    "burst_size", "burst_share", "burst_days", "burst_alone", "month_size", "burst_echo", "burst_kept",
    "spike_size", "spike_share", "spike_z", "unexplained_gain_share", "best_tenth_share", "spike_kept",
    "spike_echo",
)  # fmt: skip
def jump(telling: Telling) -> Told | None:
    """The jump in followers, with the pace around it and what explains it."""
    window, gained = window_of(telling), telling.count_of("gained")
    if gained is None or window is None:
        return None
    found = jump_between(telling.evidence, *window) if telling.evidence else None
    small = telling.reason.feature in ("burst_size", "month_size") and expm1(telling.value) < STEADY
    usual = _usual_jump(telling)
    if telling.reason.feature in ("burst_echo", "spike_echo"):
        return Told(_echo(telling, window, gained), "", "growth")
    if small:
        said = f"its followers came steadily: its fastest days, {telling.numbers.days(*window)}, brought "
        return Told(f"{said}{telling.numbers.signed(gained)}", usual, "growth")
    if found is None:
        return Told(_bare_jump(gained, window, telling.numbers), usual, "growth")
    return Told(jump_sentence(found, telling.numbers), usual, "growth")


def jump_sentence(jump: Jump, numbers: Numbers) -> str:
    """A jump with the pace before and after it, and the post that explains it.

    >>> flat = Jump(date(2026, 9, 1), date(2026, 9, 3), 50_013, 16.0, 16.2, None, True, None)
    >>> jump_sentence(flat, Numbers())
    '+50,013 followers from 1 to 3 September 2026; 16 a day before and after; no post near explains it.'
    """
    parts = [_bare_jump(jump.gained, (jump.start, jump.end), numbers), *_pace(jump, numbers)]
    if jump.kept is not None and 0 <= jump.kept <= 1 and jump.gained > 0:
        parts.append(f"a month later {numbers.share(jump.kept)} of them were still there")
    if jump.gained > 0:
        parts.append(_explained(jump, numbers))
    return as_sentence("; ".join(parts))


def _bare_jump(gained: float, window: tuple[date, date], numbers: Numbers) -> str:
    return f"{numbers.signed(gained)} followers from {numbers.days(*window)}"


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
    return "no post near explains it" if jump.posts_known else "posts of those days were not supplied"


def _echo(telling: Telling, window: tuple[date, date], gained: float) -> str:
    numbers = telling.numbers
    days = f"its fastest days, {numbers.days(*window)} ({numbers.signed(gained)} followers)"
    if telling.value < 0.1:
        return f"after {days}, the growth ended at once"
    return f"after {days}, it went on growing at {numbers.share(telling.value)} of their pace"


def _usual_jump(telling: Telling) -> str | None:
    """What is usual of the burst itself; of the other features of a jump the range says nothing here."""
    return None if telling.reason.feature in ("burst_size", "month_size") else ""


@says("largest_loss")
def loss(telling: Telling) -> Told | None:
    """The largest loss of one step."""
    gained, day = telling.count_of("gained"), telling.day_of("date")
    if gained is None or day is None:
        return None
    when = "on" if telling.reason.feature == "largest_loss" else "in the week to"
    numbers = telling.numbers
    said = (
        f"{numbers.signed(gained)} followers {when} {numbers.day(day)}, {numbers.share(telling.value)} of all"
    )
    return Told(said, None, "growth")


@says("loss_share")
def losses(telling: Telling) -> Told:
    """How much of all movement was loss."""
    return Told(
        f"of 100 followers that came or left, {telling.numbers.count(100 * telling.value)} left",
        None,
        "growth",
    )


@says("rising_share")
def rising(telling: Telling) -> Told:
    """On how many days it grew."""
    grid = {"weekly": "weeks", "monthly": "months"}.get(telling.reason.feature.rpartition("_")[2], "days")
    return Told(f"its followers grew on {telling.numbers.share(telling.value)} of its {grid}", None, "growth")


@says("round_gain_share")
def round_steps(telling: Telling) -> Told:
    """Gains that come in whole thousands."""
    gained, day = telling.count_of("gained"), telling.day_of("date")
    numbers = telling.numbers
    example = f", such as {numbers.signed(gained)} on {numbers.day(day)}" if gained and day else ""
    share = numbers.share(telling.value)
    return Told(
        f"{share} of its new followers came on days that brought nearly a whole number of thousands{example}",
        None,
        "growth",
    )


@says("gains_gini")
def days_for_half(telling: Telling) -> Told | None:
    """In how many days half of the new followers came."""
    if telling.evidence is None or telling.reason.feature != "gains_gini":
        return None
    gains = sorted(
        (max(b.followers - a.followers, 0) for a, b in pairwise(telling.evidence.history)), reverse=True
    )
    total, running, needed = sum(gains), 0, 0
    while total and running < total / 2:
        running, needed = running + gains[needed], needed + 1
    if not total:
        return None
    numbers = telling.numbers
    days = "day" if needed == 1 else "days"
    said = f"half of its new followers came in {numbers.count(needed)} {days} of {numbers.count(len(gains))}"
    return Told(said, "", "growth")


@says("following_churn")
def churn(telling: Telling) -> str:
    """How much it followed and unfollowed."""
    numbers, times = telling.numbers, telling.numbers.times(telling.value)
    if telling.evidence is not None:
        counts = telling.evidence.tables.history.select("date", "following").drop_nulls().sort("date")
        known = counts["following"].to_list()
        moved = sum(abs(b - a) for a, b in pairwise(known))
        if known:
            return (
                f"it followed and unfollowed {numbers.count(moved)} accounts in all, and usually follows"
                f" {numbers.count(median(known))}: {times} as many"
            )
    return f"all that it followed and unfollowed adds up to {times} the accounts it usually follows"


@says("followers_sawtooth", "following_sawtooth")
def sawtooth(telling: Telling) -> str | None:
    """A rhythm of days in followers or in accounts followed."""
    lag = telling.count_of("lag_days")
    if lag is None:
        return None
    what = "followers gained" if telling.reason.feature.startswith("followers") else "accounts followed"
    alike = telling.numbers.figures(telling.value)
    return (
        f"the number of {what} repeats itself every {telling.numbers.count(lag)} days (correlation {alike})"
    )


@says("tail_after_spike")
def tail(telling: Telling) -> Told | None:
    """What followed the largest jump for months."""
    if telling.value >= 1:
        return None
    share = telling.numbers.share(telling.value)
    said = f"in the second and third month after its largest jump it gained {share} of what the jump brought"
    return Told(said, None, "growth")
