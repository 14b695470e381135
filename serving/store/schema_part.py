"""A part of a database's schema: a table, or a column, a constraint, an index or a trigger of one."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["WHOLE", "SchemaPart"]

WHOLE: Final = "table"
"""The name of the part that is the table itself."""


class SchemaPart(NamedTuple):
    """A part of a schema.

    Attributes
    ----------
    table
        Which it belongs to; empty where it belongs to none.
    name
        Its kind and its name, such as ``index ix_verdicts_page``.
    description
        All that it does, the same text for the same thing.
    """

    table: str
    name: str
    description: str
