"""What a detector is worth on accounts that it was not fitted on: figures with their intervals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from accounts.population import Population
from detector.arrays import Bools, Floats
from detector.bundle import Bundle
from detector.decision import HEADS
from detector.labels import Label
from detector.manifest import MANIFEST, sha256
from detector.rank_baseline import rank_baseline
from detector.screening import Detector, Predictions
from detector.signals import SIGNALS
from features.catalogue import CATALOGUE
from features.declaration import Head
from features.evidence import Level
from training.fit import Fitted
from training.fit_references import peers_of
from training.labelled_rows import CHUNK, LabelledRows
from training.metrics import ACCUSING, Estimate, Rate, auc, average_precision, bootstrap, brier
from training.workers import IN_PROCESS, Workers

__all__ = [
    "HeadReport", "Report", "SignalReport", "evaluate", "evaluate_on", "predict_test",
    "with_false_accusation_rates",
]  # fmt: skip

MIN_ACCOUNTS: Final = 50
BANDS: Final = ("under 25 %", "25-50 %", "50-100 %", "100-200 %", "over 200 %")
BAND_EDGES: Final = (0.25, 0.5, 1.0, 2.0)
LEVELS: Final = "levels.parquet"


@dataclass(frozen=True)
class HeadReport:
    """One head on one kind of evidence.

    Attributes
    ----------
    head, evidence
        Which head, and which accounts: all, or those with certain blocks.
    accounts, positives
        How many, and how many of them are what the head looks for.
    auc, average_precision, brier
        Of the calibrated probability, against all others.
    rank_baseline_auc
        Of the untrained score beside it; ``directed_rank_auc`` in JSON.
    """

    head: str
    evidence: str
    accounts: int
    positives: int
    auc: Estimate
    average_precision: Estimate
    brier: Estimate
    rank_baseline_auc: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON, where reports of older runs have the same keys."""
        plain = asdict(self)
        return plain | {"directed_rank_auc": plain.pop("rank_baseline_auc")}


@dataclass(frozen=True)
class SignalReport:
    """One signal on the accounts that can serve it.

    Attributes
    ----------
    signal
        Its name.
    accounts, positives
        How many, authentic or of its kind, and how many of its kind.
    auc
        Of its calibrated probability, its kind against authentic accounts.
    """

    signal: str
    accounts: int
    positives: int
    auc: Estimate


@dataclass(frozen=True)
class Report:
    """All figures of one evaluation, in JSON's own types by :meth:`as_dict`.

    Attributes
    ----------
    heads
        By label and evidence.
    signals
        By signal.
    false_accusations
        Of all authentic accounts, and by tier, platform, honest event and kind of person.
    recall
        Accused among the fakes: all, by scheme and by strength.
    labels
        How many accounts of each truth got each label.
    """

    heads: tuple[HeadReport, ...]
    signals: tuple[SignalReport, ...]
    false_accusations: dict[str, Rate]
    recall: dict[str, Rate]
    labels: dict[str, dict[str, int]]

    def as_dict(self) -> dict[str, Any]:
        """The report in JSON's own types, as ``report.json`` of a run holds it."""
        return {
            "heads": [one.as_dict() for one in self.heads],
            "signals": [asdict(one) for one in self.signals],
            "false_accusations": {name: rate.as_dict() for name, rate in self.false_accusations.items()},
            "recall": {name: rate.as_dict() for name, rate in self.recall.items()},
            "labels": self.labels,
        }


def evaluate(fitted: Fitted, predictions: Predictions | None = None) -> Report:
    """Evaluate on the test split, as its accounts came, by the detector as it screens for customers.

    Parameters
    ----------
    fitted
        The run.
    predictions
        What :func:`predict_test` says of its test split; None: it is asked.
    """
    return evaluate_on(fitted.bundle, fitted.test, predictions or predict_test(fitted))


def predict_test(fitted: Fitted, workers: Workers = IN_PROCESS) -> Predictions:
    """What the detector says of the test split, by the one way from accounts to a verdict."""
    pieces = fitted.test_population.pieces(CHUNK)
    return Predictions.concat(list(workers.map(predict_piece, pieces, fitted.bundle)))


def predict_piece(piece: Population, bundle: Bundle) -> Predictions:
    """What a detector says of some accounts."""
    return Detector(bundle).predict(piece.tables)


def evaluate_on(
    bundle: Bundle, rows: LabelledRows, predictions: Predictions, at_least: int = MIN_ACCOUNTS
) -> Report:
    """Evaluate what a detector says of labelled accounts.

    Parameters
    ----------
    bundle
        The detector.
    rows
        The accounts, as they came.
    predictions
        Of the same accounts in the same order.
    at_least
        Accounts of either class below which no AUC is given.
    """
    labels, accused = predictions.decisions.labels.astype(str), _accused(predictions)
    return Report(
        heads=tuple(_head_reports(bundle, rows, predictions.probabilities, at_least)),
        signals=tuple(_signal_reports(rows, predictions.signals.signal_probabilities, at_least)),
        false_accusations=_rates(
            rows.labels, rows.authentic, accused, ("tier", "platform", "event", "person")
        ),
        recall=_rates(_banded(rows.labels), ~rows.authentic, accused, ("scheme", "strength band")),
        labels=_confusion(rows, labels),
    )


