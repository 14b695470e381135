"""Schemes that sell likes and views for posts: packages, flat orders, and amounts in proportion."""

from __future__ import annotations

import numpy as np

from accounts.simulation.campaigns import Campaign, round_order, round_package
from accounts.simulation.draft import HOUR, Draft
from accounts.simulation.parameters import Floats, Ints

__all__ = ["add_engagement", "choose_posts", "likes_flat", "likes_or_views", "likes_proportional", "views"]

MAX_ON_A_POST = 1e6  # nobody sells more likes or views for one post


def choose_posts(draft: Draft) -> Ints:
    """Positions of the posts that an order covers: all, the latest, or a random part; at least one."""
    count, rng = len(draft.posts), draft.rng
    way = rng.random()
    if way < 0.45 or count < 4:
        return np.arange(count)
    if way < 0.75:
        return np.arange(int(count * rng.uniform(0.2, 0.85)), count)
    positions = np.flatnonzero(rng.random(count) < rng.uniform(0.2, 0.8))
    return positions if len(positions) else np.arange(count - 1, count)


def add_engagement(draft: Draft, name: str, strength: float, unevenness: float, *, flat: bool) -> float:
    """Add to one count of some posts, equally (``flat``) or in proportion to the honest count.

    ``strength`` is the bought sum over the honest one, ``unevenness`` the relative sd between posts.
    Returns the strength that was reached.
    """
    posts, which = draft.posts, choose_posts(draft)
    if len(which) == 0:
        return 0.0
    honest = posts.honest_counts[name]
    basis = max(float(honest.sum()), float(len(posts)))
    if flat:
        amount = _packages(draft, name, strength * basis / len(which), which, unevenness)
    else:
        amount = strength * honest[which] * _uneven_factors(draft, len(which), unevenness)
        if draft.rng.random() < 0.5:
            amount = np.array([round_order(value) for value in amount.tolist()])
    amount = np.round(np.minimum(amount, MAX_ON_A_POST) * _delivered_share(draft, which))
    posts.added_counts[name][which] += amount
    return float(amount.sum()) / basis


def _packages(draft: Draft, name: str, each: float, which: Ints, unevenness: float) -> Floats:
    """One package size for every post: delivered exactly, unevenly, or topped up to a round total."""
    rng, honest = draft.rng, draft.posts.honest_counts[name][which]
    seemly = draft.curve.public_followers()[-1] * draft.draw_log_uniform("bought_rate")
    if rng.random() < 0.3 and seemly > 3.0 * honest.mean():  # the order that fits the follower count
        each = max(each, seemly)
    size = round_package(each) if rng.random() < 0.65 and each > 50 else round_order(each)
    way = rng.random()
    if way < 0.25 and size > 2.0 * np.median(honest):  # topped up: the public count equals the package size
        return np.maximum(size - honest, 0.0)
    return np.full(len(which), size) * (1.0 if way < 0.5 else _uneven_factors(draft, len(which), unevenness))


def _uneven_factors(draft: Draft, count: int, sd: float) -> Floats:
    return np.maximum(1 + sd * draft.rng.standard_normal(count), 0.0)


def _delivered_share(draft: Draft, which: Ints) -> Floats:
    """The delivered share of each order by now; orders for a new post take hours."""
    hours = (draft.now - draft.posts.times[which]) / HOUR
    return np.clip(hours / draft.draw_log_uniform("boost_hours"), 0.0, 1.0)


def likes_or_views(draft: Draft) -> str:
    """The count that vendors sell on this platform: "likes", or "views" if it counts no likes."""
    return "likes" if draft.driver == "likes" or draft.platform.likes_per_view else "views"


def likes_flat(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: an equal order of likes for every covered post."""
    return add_engagement(
        draft, likes_or_views(draft), strength, draft.draw_log_uniform("flat_unevenness"), flat=True
    )


def likes_proportional(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: likes in proportion to the honest likes of each post."""
    return add_engagement(
        draft, likes_or_views(draft), strength, draft.draw_uniform("proportional_unevenness"), flat=False
    )


def views(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: views that bring no likes, comments or followers."""
    return add_engagement(
        draft, "views", strength, draft.draw_log_uniform("view_unevenness"), flat=draft.rng.random() < 0.6
    )
