"""One named way of fraud at one strength, put into real accounts by the simulator's own schemes.

The habits of the schemes are those of the regime that is written to test with, or, for accounts to train
on, of the one to train with. :mod:`training.injection` draws ways and strengths for each account instead.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from accounts.simulation.campaigns import Campaign
from accounts.simulation.draft import Draft
from accounts.simulation.parameters import Floats, Regime
from accounts.simulation.programs import bot_times
from accounts.simulation.schemes import SCHEMES
from accounts.tables import Tables
from features.declaration import AUTOMATED, INFLATED, Head
from training.injection import run_program
from training.real_drafts import Original, WorkingCopy, originals_of, working_copy
from training.real_rows import rows_after, tables_of

__all__ = ["WAYS", "Injected", "Way", "inject"]

MOST_DRAWS: Final = 400
CUSTOMERS: Final = 40  # of one vendor

Part = Literal["all", "newest", "some"]
Change = Callable[[Draft, float, Campaign], object]


@dataclass(frozen=True)
class Way:
    """One kind of fraud.

    Attributes
    ----------
    change
        What is done to a draft, at which strength, by whose campaign.
    head
        The probability that should rise.
    treats
        Which posts must have been treated; None where the scheme treats as it likes.
    """

    change: Change
    head: Head = INFLATED
    treats: Part | None = None


@dataclass(frozen=True)
class Injected:
    """Accounts after something was done to them.

    Attributes
    ----------
    tables
        Those that it could be done to, under their own names.
    followers
        Followers afterwards over before, less one, of each.
    """

    tables: Tables
    followers: Floats


def in_proportion(draft: Draft, strength: float, campaign: Campaign) -> None:
    """Followers by the day, and as much of likes: so that likes over followers stay as they were."""
    SCHEMES["drip"](draft, strength, campaign)
    kept = float(draft.curve.bought()[-1]) / max(draft.curve.start, 1.0)
    SCHEMES["likes_proportional"](draft, max(kept, 0.0), campaign)


def scheduled(draft: Draft, strength: float, campaign: Campaign, *, rhythm: str) -> None:
    """A program publishes that share of the posts, in the account's own span; counts stay."""
    posts, rng = draft.posts, draft.rng
    chosen = np.flatnonzero(rng.random(len(posts)) < strength)
    last, first = posts.times[-1], posts.times[0]
    posts.times[chosen] = bot_times(rng, len(chosen), last + 60.0, last - first + 60.0, rhythm)


def programmed(draft: Draft, strength: float, campaign: Campaign, *, program: str) -> None:
    """What a program does has no strength."""
    run_program(draft, program)


WAYS: Final[Mapping[str, Way]] = MappingProxyType({
    "likes, one order for every post": Way(SCHEMES["likes_flat"], treats="all"),
    "likes, the newest posts": Way(SCHEMES["likes_flat"], treats="newest"),
    "likes, some posts": Way(SCHEMES["likes_flat"], treats="some"),
    "likes, in proportion": Way(SCHEMES["likes_proportional"], treats="all"),
    "followers, in one go": Way(SCHEMES["burst"]),
    "followers, by the day": Way(SCHEMES["drip"]),
    "followers and likes in proportion": Way(in_proportion, treats="all"),
    "pod": Way(SCHEMES["pod"]),
    "whole package": Way(SCHEMES["full_package"]),
    "scheduler: regular": Way(partial(scheduled, rhythm="regular"), AUTOMATED),
    "scheduler: uniform": Way(partial(scheduled, rhythm="uniform"), AUTOMATED),
    "scheduler: waking hours": Way(partial(scheduled, rhythm="waking"), AUTOMATED),
    "scheduler: in batches": Way(partial(scheduled, rhythm="batch"), AUTOMATED),
    "content bot": Way(partial(programmed, program="content_bot"), AUTOMATED),
})  # fmt: skip


def inject(tables: Tables, way: Way, strength: float, regime: Regime, seed: int) -> Injected:
    """Do one thing to every account to which it can be done.

    Parameters
    ----------
    tables
        Accounts with posts; the seed and an account's name decide what is drawn for it.
    way
        What is done.
    strength
        How much is added over what is there; of a scheduler, the share of posts.
    regime
        Whose habits the scheme has.
    seed
        Of all draws.
    """
    posting = (original for original in originals_of(tables) if original.posts.height)
    copies = [copy for original in posting if (copy := drawn(original, way, strength, regime, seed))]
    rows = [rows_after(copy, str(copy.original.row["account_id"])) for copy in copies]
    added = [copy.gained()[-1] / max(copy.followers[-1], 1.0) for copy in copies]
    return Injected(tables_of(rows), np.array(added, dtype=np.float64))


def drawn(original: Original, way: Way, strength: float, regime: Regime, seed: int) -> WorkingCopy | None:
    """The account's copy afterwards; the scheme is drawn again until it treats the posts that it should."""
    name = zlib.crc32(str(original.row["account_id"]).encode())
    campaign = Campaign(f"{regime.name}-injected-{name % CUSTOMERS}", seed)
    for attempt in range(MOST_DRAWS if way.treats else 1):
        copy = working_copy(original, regime, np.random.default_rng((seed, name, attempt)))
        way.change(copy.draft, strength, campaign)
        copy.hide_absent()
        if way.treats in (None, treated(copy.draft)):
            return copy
    return None


def treated(draft: Draft) -> Part | None:
    """Which of the posts that had likes were given more; None where no post was."""
    liked = draft.posts.honest["likes"] > 0
    given = draft.posts.added["likes"][liked] > 0
    if not given.any():
        return None
    if given.all():
        return "all"
    return "newest" if given[int(np.argmax(given)) :].all() else "some"


def all_ways(head: Head, without: Collection[str] = ()) -> list[str]:
    """The names of the ways that concern a head."""
    return [name for name, way in WAYS.items() if way.head is head and name not in without]
