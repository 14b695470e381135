"""The catalogue agrees with plain Python: one account at a time, lists and loops, from the docstrings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from accounts.tables import Tables
from benchmarks.speed.plain_python.reference import REFERENCE, derive_in_plain_python, tolerance
from features.derive import derive


@pytest.fixture(scope="module")
def expected(tables: Tables) -> pd.DataFrame:
    return derive_in_plain_python(tables)


@pytest.fixture(scope="module")
def derived(tables: Tables) -> pd.DataFrame:
    return derive(tables)


@pytest.mark.parametrize("name", REFERENCE)
def test_the_catalogue_agrees_with_plain_python(
    name: str, expected: pd.DataFrame, derived: pd.DataFrame
) -> None:
    near = tolerance(name)
    np.testing.assert_allclose(derived[name], expected[name], rtol=near, atol=near, equal_nan=True)
    assert expected[name].count() >= 10, "too few accounts have it to prove anything"
