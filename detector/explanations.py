"""Reasons and counter-reasons of accounts, what they sum to, and what each signal says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from accounts.tables import take_rows
from detector.amounts import COUNTS
from detector.arrays import Bools, Floats, matrix
from detector.bundle import Bundle
from detector.decision import signal_suspicion
from detector.labels import ACCUSATIONS
from detector.predictions import Predictions
from detector.reasons import Explained, reasons_for
from detector.signals import SIGNALS
from detector.verdict import Reason, SignalReading
from detector.yardsticks import far_out_features
from features.views import Views, people

__all__ = ["Explanation", "added_shares", "explain_accounts", "families_of", "signal_readings"]


@dataclass(frozen=True)
class Explanation:
    """What moved the signals of one account.

    Attributes
    ----------
    reasons, counter_reasons
        Features that raise the signals, and features that lower them.
    sums
        Of each reported signal its average log-odds, and the account's own.
    """

    reasons: tuple[Reason, ...] = ()
    counter_reasons: tuple[Reason, ...] = ()
    sums: dict[str, tuple[float, float]] = field(default_factory=dict)

    def remainder(self, signal: str) -> tuple[float, float] | tuple[None, None]:
        """A signal's average log-odds, and what is no reason or counter-reason; None if not reported."""
        if signal not in self.sums:
            return None, None
        base, total = self.sums[signal]
        cited = (*self.reasons, *self.counter_reasons)
        return base, total - base - sum(one.contribution for one in cited if one.signal == signal)


def explain_accounts(
    bundle: Bundle, predictions: Predictions, views: Views, rows: Sequence[int]
) -> dict[int, Explanation]:
    """Explain some accounts, by their positions.

    Parameters
    ----------
    bundle
        The detector's parts.
    predictions
        Of all accounts.
    views
        All accounts, for the rows behind the reasons.
    rows
        Which to explain; an account of which nothing is known has no explanation.
    """
    rows = [row for row in rows if not predictions.unknown[row]]
    if not rows:
        return {}
    part, chosen = predictions.features.iloc[rows], np.array(rows)
    platforms, tiers = zip(
        *take_rows(views.frame(people, ["tier"])[["platform", "tier"]], chosen).rows(), strict=True
    )
    moved, base = contributions(bundle, part, predictions.reported[chosen])
    some = Explained(
        accounts=chosen,
        platforms=platforms,
        tiers=tiers,
        names=list(part.columns),
        values=matrix(part),
        percentiles=matrix(bundle.peers.percentiles(part, platforms, tiers)),
        contributions=moved,
        far_out=far_out_features(part, platforms),
        accused=np.array([predictions.decisions.labels[row] in ACCUSATIONS for row in rows], dtype=bool),
    )
    found = reasons_for(some, bundle.peers, views)
    total = base + np.nansum(moved, axis=2)
    return {
        row: Explanation(*found[at], _sums(base[at].tolist(), total[at].tolist()))
        for at, row in enumerate(rows)
    }


def _sums(base: Sequence[float], total: Sequence[float]) -> dict[str, tuple[float, float]]:
    pairs = zip(SIGNALS, base, total, strict=True)
    return {signal.name: (average, own) for signal, average, own in pairs if average == average}  # noqa: PLR0124


def contributions(bundle: Bundle, part: pd.DataFrame, reported: Bools) -> tuple[Floats, Floats]:
    """What each feature adds to each signal, and the signals' averages, in log-odds.

    Returns
    -------
    Accounts x signals x features, NaN where not reported or not read; accounts x signals, NaN where not
    reported.
    """
    moved = np.full((len(part), len(SIGNALS), part.shape[1]), np.nan)
    base = np.full((len(part), len(SIGNALS)), np.nan)
    for at, signal in enumerate(SIGNALS):
        rows = np.flatnonzero(reported[:, at])
        if rows.size:
            scorer = bundle.scorers[signal.name]
            columns = part.columns.get_indexer(pd.Index(scorer.features))
            found = scorer.contributions(part.iloc[rows])
            moved[rows[:, None], at, columns], base[rows, at] = found[:, :-1], found[:, -1]
    return moved, base


def added_shares(bundle: Bundle, predictions: Predictions) -> dict[tuple[int, str], list[float]]:
    """Low end, estimate and high end of what was added, by account and signal, where the signal is over.

    Signals of one count share its estimate.
    """
    found: dict[tuple[int, str], list[float]] = {}
    for count, amount in bundle.amounts.by_count.items():
        own = {at: signal.name for at, signal in enumerate(SIGNALS) if signal.name in COUNTS[count]}
        over = predictions.decisions.over[:, list(own)]
        rows = np.flatnonzero(over.any(axis=1))
        if not rows.size:
            continue
        ends = amount.estimate(predictions.features.iloc[rows]).tolist()
        for row, share in zip(rows.tolist(), ends, strict=True):
            found |= {(row, name): share for at, name in own.items() if predictions.decisions.over[row, at]}
    return found


def signal_readings(
    predictions: Predictions,
    row: int,
    added: Mapping[tuple[int, str], list[float]],
    explanation: Explanation | None,
) -> tuple[SignalReading, ...]:
    """What each signal that is heard says of an account, the most suspicious first.

    Parameters
    ----------
    predictions
        Of all accounts.
    row
        The account's position.
    added
        What :func:`added_shares` returns for all accounts.
    explanation
        Where averages and remainders are wanted, what the reasons of this account are.
    """
    signals = predictions.signals
    rarity, signal_probabilities = signals.p_values[row].tolist(), signals.signal_probabilities[row].tolist()
    alone = signal_suspicion(signals.p_values[[row]], signals.weights)[0].tolist()
    over = predictions.decisions.over[row].tolist()
    heard = np.flatnonzero(~np.isnan(signals.p_values[row])).tolist()
    readings = []
    for at in sorted(heard, key=alone.__getitem__, reverse=True):
        name = SIGNALS[at].name
        share = added.get((row, name))
        base, rest = explanation.remainder(name) if explanation else (None, None)
        readings.append(
            SignalReading(
                name=name,
                label=SIGNALS[at].label,
                probability=signal_probabilities[at],
                p_value=rarity[at],
                over=over[at],
                suspicion=alone[at],
                added_share=None if share is None else share[1],
                interval=None if share is None else (share[0], share[2]),
                base=base,
                rest=rest,
            )
        )
    return tuple(readings)


def families_of(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """The families that the reasons come from, the weightiest first."""
    weights: dict[str, float] = {}
    for reason in reasons:
        weights[reason.family] = weights.get(reason.family, 0.0) + reason.contribution
    return tuple(sorted(weights, key=lambda family: -weights[family]))
