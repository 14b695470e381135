"""The parameters of the simulator as types; their values stand in :mod:`accounts.simulation.regimes`.

The regimes to train on and to test on are written independently and share only these types. The source
of each number stands beside its value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypedDict, TypeVar

import numpy as np
import numpy.typing as npt

__all__ = [
    "CommentOrder",
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
CommentOrder = Literal["any", "oldest", "newest"]
"""Which comments of a post an export holds: some of all, or those that came first, or last."""
Name = TypeVar("Name", bound=str)
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Spread(NamedTuple):
    """The distribution of a positive quantity: its median, and its standard deviation in powers of ten."""

    median: float
    sd: float


class Display(NamedTuple):
    """The abbreviation of large counts on a platform's pages: "12.3K", "1.2M".

    Counts below ``begins`` stand in full; others in thousands, millions or thousand millions, with one
    decimal below ``decimal_below`` of these.
    """

    begins: float = 10_000.0
    decimal_below: float = 1_000.0


DISPLAY: Final = Display()
COMMENT_HOURS: Final = Spread(4.0, 0.4)


@dataclass(frozen=True)
class Platform:
    """The parameters of one platform's accounts.

    Attributes
    ----------
    driver
        The count that follows from reach: views if the platform shows them, else likes.
    rate_at
        The driver per post over followers, as (log10 of followers, log10 of the rate) knots.
    rate_sd
        Spread between accounts of the same size, in powers of ten.
    post_spread
        Spread of the driver between posts of one account, in natural logarithms.
    likes_per_view, comments_per_like, shares_per_like, saves_per_like
        Ratios that differ between accounts; None if the platform does not show one of the two counts.
    comment_shape
        Gamma shape of comments around their expectation; small values vary more between posts.
    gap_days
        Median days between posts of an account.
    gap_sd
        Spread of the gaps within an account, natural logarithms, median and spread over accounts.
    hour_concentration
        Concentration (von Mises) of the hour of posting.
    scheduled_share
        Share of ordinary creators whose posts a scheduler publishes.
    daily_growth
        Gross new followers a day, as a share of followers.
    significant_figures
        Significant figures of a public follower count; 0: all.
    following_cap
        Most accounts that the platform lets an account follow.
    leave_factor
        Factor on departures of followers, 1 for most platforms.
    like_spread
        Spread of likes between posts of equal reach, in natural logarithms.
    like_trend
        Rise of engagement from the first post of a stage to the last, apart from the growth in followers:
        natural logarithms, mean and standard deviation over accounts.
    growth_power
        Exponent of an account's age in its follower count before the curve begins.
    hit_share
        Share of posts with far more reach than the others.
    rate_per_gap
        Exponent of the days between posts, over the usual ones, in the rate.
    sd_per_gap
        Exponent of the days between posts, over the usual ones, in the spread of gaps within an account.
    steadiness
        Reduction of ``post_spread``, in powers of ten, for each standard deviation of the account's rate
        above the usual one.
    comment_hours
        Median delay of comments after the post, in hours: its median and spread over accounts.
    usual_quiet_share
        Share of an honest audience that is quiet, mass-following or suspicious: at 1,000 followers, and
        the gain per decade of followers.
    display
        The abbreviation of counts on its pages, which a scraper reads.
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
    rate_per_gap: float = 0.0
    sd_per_gap: float = 0.0
    steadiness: float = 0.0
    comment_hours: Spread = COMMENT_HOURS
    usual_quiet_share: tuple[float, float] = (0.2, 0.04)
    display: Display = DISPLAY


@dataclass(frozen=True, eq=False)
class Export:
    """A source of accounts: a platform, and the tables, fields and depth that the source offers.

    ``grid`` gives the odds of a daily, short daily, weekly or monthly history, and of one
    with gaps. ``missing_fields`` are absent in every export, and each field of
    ``missing_odds`` with its odds. ``window`` sources hold the posts of 48 hours only;
    ``best_posts_odds`` is the odds of receiving the newest posts and the best of the older ones,
    instead of the newest; ``abbreviated_odds`` that of counts abbreviated as on the platform's pages,
    "12.3K". All of it is drawn before any purchase, and so says nothing about one.
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
    """The arrivals of followers in one kind of honest event.

    ``size`` (relative to the followers) and ``days`` (length) are uniform in powers of ten between two
    bounds; ``loss_share`` is the share that leaves again, ``half_life`` that of their departures in days,
    in powers of ten; ``shapes`` are those of :func:`follower_curves.arrival_shares`. A ``skew`` above 1
    favours small sizes: ``low + (high - low) * u ** skew`` with u uniform.
    """

    size: tuple[float, float]
    days: tuple[float, float]
    loss_share: tuple[float, float]
    half_life: tuple[float, float]
    shapes: tuple[PulseShape, ...]
    skew: float = 1.0


class UsernameStyle(TypedDict):
    """The arguments of :class:`Profile` for the names of one kind of account."""

    run: float
    words: tuple[float, float, float, float]


class Profile(NamedTuple):
    """The parameters of one kind of small account or follower.

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
    """All parameters of one regime, see ``regimes/train.py`` and ``regimes/test.py``. Compared by identity.

    ``strength`` bounds bought followers over honest ones and ``engagement_strength`` bought likes,
    views and comments, both log-uniform; ``early_share`` of follower orders are delivered before the
    shown history begins; ``unanswered_share`` of buyers of followers get little engagement.
    ``large_wave_share`` of the events of small accounts are many times larger, ``ignored_share`` of
    small accounts get little engagement, ``young_share`` of the smallest accounts and none of a million
    followers were opened within two years, whatever the spread of ages says, ``repeating_share`` of
    people write one caption under several posts, ``chorus_share`` of audiences say the same few words
    again and again, and sooner than others; ``comment_spread`` is that of the delays of an
    account's comments, in powers of ten, and ``comment_orders`` gives the odds of what an export collects
    of them; ``retention_beta`` are the parameters of the Beta
    distribution of the share of bought followers that stays.
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
    young_share: float
    repeating_share: float
    chorus_share: float
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
    comment_spread: float
    comment_orders: Mapping[CommentOrder, float]
    vocabulary_seed: int
    fan_styles: Mapping[str, float]
    retention_beta: tuple[float, float]
    as_of: tuple[str, str]

    def noise(self, rng: np.random.Generator, size: int | None = None) -> Floats:
        """Draw standardised noise: normal, or logistic, whose tails are heavier."""
        if self.tails == "normal":
            return np.asarray(rng.standard_normal(size))
        return np.asarray(rng.logistic(0.0, 0.5513, size))

    def draw(self, rng: np.random.Generator, spread: Spread) -> float:
        """Draw a positive value around a median.

        >>> from accounts.simulation.regimes.train import TRAIN
        >>> TRAIN.draw(np.random.default_rng(0), Spread(3.0, 0.0))
        3.0
        """
        return self.draws(rng, spread)[0]

    def draws(self, rng: np.random.Generator, *spreads: Spread | None) -> list[float]:
        """Draw a positive value around each median; 0 for None."""
        noise = self.noise(rng, len(spreads)).tolist()
        return [
            spread.median * 10.0 ** (spread.sd * z) if spread else 0.0
            for spread, z in zip(spreads, noise, strict=True)
        ]


def weighted_choice(rng: np.random.Generator, odds: Mapping[Name, float]) -> Name:
    """Draw a name by odds, which need not add up to one; takes exactly one number of the generator.

    >>> weighted_choice(np.random.default_rng(0), {"never": 0.0, "always": 2.0})
    'always'
    """
    left, last = rng.random() * sum(odds.values()), next(iter(odds))
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
