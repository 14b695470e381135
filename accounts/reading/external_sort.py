"""External merge sort of tables that are not in the order of the accounts table.

Sorted runs of 64 MiB are written to disk; :class:`accounts.reading.row_blocks.MergedCursors` merges them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from accounts.reading.row_blocks import RowBlock, concat_blocks

__all__ = ["read_run", "write_runs"]

_BYTES_A_RUN: Final = 64 * 2**20
_ROWS_AT_ONCE: Final = 8_192
_COMPRESSED: Final = pa.ipc.IpcWriteOptions(compression="lz4")
_ORDINAL: Final = "_ordinal"
_ROW: Final = "_row"


def write_runs(blocks: Iterable[RowBlock], folder: Path) -> list[Path]:
    """Write rows into ``folder`` as sorted runs; returns their files. The sort is stable."""
    paths: list[Path] = []
    for number, batch in enumerate(_batches(blocks)):
        block = concat_blocks(batch).sorted_by_account()
        table = block.table.append_column(_ORDINAL, pa.array(block.ordinals))
        table = table.append_column(_ROW, pa.array(block.rows))
        paths.append(folder / f"{number}.arrow")
        with pa.ipc.new_file(paths[-1], table.schema, options=_COMPRESSED) as file:
            file.write_table(table, max_chunksize=_ROWS_AT_ONCE)
    return paths


def _batches(blocks: Iterable[RowBlock]) -> Iterator[list[RowBlock]]:
    batch: list[RowBlock] = []
    for block in blocks:
        batch.append(block)
        if sum(each.table.nbytes for each in batch) >= _BYTES_A_RUN:
            yield batch
            batch = []
    if batch:
        yield batch


def read_run(path: Path) -> Iterator[RowBlock]:
    """Read one run back, 8,192 rows at a time."""
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as file:
        for number in range(file.num_record_batches):
            table = pa.Table.from_batches([file.get_batch(number)])
            ordinals, rows = (np.asarray(table.column(name)) for name in (_ORDINAL, _ROW))
            yield RowBlock(table.drop_columns([_ORDINAL, _ROW]), ordinals, rows)
