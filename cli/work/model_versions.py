"""What ``assay model list | promote | rollback`` do.

Apart from :mod:`cli.work.model`, for importing MLflow's store takes seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from cli.display.plain_table import plain_table
from cli.display.terminal import console, text
from cli.environment import Environment
from detector.model_store import ModelStore
from training import promote as promotion

__all__ = ["promote", "roll_back", "show_versions"]


def show_versions(tracking: str | None, name: str) -> None:
    """Show every registered version in a row of a table, the newest first."""
    store = Environment.read().mlflow_store(tracking, name)
    versions = store.versions()
    if not versions:
        console().print(text(f"Nothing has been trained yet: {store.place} holds no version of {name}."))
        return
    table = plain_table(["version", "aliases", "bundle", "run"])
    for one in versions:
        table.add_row(*map(text, (one.number, ", ".join(one.aliases), one.sha256[:12], one.run_id)))
    console().print(table)


def promote(version: str, tracking: str | None, name: str, notes: Mapping[str, str] | None = None) -> None:
    """Make a registered version, named by its number or alias, the champion; its tags get the notes."""
    environment = Environment.read()
    store = environment.mlflow_store(tracking, name)
    promoted = promotion.promote(store, version, environment.home, notes)
    place = ModelStore(environment.home).folder_of(promoted.sha256)
    console().print(text(f"{name} version {promoted.number} is the champion: {place}"))


def roll_back(tracking: str | None, name: str) -> None:
    """Make the champion before this one the champion again."""
    environment = Environment.read()
    sha256, version = promotion.roll_back(environment.mlflow_store(tracking, name), environment.home)
    model = f"{name} version {version.number}" if version else f"The bundle {sha256[:12]}"
    place = ModelStore(environment.home).folder_of(sha256)
    console().print(text(f"{model} is the champion again: {place}"))
