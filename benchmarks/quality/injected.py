"""Fraud put into real accounts: how far the accounts then stand out from themselves, untouched.

Three scores are held side by side: the starter's probability, which knows simulated accounts only; the
untrained directed rank; and heads of the same kind that were trained on such accounts, each account
scored by heads that never saw it. The treatments trained on have the habits of the regime to train
with, those tested on the habits of the other. The set has shaped the simulator (its gates), so nothing
here is zero-shot in the strict sense.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.simulation.parameters_for_testing import TEST
from accounts.simulation.parameters_for_training import TRAIN
from accounts.tables import Tables
from benchmarks.quality.draws import rate
from benchmarks.quality.figures import auc, figures
from benchmarks.quality.injection import WAYS, Way, all_ways, inject
from benchmarks.quality.part import Part, Progress, Result, Task
from detector.arrays import Bools, Floats
from detector.bundle import load, starter_path
from detector.decision import HEADS
from detector.directed import directed_rank
from detector.heads import Scorer
from detector.screening import Detector
from detector.words import Label
from features.catalogue import CATALOGUE
from features.declaration import AUTOMATED, INFLATED, Head
from features.evidence import Level
from training.config import TrainingConfig
from training.datasets import instafake_posts
from training.datasets.base import data_folder, development, sealed
from training.datasets.labelled import judged_by
from training.fit import Stage, fit_head, peers_of
from training.split import folds

__all__ = ["PART", "Against", "Material", "measured", "page", "trained_on"]

STRENGTHS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
SHARES: Final = (0.25, 0.5, 1.0)  # of the posts that a scheduler publishes
FAR: Final = 0.05
FOLDS: Final = 5
SEED: Final = 20_263
COPIES: Final = 4
SCORES: Final = ("starter", "directed rank", "trained")
ACCUSED: Final = (Label.INFLATED.value, Label.AUTOMATED.value)
SETTINGS: Final = {
    "strengths": STRENGTHS, "shares": SHARES, "far": FAR, "folds": FOLDS, "seed": SEED, "copies": COPIES,
    "ways": tuple(WAYS),
}  # fmt: skip
FIRST_TRY: Final = {
    "likes, one order for every post": (0.97, 0.80),
    "followers, in one go": (0.93, 0.59),
    "followers and likes in proportion": (0.69, 0.16),
}  # a first try, at strength 1


ABOUT: Final = f"""\
Every account is treated by the simulator's own scheme, with the habits of the regime written to test
with, and held against the same accounts untouched: the AUC of three scores, and the recall at a
false-accusation rate of {FAR:.0%} whose threshold other, untouched accounts set. *Starter*: the
probability of the head concerned, from simulated accounts alone. *Directed rank*: untrained. *Trained*:
heads fitted on treated development accounts (habits of the other regime), each account scored by heads
that never saw it. *Accused* and *cleared* are the starter's verdicts at its own thresholds. Strength is
what is added over what was there (1 is +100 %), as ordered: of bought followers some leave. Of a
scheduler it is the share of posts. Intervals 95 %, over accounts. This set has shaped the simulator, so
none of this is zero-shot in the strict sense."""


@dataclass(frozen=True)
class Scored:
    """Accounts with the three scores of each head, and what the starter would say of them.

    Attributes
    ----------
    names
        The accounts.
    scores
        By head and score, one for each account.
    labels
        The starter's verdicts.
    """

    names: Sequence[str]
    scores: Mapping[tuple[Head, str], Floats]
    labels: Sequence[str]


@dataclass(frozen=True)
class Against:
    """What scores the accounts: the starter, and the heads trained on treated accounts.

    Attributes
    ----------
    detector
        The starter.
    trained
        By head one scorer for each fold, that never saw the fold's accounts.
    fold_of
        The fold of each account; an account in none was never seen by any, and the first scorer serves.
    known
        The untouched accounts that it was trained beside.
    """

    detector: Detector
    trained: Mapping[Head, Sequence[Scorer]]
    fold_of: Mapping[str, int]
    known: Tables

    def scored(self, tables: Tables) -> Scored:
        """All scores of some accounts."""
        numbers, levels = judged_by(tables)
        judged = self.detector.judge_numbers(numbers, levels)
        ranks = self.ranks(numbers, levels, tables)
        scores: dict[tuple[Head, str], Floats] = {}
        for at, head in enumerate(HEADS):
            scores[head, "starter"] = judged.probabilities[:, at]
            directions = {feature.name: feature.direction_for(head).value for feature in CATALOGUE}
            scores[head, "directed rank"] = np.nan_to_num(directed_rank(ranks, directions), nan=0.5)
            scores[head, "trained"] = self.out_of_fold(self.trained[head], numbers)
        return Scored(list(numbers.index), scores, [label.value for label in judged.decisions.labels])

    def ranks(self, numbers: pd.DataFrame, levels: list[str], tables: Tables) -> pd.DataFrame:
        """Where each number stands among the starter's peers."""
        labels = tables.accounts.select("account_id", "platform")
        return self.detector.bundle.peers.percentiles(numbers, *peers_of(Stage(numbers, levels, labels)))

    def out_of_fold(self, scorers: Sequence[Scorer], numbers: pd.DataFrame) -> Floats:
        """Each account's score by the heads that never saw it."""
        fold = np.array([self.fold_of.get(name, 0) for name in numbers.index])
        found = np.full(len(numbers), np.nan)
        for held, scorer in enumerate(scorers):
            found[fold == held] = scorer.score(numbers[fold == held])
        return found


