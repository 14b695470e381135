"""Profile: what the account's own page says of it."""

from __future__ import annotations

import polars as pl

from features.declaration import AUTOMATED, HIGH, LOW, NEITHER, feature
from features.expressions import quotient
from features.views import account

_CRESCI = "Cresci et al. 2015, DSS 80"
_AKYON = "Akyon & Kalfaoglu 2019, ASYU"
_FOLLOWERS, _FOLLOWING, _POSTS = (
    pl.col(name).cast(pl.Float64) for name in ("followers", "following", "posts")
)
_PROFILE = ("profile",)


@feature(
    account, unit="log10", speaks_to=AUTOMATED, direction=HIGH, blocks=_PROFILE,
    sentence="it follows {value} times as many accounts as follow it",
    source="Socialbakers' rule of 50 : 1; " + _CRESCI,
)  # fmt: skip
def following_ratio() -> pl.Expr:
    """Log10 of (accounts followed + 1) over (followers + 1).

    >>> derive_one(following_ratio, followers=9, following=999)
    2.0
    """
    return quotient(_FOLLOWING + 1.0, _FOLLOWERS + 1.0).log10()


@feature(
    account, unit="log10 count", speaks_to=AUTOMATED, direction=NEITHER, blocks=_PROFILE,
    sentence="it has {value} followers",
    source=_CRESCI,
)  # fmt: skip
def followers_size() -> pl.Expr:
    """Log10 of followers + 1: context for everything that depends on size.

    >>> derive_one(followers_size, followers=99)
    2.0
    """
    return (_FOLLOWERS + 1.0).log10()


@feature(
    account, unit="log10 count", speaks_to=AUTOMATED, direction=HIGH, blocks=_PROFILE,
    sentence="it follows {value} accounts",
    source="HypeAuditor: mass followers follow over 1,500",
)  # fmt: skip
def following_size() -> pl.Expr:
    """Log10 of accounts followed + 1.

    >>> derive_one(following_size, followers=1, following=999)
    3.0
    """
    return (_FOLLOWING + 1.0).log10()


@feature(
    account, unit="share", speaks_to=AUTOMATED, direction=HIGH, blocks=_PROFILE,
    sentence="the accounts it follows make up {value} of its platform's limit",
    source="limits: Instagram 7,500, X 5,000, TikTok 10,000",
)  # fmt: skip
def cap_share() -> pl.Expr:
    """Accounts followed over the platform's limit; unknown where there is none.

    >>> derive_one(cap_share, platform="x", followers=1, following=2500)
    0.5
    """
    return quotient(_FOLLOWING, pl.col("cap"))


@feature(
    account, unit="log10 count", speaks_to=AUTOMATED, direction=LOW, blocks=_PROFILE,
    sentence="it has published {value} posts",
    source=_AKYON,
)  # fmt: skip
def posts_size() -> pl.Expr:
    """Log10 of posts published + 1.

    >>> derive_one(posts_size, followers=1, posts=99)
    2.0
    """
    return (_POSTS + 1.0).log10()


@feature(
    account, unit="log10", speaks_to=AUTOMATED, direction=NEITHER, blocks=_PROFILE,
    sentence="it has published {value} posts per follower",
    source=_AKYON,
)  # fmt: skip
def posts_per_follower() -> pl.Expr:
    """Log10 of (posts + 1) over (followers + 1).

    >>> derive_one(posts_per_follower, followers=99, posts=9)
    -1.0
    """
    return quotient(_POSTS + 1.0, _FOLLOWERS + 1.0).log10()


@feature(
    account, unit="share", speaks_to=AUTOMATED, direction=HIGH, blocks=_PROFILE,
    sentence="{value} of the characters in its handle are digits",
    source=_AKYON,
)  # fmt: skip
def username_digit_share() -> pl.Expr:
    """Digits over characters of the handle.

    >>> derive_one(username_digit_share, followers=1, username="ana1984")
    0.571...
    """
    return pl.col("digit_share")


@feature(
    account, unit="characters", speaks_to=AUTOMATED, direction=NEITHER, blocks=_PROFILE,
    sentence="its handle has {value} characters",
    source=_AKYON,
)  # fmt: skip
def handle_length() -> pl.Expr:
    """Characters in the handle.

    >>> derive_one(handle_length, followers=1, username="ana")
    3.0
    """
    return pl.col("username_length").cast(pl.Float64)


@feature(
    account, unit="characters", speaks_to=AUTOMATED, direction=LOW, blocks=_PROFILE,
    sentence="its description has {value} characters",
    source=_AKYON,
)  # fmt: skip
def description_length() -> pl.Expr:
    """Characters in the description; an empty one has none, an unknown one is unknown.

    >>> derive_one(description_length, followers=1, bio="Hello")
    5.0
    """
    return pl.col("bio_length").cast(pl.Float64)


@feature(
    account, unit="count", speaks_to=AUTOMATED, direction=NEITHER, blocks=_PROFILE,
    sentence="its displayed name has {value} words",
    source=_AKYON,
)  # fmt: skip
def name_words() -> pl.Expr:
    """Words in the displayed name.

    >>> derive_one(name_words, followers=1, full_name="Ana de Armas")
    3.0
    """
    return pl.col("full_name_words").cast(pl.Float64)


@feature(
    account, unit="share", speaks_to=AUTOMATED, direction=LOW, blocks=_PROFILE,
    sentence="of picture, name, description and link it has filled in {value}",
    source=_CRESCI,
)  # fmt: skip
def profile_completeness() -> pl.Expr:
    """Share of picture, name, description and link that are filled in, of those known; two at least.

    >>> derive_one(profile_completeness, followers=1, has_picture=True, bio="")
    0.5
    """
    known = pl.col("parts_known")
    return pl.when(known >= 2).then(quotient(pl.col("parts_filled"), known))


@feature(
    account, unit="flag", speaks_to=AUTOMATED, direction=LOW, blocks=_PROFILE,
    sentence="its profile picture is {value}",
    source=_CRESCI,
)  # fmt: skip
def picture() -> pl.Expr:
    """1 with a picture of its own, 0 without.

    >>> derive_one(picture, followers=1, has_picture=True)
    1.0
    """
    return pl.col("has_picture").cast(pl.Float64)


@feature(
    account, unit="log10 days", speaks_to=AUTOMATED, direction=LOW, blocks=_PROFILE,
    sentence="it was opened {value} days ago",
    source=_CRESCI,
)  # fmt: skip
def account_age() -> pl.Expr:
    """Log10 of days since the account was opened, plus one.

    >>> derive_one(account_age, followers=1, created_at="2026-08-02T00:00:00Z", as_of="2026-11-09T00:00:00Z")
    2.0
    """
    return (pl.col("age_days") + 1.0).log10()


@feature(
    account, unit="per week", speaks_to=AUTOMATED, direction=NEITHER, blocks=_PROFILE,
    sentence="since it was opened it has published {value} posts a week",
    source="Gilani et al. 2017",
)  # fmt: skip
def lifetime_posts_per_week() -> pl.Expr:
    """Posts published a week since the account was opened.

    >>> derive_one(lifetime_posts_per_week, followers=1, posts=10, created_at="2026-10-04T00:00:00Z",
    ...     as_of="2026-11-08T00:00:00Z")
    2.0
    """
    return quotient(7.0 * _POSTS, pl.col("age_days"))
