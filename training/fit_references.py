"""The step that learns what is ordinary: peers' ranges, and how far known accounts lie from one another."""

from __future__ import annotations

from typing import Final

import numpy as np

from detector.novelty import Novelty
from detector.peers import Peers
from features.catalogue import CATALOGUE
from features.evidence import BLOCKS
from features.peers import tier
from training.labelled_rows import LabelledRows

__all__ = ["block_columns", "fit_novelty", "fit_peers", "peers_of"]

WRITING_STYLE: Final = frozenset(
    {"emoji_only_share", "mention_only_share", "comment_length", "comment_length_spread"}
)
"""How fans put their comments makes no account unfamiliar."""


def fit_peers(unmasked: LabelledRows) -> Peers:
    """Quantiles of every feature by platform and tier, of the training accounts as they came."""
    return Peers.fit(unmasked.features, *peers_of(unmasked), unmasked.authentic, unmasked.real)


def peers_of(rows: LabelledRows) -> tuple[list[str], list[str | None]]:
    """Platform and tier of each row; a tier is None where the number of followers is unknown."""
    size = rows.features["followers_size"].to_numpy()
    tiers = [None if np.isnan(value) else tier(round(10**value - 1)) for value in size]
    return rows.platforms, tiers


def fit_novelty(rows: LabelledRows, seed: int) -> Novelty:
    """Reference accounts and ordinary distances of every block, of all training rows.

    Of features that the rows do not have, such as newer ones than a detector's own, nothing is asked.
    """
    columns = {
        block: [name for name in names if name in rows.features.columns]
        for block, names in block_columns().items()
    }
    return Novelty.fit(rows.features, rows.levels, rows.authentic, columns, seed=seed)


def block_columns() -> dict[str, list[str]]:
    """Features that may make an account unfamiliar, by block: those that need no other block.

    >>> "emoji_only_share" in block_columns()["comments"]
    False
    """
    watched = [feature for feature in CATALOGUE if feature.name not in WRITING_STYLE]
    return {block: [feature.name for feature in watched if feature.blocks == (block,)] for block in BLOCKS}
