"""What every public set shares: its facts, its files, and the refusals."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import polars as pl

from accounts.errors import BadInput, Fault
from accounts.tables import Tables

__all__ = [
    "FOLDER_VARIABLE", "PART_MARK", "POST_NUMBER", "PublicSet", "data_folder", "development", "hold_out",
    "is_held_out", "owner_of",
]  # fmt: skip

FOLDER_VARIABLE: Final = "ASSAY_DATA"
HOLD_OUT_SHARE: Final = 0.30
PART_MARK: Final = "#"
"""Between an account's name and the part of it that a row is: a window, a platform, an altered copy."""
POST_NUMBER: Final = pl.format("p{}", pl.int_range(pl.len()).over("account_id") + 1)
"""Names of posts of sets that give none: each account's are numbered in the order of the rows."""


def data_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Where the public sets lie: ``ASSAY_DATA``, and where that is unset ``data`` in the project's root.

    >>> data_folder({"ASSAY_DATA": "elsewhere"}).name, data_folder({}).name
    ('elsewhere', 'data')
    """
    given = (os.environ if environment is None else environment).get(FOLDER_VARIABLE)
    return Path(given) if given else Path(__file__).parents[2] / "data"


@dataclass(frozen=True)
class PublicSet:
    """A set of accounts that others collected, and what may be said of it.

    Attributes
    ----------
    name
        What results tables call it.
    files
        Path inside the data folder to the sha256 of the content, after unpacking a ``.gz``: so that
        it does not matter who packed it.
    label_meaning
        What is known of its accounts, in one sentence.
    licence
        Under which terms its collectors published it.
    source
        Where a user gets it.
    use
        ``trains``: the licence allows a model that is shipped to be trained on it, its source named.
        ``evaluates``: a shipped model is only measured on it.
    """

    name: str
    files: Mapping[str, str]
    label_meaning: str
    licence: str
    source: str
    use: Literal["trains", "evaluates"] = "evaluates"

    def read(self, folder: Path, file: str, *, any_content: bool = False) -> bytes:
        """The unpacked content of one of its files.

        Parameters
        ----------
        folder
            The data folder.
        file
            One of ``files``.
        any_content
            Whether another content than the published one will do, as in tests or for a later issue
            of the set.

        Raises
        ------
        BadInput
            If the file is missing, damaged, or another one than was published.
        """
        try:
            content = (folder / file).read_bytes()
            content = gzip.decompress(content) if file.endswith(".gz") else content
        except (FileNotFoundError, NotADirectoryError):
            raise self.refusal(
                file, "", f"must be in {FOLDER_VARIABLE}. It is missing; see docs/data.md."
            ) from None
        except (OSError, EOFError, zlib.error):
            raise self.refusal(file, "", "must be a readable gzip file.") from None
        found, wanted = hashlib.sha256(content).hexdigest(), self.files[file]
        if found != wanted and not any_content:
            raise self.refusal(
                file, "", f"must be the published content, sha256 {wanted[:12]}…. Got {found[:12]}…."
            )
        return content

    def table(
        self, folder: Path, file: str, names: tuple[str, ...], *, any_content: bool = False
    ) -> pl.DataFrame:
        """A CSV file whose columns are exactly ``names``, as texts; an empty cell is null.

        Raises as :meth:`read` does, and if the columns are others.
        """
        content = self.read(folder, file, any_content=any_content)
        try:
            frame = pl.read_csv(content, infer_schema=False)
        except (pl.exceptions.PolarsError, UnicodeDecodeError):
            raise self.refusal(file, "", "must be a CSV file in UTF-8 with one width.") from None
        for name in names:
            if name not in frame.columns:
                raise self.refusal(file, name, "must be a column of it. It is missing.")
        for name in frame.columns:
            if name not in names:
                raise self.refusal(file, name, "is not a column of this set.")
        return frame

    def parquet(
        self, folder: Path, file: str, schema: Mapping[str, pl.DataType], *, any_content: bool = False
    ) -> pl.DataFrame:
        """Some columns of a Parquet file, each in its type; a count in them must be 0 or more.

        Raises as :meth:`read` does, and if a column is missing or does not fit its type.
        """
        content = self.read(folder, file, any_content=any_content)
        try:
            frame = pl.read_parquet(io.BytesIO(content))
        except pl.exceptions.PolarsError:
            raise self.refusal(file, "", "must be a Parquet file.") from None
        return frame.select(self._column(frame, file, name, dtype) for name, dtype in schema.items())

    def _column(self, frame: pl.DataFrame, file: str, name: str, dtype: pl.DataType) -> pl.Series:
        """One column of :meth:`parquet`."""
        if name not in frame.columns:
            raise self.refusal(file, name, "must be a column of it. It is missing.")
        try:
            found = _cast(frame[name], dtype)
        except pl.exceptions.PolarsError:
            raise self.refusal(file, name, f"must hold values of the type {dtype}.") from None
        if dtype.is_integer() and (found < 0).any():
            raise self.refusal(file, name, f"must be >= 0. Got {found.min()!r}.")
        return found

    def typed(self, frame: pl.DataFrame, file: str, name: str, value: pl.Expr, rule: str) -> pl.Series:
        """A column of :meth:`table` in its own type; refuses the first row that does not have it.

        Parameters
        ----------
        frame, file, name
            Which column.
        value
            Its conversion, null where it fails.
        rule
            What must hold, such as ``must be a whole number``.
        """
        found = frame.select(value.alias(name)).to_series()
        bad = (found.is_null() & frame[name].is_not_null()).arg_true()
        if len(bad):
            row = bad[0]
            raise self.refusal(f"{file} row {row + 1}", name, f'{rule}. Got "{frame[name][row]}".')
        return found

    @staticmethod
    def refusal(place: str, field: str, rule: str) -> BadInput:
        """The one sentence that names file and rule."""
        return BadInput(Fault(place, field, rule))


def _cast(values: pl.Series, dtype: pl.DataType) -> pl.Series:
    """Values in another type; texts are read as days or times where these are asked for."""
    if values.dtype == pl.String and dtype.is_temporal():
        return values.str.to_date() if dtype == pl.Date() else values.str.to_datetime(time_unit="us")
    return values.cast(dtype)


def owner_of(account_id: str) -> str:
    """The account that a window, one of its platforms, or an altered copy belongs to.

    >>> owner_of("gh:3#1"), owner_of("gh:3")
    ('gh:3', 'gh:3')
    """
    return account_id.partition(PART_MARK)[0]


def is_held_out(account_id: str) -> bool:
    """Whether an account is in the hold-out: the three in ten on which nothing may be chosen.

    By a hash of its name, so the same everywhere and for good; all parts of an account go together.

    >>> [is_held_out(f"ig:{number}") for number in range(6)]
    [False, False, False, False, False, True]
    >>> is_held_out("ig:5#window 2")
    True
    """
    first = hashlib.sha256(f"sealed {owner_of(account_id)}".encode()).digest()[:4]
    return int.from_bytes(first, "big") < HOLD_OUT_SHARE * 2**32


def development(tables: Tables) -> Tables:
    """The accounts that may be looked at while anything is being chosen."""
    return tables.select(name for name in tables.accounts["account_id"] if not is_held_out(name))


def hold_out(tables: Tables) -> Tables:
    """The other accounts: for the published table only, and every look is logged beside it."""
    return tables.select(name for name in tables.accounts["account_id"] if is_held_out(name))
