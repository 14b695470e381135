"""Features from outside, for any command that reads a model: run and taken in before its work begins."""

from __future__ import annotations

from collections.abc import Sequence

from cli.environment import Environment
from features.outside import OutsideFile, use_features

__all__ = ["use"]


def use(given: Sequence[str] | None = None) -> tuple[OutsideFile, ...]:
    """Run the files that an option names, else those of ``$ASSAY_FEATURES``.

    Raises
    ------
    WrongUsage, BadInput
        As :func:`features.outside.use_features`.
    """
    return use_features(Environment.read().feature_files(given))
