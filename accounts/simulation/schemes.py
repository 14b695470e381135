"""What is bought or traded: followers, likes, views, comments, whole packages, anything at all."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np

from accounts.simulation.curves import Shape, leaving, pulse
from accounts.simulation.draft import Draft, Voice
from accounts.simulation.events import SHAPES
from accounts.simulation.parameters import Floats, Ints

__all__ = ["SCHEMES", "Campaign", "round_order"]

ROUND: Final = np.array([1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 10.0])


@dataclass(frozen=True)
class Campaign:
    """One vendor's or group's doing; the accounts that share it share its people and habits.

    Its own generator is seeded by its name alone, so that every customer meets the same vendor.
    """

    name: str
    seed: int

    def rng(self) -> np.random.Generator:
        """A fresh generator, the same for every account of the campaign."""
        return np.random.default_rng((self.seed, zlib.crc32(self.name.encode())))

    @property
    def supply(self) -> int:
        """A number that names the vendor's text supply."""
        return zlib.crc32(f"{self.seed}/{self.name}".encode())

    def authors(self, most: int = 200) -> Ints:
        """The accounts that the campaign lets comment, always in the same order."""
        rng = self.rng()
        return np.asarray(rng.integers(1 << 33, 1 << 47, int(rng.integers(20, most))))


def round_order(amount: float) -> float:
    """The nearest size in a price list.

    >>> round_order(870.0), round_order(11.0), round_order(23_400.0)
    (1000.0, 10.0, 25000.0)
    """
    scale = 10.0 ** np.floor(np.log10(max(amount, 1.0)))
    return float(scale * ROUND[np.argmin(np.abs(np.log(ROUND * scale / max(amount, 1.0))))])


def _day(draft: Draft, latest: float = 0.9) -> int:
    return draft.day(latest)


def _followers(draft: Draft, strength: float) -> float:
    """Size of an order of followers; what a shell orders is not measured by what it has."""
    if draft.person.kind == "shell":
        return round_order(10 ** draft.rng.uniform(1.8, 3.3))
    return round_order(max(strength * draft.curve.honest()[-1], 5.0))


def _deliver(draft: Draft, arrivals: Floats, *, kept: float | None = None) -> None:
    """Add bought followers; some disappear, gradually or in one of the platform's purges."""
    kept = float(draft.rng.beta(*draft.regime.kept_after_weeks)) if kept is None else kept
    kept = 1.0 - (1.0 - kept) * min(draft.platform.leaving * draft.rng.uniform(1.0, 4.0), 1.0)
    arrivals = np.round(arrivals)
    gone = np.floor(
        leaving(arrivals, 1 - kept, 10 ** draft.rng.uniform(0.5, 1.6), int(draft.rng.integers(1, 6)))
    )
    if draft.rng.random() < 0.15 * draft.platform.leaving:
        day = _day(draft, 0.99)
        standing = (arrivals - gone)[:day].sum()
        gone[day] += np.floor(standing * draft.rng.uniform(0.1, 0.9))
    draft.curve.added += arrivals - gone


def _noisy(draft: Draft, share: Floats, total: float, sd: float) -> Floats:
    """Deliver ``total`` by shares per day, with a vendor's unevenness, a little too much."""
    noise = np.maximum(1 + sd * draft.rng.standard_normal(len(share)), 0.0)
    return np.asarray(share * noise * total * draft.rng.uniform(1.0, 1.08))


def burst(draft: Draft, strength: float, campaign: Campaign) -> float:
    """One to four orders of followers, each delivered in hours or a few days."""
    orders = 1 if draft.rng.random() < 0.55 else int(draft.rng.integers(2, 5))
    size = round_order(_followers(draft, strength) / orders)
    for _ in range(orders):
        share = pulse(draft.curve.days, _day(draft), int(draft.rng.choice([1, 1, 1, 2, 2, 3, 5])), "flat")
        _deliver(draft, _noisy(draft, share, size, 0.1))
    return size * orders / max(draft.curve.honest()[-1], 1.0)


def drip(draft: Draft, strength: float, campaign: Campaign) -> float:
    """The same round number of followers every day for weeks."""
    size = _followers(draft, strength)
    length = int(draft.rng.integers(10, 120))
    share = pulse(draft.curve.days, _day(draft, 0.75), length, "flat")
    _deliver(draft, _noisy(draft, share, size, 10 ** draft.rng.uniform(-2.0, -0.5)))
    return size / max(draft.curve.honest()[-1], 1.0)