@dataclass(frozen=True)
class Material:
    """The accounts of the set that have posts enough, and heads trained on the development ones."""

    untouched: Tables
    judge: Against

    @cached_property
    def before(self) -> Scored:
        """The accounts as they were found."""
        return self.judge.scored(self.untouched)


def with_posts(tables: Tables) -> Tables:
    """Accounts whose posts are a block of evidence: elsewhere a treatment of posts changes nothing."""
    numbers, levels = judged_by(tables)
    seen = ["posts" in Level.of(level).blocks for level in levels]
    return tables.select([name for name, kept in zip(numbers.index, seen, strict=True) if kept])


def trained_on(tables: Tables, progress: Progress) -> Against:
    """Heads fitted on treated accounts beside untouched ones, in grouped folds: an account is on one side."""
    names = tables.accounts["account_id"].to_list()
    fold = folds(np.arange(len(names)), FOLDS, SEED)
    fold_of = dict(zip(names, fold.tolist(), strict=True))
    rows = training_stage(tables)
    of_row = np.array([fold_of[name] for name in rows.numbers.index])
    config, fitted = TrainingConfig(), dict[Head, list[Scorer]]()
    for at, head in enumerate(HEADS):
        fitted[head] = [fit_head(rows, head, config, of_row != held) for held in range(FOLDS)]
        progress("training on treated accounts", 0.1 + 0.1 * at)
    return Against(Detector(load(starter_path())), fitted, fold_of, tables)


def training_stage(tables: Tables) -> Stage:
    """Every account untouched once, and treated several times, in a way and at a strength that are drawn."""
    rng, stages = np.random.default_rng(SEED), [labelled(tables, None, 0.0)]
    for copy in range(COPIES):
        for name in WAYS:
            strength = float(np.exp(rng.uniform(np.log(0.05), np.log(4.0))))
            chosen = drawn_accounts(tables, rng, WAYS[name].head)
            share = min(strength, 1.0) if WAYS[name].head is AUTOMATED else strength
            after = inject(chosen, WAYS[name], share, TRAIN, SEED + 1 + copy)
            stages.append(labelled(after.tables, WAYS[name].head, strength))
    return joined(stages)


def trained_alone(tables: Tables, way: Way, strength: float, fold_of: Mapping[str, int]) -> list[Scorer]:
    """Heads fitted on one treatment only, at one strength: how much of it the numbers hold at best."""
    after = inject(tables, way, strength, TRAIN, SEED + 1).tables
    rows = joined([labelled(tables, None, 0.0), labelled(after, way.head, strength)])
    of_row = np.array([fold_of[name] for name in rows.numbers.index])
    return [fit_head(rows, way.head, TrainingConfig(), of_row != held) for held in range(FOLDS)]


def joined(stages: Sequence[Stage]) -> Stage:
    """All their rows."""
    return Stage(
        pd.concat([one.numbers for one in stages]),
        [level for one in stages for level in one.levels],
        pl.concat([one.labels for one in stages]),
    )


def drawn_accounts(tables: Tables, rng: np.random.Generator, head: Head) -> Tables:
    """As many accounts as let every account be treated about once in a round of all ways of its head."""
    kept = rng.random(len(tables)) < 1.0 / len(all_ways(head))
    return tables.select(tables.accounts["account_id"].filter(pl.Series(kept)))


def labelled(tables: Tables, head: Head | None, strength: float) -> Stage:
    """Features with labels as a population has them."""
    numbers, levels = judged_by(tables)
    labels = pl.DataFrame({"account_id": list(numbers.index)}).with_columns(
        inflated=pl.lit(head is INFLATED),
        automated=pl.lit(head is AUTOMATED),
        scheme=pl.lit(None, pl.String),
        strength=pl.lit(strength if head else None, pl.Float64),
    )
    return Stage(numbers, levels, labels)


