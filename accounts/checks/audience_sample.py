"""What was not collected of an audience sample."""

from __future__ import annotations

from typing import Final

import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account

__all__ = ["impossible_followers", "newest_followers", "uncollected_audience"]

FEWEST: Final = 20
COLUMNS: Final = (
    "followers", "following", "posts", "has_picture", "is_private", "is_verified", "created_at", "bio",
    "username", "full_name", "external_url",
)  # fmt: skip
NATURAL: Final = frozenset({"is_verified", "is_private", "external_url", "bio"})
"""Columns of which one value may be everybody's: no one verified, nobody private, no link, no description."""
_WATCHED: Final = tuple(name for name in COLUMNS if name not in NATURAL)


def _all_alike(name: str) -> pl.Expr:
    known = pl.col(name)
    return (known.count() >= FEWEST) & (known.min() == known.max())


@check("audience", pl.any_horizontal(_all_alike(name) for name in _WATCHED))
def uncollected_audience(evidence: Evidence) -> Outcome:
    """A flag or count with one single value in the whole sample was not collected: it is absent.

    Twenty followers or more: nobody has a picture, all have 0 followers, or opened their account at once.
    """
    changes, findings = [], []
    for name in _WATCHED:
        known = evidence.audience.filter(pl.col(name).is_not_null())
        alike = known.group_by("account_id", maintain_order=True).agg(
            pl.col(ROW),
            values=pl.col(name).n_unique(),
            value=pl.col(name).first().cast(pl.String),
            rows=pl.len(),
        )
        wrong = alike.filter((pl.col("values") == 1) & (pl.col("rows") >= FEWEST))
        if wrong.is_empty():
            continue
        changes.append(Change("audience", wrong[ROW].explode(), (name,)))
        findings += [
            Finding(
                account_id, "uncollected_audience", f"audience.{name}", rows,
                f"All {rows} followers sampled have {name} {value}: it was not collected, and is left out.",
                (f"audience.{name}",),
            )
            for account_id, value, rows in wrong.select("account_id", "value", "rows").iter_rows()
        ]  # fmt: skip
    return Outcome(tuple(changes), tuple(findings))


_COUNTS: Final = ("followers", "following", "posts")
_EMPTY: Final = pl.all_horizontal(pl.col(name) == 0 for name in _COUNTS)
_MANY: Final = 0.1


@check("audience", (_EMPTY.sum() >= 3) & (_EMPTY.mean() >= _MANY))
def impossible_followers(evidence: Evidence) -> Outcome:
    """Followers sampled whose counts are all 0 were not counted: whoever follows an account follows one.

    A tenth of the sample, and three.

    >>> from accounts.tables import Tables
    >>> nothing = {"account_id": "a", "followers": 0, "following": 0, "posts": 0}
    >>> rows = [nothing] * 4 + [nothing | {"following": 1}]
    >>> one = Evidence(Tables.of(accounts=[{"account_id": "a", "platform": "x"}], audience=rows))
    >>> impossible_followers.examine(one).findings[0].rows
    4
    """
    wrong = evidence.audience.filter(_EMPTY)
    findings = tuple(
        Finding(
            name, "impossible_followers", "audience.following", part.height,
            f"{part.height} followers sampled follow nobody, not even this account: their counts were not"
            " collected, and are left out.", tuple(f"audience.{column}" for column in _COUNTS),
        )
        for name, part in findings_by_account(wrong)
    )  # fmt: skip
    return Outcome((Change("audience", wrong[ROW], _COUNTS),), findings)


@check("accounts", (pl.col("audience_order").str.to_lowercase() == "newest").any())
def newest_followers(evidence: Evidence) -> Outcome:
    """The newest followers are no sample of all: what they say of all are bounds, and the verdict says so.

    >>> from accounts.tables import Tables
    >>> account = {"account_id": "a", "platform": "x", "audience_order": "newest", "followers": 900}
    >>> tables = Tables.of(accounts=[account], audience=[{"account_id": "a", "followers": 3}] * 40)
    >>> newest_followers.examine(Evidence(tables)).findings[0].sentence
    'The 40 followers sampled are the newest of 900: shares among all followers are given as bounds.'
    """
    newest = evidence.accounts.filter(pl.col("audience_order").str.to_lowercase() == "newest")
    sampled = evidence.audience.group_by("account_id").len("sampled")
    both = newest.join(sampled, on="account_id", how="inner", maintain_order="left")
    findings = tuple(
        Finding(
            name, "newest_followers", "audience", rows,
            f"The {rows} followers sampled are the newest"
            f"{'' if followers is None else f' of {followers:,}'}: shares among all followers are given as"
            " bounds.",
        )
        for name, followers, rows in both.select("account_id", "followers", "sampled").iter_rows()
    )  # fmt: skip
    return Outcome(findings=findings)
