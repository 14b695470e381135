"""Sentences about what posts earn: likes, comments and views as a person counts them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median, quantiles

from reporting.evidence import Post
from reporting.reasons.telling import Telling, Told, says

__all__: list[str] = []

FEWEST = 5


@says(
    "engagement_rate",
    "engagement_below_peers",
    "engagement_above_peers",
    "engagement_percentile",
    "engagement_z",
)
def engagement(telling: Telling) -> Told | None:
    """Likes and comments of the usual post, and the published range for platform and size."""
    for one in telling.verdict.yardsticks:
        if one.name == "engagement":
            return Told(one.sentence, "", "posts")
    if telling.evidence is None or not telling.evidence.followers:
        return None
    if not (known := telling.evidence.engagements):
        return None
    usual, followers, numbers = median(known), telling.evidence.followers, telling.numbers
    words = telling.evidence.engagement_words
    said = f"{numbers.count(usual)} {words} on a usual post and {numbers.count(followers)} followers"
    usual_range = None if telling.reason.unit == "share" else ""
    return Told(f"{said}: {numbers.share(usual / followers)}", usual_range, "posts")


@says("likes_variation", "likes_gini", "likes_floor", "engagement_spread")
def likes_differ(telling: Telling) -> Told | None:
    """Between which numbers the likes of half of the posts lie."""
    return _middle_half(telling, "likes")


@says("comments_variation", "comments_gini")
def comments_differ(telling: Telling) -> Told | None:
    """Between which numbers the comments of half of the posts lie."""
    return _middle_half(telling, "comments")


@says("views_variation")
def views_differ(telling: Telling) -> Told | None:
    """Between which numbers the views of half of the posts lie."""
    return _middle_half(telling, "views")


def _middle_half(telling: Telling, name: str) -> Told | None:
    known = _counts(telling, name)
    if len(known) < FEWEST:
        return None
    low, _, high = quantiles(known, n=4, method="inclusive")
    numbers = telling.numbers
    said = f"half of its {numbers.count(len(known))} posts have {numbers.count_range(low, high)} {name}"
    variation = telling.reason.feature.endswith("_variation")
    return Told(f"{said}{_differ(telling) if variation else ''}", None if variation else "", "posts")


def _differ(telling: Telling) -> str:
    return f"; from post to post they differ by {telling.numbers.figures(telling.value)} times their mean"


def _counts(telling: Telling, name: str) -> list[int]:
    posts: Sequence[Post] = telling.evidence.settled if telling.evidence else ()
    return [count for post in posts if (count := getattr(post, name)) is not None]


@says("likes_equal_share", "views_equal_share")
def equal(telling: Telling) -> Told:
    """Posts with exactly the same count."""
    name = telling.reason.feature.partition("_")[0]
    if not telling.value:
        return Told(f"no two of its posts have exactly the same number of {name}", None, "posts")
    number, known = telling.count_of(name), _counts(telling, name)
    what = "the same number of" if number is None else telling.numbers.count(number)
    same = known.count(int(number)) if number is not None else 0
    if same > 1:
        of = telling.numbers.count(len(known))
        return Told(f"{telling.numbers.count(same)} of {of} posts have exactly {what} {name}", None, "posts")
    return Told(
        f"{telling.numbers.share(telling.value)} of its posts have exactly {what} {name}", None, "posts"
    )


@says("shares_equal_share")
def equal_shares(telling: Telling) -> str:
    """Posts with the same number of shares or saves."""
    if not telling.value:
        return "no two of its posts have exactly the same number of shares or of saves"
    share = telling.numbers.share(telling.value)
    return f"{share} of its posts have exactly the same number of shares, or of saves"


@says("likes_round_share")
def packages(telling: Telling) -> Told:
    """Posts whose likes are a package as vendors list them."""
    likes, numbers = telling.count_of("likes"), telling.numbers
    if not telling.value:
        return Told("none of its posts has as many likes as a package that is sold", None, "posts")
    example = f", such as {numbers.count(likes)}" if likes else ""
    share = numbers.share(telling.value)
    return Told(
        f"{share} of its posts have as many likes as a package that is sold, or up to 1 % more{example}",
        None,
        "posts",
    )


@says("comments_per_like")
def comments_for_likes(telling: Telling) -> Told:
    """Comments for every hundred likes, or likes for every comment."""
    numbers, low_high = telling.numbers, telling.reason.typical
    said = f"its posts earn {_for_hundred(telling.value, telling)} likes"
    if low_high is None:
        return Told(said, "", "posts")
    low, high = (numbers.figures(100 * bound) for bound in low_high)
    return Told(said, f"Usual for {telling.reason.typical_of} of its size: {low} to {high}.", "posts")


def _for_hundred(value: float, telling: Telling) -> str:
    shown = telling.numbers.figures(100 * value)
    return f"{shown} {'comment' if shown == '1' else 'comments'} for every 100"


@says("comments_per_like_spread")
def comments_for_likes_differ(telling: Telling) -> Told:
    """By how much comments for a like differ from post to post."""
    factor = telling.numbers.figures(10.0**telling.value)
    return Told(
        f"from post to post its comments for each like typically differ by a factor of {factor}",
        None,
        "posts",
    )


@says("saves_per_like")
def saves(telling: Telling) -> Told:
    """Saves for every thousand likes."""
    numbers, typical = telling.numbers, telling.reason.typical
    usual = ""
    if typical:
        low, high = (numbers.figures(1_000 * bound) for bound in typical)
        usual = f"Usual for {telling.reason.typical_of} of its size: {low} to {high}."
    return Told(
        f"its posts are saved {numbers.figures(1_000 * telling.value)} times for every 1,000 likes", usual
    )


@says("likes_per_view")
def likes_for_views(telling: Telling) -> Told:
    """Likes for every hundred views."""
    return Told(
        f"{telling.numbers.share(telling.value)} of the views of a usual post lead to a like",
        _as_shares(telling),
        "posts",
    )


def _as_shares(telling: Telling) -> str:
    typical = telling.reason.typical
    if typical is None:
        return ""
    return f"Usual for {telling.reason.typical_of} of its size: {telling.numbers.share_range(*typical)}."


@says("more_likes_than_views_share")
def liked_unseen(telling: Telling) -> Told:
    """Posts with more likes than views."""
    if not telling.value:
        return Told("none of its posts has more likes than views", None, "posts")
    return Told(
        f"{telling.numbers.share(telling.value)} of its posts have more likes than views", None, "posts"
    )


@says("views_per_follower", "views_z")
def reach(telling: Telling) -> Told | None:
    """Views of the usual post for each follower."""
    if telling.reason.feature != "views_per_follower":
        return None
    return Told(
        f"a usual post is seen {telling.numbers.times(telling.value)} for every follower", None, "posts"
    )


@says("uncommented_share")
def uncommented(telling: Telling) -> Told:
    """Posts without a comment."""
    known = _counts(telling, "comments")
    if known:
        numbers = telling.numbers
        none = numbers.count(known.count(0)) if known.count(0) else "none"
        return Told(f"{none} of its {numbers.count(len(known))} posts are without a comment", None, "posts")
    return Told(f"{telling.numbers.share(telling.value)} of its posts are without a comment", None, "posts")


@says("likes_step")
def step(telling: Telling) -> Told:
    """Likes of the newest posts against those of the oldest."""
    numbers, times = telling.numbers, telling.numbers.figures(10.0**telling.value)
    known = _counts(telling, "likes")
    third = len(known) // 3
    medians = ""
    if third >= 2:
        then, now = median(known[:third]), median(known[-third:])
        medians = f" (a usual one {numbers.count(now)} instead of {numbers.count(then)})"
    return Told(
        f"the newest third of its posts earns {times} times the likes of the oldest third{medians}",
        None,
        "posts",
    )


@says("likes_step_without_comments")
def step_without_comments(telling: Telling) -> Told:
    """Likes for each comment, new posts against old ones."""
    times = telling.numbers.figures(10.0**telling.value)
    return Told(
        f"the newest third of its posts earns {times} times as many likes for each comment as the oldest",
        None,
        "posts",
    )


@says("likes_comments_spearman", "likes_views_spearman")
def together(telling: Telling) -> Told:
    """Whether likes rise and fall with comments or with views."""
    other = "comments" if "comments" in telling.reason.feature else "views"
    how = (
        "closely together"
        if telling.value >= 0.5
        else "loosely together"
        if telling.value >= 0.15
        else "apart"
    )
    alike = telling.numbers.figures(telling.value)
    return Told(
        f"the likes and {other} of its posts rise and fall {how} (correlation {alike})", None, "posts"
    )


@says("likes_two_groups", "likes_per_view_two_groups")
def two_groups(telling: Telling) -> Told:
    """Whether posts fall into two groups by likes for each view or comment."""
    share = telling.numbers.share(telling.value)
    return Told(
        f"sorting its posts into two groups, liked much and liked little for what they were seen or"
        f" commented, explains {share} of their differences (by chance about 65 %)",
        None,
        "posts",
    )


@says("sponsored_lift")
def sponsored(telling: Telling) -> Told:
    """Likes of sponsored posts against those of the others."""
    return Told(
        f"its sponsored posts earn {telling.numbers.times(telling.value)} the likes of its others",
        None,
        "posts",
    )


@says("growth_without_engagement")
def growth_alone(telling: Telling) -> Told:
    """Followers against likes."""
    times = telling.numbers.figures(10.0**telling.value)
    return Told(f"its followers grew {times} times as much as the likes of its posts", None, "growth")
