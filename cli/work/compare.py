"""What ``assay compare`` and ``assay promote`` do: try every gate, and promote where all hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from accounts.population import Population
from cli.display.plain_table import plain_table
from cli.display.terminal import console, progressing, say, text
from cli.environment import Environment, utc_now
from cli.work.labels import label_rows, read_accounts
from cli.work.model_versions import promote as promote_version
from detector.bundle import starter_path
from detector.locate import open_detector
from detector.screening import Detector
from training.datasets.base import data_folder
from training.gates.compare import compare, failed
from training.gates.gate import Gate
from training.gates.limits import GateLimits, read_limits
from training.own_labels.own_accounts import label_accounts
from training.own_labels.resolve import resolve

__all__ = ["CHAMPION", "CompareOptions", "detector_named", "promote", "run"]

STARTER = "starter"
CHAMPION = "champion"
STYLES = {True: "green", False: "bold red", None: "dim"}


@dataclass(frozen=True)
class CompareOptions:
    """The options of ``assay compare``."""

    challenger: str
    champion: str
    accounts: Path | None
    labels: Path | None
    columns: Path | None
    gates: Path | None
    tracking: str | None
    name: str


def run(options: CompareOptions) -> list[Gate]:
    """Try every gate and show the outcomes; those that failed."""
    environment = Environment.read()
    limits = GateLimits() if options.gates is None else read_limits(options.gates)
    challenger, champion = (
        detector_named(name, environment, options.tracking, options.name)
        for name in (options.challenger, options.champion)
    )
    own = held_out(options)
    with progressing("comparing") as progress:
        found = compare(challenger, champion, limits=limits, data=data_folder(), own=own, progress=progress)
    shown = console()
    shown.print(
        text(f"{challenger.bundle.facts.version} against the champion {champion.bundle.facts.version}:")
    )
    shown.print(gates_table(found))
    wrong = failed(found)
    measured = sum(gate.passed is not None for gate in found)
    shown.print(text(f"{measured - len(wrong)} of {measured} gates passed."))
    return wrong


def promote(options: CompareOptions, *, force: bool) -> bool:
    """Promote a version that passes every gate, or by force; whether it is the champion now."""
    wrong = run(options)
    names = ", ".join(gate.name for gate in wrong)
    if wrong and not force:
        say(f"Not promoted: {names} failed. --force promotes it all the same, and notes that.")
        return False
    notes = {"promoted_at": utc_now(), "promoted_against": names or "nothing"}
    promote_version(options.challenger, options.tracking, options.name, notes)
    if wrong:
        say(f"Promoted against {names}; the version's tags say so.")
    return True


def detector_named(name: str, environment: Environment, tracking: str | None, model: str) -> Detector:
    """The detector of a folder, the starter, what screens now, or a registered version of a model.

    Raises
    ------
    NoUsableModel
        If there is none of that name, or it does not hold.
    """
    if name == CHAMPION:
        return open_detector(None, environment.home)
    if name == STARTER:
        return open_detector(starter_path(), environment.home)
    if Path(name).is_dir():
        return open_detector(Path(name), environment.home)
    store = environment.mlflow_store(tracking, model)
    return Detector(store.fetch(store.find(name)))


def held_out(options: CompareOptions) -> Population | None:
    """Own labelled accounts that train no detector; None where none are given."""
    if options.accounts is None:
        return None
    tables = read_accounts(options.accounts, options.columns)
    labels = resolve(label_rows(options.labels)).labels
    return label_accounts(tables, labels, options.accounts.name).hold_out


def gates_table(found: list[Gate]) -> Table:
    """One row for each gate."""
    table = plain_table(["gate", "outcome", "found", "what must hold"])
    for gate in found:
        table.add_row(
            text(gate.name), text(gate.outcome, STYLES[gate.passed]), text(gate.found), text(gate.why)
        )
    return table
