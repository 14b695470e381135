"""Views that were not counted, or counted in two ways within one account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account
from accounts.checks.times import seconds
from accounts.tables import run_starts

__all__ = ["COUNTER_CHANGES", "changed_view_counter", "split_view_counter", "uncounted_views"]

COUNTER_CHANGES: Final = MappingProxyType({
    ("youtube", "short"): dt.datetime(2025, 3, 31, tzinfo=dt.UTC),
    ("instagram", "reel"): dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
    ("instagram", "video"): dt.datetime(2024, 8, 1, tzinfo=dt.UTC),
})  # fmt: skip
"""From when a platform counts views of a kind of post otherwise: every start of a Short (YouTube, announced
2025-03-26); "views" instead of plays (Instagram, August 2024)."""

DIFFERENT: Final = 1.5
FEWEST: Final = 3
_FIRST: Final = min(COUNTER_CHANGES.values())


@check("posts", ((pl.col("views") == 0) & (pl.col("likes") > 0)).any())
def uncounted_views(evidence: Evidence) -> Outcome:
    """Zero views of a post with likes were not counted: whoever likes a post has seen it.

    >>> from accounts.tables import Tables
    >>> post = {"account_id": "a", "post_id": "p", "likes": 10_060, "views": 0}
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "youtube"}], posts=[post]))
    >>> uncounted_views.examine(one).findings[0].sentence
    '1 post has likes with 0 views, such as p (10,060 likes): its views are taken as absent.'
    """
    wrong = evidence.posts.filter((pl.col("views") == 0) & (pl.col("likes") > 0))
    findings = []
    for name, part in findings_by_account(wrong):
        most = part.sort("likes", descending=True).row(0, named=True)
        posts, their = ("1 post has", "its") if part.height == 1 else (f"{part.height} posts have", "their")
        findings.append(
            Finding(
                name, "uncounted_views", "posts.views", part.height,
                f"{posts} likes with 0 views, such as {most['post_id']} ({most['likes']:,} likes):"
                f" {their} views are taken as absent.", ("posts.views",),
            )
        )  # fmt: skip
    return Outcome((Change("posts", wrong[ROW], ("views",)),), tuple(findings))


_COUNTED: Final = pl.col("kind").is_in(["short", "reel", "video"]) & (pl.col("views") > 0)
_EARLY: Final = seconds("published_at") < int(max(COUNTER_CHANGES.values()).timestamp())


@check(
    "posts",
    ((_COUNTED & _EARLY).sum() >= FEWEST)
    & ((seconds("published_at") >= int(_FIRST.timestamp())) & _COUNTED).any(),
)
def changed_view_counter(evidence: Evidence) -> Outcome:
    """Views of one kind from before and after its platform changed the counter are not compared.

    Those of the side with fewer posts are left out, where either side has three or more and a view brought
    1.5 times as many likes on one side as on the other.
    """
    counted = pl.DataFrame(
        [(platform, kind, day) for (platform, kind), day in COUNTER_CHANGES.items()],
        schema={"platform": pl.String, "kind": pl.String, "changed": pl.Datetime("us", "UTC")}, orient="row",
    )  # fmt: skip
    known = (
        evidence.posts.filter((pl.col("views") > 0) & pl.col("published_at").is_not_null())
        .join(evidence.accounts.select("account_id", "platform"), on="account_id", maintain_order="left")
        .join(counted, on=["platform", "kind"], maintain_order="left")
    )
    sides = known.group_by(
        "account_id",
        "platform",
        "kind",
        "changed",
        after=pl.col("published_at") >= pl.col("changed"),
        maintain_order=True,
    ).agg(rate=(pl.col("likes") / pl.col("views")).median(), posts=pl.len(), rows=pl.col(ROW))
    keys = ["account_id", "platform", "kind", "changed"]
    both = sides.filter(~pl.col("after")).join(sides.filter(pl.col("after")), on=keys, maintain_order="left")
    rates, posts = ("rate", "rate_right"), ("posts", "posts_right")
    apart = both.filter(
        (pl.min_horizontal(*posts) >= FEWEST)
        & (pl.min_horizontal(*rates) > 0)
        & (pl.max_horizontal(*rates) >= DIFFERENT * pl.min_horizontal(*rates))
    ).with_columns(earlier=pl.col("posts") <= pl.col("posts_right"))
    fewer = apart.select(
        *keys,
        "earlier",
        rows=pl.when("earlier").then("rows").otherwise("rows_right"),
        posts=pl.min_horizontal(*posts),
    )
    findings = tuple(
        Finding(
            name, "changed_view_counter", "posts.views", count,
            f"{platform} counts views of a {kind} otherwise since {changed:%Y-%m-%d}: those of {count} posts"
            f" from {'before' if earlier else 'after'} are left out, not compared.", ("posts.views",),
        )
        for name, platform, kind, changed, earlier, _, count in fewer.iter_rows()
    )  # fmt: skip
    return Outcome((Change("posts", fewer["rows"].explode(), ("views",)),) if fewer.height else (), findings)


SPLIT: Final = 1.7
"""How many times as many likes a view brings on one side of a day."""
SIDE: Final = 3
CLEAN: Final = 0.9
SURE: Final = 3.0
"""Standard errors by which ranks of likes a view differ."""
WHOLLY: Final = 0.98
"""Share of pairs from which on few posts are enough: of six against six no such leap is surer."""
_RATED: Final = (pl.col("views") > 0) & (pl.col("likes") >= 5) & pl.col("published_at").is_not_null()
_RATE: Final = pl.col("likes").log() - pl.col("views").log()


@check("posts", _RATED.sum() >= 2 * SIDE)
def split_view_counter(evidence: Evidence) -> Outcome:
    """Views before and after a day on which likes a view leap, and stay, are two counters, and not compared.

    Posts of one kind are held against each other, three rated ones or more on either side: of one before and
    one after, the one before has more likes a view (or fewer) in nine of ten pairs, by three standard errors
    of the rank sum, or in all but one of fifty; the medians are 1.7 times apart. The views of the smaller
    side are left out. As views that were paid for from a day on look the same, nobody is cleared.
    """
    rows, findings = [], []
    kind = pl.col("kind").fill_null("").rank("dense")
    rated = evidence.posts.filter(_RATED).with_columns(rate=_RATE, kind=kind)
    for name, part in findings_by_account(_with_leaps(rated.sort("account_id", "published_at", ROW))):
        rates = part["rate"].to_numpy()
        at = _split_at(rates, part["kind"].to_numpy())
        if at is None or _largest_leap(rates) < 1:
            continue
        fewer = part.head(at) if at * 2 < part.height else part.tail(part.height - at)
        rows.append(fewer[ROW])
        findings.append(
            Finding(
                name, "split_view_counter", "posts.views", fewer.height,
                f"Likes a view leap on {part['published_at'][at]:%Y-%m-%d} and stay: views are counted in two"
                f" ways; those of {fewer.height} posts are left out.", ("posts.views",), bars_clearing=True,
            )
        )  # fmt: skip
    return Outcome((Change("posts", pl.concat(rows), ("views",)),) if rows else (), tuple(findings))


_NOISE: Final = 1e-9
"""What sums of one account may differ by when they are taken from sums over all accounts."""


def _with_leaps(rated: pl.DataFrame) -> pl.DataFrame:
    """The posts of accounts for which :func:`_split_at` may give a place: all accounts in one pass.

    The rows stand by account and time. A post moves what lies between the sides by its distance from the
    mean of its kind, the pairs of a post before and one after by the posts of its kind that come less those
    that were, and the pairs in which the one before has more likes a view by its rank among its kind.
    """
    kind, rate = ("account_id", "kind"), pl.col("rate")
    n, nth = pl.len().over(kind), pl.int_range(1, pl.len() + 1).over(kind)
    rows = rated.select(
        "account_id",
        moved=rate - rate.mean().over(kind),
        pairs=(n - 2 * nth + 1).cast(pl.Float64),
        above=rate.rank().over(kind) - nth,
        n=n,
    )
    starts = run_starts(rows["account_id"])
    of_kind = rows["n"].to_numpy().astype(float)
    pairs = rows["pairs"].to_numpy()
    moved, weight, above, pairs, error = (
        _running(each, starts)
        for each in (
            rows["moved"].to_numpy(), pairs / of_kind, rows["above"].to_numpy(), pairs,
            pairs * (of_kind + 1) / 12,
        )
    )  # fmt: skip
    counts = np.diff(starts, append=rows.height)
    before = np.arange(1, rows.height + 1) - np.repeat(starts, counts)
    inside = (before >= SIDE) & (before <= np.repeat(counts, counts) - SIDE)
    leap = np.where(inside & (weight > _NOISE), np.abs(moved) / np.sqrt(np.maximum(weight, _NOISE)), 0.0)
    largest = leap >= np.repeat(np.maximum.reduceat(leap, starts), counts) * (1 - _NOISE) - _NOISE
    ranked = np.maximum(above, pairs - above) / np.maximum(pairs, 1)
    sure = np.abs(above - pairs / 2) >= SURE * np.sqrt(np.maximum(error, 0)) - _NOISE
    clean = (sure & (ranked >= CLEAN - _NOISE)) | (ranked >= WHOLLY - _NOISE)
    return rated.filter(np.repeat(np.logical_or.reduceat(largest & inside & clean, starts), counts))


def _running(values: npt.NDArray[np.float64], starts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Running sums that begin anew at each of ``starts``.

    >>> _running(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 2]))
    array([1., 3., 3., 7.])
    """
    sums = np.cumsum(values)
    found: npt.NDArray[np.float64] = sums - np.repeat(
        (sums - values)[starts], np.diff(starts, append=len(sums))
    )
    return found


