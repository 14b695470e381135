"""Rows of a CSV file, read by Python's parser; what it cannot read becomes one sentence."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from accounts.errors import BadInput, Fault
from accounts.reading.quoting import escape

__all__ = ["csv_rows"]


def csv_rows(
    lines: Iterable[str], name: str, *, separator: str = ",", strict: bool = False
) -> Iterator[list[str]]:
    r"""Cells of a table, row by row.

    Parameters
    ----------
    lines
        The file, opened with ``newline=""``: otherwise a carriage return alone is no line end, and refused.
    name
        The file's, for the sentence.
    separator
        Between two cells.
    strict
        Whether a quote in the wrong place is refused.

    Raises
    ------
    BadInput
        Where a line is no line of a table, is not UTF-8, or a cell is longer than any can be.

    Examples
    --------
    >>> list(csv_rows(["a,b\r\n", "1,2\r\n"], "a.csv"))
    [['a', 'b'], ['1', '2']]
    >>> list(csv_rows(["a\rb"], "a.csv"))
    Traceback (most recent call last):
        ...
    accounts.errors.BadInput: a.csv line 1: must be a table: new-line character seen in unquoted field.
    """
    rows = csv.reader(lines, delimiter=separator, strict=strict)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except UnicodeDecodeError:
            raise BadInput(Fault(f"{name} line {rows.line_num + 1}", "", "must be text in UTF-8.")) from None
        except csv.Error as error:
            rule = f"must be a table: {reason_of(error)}."
            raise BadInput(Fault(f"{name} line {rows.line_num}", "", rule)) from None


def reason_of(error: csv.Error) -> str:
    """What the parser says is wrong, without its advice to whoever wrote the program."""
    return escape(str(error).partition(" - ")[0])
