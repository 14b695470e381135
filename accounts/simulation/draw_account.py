"""Draw one account from its number: an export, a person, perhaps an event, a program and a purchase."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import numpy as np

from accounts.simulation.bots import BOTS
from accounts.simulation.draft import DAY, Draft
from accounts.simulation.draw_person import draw_person, people_odds
from accounts.simulation.export_depth import ExportDepth, draw_depth
from accounts.simulation.follower_curves import draw_curve
from accounts.simulation.ground_truth import GroundTruth
from accounts.simulation.honest_events import apply_event
from accounts.simulation.parameters import Export, Regime, allowed_odds, weighted_choice
from accounts.simulation.post_counts import HASHTAGS_OF, USUAL_HASHTAGS, draw_counts, posts_without_counts
from accounts.simulation.post_times import post_times, window_times
from accounts.simulation.purchases import PurchasePlan, buy, draw_plan
from accounts.simulation.schemes import FOLLOWER_SCHEMES

__all__ = ["draw_account", "draw_honest_account"]

LAUNCHED = 0.45  # share of repositories with a launch or a front page within the shown history


@cache
def _timestamp(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@cache
def _kind_odds(regime: Regime, export: Export, without: frozenset[str], small: bool) -> dict[str, float]:
    odds = allowed_odds(people_odds(regime, export, small=small), without)
    return odds or allowed_odds(regime.people, without)


def _draw_kind(
    rng: np.random.Generator, regime: Regime, export: Export, program: str | None, without: frozenset[str]
) -> str:
    """Draw the kind of person; programs often run accounts that were opened for them."""
    kind, made_for_it = (
        weighted_choice(rng, _kind_odds(regime, export, without, program is None)),
        rng.random(),
    )
    if program is not None and export.platform != "github":
        if program == "growth_bot":
            kind = "promoter" if made_for_it < 0.6 and "promoter" not in without else kind
        elif made_for_it < 0.5:
            kind = "bot_account"
    fake = weighted_choice(rng, allowed_odds(regime.fakes, without) or regime.fakes)
    return fake if program == "fake_follower" else kind


def _draw_event(
    rng: np.random.Generator,
    regime: Regime,
    export: Export,
    inflated: bool,
    without: frozenset[str],
) -> str | None:
    named = regime.event_share_of_inflated if inflated else regime.event_share
    anything = regime.random_event_share_of_inflated if inflated else regime.random_event_share
    if export.platform == "github" and not inflated:  # most repositories begin with a launch
        named, anything = max(named, LAUNCHED), max(anything, 0.2)
    odds, chance = allowed_odds(regime.events, without), rng.random()
    which = weighted_choice(rng, odds) if odds else None
    if chance < named:
        return which
    return "random_event" if chance < named + anything and "random_event" not in without else None


def _draw_bot(
    rng: np.random.Generator, regime: Regime, export: Export, without: frozenset[str], *, bought: bool
) -> str | None:
    small = regime.small_share.get(export.name, 0.0)
    odds = allowed_odds(regime.automated, without)
    if small and "fake_follower" in odds:
        odds["fake_follower"] = (
            small / (1 - small) * sum(weight for name, weight in odds.items() if name != "fake_follower")
        )
    if bought:
        odds.pop("fake_follower", None)
    if export.window:  # only the times of posts show a program here
        odds = {name: odds[name] for name in ("content_bot", "repost_bot") if name in odds} or odds
    return weighted_choice(rng, odds) if odds else None


def draw_honest_account(  # noqa: PLR0913
    rng: np.random.Generator,
    regime: Regime,
    export: Export,
    depth: ExportDepth,
    kind: str,
    *,
    plan: PurchasePlan | None = None,
) -> Draft:
    """Draw one person's account before any event; a planned purchase makes its honest size smaller."""
    earliest, latest = (_timestamp(day) for day in regime.as_of)
    now = float(np.floor(rng.uniform(earliest, latest)))
    platform = regime.platforms[export.platform]
    person = draw_person(rng, regime, export, kind, now=now, bought=plan.bought_per_honest if plan else 0.0)
    if plan and plan.scheme in FOLLOWER_SCHEMES and rng.random() < regime.unanswered_share:
        person.rate *= 10 ** rng.uniform(-1.3, -0.3)
    if export.platform == "github" and rng.random() < 0.85:  # such sources begin with the first star
        age = (now - person.created) / DAY if kind == "shell" else depth.days
        person.created = now - min(age, depth.days) * DAY
    days = max(depth.days + 6, 210)
    last = days - 1 - (datetime.fromtimestamp(now, UTC).day if depth.grid == "monthly" else 0)
    shown_days = (days - (depth.days if "history" in export.blocks else 200), last)
    curve = draw_curve(rng, regime, person, days, now)
    count = int(min(depth.posts * (3 if depth.best_posts else 1), person.total_posts))
    if export.window:
        times = window_times(rng, person, count, now)
    else:
        times = post_times(rng, regime, person, count, now)
    posts = posts_without_counts(export.platform, rng, times, HASHTAGS_OF.get(kind, USUAL_HASHTAGS))
    draft = Draft(regime, rng, export, platform, now, shown_days, person, curve, posts)
    draft.reply_share, draft.delivered_early = float(rng.beta(0.7, 4.0)), plan is not None and plan.early
    draw_counts(draft)
    if depth.best_posts and len(posts) > depth.posts:
        _keep_newest_and_best(draft, depth.posts)
    return draft


