"""Schemes that sell or trade followers: orders delivered in days or weeks, refills, follow trains."""

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
    """The order size nearest to a strength; that of a shell account does not depend on its followers."""
    if draft.person.kind == "shell":
        return round_order(
            draft.draw_log_uniform("shell_order" if draft.export.platform == "github" else "shop_order")
        )
    return round_order(max(strength * draft.curve.honest_followers()[-1], 5.0))


def order_strength(draft: Draft, size: float) -> float:
    """The strength of an order of ``size`` followers: over the honest followers at ``as_of``.

    >>> from accounts.simulation.draw_account import draw_account
    >>> from accounts.simulation.regimes.train import TRAIN
    >>> draft = draw_account(TRAIN, 1, 0, frozenset())[0]
    >>> order_strength(draft, 3.0 * draft.curve.honest_followers()[-1])
    3.0
    """
    return float(size / max(draft.curve.honest_followers()[-1], 1.0))


def deliver_followers(draft: Draft, arrivals: Floats, stay_share: float | None = None) -> None:
    """Add bought followers to the curve; some leave again, gradually or in a purge by the platform.

    ``arrivals`` are followers per day, ``stay_share`` the share that stays; None draws it from the regime.
    """
    rng, leave = draft.rng, draft.platform.leave_factor
    stay_share = float(rng.beta(*draft.regime.retention_beta)) if stay_share is None else stay_share
    lost = (1.0 - stay_share) * min(leave * rng.uniform(1.0, 4.0), 1.0)
    if draft.delivered_early:
        _add_earlier_order(draft, float(arrivals.sum()) * (1.0 - lost))
        return
    arrivals = np.round(arrivals)
    leavers = np.floor(
        departures(arrivals, lost, draft.draw_log_uniform("loss_half_life"), int(rng.integers(1, 6)))
    )
    if rng.random() < 0.15 * leave:
        day = draft.draw_day(0.99)
        leavers[day] += np.floor((arrivals - leavers)[:day].sum() * rng.uniform(0.1, 0.9))
    draft.curve.bought_gains += arrivals - leavers


def _add_earlier_order(draft: Draft, followers: float) -> None:
    """Add the rest of an order from before the curve: constant, or with a slow exponential loss."""
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
    """Arrivals per day: ``total`` by shares per day, with relative noise ``sd`` and over-delivery."""
    noise = np.maximum(1 + sd * draft.rng.standard_normal(len(share)), 0.0)
    return np.asarray(share * noise * total * draft.draw_uniform("over_delivery"))


def burst(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: one to four orders of followers, each delivered within hours or a few days."""
    orders = 1 if draft.rng.random() < 0.55 else int(draft.rng.integers(2, 5))
    size = round_order(order_size(draft, strength) / orders)
    for _ in range(orders):
        share = arrival_shares(
            draft.curve.days, draft.draw_day(0.9), int(draft.draw_log_uniform("burst_days")), "flat"
        )
        deliver_followers(draft, uneven_arrivals(draft, share, size, 0.1))
    return order_strength(draft, size * orders)


def drip(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: a constant number of followers every day for weeks."""
    size = order_size(draft, strength)
    share = arrival_shares(
        draft.curve.days, draft.draw_day(0.75), int(draft.draw_uniform("drip_days")), "flat"
    )
    deliver_followers(draft, uneven_arrivals(draft, share, size, draft.draw_log_uniform("drip_unevenness")))
    return order_strength(draft, size)


def auto_refill(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Scheme: an order with a guarantee, which replaces losses of more than 5 % within a day."""
    size, day, rng = order_size(draft, strength), draft.draw_day(0.7), draft.rng
    share = arrival_shares(draft.curve.days, day, int(rng.integers(1, 15)), "flat")
    change, ordered, standing = np.round(uneven_arrivals(draft, share, size, 0.1)), 0.0, 0.0
    if draft.delivered_early:  # delivered before the curve; the guarantee may still run
        draft.curve.bought_before += size
        change, day, ordered, standing = np.zeros(draft.curve.days), 0, size, size
    until = day + int(rng.choice([30, 60, 90, 365]))
    losses = draft.draw_log_uniform("refill_daily_loss") * rng.uniform(0.0, 2.0, draft.curve.days)
    losses = losses * (0.05 if draft.delivered_early else 1.0)  # after an early delivery most losses are over
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
    """Scheme: a group whose members follow each other on fixed days, most with comments besides."""
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
