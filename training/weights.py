"""How much of a training row each account counts for: what cannot be seen in it teaches noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from detector.arrays import Bools, Floats
from features.declaration import AUTOMATED, INFLATED, Head
from features.evidence import Level
from training.config import TrainingConfig

__all__ = ["TRACES", "row_weights", "traced"]

_FOLLOWERS: Final = frozenset({"history", "posts", "audience"})
_LIKES: Final = frozenset({"posts"})
_COMMENTS: Final = frozenset({"posts", "comments"})
_ANYTHING: Final = frozenset({"posts", "comments", "history"})

TRACES: Final[Mapping[Head, Mapping[str, frozenset[str]]]] = MappingProxyType({
    INFLATED: MappingProxyType({
        "burst": _FOLLOWERS, "drip": _FOLLOWERS, "auto_refill": _FOLLOWERS,
        "likes_flat": _LIKES, "likes_proportional": _LIKES, "views": _LIKES,
        "comments_templates": _COMMENTS, "comments_fluent": _COMMENTS, "pod": _COMMENTS,
        "loop_group": _COMMENTS, "full_package": _ANYTHING, "random_inflation": _ANYTHING,
    }),
    AUTOMATED: MappingProxyType({
        "fake_follower": frozenset({"profile"}), "content_bot": _LIKES, "repost_bot": _LIKES,
        "comment_bot": _COMMENTS, "follow_unfollow": frozenset({"history"}),
        "growth_bot": frozenset({"posts", "history"}),
    }),
})  # fmt: skip
"""The blocks in any of which a scheme can leave a trace."""


def row_weights(
    head: Head, truth: Bools, labels: pl.DataFrame, levels: Sequence[str], config: TrainingConfig
) -> Floats:
    """The weight of every training row for a head.

    Parameters
    ----------
    head
        The head that is fitted.
    truth
        Whether each row's account is what it looks for; the others count whole.
    labels
        ``scheme`` and ``strength`` of each row's account.
    levels
        Evidence level of each row.
    config
        ``weak_weight`` for fakes under ``weak``, times ``unseen_weight`` for those whose scheme leaves
        no trace in the evidence that is there.
    """
    weak = labels["strength"].fill_null(1.0).to_numpy() < config.weak
    unseen = ~traced(head, labels["scheme"].to_list(), levels)
    fakes = np.where(weak, config.weak_weight, 1.0) * np.where(unseen, config.unseen_weight, 1.0)
    return np.where(truth, fakes, 1.0)


def traced(head: Head, schemes: Sequence[str | None], levels: Sequence[str]) -> Bools:
    """Whether the evidence can show any of the account's schemes; true where none is known by name.

    >>> traced(AUTOMATED, ["content_bot", "content_bot", None], ["profile", "posts5", "profile"])
    array([False,  True,  True])
    """
    pairs = zip(schemes, levels, strict=True)
    return np.array([_shows(head, scheme or "", level) for scheme, level in pairs], dtype=bool)


@cache
def _shows(head: Head, scheme: str, level: str) -> bool:
    known = [TRACES[head][name] for name in scheme.split("+") if name in TRACES[head]]
    seen = frozenset(Level.of(level).blocks)
    return not known or any(blocks & seen for blocks in known)
