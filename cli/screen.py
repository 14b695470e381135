"""``assay screen``: a verdict for every account of a file or a folder, in input order."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TextIO

import typer

from accounts.errors import WrongUsage
from cli.options import Columns, Model, PathArgument, Processes
from cli.settings import Settings
from cli.verdicts import IMPORTS, opened, told
from cli.workers import Workers, processes_for
from detector.words import Label

if TYPE_CHECKING:
    from accounts.reading import Chunk
    from accounts.tables import Tables
    from cli.output import Output

__all__ = ["app"]

Form = Literal["table", "json", "csv"]
FORMS: Final[dict[str, Form]] = {".jsonl": "json", ".ndjson": "json", ".json": "json", ".csv": "csv"}

SOMETHING_FLAGGED: Final = 1
SOMETHING_BAD: Final = 3

app = typer.Typer()


@app.command()
def screen(  # noqa: PLR0913
    path: PathArgument,
    *,
    model: Model = None,
    columns: Columns = None,
    as_json: Annotated[bool, typer.Option("--json", help="One verdict a line, as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="One account a row, safe in a spreadsheet.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write to a file: .jsonl or .csv, or as --json or --csv say.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="LABEL,...", help="Exit with 1 if any account gets one of these labels."),
    ] = None,
    keep_going: Annotated[
        bool, typer.Option("--keep-going", help="Report bad accounts and go on, instead of stopping.")
    ] = False,
    processes: Processes = None,
) -> None:
    """Screen accounts: whether their engagement is real, why, and how sure that is.

    Exit codes: 0 done, 1 something in --fail-on, 2 usage, 3 bad input, 4 no usable model.
    """
    form = chosen_form(as_json, as_csv, out)
    wanted = () if fail_on is None else labels(fail_on)
    with Workers(processes or processes_for(path), IMPORTS) as workers:
        bundle = workers.ask(opened, model, Settings.read().home)
        from accounts.reading import read
        from cli.output import OUTPUTS

        accounts = Legible(read(path, keep_going=keep_going, columns=columns))
        begun = accounts.begun()  # meanwhile the bundle is opened
        folder, sha256, promise = bundle()
        with destination(out) as stream:
            output = OUTPUTS[form](stream, promise)
            counts = screened(begun, workers, (folder, sha256, output.explain), output)
            output.close(counts)
    if bad := accounts.faults:
        faults = "1 fault" if bad == 1 else f"{bad:,} faults"
        typer.echo(f"{faults} (above); the accounts and rows at fault were left out.", err=True)
    if any(counts[label] for label in wanted):
        raise typer.Exit(SOMETHING_FLAGGED)
    if bad:
        raise typer.Exit(SOMETHING_BAD)


class Legible:
    """The accounts of some chunks; says what is wrong with the others, and counts it."""

    def __init__(self, chunks: Iterable[Chunk]) -> None:
        self.chunks = chunks
        self.faults = 0

    def __iter__(self) -> Iterator[Tables]:
        from cli.terminal import printable

        for chunk in self.chunks:
            for fault in chunk.faults:
                typer.echo(printable(str(fault)), err=True)
            self.faults += len(chunk.faults)
            yield chunk.tables

    def begun(self) -> Iterator[Tables]:
        """The same, the first of them read already."""
        rest = iter(self)
        return chain(list(islice(rest, 1)), rest)


def screened(
    accounts: Iterable[Tables], workers: Workers, given: tuple[object, ...], output: Output
) -> Counter[str]:
    """Screen and write piece by piece; counts by label."""
    from cli.terminal import counting

    counts: Counter[str] = Counter()
    with counting("screened") as advance:
        for lines, labels in workers.map(told, accounts, *given):
            output.write(lines)
            counts.update(labels)
            advance(len(lines))
    return counts


def chosen_form(as_json: bool, as_csv: bool, out: Path | None) -> Form:
    """What is written: as the flags say, else as the file's name does, else a table."""
    if as_json and as_csv:
        raise WrongUsage("--json and --csv cannot be had together.")
    if as_json or as_csv:
        return "json" if as_json else "csv"
    if out is None:
        return "table"
    if out.suffix.lower() not in FORMS:
        raise WrongUsage(f"--out must end in {', '.join(FORMS)}, or say --json or --csv. Got {out}.")
    return FORMS[out.suffix.lower()]


def labels(fail_on: str) -> tuple[str, ...]:
    """The labels that are named, separated by commas."""
    named = tuple(name.strip() for name in fail_on.split(",") if name.strip())
    if not named:
        raise WrongUsage("--fail-on must name a label: an empty one would let everything pass.")
    for name in named:
        if name not in tuple(Label):
            raise WrongUsage(f"--fail-on must name labels: {', '.join(Label)}. Got {name}.")
    return named


@contextmanager
def destination(out: Path | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole or not at all."""
    if out is None:
        yield sys.stdout
        return
    from cli.writing import whole_file

    with whole_file(out) as draft, draft.open("w", encoding="utf-8", newline="") as stream:
        yield stream
