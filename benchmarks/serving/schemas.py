"""``python -m benchmarks.serving.schemas``: note the schema that the migrations make as the one that is due.

The files lie beside the migrations; ``assay audit verify`` compares a database with them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from pydantic import SecretStr

from benchmarks.serving.postgresql import postgresql_server
from serving.settings import Settings
from serving.store.schema_check import write_due_schema
from serving.store.store import open_store

__all__ = ["main"]


def main() -> None:
    """Migrate an empty database of each kind, and write its schema."""
    with tempfile.TemporaryDirectory() as folder, postgresql_server() as server:
        note_schema(Settings(home=Path(folder)))
        address = f"postgresql+psycopg://assay@/postgres?host={server}"
        note_schema(Settings(home=Path(folder), database=SecretStr(address)))


def note_schema(settings: Settings) -> None:
    """Migrate a database and write its schema."""
    store = open_store(settings)
    with store.database.reading() as connection:
        write_due_schema(connection)
    store.database.close()


if __name__ == "__main__":
    main()
