"""What ``assay store`` does."""

from __future__ import annotations

from cli.display.terminal import console, text
from serving.settings import Settings
from serving.store.store import open_store

__all__ = ["migrate"]


def migrate() -> None:
    """Apply the migrations that the service's database has not had yet."""
    database = open_store(Settings.read()).database
    console().print(text(f"The database is up to date: {database.place}"))
    database.close()
