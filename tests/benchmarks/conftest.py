"""A small detector that the benchmarks ask, in place of the starter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.quality.harness.benchmarked_model import benchmarked_detector, use_model
from detector.bundle import save
from detector.screening import Detector
from training.fit import Fitted


@pytest.fixture(scope="module")
def small_detector(fitted: Fitted, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Detector]:
    """The detector that the benchmarks judge with, in place of the shipped starter."""
    folder = tmp_path_factory.mktemp("bundles") / "small"
    save(fitted.bundle, folder)
    use_model(folder)
    yield benchmarked_detector()
    use_model(None)
