"""What ``assay recalibrate`` does: gather, set thresholds, save, register, and say what to check."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from cli.display.plain_table import thresholds_table
from cli.display.terminal import console, counting, progressing, text
from cli.display.verdict_text import model_promise
from cli.environment import Environment, utc_now
from cli.work.labels import verified_chunks
from detector.bundle import Bundle, save
from detector.locate import open_detector
from training import gather
from training.label_checks import Contamination, Suspect
from training.promote import promote
from training.recalibrate import recalibrate as recalibrate_bundle
from training.register import recalibration_metrics, recalibration_notes

__all__ = ["RecalibrateOptions", "run"]


@dataclass(frozen=True)
class RecalibrateOptions:
    """The options of ``assay recalibrate``."""

    path: Path
    labels: Path | None
    out: Path
    alpha: float | None
    model: Path | None
    columns: Path | None
    promote: bool
    tracking: str | None
    name: str


def run(options: RecalibrateOptions) -> None:
    """Write the recalibrated bundle to ``options.out``, register it, and show its thresholds."""
    environment = Environment.read()
    store = environment.mlflow_store(options.tracking, options.name)
    store.check()
    before = open_detector(options.model, environment.home).bundle
    with counting("read") as advance:
        gathered = gather.gather_verified(
            verified_chunks(options.path, options.labels, options.columns), advance
        )
    after = with_new_thresholds(before, gathered, options)
    seen, to_check = gather.accounts_to_check(before, gathered)
    save(after, options.out)
    metrics = recalibration_metrics(after, gathered, seen)
    notes = recalibration_notes(gathered, seen, to_check)
    version = store.record_recalibrated(after, before.sha256, metrics, notes).version
    if options.promote:
        promote(store, str(version.number), environment.home)
    champion = ", champion" if options.promote else ""
    show(after, seen, to_check, f"{options.name} version {version.number}{champion}")


def with_new_thresholds(
    before: Bundle, gathered: gather.GatheredAccounts, options: RecalibrateOptions
) -> Bundle:
    """The bundle with thresholds for accounts like the gathered ones.

    Raises
    ------
    BadInput
        If there are too few of them.
    """
    recalibrated = partial(
        recalibrate_bundle,
        before,
        gathered.verified,
        created_at=utc_now(),
        digest=gathered.digest,
        dated=gathered.newest,
        alpha=options.alpha,
        place=options.path.name,
    )
    recalibrated()  # refuses too few accounts before the fakes are simulated, which takes long
    with progressing(gather.SIMULATING) as progress:
        fakes = gather.simulate_fakes(gather.SIMULATED_ACCOUNTS, progress)
    return recalibrated(fakes=fakes)


def show(after: Bundle, seen: Contamination, to_check: list[Suspect], registered: str) -> None:
    """Show the thresholds, the promise, and which accounts a person should check."""
    shown = console()
    shown.print(thresholds_table(after))
    shown.print(text(model_promise(after.facts)))
    shown.print(
        text("Clearing still rests on the fakes that the model was trained on; recall, on simulated ones.")
    )
    shown.print(text(f"Registered as {registered}."))
    if seen.likely:
        typer.echo(
            f"{seen.far_out:,} of {seen.of:,} accounts are as suspicious as 1 in 500 of the authentic ones"
            " before: either authentic accounts here differ from those, or some of these are not authentic.",
            err=True,
        )
    if to_check:
        typer.echo(
            "Look at these again; take out only what you find not to be authentic, never by a score:",
            err=True,
        )
    for one in to_check:
        typer.echo(str(text(f"  {one.account_id}: {one.why}")), err=True)
