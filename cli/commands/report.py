"""``assay report``: the report that is filed, as PDF or HTML, of one account or of a shortlist."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import work
from cli.options import Columns, Model, PathArgument

__all__ = ["app"]

app = typer.Typer()


@app.command()
def report(  # noqa: PLR0913
    path: PathArgument,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write: .pdf or .html.")] = None,
    account: Annotated[
        str | None, typer.Option(metavar="ID", help="Which account; else a summary and a page for each.")
    ] = None,
    model: Model = None,
    columns: Columns = None,
    locale: Annotated[
        str, typer.Option(help="How numbers and dates are written, such as de or pt-BR.")
    ] = "en_GB",
    title: Annotated[str, typer.Option(help="What a report of many is called.")] = "",
    decision: Annotated[
        str | None,
        typer.Option(metavar="OUTCOME", help="A person's: confirmed or overturned; with --by, --reason."),
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who decided.")] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    contest: Annotated[
        str, typer.Option(metavar="TEXT", help="How the creator can answer, such as an address.")
    ] = "",
    verify: Annotated[
        bool, typer.Option("--verify", help="PATH is a report: say whether its signature PATH.sig holds.")
    ] = False,
    public_key: Annotated[
        str | None,
        typer.Option(metavar="KEY", help="For --verify: PEM, a file of it, or 32 bytes in base64."),
    ] = None,
) -> None:
    """Write the report of a verdict: two pages to read, and an appendix with everything behind them.

    A PDF is PDF/A-3 with the verdict's JSON attached, and the same bytes for the same verdict. Where
    $ASSAY_REPORT_KEY holds an Ed25519 key, its signature is written beside it: FILE.sig.
    """
    if verify:
        work.report.verify(path, public_key)
        return
    work.report.run(
        work.report.ReportOptions(
            path=path, out=out, account=account, model=model, columns=columns, locale=locale, title=title,
            decision=decision, by=by, reason=reason, contest=contest,
        )
    )  # fmt: skip
