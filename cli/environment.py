"""What the command line takes from its environment: Assay's folder, the MLflow store, the time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from training.tracking import ModelRegistry

__all__ = ["Environment", "code_tags", "utc_now"]

CHECKOUT: Final = Path(__file__).resolve().parents[1]
"""The folder of the code, where Assay runs from a checkout."""


@dataclass(frozen=True)
class Environment:
    """The environment variables that every command reads.

    Attributes
    ----------
    home
        Assay's own folder, ``$ASSAY_HOME`` or ``~/.assay``, with the champion in it.
    tracking
        ``$MLFLOW_TRACKING_URI``, where it is set.
    features
        ``$ASSAY_FEATURES``: files of features from outside, with commas between them.
    report_key
        ``$ASSAY_REPORT_KEY``, the private key that reports are signed with, where it is set.
    """

    home: Path
    tracking: str | None = None
    report_key: str | None = field(default=None, repr=False)
    features: tuple[str, ...] = ()

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Environment:
        """Read the variables; an empty one counts as not set.

        >>> Environment.read({"ASSAY_HOME": "/srv/assay"}).home.as_posix()
        '/srv/assay'
        """
        given = variables.get("ASSAY_HOME")
        home = Path(given) if given else Path.home() / ".assay"
        return cls(
            home=home,
            tracking=variables.get("MLFLOW_TRACKING_URI") or None,
            report_key=variables.get("ASSAY_REPORT_KEY") or None,
            features=tuple(filter(None, map(str.strip, variables.get("ASSAY_FEATURES", "").split(",")))),
        )

    def feature_files(self, given: Sequence[str] | None) -> tuple[str, ...]:
        """The files of features that an option names, else those of the environment.

        >>> Environment.read({"ASSAY_FEATURES": "one.py, two.py"}).feature_files(None)
        ('one.py', 'two.py')
        """
        return tuple(given or self.features)

    def mlflow_store(self, uri: str | None, name: str) -> ModelRegistry:
        """The MLflow store at ``uri``, else at ``$MLFLOW_TRACKING_URI``, else in SQLite.

        The SQLite file lies in ``mlflow/store/`` of the checkout; where Assay is installed
        without one, in Assay's own folder.
        """
        from training.tracking import ModelRegistry

        return ModelRegistry.at(
            uri or self.tracking or f"sqlite:///{self.sqlite_folder.absolute()}/mlflow.db", name
        )

    @property
    def sqlite_folder(self) -> Path:
        """Where the SQLite store lies."""
        checkout = CHECKOUT / "mlflow"
        return checkout / "store" if checkout.is_dir() else self.home / "mlflow"


def code_tags(folder: Path = CHECKOUT) -> dict[str, str]:
    """The commit of the code and whether files differ from it, as tags of a run; none without git."""
    if not (folder / ".git").exists():
        return {}
    try:
        commit, changed = (
            subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, check=True).stdout
            for command in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    return {"mlflow.source.git.commit": commit.strip(), "git.changed": str(bool(changed.strip())).lower()}


def utc_now() -> str:
    """The time in UTC to the second, such as ``2026-11-23T08:15:00Z``."""
    return datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
