"""Sentences about the account's own page."""

from __future__ import annotations

from reporting.reasons.builders import ReasonContext, ReasonWords, format_unit, says

__all__: list[str] = []


@says("following_ratio", "following_size")
def follows(context: ReasonContext) -> ReasonWords | None:
    """Accounts followed, and followers."""
    if context.evidence is None:
        return None
    following, followers = context.evidence.account["following"], context.evidence.account["followers"]
    if following is None or followers is None:
        return None
    numbers = context.numbers
    whom = numbers.counted(following, "account", "accounts")
    follow = "follows" if followers == 1 else "follow"
    clause = f"it follows {whom}, and {numbers.count(followers)} {follow} it"
    return ReasonWords(clause, None if context.reason.feature == "following_size" else "")


@says("picture")
def picture(context: ReasonContext) -> ReasonWords:
    """Whether it has a picture."""
    return ReasonWords("it has a picture of its own" if context.value else "it has no picture of its own", "")


@says("account_age")
def age(context: ReasonContext) -> ReasonWords:
    """When it was opened."""
    days = format_unit(context.value, "log10 days", context.numbers)
    return ReasonWords(f"it was opened {days} {'day' if days == '1' else 'days'} before it was observed")


@says("username_digit_share")
def digits(context: ReasonContext) -> ReasonWords:
    """Digits in its handle."""
    return ReasonWords(f"{context.numbers.share(context.value)} of the characters in its handle are digits")
