"""What ``assay derive`` does: features chunk by chunk into one Parquet file."""

from __future__ import annotations

from pathlib import Path

from accounts.errors import WrongUsage
from cli import work
from cli.environment import Environment
from cli.worker_pool import WorkerPool, processes_for

__all__ = ["run"]

IMPORTS = ("features.derive", "cli.work.derive_chunks")
"""What the workers need."""


def run(
    path: Path, out: Path, columns: Path | None, processes: int | None, features: tuple[str, ...] = ()
) -> None:
    """Write the features of the accounts at ``path`` to ``out``, those from outside at the end.

    Raises
    ------
    WrongUsage
        If ``out`` is no ``.parquet``.
    WrongUsage, BadInput
        If a file of features cannot be run.
    """
    if out.suffix != ".parquet":
        raise WrongUsage(f"--out must end in .parquet. Got {out}.")
    with WorkerPool(processes or processes_for(path), IMPORTS) as workers:
        files = Environment.read().feature_files(features)
        work.derive_chunks.write_features(path, out, columns, workers, files)
