"""What ``assay compare --shadow`` and ``assay model shadow`` do: the challenger beside the champion, live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from rich.table import Table

from accounts.errors import WrongUsage
from cli.display.plain_table import plain_table
from cli.display.terminal import console, text
from cli.environment import Environment
from detector.bundle import Bundle, load
from detector.labels import Label
from detector.model_store import ChallengerStore
from serving.settings import Settings
from serving.store.shadow_rows import ShadowPair, newest_challenger, shadow_pairs
from serving.store.store import open_store

__all__ = ["name_challenger", "show", "stop_challenger"]

MOST_SHOWN: Final = 10


def show(tenant: str) -> None:
    """Show what the challenger that spoke last said of a tenant's accounts, beside what was answered.

    Raises
    ------
    WrongUsage
        If none has said anything.
    """
    store = open_store(Settings.read())
    try:
        with store.database.reading() as connection:
            challenger = newest_challenger(connection, tenant)
            pairs = shadow_pairs(connection, tenant, challenger) if challenger else []
    finally:
        store.database.close()
    if not pairs or challenger is None:
        raise WrongUsage(
            f"No challenger has judged live requests of {tenant}: assay model shadow VERSION names one, and"
            " the setting shadow lets it."
        )
    shown = console()
    shown.print(text(f"Challenger {challenger[:12]} beside {models_of(pairs)}."))
    for sentence in agreement(pairs):
        shown.print(text(sentence))
    shown.print(crossed(pairs))
    if others := disagreements(pairs):
        shown.print(text(f"The largest of {len(others):,} disagreements:"))
        shown.print(disagreements_table(others[:MOST_SHOWN]))


def models_of(pairs: Sequence[ShadowPair]) -> str:
    """The models that answered, by the start of their sha256."""
    return ", ".join(sorted({one.model_sha256[:12] for one in pairs}))


def agreement(pairs: Sequence[ShadowPair]) -> list[str]:
    """How many labels are the same, and how far the suspicions lie apart."""
    same = sum(one.label == one.challenger_label for one in pairs)
    sentences = [f"Of {len(pairs):,} accounts {same:,} got the same label ({100 * same / len(pairs):.1f} %)."]
    apart = [abs(one) for one in map(difference, pairs) if one is not None]
    if apart:
        half, most = np.quantile(apart, [0.5, 0.95])
        sentences.append(f"Suspicions lie {half:.3f} apart (median), 95 % at most {most:.3f}.")
    return sentences


def difference(pair: ShadowPair) -> float | None:
    """The challenger's suspicion less the champion's; None where either has none."""
    if pair.suspicion is None or pair.challenger_suspicion is None:
        return None
    return pair.challenger_suspicion - pair.suspicion


def crossed(pairs: Sequence[ShadowPair]) -> Table:
    """Labels of the champion, a row each, by those of the challenger."""
    counts = Counter((one.label, one.challenger_label) for one in pairs)
    table = plain_table(["answered \\ challenger"], [label.value for label in Label])
    for label in Label:
        table.add_row(text(label.value), *(text(f"{counts[label.value, other.value]:,}") for other in Label))
    return table


def disagreements(pairs: Sequence[ShadowPair]) -> list[ShadowPair]:
    """Accounts with another label, those whose suspicions lie farthest apart first."""
    others = [one for one in pairs if one.label != one.challenger_label]
    return sorted(others, key=lambda one: (-abs(difference(one) or 0.0), one.verdict_id))


def disagreements_table(pairs: Sequence[ShadowPair]) -> Table:
    """Each with its verdict's id, by which the service gives the account."""
    table = plain_table(
        ["verdict", "platform", "evidence", "answered", "challenger"], ["suspicion", "its own"]
    )
    for one in pairs:
        cells = (one.verdict_id, one.platform, one.level, one.label, one.challenger_label)
        numbers = ("-" if number is None else f"{number:.3f}" for number in suspicions(one))
        table.add_row(*map(text, (*cells, *numbers)))
    return table


def suspicions(pair: ShadowPair) -> tuple[float | None, float | None]:
    """What was answered, and the challenger's."""
    return pair.suspicion, pair.challenger_suspicion


def name_challenger(which: str, tracking: str | None, name: str) -> None:
    """Let a bundle's folder, or a registered version, be the challenger of the service."""
    environment = Environment.read()
    bundle = challenger_bundle(which, environment, tracking, name)
    models = ChallengerStore(environment.home)
    models.add(bundle)
    models.check_in_child(bundle.sha256)
    models.make_champion(bundle.sha256)
    console().print(
        text(f"{bundle.facts.version} ({bundle.sha256[:12]}) judges beside the champion where shadow is set.")
    )


def challenger_bundle(which: str, environment: Environment, tracking: str | None, name: str) -> Bundle:
    """The bundle of a folder, else of a registered version's number or alias."""
    if Path(which).is_dir():
        return load(Path(which))
    store = environment.mlflow_store(tracking, name)
    return store.fetch(store.find(which))


def stop_challenger() -> None:
    """Let no challenger judge any more; what it said stays."""
    ChallengerStore(Environment.read().home).pointer.unlink(missing_ok=True)
