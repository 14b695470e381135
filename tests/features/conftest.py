"""Accounts to try the catalogue on, and the catalogue's features of them."""

from __future__ import annotations

import pytest

from accounts.tables import Tables
from features.catalogue import CATALOGUE
from features.check.accounts import sample_accounts
from features.check.trial import Trial


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Enough accounts that every feature is present in several of them."""
    return sample_accounts()


@pytest.fixture(scope="session")
def trial(tables: Tables) -> Trial:
    """The whole catalogue, derived under every change that the checks ask about."""
    return Trial(CATALOGUE, tables)