def auto_refill(draft: Draft, strength: float, campaign: Campaign) -> float:
    """An order with a guarantee: whenever more than 5 % have gone, they are replaced within a day."""
    size, day = _followers(draft, strength), _day(draft, 0.7)
    daily = 10 ** draft.rng.uniform(-2.3, -1.0)
    until = day + int(draft.rng.choice([30, 60, 90, 365]))
    share = pulse(draft.curve.days, day, int(draft.rng.integers(1, 15)), "flat")
    arrivals = np.round(_noisy(draft, share, size, 0.1))
    change, standing, full = arrivals.copy(), 0.0, 0.0
    for at in range(day, draft.curve.days):
        lost = np.floor(standing * daily * draft.rng.random() * 2)
        full += arrivals[at]
        standing += arrivals[at] - lost
        change[at] -= lost
        if at < until and standing < 0.95 * full and at + 1 < draft.curve.days:
            change[at] += full - standing
            standing = full
    draft.curve.added += change
    return size / max(draft.curve.honest()[-1], 1.0)


def _touched(draft: Draft) -> Ints:
    """The posts that are treated: all, the latest, since a day, or every so many."""
    count = len(draft.posts)
    way = draft.rng.random()
    if way < 0.45 or count < 4:
        return np.arange(count)
    if way < 0.75:
        return np.arange(int(count * draft.rng.uniform(0.2, 0.85)), count)
    return np.flatnonzero(draft.rng.random(count) < draft.rng.uniform(0.2, 0.8))


def _boost(draft: Draft, name: str, strength: float, evenness: float, *, flat: bool) -> float:
    """Add a count to posts: the same round number to each, or in proportion to what is there."""
    posts, which = draft.posts, _touched(draft)
    honest = posts.honest[name]
    basis = float(honest.sum())
    if len(which) == 0:
        return strength
    each = strength * basis / len(which)
    amount = np.full(len(which), round_order(each)) if flat else strength * honest[which]
    amount = amount * np.maximum(1 + evenness * draft.rng.standard_normal(len(which)), 0.0)
    if not flat and draft.rng.random() < 0.5:
        amount = np.array([round_order(value) for value in amount.tolist()])
    amount = np.round(amount)
    posts.added[name][which] += amount
    return float(amount.sum()) / max(basis, 1.0)


def likes_flat(draft: Draft, strength: float, campaign: Campaign) -> float:
    """The same order of likes for every post."""
    return _boost(draft, _liked(draft), strength, 10 ** draft.rng.uniform(-2.5, -0.9), flat=True)


