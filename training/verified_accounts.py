"""Accounts that are known to be authentic, and their suspicion when masked to each set of their blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from detector.signal_models import SignalModels
from features.evidence import BLOCKS, Level
from training.masking import mask_features

__all__ = ["MaskedAccounts", "VerifiedAccounts", "masked_suspicion", "masked_to_blocks"]


@dataclass(frozen=True)
class VerifiedAccounts:
    """Accounts that are known to be authentic, as the detector reads them.

    Attributes
    ----------
    features
        Accounts x catalogue; the index names each account once.
    levels
        Evidence level of each.
    platforms
        Platform of each; None where unknown: then no platform gets thresholds of its own.
    """

    features: pd.DataFrame
    levels: Sequence[str]
    platforms: Sequence[str] | None = None

    def __len__(self) -> int:
        """How many of them show any evidence at all."""
        return sum(level != "none" for level in self.levels)

    def pick(self, rows: list[int]) -> VerifiedAccounts:
        """Some of them, in the order asked for."""
        known = None if self.platforms is None else [self.platforms[row] for row in rows]
        return VerifiedAccounts(self.features.iloc[rows], [self.levels[row] for row in rows], known)


@dataclass(frozen=True)
class MaskedAccounts:
    """Accounts of which only some blocks are shown.

    Attributes
    ----------
    blocks
        What is shown.
    rows
        Which of the accounts have these blocks.
    features, keys, platforms
        Features with the others' absent, evidence level and platform of each of them.
    natural
        Of which nothing was hidden.
    """

    blocks: tuple[str, ...]
    rows: list[int]
    features: pd.DataFrame
    keys: list[str]
    platforms: list[str | None]
    natural: list[bool]


def masked_suspicion(signal_models: SignalModels, verified: VerifiedAccounts) -> pd.DataFrame:
    """Suspicion of every account as it came, and masked to each set of its blocks.

    Returns
    -------
    One row per account and set of its blocks: ``account_id``, ``platform`` (None where unknown),
    ``blocks`` (such as profile+posts), ``level`` (these blocks at the account's own depths),
    ``suspicion`` and ``natural`` (nothing was hidden). Accounts and sets of blocks in which no
    signal is heard are left out.
    """
    pieces = [
        piece for masked in masked_to_blocks(verified) if len(piece := _suspicion_of(signal_models, masked))
    ]
    columns = ["account_id", "platform", "blocks", "level", "suspicion", "natural"]
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=columns)


def masked_to_blocks(verified: VerifiedAccounts) -> Iterator[MaskedAccounts]:
    """The accounts with each set of blocks that some of them have."""
    own, given = [Level.of(key) for key in verified.levels], verified.platforms
    for size in range(1, len(BLOCKS) + 1):
        for blocks in combinations(BLOCKS, size):
            rows = [row for row, level in enumerate(own) if set(blocks) <= set(level.blocks)]
            if rows:
                yield MaskedAccounts(
                    blocks,
                    rows,
                    mask_features(verified.features.iloc[rows], blocks),
                    [own[row].within(blocks).key for row in rows],
                    [given[row] if given else None for row in rows],
                    [own[row].blocks == blocks for row in rows],
                )


def _suspicion_of(signal_models: SignalModels, masked: MaskedAccounts) -> pd.DataFrame:
    """Rows of :func:`masked_suspicion`; none where no signal is heard."""
    suspicion = signal_models.suspicion(masked.features, masked.keys, masked.platforms)
    return pd.DataFrame(
        {
            "account_id": masked.features.index.to_list(),
            "platform": pd.Series(masked.platforms, dtype=object),
            "blocks": "+".join(masked.blocks),
            "level": masked.keys,
            "suspicion": suspicion,
            "natural": masked.natural,
        }
    )[~np.isnan(suspicion)].reset_index(drop=True)
