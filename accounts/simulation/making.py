"""One account from its number: an export, a person, an event, and perhaps a scheme."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import numpy as np

from accounts.simulation.audience import FAKES
from accounts.simulation.campaigns import Campaign
from accounts.simulation.curves import draw_curve
from accounts.simulation.draft import DAY, Draft
from accounts.simulation.engagement import TAGS, USUAL_TAGS, bare_posts, engage
from accounts.simulation.events import befall
from accounts.simulation.parameters import Export, Regime, choose
from accounts.simulation.people import draw_person, people_odds
from accounts.simulation.posting import post_times, window_times
from accounts.simulation.programs import PROGRAMS
from accounts.simulation.schemes import OF_FOLLOWERS, SCHEMES

__all__ = ["Depth", "Truth", "draw_draft", "make_draft"]

FOLLOWERS_ONLY = ("burst", "drip", "auto_refill", "loop_group", "random_inflation")
STARS = frozenset({"burst", "drip", "random_inflation"})
BUSY = frozenset({"x", "other"})
LAUNCHED = 0.45  # of repositories had a launch or a front page within what is shown


@dataclass(frozen=True)
class Truth:
    """What is known of a simulated account and hidden from the detector: its row of labels."""

    inflated: bool
    automated: bool
    person: str
    scheme: str | None
    strength: float | None
    campaign: str | None
    event: str | None
    language: str


@dataclass(frozen=True)
class Plan:
    """What will be bought: the scheme, how much over honest, and whether before anything is shown.

    ``hidden`` says that the account's size is a usual one with what is bought, instead of without.
    """

    scheme: str
    strength: float
    early: bool
    hidden: bool

    @property
    def beside(self) -> float:
        """Bought followers beside each honest one in an account of usual size."""
        return self.strength if self.hidden and self.scheme in OF_FOLLOWERS else 0.0


@dataclass(frozen=True)
class Depth:
    """How much of an account its export holds; drawn before anything is known of the account."""

    grid: str
    days: int
    posts: int
    comments: int
    audience: int
    best: bool
    displayed: bool


def _tail(rng: np.random.Generator, deep: float, low: int, high: int, shallow: int) -> int:
    """Mostly between ``low`` and ``high``, else down to ``shallow``, small numbers as likely as large."""
    if rng.random() < deep:
        return int(rng.integers(low, high + 1))
    return int(np.exp(rng.uniform(np.log(shallow), np.log(low))))


def _depth(rng: np.random.Generator, export: Export) -> Depth:
    grid = choose(rng, export.grid)
    days = {
        "daily": _tail(rng, 0.8, 120, 240, 14), "gaps": _tail(rng, 0.8, 120, 240, 20),
        "short": int(rng.integers(7, 32)),
        "weekly": 7 * int(rng.integers(6, 70)), "monthly": 30 * int(4 + 62 * rng.random() ** 1.5),
    }[grid]  # fmt: skip
    posts = int(np.exp(rng.uniform(np.log(7), np.log(80)))) if export.window else _tail(rng, 0.78, 30, 60, 3)
    if rng.random() < 0.12 and export.platform in BUSY:  # pages of several hundred
        posts = int(rng.integers(80, 300))
    best = rng.random() < export.best_posts
    comments, audience = _tail(rng, 0.8, 60, 250, 6), _tail(rng, 0.85, 60, 200, 8)
    return Depth(grid, days, posts, comments, audience, best, rng.random() < export.displayed)


@cache
def _moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _allowed(odds: Mapping[str, float], without: Collection[str]) -> dict[str, float]:
    return {name: weight for name, weight in odds.items() if name not in without}


@cache
def _people(regime: Regime, export: Export, without: frozenset[str], small: bool) -> dict[str, float]:
    odds = _allowed(people_odds(regime, export, small=small), without)
    return odds or _allowed(regime.people, without)


def _person_kind(
    rng: np.random.Generator, regime: Regime, export: Export, program: str | None, without: frozenset[str]
) -> str:
    """Who is behind the account; programs often run accounts that were made for them."""
    kind, made_for_it = choose(rng, _people(regime, export, without, program is None)), rng.random()
    if program is not None and export.platform != "github":
        if program == "growth_bot":
            kind = "promoter" if made_for_it < 0.6 and "promoter" not in without else kind
        elif made_for_it < 0.5:
            kind = "bot_account"
    fake = choose(rng, _allowed(regime.fakes, without) or regime.fakes)
    return fake if program == "fake_follower" else kind


def _event(
    rng: np.random.Generator,
    regime: Regime,
    export: Export,
    inflated: bool,
    without: frozenset[str],
) -> str | None:
    named = regime.event_share_of_inflated if inflated else regime.event_share
    anything = regime.random_event_share_of_inflated if inflated else regime.random_event_share
    if export.platform == "github" and not inflated:  # a repository's life begins with its launch
        named, anything = max(named, LAUNCHED), max(anything, 0.2)
    odds, chance = _allowed(regime.events, without), rng.random()
    which = choose(rng, odds) if odds else None
    if chance < named:
        return which
    return "random_event" if chance < named + anything and "random_event" not in without else None


def _program(
    rng: np.random.Generator, regime: Regime, export: Export, without: frozenset[str], *, bought: bool
) -> str | None:
    small = regime.small_share.get(export.name, 0.0)
    odds = _allowed(regime.automated, without)
    if small and "fake_follower" in odds:
        odds["fake_follower"] = (
            small / (1 - small) * sum(weight for name, weight in odds.items() if name != "fake_follower")
        )
    if bought:
        odds.pop("fake_follower", None)
    if export.window:  # where only the clock is seen
        odds = {name: odds[name] for name in ("content_bot", "repost_bot") if name in odds} or odds
    return choose(rng, odds) if odds else None


def draw_draft(  # noqa: PLR0913
    rng: np.random.Generator,
    regime: Regime,
    export: Export,
    depth: Depth,
    kind: str,
    *,
    plan: Plan | None = None,
) -> Draft:
    """The honest account of one person, before any event; what they will buy leaves room in its size."""
    earliest, latest = (_moment(day) for day in regime.as_of)
    now = float(np.floor(rng.uniform(earliest, latest)))
    platform = regime.platforms[export.platform]
    person = draw_person(rng, regime, export, kind, now=now, bought=plan.beside if plan else 0.0)
    if plan and plan.scheme in OF_FOLLOWERS and rng.random() < regime.dead_share:
        person.rate *= 10 ** rng.uniform(-1.3, -0.3)
    if export.platform == "github" and rng.random() < 0.85:  # collected from the first star on
        age = (now - person.created) / DAY if kind == "shell" else depth.days
        person.created = now - min(age, depth.days) * DAY
    days = max(depth.days + 6, 210)
    last = days - 1 - (datetime.fromtimestamp(now, UTC).day if depth.grid == "monthly" else 0)
    seen = (days - (depth.days if "history" in export.blocks else 200), last)
    curve = draw_curve(rng, regime, person, days, now)
    count = int(min(depth.posts * (3 if depth.best else 1), person.total_posts))
    if export.window:
        times = window_times(rng, person, count, now)
    else:
        times = post_times(rng, regime, person, count, now)
    posts = bare_posts(export.platform, rng, times, TAGS.get(kind, USUAL_TAGS))
    draft = Draft(regime, rng, export, platform, now, seen, person, curve, posts)
    draft.replies, draft.early = float(rng.beta(0.7, 4.0)), plan is not None and plan.early
    engage(draft)
    if depth.best and len(posts) > depth.posts:
        _newest_and_best(draft, depth.posts)
    return draft


def _newest_and_best(draft: Draft, count: int) -> None:
    """What many collectors fetch: the newest posts, and of the older ones those that did best."""
    recent = len(draft.posts) - (count + 1) // 2
    worth = np.argsort(draft.posts.honest[draft.driver][:recent])[::-1]
    kept = np.concatenate([worth[: count // 2], np.arange(recent, len(draft.posts))])
    draft.posts.keep(np.sort(kept))


def _plan(rng: np.random.Generator, regime: Regime, export: Export, without: frozenset[str]) -> Plan:
    """What one account will buy, drawn before the person is."""
    odds = _allowed(regime.inflated, without) or dict(regime.inflated)
    if export.platform == "github":
        odds = {name: weight for name, weight in odds.items() if name in STARS} or odds
    scheme, strengths = choose(rng, odds), regime.strength
    early = rng.random() < regime.early_share and scheme in OF_FOLLOWERS - {"loop_group"}
    if scheme not in OF_FOLLOWERS:
        strengths = regime.engagement_strength
    strength = float(np.exp(rng.uniform(*np.log(strengths))))
    return Plan(scheme, strength, early, rng.random() < 0.8)


def _buy(
    draft: Draft, plan: Plan, number: tuple[int, int], without: frozenset[str]
) -> tuple[str, float, str]:
    """Apply a plan's scheme, or one of followers where nothing is posted; its name, strength and campaign."""
    (seed, index), regime, rng, scheme = number, draft.regime, draft.rng, plan.scheme
    other = choose(
        rng, _allowed({name: regime.inflated[name] for name in FOLLOWERS_ONLY}, without) or {scheme: 1}
    )
    if len(draft.posts) == 0 and draft.export.platform != "github" and scheme not in FOLLOWERS_ONLY:
        scheme = other
    group = int(rng.integers(0, 1 + round(regime.inflated[scheme] * 12)))
    campaign = Campaign(f"{regime.name}-{scheme}-{index // regime.campaign_block}-{group}", seed)
    kinds = draft.rng.dirichlet(np.full(len(FAKES), 0.7))
    draft.audience = dict(zip(FAKES, kinds.tolist(), strict=True))
    reached = SCHEMES[scheme](draft, plan.strength, campaign)
    return scheme, float(np.clip(reached, *regime.strength)), campaign.name


