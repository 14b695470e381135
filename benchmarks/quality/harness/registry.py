"""The parts of the benchmark by name, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

from accounts.errors import WrongUsage
from benchmarks.quality.harness.part import Part

__all__ = ["chosen_names", "registered_parts"]

NAMES: Final = (
    "in_domain", "zero_shot", "recalibrated", "real_injected", "amounts", "injected", "adapted", "natural",
    "honest_kinds", "never_seen", "promise", "evidence_levels", "union", "doses", "forty", "comments",
    "distortions", "yardsticks", "jumps", "gates",
)  # fmt: skip
"""A module of :mod:`benchmarks.quality.parts` each, with its declaration as ``PART``."""


def registered_parts() -> dict[str, Part]:
    """Every part by name, in the order of the page."""
    return {name: part_named(name) for name in NAMES}


def part_named(name: str) -> Part:
    """The part that a module declares."""
    part = import_module(f"benchmarks.quality.parts.{name}").PART
    assert isinstance(part, Part)
    return part


def chosen_names(names: Sequence[str] | None, parts: Mapping[str, Part]) -> list[str]:
    """The names given; without any, the names of all parts.

    Raises
    ------
    WrongUsage
        If no part has such a name.
    """
    for name in names or ():
        if name not in parts:
            raise WrongUsage(f"{name} is no part of the benchmark. There are: {', '.join(parts)}.")
    return list(names or parts)
