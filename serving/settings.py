"""What the service takes from the environment, read once and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """The environment's part of the service.

    Attributes
    ----------
    model
        A bundle's folder, ``$ASSAY_MODEL``; None: the champion, or the starter.
    home
        Assay's own folder, ``$ASSAY_HOME`` or ``~/.assay``.
    """

    model: Path | None
    home: Path

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read them.

        >>> Settings.read({"ASSAY_HOME": "/srv/assay"}).model is None
        True
        """
        model, home = environment.get("ASSAY_MODEL"), environment.get("ASSAY_HOME")
        return cls(model=Path(model) if model else None, home=Path(home) if home else Path.home() / ".assay")
