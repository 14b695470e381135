"""What is bought or traded: followers, likes, views, comments, whole packages, anything at all."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import numpy as np

from accounts.simulation.campaigns import Campaign, round_order
from accounts.simulation.curves import leaving, pulse
from accounts.simulation.draft import Draft, Voice
from accounts.simulation.parameters import Floats, Ints, Shape

__all__ = ["SCHEMES"]

SHAPES: Final[tuple[Shape, ...]] = ("flat", "decay", "long", "bell", "ramp")


def _size(draft: Draft, strength: float) -> float:
    """Size of an order of followers; what a shell orders is not measured by what it has."""
    if draft.person.kind == "shell":
        return round_order(draft.power("shell_order"))
    return round_order(max(strength * draft.curve.honest()[-1], 5.0))


def _reached(draft: Draft, size: float) -> float:
    return float(size / max(draft.curve.honest()[-1], 1.0))


def _deliver(draft: Draft, arrivals: Floats, kept: float | None = None) -> None:
    """Add bought followers; some disappear, gradually or in one of the platform's purges."""
    rng, leave = draft.rng, draft.platform.leaving
    kept = float(rng.beta(*draft.regime.kept_after_weeks)) if kept is None else kept
    lost = (1.0 - kept) * min(leave * rng.uniform(1.0, 4.0), 1.0)
    arrivals = np.round(arrivals)
    gone = np.floor(leaving(arrivals, lost, draft.power("loss_half_life"), int(rng.integers(1, 6))))
    if rng.random() < 0.15 * leave:
        day = draft.day(0.99)
        gone[day] += np.floor((arrivals - gone)[:day].sum() * rng.uniform(0.1, 0.9))
    draft.curve.added += arrivals - gone


def _noisy(draft: Draft, share: Floats, total: float, sd: float) -> Floats:
    """Deliver ``total`` by shares per day, with a vendor's unevenness, a little too much."""
    noise = np.maximum(1 + sd * draft.rng.standard_normal(len(share)), 0.0)
    return np.asarray(share * noise * total * draft.between("over_delivery"))


def burst(draft: Draft, strength: float, campaign: Campaign) -> float:
    """One to four orders of followers, each delivered in hours or a few days."""
    orders = 1 if draft.rng.random() < 0.55 else int(draft.rng.integers(2, 5))
    size = round_order(_size(draft, strength) / orders)
    for _ in range(orders):
        share = pulse(draft.curve.days, draft.day(0.9), int(draft.power("burst_days")), "flat")
        _deliver(draft, _noisy(draft, share, size, 0.1))
    return _reached(draft, size * orders)


def drip(draft: Draft, strength: float, campaign: Campaign) -> float:
    """The same round number of followers every day for weeks."""
    size = _size(draft, strength)
    share = pulse(draft.curve.days, draft.day(0.75), int(draft.between("drip_days")), "flat")
    _deliver(draft, _noisy(draft, share, size, draft.power("drip_unevenness")))
    return _reached(draft, size)


def auto_refill(draft: Draft, strength: float, campaign: Campaign) -> float:
    """An order with a guarantee: whenever more than 5 % have gone, they are replaced within a day."""
    size, day, rng = _size(draft, strength), draft.day(0.7), draft.rng
    share = pulse(draft.curve.days, day, int(rng.integers(1, 15)), "flat")
    change = np.round(_noisy(draft, share, size, 0.1))
    until = day + int(rng.choice([30, 60, 90, 365]))
    losses = draft.power("refill_daily_loss") * rng.uniform(0.0, 2.0, draft.curve.days)
    standing, ordered = 0.0, 0.0
    for at in range(day, draft.curve.days - 1):
        arrived = change[at]
        lost = np.floor(standing * losses[at])
        ordered += max(arrived, 0.0) if at < day + 16 else 0.0
        standing += arrived - lost
        change[at] -= lost
        if at < until and standing < draft.regime.habits["refill_below"][0] * ordered:
            change[at + 1] += ordered - standing
    draft.curve.added += change
    return _reached(draft, size)


def _touched(draft: Draft) -> Ints:
    """The posts that are treated: all, the latest, or every so many; one at least."""
    count, rng = len(draft.posts), draft.rng
    way = rng.random()
    if way < 0.45 or count < 4:
        return np.arange(count)
    if way < 0.75:
        return np.arange(int(count * rng.uniform(0.2, 0.85)), count)
    chosen = np.flatnonzero(rng.random(count) < rng.uniform(0.2, 0.8))
    return chosen if len(chosen) else np.arange(count - 1, count)


