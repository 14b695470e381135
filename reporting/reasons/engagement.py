"""Sentences about what posts earn: likes, comments and views as a person counts them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

from features.views.equal_counts import LEAST_EQUAL
from reporting.evidence import Post
from reporting.reasons.builders import ReasonContext, ReasonWords, peers_of, says

__all__: list[str] = []

FEWEST = 5


@says(
    "engagement_rate",
    "engagement_below_peers",
    "engagement_above_peers",
    "engagement_percentile",
    "engagement_z",
)
def engagement(context: ReasonContext) -> ReasonWords | None:
    """Likes and comments of the usual post, and the published range for platform and size."""
    for one in context.verdict.yardsticks:
        if one.name == "engagement":
            return ReasonWords(one.sentence, "", "posts")
    if context.evidence is None or not context.evidence.followers:
        return None
    if not (known := context.evidence.engagements):
        return None
    usual, followers, numbers = median(known), context.evidence.followers, context.numbers
    earned = numbers.engagements(usual, context.evidence.engagement_words)
    whom = numbers.counted(followers, "follower", "followers")
    clause = f"{earned} on a usual post and {whom}"
    usual_range = None if context.reason.unit == "share" else ""
    return ReasonWords(f"{clause}: {numbers.share(usual / followers)}", usual_range, "posts")


@says("likes_variation", "likes_gini", "likes_floor", "engagement_spread")
def likes_differ(context: ReasonContext) -> ReasonWords | None:
    """Between which numbers the likes of half of the posts lie."""
    return _middle_half(context, "likes")


@says("comments_variation", "comments_gini")
def comments_differ(context: ReasonContext) -> ReasonWords | None:
    """Between which numbers the comments of half of the posts lie."""
    return _middle_half(context, "comments")


@says("views_variation")
def views_differ(context: ReasonContext) -> ReasonWords | None:
    """Between which numbers the views of half of the posts lie."""
    return _middle_half(context, "views")


def _middle_half(context: ReasonContext, name: str) -> ReasonWords | None:
    known = _counts(context, name)
    if len(known) < FEWEST:
        return None
    low, _, high = quantiles(known, n=4, method="inclusive")
    numbers = context.numbers
    between = numbers.count_range(low, high)
    what = name.removesuffix("s") if between == "1" else name
    clause = f"half of its {numbers.count(len(known))} posts have {between} {what}"
    variation = context.reason.feature.endswith("_variation")
    return ReasonWords(f"{clause}{_differ(context) if variation else ''}", None if variation else "", "posts")


def _differ(context: ReasonContext) -> str:
    return f"; from post to post they differ by {context.numbers.figures(context.value)} times their mean"


def _counts(context: ReasonContext, name: str) -> list[int]:
    posts: Sequence[Post] = context.evidence.settled_posts if context.evidence else ()
    return [count for post in posts if (count := getattr(post, name)) is not None]


@says("likes_equal_share", "views_equal_share")
def equal(context: ReasonContext) -> ReasonWords:
    """Posts with exactly the same count, of those whose count is large enough to tell."""
    name = context.reason.feature.partition("_")[0]
    if not context.value:
        return ReasonWords(f"no two of its posts have exactly the same number of {name}", None, "posts")
    number, known = context.count_of(name), _counts(context, name)
    what = "the same number of" if number is None else context.numbers.count(number)
    name = name.removesuffix("s") if what == "1" else name
    same = known.count(int(number)) if number is not None else 0
    if same > 1:
        able = [count for count in known if count >= LEAST_EQUAL]
        of = f"{context.numbers.count(len(able))} posts"
        if len(able) < len(known):
            of = f"the {of} with {context.numbers.count(LEAST_EQUAL)} {name} or more"
        return ReasonWords(f"{context.numbers.count(same)} of {of} have exactly {what} {name}", None, "posts")
    return ReasonWords(
        f"{context.numbers.share(context.value)} of its posts have exactly {what} {name}", None, "posts"
    )


@says("shares_equal_share")
def equal_shares(context: ReasonContext) -> str:
    """Posts with the same number of shares or saves."""
    if not context.value:
        return "no two of its posts have exactly the same number of shares or of saves"
    share = context.numbers.share(context.value)
    return f"{share} of its posts have exactly the same number of shares, or of saves"


@says("likes_round_share")
def packages(context: ReasonContext) -> ReasonWords:
    """Posts whose likes are a package as vendors list them."""
    likes, numbers = context.count_of("likes"), context.numbers
    if not context.value:
        return ReasonWords("none of its posts has as many likes as a package that is sold", None, "posts")
    example = f", such as {numbers.count(likes)}" if likes else ""
    share = numbers.share(context.value)
    return ReasonWords(
        f"{share} of its posts have as many likes as a package that is sold, or up to 1 % more{example}",
        None,
        "posts",
    )


@says("comments_per_like")
def comments_for_likes(context: ReasonContext) -> ReasonWords:
    """Comments for every hundred likes, or likes for every comment."""
    numbers, low_high = context.numbers, context.reason.typical
    clause = f"its posts earn {_for_hundred(context.value, context)} likes"
    if low_high is None:
        return ReasonWords(clause, "", "posts")
    low, high = (numbers.figures(100 * bound) for bound in low_high)
    return ReasonWords(clause, f"Usual for {peers_of(context.reason)}: {low} to {high}.", "posts")


def _for_hundred(value: float, context: ReasonContext) -> str:
    shown = context.numbers.figures(100 * value)
    return f"{shown} {'comment' if shown == '1' else 'comments'} for every 100"


@says("comments_per_like_spread")
def comments_for_likes_differ(context: ReasonContext) -> ReasonWords:
    """By how much comments for a like differ from post to post."""
    factor = context.numbers.figures(10.0**context.value)
    return ReasonWords(
        f"from post to post its comments for each like typically differ by a factor of {factor}",
        None,
        "posts",
    )


@says("saves_per_like")
def saves(context: ReasonContext) -> ReasonWords:
    """Saves for every thousand likes."""
    numbers, typical = context.numbers, context.reason.typical
    usual = ""
    if typical:
        low, high = (numbers.figures(1_000 * bound) for bound in typical)
        usual = f"Usual for {peers_of(context.reason)}: {low} to {high}."
    return ReasonWords(
        f"its posts are saved {numbers.figures(1_000 * context.value)} times for every 1,000 likes", usual
    )


@says("likes_per_view")
def likes_for_views(context: ReasonContext) -> ReasonWords:
    """Likes for every hundred views."""
    return ReasonWords(
        f"{context.numbers.share(context.value)} of the views of a usual post lead to a like",
        _as_shares(context),
        "posts",
    )


def _as_shares(context: ReasonContext) -> str:
    typical = context.reason.typical
    if typical is None:
        return ""
    return f"Usual for {peers_of(context.reason)}: {context.numbers.share_range(*typical)}."


@says("more_likes_than_views_share")
def liked_unseen(context: ReasonContext) -> ReasonWords:
    """Posts with more likes than views."""
    if not context.value:
        return ReasonWords("none of its posts has more likes than views", None, "posts")
    return ReasonWords(
        f"{context.numbers.share(context.value)} of its posts have more likes than views", None, "posts"
    )


@says("views_per_follower", "views_z")
def reach(context: ReasonContext) -> ReasonWords | None:
    """Views of the usual post for each follower."""
    if context.reason.feature != "views_per_follower":
        return None
    return ReasonWords(
        f"a usual post is seen {context.numbers.times(context.value)} for every follower", None, "posts"
    )


@says("uncommented_share")
def uncommented_posts(context: ReasonContext) -> ReasonWords:
    """Posts without a comment."""
    known = _counts(context, "comments")
    if known:
        numbers = context.numbers
        none = numbers.count(known.count(0)) if known.count(0) else "none"
        are = "is" if known.count(0) == 1 else "are"
        return ReasonWords(
            f"{none} of its {numbers.count(len(known))} posts {are} without a comment", None, "posts"
        )
    return ReasonWords(
        f"{context.numbers.share(context.value)} of its posts are without a comment", None, "posts"
    )


@says("likes_step")
def step(context: ReasonContext) -> ReasonWords:
    """Likes of the newest posts against those of the oldest."""
    numbers, times = context.numbers, context.numbers.figures(10.0**context.value)
    known = _counts(context, "likes")
    third = len(known) // 3
    medians = ""
    if third >= 2:
        then, now = median(known[:third]), median(known[-third:])
        medians = f" (a usual one {numbers.count(now)} instead of {numbers.count(then)})"
    return ReasonWords(
        f"the newest third of its posts earns {times} times the likes of the oldest third{medians}",
        None,
        "posts",
    )


@says("likes_step_without_comments")
def step_without_comments(context: ReasonContext) -> ReasonWords:
    """Likes for each comment, new posts against old ones."""
    times = context.numbers.figures(10.0**context.value)
    return ReasonWords(
        f"the newest third of its posts earns {times} times as many likes for each comment as the oldest",
        None,
        "posts",
    )


@says("likes_comments_spearman", "likes_views_spearman")
def together(context: ReasonContext) -> ReasonWords:
    """Whether likes rise and fall with comments or with views."""
    other = "comments" if "comments" in context.reason.feature else "views"
    how = (
        "closely together"
        if context.value >= 0.5
        else "loosely together"
        if context.value >= 0.15
        else "apart"
    )
    alike = context.numbers.figures(context.value)
    return ReasonWords(
        f"the likes and {other} of its posts rise and fall {how} ({alike} on a scale from 0, not at all,"
        " to 1, always)",
        None,
        "posts",
    )


@says("likes_two_groups", "likes_per_view_two_groups")
def two_groups(context: ReasonContext) -> ReasonWords:
    """Whether posts fall into two groups by likes for each view or comment."""
    share = context.numbers.share(context.value)
    return ReasonWords(
        f"sorting its posts into two groups, liked much and liked little for what they were seen or"
        f" commented, explains {share} of their differences (by chance about 65 %)",
        None,
        "posts",
    )


@says("sponsored_lift")
def sponsored_posts(context: ReasonContext) -> ReasonWords:
    """Likes of sponsored posts against those of the others."""
    return ReasonWords(
        f"its sponsored posts earn {context.numbers.times(context.value)} the likes of its others",
        None,
        "posts",
    )


@says("growth_without_engagement")
def growth_alone(context: ReasonContext) -> ReasonWords:
    """Followers against likes."""
    times = context.numbers.figures(10.0**context.value)
    return ReasonWords(f"its followers grew {times} times as much as the likes of its posts", None, "growth")
