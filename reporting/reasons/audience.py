"""Sentences about the sampled followers: counts of people, not shares."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from reporting.reasons.builders import ReasonContext, ReasonWords, says

__all__: list[str] = []

_WHAT: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType({
    "audience_mass_follower_share": (
        "following", "follows over 1,500 accounts", "follow over 1,500 accounts",
    ),
    "audience_postless_share": ("posts", "has no post", "have no post"),
    "audience_pictureless_share": ("has_picture", "has no picture", "have no picture"),
    "audience_digit_name_share": (
        "username_digits", "has digits for 30 % or more of its handle",
        "have digits for 30 % or more of their handle",
    ),
    "audience_lopsided_share": (
        "following", "follows at least twenty times as many accounts as follow it",
        "follow at least twenty times as many accounts as follow them",
    ),
})  # fmt: skip
"""By feature, the column in which it must be known, and what is true of the one or the several counted."""


@says(*_WHAT)
def sampled_count(context: ReasonContext) -> ReasonWords | None:
    """How many of the sampled followers are so."""
    column, one, several = _WHAT[context.reason.feature]
    sampled = _sample_size(context, column)
    if sampled is None:
        return None
    number = context.numbers
    count = round(context.value * sampled)
    who = "none" if not count else number.count(count)
    what = one if count == 1 else several
    return ReasonWords(f"{who} of {number.count(sampled)} sampled followers {what}", None, "audience")


def _sample_size(context: ReasonContext, column: str) -> int | None:
    """Followers of whom that is known; else all that were judged."""
    if context.evidence is not None and column in context.evidence.audience.columns:
        known = context.evidence.audience[column].drop_nulls().len()
        if known:
            return known
    judged = context.verdict.audience
    return judged.sampled if judged else None


@says("audience_age_spread")
def ages(context: ReasonContext) -> ReasonWords:
    """How different the ages of their accounts are."""
    times = context.numbers.figures(10.0**context.value)
    return ReasonWords(
        f"the older of its sampled followers' accounts are {times} times as old as the younger", None
    )


@says("audience_follow_ratio")
def follows_to_followers(context: ReasonContext) -> ReasonWords:
    """How many accounts the sampled followers follow for each that follows them."""
    times = context.numbers.figures(10.0**context.value)
    return ReasonWords(
        f"a usual sampled follower follows {times} accounts for each that follows it", None, "audience"
    )
