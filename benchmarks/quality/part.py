"""What a part of the benchmark is: tasks that are measured one by one, and a section of the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from training.datasets.base import PublicSet

__all__ = ["NOTHING", "Part", "Progress", "Result", "Task", "whole"]

Result: TypeAlias = dict[str, Any]
Progress: TypeAlias = Callable[[str, float], None]

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True)
class Task:
    """What is measured in one go, and kept before the next is begun.

    Attributes
    ----------
    measure
        Called with the progress; gives the figures in JSON's own types.
    sets
        The public sets that it reads. If one of them is refused, so is the task, and only the task.
    look
        The same on sealed accounts, which only ``--look-sealed`` calls, once for a model and its
        settings; None where there is nothing sealed.
    settings
        Whatever, if changed, makes its kept figures worthless.
    """

    measure: Callable[[Progress], Result]
    sets: tuple[PublicSet, ...] = ()
    look: Callable[[Progress], Result] | None = None
    settings: Mapping[str, Any] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True)
class Part:
    """A part of the benchmark.

    Attributes
    ----------
    title
        Heading of its section.
    tasks
        By name, in the order of the tables. A part in one piece is :func:`whole`.
    page
        Its section in Markdown, without the heading. It is given ``tasks`` and ``sealed``, the figures
        by task, and ``refused``, a sentence by task that could not be measured. A part in one piece
        is given its own figures.
    settings
        The same for all of its tasks.
    draw
        Draws its plots into a folder; None where it has none.
    uses_starter
        Whether the figures are of the starter; those that are not outlive it.
    own_model
        Version and sha256 of the model that the figures are of, where that is not the starter.
    """

    title: str
    tasks: Mapping[str, Task]
    page: Callable[[Result], str]
    settings: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    draw: Callable[[Result, Path], None] | None = None
    uses_starter: bool = True
    own_model: tuple[str, str] | None = None

    @property
    def in_one_piece(self) -> bool:
        """Whether the part is one task that has the part's name to itself."""
        return set(self.tasks) == {""}


def whole(  # noqa: PLR0913
    title: str,
    run: Callable[[Progress], Result],
    page: Callable[[Result], str],
    *,
    sets: tuple[PublicSet, ...] = (),
    settings: Mapping[str, Any] = NOTHING,
    draw: Callable[[Result, Path], None] | None = None,
) -> Part:
    """A part that is measured in one piece."""
    return Part(title, {"": Task(run, sets)}, page, settings, draw)
