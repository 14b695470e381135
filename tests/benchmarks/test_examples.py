"""The examples in the benchmark's own docstrings hold."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from benchmarks.quality import figures, fitting, jumps, kept, real_cells, real_injected, writing


@pytest.mark.parametrize(
    "module",
    [figures, fitting, jumps, kept, real_cells, real_injected, writing],
    ids=lambda module: module.__name__,
)
def test_examples(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed
