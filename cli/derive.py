"""``assay derive``: the numbers that the detector reads, one row per account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accounts.errors import WrongUsage
from cli.options import Columns, PathArgument, Processes
from cli.workers import Workers, processes_for

if TYPE_CHECKING:
    import pyarrow as pa

    from accounts.tables import Tables

__all__ = ["app"]

app = typer.Typer()


@app.command()
def derive(
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    columns: Columns = None,
    processes: Processes = None,
) -> None:
    """Derive every feature of every account into one Parquet file; absent is null."""
    if out.suffix != ".parquet":
        raise WrongUsage(f"--out must end in .parquet. Got {out}.")
    with Workers(processes or processes_for(path), ["features.derive"]) as workers:
        write_numbers(path, out, columns, workers)


def write_numbers(path: Path, out: Path, columns: Path | None, workers: Workers) -> None:
    """Derive and write chunk by chunk; the file appears whole or not at all."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from accounts.reading import read
    from cli.terminal import counting
    from cli.writing import whole_file
    from features.catalogue import CATALOGUE, catalogue_digest

    fields = [("account_id", pa.string()), *((feature.name, pa.float64()) for feature in CATALOGUE)]
    schema = pa.schema(fields, metadata={"catalogue": catalogue_digest()})
    accounts = (chunk.tables for chunk in read(path, columns=columns))
    with (
        whole_file(out) as draft,
        pq.ParquetWriter(draft, schema) as writer,
        counting("derived") as advance,
    ):
        for table in workers.map(numbers, accounts, schema):
            writer.write_table(table)
            advance(table.num_rows)


def numbers(tables: Tables, schema: pa.Schema) -> pa.Table:
    """``account_id`` and the features of some accounts."""
    import pyarrow as pa

    from features.derive import derive

    return pa.Table.from_pandas(derive(tables).reset_index(), schema, preserve_index=False)
