"""A part of the benchmark: tasks that are measured one by one, and a section of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from training.datasets.base import PublicSet

__all__ = ["WHOLE", "Part", "Progress", "Result", "Task"]

Result: TypeAlias = dict[str, Any]
Progress: TypeAlias = Callable[[str, float], None]

WHOLE: Final = ""
"""Name of the only task of a part that is measured in one piece."""

NO_SETTINGS: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class Task:
    """A measurement made in one go; its results are stored before the next task begins.

    Attributes
    ----------
    measure
        Called with a function that reports progress; returns the figures in JSON's own types.
    sets
        The public sets that it reads. If one of them is refused, this task is left out, and no other.
    measure_hold_out
        The same on the hold-out (sealed) accounts. Only ``--look-sealed`` calls it, once for a model and
        its settings; None where there is no hold-out.
    settings
        Parameters of the measurement; stored results with other settings are measured again.
    """

    measure: Callable[[Progress], Result]
    sets: tuple[PublicSet, ...] = ()
    measure_hold_out: Callable[[Progress], Result] | None = None
    settings: Mapping[str, Any] = field(default_factory=lambda: NO_SETTINGS)


@dataclass(frozen=True)
class Part:
    """A part of the benchmark, as each module of :mod:`benchmarks.quality.parts` declares it.

    Attributes
    ----------
    title
        Heading of its section.
    tasks
        By name, in the order of the tables. A part in one piece has one task, named ``WHOLE``.
    page
        Writes its section in Markdown, without the heading. Its argument has the figures by task under
        ``tasks`` and, of the hold-out, under ``sealed``, and under ``refused`` a sentence for each task
        that could not be measured. For a part in one piece it is that task's figures.
    settings
        Parameters that all of its tasks share.
    draw
        Draws its plots into a folder; None where it has none.
    details
        Lines for the console only (``--every``): each account or series that failed; None where it has none.
    uses_starter
        Whether the figures are of the starter; if not, they stay valid when the starter changes.
    own_model
        Version and sha256 of the model that the figures are of, where that is not the starter.
    """

    title: str
    tasks: Mapping[str, Task]
    page: Callable[[Result], str]
    settings: Mapping[str, Any] = field(default_factory=lambda: NO_SETTINGS)
    draw: Callable[[Result, Path], None] | None = None
    details: Callable[[Result], Iterable[str]] | None = None
    uses_starter: bool = True
    own_model: tuple[str, str] | None = None

    @property
    def in_one_piece(self) -> bool:
        """Whether the part has one task only, named ``WHOLE``."""
        return set(self.tasks) == {WHOLE}
