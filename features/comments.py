"""Comments: how diverse they are, who writes them, and when they come.

Type-token ratio, compression and distinct-n stay out: they drift with the sample's size until
the ranking of accounts flips. Language is never a signal.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from features.declaration import HIGH, INFLATED, LOW, Rows, feature
from features.expressions import concentration, median, quantile, quotient, relative_spread, simpson
from features.views import authors, comments, pairs, texts, wording

_REPEATED = Rows("copies", ("text", "copies", "authors"))
_SAID = ("post_id", "published_at", "text")
_DELAYED = ("post_id", "published_at", "minutes", "text")
_EARLIEST = Rows("fan_minutes", _DELAYED, descending=False)
_LENGTHS = Rows("length", ("post_id", "text", "length"), across=True)
_KIM = "Kim & Han 2020"
_PODS = "Weerasinghe et al., WWW 2020"
_HYPE = "HypeAuditor: suspicious comments"
_from_texts = partial(feature, texts, unit="share", speaks_to=INFLATED, direction=LOW)
_from_authors = partial(feature, authors, unit="share", speaks_to=INFLATED, direction=HIGH)
_from_wording = partial(feature, wording, unit="share", speaks_to=INFLATED)
_from_comments = partial(feature, comments, unit="share", speaks_to=INFLATED)


@_from_texts(
    sentence="two of its comments drawn at random say different things in {value} of cases",
    rows=_REPEATED,
    source="Simpson 1949, Nature 163",
)
def text_diversity() -> pl.Expr:
    """Unbiased Simpson index of the normalised texts: 1 - sum u(u-1) / n(n-1), 15 texts or more.

    >>> from features.example import derive_one
    >>> derive_one("text_diversity", text=["yes"] * 15)
    0.0
    """
    return simpson(pl.col("copies"))


@_from_texts(
    unit="count",
    sentence="15 of its comments drawn at random hold {value} different texts",
    rows=_REPEATED,
    source="Hurlbert 1971, Ecology 52",
)
def distinct_texts() -> pl.Expr:
    """Expected number of distinct normalised texts among 15 drawn: comparable at any sample size.

    >>> from features.example import derive_one
    >>> derive_one("distinct_texts", text=["a", "b", "c"] * 5)
    3.0
    """
    return pl.col("drawn").sum()


@feature(
    pairs,
    unit="share",
    speaks_to=INFLATED,
    direction=HIGH,
    known={"jaccard": 8},
    sentence="{value} of the pairs of its comments share most of their words",
    rows=Rows("jaccard", ("text", "other", "jaccard")),
    source=_KIM,
)
def similar_pairs_share() -> pl.Expr:
    """Share of sampled comment pairs whose tokens have a Jaccard index over .6.

    >>> from features.example import derive_one
    >>> derive_one("similar_pairs_share", text=["so nice pic"] * 20)
    1.0
    """
    return (pl.col("jaccard") > 0.6).mean()


@feature(
    pairs,
    unit="share",
    speaks_to=INFLATED,
    direction=HIGH,
    known={"jaccard": 8},
    sentence="two of its comments share {value} of their words on average",
    rows=Rows("jaccard", ("text", "other", "jaccard"), across=True),
    source=_KIM,
)
def pair_similarity() -> pl.Expr:
    """Mean Jaccard index of the tokens of sampled comment pairs.

    >>> from features.example import derive_one
    >>> derive_one("pair_similarity", text=["so nice"] * 20)
    1.0
    """
    return pl.col("jaccard").mean()


@_from_texts(
    direction=HIGH,
    sentence="{value} of its comments repeat a phrase that someone else wrote too, word for word",
    rows=Rows("authors", ("text", "copies", "authors"), among=pl.col("phrase")),
    source="spun templates; Kim & Han 2020",
)
def shared_text_share() -> pl.Expr:
    """Share of 15 or more comments of known authors with three words or more that several authors wrote.

    >>> from features.example import derive_one
    >>> derive_one("shared_text_share", text=["what a shot"] * 15, author_id=[f"a{n}" for n in range(15)])
    1.0
    """
    several = pl.col("known").filter(pl.col("phrase") & (pl.col("authors") > 1)).sum()
    return pl.when(pl.col("known").sum() >= 15).then(quotient(several, pl.col("known").sum()))


@_from_authors(
    sentence="two of its comments drawn at random are by the same person in {value} of cases",
    rows=Rows("comments", ("author_id", "comments", "posts")),
    source="Herfindahl-Hirschman index, unbiased; " + _PODS,
)
def author_concentration() -> pl.Expr:
    """Chance that two fan comments drawn at random are by one author (unbiased HHI).

    >>> from features.example import derive_one
    >>> derive_one("author_concentration", author_id=["a"] * 15)
    1.0
    """
    return concentration(pl.col("comments"))


@_from_authors(
    sentence="{value} of its comments are by people who commented under three of its posts or more",
    rows=Rows("posts", ("author_id", "comments", "posts")),
    source=_PODS,
)
def returning_author_share() -> pl.Expr:
    """Share of fan comments by authors found under three posts or more, where five posts are sampled.

    >>> from features.example import derive_one
    >>> derive_one("returning_author_share", author_id=["a", "b", "c"] * 5,
    ...     post_id=[f"p{n // 3}" for n in range(15)])
    1.0
    """
    returning = pl.col("comments").filter(pl.col("posts") >= 3).sum()
    return _over_posts(quotient(returning, pl.col("comments").sum()))


@_from_authors(
    sentence="{value} of its comments are by people who commented under at least half of its posts",
    rows=Rows("posts", ("author_id", "comments", "posts", "posts_sampled")),
    source=_PODS + ": the same 20-200 accounts under every post",
)
def core_author_share() -> pl.Expr:
    """Share of fan comments by authors found under at least half of the sampled posts (five or more).

    >>> from features.example import derive_one
    >>> derive_one("core_author_share", author_id=["a", "b", "c"] * 5,
    ...     post_id=[f"p{n // 3}" for n in range(15)])
    1.0
    """
    core = pl.col("posts") * 2 >= pl.col("posts_sampled")
    return _over_posts(quotient(pl.col("comments").filter(core).sum(), pl.col("comments").sum()))


def _over_posts(value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("posts_sampled").first() >= 5).then(value)


@_from_wording(
    known={"emoji_only": 15},
    sentence="{value} of its comments hold nothing but emoji",
    rows=Rows("emoji_only", _SAID, among=pl.col("emoji_only")),
    source=_HYPE + "; but emoji fans are real, so no direction",
)
def emoji_only_share() -> pl.Expr:
    """Share of sampled comments without a letter or digit, of emoji and punctuation alone.

    >>> from features.example import derive_one
    >>> derive_one("emoji_only_share", text=["🔥🔥"] * 3 + ["what a day"] * 12)
    0.2
    """
    return pl.col("emoji_only").mean()


@_from_wording(
    known={"mention_only": 15},
    sentence="{value} of its comments only mention other accounts",
    rows=Rows("mention_only", _SAID, among=pl.col("mention_only")),
    source=_HYPE + "; giveaways ask for mentions, so no direction",
)
def mention_only_share() -> pl.Expr:
    """Share of sampled comments that hold nothing but mentions.

    >>> from features.example import derive_one
    >>> derive_one("mention_only_share", text=["@ana @bo"] * 3 + ["what a day"] * 12)
    0.2
    """
    return pl.col("mention_only").mean()


@_from_wording(
    direction=HIGH,
    known={"praise": 15},
    sentence="{value} of its comments are nothing but stock phrases of praise",
    rows=Rows("praise", _SAID, among=pl.col("praise")),
    source=_HYPE,
)
def generic_praise_share() -> pl.Expr:
    """Share of sampled comments made up of generic praise alone, in the languages of our word list.

    >>> from features.example import derive_one
    >>> derive_one("generic_praise_share", text=["Nice pic!"] * 3 + ["see you at the lake"] * 12)
    0.2
    """
    return pl.col("praise").mean()


@_from_wording(
    direction=HIGH,
    known={"promotion": 15},
    sentence="{value} of its comments advertise something else",
    rows=Rows("promotion", _SAID, among=pl.col("promotion")),
    source="Alberto et al. 2015, TubeSpam",
)
def promotion_share() -> pl.Expr:
    """Share of sampled comments with a link or an invitation to another page.

    >>> from features.example import derive_one
    >>> derive_one("promotion_share", text=["check my page"] * 3 + ["see you at the lake"] * 12)
    0.2
    """
    return pl.col("promotion").mean()


@_from_wording(
    unit="characters",
    known={"length": 15},
    sentence="a usual comment is {value} characters long",
    rows=_LENGTHS,
    source=_KIM,
)
def comment_length() -> pl.Expr:
    """Median number of characters of sampled comments.

    >>> from features.example import derive_one
    >>> derive_one("comment_length", text=["four"] * 15)
    4.0
    """
    return median(pl.col("length"))


@_from_wording(
    unit="ratio",
    direction=LOW,
    known={"length": 15},
    sentence="the lengths of the middle half of its comments lie as far apart as {value} times a usual one",
    rows=_LENGTHS,
    source=_KIM,
)
def comment_length_spread() -> pl.Expr:
    """Interquartile range of comment lengths over their median.

    >>> from features.example import derive_one
    >>> derive_one("comment_length_spread", text=["four"] * 15)
    0.0
    """
    return relative_spread(pl.col("length").cast(pl.Float64))


@_from_comments(
    blocks=("posts", "comments"),
    direction=HIGH,
    known={"fan_minutes": 15},
    sentence="{value} of its comments came within ten minutes of the post",
    rows=_EARLIEST,
    source="CreatorScore: pods comment in the first hour",
)
def early_share() -> pl.Expr:
    """Share of dated fan comments written within ten minutes of their post.

    >>> from features.example import derive_one
    >>> derive_one("early_share", posts={"likes": [1] * 15},
    ...     comments={"published_at": [24.1 * n for n in range(15)]})
    0.133...
    """
    return (pl.col("fan_minutes") <= 10.0).mean()


@_from_comments(
    blocks=("posts", "comments"),
    direction=HIGH,
    known={"fan_minutes": 15},
    sentence="{value} of its comments came within an hour of the post",
    rows=_EARLIEST,
    source="CreatorScore: pods comment in the first hour",
)
def first_hour_share() -> pl.Expr:
    """Share of dated fan comments written within an hour of their post.

    >>> from features.example import derive_one
    >>> derive_one("first_hour_share", posts={"likes": [1] * 15},
    ...     comments={"published_at": [24.1 * n for n in range(15)]})
    0.733...
    """
    return (pl.col("fan_minutes") <= 60.0).mean()


@_from_comments(
    blocks=("posts", "comments"),
    unit="log10",
    known={"fan_minutes": 15},
    sentence="the later quarter of its comments come at least {value} times as long after the post as the "
    "earlier quarter",
    rows=Rows("fan_minutes", _DELAYED, descending=False, across=True),
    source="delivered comments keep to a window; real delays have a long tail",
)
def delay_spread() -> pl.Expr:
    """Log10 of the upper over the lower quartile of minutes (+ 1) between a post and its fan comments.

    >>> from features.example import derive_one
    >>> derive_one("delay_spread", posts={"likes": [1] * 15},
    ...     comments={"published_at": [24.0 * n + 1 for n in range(15)]})
    0.0
    """
    delay = pl.col("fan_minutes")
    return (quantile(delay, 0.75) + 1.0).log10() - (quantile(delay, 0.25) + 1.0).log10()


@_from_comments(
    direction=LOW,
    known={"by_creator": 15},
    sentence="the creator wrote {value} of the comments under its posts",
    rows=Rows("by_creator", _SAID, among=pl.col("by_creator")),
    source="a creator answers people",
)
def creator_reply_share() -> pl.Expr:
    """Share of comments that the creator wrote, of those for which it is known.

    >>> from features.example import derive_one
    >>> derive_one("creator_reply_share", by_creator=[True] * 3 + [False] * 12)
    0.2
    """
    return pl.col("by_creator").mean()


@_from_comments(
    direction=LOW,
    known={"fan_likes": 15},
    sentence="{value} of its comments have at least one like",
    rows=Rows("fan_likes", (*_SAID, "likes")),
    source="delivered comments are read by nobody",
)
def liked_comment_share() -> pl.Expr:
    """Share of fan comments with at least one like, of those whose likes are known.

    >>> from features.example import derive_one
    >>> derive_one("liked_comment_share", likes=[1] * 3 + [0] * 12)
    0.2
    """
    return (pl.col("fan_likes") > 0).mean()
