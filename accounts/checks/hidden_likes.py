"""Likes that were hidden or not collected, and came as small constants or zeros."""

from __future__ import annotations

from typing import Final

import polars as pl
from scipy.special import bdtrc

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["hidden_likes", "uncollected_likes"]

FEWEST: Final = 4
SMALL: Final = 12
"""The largest count that a page shows of somebody's friends ("liked by a and 2 others")."""
FAR: Final = 10.0
FOURFOLD: Final = 4.0
THREE: Final = 3.0
BARRING: Final = 0.2
"""Share of the posts from which on nobody is cleared on the others, which may be those paid for."""
EIGHT: Final = 8
FIFTH: Final = 0.2
NEARLY_ALL: Final = 0.8
CONSTANT: Final = 0.6
"""Of Poisson counts with a mean of 1 or more no single one above 0 has more than two fifths of the posts."""
MIDDLE: Final = 0.45
RARELY: Final = 0.001

_SMALL: Final = pl.col("likes").is_between(1, SMALL)
_NONE: Final = pl.col("likes") == 0


@check(
    "posts",
    pl.col("likes").filter(_SMALL).unique_counts().max()
    >= pl.max_horizontal(FEWEST, FIFTH * pl.col("likes").count()),
)
def hidden_likes(evidence: Evidence) -> Outcome:
    """One small like count on many posts whose other counts contradict it means hidden likes.

    A hidden count is exported as the few likers that a page names: 3 on 447 of 540 posts of one
    account. The count stands on a third of the posts or more (four at least), and three times as many
    comments, a hundred views a like, or ten times the likes on the other posts speak against it; or two
    likes or more stand on half of eight posts or more whose views or comments vary fourfold; or it
    stands on three in five of eight posts or more that have views, or a comment each, or on four in
    five of any; or on a fifth of them and alone, hardly any post with one like more or less. Where it
    stands on two thirds, all likes are left out: the rest is no
    sample.

    >>> from accounts.tables import Tables
    >>> posts = [{"account_id": "a", "likes": 3, "comments": 19, "views": 900} for _ in range(6)]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "instagram"}], posts=posts))
    >>> hidden_likes.examine(one).findings[0].rows
    6
    """
    rows, findings = [], []
    for name, part in findings_by_account(_often_alike(_counted(evidence))):
        alike = part.filter("alike")
        if _contradicted(alike, part):
            rows.append((part if alike.height >= part.height * 2 / 3 else alike)[ROW])
            count = alike["likes"][0]
            findings.append(
                Finding(
                    name, "hidden_likes", "posts.likes", alike.height,
                    f"{alike.height} of {part.height} posts say {count} likes while their other counts vary:"
                    " hidden likes are exported so; they are taken as hidden.", ("posts.likes",),
                )
            )  # fmt: skip
    return Outcome((Change("posts", pl.concat(rows), ("likes",)),) if rows else (), tuple(findings))


def _counted(evidence: Evidence) -> pl.DataFrame:
    return evidence.columns("posts", "account_id", "likes", "comments", "views")


def _often_alike(posts: pl.DataFrame) -> pl.DataFrame:
    """Posts with likes of accounts on four of whose posts, and a fifth, stands one small count: ``alike``."""
    common = pl.col("likes").filter(_SMALL).mode().min().over("account_id")
    known = posts.filter(pl.col("likes").is_not_null())
    marked = known.with_columns(alike=(pl.col("likes") == common).fill_null(value=False))
    often = pl.max_horizontal(FEWEST, FIFTH * pl.len().over("account_id"))
    return marked.filter(pl.col("alike").sum().over("account_id") >= often)


def _contradicted(alike: pl.DataFrame, part: pl.DataFrame) -> bool:
    count, comments = alike["likes"][0], alike["comments"]
    viewed = _median(alike["views"])
    lively = viewed is not None or (comments.sum() or 0) >= alike.height
    if alike.height >= max(EIGHT, (CONSTANT if lively else NEARLY_ALL) * part.height):
        return True
    if _stands_alone(part["likes"], count):
        return True
    if alike.height < part.height / 3:
        return False
    if (comments >= 3 * (count + 1)).sum() >= 2 or (viewed is not None and viewed >= 100 * count):
        return True
    others = part["likes"].filter(~part["alike"])
    above = _median(others) if len(others) >= 2 else None
    mostly = count >= 2 and alike.height >= max(EIGHT, part.height / 2)
    far = above is not None and above >= FAR * count
    return far or (mostly and any(_vary(alike[name]) for name in ("views", "comments")))


