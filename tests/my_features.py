"""A feature from outside the catalogue, as somebody declares one in a file of their own."""

import polars as pl

from features.declaration import INFLATED, LOW, Rows, feature
from features.expressions import quotient
from features.views import posts

FAMILY = "engagement"


@feature(
    posts,
    unit="ratio",
    speaks_to=INFLATED,
    direction=LOW,
    known={"likes": 5},
    cause="spread of likes",
    sentence="a tenth of its posts have fewer likes than {value} times the median",
    source="ours",
    rows=Rows(by="likes", show=("published_at", "likes"), descending=False),
)
def likes_tenth() -> pl.Expr:
    """Likes that nine in ten posts exceed, over the median.

    >>> from features.example import derive_one
    >>> derive_one(likes_tenth, likes=[50, 100, 100, 100, 100, 200])
    0.75
    """
    return quotient(pl.col("likes").quantile(0.1, "linear"), pl.col("likes").median())
