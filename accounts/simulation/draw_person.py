"""Draw the person behind an account: kind, size, posting habits, and how their audience answers."""

from __future__ import annotations

import numpy as np

from accounts.schema import BEGINNINGS
from accounts.simulation.draft import DAY, Person
from accounts.simulation.follower_sample import quiet_share
from accounts.simulation.parameters import Export, Platform, Regime, Spread, weighted_choice
from accounts.simulation.text import STYLES

__all__ = ["HARD_PEOPLE", "draw_person", "people_odds"]

# Kinds of honest people that a naive detector accuses; with honest events, the hard negatives.
HARD_PEOPLE = frozenset(
    {"brand", "celebrity", "community", "dormant", "promoter", "seasonal", "mass_follower", "unloved"}
)

# Kinds of creators who follow back while they are small.
ORDINARY_KINDS = frozenset({"creator", "community", "seasonal", "dormant", "unloved"})

# Within how many days young accounts were opened.
YOUNG_DAYS = (14.0, 730.0)

# How long after a platform opened those came who are drawn as older than it is.
FIRST_YEARS = 3

# Hours east of UTC, lowest and highest, by language.
TIME_ZONES = {
    "en": (-8, 0),
    "es": (-6, 1),
    "pt": (-3, 0),
    "id": (7, 9),
    "hi": (5, 6),
    "ar": (1, 4),
    "ru": (2, 7),
    "fr": (0, 1),
    "tr": (3, 3),
    "de": (1, 1),
    "ja": (9, 9),
}


def people_odds(regime: Regime, export: Export, *, small: bool) -> dict[str, float]:
    """Odds of each kind of person in one export; with ``small`` also kinds of small accounts.

    >>> from accounts.simulation.regimes.train import TRAIN
    >>> round(sum(people_odds(TRAIN, TRAIN.exports[0], small=True).values()), 6)
    1.0
    """
    few = regime.small_share.get(export.name, regime.small_share["deep"]) if small else 0.0
    if export.platform == "github":
        return {"creator": 0.72, "seasonal": 0.08, "dormant": 0.20}
    odds = {kind: share * (1.0 - few) for kind, share in regime.people.items()}
    total = sum(regime.small_people.values())
    return odds | {kind: share / total * few for kind, share in regime.small_people.items()}


def _draw_size(rng: np.random.Generator, regime: Regime, export: Export, kind: str) -> float:
    if kind in regime.profiles:
        return regime.draw(rng, regime.profiles[kind].followers)
    if export.platform == "github" and kind != "shell":
        return float(10 ** rng.uniform(1.6, 5.0))
    if kind == "everyday" or export.name.endswith("research"):
        wide = export.platform != "instagram"
        return regime.draw(rng, Spread(regime.everyday.median * 3, 0.8) if wide else regime.everyday)
    low, high = regime.sizes[kind]
    return float(10 ** (low + (high - low) * rng.beta(1.2, 1.6)))


def _draw_rate(
    rng: np.random.Generator, regime: Regime, platform: Platform, size: float, gap: float
) -> tuple[float, float]:
    """The driver per post over followers (the platform's at this size, with noise), and the noise in sds.

    Who posts more often than is usual on the platform earns less with each post.
    """
    sizes, rates = zip(*platform.rate_at, strict=True)
    usual, residual = np.interp(np.log10(max(size, 10.0)), sizes, rates), float(regime.noise(rng))
    rarer = np.clip(np.log10(gap / platform.gap_days.median), -1.0, 1.0)
    return float(10 ** (usual + platform.rate_per_gap * rarer + platform.rate_sd * residual)), residual


def _draw_age(rng: np.random.Generator, regime: Regime, size: float) -> float:
    """The age in days of an account that many follow; some are young, the larger the fewer."""
    young = regime.young_share * np.clip((6.0 - np.log10(size)) / 3.0, 0.0, 1.0)
    usual = regime.draw(rng, regime.age_days)
    return float(rng.uniform(*YOUNG_DAYS)) if rng.random() < young else usual


def _draw_activity(
    rng: np.random.Generator, regime: Regime, platform: Platform, kind: str, size: float
) -> tuple[float, float, float]:
    """Draw days between posts, posts in all, and the age in days, so that they agree with each other."""
    small, gap = regime.profiles.get(kind), regime.draw(rng, platform.gap_days)
    if small:
        posts = 0.0 if rng.random() < small.idle else regime.draw(rng, small.posts)
        age = regime.draw(rng, small.age_days)
        gap = min(gap, age / max(posts, 1.0))
    elif kind == "everyday":
        # more posts where there are more followers, and of those who post more often
        pace, posts = platform.gap_days.median / gap, regime.draw(rng, regime.everyday_posts)
        posts = max(posts * (size / regime.everyday.median) ** 0.9 * pace**0.8, 3.0)
        gap *= 1.5
        age = max(posts * gap * rng.uniform(1.2, 2.2), 10 ** rng.uniform(2.2, 3.4))
    elif kind == "shell":
        age, posts = 10 ** rng.uniform(1.7, 2.9), float(rng.integers(0, 30))
        gap = min(gap, age / max(posts, 1.0))
    else:
        if platform.driver == "likes":  # larger accounts post more often, up to three times a day
            gap *= min((size / 1000.0) ** -0.22, 1.0)
        if kind == "brand" and rng.random() < 0.4:  # a newsroom
            gap *= 10 ** -rng.uniform(0.4, 1.1)
        age = _draw_age(rng, regime, size)
        posts = max(age * 10 ** rng.normal(-0.15, 0.2) / gap, 3.0)
    return float(np.clip(gap, 0.02, 150.0)), float(round(posts)), float(np.clip(age, 8.0, 6000.0))