def _stands_alone(likes: pl.Series, count: int) -> bool:
    """Whether a count stands on eight posts or more, and its neighbours on far fewer.

    Counts that people give spread: where many posts have 3 likes, many have 2 and 4. Its neighbours have an
    eighth as many, or so few that it would happen once in a thousand times if 45 % of the three counts'
    posts had the middle one (of Poisson counts at most 41 % have).

    >>> _stands_alone(pl.Series([3] * 8 + [40, 51, 4]), 3), _stands_alone(pl.Series([3] * 8 + [2, 4, 9]), 3)
    (True, False)
    >>> _stands_alone(pl.Series([3] * 33 + [2, 4] * 6), 3)
    True
    """
    alike = int((likes == count).sum())
    beside = int(((likes - count).abs() == 1).sum())
    chance = bdtrc(alike - 1, alike + beside, MIDDLE)
    return alike >= EIGHT and (beside * EIGHT <= alike or bool(count and chance < RARELY))


def _median(counts: pl.Series) -> float | None:
    """Of the known counts; None where there are none."""
    found = counts.median()
    return float(found) if isinstance(found, (int, float)) else None


def _vary(counts: pl.Series) -> bool:
    """Whether the upper tenth is at least fourfold the lower one."""
    low, high = counts.quantile(0.1), counts.quantile(0.9)
    return low is not None and high is not None and high >= FOURFOLD * max(low, 1.0)


@check(
    "posts",
    ((_NONE & (pl.col("comments") >= 3)).sum() >= 3)
    | (_NONE.all() & (pl.len() >= 3))
    | ((_NONE.sum() >= 3) & (pl.col("likes").filter(pl.col("likes") > 0).median() >= THREE)),
)
def uncollected_likes(evidence: Evidence) -> Outcome:
    """Zero likes on every post, or on posts with several comments, were not collected, or taken too early.

    All of three posts or more while there are a thousand followers, comments or views; or three posts or more
    with three comments each and not one like, where the others earn ten; or zeros that stand alone: on eight
    posts or more while hardly any has 1 like and the others earn three, or on three posts while none has
    fewer than five and the others earn thirty.
    """
    followers = dict(evidence.accounts.select("account_id", "followers").iter_rows())
    rows, findings = [], []
    for name, part in findings_by_account(_with_zeros(_counted(evidence))):
        none = part.filter(pl.col("likes") == 0)
        audience = (
            (followers[name] or 0) >= 1_000
            or (none["comments"].sum() or 0) > 0
            or (none["views"].sum() or 0) > 0
        )
        others = _median(part.filter(pl.col("likes") > 0)["likes"]) or 0.0
        if none.height == part.height and audience:
            chosen = none
        else:
            chosen = none.filter((pl.col("comments") >= 3) & pl.lit(others >= FAR))
            if _zeros_alone(part["likes"], others):
                chosen = none
        if chosen.height >= 3:
            rows.append(chosen[ROW])
            findings.append(
                Finding(
                    name, "uncollected_likes", "posts.likes", chosen.height,
                    f"{chosen.height} of {part.height} posts say 0 likes over a real audience: likes were not"
                    " collected, or too early; they are taken as absent.", ("posts.likes",),
                    bars_clearing=chosen.height >= BARRING * part.height,
                )
            )  # fmt: skip
    return Outcome((Change("posts", pl.concat(rows), ("likes",)),) if rows else (), tuple(findings))


def _with_zeros(posts: pl.DataFrame) -> pl.DataFrame:
    """Posts with likes of accounts whose zeros are all that they have, or may be told from the others."""
    known = posts.filter(pl.col("likes").is_not_null())
    of_accounts = known.group_by("account_id").agg(
        rows=pl.len(),
        zeros=_NONE.sum(),
        discussed=(_NONE & (pl.col("comments") >= 3)).sum(),
        beside=(pl.col("likes") == 1).sum(),
        few=pl.col("likes").is_between(1, 4).sum(),
        others=pl.col("likes").filter(pl.col("likes") > 0).median(),
    )
    earns, zeros = pl.col("others"), pl.col("zeros")
    asked = (
        (zeros == pl.col("rows"))
        | ((earns >= FAR) & (pl.col("discussed") >= 3))
        | ((earns >= THREE) & (zeros >= EIGHT) & (pl.col("beside") * EIGHT <= zeros))
        | ((earns >= THREE * FAR) & (pl.col("few") == 0))
    )
    wanted = of_accounts.filter((zeros >= 3) & asked)
    return known.join(wanted, on="account_id", how="semi", maintain_order="left")


def _zeros_alone(likes: pl.Series, others: float) -> bool:
    """Whether zeros are no end of what the other posts earn."""
    few = int(likes.is_between(1, 4).sum())
    return (others >= THREE and _stands_alone(likes, 0)) or (others >= THREE * FAR and not few)
