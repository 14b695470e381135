"""Yardsticks: rules that an expert trusts, each with its published figure. They stand beside the models.

A yardstick accuses nobody. It is read off an account's features, says what is usual and who
measured it, and whether the account lies inside, outside or far outside of that.
"""

from __future__ import annotations

from detector.yardsticks.reading import (
    YARDSTICKS,
    YardstickReading,
    far_out,
    far_out_features,
    read_yardsticks,
)

__all__ = ["YARDSTICKS", "YardstickReading", "far_out", "far_out_features", "read_yardsticks"]
