"""Derives features in a process of its own: ``python -m features.check.subprocess_derive FOLDER``.

The folder holds the tables, and in ``features.json`` the features' names and source files.
"""

from __future__ import annotations

import json
import runpy
import sys
from functools import cache
from pathlib import Path

import polars as pl

from accounts.schema import TABLES
from accounts.tables import Tables
from features.catalogue import CATALOGUE, declared_in
from features.declaration import Feature
from features.derive import derive

__all__ = ["main"]


def main(folder: Path) -> None:
    """Write ``derived.parquet`` into the folder."""
    tables = Tables(**{name: pl.read_parquet(folder / f"{name}.parquet") for name in TABLES})
    named = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    derive(tables, [_feature_named(name, source) for name, source in named]).to_parquet(
        folder / "derived.parquet"
    )


def _feature_named(name: str, source: str) -> Feature:
    found = CATALOGUE.by_name if name in CATALOGUE.by_name else _top_level(source)
    assert name in found, f"{name} must be declared at the top level of {source}."
    return found[name]


@cache
def _top_level(source: str) -> dict[str, Feature]:
    values = runpy.run_path(source, run_name="features_of_one_s_own").values()
    return {feature.name: feature for feature in declared_in(values)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