def _boost(draft: Draft, name: str, strength: float, evenness: float, *, flat: bool) -> float:
    """Add a count to posts: the same round number to each, or in proportion to what is there."""
    posts, which = draft.posts, _touched(draft)
    if len(which) == 0:
        return 0.0
    honest = posts.honest[name]
    basis = max(float(honest.sum()), float(len(posts)))
    amount = (
        np.full(len(which), round_order(strength * basis / len(which))) if flat else strength * honest[which]
    )
    amount = amount * np.maximum(1 + evenness * draft.rng.standard_normal(len(which)), 0.0)
    if not flat and draft.rng.random() < 0.5:
        amount = np.array([round_order(value) for value in amount.tolist()])
    posts.added[name][which] += np.round(amount)
    return float(np.round(amount).sum()) / basis


def _liked(draft: Draft) -> str:
    """Likes, or views where the platform counts no likes."""
    return "likes" if draft.driver == "likes" or draft.platform.likes_per_view else "views"


def likes_flat(draft: Draft, strength: float, campaign: Campaign) -> float:
    """The same order of likes for every post."""
    return _boost(draft, _liked(draft), strength, draft.power("flat_unevenness"), flat=True)


def likes_proportional(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Likes in proportion to those that a post has."""
    return _boost(draft, _liked(draft), strength, draft.between("proportional_unevenness"), flat=False)


def views(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Views that bring no likes, comments or followers."""
    return _boost(draft, "views", strength, draft.power("view_unevenness"), flat=draft.rng.random() < 0.6)


def _bought_comments(draft: Draft, strength: float, campaign: Campaign, style: str) -> float:
    posts, which, vendor = draft.posts, _touched(draft), campaign.rng()
    if len(which) == 0:
        return 0.0
    basis = max(float(posts.honest["comments"].sum()), float(len(posts)))
    each, counts = strength * basis / len(which), np.zeros(len(posts))
    if each >= 5 and vendor.random() < 0.5:
        counts[which] = round_order(each)
    else:
        counts[which] = draft.rng.poisson(draft.rng.gamma(2.0, each / 2, len(which)))
    posts.added["comments"] += counts
    low, high = draft.regime.habits["bought_comment_hours"]
    hours = (float(10 ** vendor.uniform(low, high)), float(vendor.uniform(0.15, 0.6)))
    draft.voices.append(Voice(style, counts, campaign.authors(20, 400), hours, campaign.supply))
    if vendor.random() < 0.5:
        posts.added["likes"][which] += np.round(counts[which] * vendor.uniform(0.2, 5.0))
    return float(counts.sum()) / basis


def comments_templates(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Comments spun from a vendor's few sentences."""
    return _bought_comments(draft, strength, campaign, "templates")


def comments_fluent(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Comments written by a language model, each different, all alike."""
    return _bought_comments(draft, strength, campaign, "fluent")


def pod(draft: Draft, strength: float, campaign: Campaign) -> float:
    """A fixed group who like and comment on each other's posts soon after they appear."""
    posts, group = draft.posts, campaign.rng()
    members = campaign.authors(*draft.regime.habits["pod_members"])
    joined = int(len(posts) * group.uniform(0.0, 0.6))
    basis = max(float(posts.honest["comments"].sum()), float(len(posts)))
    each = min(max(strength * basis / max(len(posts) - joined, 1), 0.5), 0.95 * len(members))
    counts = np.zeros(len(posts))
    counts[joined:] = draft.rng.binomial(len(members), each / len(members), len(posts) - joined)
    posts.added["comments"] += counts
    likes = draft.rng.binomial(len(members), group.uniform(0.4, 0.95), len(posts))
    posts.added["likes"][joined:] += np.minimum(likes, 3 * counts + 3)[joined:]
    draft.voices.append(Voice("pod", counts, members, (draft.power("pod_hours"), 0.3), campaign.supply))
    return float(counts.sum()) / basis


def loop_group(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Follow trains: members follow each other on fixed days, and comment while they are at it."""
    group, days = campaign.rng(), draft.curve.days
    period, size = int(group.choice([3, 5, 7, 7, 10, 14])), _size(draft, strength)
    begin = min(draft.day(0.6), days - period - 1)
    on_day = (np.arange(days) % period == int(group.integers(0, period))) & (np.arange(days) >= begin)
    arrivals = np.round(_noisy(draft, on_day / max(on_day.sum(), 1), size, 0.2))
    _deliver(draft, arrivals, float(draft.rng.uniform(0.5, 0.95)))
    back = np.floor(np.cumsum(arrivals) * draft.rng.uniform(0.3, 1.0))
    draft.curve.following = draft.curve.following + np.minimum(back, draft.platform.following_cap)
    draft.audience = {"mass_follower": 0.6, "small_person": 0.3, "dressed_fake": 0.1}
    if len(draft.posts) and draft.rng.random() < 0.7:
        counts = draft.rng.poisson(draft.rng.uniform(1, 12), len(draft.posts)).astype(np.float64)
        draft.posts.added["comments"] += counts
        draft.voices.append(Voice("pod", counts, campaign.authors(20, 150), (2.0, 0.5), campaign.supply))
    return _reached(draft, size)


def full_package(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Followers, likes, views and comments from one vendor, so that the ratios look right."""
    reached = (burst if draft.rng.random() < 0.4 else drip)(draft, strength, campaign)
    for name in ("likes", "views"):
        _boost(draft, name, strength * draft.rng.uniform(0.3, 1.2), 0.1, flat=draft.rng.random() < 0.5)
    style = "templates" if draft.rng.random() < 0.6 else "fluent"
    _bought_comments(draft, strength * draft.rng.uniform(0.2, 1.0), campaign, style)
    return reached


def random_inflation(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Any counts in any pattern."""
    rng, reached = draft.rng, [0.0]
    names = [
        name for name in ("followers", "likes", "views", "comments", "shares", "saves") if rng.random() < 0.4
    ]
    names = names or [str(rng.choice(["followers", _liked(draft)]))]
    if len(draft.posts) == 0 or "posts" not in draft.export.blocks:
        names = ["followers"]
    for name in names:
        part = strength * float(10 ** rng.uniform(-0.4, 0.0))
        if name == "followers":
            reached.append(_any_curve(draft, part))
        elif name == "comments":
            style = str(rng.choice(["templates", "fluent", "pod", "fans"]))
            reached.append(_bought_comments(draft, part, campaign, style))
        else:
            reached.append(_any_boost(draft, name, part))
    return max(reached)


def _any_curve(draft: Draft, strength: float) -> float:
    rng, size = draft.rng, strength * draft.curve.honest()[-1]
    size = _size(draft, strength) if draft.person.kind == "shell" or rng.random() < 0.5 else size
    parts = int(rng.integers(1, 3 if draft.person.kind == "shell" else 9))
    for _ in range(parts):
        shape = SHAPES[int(rng.integers(0, 5))]
        share = pulse(draft.curve.days, draft.day(0.98), int(10 ** rng.uniform(0, 1.9)), shape)
        _deliver(draft, _noisy(draft, share, size / parts, rng.uniform(0, 0.6)), float(rng.beta(1.2, 0.6)))
    return _reached(draft, float(size))


def _any_boost(draft: Draft, name: str, strength: float) -> float:
    rng, posts, count = draft.rng, draft.posts, len(draft.posts)
    basis = max(float(posts.honest[name].sum()), float(count))
    patterns = (
        np.ones(count), rng.exponential(1.0, count), np.arange(count) + 1.0, rng.pareto(1.5, count),
        posts.honest[name],
        (np.arange(count) % int(rng.integers(2, 7)) == 0) * 1.0, 1.0 / (posts.honest[name] + 1.0),
    )  # fmt: skip
    pattern = patterns[int(rng.integers(0, len(patterns)))] * (rng.random(count) < rng.uniform(0.3, 1.2))
    amount = np.round(strength * basis * pattern / max(pattern.sum(), 1e-9))
    posts.added[name] += amount
    return float(amount.sum()) / basis


Scheme = Callable[[Draft, float, Campaign], float]
SCHEMES: Final[MappingProxyType[str, Scheme]] = MappingProxyType({
    scheme.__name__: scheme
    for scheme in (
        burst, drip, auto_refill, likes_flat, likes_proportional, views, comments_templates,
        comments_fluent, pod,
        loop_group, full_package, random_inflation,
    )
})  # fmt: skip
