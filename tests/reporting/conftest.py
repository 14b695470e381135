"""The example creators with their verdicts, screened once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from accounts.importing.reading import read_any
from accounts.tables import Tables
from detector.bundle import load, starter_path
from detector.labels import Explain
from detector.screening import Detector

EXAMPLES = Path(__file__).resolve().parents[2] / "accounts" / "examples" / "creators.jsonl"


@pytest.fixture(scope="session")
def tables() -> Tables:
    return Tables.concat(chunk.tables for chunk in read_any(EXAMPLES))


@pytest.fixture(scope="session")
def detector() -> Detector:
    return Detector(load(starter_path()))


@pytest.fixture(scope="session")
def documents(tables: Tables, detector: Detector) -> Mapping[str, dict[str, Any]]:
    """Verdict documents of the example creators by the end of their ids."""
    verdicts = detector.screen(tables, explain=Explain.ALL)
    return {one.account_id.removeprefix("example:"): one.to_dict() for one in verdicts}
