"""``assay derive``: the numbers that the detector reads, one row per account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accounts.errors import WrongUsage
from cli.options import PathArgument

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["app"]

app = typer.Typer()


@app.command()
def derive(
    path: PathArgument,
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
) -> None:
    """Derive every feature of every account into one Parquet file; absent is null."""
    if out.suffix != ".parquet":
        raise WrongUsage(f"--out must end in .parquet. Got {out}.")
    import pyarrow as pa
    import pyarrow.parquet as pq

    from cli.writing import whole_file
    from features.catalogue import CATALOGUE, CATALOGUE_VERSION

    columns = [("account_id", pa.string()), *((feature.name, pa.float64()) for feature in CATALOGUE)]
    schema = pa.schema(columns, metadata={"catalogue": CATALOGUE_VERSION})
    with whole_file(out) as draft, pq.ParquetWriter(draft, schema) as writer:
        for frame in derived(path):
            writer.write_table(pa.Table.from_pandas(frame, schema, preserve_index=False))


def derived(path: Path) -> Iterator[pd.DataFrame]:
    """``account_id`` and the features, some accounts at a time."""
    from accounts.reading import read
    from cli.terminal import counting
    from features.derive import derive as derive_features

    with counting("derived") as advance:
        for chunk in read(path):
            yield derive_features(chunk.tables).reset_index()
            advance(len(chunk.tables))
