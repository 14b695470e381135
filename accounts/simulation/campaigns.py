"""Campaigns: the vendors and groups behind schemes, and the sizes that vendors sell."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from accounts.simulation.parameters import Floats, Ints

__all__ = ["Campaign", "round_order", "round_package"]

ORDER_SIZES: Final = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 10.0])

PACKAGE_SIZES: Final = np.array([1.0, 2.5, 5.0, 10.0])  # 100, 250, 500, 1,000, 2,500 ... of likes or views


@dataclass(frozen=True)
class Campaign:
    """One vendor or group; the accounts of a campaign share its people, texts and habits.

    Its generator is seeded with ``seed`` and ``name`` alone, so that all its customers get the same ones.

    >>> vendor = Campaign("train-pod-0-0", 1)
    >>> bool((vendor.authors(20, 200) == vendor.authors(20, 200)).all())
    True
    """

    name: str
    seed: int

    def rng(self) -> np.random.Generator:
        """A new generator in the same state for every account of the campaign."""
        return np.random.default_rng((self.seed, zlib.crc32(self.name.encode())))

    @property
    def supply(self) -> int:
        """The seed of the vendor's texts, for :class:`text.TextSupply`."""
        return zlib.crc32(f"{self.seed}/{self.name}".encode())

    def authors(self, least: float, most: float) -> Ints:
        """Numbers of the campaign's commenting accounts, from ``least`` to ``most - 1``, in a fixed order."""
        rng = self.rng()
        return np.asarray(rng.integers(1 << 33, 1 << 47, int(rng.integers(int(least), int(most)))))


def round_order(amount: float) -> float:
    """The nearest order size of a price list, by ratio.

    >>> round_order(870.0), round_order(11.0), round_order(23_400.0)
    (1000.0, 10.0, 25000.0)
    """
    return _nearest(amount, ORDER_SIZES)


def round_package(amount: float) -> float:
    """The nearest package size of likes and views, by ratio; at least 100.

    >>> round_package(3.0), round_package(700.0), round_package(23_400.0)
    (100.0, 500.0, 25000.0)
    """
    return _nearest(max(amount, 100.0), PACKAGE_SIZES)


def _nearest(amount: float, sizes: Floats) -> float:
    scale = 10.0 ** np.floor(np.log10(max(amount, 1.0)))
    return float(scale * sizes[np.argmin(np.abs(np.log(sizes * scale / max(amount, 1.0))))])
