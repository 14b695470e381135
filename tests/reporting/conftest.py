"""The example creators with their verdicts, screened once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from accounts.importing.reading import read_any
from accounts.tables import Tables
from detector.bundle import load, starter_path
from detector.labels import Explain
from detector.screening import Detector
from reporting.report.contents import Annotation, ReportCase, ReportDecision
from reporting.report.pdf import report_pdf

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


ACCUSED = "burst-of-followers"
HOSTILE = (
    "<script>alert(1)</script> so nice one",
    "abc \u202egnp.exe \u2066evil",
    '=HYPERLINK("http://x.example/") buy',
    "مرحبا بالعالم شكرا",
    "שלום עולם תודה",
    "สวัสดีชาวโลก",
    "नमस्ते दुनिया",
    "\x1b[31mred\x07 and more",
    "😀" * 25_000 + " nice",
)


@pytest.fixture(scope="session")
def case(documents: Mapping[str, dict[str, Any]], tables: Tables) -> ReportCase:
    decision = ReportDecision(
        outcome="overturned", by="Zoë Ångström", reason="A giveaway.", at="2026-04-01T10:00:00Z"
    )
    return ReportCase.of(documents[ACCUSED], tables=tables, decisions=[decision])


@pytest.fixture(scope="session")
def pdf(case: ReportCase) -> bytes:
    return report_pdf(case)


@pytest.fixture(scope="session")
def hostile(tables: Tables, detector: Detector) -> ReportCase:
    """A creator whose name and comments, and a decision whose words, try everything."""
    own = tables.select(["example:full-package"])
    texts = [HOSTILE[place % len(HOSTILE)] for place in range(own.comments.height)]
    changed = Tables(
        accounts=own.accounts.with_columns(full_name=pl.lit(f"<b>Ева</b> \u202e{'x' * 999}")),
        posts=own.posts,
        comments=own.comments.with_columns(text=pl.Series(texts)),
        history=own.history,
        audience=own.audience,
    )
    (verdict,) = detector.screen(changed, explain=Explain.ALL)
    return ReportCase(
        verdict_text=verdict.to_json(),
        tables=changed,
        decisions=[ReportDecision(outcome="confirmed", by="<i>x</i>", reason=HOSTILE[-1])],
        annotations=[
            Annotation(start="2026-01-06", end="2026-01-16", kind="press", note=HOSTILE[1], by="علي")
        ],
    )


@pytest.fixture(scope="session")
def hostile_pdf(hostile: ReportCase) -> bytes:
    return report_pdf(hostile)
