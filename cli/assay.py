"""The command line: one file a command, none of which imports anything heavy before it runs.

Whatever Assay refuses ends here as its sentence on standard error and its exit code:
2 wrong usage, 3 bad input, 4 no usable model, 5 no usable database.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from accounts.errors import AssayError, BadInput
from cli.terminal import printable

__all__ = ["app", "main"]

COMMANDS: Final = (
    "simulate", "derive", "train", "recalibrate", "adapt", "screen", "explain", "model", "serve", "config",
    "keys", "store", "audit",
)  # fmt: skip

FAULT: Final = 70
"""An error that nobody foresaw; never 1, which says that a label was found."""

TYPERS_OWN: Final = (typer.Exit, typer.Abort, TyperException)
"""Help was shown, or the command cannot be meant like that."""

INTERRUPTED: Final = 130
TERMINATED: Final = 143
PIPE_CLOSED: Final = 141
"""What a shell reports for a program that its reader left."""


class Commands(TyperGroup):
    """The commands, and what becomes of errors in them."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; a user's mistake is a sentence and an exit code, never a traceback."""
        with refusals():
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what is refused into its sentence and its exit code."""
    try:
        yield
    except AssayError as error:
        raise refused(str(error), error.exit_code) from error
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    except BrokenPipeError as error:
        # What is still buffered would raise again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise typer.Exit(PIPE_CLOSED) from error
    except OSError as error:
        raise refused(
            f"{error.filename or 'A file'}: {error.strerror or error}.", BadInput.exit_code
        ) from error
    except Exception as error:
        if isinstance(error, TYPERS_OWN):
            raise
        traceback.print_exc()
        raise refused("This is a fault of Assay, not of your input; please report it.", FAULT) from error


def refused(sentences: str, code: int) -> typer.Exit:
    """Print a refusal, one fault a line."""
    for sentence in sentences.splitlines():
        typer.echo(printable(sentence), err=True)
    return typer.Exit(code)


app = typer.Typer(
    name="assay",
    cls=Commands,
    help="Says whether a creator's engagement is real, why, and how sure it is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for name in COMMANDS:
    if find_spec(f"cli.{name}"):
        app.add_typer(import_module(f"cli.{name}").app)


def main() -> None:
    """Run the command line; whoever ends it gets time to clean up after it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    app()
