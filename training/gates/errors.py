"""Gates on errors: the promise, and recall, log-loss and calibration in pairs with the champion's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.stats import binom

from detector.arrays import Bools
from detector.bundle import Bundle
from features.evidence import Level
from training.fitness import fit_to_judge
from training.gates.gate import Gate
from training.gates.limits import GateLimits
from training.gates.trial import Trial
from training.labelled_evaluation import calibration_metric, chance_of_fake
from training.metrics import Metric, Rate, difference, mean_value, recall_at_rate, with_intervals

__all__ = ["calibration", "fitness", "log_loss", "loss_holds", "promise", "recall", "slices"]

MIN_FAKES: Final = 30
SIGNIFICANCE: Final = 0.01
LOWER_END: Final = "(paired, lower end)"
UPPER_END: Final = "(paired, upper end)"
BEYOND: Final = "(paired, beyond chance)"


def fitness(bundle: Bundle) -> Gate:
    """Whether the detector accuses anybody and clears anybody at all."""
    accuses = sum(row.accuse_above is not None for row in bundle.levels)
    clears = sum(row.clear_at_or_below is not None for row in bundle.levels)
    return Gate(
        "fit to judge",
        fit_to_judge(bundle),
        f"{accuses:,} levels accuse, {clears:,} clear",
        "a champion accuses and clears somewhere",
    )


def promise(trial: Trial, alpha: float, within: Bools | None = None) -> Gate:
    """Whether false accusations exceed the promise beyond chance, over all or at an evidence level.

    A level fails where so many would be seen in fewer than one of a hundred sets like this one, all levels
    together. ``within`` says which accounts count; None: all.
    """
    keys = np.array([Level.of(key).pooled for key in trial.rows.levels])
    honest = ~trial.fake if within is None else ~trial.fake & within
    by_level = {key: Rate.of(trial.challenger.accused[honest & (keys == key)]) for key in set(keys.tolist())}
    breached = [f"{key}: {rate.k} of {rate.n}" for key, rate in sorted(by_level.items())
                if too_many(rate, alpha, SIGNIFICANCE / len(by_level))]  # fmt: skip
    every = Rate.of(trial.challenger.accused[honest])
    return Gate(
        "promise",
        not breached and not too_many(every, alpha, SIGNIFICANCE) if every.n else None,
        f"{every.k} of {every.n:,} authentic accounts; levels over it: {'; '.join(breached) or 'none'}",
        f"at most {100 * alpha:g} % of authentic accounts, at every level, beyond what chance explains",
    )


def too_many(rate: Rate, alpha: float, significance: float) -> bool:
    """Whether so many accusations are unlikely at a true rate of ``alpha``.

    >>> too_many(Rate(3, 100), 0.01, 0.01), too_many(Rate(6, 100), 0.01, 0.01)
    (False, True)
    """
    return bool(rate.n and binom.sf(rate.k - 1, rate.n, alpha) < significance)


def loss_holds(low: float, high: float, limit: float, *, own: bool) -> bool | None:
    """Whether what the challenger loses stays within a limit.

    Of simulated accounts there are as many as the question takes, so what chance may hide counts against the
    challenger. Of somebody's own there are few: two equal detectors would nearly always fail. There a
    loss fails where it is beyond chance; where it is not, and may be over the limit, nothing is decided.

    Parameters
    ----------
    low, high
        Ends of the loss's 95 % interval; above 0 the challenger is worse.
    limit
        Largest loss that is allowed.
    own
        Whether these are somebody's own accounts.

    >>> [loss_holds(low, high, 0.03, own=True) for low, high in ((-0.01, 0.02), (-0.1, 0.1), (0.01, 0.1))]
    [True, None, False]
    """
    if high <= limit:
        return True
    return None if own and low <= 0 else False


def undecided_note(passed: bool | None) -> str:
    """What is added to figures that decide nothing."""
    return "; too few accounts to tell" if passed is None else ""


def recall(trial: Trial, alpha: float, limits: GateLimits, *, own: bool = False) -> Gate:
    """Recall where both detectors would accuse a share ``alpha`` of these authentic accounts."""
    if not trial.fake.any() or trial.fake.all():
        return Gate("recall", None, "accounts of one kind only", "")
    both = [recall_at_rate(trial.fake, one.suspicion, alpha) for one in (trial.challenger, trial.champion)]
    found = intervals(both, trial.campaigns())
    gap = found["difference"]
    passed = loss_holds(-gap["high"], -gap["low"], limits.recall_loss, own=own)
    return Gate(
        "recall",
        passed,
        in_words(found, 100, "%") + undecided_note(passed),
        f"not more than {100 * limits.recall_loss:g} points lower {BEYOND if own else LOWER_END}",
    )


def log_loss(trial: Trial, limits: GateLimits, *, own: bool = False) -> Gate:
    """Mean log-loss of the probabilities."""
    both = [mean_value(one.log_losses(trial.fake)) for one in (trial.challenger, trial.champion)]
    found = intervals(both, trial.campaigns())
    passed = loss_holds(
        found["difference"]["low"], found["difference"]["high"], limits.log_loss_gain, own=own
    )
    return Gate(
        "log-loss",
        passed,
        in_words(found, 1, "") + undecided_note(passed),
        f"not more than {limits.log_loss_gain:g} higher {BEYOND if own else UPPER_END}",
    )


def calibration(trial: Trial, limits: GateLimits, *, own: bool = False) -> Gate:
    """Calibration error of both."""
    both = [
        calibration_metric(trial.fake, chance_of_fake(one.predictions))
        for one in (trial.challenger, trial.champion)
    ]
    found = intervals(both, trial.campaigns())
    low, high = found["difference"]["low"], found["difference"]["high"]
    passed = loss_holds(low, high, limits.calibration_loss, own=own)
    return Gate(
        "calibration",
        passed,
        f"off by {in_words(found, 100, 'points')}" + undecided_note(passed),
        f"not more than {100 * limits.calibration_loss:g} points worse {BEYOND if own else UPPER_END}",
    )


def slices(trial: Trial, limits: GateLimits) -> Gate:
    """Recall by platform and tier, each detector at its own thresholds.

    A fall by more than the limit counts where its paired 95 % interval lies below 0, too. Of detectors that
    are equally good and disagree on a quarter of the fakes, a tenth falls by ten points in a slice of 30
    fakes; with the interval 3 % do, and of those that lost 20 points 54 % still fail (84 % with 60 fakes).
    """
    fallen, measured = [], 0
    for name, rows in trial.slices().items():
        fakes = rows & trial.fake
        if fakes.sum() < MIN_FAKES:
            continue
        measured += 1
        new, old = (one.accused[fakes].astype(np.float64) for one in (trial.challenger, trial.champion))
        if new.mean() < old.mean() - limits.slice_recall_loss:
            found = intervals([mean_value(new), mean_value(old)], trial.campaigns(fakes))
            if found["difference"]["high"] < 0:
                fallen.append(f"{name}: {in_words(found, 100, '%')}")
    return Gate(
        "slices",
        not fallen if measured else None,
        "; ".join(fallen) or f"{measured} platforms and tiers held",
        f"in none recall falls by over {100 * limits.slice_recall_loss:g} points (paired, beyond chance)",
    )


def intervals(both: Sequence[Metric], groups: Sequence[str]) -> dict[str, dict[str, float]]:
    """Challenger, champion and their difference on the same draws of groups."""
    new, old = both
    return with_intervals({"challenger": new, "champion": old, "difference": difference(new, old)}, groups)


def in_words(found: dict[str, dict[str, float]], scale: float, unit: str) -> str:
    """Both figures and the interval of their difference."""
    new, old, gap = (found[name] for name in ("challenger", "champion", "difference"))
    digits = 1 if scale > 1 else 3
    ends = f"[{scale * gap['low']:+.{digits}f}, {scale * gap['high']:+.{digits}f}]"
    figures = f"{scale * new['value']:.{digits}f} (champion {scale * old['value']:.{digits}f}"
    return f"{figures}, {scale * gap['value']:+.{digits}f} {ends}) {unit}".strip()
