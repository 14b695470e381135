"""Features of many accounts, derived by a pool of workers and written as they come.

Apart from :mod:`cli.work.derive`, for Polars must not be imported before the pool has started its workers.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from accounts.reading import read
from accounts.tables import Tables
from cli.atomic_file import atomic_file
from cli.display.terminal import counting
from cli.worker_pool import WorkerPool
from features.catalogue import CATALOGUE, catalogue_digest
from features.derive import derive
from features.outside import use_features

__all__ = ["write_features"]


def write_features(
    path: Path, out: Path, columns: Path | None, workers: WorkerPool, files: tuple[str, ...] = ()
) -> None:
    """Derive and write chunk by chunk; the file appears whole or not at all.

    Parameters
    ----------
    path, out
        Accounts, and the Parquet file.
    columns
        What the columns of CSV files mean.
    workers
        Who derives.
    files
        Files of features from outside, as :func:`features.outside.use_features` takes them.
    """
    use_features(files)
    fields = [("account_id", pa.string()), *((feature.name, pa.float64()) for feature in CATALOGUE)]
    schema = pa.schema(fields, metadata={"catalogue": catalogue_digest()})
    chunks = (chunk.tables for chunk in read(path, columns=columns))
    with (
        atomic_file(out, [path]) as draft,
        pq.ParquetWriter(draft, schema) as writer,
        counting("derived") as advance,
    ):
        for table in workers.map(derive_table, chunks, schema, files):
            writer.write_table(table)
            advance(table.num_rows)


def derive_table(tables: Tables, schema: pa.Schema, files: tuple[str, ...] = ()) -> pa.Table:
    """``account_id`` and the features of some accounts; runs in a worker."""
    use_features(files)
    return pa.Table.from_pandas(derive(tables).reset_index(), schema, preserve_index=False)
