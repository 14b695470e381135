"""Fraud put into real accounts by the simulator's own schemes; what is not touched stays as it was found.

A draft is made of the real account: its followers, its posts with their times and counts. A scheme adds
to the draft, and what it added goes back into the account. The habits of the schemes are those of the
regime that is written to test with, or, for accounts to train on, of the one to train with.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final, Literal

import numpy as np
import polars as pl

from accounts.simulation.campaigns import Campaign
from accounts.simulation.draft import DAY, Curve, Draft
from accounts.simulation.engagement import bare_posts
from accounts.simulation.parameters import Export, Floats, Regime
from accounts.simulation.people import draw_person
from accounts.simulation.programs import PROGRAMS, bot_times
from accounts.simulation.schemes import SCHEMES
from accounts.tables import Tables
from features.declaration import AUTOMATED, INFLATED, Head

__all__ = ["WAYS", "Injected", "Way", "inject"]

DAYS: Final = 210  # of the curve that bought followers come along: as the simulator's shortest
LEAST_AGE: Final = 3 * 365 * DAY  # of the account; its age is not in the set
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
    kept = float(draft.curve.added.sum()) / max(draft.curve.start, 1.0)
    SCHEMES["likes_proportional"](draft, max(kept, 0.0), campaign)


def scheduled(draft: Draft, strength: float, campaign: Campaign, *, rhythm: str) -> None:
    """A program publishes that share of the posts, in the account's own span; counts stay."""
    posts, rng = draft.posts, draft.rng
    chosen = np.flatnonzero(rng.random(len(posts)) < strength)
    last, first = posts.times[-1], posts.times[0]
    posts.times[chosen] = bot_times(rng, len(chosen), last + 60.0, last - first + 60.0, rhythm)


def programmed(draft: Draft, strength: float, campaign: Campaign, *, program: str) -> None:
    """What a program does has no strength."""
    PROGRAMS[program](draft)


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
    touched = [(row, draft) for row in rows_of(tables) if (draft := drawn(row, way, strength, regime, seed))]
    names = [row["account_id"] for row, _ in touched]
    frames = pl.concat([posts_after(row, draft) for row, draft in touched])
    after = pl.DataFrame({
        "account_id": names,
        "followers_after": [round(float(draft.curve.shown()[-1])) for _, draft in touched],
    }, schema_overrides={"account_id": pl.String, "followers_after": pl.Int64})  # fmt: skip
    added = [draft.curve.shown()[-1] / max(draft.curve.start, 1.0) - 1 for _, draft in touched]

    def changed(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "accounts":
            joined = frame.join(after, on="account_id", maintain_order="left")
            return joined.with_columns(followers="followers_after").select(frame.columns)
        return frames.select(frame.columns) if name == "posts" else frame

    return Injected(tables.select(names).map(changed), np.array(added, dtype=np.float64))


def rows_of(tables: Tables) -> Iterator[dict[str, Any]]:
    """Each account's row with its dated posts, oldest first, under ``dated``."""
    dated = tables.posts.filter(pl.col("published_at").is_not_null()).sort(
        "account_id", "published_at", "post_id"
    )
    by_account = {str(name): part for (name,), part in dated.partition_by("account_id", as_dict=True).items()}
    for row in tables.accounts.iter_rows(named=True):
        if row["account_id"] in by_account:
            yield row | {"dated": by_account[row["account_id"]]}


def drawn(row: Mapping[str, Any], way: Way, strength: float, regime: Regime, seed: int) -> Draft | None:
    """The account's draft afterwards; the scheme is drawn again until it treats the posts that it should."""
    name = zlib.crc32(str(row["account_id"]).encode())
    campaign = Campaign(f"{regime.name}-injected-{name % CUSTOMERS}", seed)
    for attempt in range(MOST_DRAWS if way.treats else 1):
        draft = draft_of(row, regime, np.random.default_rng((seed, name, attempt)))
        way.change(draft, strength, campaign)
        if way.treats in (None, treated(draft)):
            return draft
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


def draft_of(row: Mapping[str, Any], regime: Regime, rng: np.random.Generator) -> Draft:
    """A real account as the simulator has one in the making; a count that is absent stands as nothing."""
    dated: pl.DataFrame = row["dated"]
    times = dated["published_at"].dt.epoch("us").to_numpy() / 1e6
    export, now = export_of(regime), float(times[-1]) + 60.0
    person = draw_person(rng, regime, export, "everyday", now)
    person.followers, person.following = float(row["followers"]), float(row["following"] or 0)
    person.total_posts = float(max(row["posts"] or 0, len(times)))
    person.created = min(float(times[0]) - DAY, now - LEAST_AGE)
    curve = Curve(person.followers, np.zeros(DAYS), np.zeros(DAYS), np.full(DAYS, person.following))
    posts = bare_posts(export.platform, rng, times)
    posts.captions = [""] * len(times)
    posts.hashtags = count(dated["hashtags"])
    posts.honest |= {name: count(dated[name]) for name in ("likes", "comments")}
    return Draft(
        regime, rng, export, regime.platforms[export.platform], now, (0, DAYS - 1), person, curve, posts
    )


def export_of(regime: Regime) -> Export:
    """The way in which such accounts reach a user: profile and posts."""
    return next(one for one in regime.exports if one.name == "instagram research")


def count(values: pl.Series) -> Floats:
    """Counts as the simulator holds them."""
    return values.fill_null(0).to_numpy().astype(np.float64)


def posts_after(row: Mapping[str, Any], draft: Draft) -> pl.DataFrame:
    """The account's posts with what was added; a count that was absent is absent still."""
    posts = draft.posts
    dated: pl.DataFrame = row["dated"]
    after = {name: posts.total(name) for name in ("likes", "comments")} | {"hashtags": posts.hashtags}
    counts = [
        pl.when(pl.col(name).is_not_null()).then(pl.Series(np.round(values))).cast(pl.Int64).alias(name)
        for name, values in after.items()
    ]
    times = pl.Series(np.round(posts.times * 1e6).astype(np.int64)).cast(dated["published_at"].dtype)
    return dated.with_columns(*counts, published_at=times)


def all_ways(head: Head, without: Collection[str] = ()) -> list[str]:
    """The names of the ways that concern a head."""
    return [name for name, way in WAYS.items() if way.head is head and name not in without]
