"""Sentences about the account's own page."""

from __future__ import annotations

from reporting.reasons.telling import Telling, Told, format_unit, says

__all__: list[str] = []


@says("following_ratio", "following_size")
def follows(telling: Telling) -> Told | None:
    """Accounts followed, and followers."""
    if telling.evidence is None:
        return None
    following, followers = telling.evidence.account["following"], telling.evidence.account["followers"]
    if following is None or followers is None:
        return None
    numbers = telling.numbers
    said = f"it follows {numbers.count(following)} accounts, and {numbers.count(followers)} follow it"
    return Told(said, None if telling.reason.feature == "following_size" else "")


@says("picture")
def picture(telling: Telling) -> Told:
    """Whether it has a picture."""
    return Told("it has a picture of its own" if telling.value else "it has no picture of its own", "")


@says("account_age")
def age(telling: Telling) -> Told:
    """When it was opened."""
    days = format_unit(telling.value, "log10 days", telling.numbers)
    return Told(f"it was opened {days} days before it was observed")


@says("username_digit_share")
def digits(telling: Telling) -> Told:
    """Digits in its handle."""
    return Told(f"{telling.numbers.share(telling.value)} of the characters in its handle are digits")
