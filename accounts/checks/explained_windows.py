"""Stretches of a history that people explained: growth is read without them, and never silently."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from accounts.checks.finding import ROW, Change, Evidence, Finding, Outcome, check, findings_by_account
from accounts.explained import MAX_EXPLAINED_SHARE, ExplainedCurve, explained_curve

__all__ = ["explained_windows"]


@check("annotations", lambda rows: ~rows.nobody)
def explained_windows(evidence: Evidence) -> Outcome:
    """Steps of the follower history inside a window that somebody explained are taken out.

    Counts before such a step are scaled to where it ended, so that growth in per cent elsewhere stays as it
    is; the counts inside the window go. Where over a third of the history's days is explained, or over a
    third of the followers came in these days, nobody is cleared on the rest.
    """
    histories = dict(findings_by_account(evidence.history))
    rows, levels, explained_rows, findings = [], [], [], []
    for name, part in findings_by_account(evidence.annotations):
        curve = explained_curve(histories[name], windows_of(part)) if name in histories else None
        if curve is not None:
            left = ~curve.explained
            rows += curve.row[left].tolist()
            levels += curve.levels()[left].tolist()
            explained_rows += curve.row[~left].tolist()
        findings.append(_finding(name, part, curve))
    changes = (
        Change("history", pl.Series(rows, dtype=pl.UInt32), values=pl.DataFrame({"followers": levels})),
        Change("history", pl.Series(explained_rows, dtype=pl.UInt32)),
        Change("annotations", evidence.annotations[ROW]),
    )
    return Outcome(changes, tuple(findings))


def windows_of(annotations: pl.DataFrame) -> Sequence[tuple[int, int]]:
    """First and last day of each annotation, since 1970."""
    days = annotations.select(pl.col("from", "to").to_physical().cast(pl.Int64))
    return [(first, last) for first, last in days.iter_rows()]


def _finding(name: str, part: pl.DataFrame, curve: ExplainedCurve | None) -> Finding:
    who = " and ".join(dict.fromkeys(part["who"].to_list()))
    days = curve.days_of(curve.explained) if curve is not None else 0
    if curve is None or not days:
        sentence = f"What {who} explained lies outside of its history, and changes nothing."
        return Finding(name, "explained_windows", "history.followers", part.height, sentence)
    barred = curve.share > MAX_EXPLAINED_SHARE
    many = "days of its history are" if days > 1 else "day of its history is"
    sentence = (
        f"{days} {many} explained by {who}: growth is read without, and what is promised about accusations"
        " was not measured on such accounts."
    )
    if barred:
        sentence += f" {_how_much(curve)}, which is over a third: nobody is cleared on the rest."
    return Finding(
        name, "explained_windows", "history.followers", int(np.count_nonzero(curve.explained)), sentence,
        ("history.followers",), bars_clearing=barred,
    )  # fmt: skip


def _how_much(curve: ExplainedCurve) -> str:
    """The explained share of the days, or that of the followers where it is the larger."""
    days, followers = curve.share_of_days, curve.share_of_followers
    if days >= followers:
        return f"These are {100 * days:.0f} % of the days of its history"
    return f"In these days came as many as {100 * followers:.0f} % of its followers"
