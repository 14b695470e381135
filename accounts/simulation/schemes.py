"""All schemes by name: followers, likes, views, comments, full packages, and random inflation.

>>> sorted(FOLLOWER_SCHEMES - set(SCHEMES))
[]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from accounts.simulation.bought_comments import add_bought_comments, comments_fluent, comments_templates, pod
from accounts.simulation.bought_engagement import (
    add_engagement,
    likes_flat,
    likes_or_views,
    likes_proportional,
    views,
)
from accounts.simulation.bought_followers import (
    auto_refill,
    burst,
    deliver_followers,
    drip,
    loop_group,
    order_size,
    order_strength,
    uneven_arrivals,
)
from accounts.simulation.campaigns import Campaign
from accounts.simulation.draft import Draft
from accounts.simulation.follower_curves import arrival_shares
from accounts.simulation.parameters import PulseShape

__all__ = ["FOLLOWER_SCHEMES", "SCHEMES"]

SHAPES: Final[tuple[PulseShape, ...]] = ("flat", "decay", "long", "bell", "ramp")

# Schemes that sell followers.
FOLLOWER_SCHEMES: Final = frozenset({"burst", "drip", "auto_refill", "full_package", "loop_group"})


def full_package(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: followers, likes, views and comments from one vendor, in usual proportions."""
    bought = (burst if draft.rng.random() < 0.4 else drip)(draft, strength, campaign)
    most = draft.regime.engagement_strength[1]
    for name in ("likes", "views"):
        part = min(strength * draft.rng.uniform(0.3, 1.2), most)
        add_engagement(draft, name, part, 0.1, flat=draft.rng.random() < 0.5)
    style = "templates" if draft.rng.random() < 0.6 else "fluent"
    add_bought_comments(draft, min(strength * draft.rng.uniform(0.2, 1.0), most), campaign, style)
    return bought


def random_inflation(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: random counts in random patterns, as a vendor unknown to us might deliver them."""
    rng, most = draft.rng, [0.0]
    names = [
        name for name in ("followers", "likes", "views", "comments", "shares", "saves") if rng.random() < 0.4
    ]
    names = names or [str(rng.choice(["followers", likes_or_views(draft)]))]
    if len(draft.posts) == 0 or "posts" not in draft.export.blocks:
        names = ["followers"]
    for name in names:
        part = strength * float(10 ** rng.uniform(-0.4, 0.0))
        if name == "followers":
            most.append(_random_followers(draft, part))
        elif name == "comments":
            style = str(rng.choice(["templates", "phrases", "fluent", "pod", "fans"]))
            most.append(add_bought_comments(draft, part, campaign, style))
        else:
            most.append(_random_engagement(draft, name, part))
    return max(most)


def _random_followers(draft: Draft, strength: float) -> float:
    """Add up to eight deliveries of followers in random shapes."""
    rng, size = draft.rng, strength * draft.curve.honest_followers()[-1]
    size = order_size(draft, strength) if draft.person.kind == "shell" or rng.random() < 0.5 else size
    parts = int(rng.integers(1, 3 if draft.person.kind == "shell" else 9))
    for _ in range(parts):
        shape = SHAPES[int(rng.integers(0, 5))]
        share = arrival_shares(draft.curve.days, draft.draw_day(0.98), int(10 ** rng.uniform(0, 1.9)), shape)
        deliver_followers(
            draft, uneven_arrivals(draft, share, size / parts, rng.uniform(0, 0.6)), float(rng.beta(1.2, 0.6))
        )
    return order_strength(draft, float(size))


def _random_engagement(draft: Draft, name: str, strength: float) -> float:
    """Add to one count of the posts in a random pattern."""
    rng, posts, count = draft.rng, draft.posts, len(draft.posts)
    basis = max(float(posts.honest_counts[name].sum()), float(count))
    patterns = (
        np.ones(count),
        rng.exponential(1.0, count),
        np.arange(count) + 1.0,
        rng.pareto(1.5, count),
        posts.honest_counts[name],
        (np.arange(count) % int(rng.integers(2, 7)) == 0) * 1.0,
        1.0 / (posts.honest_counts[name] + 1.0),
    )
    pattern = patterns[int(rng.integers(0, len(patterns)))] * (rng.random(count) < rng.uniform(0.3, 1.2))
    amount = np.round(strength * basis * pattern / max(pattern.sum(), 1e-9))
    posts.added_counts[name] += amount
    return float(amount.sum()) / basis


Scheme = Callable[[Draft, float, Campaign], float]
_SCHEMES: Final[tuple[Scheme, ...]] = (
    burst,
    drip,
    auto_refill,
    likes_flat,
    likes_proportional,
    views,
    comments_templates,
    comments_fluent,
    pod,
    loop_group,
    full_package,
    random_inflation,
)
SCHEMES: Final[Mapping[str, Scheme]] = {scheme.__name__: scheme for scheme in _SCHEMES}
"""Each changes the draft by about a strength (bought over honest), and returns the strength it reached."""
