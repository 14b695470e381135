"""What happens to evidence on its way to a user: each distortion as a function over tables of accounts."""

from benchmarks.quality.distortions.catalogue import DISTORTIONS
from benchmarks.quality.distortions.distortion import Distortion

__all__ = ["DISTORTIONS", "Distortion"]
