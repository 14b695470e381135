"""What ``assay adapt`` does: gather, refit, save, register, and say what to expect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.table import Table

from accounts.reading import read
from cli.display.plain_table import plain_table, thresholds_table
from cli.display.terminal import console, counting, progressing, text
from cli.display.verdict_text import SIGNAL_NAMES, model_promise
from cli.environment import Environment, utc_now
from cli.work.labels import verified_chunks
from detector.bundle import Bundle, save
from detector.locate import open_detector
from detector.signals import signal_named
from training import starter
from training.adapt import Adapted, refuse_too_few
from training.adapt import adapt as adapt_detector
from training.adapt_trial import BANDS, Trial
from training.gather import gather_tables
from training.metrics import Rate
from training.promote import promote
from training.register import adaptation_metrics, adaptation_notes
from training.tracking import ModelRegistry

__all__ = ["AdaptOptions", "run"]

SIMULATED = 3_000
"""How many of the starter's simulated accounts the heads are refitted on too."""


@dataclass(frozen=True)
class AdaptOptions:
    """The options of ``assay adapt``."""

    path: Path
    labels: Path | None
    out: Path
    inflated: Path | None
    alpha: float | None
    seed: int
    model: Path | None
    columns: Path | None
    promote: bool
    track: bool
    tracking: str | None
    name: str


def run(options: AdaptOptions) -> None:
    """Write the adapted bundle to ``options.out`` and show what it finds."""
    environment = Environment.read()
    store = environment.mlflow_store(options.tracking, options.name) if options.track else None
    if store is not None:
        store.check()
    base = open_detector(options.model, environment.home).bundle
    adapted, digest = adapt_bundle(base, options)
    save(adapted.bundle, options.out)
    registered = None
    if store is not None:
        registered = register(store, base, adapted, digest, environment.home if options.promote else None)
    show(adapted, registered)


def adapt_bundle(base: Bundle, options: AdaptOptions) -> tuple[Adapted, str]:
    """The adapted detector, and the digest of the accounts that it is adapted to."""
    with counting("read") as advance:
        chunks = verified_chunks(options.path, options.labels, options.columns)
        tables, digest = gather_tables(chunks, advance)
        inflated = None
        if options.inflated:
            inflated, _ = gather_tables(read(options.inflated, columns=options.columns), advance)
    refuse_too_few(base, tables, alpha=options.alpha, place=options.path.name)
    created_at = utc_now()
    with progressing("adapting") as progress:
        progress("simulating", 0.0)
        adapted = adapt_detector(
            base,
            tables,
            starter.some_accounts(SIMULATED),
            created_at=created_at,
            digest=digest,
            alpha=options.alpha,
            seed=options.seed,
            inflated=inflated,
            place=options.path.name,
            progress=progress,
        )
    return adapted, digest


def register(
    store: ModelRegistry, base: Bundle, adapted: Adapted, digest: str, champion_home: Path | None
) -> str:
    """Track and register; the registered version in words. It becomes champion if a home for it is given."""
    metrics, notes = adaptation_metrics(adapted), adaptation_notes(adapted, digest)
    version = store.record_adapted(adapted.bundle, base.sha256, metrics, notes).version
    if champion_home:
        promote(store, str(version.number), champion_home)
    return f"{store.name} version {version.number}{', champion' if champion_home else ''}"


def show(adapted: Adapted, registered: str | None) -> None:
    """Show thresholds, recall, blind spots, the promise, and which accounts to check."""
    shown = console()
    shown.print(thresholds_table(adapted.bundle))
    shown.print(text("Accused of altered copies of accounts that the heads had not seen:"))
    shown.print(recall_table(adapted.trial))
    for sentence in blind_spots(adapted.trial):
        shown.print(text(sentence))
    if adapted.known_inflated is not None:
        accused, of = adapted.known_inflated
        shown.print(text(f"Of the {of:,} accounts known to be inflated, {accused:,} are accused."))
    shown.print(text(model_promise(adapted.bundle.facts)))
    shown.print(text("Each account was scored by heads that had not seen it; the heads that speak saw all."))
    if registered:
        shown.print(text(f"Registered as {registered}."))
    show_outlying(adapted)


def show_outlying(adapted: Adapted) -> None:
    """Name the accounts that look unlike the others, on standard error."""
    if adapted.outlying:
        typer.echo(
            "These look unlike the others. Take out only what you find not to be authentic by looking at the"
            " account, never for its place on this list: that would break the promise.",
            err=True,
        )
    for one in adapted.outlying:
        typer.echo(str(text(f"  {one.account_id}: {one.why}")), err=True)


def recall_table(trial: Trial) -> Table:
    """Ways by strengths: the share accused, its 95 % interval, and the number of copies."""
    table = plain_table(["way"], ["copies", *BANDS])
    for way in dict.fromkeys(way for way, _ in trial.recall):
        rates = {band: rate for (one, band), rate in trial.recall.items() if one == way}
        cells = [rate_cell(rates.get(band) or rates.get("")) for band in BANDS]
        if "" in rates:  # a way without strengths has one rate, which stands in the first column
            cells[1:] = [""] * (len(BANDS) - 1)
        table.add_row(*map(text, (way, f"{sum(rate.n for rate in rates.values()):,}", *cells)))
    return table


def rate_cell(rate: Rate | None) -> str:
    """A rate with its interval, in per cent; empty where nothing was counted."""
    if rate is None or not rate.n:
        return ""
    facts = rate.as_dict()
    return f"{100 * facts['rate']:.0f} % [{100 * facts['low']:.0f}, {100 * facts['high']:.0f}]"


def blind_spots(trial: Trial) -> Iterator[str]:
    """What the detector cannot see, or hardly ever sees, in sentences."""
    for name in trial.unheard:
        needs = " or ".join("+".join(sorted(blocks)) for blocks in signal_named(name).needs)
        yield f"Cannot be seen: {SIGNAL_NAMES[name]}; none of the accounts shows enough of {needs}."
    if trial.rarely_found:
        ways = ", ".join(" ".join(filter(None, mark)) for mark in trial.rarely_found)
        yield f"Hardly ever seen (at most one in ten): {ways}."
