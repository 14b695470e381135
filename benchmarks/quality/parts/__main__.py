"""The benchmark of quality, part by part.

    .venv/bin/python -m benchmarks.quality.parts [NAME ...] [--again] [--look-sealed] [--model FOLDER]

Each part has one JSON file in ``benchmarks/quality/results/``, written after every task. Results of the same
detector, files and settings are not measured again unless ``--again`` is given. Afterwards
``docs/quality.md`` and ``docs/model-card.md`` are written from these files; ``--write-page`` does only that.
With ``--model`` another detector than the starter is measured: its figures are printed, and stored only in
the folder that ``--results`` names.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from accounts.errors import AssayError
from benchmarks.quality.harness.benchmarked_model import benchmarked_detector, use_model
from benchmarks.quality.harness.measuring import Reporter, measure_part
from benchmarks.quality.harness.part import Part, Result
from benchmarks.quality.harness.registry import chosen_names, registered_parts
from benchmarks.quality.harness.stored_results import RESULTS, ModelId


def main(  # noqa: PLR0913, PLR0917
    names: Annotated[list[str] | None, typer.Argument(help="Parts; without any all of them.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure what is kept, too.")] = False,
    look: Annotated[
        bool, typer.Option("--look-sealed", help="Open the sealed accounts, and log it.")
    ] = False,
    write_page: Annotated[bool, typer.Option("--write-page", help="Only write the pages.")] = False,
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
    results: Annotated[Path | None, typer.Option(help="Where that bundle's figures are kept.")] = None,
    every: Annotated[bool, typer.Option("--every", help="Print each account or series that fails.")] = False,
) -> None:
    """Measure parts of the benchmark, print them, and write the pages."""
    from benchmarks.quality.page.writing import write_pages

    console = Console()
    use_model(model)
    folder = results or (RESULTS if model is None else Path(tempfile.mkdtemp(prefix="assay-quality-")))
    try:
        parts = registered_parts()
        for name in [] if write_page else chosen_names(names, parts):
            figures = measure_under_a_bar(console, name, parts[name], folder, again=again, hold_out=look)
            show(console, parts[name], figures, every=every)
        if folder == RESULTS:
            write_pages(parts)
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None


def model_of(part: Part) -> ModelId:
    """The model that the part's figures are of: one of its own, or the detector."""
    if part.own_model is not None:
        return ModelId(*part.own_model)
    bundle = benchmarked_detector().bundle
    return ModelId(bundle.facts.version, bundle.sha256)


def measure_under_a_bar(  # noqa: PLR0913
    console: Console, name: str, part: Part, results: Path, *, again: bool, hold_out: bool
) -> Result | None:
    """The figures of a part, None where nothing could be measured; a bar shows the progress."""
    columns = (SpinnerColumn(), TextColumn("{task.description:64}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        line = progress.add_task(name, total=1.0)
        reporter = Reporter(
            lambda doing, share: progress.update(line, description=doing, completed=share),
            lambda sentence: console.print(sentence, style="yellow", markup=False),
        )
        stored = measure_part(
            name, part, model_of(part), results=results, again=again, hold_out=hold_out, reporter=reporter
        )
        progress.update(line, description=name, completed=1.0)
    return stored.for_page(in_one_piece=part.in_one_piece)


def show(console: Console, part: Part, figures: Result | None, *, every: bool) -> None:
    """Print a part's section, and with ``every`` its details."""
    console.rule(part.title)
    console.print(Markdown(part.page(figures)) if figures else "Nothing was measured.")
    for line in part.details(figures) if every and figures and part.details else ():
        console.print(line, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    typer.run(main)
