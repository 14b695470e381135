"""The benchmark of quality, part by part.

    .venv/bin/python -m benchmarks.quality.parts [NAME ...] [--again] [--look-sealed] [--model FOLDER]

Each part keeps one JSON file in ``benchmarks/quality/results/``, written after every set. What is there
and rests on the same detector, files and settings is not measured again unless asked for. Afterwards
``docs/quality.md`` and ``docs/model-card.md`` are written from these files; ``--write-page`` does only that.
With ``--model`` another detector than the starter is measured: its figures are shown, and kept in a folder of
their own if ``--results`` names one.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from accounts.errors import AssayError, WrongUsage
from benchmarks.quality.kept import RESULTS, Kept, Model, key_of
from benchmarks.quality.part import Part, Result, whole
from benchmarks.quality.under_test import detector, measure_with

__all__ = ["TITLES", "measure", "registered"]

TITLES: Final[Mapping[str, str]] = MappingProxyType({
    "in_domain": "In domain: trained and tested on one set",
    "zero_shot": "Zero-shot: public sets, none of them trained on",
    "recalibrated": "Recalibrated: thresholds from a set's own authentic accounts",
    "real_injected": "Real accounts: as they are, and with followers, likes and views added",
    "injected": "Injected: the starter beside heads trained on the set itself",
    "adapted": "Adapted: to a set's own authentic accounts",
    "natural": "Natural: simulated accounts with honest events as rare as they are",
    "honest_kinds": "Honest kinds: false accusations by event and person",
    "never_seen": "Never seen: schemes and honest events left out of training",
    "promise": "The promise",
    "evidence_levels": "Evidence levels",
    "union": "The union of the signals, and each alone",
    "doses": "Dose and response",
    "forty": "Forty accounts, judged by hand",
    "comments": "Comments: what they are",
    "yardsticks": "Yardsticks: honest accounts outside of them",
    "jumps": "Jumps: how often honest followers do",
    "gates": "The simulator's gates",
})  # fmt: skip

Told = Callable[[str], None]
Bar = Callable[[str, float], None]


def registered() -> dict[str, Part]:
    """The parts by name, in the order of the page.

    A part is a module of this folder: either it has a ``PART``, or ``run`` and ``page``, and then is
    measured in one piece; ``SETS``, ``SETTINGS`` and ``draw`` are taken where it has them.
    """
    modules = {name: import_module(f"benchmarks.quality.{name}") for name in TITLES if exists(name)}
    return {name: part_of(name, module) for name, module in modules.items() if holds_part(module)}


def exists(name: str) -> bool:
    """Whether there is such a module."""
    return find_spec(f"benchmarks.quality.{name}") is not None


def holds_part(module: ModuleType) -> bool:
    """Whether a module is finished."""
    return hasattr(module, "PART") or (hasattr(module, "run") and hasattr(module, "page"))


def part_of(name: str, module: ModuleType) -> Part:
    """The part that a module holds."""
    part = getattr(module, "PART", None) or whole(
        TITLES[name],
        module.run,
        module.page,
        sets=getattr(module, "SETS", ()),
        settings=getattr(module, "SETTINGS", {}),
        draw=getattr(module, "draw", None),
    )
    assert isinstance(part, Part)
    return part


def measure(  # noqa: PLR0913
    name: str,
    part: Part,
    model: Model,
    *,
    results: Path = RESULTS,
    again: bool = False,
    look: bool = False,
    bar: Bar = lambda *_: None,
    tell: Told = lambda _: None,
) -> Kept:
    """Measure the tasks of a part that are not kept yet.

    Parameters
    ----------
    name, part
        Which part.
    model
        The detector that its figures speak of.
    results
        Folder of the kept figures.
    again
        Whether to measure what is kept, too.
    look
        Whether to look at sealed accounts, too. What was looked at with the same model and settings
        is never looked at again.
    bar
        Called with what is being done and how much of the part is done, 0 to 1.
    tell
        Called with each sentence for the reader.
    """
    kept = Kept.at(results / f"{name}.json")
    kept.keep_only(part.tasks)
    for number, (title, task) in enumerate(part.tasks.items()):

        def moved(doing: str, share: float, at: int = number, of: str = title) -> None:
            bar(f"{name} {of}: {doing}" if of else f"{name}: {doing}", (at + share) / len(part.tasks))

        moved("beginning", 0.0)
        key = key_of(task, part, model)
        if again or not kept.has(title, key):
            _try(kept, title, key, task.measure, model, moved, tell, sealed=False)
        if look and task.look and not kept.has(title, key, sealed=True) and title not in kept.refused:
            _try(kept, title, key, task.look, model, moved, tell, sealed=True)
    return kept


def _try(  # noqa: PLR0913, PLR0917
    kept: Kept,
    title: str,
    key: str,
    run: Callable[[Bar], Result],
    model: Model,
    moved: Bar,
    tell: Told,
    *,
    sealed: bool,
) -> None:
    """Measure one task; a set that is refused ends only the tasks that need it."""
    begun = time.monotonic()
    try:
        result = run(moved)
    except AssayError as error:
        sentence = str(error).splitlines()[0]
        tell(f"{title or 'The part'} is left out: {sentence}")
        kept.refuse(title, sentence)
        return
    kept.put(title, key, model, result, time.monotonic() - begun, sealed=sealed)


def main(  # noqa: PLR0913, PLR0917
    names: Annotated[list[str] | None, typer.Argument(help="Parts; without any all of them.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure what is kept, too.")] = False,
    look: Annotated[
        bool, typer.Option("--look-sealed", help="Open the sealed accounts, and log it.")
    ] = False,
    write_page: Annotated[bool, typer.Option("--write-page", help="Only write the pages.")] = False,
    model: Annotated[Path | None, typer.Option(help="A bundle; without it the starter.")] = None,
    results: Annotated[Path | None, typer.Option(help="Where that bundle's figures are kept.")] = None,
) -> None:
    """Measure parts of the benchmark, print them, and write the pages."""
    from benchmarks.quality.pages import write

    console = Console()
    measure_with(model)
    folder = results or (RESULTS if model is None else Path(tempfile.mkdtemp(prefix="assay-quality-")))
    try:
        parts = registered()
        for name in [] if write_page else chosen(names, parts):
            show(console, name, parts[name], folder, again=again, look=look)
        if folder == RESULTS:
            write(parts)
    except AssayError as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(error.exit_code) from None


def chosen(names: Sequence[str] | None, parts: Mapping[str, Part]) -> list[str]:
    """The parts named, all of them without any name.

    Raises
    ------
    WrongUsage
        If there is none of such a name.
    """
    for name in names or ():
        if name not in parts:
            raise WrongUsage(f"{name} is no part of the benchmark. There are: {', '.join(parts)}.")
    return list(names or parts)


def model_of(part: Part) -> Model:
    """What the part's figures are of: a model of its own, or the detector."""
    if part.own_model is not None:
        return Model(*part.own_model)
    bundle = detector().bundle
    return Model(bundle.facts.version, bundle.sha256)


def show(  # noqa: PLR0913
    console: Console, name: str, part: Part, results: Path, *, again: bool, look: bool
) -> None:
    """Measure one part under a bar, and print its section."""
    columns = (SpinnerColumn(), TextColumn("{task.description:64}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        line = progress.add_task(name, total=1.0)
        kept = measure(
            name, part, model_of(part), results=results, again=again, look=look,
            bar=lambda doing, share: progress.update(line, description=doing, completed=share),
            tell=lambda sentence: console.print(sentence, style="yellow", markup=False),
        )  # fmt: skip
        progress.update(line, description=name, completed=1.0)
    figures = kept.for_page(in_one_piece=part.in_one_piece)
    console.rule(part.title)
    console.print(Markdown(part.page(figures)) if figures else "Nothing was measured.")


if __name__ == "__main__":
    typer.run(main)