def run(progress: Progress) -> Result:
    """Treat the development accounts, and hold each against the others untouched."""
    tables = with_posts(development(instafake_posts.load(data_folder())))
    progress("training on treated accounts", 0.02)
    return measured(Material(tables, trained_on(tables, progress)), None, progress)


def look(progress: Progress) -> Result:
    """Treat the sealed accounts; thresholds come from the development ones, untouched."""
    everybody = instafake_posts.load(data_folder())
    known = with_posts(development(everybody))
    judge = trained_on(known, progress)
    others = judge.scored(known)
    return measured(Material(with_posts(sealed(everybody)), judge), others, progress)


def measured(material: Material, others: Scored | None, progress: Progress) -> Result:
    """All ways at all strengths.

    Parameters
    ----------
    material
        The accounts and what scores them.
    others
        Untouched accounts to set thresholds on; None: those of the other folds.
    progress
        Told how far it is.
    """
    jobs = list(cells())
    found = []
    for at, (name, strength) in enumerate(jobs):
        progress(name, 0.3 + 0.7 * at / len(jobs))
        found.append({"way": name, "strength": strength, **cell(material, others, name, strength)})
        if strength == 1.0:
            found[-1]["alone"] = alone(material, WAYS[name])
    before = material.before
    return {
        "accounts": len(before.names),
        "untouched": said(before.labels),
        "cells": found,
    }


def cells() -> Iterator[tuple[str, float | None]]:
    """Ways with their strengths; a bot has none."""
    for name, way in WAYS.items():
        strengths: Sequence[float | None] = STRENGTHS if way.head is INFLATED else SHARES
        yield from ((name, strength) for strength in ([None] if name == "content bot" else strengths))


def cell(material: Material, others: Scored | None, name: str, strength: float | None) -> Result:
    """One way at one strength: the treated accounts against the same, untouched."""
    way = WAYS[name]
    after = inject(material.untouched, way, 1.0 if strength is None else strength, TEST, SEED)
    touched = material.judge.scored(after.tables)
    place = {account: row for row, account in enumerate(material.before.names)}
    rows = np.array([place[account] for account in touched.names])
    fold = np.array([material.judge.fold_of.get(account, 0) for account in material.before.names])
    before = {score: material.before.scores[way.head, score] for score in SCORES}
    now = {score: touched.scores[way.head, score] for score in SCORES}
    areas = aucs({score: before[score][rows] for score in SCORES}, now, touched.names)
    scores = {}
    for score in SCORES:
        limits = thresholds(before[score], fold)
        if others is not None:
            limits = np.full(len(fold), limit_of(others.scores[way.head, score]))
        scores[score] = {
            "auc": areas[score],
            "recall": rate(now[score] > limits[rows]),
            "far": rate(before[score] > limits),
        }
    return {
        "head": way.head.value,
        "accounts": len(rows),
        "followers_kept": round(float(np.median(after.followers)), 3),
        "scores": scores,
        "verdicts": said(touched.labels),
    }


def alone(material: Material, way: Way) -> Result:
    """What heads reach that were trained on nothing but this way at strength 1."""
    judge = material.judge
    scorers = trained_alone(judge.known, way, 1.0, judge.fold_of)
    after = inject(material.untouched, way, 1.0, TEST, SEED).tables
    numbers, _ = judged_by(material.untouched)
    names = after.accounts["account_id"].to_list()
    before, now = judge.out_of_fold(scorers, numbers), judge.out_of_fold(scorers, judged_by(after)[0])
    rows = numbers.index.get_indexer(pd.Index(names, dtype=object))
    fold = np.array([judge.fold_of.get(name, 0) for name in numbers.index])
    limits = thresholds(before, fold)
    if judge.known is not material.untouched:
        limits = np.full(len(fold), limit_of(judge.out_of_fold(scorers, judged_by(judge.known)[0])))
    truth: Bools = np.repeat([False, True], len(names))
    area = auc(truth, np.concatenate([before[rows], now]))
    return {
        "auc": figures({"auc": area}, [*names, *names])["auc"],
        "recall": rate(now > limits[rows]),
        "far": rate(before > limits),
    }


def thresholds(before: Floats, fold: Floats) -> Floats:
    """For each account the threshold that the untouched accounts of the other folds set."""
    limit = {held: limit_of(before[fold != held]) for held in np.unique(fold).tolist()}
    return np.array([limit[held] for held in fold.tolist()])


def limit_of(untouched: Floats) -> float:
    """Above it lie at most five in a hundred of the untouched.

    >>> limit_of(np.arange(100.0))
    94.0
    """
    return float(np.sort(untouched)[len(untouched) - 1 - int(FAR * len(untouched))])