def _split_at(rates: npt.NDArray[np.float64], kinds: npt.NDArray[np.uint32]) -> int | None:
    """The place that splits the rates cleanly in two, each kind by itself; None where none does.

    >>> rates = np.array([0.0, 0.1, 0.2, 0.1, 0.0, 0.2, 1.4, 1.3, 1.2, 1.4, 1.3, 1.2])
    >>> _split_at(rates, np.ones(12)), _split_at(np.zeros(12), np.ones(12))
    (6, None)
    """
    places = np.arange(SIDE, len(rates) - SIDE + 1)
    of_kind = [np.flatnonzero(kinds == kind) for kind in np.unique(kinds)]
    if not len(places):
        return None
    at = int(places[_weighted_leaps(rates, of_kind, places).argmax()])
    pairs = [
        (rates[own[own < at]][:, None] - rates[own[own >= at]][None, :], (own < at).sum(), (own >= at).sum())
        for own in of_kind
    ]
    differences = np.concatenate([each.ravel() for each, _, _ in pairs])
    if not differences.size or abs(float(np.median(differences))) < np.log(SPLIT):
        return None
    above = float((np.sign(differences) + 1).sum() / 2)
    error = np.sqrt(sum(m * n * (m + n + 1) / 12 for _, m, n in pairs))
    share = max(above, differences.size - above) / differences.size
    sure = abs(above - differences.size / 2) >= SURE * error and share >= CLEAN
    return at if sure or share >= WHOLLY else None


