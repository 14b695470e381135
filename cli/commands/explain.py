"""``assay explain``: one account's verdict with everything behind it, in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import work
from cli.options import Columns, FeatureFiles, Model, PathArgument, Tenant, WithObserved

__all__ = ["app"]

app = typer.Typer()


@app.command()
def explain(  # noqa: PLR0913
    path: PathArgument,
    account: Annotated[str, typer.Option(metavar="ID", help="Which account of the input.")],
    model: Model = None,
    columns: Columns = None,
    *,
    full: Annotated[
        bool,
        typer.Option("--full", help="The statistician's numbers, too: signals, p-values, contributions."),
    ] = False,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="With what was published by that day's end, such as 2026-09-30."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="BLOCK",
            help="Without posts, comments, history, audience or profile; may be repeated.",
        ),
    ] = None,
    with_observed: WithObserved = False,
    tenant: Tenant = "default",
    features: FeatureFiles = None,
) -> None:
    """Explain one account's verdict: reasons for and against, the rows behind them, its growth."""
    work.outside.use(features)
    work.explain.run(
        path,
        account,
        model,
        columns,
        full=full,
        observed_by=tenant if with_observed else None,
        evidence=work.less_evidence.LessEvidence.read(as_of, without or ()),
    )
