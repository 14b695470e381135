"""Writes reports and their signatures; imported once the libraries that it needs are known to be there."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from accounts.errors import BadInput, Fault, WrongUsage
from accounts.importing.reading import read_any
from accounts.tables import Tables
from cli.atomic_file import atomic_file
from cli.display.terminal import say
from cli.environment import Environment
from cli.work.explain import find_account
from detector.labels import Explain
from detector.locate import open_detector
from reporting.numbers import Numbers
from reporting.report.contents import ReportCase, ReportDecision
from reporting.report.html import render_batch, render_report
from reporting.report.pdf import batch_pdf, report_pdf
from reporting.report.signing import (
    SIGNATURE_SUFFIX,
    is_signed,
    public_text,
    read_private_key,
    read_public_key,
    sign,
)

if TYPE_CHECKING:
    from cli.work.report import ReportOptions

__all__ = ["check_signature", "write"]

MOST_ACCOUNTS: Final = 500
"""Of one report: a page each is what somebody still leafs through."""


def write(options: ReportOptions, out: Path) -> None:
    """Screen the accounts, and write the report and its signature."""
    Numbers(options.locale)  # refuses a locale that is none before anything is read
    environment = Environment.read()
    key = read_private_key(environment.report_key) if environment.report_key else None
    tables = read_tables(options)
    detector = open_detector(options.model, environment.home)
    verdicts = detector.screen(tables, explain=Explain.ALL)
    cases = [
        ReportCase(
            verdict_text=verdict.to_json(),
            tables=tables,
            decisions=decisions(options),
            contest=options.contest,
        )
        for verdict in verdicts
    ]
    content = render(options, cases, as_pdf=out.suffix.lower() == ".pdf")
    signature = Path(f"{out}{SIGNATURE_SUFFIX}")
    with ExitStack() as files:  # of both or of none
        files.enter_context(atomic_file(out, [options.path])).write_bytes(content)
        if key is not None:
            files.enter_context(atomic_file(signature, [options.path])).write_bytes(sign(content, key))
    if key is not None:
        say(f"Signed; the public key is {public_text(key)}.")
    elif signature.exists():
        say(f"Not signed; {signature} is of another report.")


def read_tables(options: ReportOptions) -> Tables:
    """The one account, or all of the input.

    Raises
    ------
    BadInput
        If the account is not there, or anything is wrong with the input.
    WrongUsage
        If these are more accounts than a report may have.
    """
    if options.account is not None:
        return find_account(options.path, options.account, options.columns)
    chunks: list[Tables] = []
    for chunk in read_any(options.path, columns=options.columns, note=say):
        chunks.append(chunk.tables)
        if sum(map(len, chunks)) > MOST_ACCOUNTS:
            raise WrongUsage(f"A report holds at most {MOST_ACCOUNTS} accounts; name one with --account ID.")
    if not sum(map(len, chunks)):
        raise BadInput(Fault(options.path.name, "", "holds no account."))
    return Tables.concat(chunks)


def decisions(options: ReportOptions) -> tuple[ReportDecision, ...]:
    """The decision of the options, if there is one."""
    if options.decision is None:
        return ()
    return (ReportDecision(outcome=options.decision, by=options.by, reason=options.reason),)


def render(options: ReportOptions, cases: list[ReportCase], *, as_pdf: bool) -> bytes:
    """The report's bytes: of one account in full, of many as a summary and a page each."""
    if len(cases) == 1:
        if as_pdf:
            return report_pdf(cases[0], options.locale)
        return render_report(cases[0], options.locale).encode()
    if as_pdf:
        return batch_pdf(cases, options.locale, options.title)
    return render_batch(cases, options.locale, title=options.title).encode()


def check_signature(path: Path, public_key: str | None) -> tuple[bool, str]:
    """Whether the signature beside a report holds, and the sentence that says so.

    Raises
    ------
    WrongUsage
        If there is no key to check with.
    BadInput
        If there is no signature.
    """
    signature = Path(f"{path}{SIGNATURE_SUFFIX}")
    for file in (path, signature):
        if not file.is_file():
            raise BadInput(Fault(str(file), "", "is not there."))
    if signature.stat().st_size != 64:
        raise BadInput(Fault(str(signature), "", "is no Ed25519 signature, which has 64 bytes."))
    holds = is_signed(path, signature, read_public_key(public_key_text(public_key)))
    if holds:
        return True, f"{path.name} is as it was when it was signed with this key."
    return False, f"{path.name} was changed after it was signed, or signed with another key."


def public_key_text(given: str | None) -> str:
    """The key to check with: as given, from the file that is named, or that of the private key."""
    if given is None:
        private = Environment.read().report_key
        if not private:
            raise WrongUsage("--public-key says whose signature it must be; else $ASSAY_REPORT_KEY does.")
        return public_text(read_private_key(private))
    if "-----BEGIN" not in given and Path(given).is_file():
        return Path(given).read_text(encoding="utf-8")
    return given