def _largest_leap(rates: npt.NDArray[np.float64]) -> float:
    """The largest leap of the mean rate between places in time, all kinds together, in standard errors.

    >>> round(_largest_leap(np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])), 2)
    2.24
    """
    before = np.arange(SIDE, len(rates) - SIDE + 1)
    after = len(rates) - before
    sums = np.cumsum(rates)
    gaps = sums[before - 1] / before - (sums[-1] - sums[before - 1]) / after
    errors = np.sqrt(1 / before + 1 / after)
    return float(np.max(np.abs(gaps) / errors) / np.std(rates, ddof=1))


def _weighted_leaps(
    rates: npt.NDArray[np.float64], of_kind: Sequence[npt.NDArray[np.intp]], places: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """How far the mean rates before and after each place lie apart within the kinds, in standard errors.

    >>> rates = np.array([0.0, 0.0, 1.0, 1.0])
    >>> _weighted_leaps(rates, [np.arange(4)], np.array([1, 2, 3])).round(3)
    array([0.577, 1.   , 0.577])
    """
    leap, weight = np.zeros(len(places)), np.zeros(len(places))
    for own in of_kind:
        before = np.searchsorted(own, places)
        after = len(own) - before
        sums = np.concatenate([[0.0], np.cumsum(rates[own])])
        share = before * after / len(own)
        gap = sums[before] / np.maximum(before, 1) - (sums[-1] - sums[before]) / np.maximum(after, 1)
        leap, weight = leap + share * gap, weight + share
    found: npt.NDArray[np.float64] = np.abs(leap) / np.sqrt(np.where(weight > 0, weight, np.inf))
    return found
