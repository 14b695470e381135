"""The first of two passes over a table: counts rows by account, and finds rows without an account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
import pyarrow as pa

from accounts.errors import Fault
from accounts.reading.account_index import NO_ACCOUNT, AccountIndex, indexed_blocks
from accounts.reading.file_columns import decode_utf8
from accounts.reading.quoting import quote
from accounts.reading.raw_tables import Owners
from accounts.reading.row_blocks import RowBlock
from accounts.reading.table_files import TableFile
from accounts.schema import ACCOUNT_KEYS
from accounts.size_limits import MAX_ROWS

__all__ = ["EarlyFaults", "FirstPass", "account_id_cell", "width_rule"]


@dataclass
class EarlyFaults:
    """Faults that the first pass finds: by account, and of rows that belong to none.

    Attributes
    ----------
    by_account
        Place and rule of each fault, by the position of its account.
    orphans
        Faults of rows without an account.
    """

    by_account: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    orphans: list[Fault] = field(default_factory=list)

    def add(self, ordinal: int, place: str, rule: str, account_id: str | None) -> None:
        """Record a fault of a whole row; ``ordinal`` may be :data:`NO_ACCOUNT`."""
        if ordinal == NO_ACCOUNT:
            self.orphans.append(Fault(place, "", rule, account_id))
        else:
            self.by_account.setdefault(ordinal, []).append((place, rule))

    def pop_orphans(self) -> list[Fault]:
        """The orphans recorded since the last call."""
        orphans, self.orphans = self.orphans, []
        return orphans


class FirstPass:
    """Row counts and order of a table, from its column of ids alone.

    Attributes
    ----------
    counts
        Rows of each account; complete after :meth:`scan`.
    in_order
        Whether the rows are sorted by the accounts table.
    """

    def __init__(self, file: TableFile, index: AccountIndex, early_faults: EarlyFaults) -> None:
        self.file, self.index, self.early_faults = file, index, early_faults
        self.counts = np.zeros(index.accounts, dtype=np.int32)
        self.in_order = True
        self._last = 0

    def scan(self) -> Iterator[list[Fault]]:
        """Read the column of ids; yields the faults of orphaned rows, a batch at a time."""
        for block in indexed_blocks(self.file, self.index, ("account_id",), self._malformed):
            self._count(block.ordinals[block.ordinals != NO_ACCOUNT])
            yield self.early_faults.pop_orphans() + _orphans(self.file, block)
        for ordinal in (self.counts > MAX_ROWS).nonzero()[0].tolist():
            rule = f"must hold at most {MAX_ROWS:,} rows of one account. Got {self.counts[ordinal]:,}."
            self.early_faults.add(ordinal, self.file.path.name, rule, None)

    def readable_rows(self, block: RowBlock) -> RowBlock:
        """Drop the rows without an account and those of accounts with too many, and the column of ids."""
        if block.table.num_columns > 1:  # an Arrow table without columns has no number of rows
            block = replace(block, table=block.table.drop_columns(["account_id"]))
        keep = (block.ordinals != NO_ACCOUNT) & (self.counts[block.ordinals] <= MAX_ROWS)
        return block if keep.all() else block.take(keep.nonzero()[0])

    def _count(self, ordinals: Owners) -> None:
        if len(ordinals):
            self.in_order &= bool(ordinals[0] >= self._last and (np.diff(ordinals) >= 0).all())
            self._last = int(ordinals[-1])
            heads = np.flatnonzero(np.concatenate([[True], np.diff(ordinals) != 0]))
            np.add.at(self.counts, ordinals[heads], np.diff([*heads, len(ordinals)]))

    def _malformed(self, row: int, cells: list[str]) -> None:
        account_id = account_id_cell(self.file, cells)
        ids = pa.array([account_id and account_id.encode()], pa.large_binary())
        self.early_faults.add(
            int(self.index.ordinals(ids)[0]),
            self.file.place(row),
            width_rule(self.file, cells),
            account_id,
        )


def account_id_cell(file: TableFile, cells: list[str]) -> str | None:
    """The id in a row with a wrong number of cells; None if the row is too short to hold it."""
    name = file.file_column("account_id")
    at = file.header.index(name) if name in file.header else len(cells)
    return cells[at] if at < len(cells) else None


def width_rule(file: TableFile, cells: list[str]) -> str:
    """The rule that a row with a wrong number of cells breaks, for its refusal."""
    return f"must have {len(file.header)} cells, one for each column. Got {len(cells)}."


def _orphans(file: TableFile, block: RowBlock) -> list[Fault]:
    """One fault for each run of consecutive rows with the same unknown id."""
    rows = (block.ordinals == NO_ACCOUNT).nonzero()[0]
    if not len(rows):
        return []
    ids = pl.Series(block.table.column("account_id").take(pa.array(rows)))
    heads = np.flatnonzero(ids.ne_missing(ids.shift()).to_numpy() | (np.arange(len(rows)) == 0))
    lengths = np.diff([*heads, len(rows)])
    return [
        _orphan(file, int(block.rows[rows[head]]), ids[int(head)], int(length))
        for head, length in zip(heads, lengths, strict=True)
    ]


def _orphan(file: TableFile, row: int, raw: bytes | None, rows: int) -> Fault:
    account_id = raw if raw is None else decode_utf8(raw)
    rule = ACCOUNT_KEYS["account_id"].rule if raw is None else "must be in the accounts table"
    more = f", and in {rows - 1:,} more rows after it" if rows > 1 else ""
    quoted = quote(raw if account_id is None else account_id)
    return Fault(file.place(row), "account_id", f"{rule}. Got {quoted}{more}.", account_id)
