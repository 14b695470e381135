"""The checks that hold for every feature of the catalogue, for a feature of one's own."""

from __future__ import annotations

from accounts.tables import Tables
from features.check.accounts import sample_accounts
from features.check.checks import CHECKS
from features.check.trial import Trial
from features.declaration import Feature

__all__ = ["CHECKS", "Trial", "check_feature", "sample_accounts"]


def check_feature(feature: Feature, tables: Tables | None = None) -> None:
    """Check a declared feature, and its twins, as every feature of the catalogue is checked.

    Parameters
    ----------
    feature
        Declared at the top level of a module: another process must find it there.
    tables
        The accounts to try it on; five at least must have a value, and one must have none. Unless
        given, 170 simulated accounts, and 66 made-up ones with holes, ties and repeats.

    Raises
    ------
    AssertionError
        For the first check that fails; the sentence names the feature and what to do.

    Examples
    --------
    >>> from features.audience import audience_postless_share
    >>> check_feature(audience_postless_share)
    """
    family = (feature, *feature.twins)
    trial = Trial(family, sample_accounts() if tables is None else tables)
    for one in family:
        for check in CHECKS:
            check(one, trial)
