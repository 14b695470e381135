"""The shape of a regime: every number the simulator draws by, and how draws are spread.

Two regimes are written apart from each other, to train on and to test on; what they share is
only this shape. A number's source stands beside it, where it is set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypedDict

import numpy as np
import numpy.typing as npt

__all__ = [
    "Display",
    "Export",
    "Floats",
    "Ints",
    "Platform",
    "Profile",
    "PulseShape",
    "Regime",
    "Spread",
    "UsernameStyle",
    "Wave",
    "allowed_odds",
    "weighted_choice",
]

PulseShape = Literal["flat", "decay", "long", "bell", "ramp"]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Spread(NamedTuple):
    """A positive quantity: its median, and its standard deviation in powers of ten."""

    median: float
    sd: float


class Display(NamedTuple):
    """How a platform's pages show large counts: "12.3K", "1.2M".

    Counts under ``begins`` stand in full; others in thousands, millions or thousand millions, with
    one decimal where they are under ``decimal_below`` of these.
    """

    begins: float = 10_000.0
    decimal_below: float = 1_000.0


DISPLAY: Final = Display()


@dataclass(frozen=True)
class Platform:
    """How accounts of one platform behave.

    Attributes
    ----------
    driver
        What an audience does first: likes where views are not counted, else views.
    rate_at
        The driver per post over followers, as (log10 of followers, log10 of the rate) knots.
    rate_sd
        Spread between accounts of the same size, in powers of ten.
    post_spread
        Spread of the driver between posts of one account, in natural logarithms.
    likes_per_view, comments_per_like, shares_per_like, saves_per_like
        Account-level ratios; None where the platform does not count one of the two.
    comment_shape
        Gamma shape of comments around their expectation; small means uneven.
    gap_days
        Median days between posts of an account.
    gap_sd
        Spread of the gaps within an account, natural logarithms, median and spread over accounts.
    hour_concentration
        Concentration (von Mises) of the hour of posting.
    scheduled_share
        Share of ordinary creators that let a scheduler publish on the quarter of an hour.
    daily_growth
        Gross new followers a day, as a share of followers.
    significant_figures
        Significant figures that the platform shows of a follower count; 0 shows all.
    following_cap
        Most accounts that one may follow.
    leave_factor
        How readily followers leave, against the other platforms.
    like_spread
        How far posts of equal reach differ in likes, natural logarithms; accounts differ in it.
    like_trend
        How much better the last post of an account's life does than its first beside the growth in
        followers, natural logarithms, mean and standard deviation over accounts.
    growth_power
        Power of an account's age by which its followers grew before its history begins.
    hit_share
        Share of posts that do far better than the rest.
    steadiness
        How far posts of accounts that are answered more than usual differ less: powers of ten of
        ``post_spread`` for one standard deviation of the rate.
    usual_quiet_share
        Share of an honest audience that is quiet, follows masses or looks suspicious: at 1,000
        followers, and what every decade adds.
    display
        How its pages show large counts, which is what a scraper reads.
    """

    driver: Literal["likes", "views"]
    rate_at: tuple[tuple[float, float], ...]
    rate_sd: float
    post_spread: Spread
    likes_per_view: Spread | None
    comments_per_like: Spread
    shares_per_like: Spread | None
    saves_per_like: Spread | None
    comment_shape: Spread
    gap_days: Spread
    gap_sd: Spread
    hour_concentration: Spread
    scheduled_share: float
    daily_growth: Spread
    significant_figures: int
    following_cap: int
    leave_factor: float = 1.0
    like_spread: float = 0.3
    like_trend: tuple[float, float] = (0.04, 0.3)
    growth_power: float = 0.8
    hit_share: float = 0.02
    steadiness: float = 0.0
    usual_quiet_share: tuple[float, float] = (0.2, 0.04)
    display: Display = DISPLAY


@dataclass(frozen=True, eq=False)
class Export:
    """One way in which accounts reach a user: a platform and what its source offers.

    ``grid`` gives the odds of a daily, short daily, weekly or monthly history, and of one
    with gaps. ``missing_fields`` names fields that the source never has, ``missing_odds`` those that an
    account's copy may miss, with the odds. ``window`` sources hold the posts of 48 hours only;
    ``best_posts_odds`` is the odds of receiving the newest posts and the best of the older ones,
    instead of the newest; ``abbreviated_odds`` that of counts as the platform's pages show them, "12.3K".
    All of it is drawn before anything is bought.
    """

    name: str
    platform: str
    weight: float
    blocks: tuple[str, ...]
    grid: Mapping[str, float]
    missing_fields: frozenset[str]
    missing_odds: Mapping[str, float]
    window: bool = False
    best_posts_odds: float = 0.0
    abbreviated_odds: float = 0.0


class Wave(NamedTuple):
    """How people come in one sort of honest event.

    ``size`` is against the followers there are and ``days`` the length, both uniform in powers
    of ten between two bounds; ``loss_share`` is the share that leaves again, ``half_life`` of those
    who leave in days, in powers of ten; ``shapes`` are those of :func:`curves.pulse`. With a ``skew``
    over 1 small sizes are commoner: a size of ``low + (high - low) * u ** skew``, u uniform.
    """

    size: tuple[float, float]
    days: tuple[float, float]
    loss_share: tuple[float, float]
    half_life: tuple[float, float]
    shapes: tuple[PulseShape, ...]
    skew: float = 1.0


class UsernameStyle(TypedDict):
    """How accounts of one kind are named: see :class:`Profile`."""

    run: float
    words: tuple[float, float, float, float]


class Profile(NamedTuple):
    """What the profile of one kind of small account, or of a follower, looks like.

    ``idle``, ``picture``, ``private``, ``bio`` and ``digits`` are shares: of accounts without
    any post, with a picture, private, with a bio, and with digits in the name. ``run`` is how many
    digits those have at most, and ``words`` the odds of 0, 1, 2 and 3 words in the displayed name.
    ``numbered`` is the share whose name is no more than "user" and a number.
    """

    followers: Spread
    following: Spread
    posts: Spread
    idle: float
    picture: float
    private: float
    bio: float
    digits: float
    age_days: Spread
    run: float = 4.5
    words: tuple[float, float, float, float] = (0.10, 0.32, 0.46, 0.12)
    numbered: float = 0.0


@dataclass(frozen=True, eq=False)
class Regime:
    """All numbers of one regime; see the two files that fill it in. Compared by identity.

    ``strength`` bounds bought followers over honest ones and ``engagement_strength`` bought likes,
    views and comments, both log-uniform; ``early_share`` of follower orders were delivered before the
    shown history begins; ``unanswered_share`` of those who buy followers are answered little by anybody.
    ``large_wave_share`` of events come to small accounts many times as large as to others, and
    ``ignored_share`` of small people are hardly answered.
    """

    name: str
    seed_number: int
    tails: Literal["normal", "logistic"]
    gaps: Literal["lognormal", "weibull"]
    delays: Literal["lognormal", "lomax"]
    mixture: Mapping[str, float]
    people: Mapping[str, float]
    small_people: Mapping[str, float]
    small_share: Mapping[str, float]
    events: Mapping[str, float]
    event_share: float
    random_event_share: float
    event_share_of_inflated: float
    random_event_share_of_inflated: float
    inflated: Mapping[str, float]
    automated: Mapping[str, float]
    fakes: Mapping[str, float]
    waves: Mapping[str, Wave]
    habits: Mapping[str, tuple[float, float]]
    phrase_set: str
    strength: tuple[float, float]
    engagement_strength: tuple[float, float]
    early_share: float
    unanswered_share: float
    large_wave_share: float
    ignored_share: float
    campaign_block: int
    platforms: Mapping[str, Platform]
    exports: tuple[Export, ...]
    languages: Mapping[str, float]
    english_vendor_share: float
    sizes: Mapping[str, tuple[float, float]]
    everyday: Spread
    everyday_posts: Spread
    everyday_following: Spread
    mutual_share: float
    following: Spread
    age_days: Spread
    profiles: Mapping[str, Profile]
    comment_delay_hours: Spread
    vocabulary_seed: int
    fan_styles: Mapping[str, float]
    retention_beta: tuple[float, float]
    as_of: tuple[str, str]

    def noise(self, rng: np.random.Generator, size: int | None = None) -> Floats:
        """Standardised noise: normal, or logistic with its heavier tails."""
        if self.tails == "normal":
            return np.asarray(rng.standard_normal(size))
        return np.asarray(rng.logistic(0.0, 0.5513, size))

    def draw(self, rng: np.random.Generator, spread: Spread) -> float:
        """One positive draw around a median.

        >>> from accounts.simulation.regimes.train import TRAIN
        >>> TRAIN.draw(np.random.default_rng(0), Spread(3.0, 0.0))
        3.0
        """
        return self.draws(rng, spread)[0]

    def draws(self, rng: np.random.Generator, *spreads: Spread | None) -> list[float]:
        """One positive draw around each median; nothing, 0, where there is none."""
        noise = self.noise(rng, len(spreads)).tolist()
        return [
            spread.median * 10.0 ** (spread.sd * z) if spread else 0.0
            for spread, z in zip(spreads, noise, strict=True)
        ]


def weighted_choice(rng: np.random.Generator, odds: Mapping[str, float]) -> str:
    """One name, with odds that need not add up to one; always exactly one draw.

    >>> weighted_choice(np.random.default_rng(0), {"never": 0.0, "always": 2.0})
    'always'
    """
    left, last = rng.random() * sum(odds.values()), ""
    for name, weight in odds.items():
        left -= weight
        last = name if weight > 0.0 else last
        if left < 0.0:
            break
    return last


def allowed_odds(odds: Mapping[str, float], without: Collection[str]) -> dict[str, float]:
    """The odds without some names; empty where all of them are excluded.

    >>> allowed_odds({"burst": 1.0, "drip": 2.0}, {"burst"})
    {'drip': 2.0}
    """
    return {name: weight for name, weight in odds.items() if name not in without}
