"""``assay recalibrate``: thresholds set anew on accounts that a customer has verified as authentic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from accounts.errors import WrongUsage
from cli.options import Columns, Model, Name, PathArgument, Tracking

if TYPE_CHECKING:
    from rich.table import Table

    from accounts.reading import Chunk
    from detector.bundle import Bundle
    from training.doubts import Contamination, Doubt
    from training.recalibrate import Verified

__all__ = ["app"]

FAKES_FROM = 1_500
"""Simulated accounts of which the fakes say what recall to expect."""

app = typer.Typer()


@app.command()
def recalibrate(  # noqa: PLR0913
    path: PathArgument,
    *,
    out: Annotated[Path, typer.Option(metavar="BUNDLE", help="New folder, or one that holds a bundle.")],
    alpha: Annotated[
        float | None,
        typer.Option(help="Largest false-accusation rate, such as 0.05; else the model's."),
    ] = None,
    model: Model = None,
    columns: Columns = None,
    promote: Annotated[bool, typer.Option(help="Make the new bundle champion at once.")] = False,
    tracking: Tracking = None,
    name: Name = "assay",
) -> None:
    """Set the thresholds anew on accounts that you have verified as authentic, all of them.

    Nothing else of the model changes, and no account is ever left out.
    """
    if alpha is not None and not 0 < alpha < 1:
        raise WrongUsage(f"--alpha must lie between 0 and 1. Got {alpha:g}.")
    from datetime import UTC, datetime

    from accounts.reading import read
    from cli.settings import Settings
    from cli.terminal import counting
    from detector.bundle import save
    from detector.locate import open_detector
    from training.promote import promote as crown
    from training.recalibrate import recalibrate as recalibrated

    settings = Settings.read()
    before = open_detector(model, settings.home).bundle
    with counting("read") as advance:
        given = gathered(read(path, columns=columns), advance)
    now = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    anew = partial(
        recalibrated,
        before,
        given.verified,
        created_at=now,
        digest=given.digest,
        alpha=alpha,
        place=path.name,
    )
    anew()  # refuses before anything takes long
    after = anew(fakes=simulated_fakes())
    seen, doubts = doubted(before, given)
    save(after, out)
    store = settings.store(tracking, name)
    notes = {
        "data_sha256": given.digest,
        "contamination": asdict(seen),
        "look_again": list(map(asdict, doubts)),
    }
    version = store.record_recalibrated(after, before.sha256, figures(after, given, seen), notes).version
    if promote:
        crown(store, str(version.number), settings.home)
    say(after, seen, doubts, f"{name} version {version.number}{', champion' if promote else ''}")


@dataclass(frozen=True)
class Given:
    """The verified accounts: what the detector reads, what ties them, and what they are known by."""

    verified: Verified
    ties: list[Doubt]
    names: list[str]
    digest: str


def gathered(chunks: Iterable[Chunk], advance: Any) -> Given:
    """Features and evidence of all accounts, piece by piece; of their rows only what can tie them stays."""
    import hashlib

    import pandas as pd

    from accounts.digest import account_digests
    from accounts.tables import Tables
    from features.derive import derive
    from features.evidence import measure
    from features.views import Views
    from training.doubts import ties, tying
    from training.recalibrate import Verified

    numbers, levels, rest, digest = [], [], [], hashlib.sha256()
    for chunk in chunks:
        views = Views(chunk.tables)
        numbers.append(derive(views))
        levels += measure(views)["level"].tolist()
        rest.append(tying(chunk.tables))
        for one in account_digests(chunk.tables):
            digest.update(one)
        advance(len(chunk.tables))
    tables = Tables.concat(rest)
    names = tables.accounts["account_id"].to_list()
    verified = Verified(pd.concat(numbers), levels, tables.accounts["platform"].to_list())
    return Given(verified, ties(tables), names, digest.hexdigest())


def simulated_fakes() -> Verified:
    """Simulated accounts that are not authentic: nobody gave real ones, and recall must be said of some."""
    import polars as pl

    from accounts.population import Population
    from accounts.simulation import simulate_chunks
    from cli.terminal import progressing
    from features.derive import derive
    from features.evidence import measure
    from features.views import Views
    from training.recalibrate import Verified

    pieces = []
    with progressing("simulating fakes, for the expected recall") as progress:
        for piece in simulate_chunks(FAKES_FROM, 0, regime="test"):
            pieces.append(piece)
            progress("simulating fakes, for the expected recall", sum(map(len, pieces)) / FAKES_FROM)
    population = Population.concat(pieces)
    fakes = population.labels.filter(pl.col("inflated") | pl.col("automated"))["account_id"]
    views = Views(population.tables.select(fakes.to_list()))
    return Verified(derive(views), measure(views)["level"].tolist())


def doubted(before: Bundle, given: Given) -> tuple[Contamination, list[Doubt]]:
    """Whether the accounts look contaminated, and which to look at again."""
    from training.doubts import Doubt, contamination, drawn
    from training.recalibrate import shown_at

    seen = contamination(before.levels, shown_at(before, given.verified))
    doubts = list(given.ties)
    if seen.likely:
        tied = {doubt.account_id for doubt in doubts}
        doubts += [Doubt(name, "drawn by its name alone") for name in drawn(given.names, tied)]
    return seen, doubts


def figures(after: Bundle, given: Given, seen: Contamination) -> dict[str, float]:
    """What MLflow keeps: how many accounts, and the threshold of every level that has one."""
    found: dict[str, float] = {
        "accounts": len(given.verified),
        "far_out": seen.far_out,
        "counted": seen.of,
    }
    for row in after.levels:
        if row.threshold is not None:
            found |= {f"threshold.{row.level}": row.threshold, f"n0.{row.level}": row.n0}
    return found


def say(after: Bundle, seen: Contamination, doubts: list[Doubt], registered: str) -> None:
    """What was done, what it promises, and what to look at again."""
    from cli.terminal import console, text
    from cli.wording import promise

    shown = console()
    shown.print(levels_table(after))
    shown.print(text(promise(after.facts)))
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
    if doubts:
        typer.echo(
            "Look at these again; take out only what you find not to be authentic, never by a score:",
            err=True,
        )
    for doubt in doubts:
        typer.echo(str(text(f"  {doubt.account_id}: {doubt.why}")), err=True)


def levels_table(bundle: Bundle) -> Table:
    """Every level that now has a threshold, and whether accounts came with it by themselves."""
    from rich.table import Table

    from cli.terminal import text
    from cli.wording import share

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("evidence level", overflow="fold")
    for title in ("accounts", "came with it", "threshold", "expected recall"):
        table.add_column(title, justify="right")
    rows = [row for row in bundle.levels if row.threshold is not None]
    for row in sorted(rows, key=lambda row: (row.masked_only, -row.n0, row.level)):
        natural = "masked only" if row.masked_only else share(row.natural_share or 0.0)
        recall = "unknown" if row.expected_recall is None else share(row.expected_recall)
        table.add_row(*map(text, (row.level, f"{row.n0:,}", natural, f"{row.threshold:.3f}", recall)))
    return table
