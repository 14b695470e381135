"""What ``assay explain`` does: find one account, screen it, and show the whole verdict."""

from __future__ import annotations

from pathlib import Path

from accounts.errors import BadInput, Fault
from accounts.importing.reading import read_any
from accounts.tables import Tables
from cli.display.terminal import console, say, text
from cli.display.verdict_page import WIDEST, verdict_page
from cli.environment import Environment
from cli.observation_store import ObservationStore
from cli.work.less_evidence import LessEvidence
from detector.labels import Explain
from detector.locate import open_detector

__all__ = ["find_account", "run"]


def run(  # noqa: PLR0913
    path: Path,
    account: str,
    model: Path | None,
    columns: Path | None,
    *,
    full: bool = False,
    observed_by: str | None = None,
    evidence: LessEvidence | None = None,
) -> None:
    """Show the page of one account of the input, with what a tenant observed of it where one is named.

    With less evidence than there is, the verdict on the whole stands beside it, and what to keep in mind.
    """
    tables = find_account(path, account, columns)
    if observed_by is not None:
        tables = ObservationStore(observed_by).join(tables)
    detector = open_detector(model, Environment.read().home)
    (verdict,) = detector.screen(tables, explain=Explain.ALL)
    shown = console()
    shown.width = min(shown.width, WIDEST)
    if evidence:
        comparison = evidence.comparison(verdict, tables, detector)
        tables = evidence.of(tables)
        (verdict,) = detector.screen(tables, explain=Explain.ALL)
        shown.print(text(f"The verdict {evidence.name}, beside the whole:", "bold"))
        for line in comparison:
            shown.print(line)
        shown.print()
    for part in verdict_page(verdict, tables, shown.width, full=full):
        shown.print(part)


def find_account(path: Path, account: str, columns: Path | None = None) -> Tables:
    """One account of the input; nothing behind it is read.

    Raises
    ------
    BadInput
        If it is not there, or something is wrong with it.
    """
    for chunk in read_any(path, keep_going=True, columns=columns, note=say):
        if account in chunk.order:
            return chunk.tables.select([account])
        if faults := [fault for fault in chunk.faults if fault.account_id == account]:
            raise BadInput(*faults)
    raise BadInput(Fault(path.name, "", f"holds no account {account}."))
