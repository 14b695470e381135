"""From the registry to where screening and serving read: a model is kept, tried, then named champion."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from accounts.errors import NoUsableModel
from detector.bundle import load, starter_path
from detector.model_store import Champion, ModelStore
from training.fitness import fit_to_judge
from training.tracking import ModelRegistry, ModelVersion

__all__ = ["promote", "roll_back"]


def promote(
    store: ModelRegistry, which: str, home: Path, notes: Mapping[str, str] | None = None
) -> ModelVersion:
    """Make a registered version the champion that screens and serves.

    The bundle is written to ``models/<sha256>/`` and loaded from there in a process of its own; then
    the registry calls it champion, and last ``champion.json`` names it. Where it fails, what screens is
    what did before.

    Parameters
    ----------
    store
        The registry.
    which
        Number or alias of the version.
    home
        Assay's own folder.
    notes
        Written into the version's tags, such as against which failed gates it is promoted.

    Raises
    ------
    NoUsableModel
        If there is no such version, its bundle does not hold, or it accuses or clears nobody.
    """
    version = store.find(which)
    models = ModelStore(home)
    bundle = store.fetch(version)
    if not fit_to_judge(bundle):
        raise NoUsableModel(
            f"Version {version.number} of {store.name} cannot be the champion: it accuses or clears nobody."
        )
    model = models.add(bundle).name
    models.check_in_child(model)
    with store.calling_champion(version):
        store.note_promotion(version, notes or {})
        models.make_champion(model)
    return version.as_champion()


def roll_back(store: ModelRegistry, home: Path) -> tuple[str, ModelVersion | None]:
    """Point back to what screened before the champion, and name that as the one before: twice undoes it.

    Before the first champion of a home the starter screened. The registry is asked and told first: where
    it cannot be, nothing is rolled back.

    Parameters
    ----------
    store
        The registry, which calls its version champion again if it knows it, and else none.
    home
        Assay's own folder.

    Returns
    -------
    sha256 of the champion, and its version; None where the registry does not know it.

    Raises
    ------
    NoUsableModel
        If there is no champion but the starter, or the one before is gone or no longer holds.
    """
    models = ModelStore(home)
    champion = models.champion()
    before = None if champion is None else champion.previous or _starter_before(models, champion)
    if before is None:
        raise NoUsableModel(f"There is no champion before this one in {home}.")
    model = models.check_in_child(before).name
    version = next((one for one in store.versions() if one.sha256 == model), None)
    with store.calling_champion(version):
        models.make_champion(model)
    return model, version and version.as_champion()


def _starter_before(models: ModelStore, champion: Champion) -> str | None:
    """The starter, which screened before a home's first champion; None where that is the starter itself."""
    starter = load(starter_path())
    return None if starter.sha256 == champion.sha256 else models.add(starter).name
