"""Exit codes of what no error of Assay's own says; see :class:`accounts.errors.AssayError` for those."""

from typing import Final

__all__ = ["HELD", "INTERRUPTED", "UNEXPECTED_ERROR"]

HELD: Final = 6
"""Other transactions hold the rows that a command would change, in a database that works: run it again."""

INTERRUPTED: Final = 130
"""What a shell reports for SIGINT."""

UNEXPECTED_ERROR: Final = 70
"""An error in Assay itself; not 1, which means that ``--fail-on`` found a label."""
