"""What a bundle says of features from outside."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.errors import NoUsableModel
from detector.manifest import OutsideFeatures
from features.catalogue import versions
from features.outside import files_in_use

__all__ = ["outside_features", "outside_versions"]


def outside_features(columns: tuple[str, ...]) -> dict[str, OutsideFeatures] | None:
    """The files in use whose features are among a bundle's columns, by name; None where none is."""
    own = {
        one.path.name: OutsideFeatures(
            sha256=one.sha256,
            features=tuple(each.name for each in one.features if each.name in columns),
        )
        for one in files_in_use()
    }
    return {name: one for name, one in own.items() if one.features} or None


def outside_versions(needed: Mapping[str, OutsideFeatures]) -> dict[str, int]:
    """The versions of the features that a bundle reads from outside.

    Parameters
    ----------
    needed
        As its manifest names them.

    Raises
    ------
    NoUsableModel
        If a file was not given, or another one: what to give stands in the sentence.
    """
    known: dict[str, int] = {}
    for name, one in needed.items():
        files = {each.sha256: each for each in files_in_use()}
        if one.sha256 not in files:
            raise NoUsableModel(_missing(name, one))
        known |= versions(each for each in files[one.sha256].features if each.name in one.features)
    return known


def _missing(name: str, needed: OutsideFeatures) -> str:
    what = f"The bundle reads {', '.join(needed.features)} from {name} (sha256 {needed.sha256[:12]}...)"
    other = next((one for one in files_in_use() if one.path.name == name), None)
    if other is not None:
        return (
            f"{what}, but the {name} that was given has sha256 {other.sha256[:12]}...: "
            "give the file that it was trained with."
        )
    return f"{what}, which a bundle does not carry: give the file, with --features or ASSAY_FEATURES."
