"""The table of targets and ceilings: what was aimed at, what is reached, and what more there is to reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from benchmarks.quality.harness.part import Result
from benchmarks.quality.measurements.doses import TOLERANCE, fall_of
from benchmarks.quality.page.markdown import interval, number, table
from training.metrics import rate

__all__ = ["TARGETS", "Target", "targets_section"]

Results = Mapping[str, Result | None]

INTRODUCTION: Final = """\
## Targets and ceilings

What was aimed at, before anything was measured, and what is reached, from the parts below. The *ceiling* is
what heads reach that are trained on the set itself, of accounts left out: the information that the features
hold. Where it lies under the target, no head trained elsewhere can be expected to reach it. A figure is
missed where it is under the target as printed; its interval says by how much chance may be to blame."""

SPAN: Final = {"value": "mean", "low": "low", "high": "high"}
"""Of figures over several divisions: the mean with the smallest and the largest."""


@dataclass(frozen=True)
class Target:
    """One aim.

    Attributes
    ----------
    name
        What is measured.
    aim
        The figure to reach.
    reached
        From the results of all parts to the figure, with ``value``, ``low`` and ``high``.
    ceiling
        Of heads trained on the set itself: a figure from the results, or a sentence; None: not measured.
    why
        What stands in the way.
    at_most
        Whether the aim is an upper bound.
    """

    name: str
    aim: float
    reached: Callable[[Results], Mapping[str, Any]]
    ceiling: Callable[[Results], Mapping[str, Any]] | str = ""
    why: str = ""
    at_most: bool = False

    def met(self, value: float) -> bool:
        """Whether a figure reaches the aim, as printed.

        >>> one = Target("AUC", 0.9, lambda results: {"value": 0.9})
        >>> one.met(0.8996), one.met(0.89)
        (True, False)
        """
        shown = round(value, 3)
        return shown <= self.aim if self.at_most else shown >= self.aim


def targets_section(results: Results) -> str:
    """The section: targets that are missed with distance, ceiling and reason, then those that are reached.

    Parameters
    ----------
    results
        Of each part by its name, None where nothing was measured; targets of such a part are left out.
    """
    found = [(one, figure) for one in TARGETS if (figure := figure_of(one.reached, results)) is not None]
    missed = [row(one, figure, results) for one, figure in found if not one.met(figure["value"])]
    met = [row(one, figure, results)[:3] for one, figure in found if one.met(figure["value"])]
    titles = ("target", "aim", "reached", "distance", "ceiling", "why")
    parts = [
        INTRODUCTION,
        f"**Missed: {len(missed)} of {len(found)}.**",
        table(titles, missed) if missed else "",
        f"**Reached: {len(met)}.**",
        table(titles[:3], met) if met else "",
    ]
    return "\n\n".join(part for part in parts if part)


def figure_of(ask: Callable[[Results], Mapping[str, Any]], results: Results) -> Mapping[str, Any] | None:
    """The figure; None where its part, or that cell of it, was not measured."""
    try:
        found = ask(results)
    except (KeyError, TypeError, StopIteration):
        return None
    plain: dict[str, Any] = {part: found.get(part, found.get(SPAN[part])) for part in SPAN}
    plain["value"] = plain["value"] if plain["value"] is not None else found.get("rate")
    return None if plain["value"] is None else plain


def row(one: Target, figure: Mapping[str, Any], results: Results) -> tuple[str, ...]:
    """The line of a target."""
    short = figure["value"] - one.aim if one.at_most else one.aim - figure["value"]
    best = one.ceiling
    if not isinstance(best, str):
        best = interval(figure_of(best, results), 3)
    bound = f"at most {number(one.aim, 2)}" if one.at_most else number(one.aim, 2)
    return one.name, bound, interval(figure), number(short), best, one.why


def real(name: str, way: str, dose: float, figure: str = "auc") -> Callable[[Results], Mapping[str, Any]]:
    """A figure of fraud put into a real set."""
    return lambda results: next(
        cell[figure]
        for cell in tasks(results, "real_injected")[name]["injected"]
        if (cell["way"], cell["dose"]) == (way, dose)
    )


def as_found(name: str, figure: str) -> Callable[[Results], Mapping[str, Any]]:
    """How often a verdict is given on untouched accounts of a real set, all evidence there."""
    return lambda results: tasks(results, "real_injected")[name]["as_found"]["everything"][figure]


def bursts(name: str) -> Callable[[Results], Mapping[str, Any]]:
    """Accused of accounts with followers added: the mean over doses and days, with the lowest and highest."""

    def mean(results: Results) -> Mapping[str, Any]:
        cells = tasks(results, "real_injected")[name]["injected"]
        rates = [cell["accused"]["rate"] for cell in cells if cell["way"] == "followers"]
        return {"mean": float(np.mean(rates)), "low": min(rates), "high": max(rates)}

    return mean


def ceiling(name: str, scheme: str, strength: str) -> Callable[[Results], Mapping[str, Any]]:
    """The AUC of heads trained on the set itself."""
    return lambda results: next(
        cell["auc"]["ceiling"]
        for cell in tasks(results, "injected")[name]["cells"]
        if (cell["scheme"], cell["strength"]) == (scheme, strength)
    )


def adapted(way: str, figure: str) -> Callable[[Results], Mapping[str, Any]]:
    """A figure of detectors adapted to 300 accounts."""
    return lambda results: tasks(results, "adapted")["300 accounts"]["ways"][way][figure]


def worst_of(figures: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The figure whose rate is the highest."""
    return max(figures, key=lambda one: one["rate"] or 0.0)


