"""The terminal: text without control characters, the two consoles, and progress on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from accounts.invisible import printable

__all__ = ["console", "counting", "printable", "progressing", "say", "shown_once", "text"]

PIPE_WIDTH: Final = 120
"""Columns of a console that is no terminal."""

NARROWEST: Final = 40
"""Columns of a console whose terminal says less: no page fits in fewer."""

MOST_COLUMNS: Final = 1_000
"""Columns of a console whose terminal says more: lines are padded to that width in memory."""


def text(written: object, style: str = "") -> Text:
    r"""A text for the terminal: control characters are escaped, and markup has no effect.

    >>> text("[bold]\x1b[31m").plain
    '[bold]\\x1b[31m'
    """
    return Text(printable(str(written)), style=style)


def say(sentence: str) -> None:
    """Print a sentence on standard error, which leaves standard output to answers."""
    typer.echo(printable(sentence), err=True)


@contextmanager
def shown_once(secret: str) -> Iterator[None]:
    """Print a secret on standard output before the block stores what it opens.

    Where it cannot be written, nothing is stored. The line ends with the block: who reads line by line gets
    a secret that works.
    """
    typer.echo(secret, nl=False)
    try:
        yield
    except BaseException:
        typer.echo()
        say("It is not certain that what was printed was stored: do not use it, and make another.")
        raise
    typer.echo()


class PipeConsole(Console):
    """A console that raises when its reader has gone, for :func:`cli.app.exit_codes` to handle."""

    def on_broken_pipe(self) -> None:
        raise  # noqa: PLE0704 - rich calls this while it handles the error


def console(*, error: bool = False) -> Console:
    """Standard output, or standard error; 120 columns wide in a pipe, unless ``$COLUMNS`` says otherwise."""
    own = PipeConsole(stderr=error, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not own.is_terminal and "COLUMNS" not in own._environ:
        own.width = PIPE_WIDTH
    own.width = min(max(own.width, NARROWEST), MOST_COLUMNS)
    return own


@contextmanager
def counting(done: str) -> Iterator[Callable[[int], None]]:
    """Show on standard error, if that is a terminal, how many accounts are done and since when.

    Parameters
    ----------
    done
        What happens to the accounts, such as ``screened``.

    Yields
    ------
    A function to call with the number of further accounts.
    """
    shown = console(error=True)
    columns = (SpinnerColumn(), TextColumn(f"{done} {{task.completed:,.0f}} accounts"), TimeElapsedColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(done, total=None)
        yield lambda accounts: progress.advance(task, accounts)


@contextmanager
def progressing(doing: str) -> Iterator[Callable[[str, float], None]]:
    """Show on standard error, if that is a terminal, what is being done and a bar of its progress.

    Yields
    ------
    A function to call with what is being done now and the share that is done, 0 to 1.
    """
    shown = console(error=True)
    percentage = TextColumn("{task.percentage:.0f} %")
    columns = (TextColumn("{task.description}"), BarColumn(), percentage, TimeElapsedColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(doing, total=1.0)
        yield lambda description, share: progress.update(task, description=description, completed=share)