def _keep_newest_and_best(draft: Draft, count: int) -> None:
    """Keep ``count`` posts, as many collectors do: the newest half, and the best of the older ones."""
    recent = len(draft.posts) - (count + 1) // 2
    worth = np.argsort(draft.posts.honest_counts[draft.driver][:recent])[::-1]
    positions = np.concatenate([worth[: count // 2], np.arange(recent, len(draft.posts))])
    draft.posts.keep(np.sort(positions))


def draw_account(
    regime: Regime, seed: int, index: int, without: frozenset[str]
) -> tuple[Draft, ExportDepth, GroundTruth]:
    """Draw the account of one number; it depends on the arguments alone, not on other accounts.

    ``without`` are kinds of people, events, schemes and programs that are left out.

    >>> from accounts.simulation.regimes.train import TRAIN
    >>> draft, depth, truth = draw_account(TRAIN, 1, 0, frozenset())
    >>> truth == draw_account(TRAIN, 1, 0, frozenset())[2]
    True
    """
    rng = np.random.default_rng((seed, regime.seed_number, index))
    export = _exports(regime)[weighted_choice(rng, _weights(regime))]
    depth, sort = draw_depth(rng, export), weighted_choice(rng, regime.mixture)
    inflated, automated = sort in ("inflated", "both"), sort in ("automated", "both")
    program = _draw_bot(rng, regime, export, without, bought=inflated) if automated else None
    kind = _draw_kind(rng, regime, export, program, without)
    shell = rng.random() < (0.8 if export.platform == "github" else 0.10)
    kind = "shell" if inflated and shell else kind
    event = _draw_event(rng, regime, export, inflated, without)
    plan = draw_plan(rng, regime, export, without) if inflated else None
    draft = draw_honest_account(rng, regime, export, depth, kind, plan=plan)
    if event:
        apply_event(draft, event)
    if program:
        BOTS[program](draft)
    scheme, strength, campaign = buy(draft, plan, (seed, index), without) if plan else (None, None, None)
    names = "+".join(name for name in (scheme, program) if name)
    return (
        draft,
        depth,
        GroundTruth(
            inflated=inflated,
            automated=automated,
            person=kind,
            scheme=names or None,
            strength=strength,
            campaign=campaign,
            event=event,
            language=draft.person.language,
        ),
    )


@cache
def _exports(regime: Regime) -> dict[str, Export]:
    return {export.name: export for export in regime.exports}


@cache
def _weights(regime: Regime) -> dict[str, float]:
    return {export.name: export.weight for export in regime.exports}
