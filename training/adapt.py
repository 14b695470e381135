"""A detector adapted to a customer's own authentic accounts.

All schemes are injected into copies of them, the heads are refitted on these together with simulated
rows, and tails and thresholds are anchored on the accounts themselves, each scored by heads that
never saw it or a copy of it (cross-fitting). What stays is the range of peers and, where nothing of
the customer's speaks, the simulated tails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from accounts.checks import examine
from accounts.errors import BadInput, Fault
from accounts.population import Population
from accounts.tables import Tables
from detector.arrays import Floats
from detector.bundle import Bundle, build
from detector.heads import Scorer
from detector.levels import LevelTable
from detector.manifest import Facts
from detector.screening import Detector
from detector.signal_models import SignalModels
from detector.signals import SIGNALS, cells_of
from detector.tails import Tail, Tails, log_odds
from training.adapt_rows import AdaptRows, adapt_rows, copies_for
from training.adapt_trial import Trial, run_trial, with_clearing
from training.assemble import GOLDEN_ACCOUNTS, newest_date
from training.calibrate import calibrate
from training.config import TrainingConfig, config_of
from training.fit_amounts import fit_amounts
from training.fit_heads import fit_each, out_of_fold
from training.fit_references import fit_novelty
from training.injection import authentic
from training.labelled_rows import labelled_rows
from training.outliers import Outlier, find_outliers
from training.progress import Progress, silent
from training.recalibrate import accounts_missing, refit_thresholds, too_few_message
from training.union_weights import search_weights
from training.verified_accounts import VerifiedAccounts, masked_suspicion

__all__ = ["MIN_ACCOUNTS", "Adapted", "adapt", "refuse_too_few"]

MIN_ACCOUNTS: Final = 100
FOLDS: Final = 5
COPIES: Final = 2
"""Rows per account, the second with evidence dropped at random."""
LEAST_IN_A_LEAF: Final = 15
L2: Final = 3.0
LEAST_TAIL: Final = 50
"""Accounts of the customer's that a cell's tail may rest on."""
RELATED: Final = (
    "following_size", "following_ratio", "posts_size", "posts_per_follower", "account_age",
    "lifetime_posts_per_week",
)  # fmt: skip
"""What followers stand in relation to. Over all creators it says little; over accounts that are alike the
head for followers sees .92 of packages and of bought followers at +100 % with it, .87 and .78 without."""
_LEFT_OUT: Final = {one.name: tuple(sorted(one.without)) for one in SIGNALS if one.without}
FURTHER: Final = MappingProxyType(
    _LEFT_OUT | {name: (*RELATED, *_LEFT_OUT.get(name, ())) for name in ("followers_stock", "inflation")}
)
"""And what signals leave out because simulated accounts have it otherwise: here real ones are learnt from."""


@dataclass(frozen=True)
class Adapted:
    """An adapted detector, and what to expect of it.

    Attributes
    ----------
    bundle
        The detector.
    trial
        What it finds of fraud put into accounts that its heads had not seen.
    outlying
        Accounts given as authentic that look unlike the others.
    known_inflated
        How many of the known inflated accounts it accuses, of how many; None where none were given.
    """

    bundle: Bundle
    trial: Trial
    outlying: tuple[Outlier, ...]
    known_inflated: tuple[int, int] | None


def adapt(  # noqa: PLR0913
    base: Bundle,
    tables: Tables,
    simulated: Population,
    *,
    created_at: str,
    digest: str,
    alpha: float | None = None,
    seed: int = 1,
    inflated: Tables | None = None,
    place: str = "",
    progress: Progress = silent,
) -> Adapted:
    """The detector refitted to accounts like a customer's.

    Parameters
    ----------
    base
        Size of the heads, peers and confidence are taken from it.
    tables
        The customer's authentic accounts, 100 at least.
    simulated
        Labelled accounts that the heads are refitted on too, such as some of the starter's.
    created_at
        ISO time that the new bundle shall carry: nothing here reads a clock.
    digest
        Hexadecimal digest of the accounts; its beginning is part of the version.
    alpha
        The promised false-accusation rate; None: the base's.
    seed
        Of all draws.
    inflated
        Accounts known to be inflated. Nobody knows what was added to which of their counts, so no head is
        fitted to them: they only say how many of such are found.
    place
        What a refusal calls the accounts, such as their file.
    progress
        As for :func:`training.fit.fit`.

    Raises
    ------
    BadInput
        If there are fewer than 100 accounts with evidence, or fewer than the promise takes.
    """
    rate = base.facts.alpha if alpha is None else alpha
    config = _config(base, rate, seed)
    progress("reading the evidence of the accounts", 0.0)
    tables = examine(tables).tables
    refuse_too_few(base, tables, alpha=rate, place=place)
    progress("altering copies of the accounts", 0.05)
    rows = adapt_rows(tables, simulated, config)
    progress("fitting the heads", 0.45)
    fitted = _fit(rows, config)
    progress("setting thresholds on accounts that the heads did not see", 0.75)
    shown = pd.concat(
        [masked_suspicion(fitted.without[held], part) for held, part in _fold_accounts(rows)],
        ignore_index=True,
    )
    table = refit_thresholds(LevelTable({}), shown, alpha=rate, confidence=config.confidence)
    progress("altering copies of accounts that the heads did not see", 0.8)
    trial = run_trial(tables, rows.held_in, fitted.without, table, seed)
    bundle = _bundle(
        base,
        rows,
        fitted.final,
        with_clearing(table, trial, config),
        AdaptationFacts(config, created_at, digest, newest_date(tables)),
    )
    progress("done", 1.0)
    return Adapted(
        bundle,
        trial,
        find_outliers(shown, rows.verified_accounts),
        None if inflated is None else count_accused(bundle, inflated),
    )


def count_accused(bundle: Bundle, tables: Tables) -> tuple[int, int]:
    """How many of the accounts the detector accuses, and how many there are."""
    decisions = Detector(bundle).predict(tables).decisions
    return int(decisions.over.any(axis=1).sum()), len(decisions)


def derive_verified(tables: Tables) -> VerifiedAccounts:
    """Features and evidence of accounts that are taken for authentic."""
    rows = labelled_rows(authentic(tables))
    return VerifiedAccounts(rows.features, rows.levels, rows.platforms)


def _config(base: Bundle, alpha: float, seed: int) -> TrainingConfig:
    """The base's settings, with smaller leaves: there are fewer rows, and they are alike."""
    before = config_of(base.facts.training)
    scorer = replace(
        before.scorer,
        least_accounts=min(before.scorer.least_accounts, LEAST_IN_A_LEAF),
        l2=min(before.scorer.l2, L2),
    )
    return replace(
        before,
        seed=seed,
        folds=FOLDS,
        masked_copies=COPIES,
        alpha=alpha,
        organic=(),
        organic_weight=1.0,
        scorer=scorer,
    )


@dataclass(frozen=True)
class _Fitted:
    """What weighs accounts in the end, and for each fold what never saw its accounts."""

    final: SignalModels
    without: Mapping[int, SignalModels]


def refuse_too_few(base: Bundle, tables: Tables, *, alpha: float | None = None, place: str = "") -> None:
    """Refuse before anything takes long: how many accounts stand where does not depend on the heads.

    Parameters and errors are those of :func:`adapt`.
    """
    given = derive_verified(tables)
    if len(given) < MIN_ACCOUNTS:
        least = f"at least {MIN_ACCOUNTS} authentic accounts with evidence to adapt to"
        rule = f"must hold {least}. Got {len(given)}."
        raise BadInput(Fault(place, "", rule))
    rate, confidence = base.facts.alpha if alpha is None else alpha, base.facts.confidence
    table = refit_thresholds(
        LevelTable({}), masked_suspicion(base.signal_models, given), alpha=rate, confidence=confidence
    )
    if lacking := accounts_missing(table, alpha=rate, confidence=confidence):
        raise BadInput(Fault(place, "", too_few_message(table, rate, confidence, lacking)))


def _fold_accounts(rows: AdaptRows) -> list[tuple[int, VerifiedAccounts]]:
    """Each fold with the customer's accounts in it."""
    fold, given = rows.fold[: rows.originals], rows.verified_accounts
    return [(held, given.pick(np.flatnonzero(fold == held).tolist())) for held in range(FOLDS)]


