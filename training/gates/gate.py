"""The outcome of a gate."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Gate"]


@dataclass(frozen=True)
class Gate:
    """What a gate found.

    Attributes
    ----------
    name
        Which gate.
    passed
        None where there was nothing to measure on.
    found
        The challenger's figure, beside the champion's where it has one, in words.
    why
        What must hold.
    """

    name: str
    passed: bool | None
    found: str
    why: str

    @property
    def outcome(self) -> str:
        """One word.

        >>> Gate("size", None, "", "").outcome
        'not measured'
        """
        return {True: "passed", False: "failed", None: "not measured"}[self.passed]
