"""The profile, and the sampled followers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from benchmarks.speed.plain_python.account import Account, Number, Row
from benchmarks.speed.plain_python.statistics import (
    known_values,
    log_counts,
    median_of,
    quantile,
    quotient,
    share,
)

__all__ = ["log_ratio"]


def _profile(one: Account, *names: str) -> list[Any]:
    return [one.profile[name] for name in names]


def log_ratio(above: Number, below: Number) -> Number:
    """Log10 of a quotient of counts, 1 added to both; None where one is absent."""
    return None if above is None or below is None else math.log10((above + 1) / (below + 1))


def _stand_in(given: int | None, text: str | None, derive_it: Callable[[str], int]) -> int | None:
    return derive_it(text) if given is None and text is not None else given


def _completeness(one: Account) -> Number:
    row = one.profile
    words = _stand_in(row["full_name_words"], row["full_name"], lambda name: len(name.split()))
    length = _stand_in(row["bio_length"], row["bio"], len)
    counts = (words, length, None if row["external_url"] is None else len(row["external_url"]))
    parts = [row["has_picture"], *(None if count is None else count > 0 for count in counts)]
    known = [part for part in parts if part is not None]
    return sum(known) / len(known) if len(known) >= 2 else None


def _sampled(one: Account, name: str, condition: Callable[[Any], bool]) -> Number:
    rows = one.audience if len(one.audience) >= 30 else []
    return share((condition(row[name]) for row in rows if row[name] is not None), at_least=30)


def _followed_both(one: Account) -> list[tuple[int, int]]:
    rows = [(row["following"], row["followers"]) for row in one.audience]
    return [row for row in rows if None not in row] if len(rows) >= 30 else []


def _lopsided(one: Account) -> list[bool]:
    return [following + 1 >= 20 * (followers + 1) for following, followers in _followed_both(one)]


def _follow_ratios(one: Account) -> list[float]:
    return [math.log10((following + 1) / (followers + 1)) for following, followers in _followed_both(one)]


def _age_spread(one: Account) -> Number:
    ages = log_counts(
        (one.profile["as_of"] - born) / timedelta(days=1) for born in known_values(one.audience, "created_at")
    )
    return quantile(ages, 0.75) - quantile(ages, 0.25) if len(ages) >= 30 else None


FOLLOWING_CAPS: Final = {"instagram": 7_500, "x": 5_000, "tiktok": 10_000}


def _log_size(one: Account, name: str) -> Number:
    count = one.profile[name]
    return None if count is None else math.log10(count + 1)


def _cap_share(one: Account) -> Number:
    following, cap = one.profile["following"], FOLLOWING_CAPS.get(one.profile["platform"])
    return None if following is None or cap is None else following / cap


def _age_days(one: Account) -> Number:
    born = one.profile["created_at"]
    return None if born is None else float((one.profile["as_of"] - born) / timedelta(days=1))


def _account_age(one: Account) -> Number:
    days = _age_days(one)
    return None if days is None else math.log10(days + 1)


def _lifetime_posts_per_week(one: Account) -> Number:
    posts, days = one.profile["posts"], _age_days(one)
    return None if posts is None or days is None else quotient(7 * posts, days)


def _handle(row: Row) -> tuple[int | None, int | None]:
    """Length of a username, and how many of its characters are digits."""
    length = _stand_in(row["username_length"], row["username"], len)
    return length, _stand_in(
        row["username_digits"], row["username"], lambda name: len(re.findall(r"\d", name))
    )


def _digit_share(row: Row) -> Number:
    length, digits = _handle(row)
    return None if length is None or digits is None else quotient(digits, length)


def _digit_names(one: Account) -> Number:
    rows = one.audience if len(one.audience) >= 30 else []
    return share((part >= 0.3 for row in rows if (part := _digit_share(row)) is not None), at_least=30)


FEATURES: Final[Mapping[str, Callable[[Account], Number]]] = {
    "following_ratio": lambda a: log_ratio(*_profile(a, "following", "followers")),
    "posts_per_follower": lambda a: log_ratio(*_profile(a, "posts", "followers")),
    "profile_completeness": _completeness,
    "followers_size": lambda a: _log_size(a, "followers"),
    "following_size": lambda a: _log_size(a, "following"),
    "posts_size": lambda a: _log_size(a, "posts"),
    "cap_share": _cap_share,
    "picture": lambda a: a.profile["has_picture"],
    "account_age": _account_age,
    "lifetime_posts_per_week": _lifetime_posts_per_week,
    "handle_length": lambda a: _handle(a.profile)[0],
    "username_digit_share": lambda a: _digit_share(a.profile),
    "audience_digit_name_share": _digit_names,
    "audience_mass_follower_share": lambda a: _sampled(a, "following", lambda n: n > 1_500),
    "audience_postless_share": lambda a: _sampled(a, "posts", lambda n: n == 0),
    "audience_pictureless_share": lambda a: _sampled(a, "has_picture", lambda has: not has),
    "audience_lopsided_share": lambda a: share(_lopsided(a), 30),
    "audience_follow_ratio": lambda a: median_of(_follow_ratios(a), 30),
    "audience_age_spread": _age_spread,
}