def make_draft(regime: Regime, seed: int, index: int, without: frozenset[str]) -> tuple[Draft, Depth, Truth]:
    """The account of one number, the same whatever is made beside it."""
    rng = np.random.default_rng((seed, regime.number, index))
    export = _exports(regime)[choose(rng, _weights(regime))]
    depth, sort = _depth(rng, export), choose(rng, regime.mixture)
    inflated, automated = sort in ("inflated", "both"), sort in ("automated", "both")
    program = _program(rng, regime, export, without, bought=inflated) if automated else None
    kind = _person_kind(rng, regime, export, program, without)
    shell = rng.random() < (0.8 if export.platform == "github" else 0.10)
    kind = "shell" if inflated and shell else kind
    event = _event(rng, regime, export, inflated, without)
    plan = _plan(rng, regime, export, without) if inflated else None
    draft = draw_draft(rng, regime, export, depth, kind, plan=plan)
    if event:
        befall(draft, event)
    if program:
        PROGRAMS[program](draft)
    bought = _buy(draft, plan, (seed, index), without) if plan else (None, None, None)
    names = "+".join(name for name in (bought[0], program) if name)
    return draft, depth, Truth(
        inflated, automated, kind, names or None, bought[1], bought[2], event, draft.person.language
    )  # fmt: skip


@cache
def _exports(regime: Regime) -> dict[str, Export]:
    return {export.name: export for export in regime.exports}


@cache
def _weights(regime: Regime) -> dict[str, float]:
    return {export.name: export.weight for export in regime.exports}
