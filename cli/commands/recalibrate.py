"""``assay recalibrate``: thresholds set anew on accounts that a customer has verified as authentic."""

from __future__ import annotations

import typer

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
def recalibrate(  # noqa: PLR0913
    path: PathArgument,
    *,
    out: NewBundle,
    labels: VerifiedBy = None,
    alpha: Alpha = None,
    model: Model = None,
    columns: Columns = None,
    promote: Promote = False,
    tracking: Tracking = None,
    name: Name = "assay",
    features: FeatureFiles = None,
) -> None:
    """Set the thresholds anew on accounts that you have verified as authentic, all of them.

    Nothing else of the model changes, and no account is ever left out.
    """
    check_alpha(alpha)
    work.outside.use(features)
    work.recalibrate.run(
        work.recalibrate.RecalibrateOptions(
            path=path, labels=labels, out=out, alpha=alpha, model=model, columns=columns, promote=promote,
            tracking=tracking, name=name,
        )
    )  # fmt: skip