def aucs(
    before: Mapping[str, Floats], now: Mapping[str, Floats], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    """AUC of the treated against the same accounts untouched, with intervals over accounts."""
    truth: Bools = np.repeat([False, True], len(names))
    measures = {score: auc(truth, np.concatenate([before[score], now[score]])) for score in SCORES}
    return figures(measures, [*names, *names])


def said(labels: Sequence[str]) -> Result:
    """Shares of accounts that the starter accuses and clears, at its own thresholds."""
    given = np.array(labels)
    return {"accused": rate(np.isin(given, ACCUSED)), "cleared": rate(given == Label.AUTHENTIC.value)}


def page(result: Result) -> str:
    """A table for each head, and what stands out."""
    found = {"development accounts": result["tasks"], "sealed accounts": result["sealed"]}
    return "\n\n".join(
        section(title, tasks["instafake_posts"])
        for title, tasks in found.items()
        if "instafake_posts" in tasks
    )


def section(title: str, result: Result) -> str:
    """What was found on one side of the seal."""
    untouched = result["untouched"]
    return "\n\n".join([
        f"### On {result['accounts']} real accounts ({title})",
        ABOUT,
        f"Untouched, the starter accuses {shown(untouched['accused'])} of them and clears "
        f"{shown(untouched['cleared'])}.",
        blind(result),
        *(table(result, head) for head in HEADS),
        best_case(result),
    ])  # fmt: skip


def blind(result: Result) -> str:
    """Where the starter is no better than chance or worse than no training, at the full strength of 1."""
    ones = [one for one in result["cells"] if one["strength"] == 1.0]
    auc_of = {one["way"]: {score: one["scores"][score]["auc"]["value"] for score in SCORES} for one in ones}
    dim = [f"{name} ({auc_of[name]['starter']:.2f})" for name in auc_of if auc_of[name]["starter"] < 0.70]
    worse = [name for name in auc_of if auc_of[name]["starter"] < auc_of[name]["directed rank"]]
    return (
        f"At strength 1 the starter is under an AUC of .70 on: {'; '.join(dim) or 'none'}. Under the "
        f"untrained rank on: {'; '.join(worse) or 'none'}."
    )


def best_case(result: Result) -> str:
    """Heads trained on one way alone, beside the first try's figures."""
    rows = [
        "Heads trained on one way alone, at strength 1 and nothing else: what the numbers hold at best.\n",
        "| way | AUC | recall | false accusations | first try (AUC, recall) |",
        "|---|---|---|---|---|",
    ]
    for one in result["cells"]:
        if "alone" in one:
            there = FIRST_TRY.get(one["way"])
            first = f"{there[0]:.2f}, {there[1]:.0%}" if there else ""
            rates = f"{shown(one['alone']['recall'])} | {shown(one['alone']['far'])}"
            rows.append(f"| {one['way']} | {interval(one['alone']['auc'])} | {rates} | {first} |")
    return "\n".join(rows)


def table(result: Result, head: Head) -> str:
    """All ways that concern a head."""
    rows = [
        f"Head `{head}`:\n",
        "| way | strength | AUC starter | AUC directed rank | AUC trained | recall starter | recall rank | "
        "recall trained | accused | cleared |",
        "|---|---:|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for one in result["cells"]:
        if one["head"] == head.value:
            areas = " | ".join(interval(one["scores"][score]["auc"]) for score in SCORES)
            recalls = " | ".join(f"{one['scores'][score]['recall']['rate']:.0%}" for score in SCORES)
            verdicts = " | ".join(f"{one['verdicts'][name]['rate']:.0%}" for name in ("accused", "cleared"))
            strength = "" if one["strength"] is None else f"{one['strength']:g}"
            rows.append(f"| {one['way']} | {strength} | {areas} | {recalls} | {verdicts} |")
    return "\n".join(rows)


def interval(one: Result) -> str:
    """A figure with its interval.

    >>> interval({"value": 0.5, "low": 0.45, "high": 0.554})
    '0.50 [0.45, 0.55]'
    """
    return f"{one['value']:.2f} [{one['low']:.2f}, {one['high']:.2f}]"


def shown(one: Result) -> str:
    """A rate with its interval."""
    return f"{one['rate']:.1%} [{one['low']:.1%}, {one['high']:.1%}]"


PART: Final = Part(
    title="Injected: fraud put into real accounts",
    tasks=MappingProxyType({"instafake_posts": Task(run, (instafake_posts.SET,), look)}),
    page=page,
    settings=MappingProxyType(SETTINGS),
)
