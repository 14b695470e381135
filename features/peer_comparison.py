"""Standing: where an account's engagement lies among all that its platform and size bring about."""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl
from scipy.special import ndtr

from features.declaration import INFLATED, feature
from features.engagement import LIKES_ALONE, at_least_half
from features.expressions import quotient
from features.views import account

FAMILY: Final = "engagement"
_SOURCE: Final = "published medians and spreads by platform and followers, see Peers"
_from_account = partial(feature, account, unit="z", speaks_to=INFLATED, blocks=("profile", "posts"))


@_from_account(
    unit="percentile",
    sentence="its engagement rate exceeds that of {value} in 100 accounts of its platform and size, as "
    "published",
    source=_SOURCE,
    excuses={"scale": "larger accounts are held against other peers", **LIKES_ALONE},
    version=2,
)
def engagement_percentile() -> pl.Expr:
    """Where the engagement rate stands in the published distribution for platform and followers, 0 to 100.

    >>> from features.example import derive_one
    >>> derive_one("engagement_percentile", platform="youtube", followers=31_623, likes=[158] * 5,
    ...     comments=[0] * 5)
    49.9...
    """
    return _engagement().map_batches(_percentile, return_dtype=pl.Float64)


@_from_account(
    sentence="its engagement rate lies {value} times what accounts of its platform and size usually differ "
    "by from what is published for them (below it where negative; counted in doublings)",
    source=_SOURCE,
    excuses={"scale": "larger accounts are held against other peers", **LIKES_ALONE},
    version=2,
)
def engagement_z() -> pl.Expr:
    """Log10 of the engagement rate over the published median for platform and followers, in deviations.

    No engagement at all counts as half an interaction on the median post.

    >>> from features.example import derive_one
    >>> derive_one("engagement_z", platform="tiktok", followers=31_623, likes=[209] * 5, comments=[0] * 5)
    -1.998...
    """
    return _engagement()


@_from_account(
    sentence="its views per follower lie {value} times what accounts of its platform and size usually "
    "differ by from what is published for them (below it where negative; counted in doublings)",
    source=_SOURCE,
    excuses={"scale": "larger accounts are held against other peers"},
)
def views_z() -> pl.Expr:
    """Log10 of views per follower over the published median for platform and followers, in deviations.

    >>> from features.example import derive_one
    >>> derive_one("views_z", platform="x", followers=73_185, views=[38_934] * 5)
    1.538...
    """
    return _deviations("views_per_follower", "views")


def _engagement() -> pl.Expr:
    return _deviations("engagement_rate", "rate")


def _deviations(earned: str, kind: str) -> pl.Expr:
    level = at_least_half(earned).log10()
    return quotient(level - pl.col(f"{kind}_level"), pl.col(f"{kind}_deviation"))


def _percentile(z: pl.Series) -> pl.Series:
    return pl.Series(z.name, 100.0 * ndtr(z.cast(pl.Float64).to_numpy()))
