"""What a person sees: hostile text made harmless, and progress where someone is looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from detector.cells import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["console", "counting", "printable", "progressing", "text"]

PIPE_WIDTH: Final = 120


def text(written: object, style: str = "") -> Text:
    """A piece of text for the terminal: printable, and never read as markup."""
    from rich.text import Text

    return Text(printable(str(written)), style=style)


def console(*, error: bool = False) -> Console:
    """Standard output or standard error; wide enough for a table where nobody is looking."""
    from rich.console import Console

    class Pipe(Console):
        """Leaves it to the command line what a reader's going means."""

        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704 - rich calls this while it handles the error

    own = Pipe(stderr=error, highlight=False, markup=False, emoji=False, soft_wrap=False)
    if not own.is_terminal and "COLUMNS" not in own._environ:
        own.width = PIPE_WIDTH
    return own


@contextmanager
def counting(done: str) -> Iterator[Callable[[int], None]]:
    """Show on standard error how many accounts are done and how fast; nothing unless it is a terminal.

    Parameters
    ----------
    done
        What happens to the accounts, such as ``screened``.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = console(error=True)
    columns = (SpinnerColumn(), TextColumn(f"{done} {{task.completed:,.0f}} accounts"), TimeElapsedColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(done, total=None)
        yield lambda accounts: progress.advance(task, accounts)


@contextmanager
def progressing(doing: str) -> Iterator[Callable[[str, float], None]]:
    """Show on standard error what is being done, and how much of it (0 to 1); only on a terminal."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    shown = console(error=True)
    percentage = TextColumn("{task.percentage:.0f} %")
    columns = (TextColumn("{task.description}"), BarColumn(), percentage, TimeElapsedColumn())
    with Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal) as progress:
        task = progress.add_task(doing, total=1.0)
        yield lambda description, share: progress.update(task, description=description, completed=share)
