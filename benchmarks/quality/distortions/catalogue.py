"""Every distortion, in the order of the page."""

from __future__ import annotations

from typing import Final

from benchmarks.quality.distortions.counts import COUNTS
from benchmarks.quality.distortions.distortion import Distortion
from benchmarks.quality.distortions.rows import ROWS
from benchmarks.quality.distortions.samples import SAMPLES
from benchmarks.quality.distortions.texts import TEXTS
from benchmarks.quality.distortions.times import TIMES

__all__ = ["DISTORTIONS"]

DISTORTIONS: Final[tuple[Distortion, ...]] = (*TIMES, *COUNTS, *ROWS, *TEXTS, *SAMPLES)
