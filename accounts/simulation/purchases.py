"""Purchases: the plan of a scheme, drawn before the account, and its application to the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from accounts.simulation.campaigns import Campaign
from accounts.simulation.draft import Draft
from accounts.simulation.follower_sample import FAKE_FOLLOWERS
from accounts.simulation.parameters import Export, Regime, allowed_odds, weighted_choice
from accounts.simulation.schemes import FOLLOWER_SCHEMES, SCHEMES

__all__ = ["PurchasePlan", "buy", "draw_plan"]

# Schemes for accounts without posts, and for repositories.
WITHOUT_POSTS: Final = ("burst", "drip", "auto_refill", "loop_group", "random_inflation")
OF_STARS: Final = frozenset({"burst", "drip", "random_inflation"})


@dataclass(frozen=True)
class PurchasePlan:
    """A planned purchase.

    Attributes
    ----------
    scheme
        One of :data:`accounts.simulation.schemes.SCHEMES`.
    strength
        Bought over honest.
    early
        Whether followers arrive before the shown history.
    sized_with_purchase
        Whether the account's size is usual with the bought followers; otherwise it is without them.

    Examples
    --------
    >>> PurchasePlan("burst", 2.0, early=False, sized_with_purchase=True).bought_per_honest
    2.0
    """

    scheme: str
    strength: float
    early: bool
    sized_with_purchase: bool

    @property
    def bought_per_honest(self) -> float:
        """Bought followers per honest one that the account's usual size includes."""
        return self.strength if self.sized_with_purchase and self.scheme in FOLLOWER_SCHEMES else 0.0


def draw_plan(
    rng: np.random.Generator, regime: Regime, export: Export, without: frozenset[str]
) -> PurchasePlan:
    """Draw the purchase of one account, before its person: the purchase changes the honest size."""
    odds = allowed_odds(regime.inflated, without) or dict(regime.inflated)
    if export.platform == "github":
        odds = {name: weight for name, weight in odds.items() if name in OF_STARS} or odds
    scheme, strengths = weighted_choice(rng, odds), regime.strength
    early = rng.random() < regime.early_share and scheme in FOLLOWER_SCHEMES - {"loop_group"}
    if scheme not in FOLLOWER_SCHEMES:
        strengths = regime.engagement_strength
    strength = float(np.exp(rng.uniform(*np.log(strengths))))
    return PurchasePlan(scheme, strength, early, rng.random() < 0.8)


def buy(
    draft: Draft, plan: PurchasePlan, number: tuple[int, int], without: frozenset[str]
) -> tuple[str, float, str]:
    """Apply a plan to an account; returns the scheme's name, the strength it reached, and its campaign.

    An account without posts buys followers instead of engagement. ``number`` is the seed of the
    population and the number of the account in it.
    """
    (seed, index), regime, rng, scheme = number, draft.regime, draft.rng, plan.scheme
    other = weighted_choice(
        rng, allowed_odds({name: regime.inflated[name] for name in WITHOUT_POSTS}, without) or {scheme: 1}
    )
    if len(draft.posts) == 0 and draft.export.platform != "github" and scheme not in WITHOUT_POSTS:
        scheme = other
    group = int(rng.integers(0, 1 + round(regime.inflated[scheme] * 12)))
    campaign = Campaign(f"{regime.name}-{scheme}-{index // regime.campaign_block}-{group}", seed)
    kinds = draft.rng.dirichlet(np.full(len(FAKE_FOLLOWERS), 0.7))
    draft.bought_audience = dict(zip(FAKE_FOLLOWERS, kinds.tolist(), strict=True))
    reached = SCHEMES[scheme](draft, plan.strength, campaign)
    return scheme, float(np.clip(reached, *regime.strength)), campaign.name
