"""``assay explain``: one account's verdict with everything behind it, in the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from accounts.errors import BadInput, Fault
from cli.options import Columns, Model, PathArgument

if TYPE_CHECKING:
    from accounts.tables import Tables

__all__ = ["app"]

app = typer.Typer()


@app.command()
def explain(
    path: PathArgument,
    account: Annotated[str, typer.Option(metavar="ID", help="Which account of the input.")],
    model: Model = None,
    columns: Columns = None,
) -> None:
    """Explain one account's verdict: reasons for and against, the rows behind them, its growth."""
    from cli.explanation import WIDEST, explanation
    from cli.settings import Settings
    from cli.terminal import console
    from detector.locate import open_detector
    from detector.words import Explain

    tables = found(path, account, columns)
    detector = open_detector(model, Settings.read().home)
    (verdict,) = detector.screen(tables, explain=Explain.ALL)
    shown = console()
    shown.width = min(shown.width, WIDEST)
    for part in explanation(verdict, tables, shown.width):
        shown.print(part)


def found(path: Path, account: str, columns: Path | None = None) -> Tables:
    """One account of the input; what comes after it is not read.

    Raises
    ------
    BadInput
        If it is not there, or something is wrong with it.
    """
    from accounts.reading import read

    for chunk in read(path, keep_going=True, columns=columns):
        if account in chunk.order:
            return chunk.tables.select([account])
        if faults := [fault for fault in chunk.faults if fault.account_id == account]:
            raise BadInput(*faults)
    raise BadInput(Fault(path.name, "", f"holds no account {account}."))
