"""Outliers among the accounts given as authentic: they may be inflated themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from detector.decision import rarity
from detector.yardsticks.reading import far_out
from training.verified_accounts import VerifiedAccounts

__all__ = ["Outlier", "find_outliers"]

SURE: Final = 10
"""Times the number of accounts, beyond which a tail fitted to them is not to be believed."""


@dataclass(frozen=True)
class Outlier:
    """An account that looks unlike the others, and how.

    Attributes
    ----------
    account_id
        Its name.
    why
        In words.
    """

    account_id: str
    why: str


def find_outliers(shown: pd.DataFrame, given: VerifiedAccounts) -> tuple[Outlier, ...]:
    """Accounts as suspicious as fewer than one of so many would be, or far out by a yardstick.

    Parameters
    ----------
    shown
        Their suspicion by heads and tails that did not see them, as
        :func:`training.verified_accounts.masked_suspicion` returns it.
    given
        The accounts.

    Returns
    -------
    In the order in which they were given.
    """
    natural = shown[shown["natural"]]
    rare = dict(
        zip(natural["account_id"], rarity(natural["suspicion"].to_numpy(dtype=np.float64)), strict=True)
    )
    far = far_out(given.features, list(given.platforms or ()))
    found = []
    for name, out in zip(given.features.index, far.tolist(), strict=True):
        whys = [_in_words(rare[name], len(given))] if rare.get(name, 1.0) * len(given) <= 1 else []
        whys += ["far out by a yardstick"] if out else []
        if whys:
            found.append(Outlier(str(name), "; ".join(whys)))
    return tuple(found)


def _in_words(share: float, accounts: int) -> str:
    """How rare, as far as a tail may be drawn out beyond the accounts that it was fitted to.

    >>> _in_words(0.002, 300), _in_words(1e-9, 300)
    ('as suspicious as 1 in 500 of the others', 'as suspicious as under 1 in 3,000 of the others')
    """
    limit = SURE * accounts
    rare = f"under 1 in {limit:,}" if share * limit < 1 else f"1 in {1 / share:,.0f}"
    return f"as suspicious as {rare} of the others"
