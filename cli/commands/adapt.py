"""``assay adapt``: a detector refitted to accounts that a customer has verified as authentic."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accounts.errors import WrongUsage
from cli import work
from cli.options import (
    Alpha,
    Columns,
    FeatureFiles,
    Model,
    Name,
    NewBundle,
    PathArgument,
    Promote,
    Tracking,
    VerifiedBy,
    check_alpha,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def adapt(  # noqa: PLR0913
    path: PathArgument,
    *,
    out: NewBundle,
    labels: VerifiedBy = None,
    inflated: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accounts known to be inflated: they say how many are found."),
    ] = None,
    alpha: Alpha = None,
    seed: Annotated[int, typer.Option(min=0, help="Seeds every draw.")] = 1,
    model: Model = None,
    columns: Columns = None,
    promote: Promote = False,
    track: Annotated[bool, typer.Option(help="Track the run in MLflow and register the bundle.")] = True,
    tracking: Tracking = None,
    name: Name = "assay",
    features: FeatureFiles = None,
) -> None:
    """Refit the detector to accounts that you have verified as authentic, 100 of them at least.

    All schemes are put into copies of them; thresholds rest on the accounts themselves.
    """
    check_alpha(alpha)
    if promote and not track:
        raise WrongUsage("--promote needs the run tracked: leave out --no-track.")
    work.outside.use(features)
    work.adapt.run(
        work.adapt.AdaptOptions(
            path=path, labels=labels, out=out, inflated=inflated, alpha=alpha, seed=seed, model=model,
            columns=columns, promote=promote, track=track, tracking=tracking, name=name,
        )
    )  # fmt: skip
