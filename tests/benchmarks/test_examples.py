"""The examples in the benchmark's own docstrings hold."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from benchmarks.quality import (
    doses,
    draws,
    figures,
    fitting,
    forty,
    jumps,
    kept,
    never_seen,
    real_cells,
    union,
    writing,
)

MODULES = (doses, draws, figures, fitting, forty, jumps, kept, never_seen, real_cells, union, writing)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed
