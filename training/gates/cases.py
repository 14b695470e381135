"""Gates on accounts of which the answer is known: examples, an expert's, rising doses, organic ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from accounts.errors import BadInput
from accounts.examples import creators_path
from accounts.reading import read
from accounts.tables import Tables
from detector.labels import Label
from detector.screening import Detector
from detector.threshold import clopper_pearson
from training.fixed_dose import DOSED_WAYS, add_dose
from training.gates.gate import Gate
from training.gates.limits import GateLimits
from training.gates.trial import Trial
from training.metrics import ACCUSING
from training.organic import ORGANIC, evaluation_half

__all__ = ["dose_response", "examples", "expert_cases", "public_sets"]

HONEST_EXAMPLES: Final = ("everyday-creator", "viral-hit", "giveaway", "scheduling-brand", "tight-community")
FAKE_EXAMPLES: Final = ("burst-of-followers", "auto-refill", "bought-likes", "full-package", "comment-pod")

DOSES: Final = (0.25, 1.0, 3.0, 10.0)
FALL: Final = 0.05
"""Suspicion by which a series may fall without counting as a fall."""
PUBLIC_ACCOUNTS: Final = 300


def examples(detector: Detector) -> Gate:
    """The example creators that come with Assay: ordinary ones are not accused, most fakes are."""
    tables = Tables.concat([chunk.tables for chunk in read(creators_path())])
    labels = labels_by_account(detector, tables)
    wrong = [name for name in HONEST_EXAMPLES if labels[f"example:{name}"] in ACCUSING]
    found = [name for name in FAKE_EXAMPLES if labels[f"example:{name}"] in ACCUSING]
    return Gate(
        "examples",
        not wrong and 2 * len(found) > len(FAKE_EXAMPLES),
        f"ordinary ones accused: {', '.join(wrong) or 'none'}; fakes: {len(found)} of {len(FAKE_EXAMPLES)}",
        "no ordinary creator is accused, and more than half of the fakes are",
    )


def expert_cases(detector: Detector) -> Gate:
    """Accounts that an expert judges at sight: a dead audience is noticed, an ordinary one is not."""
    labels = labels_by_account(detector, expert_tables())
    seen = {name: label in {*ACCUSING, Label.REVIEW} for name, label in labels.items()}
    wrong = [name for name, noticed in seen.items() if noticed != name.startswith("dead")]
    return Gate(
        "expert's cases",
        not wrong,
        "; ".join(f"{name}: {labels[name]}" for name in wrong) or f"{len(labels)} as the expert says",
        "25,000 followers with eight likes a post are accused or reviewed, with 3 % engagement neither",
    )


def expert_tables() -> Tables:
    """Four Instagram accounts of 25,000 followers, with their posts, two of them with a flat history."""
    cases = {"dead": 8, "ordinary": 640}
    return Tables.of(
        accounts=[
            {"account_id": name, "platform": "instagram", "followers": 25_000, "following": 400, "posts": 300,
             "as_of": NOW, "created_at": NOW - timedelta(days=1_500)}
            for name in case_names(cases)
        ],
        posts=[post for name, likes in case_names(cases).items() for post in case_posts(name, likes)],
        history=[
            {"account_id": name, "date": (NOW - timedelta(days=day)).date(), "followers": 25_000 - 3 * day}
            for name in case_names(cases)
            if name.endswith("history")
            for day in range(120)
        ],
    )  # fmt: skip


def case_names(cases: Mapping[str, int]) -> dict[str, int]:
    """Each case without and with a history."""
    return {f"{name}{more}": likes for name, likes in cases.items() for more in ("", " with history")}


NOW: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)


def case_posts(account: str, likes: int) -> Iterator[dict[str, Any]]:
    """Thirty posts with likes around a number, unevenly apart and of an evening, as people post."""
    rng = np.random.default_rng(likes)
    days = 3 + np.cumsum(np.ceil(2.0 * np.exp(rng.normal(0, 0.9, 30))))
    for number, age in enumerate(days.tolist()):
        around = float(np.exp(rng.normal(0, 0.35)))
        when = NOW - timedelta(days=age, hours=float(rng.normal(-6, 2.5)))
        yield {
            "account_id": account, "post_id": f"p{number}", "published_at": when,
            "likes": max(round(likes * around), 1), "comments": round(likes * around * 0.03),
        }  # fmt: skip


def labels_by_account(detector: Detector, tables: Tables) -> dict[str, str]:
    """The label that each account gets."""
    labels = detector.predict(tables).decisions.labels.astype(str).tolist()
    return dict(zip(tables.accounts["account_id"].to_list(), labels, strict=True))


def dose_response(trial: Trial, detector: Detector, limits: GateLimits) -> Gate:
    """Suspicion must not fall as more is bought, put into the authentic accounts of the trial."""
    honest = trial.rows.labels.filter(~trial.fake)["account_id"].to_list()
    tables = trial.population.tables.select(honest[: limits.dosed_accounts])
    falls = series = 0
    for way in DOSED_WAYS:
        steps = [suspicion_by_account(detector, add_dose(tables, way, dose, days=3)) for dose in DOSES]
        for account in steps[0]:
            values = [step[account] for step in steps]
            series += 1
            falls += any(after < before - FALL for before, after in pairwise(values))
    share = falls / series if series else 0.0
    return Gate(
        "dose and response",
        share <= limits.dose_falls if series else None,
        f"suspicion falls in {falls} of {series} series",
        f"in at most {100 * limits.dose_falls:g} % of series it falls as more is bought",
    )


def suspicion_by_account(detector: Detector, tables: Tables) -> dict[str, float]:
    """Suspicion of each account; 0 where no signal is heard."""
    values = np.nan_to_num(detector.predict(tables).suspicion, nan=0.0).tolist()
    return dict(zip(tables.accounts["account_id"].to_list(), values, strict=True))


def public_sets(detector: Detector, champion: Detector, folder: Path, limits: GateLimits) -> Iterator[Gate]:
    """False accusations among real organic accounts that train nobody, of each set that is there."""
    for name, (_, load) in ORGANIC.items():
        try:
            tables = evaluation_half(load(folder))
        except BadInput:
            yield Gate(f"public set {name}", None, "it is not there (docs/data.md)", "")
            continue
        ids = tables.accounts["account_id"].to_list()[:PUBLIC_ACCOUNTS]
        new, old = (count_accused(one, tables.select(ids)) for one in (detector, champion))
        low = clopper_pearson(new, len(ids))[0]
        yield Gate(
            f"public set {name}",
            low <= limits.public_false_accusations or new <= old,
            f"{new} of {len(ids)} organic accounts accused (champion {old})",
            f"at most {100 * limits.public_false_accusations:g} % beyond chance, or not above the champion",
        )


def count_accused(detector: Detector, tables: Tables) -> int:
    """How many of the accounts are accused."""
    return sum(label in ACCUSING for label in labels_by_account(detector, tables).values())
