"""A first look at a table: how many rows each account has in it, and which rows belong to none."""

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
    """What is known to be wrong before the accounts are read: by account, and of no account."""

    known: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    orphans: list[Fault] = field(default_factory=list)

    def add(self, ordinal: int, place: str, rule: str, account_id: str | None) -> None:
        """Note a fault of a whole row."""
        if ordinal == NO_ACCOUNT:
            self.orphans.append(Fault(place, "", rule, account_id))
        else:
            self.known.setdefault(ordinal, []).append((place, rule))

    def take_orphans(self) -> list[Fault]:
        """The faults of no account that were noted since the last call."""
        taken, self.orphans = self.orphans, []
        return taken


class FirstPass:
    """How a table lies, learnt from its ids alone.

    Attributes
    ----------
    counts
        Rows by account.
    in_order
        Whether the rows stand in the accounts' order.
    """

    def __init__(self, file: TableFile, register: AccountIndex, early: EarlyFaults) -> None:
        self.file, self.register, self.early = file, register, early
        self.counts = np.zeros(register.accounts, dtype=np.int32)
        self.in_order = True
        self._last = 0

    def faults(self) -> Iterator[list[Fault]]:
        """Go through the table; hands out what belongs to no account, a batch at a time."""
        for piece in indexed_blocks(self.file, self.register, ("account_id",), self._malformed):
            self._count(piece.ordinals[piece.ordinals != NO_ACCOUNT])
            yield self.early.take_orphans() + _orphans(self.file, piece)
        for ordinal in (self.counts > MAX_ROWS).nonzero()[0].tolist():
            rule = f"must hold at most {MAX_ROWS:,} rows of one account. Got {self.counts[ordinal]:,}."
            self.early.add(ordinal, self.file.path.name, rule, None)

    def wanted(self, piece: RowBlock) -> RowBlock:
        """The rows of accounts, without those that have too many; whose they are is known by now."""
        if piece.table.num_columns > 1:  # a table without columns would forget how many rows it has
            piece = replace(piece, table=piece.table.drop_columns(["account_id"]))
        kept = (piece.ordinals != NO_ACCOUNT) & (self.counts[piece.ordinals] <= MAX_ROWS)
        return piece if kept.all() else piece.take(kept.nonzero()[0])

    def _count(self, ordinals: Owners) -> None:
        if len(ordinals):
            self.in_order &= bool(ordinals[0] >= self._last and (np.diff(ordinals) >= 0).all())
            self._last = int(ordinals[-1])
            heads = np.flatnonzero(np.concatenate([[True], np.diff(ordinals) != 0]))
            np.add.at(self.counts, ordinals[heads], np.diff([*heads, len(ordinals)]))

    def _malformed(self, row: int, cells: list[str]) -> None:
        account_id = account_id_cell(self.file, cells)
        ids = pa.array([account_id and account_id.encode()], pa.large_binary())
        self.early.add(
            int(self.register.ordinals(ids)[0]),
            self.file.place(row),
            width_rule(self.file, cells),
            account_id,
        )


def account_id_cell(file: TableFile, cells: list[str]) -> str | None:
    """The account's id in a row with a wrong number of cells, where it reaches that far."""
    name = file.heading("account_id")
    at = file.header.index(name) if name in file.header else len(cells)
    return cells[at] if at < len(cells) else None


def width_rule(file: TableFile, cells: list[str]) -> str:
    """What a row with a wrong number of cells breaks."""
    return f"must have {len(file.header)} cells, one for each column. Got {len(cells)}."


def _orphans(file: TableFile, piece: RowBlock) -> list[Fault]:
    """One fault for each run of rows with the same unknown id."""
    rows = (piece.ordinals == NO_ACCOUNT).nonzero()[0]
    if not len(rows):
        return []
    ids = pl.Series(piece.table.column("account_id").take(pa.array(rows)))
    heads = np.flatnonzero(ids.ne_missing(ids.shift()).to_numpy() | (np.arange(len(rows)) == 0))
    lengths = np.diff([*heads, len(rows)])
    return [
        _orphan(file, int(piece.rows[rows[head]]), ids[int(head)], int(length))
        for head, length in zip(heads, lengths, strict=True)
    ]


def _orphan(file: TableFile, row: int, raw: bytes | None, rows: int) -> Fault:
    account_id = raw if raw is None else decode_utf8(raw)
    rule = ACCOUNT_KEYS["account_id"].rule if raw is None else "must be in the accounts table"
    more = f", and in {rows - 1:,} more rows after it" if rows > 1 else ""
    shown = quote(raw if account_id is None else account_id)
    return Fault(file.place(row), "account_id", f"{rule}. Got {shown}{more}.", account_id)