def likes_proportional(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Likes in proportion to those that a post has."""
    return _boost(draft, _liked(draft), strength, draft.rng.uniform(0.05, 0.4), flat=False)


def _liked(draft: Draft) -> str:
    """Likes, or views where the platform counts no likes."""
    return "likes" if draft.driver == "likes" or draft.platform.likes_per_view else "views"


def views(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Views that bring no likes, comments or followers."""
    return _boost(
        draft, "views", strength, 10 ** draft.rng.uniform(-2.0, -0.5), flat=draft.rng.random() < 0.6
    )


def _bought_comments(draft: Draft, strength: float, campaign: Campaign, style: str) -> float:
    posts, which, vendor = draft.posts, _touched(draft), campaign.rng()
    basis = float(posts.honest["comments"].sum())
    counts = np.zeros(len(posts))
    if len(which):
        each = strength * basis / len(which)
        even = vendor.random() < 0.5
        drawn = (
            np.full(len(which), round_order(each) if each >= 5 else each)
            if even
            else draft.rng.gamma(2.0, each / 2, len(which))
        )
        counts[which] = draft.rng.poisson(drawn) if each < 5 or not even else np.round(drawn)
    posts.added["comments"] += counts
    hours = (10 ** vendor.uniform(-1.0, 1.4), float(vendor.uniform(0.15, 0.6)))
    draft.voices.append(Voice(style, counts, campaign.authors(400), hours, campaign.supply))
    if vendor.random() < 0.5:
        posts.added["likes"][which] += np.round(counts[which] * vendor.uniform(0.2, 5.0))
    return float(counts.sum()) / max(basis, 1.0)


def comments_templates(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Comments spun from a vendor's few sentences."""
    return _bought_comments(draft, strength, campaign, "templates")


def comments_fluent(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Comments written by a language model, each different, all alike."""
    return _bought_comments(draft, strength, campaign, "fluent")


def pod(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Twenty to two hundred people who like and comment on each other's posts in the first hour."""
    posts, members, group = draft.posts, campaign.authors(200), campaign.rng()
    joined = int(len(posts) * group.uniform(0.0, 0.6))
    basis = max(float(posts.honest["comments"].sum()), 1.0)
    each = min(max(strength * basis / max(len(posts) - joined, 1), 0.5), 0.95 * len(members))
    counts = np.zeros(len(posts))
    counts[joined:] = draft.rng.binomial(len(members), each / len(members), len(posts) - joined)
    posts.added["comments"] += counts
    likes = draft.rng.binomial(len(members), group.uniform(0.4, 0.95), len(posts))
    posts.added["likes"][joined:] += np.minimum(likes, 3 * counts + 3)[joined:]
    draft.voices.append(Voice("pod", counts, members, (0.4, 0.3), campaign.supply))
    return float(counts.sum()) / basis


def loop_group(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Follow trains: members follow each other on fixed days, and comment while they are at it."""
    group, days = campaign.rng(), draft.curve.days
    period, size = int(group.choice([3, 5, 7, 7, 10, 14])), _followers(draft, strength)
    on_day = (np.arange(days) % period == int(group.integers(0, period))) & (
        np.arange(days) >= _day(draft, 0.6)
    )
    share = on_day / max(on_day.sum(), 1)
    arrivals = np.round(_noisy(draft, share, size, 0.2))
    _deliver(draft, arrivals, kept=float(draft.rng.uniform(0.5, 0.95)))
    back = np.floor(np.cumsum(arrivals) * draft.rng.uniform(0.3, 1.0))
    draft.curve.following = draft.curve.following + np.minimum(back, draft.platform.following_cap)
    draft.audience = {"mass_follower": 0.6, "small_person": 0.3, "dressed_fake": 0.1}
    if len(draft.posts) and draft.rng.random() < 0.7:
        counts = draft.rng.poisson(draft.rng.uniform(1, 12), len(draft.posts)).astype(np.float64)
        draft.posts.added["comments"] += counts
        draft.voices.append(Voice("pod", counts, campaign.authors(150), (2.0, 0.5), campaign.supply))
    return size / max(draft.curve.honest()[-1], 1.0)


def full_package(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Followers, likes, views and comments from one vendor, so that the ratios look right."""
    reached = (burst if draft.rng.random() < 0.4 else drip)(draft, strength, campaign)
    for name in ("likes", "views"):
        _boost(draft, name, strength * draft.rng.uniform(0.3, 1.2), 0.1, flat=draft.rng.random() < 0.5)
    _bought_comments(
        draft,
        strength * draft.rng.uniform(0.2, 1.0),
        campaign,
        "templates" if draft.rng.random() < 0.6 else "fluent",
    )
    return reached


def random_inflation(draft: Draft, strength: float, campaign: Campaign) -> float:
    """Any counts in any pattern."""
    rng, reached = draft.rng, [0.0]
    names = [
        name for name in ("followers", "likes", "views", "comments", "shares", "saves") if rng.random() < 0.4
    ]
    names = names or [str(rng.choice(["followers", _liked(draft)]))]
    if draft.export.blocks == ("history",) and "followers" not in names:
        names.append("followers")
    for name in names:
        part = strength * float(10 ** rng.uniform(-0.4, 0.0))
        if name == "followers":
            reached.append(_any_curve(draft, part))
        elif name == "comments":
            reached.append(
                _bought_comments(
                    draft, part, campaign, str(rng.choice(["templates", "fluent", "pod", "fans"]))
                )
            )
        else:
            reached.append(_any_boost(draft, name, part))
    return max(reached)


def _any_curve(draft: Draft, strength: float) -> float:
    rng, size = draft.rng, strength * draft.curve.honest()[-1]
    size = _followers(draft, strength) if draft.person.kind == "shell" else size
    size = round_order(size) if rng.random() < 0.5 else size
    parts = int(rng.integers(1, 9))
    for _ in range(parts):
        shape: Shape = SHAPES[int(rng.integers(0, 5))]
        share = pulse(draft.curve.days, _day(draft, 0.98), int(10 ** rng.uniform(0, 1.9)), shape)
        _deliver(
            draft, _noisy(draft, share, size / parts, rng.uniform(0, 0.6)), kept=float(rng.beta(1.2, 0.6))
        )
    return float(size / max(draft.curve.honest()[-1], 1.0))


def _any_boost(draft: Draft, name: str, strength: float) -> float:
    rng, posts = draft.rng, draft.posts
    if len(posts) == 0:
        return 0.0
    basis = float(posts.honest[name].sum())
    pattern = [
        np.ones(len(posts)), rng.exponential(1.0, len(posts)), np.arange(len(posts)) + 1.0, rng.pareto(1.5, len(posts)),
        posts.honest[name], (np.arange(len(posts)) % int(rng.integers(2, 7)) == 0) * 1.0, 1.0 / (posts.honest[name] + 1.0),
    ][int(rng.integers(0, 7))] * (rng.random(len(posts)) < rng.uniform(0.3, 1.2))  # fmt: skip
    amount = np.round(strength * basis * pattern / max(pattern.sum(), 1e-9))
    posts.added[name] += amount
    return float(amount.sum()) / max(basis, 1.0)


Scheme = Callable[[Draft, float, Campaign], float]
SCHEMES: Final[MappingProxyType[str, Scheme]] = MappingProxyType({
    scheme.__name__: scheme
    for scheme in (
        burst, drip, auto_refill, likes_flat, likes_proportional, views, comments_templates, comments_fluent, pod, loop_group,
        full_package, random_inflation,
    )
})  # fmt: skip
