"""Profile: what the account's own page says of it."""

from __future__ import annotations

from functools import partial

import polars as pl

from features.declaration import AUTOMATED, HIGH, LOW, feature
from features.expressions import quotient
from features.views import account

_CRESCI = "Cresci et al. 2015, DSS 80"
_AKYON = "Akyon & Kalfaoglu 2019, ASYU"
_FOLLOWERS, _FOLLOWING, _POSTS = (
    pl.col(name).cast(pl.Float64) for name in ("followers", "following", "posts")
)
_PROFILE = ("profile",)
_from_account = partial(feature, account, speaks_to=AUTOMATED, blocks=_PROFILE)


@_from_account(
    unit="log10",
    direction=HIGH,
    sentence="it follows {value} times as many accounts as follow it",
    source="Socialbakers' rule of 50 : 1; " + _CRESCI,
    excuses={"scale": "accounts followed stay as they are"},
)
def following_ratio() -> pl.Expr:
    """Log10 of (accounts followed + 1) over (followers + 1).

    >>> from features.example import derive_one
    >>> derive_one("following_ratio", followers=9, following=999)
    2.0
    """
    return quotient(_FOLLOWING + 1.0, _FOLLOWERS + 1.0).log10()


@_from_account(
    unit="log10 count",
    sentence="it has {value} followers",
    source=_CRESCI,
    excuses={"scale": "it is the size"},
)
def followers_size() -> pl.Expr:
    """Log10 of followers + 1: context for everything that depends on size.

    >>> from features.example import derive_one
    >>> derive_one("followers_size", followers=99)
    2.0
    """
    return (_FOLLOWERS + 1.0).log10()


@_from_account(
    unit="log10 count",
    direction=HIGH,
    sentence="it follows {value} accounts",
    source="HypeAuditor: mass followers follow over 1,500",
)
def following_size() -> pl.Expr:
    """Log10 of accounts followed + 1.

    >>> from features.example import derive_one
    >>> derive_one("following_size", followers=1, following=999)
    3.0
    """
    return (_FOLLOWING + 1.0).log10()


@_from_account(
    unit="share",
    direction=HIGH,
    sentence="the accounts it follows make up {value} of its platform's limit",
    source="limits: Instagram 7,500, X 5,000, TikTok 10,000",
)
def cap_share() -> pl.Expr:
    """Accounts followed over the platform's limit; unknown where there is none.

    >>> from features.example import derive_one
    >>> derive_one("cap_share", platform="x", followers=1, following=2500)
    0.5
    """
    return quotient(_FOLLOWING, pl.col("cap"))


@_from_account(
    unit="log10 count",
    direction=LOW,
    sentence="it has published {value} posts",
    source=_AKYON,
)
def posts_size() -> pl.Expr:
    """Log10 of posts published + 1.

    >>> from features.example import derive_one
    >>> derive_one("posts_size", followers=1, posts=99)
    2.0
    """
    return (_POSTS + 1.0).log10()


@_from_account(
    unit="log10",
    sentence="it has published {value} posts per follower",
    source=_AKYON,
    excuses={"scale": "posts published stay as they are"},
)
def posts_per_follower() -> pl.Expr:
    """Log10 of (posts + 1) over (followers + 1).

    >>> from features.example import derive_one
    >>> derive_one("posts_per_follower", followers=99, posts=9)
    -1.0
    """
    return quotient(_POSTS + 1.0, _FOLLOWERS + 1.0).log10()


@_from_account(
    unit="share",
    direction=HIGH,
    sentence="{value} of the characters in its handle are digits",
    source=_AKYON,
)
def username_digit_share() -> pl.Expr:
    """Digits over characters of the handle.

    >>> from features.example import derive_one
    >>> derive_one("username_digit_share", followers=1, username="ana1984")
    0.571...
    """
    return pl.col("digit_share")


@_from_account(
    unit="characters",
    sentence="its handle has {value} characters",
    source=_AKYON,
)
def handle_length() -> pl.Expr:
    """Characters in the handle.

    >>> from features.example import derive_one
    >>> derive_one("handle_length", followers=1, username="ana")
    3.0
    """
    return pl.col("username_length").cast(pl.Float64)


@_from_account(
    unit="characters",
    direction=LOW,
    sentence="its description has {value} characters",
    source=_AKYON,
)
def description_length() -> pl.Expr:
    """Characters in the description; an empty one has none, an unknown one is unknown.

    >>> from features.example import derive_one
    >>> derive_one("description_length", followers=1, bio="Hello")
    5.0
    """
    return pl.col("bio_length").cast(pl.Float64)


@_from_account(
    unit="count",
    sentence="its displayed name has {value} words",
    source=_AKYON,
)
def name_words() -> pl.Expr:
    """Words in the displayed name.

    >>> from features.example import derive_one
    >>> derive_one("name_words", followers=1, full_name="Ana de Armas")
    3.0
    """
    return pl.col("full_name_words").cast(pl.Float64)


@_from_account(
    unit="share",
    direction=LOW,
    sentence="of picture, name, description and link it has filled in {value}",
    source=_CRESCI,
)
def profile_completeness() -> pl.Expr:
    """Share of picture, name, description and link that are filled in, of those known; two at least.

    >>> from features.example import derive_one
    >>> derive_one("profile_completeness", followers=1, has_picture=True, bio="")
    0.5
    """
    known = pl.col("parts_known")
    return pl.when(known >= 2).then(quotient(pl.col("parts_filled"), known))


@_from_account(
    unit="flag",
    direction=LOW,
    sentence="its profile picture is {value}",
    source=_CRESCI,
)
def picture() -> pl.Expr:
    """1 with a picture of its own, 0 without.

    >>> from features.example import derive_one
    >>> derive_one("picture", followers=1, has_picture=True)
    1.0
    """
    return pl.col("has_picture").cast(pl.Float64)


@_from_account(
    unit="log10 days",
    direction=LOW,
    sentence="it was opened {value} days ago",
    source=_CRESCI,
)
def account_age() -> pl.Expr:
    """Log10 of days since the account was opened, plus one.

    >>> from features.example import derive_one
    >>> opened, asked = "2026-08-02T00:00:00Z", "2026-11-09T00:00:00Z"
    >>> derive_one("account_age", followers=1, created_at=opened, as_of=asked)
    2.0
    """
    return (pl.col("age_days") + 1.0).log10()


@_from_account(
    unit="per week",
    sentence="since it was opened it has published {value} posts a week",
    source="Gilani et al. 2017",
)
def lifetime_posts_per_week() -> pl.Expr:
    """Posts published a week since the account was opened.

    >>> from features.example import derive_one
    >>> derive_one("lifetime_posts_per_week", followers=1, posts=10, created_at="2026-10-04T00:00:00Z",
    ...     as_of="2026-11-08T00:00:00Z")
    2.0
    """
    return quotient(7.0 * _POSTS, pl.col("age_days"))
