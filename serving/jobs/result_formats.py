"""Results in the forms that they are handed out in, some at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from detector.cells import COLUMNS, flat, harmless

__all__ = ["FORMS", "Form"]

BLOCK: Final = 2**20
ALL: Final = (*COLUMNS, "problem")
"""The columns of a row: the command line's, and last what is wrong with the document, if anything is."""

NUMBERS: Final = MappingProxyType(
    dict.fromkeys(("authenticity_score", "calibration_accounts", "audience_sampled"), pa.int64())
    | dict.fromkeys(
        (
            "probability_inflated", "probability_automated", "suspicion", "authentic_p_value", "alpha",
            "confidence", "threshold", "expected_recall", "audience_fake_share", "audience_low",
            "audience_high",
        ),
        pa.float64(),
    )
)  # fmt: skip
SCHEMA: Final = pa.schema([(name, NUMBERS.get(name, pa.string())) for name in ALL] + [("line", pa.string())])


class Form(NamedTuple):
    """A form of results.

    Attributes
    ----------
    media_type, suffix
        What it is called.
    written
        Makes it from the files with the results.
    """

    media_type: str
    suffix: str
    written: Callable[[Sequence[Path]], Iterator[bytes]]


def ndjson(paths: Sequence[Path]) -> Iterator[bytes]:
    """The lines as they are kept."""
    for path in paths:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block


def as_csv(paths: Sequence[Path]) -> Iterator[bytes]:
    """One account a row; absent is an empty cell."""
    yield rows_of([ALL])
    for path in paths:
        yield rows_of([harmless(cell) for cell in row.values()] for row, _ in rows(path))


def rows_of(cells: Any) -> bytes:
    """Rows as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(cells)
    return text.getvalue().encode()


def as_parquet(paths: Sequence[Path]) -> Iterator[bytes]:
    """The same columns, and the whole line; a row group for each file."""
    sink = Sink()
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for path in paths:
            found = [row | {"line": line} for row, line in rows(path)]
            writer.write_table(pa.Table.from_pylist(found, SCHEMA))
            yield sink.taken()
    yield sink.taken()


class Sink(io.RawIOBase):
    """Where a writer writes, and a reader takes from meanwhile."""

    def __init__(self) -> None:
        self.held = bytearray()
        self.place = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How much was written."""
        return self.place

    def write(self, data: Any) -> int:
        """Add some."""
        self.held += data
        self.place += len(data)
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = bytes(self.held)
        self.held.clear()
        return found


def rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """The results of a file as columns, each with its line."""
    for line in path.read_text(encoding="ascii").splitlines():
        yield row(json.loads(line)), line


def row(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as columns."""
    if "problem" not in result:
        return flat(result) | {"problem": None}
    errors = result["problem"].get("errors", ())
    told = " ".join(error["sentence"] for error in errors) or result["problem"]["detail"]
    return dict.fromkeys(COLUMNS) | {"account_id": result["account_id"], "problem": told}


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        "ndjson": Form("application/x-ndjson", "jsonl", ndjson),
        "csv": Form("text/csv", "csv", as_csv),
        "parquet": Form("application/vnd.apache.parquet", "parquet", as_parquet),
    }
)
