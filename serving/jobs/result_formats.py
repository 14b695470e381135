"""Formats of results: JSON Lines as stored, CSV and Parquet, streamed piece by piece."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from accounts.media_types import LINES, MEDIA_TYPES, PARQUET
from detector.spreadsheet import COLUMNS, csv_line, flat, harmless_row

__all__ = ["RESULT_FORMATS", "ResultFormat"]

RESULT_COLUMNS: Final = (*COLUMNS, "problem")
"""The columns of CSV and Parquet: the command line's, and the document's problem, if it has one."""

NUMBER_TYPES: Final = MappingProxyType(
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
SCHEMA: Final = pa.schema(
    [(name, NUMBER_TYPES.get(name, pa.string())) for name in RESULT_COLUMNS] + [("line", pa.string())]
)


class ResultFormat(NamedTuple):
    """A format of results.

    Attributes
    ----------
    media_type, suffix
        Of the answer and of its file's name.
    write
        Yields the bytes, from those of the pieces in order.
    is_as_stored
        Whether these are the same bytes, so that their length is known before.
    """

    media_type: str
    suffix: str
    write: Callable[[Iterable[bytes]], Iterator[bytes]]
    is_as_stored: bool = False


def write_ndjson(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """JSON Lines, byte for byte as stored."""
    yield from pieces


def write_csv(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """CSV, a row for each account; absent is an empty cell, and no cell is a spreadsheet's formula."""
    yield csv_line(RESULT_COLUMNS).encode()
    for piece in pieces:
        lines = (csv_line(harmless_row(row)) for row, _ in result_rows(piece))
        yield "".join(lines).encode()


def write_parquet(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Parquet with CSV's columns and the stored line; a row group for each file."""
    sink = ParquetSink()
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for piece in pieces:
            found = [row | {"line": line} for row, line in result_rows(piece)]
            writer.write_table(pa.Table.from_pylist(found, SCHEMA))
            yield sink.take()
    yield sink.take()


class ParquetSink(io.RawIOBase):
    """A file in memory for a Parquet writer, emptied while it is written."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.size = 0

    def writable(self) -> bool:
        """True, as pyarrow asks."""
        return True

    def tell(self) -> int:
        """Bytes written so far, taken ones too."""
        return self.size

    def write(self, data: Any) -> int:
        """Append bytes."""
        self.buffer += data
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        """The bytes written since the last call."""
        content = bytes(self.buffer)
        self.buffer.clear()
        return content


def result_rows(piece: bytes) -> Iterator[tuple[dict[str, Any], str]]:
    """The results of a piece: each as its columns, with the stored line."""
    for line in piece.decode("ascii").splitlines():
        yield result_row(json.loads(line)), line


def result_row(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as columns; of a problem only the account's id and its sentences."""
    if "problem" not in result:
        return flat(result) | {"problem": None}
    errors = result["problem"].get("errors", ())
    sentences = " ".join(error["sentence"] for error in errors) or result["problem"]["detail"]
    return dict.fromkeys(COLUMNS) | {"account_id": result["account_id"], "problem": sentences}


RESULT_FORMATS: Final[Mapping[str, ResultFormat]] = MappingProxyType(
    {
        "ndjson": ResultFormat(LINES, "jsonl", write_ndjson, is_as_stored=True),
        "csv": ResultFormat(MEDIA_TYPES[".csv"], "csv", write_csv),
        "parquet": ResultFormat(PARQUET, "parquet", write_parquet),
    }
)
