"""The labels that were imported, in one CSV file of Assay's own folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from filelock import FileLock

from detector.folder import write_file
from training.own_labels.label_file import COLUMNS, read_labels, to_csv

__all__ = ["LabelStore"]


@dataclass(frozen=True)
class LabelStore:
    """Labels in ``labels.csv``; nothing is ever taken out of it by itself.

    Attributes
    ----------
    home
        Assay's own folder.

    Examples
    --------
    >>> import tempfile
    >>> given = pl.DataFrame([{"account_id": "a", "label": "authentic"}], schema=dict(COLUMNS))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = LabelStore(Path(folder))
    ...     store.add(given), store.add(given), len(store.rows())
    (1, 0, 1)
    """

    home: Path

    @property
    def path(self) -> Path:
        """The file; it need not be there yet."""
        return self.home / "labels.csv"

    def rows(self) -> pl.DataFrame:
        """All labels in the order in which they came; the columns of a file of labels.

        Raises
        ------
        BadInput
            If somebody wrote into the file what is no label.
        """
        return read_labels(self.path) if self.path.exists() else pl.DataFrame(schema=dict(COLUMNS))

    def add(self, rows: pl.DataFrame) -> int:
        """Add labels that are not there yet; how many. The file appears whole, and is its owner's alone.

        Of several processes that add at once each waits for the one before.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with FileLock(self.home / "labels.lock"):
            before = self.rows()
            both = pl.concat([before, rows]).unique(keep="first", maintain_order=True)
            if both.height > before.height:
                write_file(self.path, to_csv(both).encode(), mode=0o600)
            return both.height - before.height
