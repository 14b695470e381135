"""Whether the promise about false accusations still holds, by what people found out about accounts later.

People look at accused accounts first, so the share of accused among *confirmed authentic* accounts says
nothing: where only accused ones are looked at it is one. Three things can be said all the same:

- Wrong accusations that are known, of *all* accounts judged: those that nobody looked at count as right.
  However accounts are chosen for a look, the promise keeps that share at most at alpha.
- Whether accounts confirmed authentic grow more suspicious than those before them (exchangeability): a
  choice that stays as it is does no harm, a choice that changes does.
- Only where accounts were looked at without regard to their verdict: their p-values against the promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from scipy.special import bdtrc

from detector.arrays import Bools, Floats
from detector.drift.limits import DriftLimits
from detector.drift.martingales import capital_on_accusations, capital_on_p_values, conformal_p_values
from detector.drift.scored import ScoredAccounts

__all__ = ["ConfirmedAccounts", "PromiseCheck", "SequentialTest", "check_promise"]

PATH_POINTS: Final = 200


@dataclass(frozen=True)
class ConfirmedAccounts:
    """What is known of the accounts that one model judged, in the order in which it judged them.

    Attributes
    ----------
    judged
        Accounts in all, without those that people found not to be authentic.
    confirmed
        How many of them were confirmed authentic.
    wrong
        Places among them, from 1 on, of those accused and confirmed authentic.
    p_value
        Of those confirmed authentic, where there is one.
    suspicion
        Likewise, behind that of accounts confirmed authentic earlier.
    unselected
        Whether these were looked at without regard to their verdict.
    """

    judged: int
    confirmed: int
    wrong: Sequence[int]
    p_value: Floats
    suspicion: Floats
    unselected: bool = False

    @classmethod
    def of(
        cls,
        scored: ScoredAccounts,
        authentic: Bools,
        earlier: Floats | None = None,
        *,
        unselected: bool = False,
    ) -> ConfirmedAccounts:
        """From the accounts that may be authentic, in the order in which they were judged.

        ``authentic`` are those confirmed; ``earlier`` is the suspicion of accounts confirmed before these.
        """
        known = authentic & ~np.isnan(scored.suspicion)
        own = scored.suspicion[known]
        return cls(
            judged=len(scored),
            confirmed=int(authentic.sum()),
            wrong=(np.flatnonzero(scored.accused & authentic) + 1).tolist(),
            p_value=scored.p_value[known],
            suspicion=own if earlier is None else np.concatenate([earlier, own]),
            unselected=unselected,
        )


@dataclass(frozen=True)
class SequentialTest:
    """A test martingale over accounts.

    Attributes
    ----------
    name
        ``accusations``, ``exchangeability`` or ``p-values``.
    accounts
        That it has seen.
    largest
        Base-10 logarithm of the largest capital so far; it starts at 0.
    alarm_at
        Likewise, where the alarm is.
    path
        Likewise, along the way.
    """

    name: str
    accounts: int
    largest: float
    alarm_at: float
    path: tuple[float, ...]

    @property
    def alarm(self) -> bool:
        """Whether the capital has reached where the alarm is."""
        return self.largest >= self.alarm_at


@dataclass(frozen=True)
class PromiseCheck:
    """What can be said of the promise.

    Attributes
    ----------
    alpha
        The false-accusation rate that was promised.
    judged, confirmed, wrong
        Accounts that may be authentic; those confirmed authentic; those of them that were accused.
    binomial
        Exact one-sided p-value that so many are accused wrongly at a rate of alpha; valid for one look alone.
    tests
        The sequential tests, valid for as many looks as one likes.
    broken
        Why the promise is not to be relied on, in a sentence; None while nothing speaks against it.
    """

    alpha: float
    judged: int
    confirmed: int
    wrong: int
    binomial: float
    tests: tuple[SequentialTest, ...]
    broken: str | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def check_promise(
    known: ConfirmedAccounts, alpha: float, limits: DriftLimits, *, one_look: bool
) -> PromiseCheck:
    """Hold what is known against the promise.

    Parameters
    ----------
    one_look
        Whether this is the only look at these accounts: the exact binomial test counts then, too.
    """
    wrong = len(known.wrong)
    size = known.confirmed if known.unselected else known.judged
    binomial = float(bdtrc(wrong - 1, size, alpha)) if wrong else 1.0
    paths = {
        "accusations": (capital_on_accusations(known.wrong, known.judged, alpha), known.judged),
        "exchangeability": (
            capital_on_p_values(conformal_p_values(known.suspicion, limits.seed)),
            len(known.suspicion),
        ),
    }
    if known.unselected:
        paths["p-values"] = capital_on_p_values(known.p_value), len(known.p_value)
    share = limits.level / (len(paths) + one_look)  # so that the level holds for all of them together
    tests = tuple(_sequential(name, *path, share) for name, path in paths.items())
    failed = [one.name for one in tests if one.alarm]
    if one_look and binomial <= share:
        failed.insert(0, "binomial")
    return PromiseCheck(
        alpha=alpha,
        judged=known.judged,
        confirmed=known.confirmed,
        wrong=wrong,
        binomial=binomial,
        tests=tests,
        broken=_sentence(failed, wrong, size, alpha) if failed else None,
    )


def _sequential(name: str, path: Floats, accounts: int, level: float) -> SequentialTest:
    whole = np.concatenate([[0.0], path]) / np.log(10)
    shown = np.unique(np.linspace(0, len(whole) - 1, PATH_POINTS).astype(int))
    return SequentialTest(
        name, accounts, float(whole.max()), float(-np.log10(level)), tuple(np.round(whole[shown], 3).tolist())
    )


def _sentence(failed: Sequence[str], wrong: int, size: int, alpha: float) -> str:
    if set(failed) & {"binomial", "accusations"}:
        return (
            f"{wrong:,} of {size:,} accounts were accused and later confirmed authentic, more than the"
            f" promised {100 * alpha:g} % allows: what is promised about false accusations does not hold here"
            " at present."
        )
    if "p-values" in failed:
        return (
            "Accounts confirmed authentic are more suspicious than those that the promise was measured on: it"
            " does not hold here at present."
        )
    return (
        "Accounts confirmed authentic have become more suspicious than those confirmed before: the promise"
        " about false accusations was measured on others, and may not hold here at present."
    )
