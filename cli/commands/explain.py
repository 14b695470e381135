"""``assay explain``: one account's verdict with everything behind it, in the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import work
from cli.options import Columns, Model, PathArgument, Tenant, WithObserved

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
    with_observed: WithObserved = False,
    tenant: Tenant = "default",
) -> None:
    """Explain one account's verdict: reasons for and against, the rows behind them, its growth."""
    observed_by = tenant if with_observed else None
    work.explain.run(path, account, model, columns, full=full, observed_by=observed_by)
