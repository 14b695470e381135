"""``assay adapt``: a detector refitted to accounts that a customer has verified as authentic."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accounts.errors import WrongUsage
from cli.options import Columns, Model, Name, PathArgument, Tracking

if TYPE_CHECKING:
    from rich.table import Table

    from accounts.reading import Chunk
    from accounts.tables import Tables
    from training.adapt import Adapted
    from training.adapt_trial import Trial

__all__ = ["app"]

SIMULATED = 3_000
"""Of the starter's simulated accounts, how many the heads are refitted on too."""

app = typer.Typer()


@app.command()
def adapt(  # noqa: PLR0913
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option(metavar="BUNDLE", help="New folder, or one that holds a bundle.")],
    inflated: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accounts known to be inflated: they say how many are found."),
    ] = None,
    alpha: Annotated[
        float | None,
        typer.Option(help="Largest false-accusation rate, such as 0.05; else the model's."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seeds every draw.")] = 1,
    model: Model = None,
    columns: Columns = None,
    promote: Annotated[bool, typer.Option(help="Make the new bundle champion at once.")] = False,
    track: Annotated[bool, typer.Option(help="Track the run in MLflow and register the bundle.")] = True,
    tracking: Tracking = None,
    name: Name = "assay",
) -> None:
    """Refit the detector to accounts that you have verified as authentic, 100 of them at least.

    All schemes are put into copies of them; thresholds rest on the accounts themselves.
    """
    if alpha is not None and not 0 < alpha < 1:
        raise WrongUsage(f"--alpha must lie between 0 and 1. Got {alpha:g}.")
    if promote and not track:
        raise WrongUsage("--promote needs the run tracked: leave out --no-track.")
    from datetime import UTC, datetime

    from accounts.reading import read
    from cli.settings import Settings
    from cli.terminal import counting, progressing
    from detector.bundle import save
    from detector.locate import open_detector
    from training.adapt import adapt as adapted_to
    from training.adapt import refuse_too_few
    from training.promote import promote as crown
    from training.starter import some_accounts

    settings = Settings.read()
    base = open_detector(model, settings.home).bundle
    with counting("read") as advance:
        tables, digest = gathered(read(path, columns=columns), advance)
        known = gathered(read(inflated, columns=columns), advance)[0] if inflated else None
    refuse_too_few(base, tables, alpha=alpha, place=path.name)
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    with progressing("adapting") as progress:
        progress("simulating", 0.0)
        found = adapted_to(
            base,
            tables,
            some_accounts(SIMULATED),
            created_at=now,
            digest=digest,
            alpha=alpha,
            seed=seed,
            inflated=known,
            place=path.name,
            progress=progress,
        )
    save(found.bundle, out)
    registered = None
    if track:
        store = settings.store(tracking, name)
        version = store.record_adapted(
            found.bundle, base.sha256, figures(found), notes(found, digest)
        ).version
        registered = f"{name} version {version.number}{', champion' if promote else ''}"
        if promote:
            crown(store, str(version.number), settings.home)
    say(found, registered)


def gathered(chunks: Iterable[Chunk], advance: Any) -> tuple[Tables, str]:
    """All accounts at once, for copies of them are altered, and a digest of them."""
    import hashlib

    from accounts.digest import account_digests
    from accounts.tables import Tables

    pieces, digest = [], hashlib.sha256()
    for chunk in chunks:
        pieces.append(chunk.tables)
        for one in account_digests(chunk.tables):
            digest.update(one)
        advance(len(chunk.tables))
    return Tables.concat(pieces), digest.hexdigest()


def figures(found: Adapted) -> dict[str, float]:
    """What MLflow keeps: recall by way and strength with its interval, and every threshold."""
    kept: dict[str, float] = {"outlying": len(found.outlying)}
    for (way, band), rate in found.trial.recall.items():
        facts = rate.as_dict()
        name = ".".join(filter(None, ("recall", way, band.strip("+ %"))))
        kept |= {name: facts["rate"], f"{name}.low": facts["low"], f"{name}.high": facts["high"]}
    for row in found.bundle.levels:
        if row.threshold is not None:
            kept |= {f"threshold.{row.level}": row.threshold, f"n0.{row.level}": row.n0}
    return kept


def notes(found: Adapted, digest: str) -> dict[str, Any]:
    """What is kept in words."""
    return {
        "data_sha256": digest,
        "outlying": list(map(asdict, found.outlying)),
        "unheard": list(found.trial.unheard),
        "known_inflated": found.known_inflated,
    }


def say(found: Adapted, registered: str | None) -> None:
    """What it finds, what it cannot see, what it promises, and which accounts to look at again."""
    from cli.recalibrate import levels_table
    from cli.terminal import console, text
    from cli.wording import promise

    shown = console()
    shown.print(levels_table(found.bundle))
    shown.print(text("Accused of altered copies of accounts that the heads had not seen:"))
    shown.print(recall_table(found.trial))
    for sentence in unseen(found.trial):
        shown.print(text(sentence))
    if found.known_inflated is not None:
        accused, of = found.known_inflated
        shown.print(text(f"Of the {of:,} accounts known to be inflated, {accused:,} are accused."))
    shown.print(text(promise(found.bundle.facts)))
    shown.print(text("Each account was scored by heads that had not seen it; the heads that speak saw all."))
    if registered:
        shown.print(text(f"Registered as {registered}."))
    if found.outlying:
        typer.echo(
            "These look unlike the others. Take out only what you find not to be authentic by looking at the"
            " account, never for its place on this list: that would break the promise.",
            err=True,
        )
    for one in found.outlying:
        typer.echo(str(text(f"  {one.account_id}: {one.why}")), err=True)


def recall_table(trial: Trial) -> Table:
    """Ways by strengths: the share accused, its 95 % interval, and of how many copies."""
    from rich.table import Table

    from cli.terminal import text
    from training.adapt_trial import BANDS

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("way")
    for title in ("copies", *BANDS):
        table.add_column(title, justify="right")
    for way in dict.fromkeys(way for way, _ in trial.recall):
        own = {band: rate for (one, band), rate in trial.recall.items() if one == way}
        cells = [cell(own.get(band) or own.get("")) for band in BANDS]
        cells = cells[:1] + [""] * (len(cells) - 1) if "" in own else cells
        table.add_row(*map(text, (way, f"{sum(rate.n for rate in own.values()):,}", *cells)))
    return table


def cell(rate: Any) -> str:
    """A rate with its interval, in per cent; nothing where there is none."""
    if rate is None or not rate.n:
        return ""
    facts = rate.as_dict()
    return f"{100 * facts['rate']:.0f} % [{100 * facts['low']:.0f}, {100 * facts['high']:.0f}]"


def unseen(trial: Trial) -> Iterator[str]:
    """What it cannot see, in sentences."""
    from cli.wording import SIGNAL_NAMES
    from detector.signals import signal_named

    for name in trial.unheard:
        needs = " or ".join("+".join(sorted(blocks)) for blocks in signal_named(name).needs)
        yield f"Cannot be seen: {SIGNAL_NAMES[name]}; none of the accounts shows enough of {needs}."
    if rarely := trial.rarely:
        told = ", ".join(" ".join(filter(None, mark)) for mark in rarely)
        yield f"Hardly ever seen (at most one in ten): {told}."