def worst_evidence(results: Results) -> Mapping[str, Any]:
    """False accusations of the set and the part of its evidence of which the most are accused."""
    found = tasks(results, "real_injected").values()
    return worst_of([one["accused"] for result in found for one in result["as_found"].values()])


def zero_shot(name: str, figure: str = "union auc") -> Callable[[Results], Mapping[str, Any]]:
    """A figure of a labelled set."""
    return lambda results: tasks(results, "zero_shot")[name]["figures"][figure]


def in_domain(name: str) -> Callable[[Results], Mapping[str, Any]]:
    """The AUC of heads trained on a labelled set itself."""
    return lambda results: tasks(results, "in_domain")[name]["assay"]["auc"]


def worst_kind(regime: str) -> Callable[[Results], Mapping[str, Any]]:
    """False accusations of the honest kind that is hit worst, posts and history there, bot attacks apart."""
    return lambda results: worst_of(
        [
            one["full"]
            for name, one in dict(results["honest_kinds"] or {})[regime].items()
            if name != "bot_attack"
        ]
    )


def kind(name: str) -> Callable[[Results], Mapping[str, Any]]:
    """How often an honest kind is falsely accused, posts and history there."""
    return lambda results: dict(results["honest_kinds"] or {})["train"][name]["full"]


def falls(accounts: str) -> Callable[[Results], Mapping[str, Any]]:
    """In how many series of doses on such accounts the suspicion falls."""
    return lambda results: rate(
        np.array([fall_of(one) > TOLERANCE for one in tasks(results, "doses")[accounts]["series"]])
    )


def comments(name: str, letters: str = "written") -> Callable[[Results], Mapping[str, Any]]:
    """The AUC of promotion among a set's comments, as they are written or with look-alike letters folded."""
    return lambda results: tasks(results, "comments")[name]["auc"][letters]


def ordinary_comments(results: Results) -> Mapping[str, Any]:
    """Ordinary comments that count as any kind, in the language of which the most do."""
    languages = tasks(results, "comments")["languages"].values()
    return worst_of([one for kinds in languages for one in kinds.values()])


def tasks(results: Results, part: str) -> Mapping[str, Any]:
    """The tasks of a part; KeyError where nothing was measured."""
    found: Mapping[str, Any] = (results[part] or {})["tasks"]
    return found


