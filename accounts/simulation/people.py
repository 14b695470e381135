"""People first: who runs an account, how large it is, how they post and who answers."""

from __future__ import annotations

import numpy as np

from accounts.simulation.draft import DAY, Person
from accounts.simulation.parameters import Export, Platform, Regime, Spread, choose
from accounts.simulation.text import STYLES

__all__ = ["HARD_PEOPLE", "draw_person", "people_odds"]

# Honest people whom a hasty detector accuses; together with honest events, the hard negatives.
HARD_PEOPLE = frozenset({"brand", "celebrity", "community", "dormant", "seasonal", "mass_follower"})

ZONES = {"en": (-8, 0), "es": (-6, 1), "pt": (-3, 0), "id": (7, 9), "hi": (5, 6), "ar": (1, 4), "ru": (2, 7), "fr": (0, 1),
         "tr": (3, 3), "de": (1, 1), "ja": (9, 9)}  # fmt: skip


def people_odds(regime: Regime, export: Export) -> dict[str, float]:
    """Odds of each kind of people in one export: creators, and small accounts where they occur."""
    small = regime.small_share.get(export.name, 0.05)
    if export.window or "posts" not in export.lacks | set(export.blocks):
        small = max(small, 0.05)
    if export.platform == "github":
        return {"creator": 0.72, "seasonal": 0.08, "dormant": 0.20}
    odds = {kind: share * (1.0 - small) for kind, share in regime.people.items()}
    total = sum(regime.small_people.values())
    return odds | {kind: share / total * small for kind, share in regime.small_people.items()}


def _size(rng: np.random.Generator, regime: Regime, export: Export, kind: str) -> float:
    if kind in regime.profiles:
        return regime.draw(rng, regime.profiles[kind].followers)
    if export.platform == "github":
        return float(10 ** rng.uniform(1.5, 4.9))
    if kind == "everyday" or export.name.endswith("research"):
        return regime.draw(rng, regime.everyday)
    low, high = regime.sizes[kind]
    return float(10 ** (low + (high - low) * rng.beta(1.2, 1.6)))


def _rate(rng: np.random.Generator, regime: Regime, platform: Platform, size: float) -> float:
    """Driver per follower: what is usual at this size, times the person's own residual."""
    sizes, rates = zip(*platform.rate_at, strict=True)
    usual = np.interp(np.log10(max(size, 10.0)), sizes, rates)
    return float(10 ** (usual + platform.rate_sd * regime.noise(rng)))


def _ratio(rng: np.random.Generator, regime: Regime, spread: Spread | None) -> float:
    return float("nan") if spread is None else regime.draw(rng, spread)


def draw_person(rng: np.random.Generator, regime: Regime, export: Export, kind: str, now: float) -> Person:
    """Draw one person of a kind, on the platform of an export."""
    platform = regime.platforms[export.platform]
    size = max(_size(rng, regime, export, kind), 1.0)
    small = regime.profiles.get(kind)
    age = regime.draw(rng, small.age_days if small else Spread(1500, 0.28))
    gap = float(
        np.clip(regime.draw(rng, platform.gap_days) * (1.6 if kind == "everyday" else 1.0), 0.02, 150.0)
    )
    age = float(np.clip(age, 8.0, 6000.0))
    total = (
        regime.draw(rng, small.posts)
        if small
        else regime.draw(rng, Spread(42, 0.5))
        if kind == "everyday"
        else max(age * regime.draw(rng, Spread(0.7, 0.2)) / gap, 3.0)
    )
    if small and rng.random() < small.idle:
        total = 0.0
    following = regime.draw(
        rng, small.following if small else Spread(410, 0.32 if kind == "everyday" else 0.55)
    )
    names = list(regime.languages)
    language = choose(rng, regime.languages)
    zone_low, zone_high = ZONES[language]
    styles = np.array([regime.fan_styles[style] for style in STYLES])
    person = Person(
        kind=kind, language=language, second_language=names[int(rng.integers(0, len(names)))],
        zone=float(rng.integers(zone_low, zone_high + 1)), followers=round(size),
        following=min(round(following), platform.following_cap), total_posts=round(total), created=now - age * DAY,
        gap_days=gap, gap_sd=regime.draw(rng, platform.gap_sd), hour=float(rng.normal(17.0, 3.0)),
        focus=regime.draw(rng, platform.focus), scheduled=bool(rng.random() < platform.scheduled_share),
        rate=_rate(rng, regime, platform, size), swing=regime.draw(rng, platform.swing),
        likes_per_view=min(_ratio(rng, regime, platform.likes_per_view), 0.6),
        comments_per_like=regime.draw(rng, platform.comments_per_like),
        shares_per_like=_ratio(rng, regime, platform.shares_per_like),
        saves_per_like=_ratio(rng, regime, platform.saves_per_like),
        comment_shape=regime.draw(rng, platform.comment_shape),
        growth=min(regime.draw(rng, platform.daily_growth), 0.02),
        circle=float(10 ** rng.uniform(0.8, 2.6)), fake_share=float(rng.beta(*regime.baseline_fakes)),
        styles=rng.dirichlet(styles), topic=int(rng.integers(0, 500)),
    )  # fmt: skip
    _character(rng, person)
    return person


def _character(rng: np.random.Generator, person: Person) -> None:
    """What sets the harder kinds of people apart."""
    if person.kind == "brand":
        person.scheduled, person.gap_sd = True, person.gap_sd * rng.uniform(0.15, 0.6)
        person.rate *= 10 ** rng.uniform(-0.6, 0.1)
        person.comments_per_like *= 10 ** rng.uniform(-0.3, 0.2)
    elif person.kind == "celebrity":
        person.rate *= 10 ** rng.uniform(-1.4, -0.2)
        person.fake_share = float(rng.beta(3.0, 8.0))
        person.following = round(10 ** rng.uniform(0.0, 2.8))
    elif person.kind == "community":
        person.rate *= 10 ** rng.uniform(0.0, 0.4)
        person.comments_per_like *= 10 ** rng.uniform(0.1, 0.7)
        person.circle = float(10 ** rng.uniform(0.7, 1.7))
        person.styles = rng.dirichlet([2.0, 3.0, 6.0, 1.5, 0.6, 0.6])
        person.swing *= rng.uniform(0.5, 1.0)
    elif person.kind == "dormant":
        person.idle_days = float(10 ** rng.uniform(1.8, 2.9))
        person.growth *= 0.15
    elif person.kind == "seasonal":
        person.season = float(rng.uniform(0.6, 1.0))
