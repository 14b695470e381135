"""Followers that are bought or traded: orders delivered in days or weeks, refills, follow trains."""

from __future__ import annotations

import numpy as np

from accounts.simulation.campaigns import Campaign, round_order
from accounts.simulation.draft import CommenterGroup, Draft
from accounts.simulation.follower_curves import arrival_shares, departures
from accounts.simulation.parameters import Floats

__all__ = [
    "auto_refill",
    "burst",
    "deliver_followers",
    "drip",
    "loop_group",
    "order_size",
    "order_strength",
    "uneven_arrivals",
]


def order_size(draft: Draft, strength: float) -> float:
    """Size of an order of followers; what a shell orders is not measured by what it has."""
    if draft.person.kind == "shell":
        return round_order(
            draft.draw_log_uniform("shell_order" if draft.export.platform == "github" else "shop_order")
        )
    return round_order(max(strength * draft.curve.honest_followers()[-1], 5.0))


def order_strength(draft: Draft, size: float) -> float:
    """Ordered followers over the honest ones."""
    return float(size / max(draft.curve.honest_followers()[-1], 1.0))


def deliver_followers(draft: Draft, arrivals: Floats, kept: float | None = None) -> None:
    """Add bought followers; some disappear, gradually or in one of the platform's purges."""
    rng, leave = draft.rng, draft.platform.leave_factor
    kept = float(rng.beta(*draft.regime.retention_beta)) if kept is None else kept
    if draft.delivered_early:
        _add_earlier_order(
            draft, float(arrivals.sum()) * (1.0 - (1.0 - kept) * min(leave * rng.uniform(1.0, 4.0), 1.0))
        )
        return
    lost = (1.0 - kept) * min(leave * rng.uniform(1.0, 4.0), 1.0)
    arrivals = np.round(arrivals)
    gone = np.floor(
        departures(arrivals, lost, draft.draw_log_uniform("loss_half_life"), int(rng.integers(1, 6)))
    )
    if rng.random() < 0.15 * leave:
        day = draft.draw_day(0.99)
        gone[day] += np.floor((arrivals - gone)[:day].sum() * rng.uniform(0.1, 0.9))
    draft.curve.bought_gains += arrivals - gone


def _add_earlier_order(draft: Draft, followers: float) -> None:
    """What is left of orders delivered before the curve begins: it stands still, or melts slowly."""
    rng, days = draft.rng, draft.curve.days
    half_life = draft.draw_log_uniform("early_half_life") / max(draft.platform.leave_factor, 0.05)
    standing = np.floor(followers * 0.5 ** (np.arange(days + 1) / half_life))
    if rng.random() < 0.4:
        standing = np.full(days + 1, np.floor(followers))
    if rng.random() < 0.06 * draft.platform.leave_factor:
        standing[draft.draw_day(0.95) :] *= rng.uniform(0.5, 0.98)
    draft.curve.bought_before += float(np.floor(standing[0]))
    draft.curve.bought_gains += np.diff(np.floor(standing))


def uneven_arrivals(draft: Draft, share: Floats, total: float, sd: float) -> Floats:
    """Deliver ``total`` by shares per day, with a vendor's unevenness, a little too much."""
    noise = np.maximum(1 + sd * draft.rng.standard_normal(len(share)), 0.0)
    return np.asarray(share * noise * total * draft.draw_uniform("over_delivery"))


def burst(draft: Draft, strength: float, campaign: Campaign) -> float:
    """One to four orders of followers, each delivered in hours or a few days."""
    orders = 1 if draft.rng.random() < 0.55 else int(draft.rng.integers(2, 5))
    size = round_order(order_size(draft, strength) / orders)
    for _ in range(orders):
        share = arrival_shares(
            draft.curve.days, draft.draw_day(0.9), int(draft.draw_log_uniform("burst_days")), "flat"
        )
        deliver_followers(draft, uneven_arrivals(draft, share, size, 0.1))
    return order_strength(draft, size * orders)


def drip(draft: Draft, strength: float, campaign: Campaign) -> float:
    """The same round number of followers every day for weeks."""
    size = order_size(draft, strength)
    share = arrival_shares(
        draft.curve.days, draft.draw_day(0.75), int(draft.draw_uniform("drip_days")), "flat"
    )
    deliver_followers(draft, uneven_arrivals(draft, share, size, draft.draw_log_uniform("drip_unevenness")))
    return order_strength(draft, size)


def auto_refill(draft: Draft, strength: float, campaign: Campaign) -> float:
    """An order with a guarantee: whenever more than 5 % have gone, they are replaced within a day."""
    size, day, rng = order_size(draft, strength), draft.draw_day(0.7), draft.rng
    share = arrival_shares(draft.curve.days, day, int(rng.integers(1, 15)), "flat")
    change, ordered, standing = np.round(uneven_arrivals(draft, share, size, 0.1)), 0.0, 0.0
    if draft.delivered_early:  # the guarantee still runs, or has run out
        draft.curve.bought_before += size
        change, day, ordered, standing = np.zeros(draft.curve.days), 0, size, size
    until = day + int(rng.choice([30, 60, 90, 365]))
    losses = draft.draw_log_uniform("refill_daily_loss") * rng.uniform(0.0, 2.0, draft.curve.days)
    losses = losses * (0.05 if draft.delivered_early else 1.0)  # most of what leaves has left by then
    for at in range(day, draft.curve.days - 1):
        arrived = change[at]
        lost = np.floor(standing * losses[at])
        ordered += max(arrived, 0.0) if at < day + 16 and not draft.delivered_early else 0.0
        standing += arrived - lost
        change[at] -= lost
        if at < until and standing < draft.regime.habits["refill_below"][0] * ordered:
            change[at + 1] += ordered - standing
    draft.curve.bought_gains += change
    return order_strength(draft, size)


def loop_group(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Follow trains: members follow each other on fixed days, and comment while they are at it."""
    group, days = campaign.rng(), draft.curve.days
    period, size = int(group.choice([3, 5, 7, 7, 10, 14])), order_size(draft, strength)
    begin = min(draft.draw_day(0.6), days - period - 1)
    on_day = (np.arange(days) % period == int(group.integers(0, period))) & (np.arange(days) >= begin)
    arrivals = np.round(uneven_arrivals(draft, on_day / max(on_day.sum(), 1), size, 0.2))
    deliver_followers(draft, arrivals, float(draft.rng.uniform(0.5, 0.95)))
    back = np.floor(np.cumsum(arrivals) * draft.rng.uniform(0.3, 1.0))
    draft.curve.following = draft.curve.following + np.minimum(back, draft.platform.following_cap)
    draft.bought_audience = {"mass_follower": 0.6, "small_person": 0.3, "dressed_fake": 0.1}
    if len(draft.posts) and draft.rng.random() < 0.7:
        counts = draft.rng.poisson(draft.rng.uniform(1, 12), len(draft.posts)).astype(np.float64)
        draft.posts.added_counts["comments"] += counts
        draft.commenter_groups.append(
            CommenterGroup("pod", counts, campaign.authors(20, 150), (2.0, 0.5), campaign.supply)
        )
    return order_strength(draft, size)
