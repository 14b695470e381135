"""A sample of an account's followers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

__all__ = ["fake", "sample"]

_NAMES: Final = (
    "anna", "mehmet", "lucia", "jonas", "priya", "keiko", "omar", "sofia", "tom", "yara",
    "ines", "pavel", "dewi", "minh", "carla", "ben", "leila", "hugo", "nia", "marek",
)  # fmt: skip
QUIET: Final = 0.2
"""Share of real followers who never posted; published audiences hold 10 to 45 % quiet or odd ones."""


def sample(count: int, fake_share: float, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Sampled followers: the same people for every share, of whom the fake ones take the places of some.

    >>> one, other = (sample(50, share, np.random.default_rng(3)) for share in (0.1, 0.5))
    >>> sum(before != after for before, after in zip(one, other))
    20
    """
    order, people = rng.permutation(count), [person(rng) for _ in range(count)]
    fakes = [fake(rng) for _ in range(count)]
    replaced = set(order[: round(fake_share * count)].tolist())
    return [fakes[row] if row in replaced else people[row] for row in range(count)]


def person(rng: np.random.Generator) -> dict[str, Any]:
    """A real follower; one in five never posted."""
    quiet = bool(rng.random() < QUIET)
    digits = "" if rng.random() < 0.7 else str(rng.integers(1, 100))
    posts = int(np.exp(rng.normal(3.6, 1.1)))
    return {
        "followers": int(np.exp(rng.normal(4.6 if quiet else 5.6, 0.9))),
        "following": int(np.exp(rng.normal(5.9, 0.7))),
        "posts": 0 if quiet else posts,
        "has_picture": bool(rng.random() < (0.85 if quiet else 0.98)),
        "username": f"{rng.choice(_NAMES)}.{rng.choice(_NAMES)}{digits}",
        "bio": "" if rng.random() < 0.35 else "Tea, trains, two cats.",
    }


def fake(rng: np.random.Generator) -> dict[str, Any]:
    """A follower as they are sold: follows thousands, is followed by nobody, has no face and no posts."""
    return {
        "followers": int(rng.integers(0, 30)),
        "following": int(rng.integers(1_800, 7_400)),
        "posts": int(rng.integers(0, 3)),
        "has_picture": bool(rng.random() < 0.35),
        "username": f"{rng.choice(_NAMES)}{rng.integers(10**6, 10**9)}",
        "bio": "",
    }
