"""The catalogue of features as the service tells it."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from features.catalogue import CATALOGUE, catalogue_digest
from features.declaration import Feature

__all__ = ["catalogue"]


def catalogue() -> dict[str, Any]:
    """Every feature, in the order of the catalogue.

    >>> catalogue()["features"][0]["family"]
    'profile'
    """
    return {"catalogue": catalogue_digest(), "features": [told(feature) for feature in CATALOGUE]}


def told(feature: Feature) -> dict[str, Any]:
    """What is declared of a feature; its meaning is the first paragraph of what its function says."""
    return {
        "name": feature.name,
        "version": feature.version,
        "family": feature.family,
        "meaning": " ".join(cleandoc(feature.about).partition("\n\n")[0].split()),
        "view": feature.view.name,
        "blocks": list(feature.blocks),
        "unit": feature.unit,
        "speaks_to": [head.value for head in feature.speaks_to],
        "direction": feature.direction.value,
        "sentence": feature.sentence,
        "source": feature.source,
    }