UNION: Final = (
    "the suspicion is the smallest p-value of all signals heard; the signal alone reaches more"
    " (decision 0027: weights that favour it cost programs)"
)
BY_CHANCE: Final = "the interval holds the aim: a few accounts of so many"
PROFILE: Final = (
    "what few profiles show: its fakes follow, post and describe themselves as the simulator's do not"
    " (decision 0015: with posts beside it, real people were accused thrice as often)"
)
OUTLIERS: Final = (
    "at 1 % a single honest account of the 124 left out that is unlike the 300 sets the threshold"
)
HONEST: Final = (
    "`inflation` and `followers_flow` hold the same jump for bought; the less they weigh, the fewer of these"
    " are accused, and the fewer packages are seen (decision 48)"
)

FEW: Final = "too few accounts to train on"

CURVES: Final = ("github_followers_top", "github_stars", "vtuber_tw_twitch", "vtuber_tw_youtube")
ORGANIC: Final = (
    *CURVES, "github_followers_spain", "youtube_channels", "youtube_trending", "instafake_posts",
    "influencers_br", "tiktok_vn", "tiktok_profiles", "x_vaccine_posts", "x_two_presidents",
)  # fmt: skip

TARGETS: Final = (
    *(Target(f"followers x1 to x10 in 1 to 30 days on real curves (`{name}`), accused", 0.80, bursts(name))
      for name in CURVES),
    *(Target(f"`{name}` falsely accused", 0.01, as_found(name, "accused"), "",
             BY_CHANCE, at_most=True)
      for name in ORGANIC),
    Target("falsely accused, the worst set at whatever is shown of its evidence", 0.01, worst_evidence, "",
           BY_CHANCE, at_most=True),
    Target("`youtube_channels` with posts and history, authentic", 0.60,
           as_found("youtube_channels", "authentic"), "",
           "cleared is who lies below nine in ten of the fakes of 50 % and more that the evidence can show,"
           " and these look too ordinary; one channel in five lies within .1 above it, so that another"
           " draw of the training accounts moves it by ten points (decision 51)"),
    Target("`youtube_channels` with posts and history, for review", 0.10,
           as_found("youtube_channels", "review"), "",
           "8 of 73, and 7 would do: another draw of the training accounts moves it by as much (decision 51)",
           at_most=True),
    Target("likes +100 % on Instagram posts (`instafake_posts`), AUC", 0.80,
           real("instafake_posts", "likes", 1),
           ceiling("instafake_posts", "likes_flat", "about +100 %"),
           "one order for all posts; under +100 % it drowns in their own spread: the ceiling is near"),
    Target("likes +300 % there, AUC", 0.93, real("instafake_posts", "likes", 3),
           ceiling("instafake_posts", "likes_flat", "about +300 %"), UNION),
    Target("likes +300 % there, recall at 5 %", 0.60,
           real("instafake_posts", "likes", 3, "recall_at_5_percent")),
    Target("likes +300 % on Instagram posts of press and politics (`influencers_br`), AUC", 0.93,
           real("influencers_br", "likes", 3), FEW, UNION),
    Target("likes +300 % there (`influencers_br`), recall at 5 %", 0.60,
           real("influencers_br", "likes", 3, "recall_at_5_percent"), FEW,
           UNION + "; of 30 accounts the second most suspicious sets that threshold"),
    Target("likes +100 % there (`influencers_br`), AUC", 0.80,
           real("influencers_br", "likes", 1), FEW, UNION),
    Target("likes +300 % on YouTube posts, AUC", 0.93, real("youtube_channels", "likes", 3)),
    Target("views +300 % on YouTube posts, AUC", 0.85, real("youtube_channels", "views", 3),
           real("youtube_channels", "views", 3, "signal_auc"), UNION + "; beside it `views` alone"),
    Target("whole package x3 with history, accused", 0.80, real("youtube_channels", "package", 3, "accused"),
           why="all counts together weigh little, for honest jumps show in them, too (decision 48)"),
    *(Target(f"adapted to 300, {way}, AUC", aim, adapted(way, "auc"), best, why)
      for way, aim, best, why in (
          ("likes +100 %", 0.84, adapted("likes +100 %", "auc_of_own_signal"),
           "the ceiling is the head for likes alone; the union of all ways costs the rest"),
          ("followers +100 %", 0.92, adapted("followers +100 %", "auc_of_own_signal"),
           "the ceiling is the head for followers alone"),
          ("whole package +100 %", 0.94, "about .915, a head for packages alone (two divisions)",
           "ratios stay as they were; only what followers stand in relation to tells"),
      )),
    *(Target(f"adapted to 300, {way}, recall at 1 %", aim, adapted(way, "recall_at_1"), best, OUTLIERS)
      for way, aim, best in (
          ("likes +100 %", 0.30, "about .27 to .37, a head for likes alone (two divisions)"),
          ("followers +100 %", 0.45, "about .10 to .20, a head for followers alone"),
          ("whole package +100 %", 0.55, "about .27 to .41, a head for packages alone"),
          ("likes +400 %", 0.85, "about .81 to .87, a head for likes alone"),
          ("followers +400 %", 0.70, "about .56 to .74, a head for followers alone"),
          ("whole package +400 %", 0.90, "about .81, a head for packages alone"),
      )),
    Target("StarScout, AUC", 0.95, zero_shot("starscout"), in_domain("starscout"),
           "8 of 84 with bought stars show stars of one or two months, which are no evidence: no signal is"
           " heard, and they rank last"),
    Target("StarScout where a signal is heard, AUC", 0.95,
           zero_shot("starscout", "union auc where heard"), "",
           "168 repositories, matched by their largest month: the interval holds the aim, and another draw of"
           " the training accounts moves the figure by .02"),
    Target("Bot or Not 30, AUC", 0.90, zero_shot("bot_or_not_30")),
    Target("Bot or Not 31, AUC", 0.90, zero_shot("bot_or_not_31"), in_domain("bot_or_not_31"),
           "19 bots; people who post 50 to 500 times a week look like programs in two days"),
    *(Target(f"{name}, AUC", aim, zero_shot(name), in_domain(name), why) for name, aim, why in (
        ("instafake_fake", 0.98, ""), ("kaggle_instagram", 0.97, ""), ("cresci2015", 0.99, PROFILE),
        ("purba2020", 0.95, PROFILE),
    )),
    *(Target(f"{name}, AUC where the picture's field is missing", 0.90,
             zero_shot(name, "union auc without picture"))
      for name in ("instafake_fake", "kaggle_instagram")),
    *(Target(f"falsely accused, {name}", 0.10, kind(name), "", HONEST, at_most=True)
      for name in ("loop_giveaway", "random_event", "celebrity", "press_mention", "seasonal", "viral_hit",
                   "giveaway", "purge")),
    Target("falsely accused, the worst kind of the regime that trains nothing, bot attacks apart", 0.10,
           worst_kind("test"), "", HONEST, at_most=True),
    Target("series of doses in which the suspicion falls", 0.0, falls("accounts made by hand"), "",
           "audiences that die, where comments become too few to be heard; and small doses, at which another"
           " signal led before", at_most=True),
    Target("series of doses on real accounts in which the suspicion falls", 0.0, falls("real accounts"), "",
           "the same; which ways most often: see there",
           at_most=True),
    Target("youtube_spam, AUC of promotion", 0.98, comments("youtube_spam"),
           "the figure is of models trained on its other videos", "spam of 2013 to 2015 on five videos"),
    Target("judol_comments, AUC", 0.97, comments("judol_comments")),
    Target("judol_comments, AUC, letters folded in both classes", 0.95, comments("judol_comments", "folded")),
    Target("scamspot, AUC", 0.93, comments("scamspot")),
    *(Target(f"{name}, trained on the two other sets, AUC", 0.85, comments(f"{name}, by the others"))
      for name in ("judol_comments", "scamspot", "youtube_spam")),
    Target("ordinary comments that count as any kind, the worst language", 0.02, ordinary_comments,
           at_most=True),
)  # fmt: skip
