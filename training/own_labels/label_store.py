"""The labels that were imported, in one CSV file of Assay's own folder."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

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
        """Add labels that are not there yet; how many. The file is replaced in one step."""
        before = self.rows()
        both = pl.concat([before, rows]).unique(keep="first", maintain_order=True)
        if both.height > before.height:
            self._write(both)
        return both.height - before.height

    def _write(self, rows: pl.DataFrame) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=".labels-", dir=self.home)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(to_csv(rows))
            os.replace(draft, self.path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
