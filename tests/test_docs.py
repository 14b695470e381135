"""The pages of the documentation name modules, functions and files that are there."""

from __future__ import annotations

import re
from pathlib import Path
from pkgutil import resolve_name

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
PACKAGES = "accounts|features|detector|training|serving|cli|assay|benchmarks"
DATA = "parquet|csv|json|jsonl|toml|db"  # files that are named after what is in them
DOTTED = re.compile(rf"`((?:{PACKAGES})(?:\.(?!(?:{DATA})\b)\w+)+)(?=[`(])")
FILE = re.compile(rf"`((?:{PACKAGES}|tests|docs)/[\w./-]+\.(?:py|md|json))`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    gone = [name for name in FILE.findall(text) if "NAME" not in name and not (ROOT / name).is_file()]
    assert [*gone, *(name for name in DOTTED.findall(text) if not is_there(name))] == []


def is_there(dotted: str) -> bool:
    """Whether the name is a module, or something in one."""
    try:
        resolve_name(dotted)
    except (AttributeError, ImportError):
        return False
    return True
