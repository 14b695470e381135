"""Fraud put into copies of authentic accounts by the simulator's own schemes, to train on and to measure by.

Whatever of an account is there decides what can be done to it: schemes act on what is shown, and the
rest stays as it was found. What was added is read off the finished copy.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from accounts.population import LABELS, Population, tier_of
from accounts.simulation.added_amounts import AddedAmounts, added_amounts
from accounts.simulation.bots import BOTS
from accounts.simulation.campaigns import Campaign
from accounts.simulation.draft import Draft
from accounts.simulation.parameters import Regime, weighted_choice
from accounts.simulation.schemes import FOLLOWER_SCHEMES, SCHEMES
from accounts.tables import Tables
from training.datasets.base import PART_MARK, owner_of
from training.real_drafts import BEFORE_DAYS, Original, WorkingCopy, originals_of, working_copy
from training.real_rows import rows_after, tables_of

__all__ = [
    "Alteration",
    "authentic",
    "inject",
    "possible_programs",
    "possible_schemes",
]

LEAST_POSTS: Final = 5  # fewer are no evidence
LONG_AGO_SHARE: Final = 0.5  # of followers bought before the history, from over half a year before it
AUTOMATED_SHARE: Final = 0.25  # of copies of accounts that a program could run
ATTEMPTS: Final = 8
LEAST_ADDED: Final = 0.02  # over what was there; less is no fraud that could be meant

FOLLOWERS: Final = frozenset({"burst", "drip", "auto_refill", "loop_group"})
LIKES: Final = frozenset({"likes_flat", "likes_proportional"})
COMMENTS: Final = frozenset({"comments_templates", "comments_fluent", "pod"})
ANY: Final = frozenset({"full_package", "random_inflation"})
EARLY: Final = FOLLOWER_SCHEMES - {"loop_group"}
STARS: Final = frozenset({"burst", "drip", "auto_refill", "random_inflation"})  # what is sold on GitHub
RHYTHMS: Final = frozenset({"content_bot", "repost_bot"})
FOLLOWING: Final = frozenset({"follow_unfollow", "growth_bot"})


class Alteration(NamedTuple):
    """What was done to a copy: a scheme or a program by its name, how strongly, and by whose campaign."""

    name: str
    strength: float | None
    campaign: str


def authentic(tables: Tables) -> Population:
    """Accounts that are taken for authentic, with labels that say so.

    The campaign of each is its owner's own: a split that holds campaigns together keeps an account's
    windows, platforms and altered copies on one side.
    """
    rows = [
        _label(
            row["account_id"],
            row["followers"],
            Alteration("", None, _campaign(row["account_id"])),
            AddedAmounts(),
        )
        for row in tables.accounts.iter_rows(named=True)
    ]
    return Population(tables, pl.DataFrame(rows, schema=dict(LABELS)))


def inject(
    tables: Tables, seed: int, regime: Regime, *, copies: int = 1, strength: tuple[float, float] = (0.1, 60.0)
) -> Population:
    """Altered copies of accounts, each by a scheme or a program that its evidence can show.

    A copy depends on the seed, its account and its number only. An account to which nothing can be
    done (a profile alone), or to which chance added next to nothing, has fewer copies.

    Parameters
    ----------
    tables
        Accounts taken for authentic, of any evidence: history, posts, both; with or without a profile.
    seed
        Of all draws.
    regime
        Whose habits and odds the schemes have.
    copies
        Of each account.
    strength
        Bounds of what is added over what was there, drawn log-uniformly; likes, views and comments
        are bought up to the regime's bound for these.

    Returns
    -------
    Population
        The copies, named after their account (``ig:7#i0``), with the simulator's labels. ``campaign`` is that
        of :func:`authentic`, so that copies stay with their original; ``person`` is ``real``.

    Examples
    --------
    >>> from accounts.simulation import simulate
    >>> from accounts.simulation.regimes.train import TRAIN
    >>> found = inject(simulate(20, seed=1).tables, 1, TRAIN, strength=(1.0, 1.5))
    >>> bool((found.labels["inflated"] | found.labels["automated"]).all())
    True
    """
    copies_made = [
        (copy, account_id, alteration)
        for original in originals_of(tables)
        for number in range(copies)
        if (found := altered_copy(original, seed, number, regime, strength))
        for copy, account_id, alteration in [found]
    ]
    rows = [rows_after(copy, account_id) for copy, account_id, _ in copies_made]
    labels = [
        _label(account_id, _followers(row), alteration, _added(copy))
        for (copy, account_id, alteration), row in zip(copies_made, rows, strict=True)
    ]
    return Population(tables_of(rows), pl.DataFrame(labels, schema=dict(LABELS)))


def altered_copy(
    original: Original, seed: int, number: int, regime: Regime, strength: tuple[float, float]
) -> tuple[WorkingCopy, str, Alteration] | None:
    """One altered copy of an account with its name; None where nothing could be done to it."""
    account = str(original.row["account_id"])
    schemes, programs = possible_schemes(original, regime), possible_programs(original, regime)
    if not schemes and not programs:
        return None
    name = f"{account}{'' if PART_MARK in account else PART_MARK}i{number}"
    for attempt in range(ATTEMPTS):
        rng = np.random.default_rng((seed, zlib.crc32(account.encode()), number, attempt))
        copy = working_copy(original, regime, rng)
        run = programs and (not schemes or rng.random() < AUTOMATED_SHARE)
        alteration = _program(copy, programs) if run else _scheme(copy, schemes, seed, strength)
        if run or max(astuple(_added(copy))) >= LEAST_ADDED:
            return copy, name, alteration
    return None


def possible_schemes(original: Original, regime: Regime) -> dict[str, float]:
    """The odds of the schemes that add to something which the account shows."""
    posts = original.posts.height >= LEAST_POSTS
    watched = original.shows_growth or (posts and original.row["followers"] is not None)
    names = FOLLOWERS | {"random_inflation"} if watched else frozenset()
    if posts and any(original.counts(name) for name in ("likes", "views", "comments")):
        names |= ANY
        names |= LIKES if original.counts("likes") else frozenset()
        names |= {"views"} if original.counts("views") else frozenset()
        names |= COMMENTS if original.counts("comments") else frozenset()
    elif original.row["platform"] == "github":
        names &= STARS
    return {name: odds for name, odds in regime.inflated.items() if name in names}


def possible_programs(original: Original, regime: Regime) -> dict[str, float]:
    """The odds of the programs whose alteration the account would show.

    None for a program that comments: its alteration shows elsewhere.
    """
    names = RHYTHMS if original.posts.height >= LEAST_POSTS else frozenset[str]()
    if original.shows_growth and not original.history["following"].is_null().any():
        names |= FOLLOWING
    return {name: odds for name, odds in regime.automated.items() if name in names}


def _scheme(
    copy: WorkingCopy, odds: Mapping[str, float], seed: int, strength: tuple[float, float]
) -> Alteration:
    """Run a scheme; the strength on the label is what remains of the order on the finished copy."""
    draft, rng = copy.draft, copy.draft.rng
    name, wanted = weighted_choice(rng, odds), float(np.exp(rng.uniform(*np.log(strength))))
    if name not in FOLLOWER_SCHEMES:
        wanted = min(wanted, draft.regime.engagement_strength[1])
    if len(copy.original.dates) and rng.random() < draft.regime.early_share:
        draft.delivered_early = name in EARLY and bool(rng.random() < LONG_AGO_SHARE)
        draft.shown_days = (0, BEFORE_DAYS - 1)
    campaign = _campaign(str(copy.original.row["account_id"]))
    SCHEMES[name](draft, wanted, Campaign(campaign, seed))
    copy.hide_absent()
    return Alteration(name, max(astuple(_added(copy))), campaign)


def _program(copy: WorkingCopy, odds: Mapping[str, float]) -> Alteration:
    name = weighted_choice(copy.draft.rng, odds)
    run_program(copy.draft, name)
    return Alteration(name, None, _campaign(str(copy.original.row["account_id"])))


def run_program(draft: Draft, name: str) -> None:
    """Let a program run an account; one that publishes ends with the account's own last post, not today.

    Parameters
    ----------
    draft
        With posts, if the program publishes; changed in place.
    name
        One of the simulator's programs.
    """
    today = draft.now
    if name in RHYTHMS:
        draft.now = min(float(draft.posts.times[-1]) + 60.0, today)
    BOTS[name](draft)
    draft.now = today


def _campaign(account_id: str) -> str:
    return f"real {owner_of(account_id)}"


def _added(copy: WorkingCopy) -> AddedAmounts:
    """What was added to the counts that the account shows."""
    dates = copy.original.dates
    added = added_amounts(copy.draft, dates if len(dates) else None)
    if not len(dates) and copy.original.row["followers"] is None:
        return AddedAmounts(0.0, added.likes, added.views, added.comments, 0.0)
    return added


def _label(
    account_id: str, followers: int | None, alteration: Alteration, added: AddedAmounts
) -> dict[str, Any]:
    tier = tier_of(followers or 0)
    names = ("added_followers", "added_likes", "added_views", "added_comments", "added_followers_shown")
    return dict.fromkeys(LABELS) | {
        "account_id": account_id,
        "inflated": alteration.name in SCHEMES,
        "automated": alteration.name in BOTS,
        "person": "real",
        "scheme": alteration.name or None,
        "strength": alteration.strength,
        "campaign": alteration.campaign,
        "tier": None if followers is None else tier,
        **dict(zip(names, astuple(added), strict=True)),
    }


def _followers(rows: Mapping[str, pl.DataFrame]) -> int | None:
    found: int | None = rows["accounts"]["followers"][0]
    return found