def with_false_accusation_rates(fitted: Fitted, predictions: Predictions | None = None) -> Fitted:
    """The same detector, whose level table notes the false-accusation rates of the test split.

    A level has one where 50 authentic test accounts or more are judged by its thresholds. No decision of
    the detector changes. The parameters are those of :func:`evaluate`.
    """
    test, bundle = fitted.test, fitted.bundle
    accused = _accused(predictions or predict_test(fitted))[test.authentic]
    places = zip(test.levels, test.platforms, strict=True)
    used = np.array([bundle.levels.row_for(*place).level for place in places])[test.authentic]
    rates = {
        level: float(accused[used == level].mean())
        for level in sorted(set(used.tolist()))
        if np.count_nonzero(used == level) >= MIN_ACCOUNTS
    }
    table = bundle.levels.with_false_accusation_rates(rates).to_bytes()
    files = {**bundle.manifest.files, LEVELS: sha256(table)}
    manifest = replace(bundle.manifest, files=files).to_bytes()
    return replace(fitted, bundle=Bundle.from_files({**bundle.files, LEVELS: table, MANIFEST: manifest}))


def _accused(predictions: Predictions) -> Bools:
    return np.isin(predictions.decisions.labels.astype(str), ACCUSING)


def _signal_reports(test: LabelledRows, probabilities: Floats, at_least: int) -> Iterator[SignalReport]:
    """Each signal on the accounts that can serve it: those that show its kind against authentic ones."""
    for at, signal in enumerate(SIGNALS):
        dose = test.doses(signal)
        rows = test.heard[:, at] & (test.authentic | (dose > 0))
        truth = dose[rows] > 0
        if min(truth.sum(), (~truth).sum()) >= at_least:
            found = bootstrap(auc(truth, probabilities[rows, at]), len(truth))
            yield SignalReport(signal.name, int(rows.sum()), int(truth.sum()), found)


def _head_reports(
    bundle: Bundle, test: LabelledRows, probabilities: Floats, at_least: int
) -> Iterator[HeadReport]:
    ranks = bundle.peers.percentiles(test.features, *peers_of(test))
    for at, head in enumerate(HEADS):
        directions = {feature.name: feature.direction_for(head).value for feature in CATALOGUE}
        untrained = rank_baseline(ranks, directions)
        for evidence, rows in _kinds_of_evidence(test.levels):
            truth = test.truth(head)[rows]
            if min(truth.sum(), (~truth).sum()) >= at_least:
                yield _head_report(head, evidence, truth, probabilities[rows, at], untrained[rows])


def _kinds_of_evidence(levels: list[str]) -> Iterator[tuple[str, Bools]]:
    blocks = [set(Level.of(level).blocks) for level in levels]
    yield "all accounts", np.array([bool(own) for own in blocks], dtype=bool)
    yield "profile alone", np.array([own == {"profile"} for own in blocks], dtype=bool)
    for block in ("posts", "comments", "history", "audience"):
        yield f"with {block}", np.array([block in own for own in blocks], dtype=bool)
    full = {"posts", "comments", "history"}
    yield "with posts, comments and history", np.array([full <= own for own in blocks], dtype=bool)


def _head_report(
    head: Head, evidence: str, truth: Bools, probabilities: Floats, untrained: Floats
) -> HeadReport:
    known = ~np.isnan(untrained)
    both = known.any() and 0 < truth[known].sum() < known.sum()
    return HeadReport(
        head=head.value,
        evidence=evidence,
        accounts=len(truth),
        positives=int(truth.sum()),
        auc=bootstrap(auc(truth, probabilities), len(truth)),
        average_precision=bootstrap(average_precision(truth, probabilities), len(truth)),
        brier=bootstrap(brier(truth, probabilities), len(truth)),
        rank_baseline_auc=auc(truth[known], untrained[known])(np.ones(known.sum())) if both else None,
    )


def _banded(labels: pl.DataFrame) -> pl.DataFrame:
    """The labels, and how strong each scheme is beside them; no band where that is not known."""
    known = labels["strength"].is_not_null()
    bands = pl.Series(BANDS).gather(
        np.searchsorted(BAND_EDGES, labels["strength"].fill_null(0), side="right")
    )
    return labels.with_columns(pl.when(known).then(bands).alias("strength band"))


def _rates(labels: pl.DataFrame, who: Bools, accused: Bools, columns: tuple[str, ...]) -> dict[str, Rate]:
    rates = {"all": Rate.of(accused[who])}
    for column in columns:
        values = labels[column].to_numpy()
        for value in sorted({value for value in values[who] if isinstance(value, str)}):
            rows = who & (values == value)
            rates[f"{column}: {value}"] = Rate.of(accused[rows])
    return rates


def _confusion(test: LabelledRows, labels: NDArray[np.str_]) -> dict[str, dict[str, int]]:
    schemes = test.labels["scheme"].fill_null("authentic").to_numpy()
    truth = np.where(test.authentic, "authentic", schemes)
    return {
        str(kind): {label.value: int((labels[truth == kind] == label.value).sum()) for label in Label}
        for kind in sorted(set(truth), key=lambda kind: (kind != "authentic", kind))
    }
