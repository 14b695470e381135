"""What ``assay report`` does: check the options, make sure of the libraries, then write the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from accounts.errors import WrongUsage
from cli import work
from reporting.report.libraries import PDF, SIGNING, require_libraries

__all__ = ["ReportOptions", "run", "verify"]

FORMS: Final = (".pdf", ".html")
OUTCOMES: Final = ("confirmed", "overturned")


@dataclass(frozen=True)
class ReportOptions:
    """The options of ``assay report``."""

    path: Path
    out: Path | None
    account: str | None
    model: Path | None
    columns: Path | None
    locale: str
    title: str
    decision: str | None
    by: str
    reason: str
    contest: str


def run(options: ReportOptions) -> None:
    """Write the report, and its signature where there is a key.

    Raises
    ------
    WrongUsage
        If an option is wrong, or a library is missing.
    """
    if options.out is None:
        raise WrongUsage("--out FILE.pdf or FILE.html says where the report is written.")
    if options.out.suffix.lower() not in FORMS:
        raise WrongUsage(f"--out must end in .pdf or .html. Got {options.out.name}.")
    check_decision(options)
    require_libraries(PDF)
    work.report_files.write(options, options.out)


def check_decision(options: ReportOptions) -> None:
    """Refuse half a decision.

    Raises
    ------
    WrongUsage
        If an outcome comes without name and reason, or these without an outcome, or for many accounts.
    """
    if options.decision is None:
        if options.by or options.reason:
            raise WrongUsage("--by and --reason belong to --decision confirmed or overturned.")
        return
    if options.decision not in OUTCOMES:
        raise WrongUsage(f"--decision must be confirmed or overturned. Got {options.decision}.")
    if not options.by.strip() or not options.reason.strip():
        raise WrongUsage("--decision needs --by NAME and --reason TEXT.")
    if options.account is None:
        raise WrongUsage("--decision is about one account: say which with --account ID.")


def verify(path: Path, public_key: str | None) -> None:
    """Say whether a report's signature holds; exit code 1 where it does not."""
    require_libraries(SIGNING)
    holds, sentence = work.report_files.check_signature(path, public_key)
    typer.echo(sentence)
    if not holds:
        raise typer.Exit(1)