def _fit(rows: AdaptRows, config: TrainingConfig) -> _Fitted:
    heads = fit_each(rows.labelled, rows.fold, config, importance=rows.importance, further=FURTHER)
    raw = out_of_fold(heads, rows.labelled, rows.fold)
    simulated = calibrate(rows.labelled, _heads_without(heads, -1), raw)

    def fitted_without(held: int) -> SignalModels:
        tails = _own_tails(rows, raw, simulated.tails, held)
        weights = _own_weights(rows, raw, tails, held)
        return replace(simulated, scorers=_heads_without(heads, held), tails=tails, weights=weights)

    return _Fitted(fitted_without(-1), {held: fitted_without(held) for held in range(config.folds)})


def _heads_without(heads: Mapping[tuple[str, int], Scorer], held: int) -> dict[str, Scorer]:
    return {signal.name: heads[signal.name, held] for signal in SIGNALS}


def _own_tails(rows: AdaptRows, raw: Floats, simulated: Tails, held: int) -> Tails:
    """Tails of the customer's accounts outside a fold; the simulated ones of signals that too few serve."""
    found: dict[tuple[str, str | None, str], Tail] = {}
    labelled, names = rows.labelled, rows.labelled.features.index
    for at, signal in enumerate(SIGNALS):
        chosen = rows.own & labelled.authentic & labelled.heard[:, at] & (rows.fold != held)
        if names[chosen].nunique() < LEAST_TAIL:
            found |= {key: tail for key, tail in simulated.by_cell.items() if key[0] == signal.name}
            continue
        part = labelled.pick(chosen)
        found |= Tails.fit(
            signal.name, log_odds(raw[chosen, at]), part.features.index.to_list(), part.platforms,
            cells_of(signal, part.levels), at_least=LEAST_TAIL,
        )  # fmt: skip
    return Tails(found)


def _own_weights(rows: AdaptRows, raw: Floats, tails: Tails, held: int) -> dict[str, float]:
    """Weights from the customer's accounts outside a fold and their copies, as they came."""
    labelled = rows.labelled
    whole = np.equal(np.array(labelled.levels), np.array(labelled.unmasked_levels))
    chosen = rows.own & whole & (rows.fold != held)
    part, scores = labelled.pick(chosen), log_odds(raw[chosen])
    p_values = np.full(scores.shape, np.nan)
    for at, signal in enumerate(SIGNALS):
        heard = np.flatnonzero(part.heard[:, at])
        cells, platforms = cells_of(signal, part.levels), part.platforms
        p_values[heard, at] = tails.p_values(
            signal.name, scores[heard, at], [platforms[row] for row in heard], [cells[row] for row in heard]
        )
    return search_weights(p_values, part.authentic, part.labels["scheme"].to_list())


class AdaptationFacts(NamedTuple):
    """How and when a detector was adapted: ``newest`` is the date of the newest account."""

    config: TrainingConfig
    created_at: str
    digest: str
    newest: str


def _bundle(
    base: Bundle,
    rows: AdaptRows,
    signal_models: SignalModels,
    levels: LevelTable,
    adaptation: AdaptationFacts,
) -> Bundle:
    """The parts put together; its golden accounts are simulated: a customer's are kept nowhere."""
    labelled, config = rows.labelled, adaptation.config
    first = labelled.pick(~rows.own & (np.cumsum(~rows.own) <= GOLDEN_ACCOUNTS))
    return build(
        _facts(base, rows, adaptation),
        signal_models=signal_models,
        amounts=fit_amounts(labelled, rows.fold, config),
        comments=base.comments,
        levels=levels,
        peers=base.peers,
        novelty=fit_novelty(replace(labelled, features=base.columns_read(labelled.features)), config.seed),
        golden=base.columns_read(first.features),
        golden_levels=first.levels,
        golden_platforms=first.platforms,
    )


def _facts(base: Bundle, rows: AdaptRows, adaptation: AdaptationFacts) -> Facts:
    count = len(rows.verified_accounts)
    own = {"accounts": count, "altered_copies": copies_for(rows.originals), "base": base.sha256}
    return replace(
        base.facts,
        version=f"{adaptation.newest}-{adaptation.digest[:8]}",
        created_at=adaptation.created_at,
        training=adaptation.config.as_dict() | {"adapted": own},
        data_sha256=adaptation.digest,
        trained_on=("simulated", f"{count:,} accounts given by you, with schemes put into copies"),
        calibrated_on=f"{count:,} accounts given by you, {adaptation.newest}",
        alpha=adaptation.config.alpha,
    )
