"""Whether a detector can be a champion at all."""

from __future__ import annotations

from detector.bundle import Bundle

__all__ = ["fit_to_judge"]


def fit_to_judge(bundle: Bundle) -> bool:
    """Whether some evidence level accuses, and some level clears; otherwise everybody is only reviewed."""
    return any(row.accuse_above is not None for row in bundle.levels) and any(
        row.clear_at_or_below is not None for row in bundle.levels
    )
