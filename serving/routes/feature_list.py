"""The list of features that ``/v1/features`` answers, from the catalogue's declarations."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

from features.catalogue import CATALOGUE, catalogue_digest
from features.declaration import Feature

__all__ = ["feature_list"]


def feature_list() -> dict[str, Any]:
    """Every feature, in the order of the catalogue.

    >>> feature_list()["features"][0]["family"]
    'profile'
    """
    return {"catalogue": catalogue_digest(), "features": [feature_document(feature) for feature in CATALOGUE]}


def feature_document(feature: Feature) -> dict[str, Any]:
    """A feature's declaration; its meaning is the first paragraph of its function's docstring."""
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
