"""Real sets on which the promise breaks: a sentence for the page and for the model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.quality.page.markdown import rate, share

__all__ = ["breaches"]


def breaches(figures: Mapping[str, Any]) -> str:
    """Which real sets are accused more than was promised to accounts like the simulated ones."""
    over = [
        f"`{name}` ({rate(one['far'])})" for name, one in figures.items() if one["far"]["low"] > one["alpha"]
    ]
    if not over:
        return ""
    alpha = next(iter(figures.values()))["alpha"]
    return (
        f"**On {len(over)} of these sets more than {share(alpha, 0)} of the authentic accounts are accused, "
        f"beyond chance**: {', '.join(over)}. The promise was made to accounts like the simulated ones, and "
        "these are not: recalibrate before any use on accounts like them."
    )
