"""What the command line takes from the environment, read once and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.tracking import Store

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """The environment's part of a command.

    Attributes
    ----------
    home
        Assay's own folder, ``$ASSAY_HOME`` or ``~/.assay``: the champion lies there.
    tracking
        ``$MLFLOW_TRACKING_URI``, where it is set.
    """

    home: Path
    tracking: str | None = None

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read them.

        >>> Settings.read({"ASSAY_HOME": "/srv/assay"}).home.as_posix()
        '/srv/assay'
        """
        given = environment.get("ASSAY_HOME")
        home = Path(given) if given else Path.home() / ".assay"
        return cls(home=home, tracking=environment.get("MLFLOW_TRACKING_URI") or None)

    def store(self, uri: str | None, name: str) -> Store:
        """The MLflow store: the one named, else the environment's, else SQLite.

        The SQLite file lies in ``mlflow/store/`` of the checkout; where Assay is installed
        without one, in Assay's own folder.
        """
        from training.tracking import Store

        return Store.at(uri or self.tracking or f"sqlite:///{self.store_folder.absolute()}/mlflow.db", name)

    @property
    def store_folder(self) -> Path:
        """Where the SQLite store lies."""
        checkout = Path(__file__).resolve().parents[1] / "mlflow"
        return checkout / "store" if checkout.is_dir() else self.home / "mlflow"