def draw_person(  # noqa: PLR0913
    rng: np.random.Generator, regime: Regime, export: Export, kind: str, *, now: float, bought: float = 0.0
) -> Person:
    """Draw one person of a kind, on the platform of an export.

    ``bought`` is the number of bought followers per honest one: with them the size is usual for the kind.
    ``now`` is in seconds since 1970.
    """
    platform, small = regime.platforms[export.platform], regime.profiles.get(kind)
    size = max(_draw_size(rng, regime, export, kind), 1.0)
    if bought > 4.0 and rng.random() < 0.6:  # large orders aim at an influencer's follower count
        size = max(size, 10 ** rng.uniform(3.0, 5.2))
    size = max(size / (1.0 + bought), min(size, 20.0))
    gap, posts, age = _draw_activity(rng, regime, platform, kind, size)
    opened, created = BEGINNINGS[export.platform].timestamp(), now - age * DAY
    if created < opened:  # came in the platform's first years, and has posted less since
        created = opened + (opened - created) % (FIRST_YEARS * 365 * DAY)
        posts = float(np.ceil(posts * (now - created) / (age * DAY)))
    usual = (
        small.following if small else regime.everyday_following if kind == "everyday" else regime.following
    )
    language, other = weighted_choice(rng, regime.languages), weighted_choice(rng, regime.languages)
    rate, rate_residual = _draw_rate(rng, regime, platform, size, gap)
    tastes = regime.draws(
        rng,
        usual,
        platform.gap_sd,
        platform.hour_concentration,
        platform.post_spread,
        platform.likes_per_view,
        platform.comments_per_like,
        platform.shares_per_like,
        platform.saves_per_like,
        platform.comment_shape,
        platform.daily_growth,
    )
    following, gap_sd, focus, swing, liked, discussed, shared, saved, shape, growth = tastes
    friends = kind in ("everyday", "small_person") or (kind in ORDINARY_KINDS and size < 1_500)
    if friends and rng.random() < regime.mutual_share:
        following = size * 10 ** rng.normal(0.03, 0.17)  # friends follow each other
    person = Person(
        kind=kind,
        language=language,
        second_language=other,
        zone=float(rng.integers(TIME_ZONES[language][0], TIME_ZONES[language][1] + 1)),
        followers=float(round(size)),
        following=float(min(round(following), platform.following_cap)),
        total_posts=posts,
        created=created,
        gap_days=gap,
        gap_sd=gap_sd * float(np.clip((gap / platform.gap_days.median) ** platform.sd_per_gap, 0.6, 1.2)),
        hour=float(rng.normal(17.0, 3.0)),
        hour_concentration=focus,
        scheduled=rng.random() < platform.scheduled_share and kind != "everyday" and not small,
        rate=rate,
        post_spread=swing * 10 ** (-platform.steadiness * rate_residual),
        likes_per_view=min(liked, 0.6),
        comments_per_like=min(discussed, 0.6),
        shares_per_like=shared,
        saves_per_like=saved,
        comment_shape=shape,
        growth=min(growth, 0.02),
        regular_commenters=float(10 ** rng.uniform(0.8, 2.6)),
        quiet_share=quiet_share(rng, platform.usual_quiet_share, size),
        styles=rng.dirichlet([regime.fan_styles[style] for style in STYLES]),
        topic=int(rng.integers(0, 500)),
        leave_factor=platform.leave_factor,
    )
    _apply_kind(rng, person, regime.ignored_share if small else 0.0)
    return person


def _apply_kind(rng: np.random.Generator, person: Person, ignored: float) -> None:
    """Adjust a person to their kind; ``ignored`` is a small account's probability to be hardly answered."""
    if person.kind == "brand":
        person.scheduled, person.gap_sd = True, person.gap_sd * rng.uniform(0.15, 0.6)
        person.rate *= 10 ** rng.uniform(-0.6, 0.1)
        person.comments_per_like *= 10 ** rng.uniform(-0.3, 0.2)
    elif person.kind == "celebrity":
        person.rate *= 10 ** rng.uniform(-0.8, 0.0)
        person.quiet_share = min(person.quiet_share + rng.uniform(0.0, 0.2), 0.7)
        person.following = round(10 ** rng.uniform(0.0, 2.8))
    elif person.kind == "community":
        person.rate *= 10 ** rng.uniform(0.0, 0.4)
        person.comments_per_like *= 10 ** rng.uniform(0.1, 0.7)
        person.regular_commenters = float(10 ** rng.uniform(0.7, 1.7))
        person.styles = rng.dirichlet([2.0, 3.0, 6.0, 1.5, 0.6, 0.6])
        person.post_spread *= rng.uniform(0.5, 1.0)
    elif person.kind == "unloved" or (person.kind != "bot_account" and rng.random() < ignored):
        person.rate *= 10 ** rng.uniform(-1.0, -0.3)
        person.comments_per_like *= 10 ** rng.uniform(-0.7, 0.0)
    elif person.kind == "promoter":
        person.following = round(person.following * 10 ** rng.uniform(0.0, 0.8))
        person.post_spread *= rng.uniform(1.0, 2.0)
    elif person.kind == "dormant":
        person.idle_days = float(10 ** rng.uniform(1.8, 2.9))
        person.growth *= 0.15
    elif person.kind == "seasonal":
        person.season = float(rng.uniform(0.6, 1.0))
