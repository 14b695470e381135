"""All commands, and the exit code of each kind of error.

An :class:`~accounts.errors.AssayError` becomes its sentence on standard error and its exit code:
2 wrong usage, 3 bad input, 4 no usable model, 5 no usable database.
"""

from __future__ import annotations

import errno
import os
import signal
import stat
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, metadata
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from accounts.errors import AssayError, BadInput, WrongUsage
from accounts.invisible import printable
from cli import work
from cli.exit_codes import INTERRUPTED, UNEXPECTED_ERROR
from cli.extras import missing_sentence
from cli.misspelt import misspelt_variables
from cli.result_place import Command
from cli.standard_streams import prepare_standard_streams

__all__ = ["app", "run"]

COMMANDS: Final = (
    "import", "simulate", "derive", "features", "labels", "train", "tune", "evaluate", "recalibrate",
    "adapt", "compare", "promote", "drift", "screen", "explain", "report", "observe", "model", "serve",
    "config", "keys", "jobs", "desk", "store", "audit",
)  # fmt: skip

TYPER_EXCEPTIONS: Final = (typer.Exit, typer.Abort, TyperException)
"""Typer ends the program with these by itself, after ``--help`` for example."""

PIPE_CLOSED: Final = 141
"""Exit code that a shell reports for SIGPIPE."""


class Commands(TyperGroup):
    """The group of all commands, which turns errors into exit codes."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        """Read the command line; ``--help`` and ``--version`` print already here."""
        with exit_codes():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a user's mistake is a sentence and an exit code, never a traceback."""
        with exit_codes(ctx):
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


@contextmanager
def exit_codes(context: typer.Context | None = None) -> Iterator[None]:
    """Print an error as sentences on standard error, and exit with its code.

    Parameters
    ----------
    context
        Which knows the command's name by the time of an error.

    Raises
    ------
    typer.Exit
        In place of any other exception.
    """
    try:
        yield
    except AssayError as error:
        raise exit_with(str(error), error.exit_code) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        # Flushing the buffer when the interpreter ends would raise again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise typer.Exit(PIPE_CLOSED) from error
    except OSError as error:
        raise exit_with(file_error_sentence(error, half=output_may_be_full()), BadInput.exit_code) from error
    except ModuleNotFoundError as error:
        sentence = missing_sentence(error.name, context.invoked_subcommand if context else None)
        if sentence is None:
            raise unexpected_fault() from error
        raise exit_with(sentence, WrongUsage.exit_code) from error
    except Exception as error:
        if isinstance(error, TYPER_EXCEPTIONS):
            raise
        if comes_of_interrupt(error):
            raise typer.Exit(INTERRUPTED) from error
        raise unexpected_fault() from error


def comes_of_interrupt(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: Python wraps what is raised while a class is being made."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def output_may_be_full() -> bool:
    """Whether standard output goes where a disk can be full: neither to a terminal nor to another program."""
    try:
        mode = os.fstat(1).st_mode
    except OSError:
        return False
    return stat.S_ISREG(mode) or (stat.S_ISCHR(mode) and not os.isatty(1))


def file_error_sentence(error: OSError, *, half: bool = False) -> str:
    """What could not be read or written, and why.

    Parameters
    ----------
    error
        Of the system.
    half
        Whether standard output may be what is full, and hold half of something.

    Examples
    --------
    >>> file_error_sentence(OSError(errno.ENOSPC, "Error writing bytes"))
    'The disk is full; nothing half written was left.'
    >>> file_error_sentence(FileNotFoundError(errno.ENOENT, "No such file or directory", "a.jsonl"))
    'a.jsonl: No such file or directory.'
    """
    if error.errno == errno.ENOSPC and error.filename is None:
        but = ", but for what standard output goes to" if half else ""
        return f"The disk is full; nothing half written was left{but}."
    return f"{error.filename or 'A file'}: {error.strerror or error}."


def unexpected_fault() -> typer.Exit:
    """Print the traceback of the error that is being handled, and return the exit to raise."""
    traceback.print_exc()
    return exit_with("This is a fault of Assay, not of your input; please report it.", UNEXPECTED_ERROR)


def exit_with(sentences: str, code: int) -> typer.Exit:
    """Print sentences on standard error, one a line, and return the exit to raise."""
    for sentence in sentences.splitlines():
        typer.echo(printable(sentence), err=True)
    return typer.Exit(code)


app = typer.Typer(
    name="assay",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def print_version(wanted: bool) -> None:
    """Print Assay's version and exit, where that is wanted."""
    if wanted:
        typer.echo(f"assay {metadata.version('assay')}")
        raise typer.Exit


READ_A_MODEL: Final = frozenset({"desk", "drift", "labels", "model", "report"})
"""Commands without ``--features`` that may read a model: ``$ASSAY_FEATURES`` is taken in first."""


@app.callback()
def options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Show Assay's version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """Says whether a creator's engagement is real, why, and how sure it is."""
    for sentence in misspelt_variables(os.environ):
        typer.echo(sentence, err=True)
    if context.invoked_subcommand in READ_A_MODEL and os.environ.get("ASSAY_FEATURES"):
        work.outside.use()


for name in COMMANDS:
    commands = import_module(f"cli.commands.{name}").app
    for one in commands.registered_commands:
        one.cls = Command
    app.add_typer(commands)


def run() -> None:
    """Run the command line; at SIGTERM and SIGHUP the command still removes its unfinished files."""
    prepare_standard_streams()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(ending, lambda number, _: sys.exit(128 + number))
    app()
