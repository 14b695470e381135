"""What every doctest may use without importing it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _examples(doctest_namespace: dict[str, object]) -> None:
    from features.example import derive_one

    doctest_namespace["derive_one"] = derive_one
