"""The one way from accounts to verdicts: for evaluation, command line, service and benchmarks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from accounts.checks import Examined, examine
from accounts.digest import account_digests
from accounts.tables import Tables
from detector.abstention import abstention_sentences
from detector.annotations import annotation_readings
from detector.audiences import audience_shares
from detector.bundle import Bundle
from detector.caveats import caveats_of
from detector.comments.quality import CommentQuality, comment_quality
from detector.explanations import Explanation, added_shares, explain_accounts, families_of, signal_readings
from detector.labels import Explain, Label
from detector.levels import LevelRow
from detector.predictions import EvidenceDoubts, Predictions, predict_features
from detector.reasons import iso_time
from detector.signals import SIGNALS
from detector.sources import sources_of
from detector.verdict import (
    AnnotationReading,
    AudienceShare,
    BlockEvidence,
    Evidence,
    EvidenceFinding,
    EvidenceSource,
    Guarantee,
    ModelName,
    Verdict,
)
from detector.yardsticks import YardstickReading, read_yardsticks
from features.catalogue import CATALOGUE
from features.derive import derive
from features.evidence import BLOCKS, AccountEvidence, Level, evidence_of
from features.views import Views, people

__all__ = ["FLAGGED", "Detector", "Predictions", "ScreenedBatch", "verdict_id_of"]

FLAGGED: Final = frozenset({Label.INFLATED, Label.AUTOMATED, Label.REVIEW})
"""Labels that a person looks at; these verdicts get their reasons."""

OBSERVED: Final = tuple(one for one in CATALOGUE if one.family == "observed")

NOTABLE: Final = 0.5
"""Suspicion below which a verdict gets no reasons: more than one authentic account in ten has it."""


@dataclass(frozen=True)
class ScreenedBatch:
    """Verdicts, and the predictions that they rest on; None where there was no account.

    :meth:`Detector.predict_features` gives a verdict's probabilities, suspicion and label again from its row
    of the features, to the last bit.
    """

    verdicts: list[Verdict]
    predictions: Predictions | None


@dataclass(frozen=True)
class Standing:
    """What all verdicts at one evidence level of one platform share.

    Attributes
    ----------
    row
        The row of the level table that applies.
    guarantee
        What is promised there.
    send_next
        The absent block that would help most.
    """

    row: LevelRow
    guarantee: Guarantee
    send_next: str | None


@dataclass(frozen=True)
class Detector:
    """A bundle at work.

    Attributes
    ----------
    bundle
        The models, thresholds and tables.
    """

    bundle: Bundle

    def predict(self, tables: Tables) -> Predictions:
        """Labels and probabilities of all accounts, in input order, as :meth:`screen` gives them."""
        examined = examine(tables)
        views = Views(examined.tables)
        return self._predict(examined, views, evidence_of(views))

    def _predict(self, examined: Examined, views: Views, evidence: AccountEvidence) -> Predictions:
        about = views.rows(people).frame
        return self.predict_features(
            derive(views, self.bundle.features),
            evidence.levels,
            about["platform"].to_list(),
            doubts_of(examined, about["account_id"].to_list()),
        )

    def predict_features(
        self,
        features: pd.DataFrame,
        levels: Sequence[str],
        platforms: Sequence[str] | None = None,
        doubts: EvidenceDoubts | None = None,
    ) -> Predictions:
        """Probabilities and labels from features and the key of each account's evidence level.

        The model takes the columns that it reads; further ones do not matter.

        Where the platforms are known, an account is held against authentic accounts of its own, and judged
        by its thresholds, if there are any. Doubts are those that the checks of the evidence raised.
        """
        return predict_features(self.bundle, features, levels, platforms, doubts)

    def screen(self, tables: Tables, *, explain: Explain | str = Explain.FLAGGED) -> list[Verdict]:
        """Verdicts of all accounts, in input order; as :meth:`screen_batch`, without the predictions."""
        return self.screen_batch(tables, explain=explain).verdicts

    def screen_batch(self, tables: Tables, *, explain: Explain | str = Explain.FLAGGED) -> ScreenedBatch:
        """Verdicts of all accounts, in input order, and the predictions that they rest on.

        Parameters
        ----------
        tables
            The accounts.
        explain
            Which verdicts get reasons and counter-reasons: all, none, or those that are
            accused or sent to review ("flagged").

        Raises
        ------
        ValueError
            If ``explain`` is none of these.
        """
        wanted = Explain(explain)
        if not len(tables):
            return ScreenedBatch([], None)
        examined = examine(tables)
        views = Views(examined.tables)
        evidence, about = (
            evidence_of(views),
            views.rows(people).frame[["account_id", "platform", "as_of"]].rows(),
        )
        platforms = [platform for _, platform, _ in about]
        predictions = self._predict(examined, views, evidence)
        audiences = audience_shares(views, self.bundle)
        added = added_shares(self.bundle, predictions)
        explained = explain_accounts(self.bundle, predictions, views, rows_to_explain(predictions, wanted))
        yardsticks = self._yardsticks(predictions, views, platforms, explained)
        comments = comment_quality(views, self.bundle.comments, explained)
        annotations = annotation_readings(tables, self.predict)
        places = list(zip(evidence.levels, platforms, strict=True))
        standings = {place: self._standing(Level.of(place[0]), place[1]) for place in set(places)}
        sources = sources_of(examined.tables)
        seen = list(zip(*(evidence.rows[block].tolist() for block in BLOCKS), strict=True))
        verdicts = [
            self._verdict(
                row,
                about=about[row],
                digest=digest,
                predictions=predictions,
                standing=standings[places[row]],
                added=added,
                seen=seen[row],
                explanation=explained.get(row, Explanation()),
                adds_up=wanted is Explain.ALL,
                yardsticks=yardsticks.get(row, ()),
                comments=comments.get(row),
                audience=audiences.get(row),
                annotations=annotations.get(about[row][0], ()),
                findings=findings_of(examined, about[row][0]),
                sources=sources.get(about[row][0], ()),
            )
            for row, digest in enumerate(account_digests(tables))
        ]
        return ScreenedBatch(verdicts, predictions)

    def _verdict(  # noqa: PLR0913
        self,
        row: int,
        *,
        about: tuple[Any, ...],
        digest: bytes,
        predictions: Predictions,
        standing: Standing,
        added: Mapping[tuple[int, str], list[float]],
        seen: Sequence[int],
        explanation: Explanation,
        adds_up: bool,
        yardsticks: tuple[YardstickReading, ...],
        comments: CommentQuality | None,
        audience: AudienceShare | None,
        annotations: tuple[AnnotationReading, ...],
        findings: tuple[EvidenceFinding, ...],
        sources: tuple[EvidenceSource, ...],
    ) -> Verdict:
        account_id, platform, as_of = about
        decision, suspected = predictions.decisions[row], float(predictions.suspicion[row])
        known = not np.isnan(suspected)
        return Verdict(
            verdict_id=verdict_id_of(self.bundle.sha256, digest),
            account_id=account_id,
            platform=platform,
            as_of=iso_time(as_of),
            label=decision.label,
            labels_over_threshold=decision.labels_over_threshold,
            probabilities=predictions.probabilities_of(row),
            signals=signal_readings(predictions, row, added, explanation if adds_up else None),
            suspicion=suspected if known else None,
            authentic_p_value=standing.row.p_value(suspected) if known else None,
            guarantee=replace(
                standing.guarantee, clears_at_or_below=_known(predictions.clears_at_or_below[row])
            ),
            evidence=Evidence(
                blocks=dict(zip(BLOCKS, map(_block, seen), strict=True)),
                unseen=tuple(block for block, n in zip(BLOCKS, seen, strict=True) if not n),
                strange=predictions.unfamiliar[row],
                families=families_of(explanation.reasons),
                expected_recall=standing.row.expected_recall,
                send_next=standing.send_next,
                findings=findings,
                sources=sources,
            ),
            reasons=explanation.reasons,
            counter_reasons=explanation.counter_reasons,
            caveats=self._caveats(predictions, row, platform) if decision.label in FLAGGED else (),
            yardsticks=yardsticks,
            comments=comments,
            audience=audience,
            annotations=annotations,
            model=self.name,
        )

    @cached_property
    def name(self) -> ModelName:
        """What every verdict calls the model."""
        facts = self.bundle.facts
        return ModelName(
            version=facts.version,
            sha256=self.bundle.sha256,
            catalogue=facts.catalogue,
            trained_on=facts.trained_on,
        )

    def _caveats(self, predictions: Predictions, row: int, platform: str) -> tuple[str, ...]:
        """What else could explain the signals that the verdict is about."""
        notable = predictions.suspicion[row] >= NOTABLE
        names = [SIGNALS[at].name for at in np.flatnonzero(predictions.reported[row]).tolist() if notable]
        abstained = abstention_sentences(
            predictions.decisions.abstained[row],
            predictions.features.iloc[[row]],
            predictions.levels[row],
            platform,
        )
        return (*abstained, *caveats_of(names, predictions.levels[row], predictions.unfamiliar[row]))

    def _standing(self, level: Level, platform: str) -> Standing:
        facts, row = self.bundle.facts, self.bundle.levels.row_for(level.key, platform)
        guarantee = Guarantee(
            alpha=facts.alpha,
            confidence=facts.confidence,
            threshold=row.accuse_above,
            calibration_accounts=row.authentic_accounts,
            calibrated_on=facts.calibrated_on,
            evidence_level=row.level,
            clears_at_or_below=row.clear_at_or_below,
            reviews_above=row.review_above,
        )
        return Standing(row, guarantee, self._send_next(level, platform, row.expected_recall or 0.0))

    def _send_next(self, level: Level, platform: str, recall: float) -> str | None:
        """The absent block that raises the expected recall most, if any does."""
        gains = {
            block: (self.bundle.levels.row_for(more.key, platform).expected_recall or 0.0) - recall
            for block, more in level.extended()
        }
        best = max(gains, key=gains.__getitem__, default=None)
        return best if best is not None and gains[best] > 0 else None

    def _yardsticks(
        self, predictions: Predictions, views: Views, platforms: Sequence[str], explained: Collection[int]
    ) -> dict[int, tuple[YardstickReading, ...]]:
        """All yardsticks of accounts that are explained, and of those of which one is far out."""
        rows = sorted({*explained, *np.flatnonzero(predictions.far_out).tolist()})
        features = with_observed_features(predictions.features, views)
        return dict(zip(rows, read_yardsticks(features, platforms, views, rows), strict=True))


def with_observed_features(features: pd.DataFrame, views: Views) -> pd.DataFrame:
    """The features with those of posts seen several times, which a model need not read for a yardstick to."""
    more = [one for one in OBSERVED if one.name not in features.columns]
    if not more or views.tables.observed.is_empty():
        return features
    return pd.concat([features, derive(views, more)], axis=1)


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def verdict_id_of(model_sha256: str, account_digest: bytes) -> str:
    """The id of a model's verdict on an account: 32 hexadecimal digits.

    Parameters
    ----------
    model_sha256
        Of the model's bundle, in hexadecimal digits.
    account_digest
        Of the account, as :func:`accounts.digest.account_digests` gives it.

    >>> verdict_id_of("00" * 32, bytes(32))[:12]
    'f5a5fd42d16a'
    """
    return hashlib.sha256(bytes.fromhex(model_sha256) + account_digest).hexdigest()[:32]


def doubts_of(examined: Examined, account_ids: Sequence[str]) -> EvidenceDoubts:
    """What the checks of the evidence say of accounts, in order."""
    return EvidenceDoubts(
        np.array([examined.doubtful(name) for name in account_ids], dtype=bool),
        np.array([examined.contradictory(name) for name in account_ids], dtype=bool),
    )


def findings_of(examined: Examined, account_id: str) -> tuple[EvidenceFinding, ...]:
    """An account's findings as its verdict gives them."""
    return tuple(
        EvidenceFinding(
            check=one.check,
            field=one.field,
            rows=one.rows,
            sentence=one.sentence,
            left_out=one.left_out,
            contradiction=one.contradiction,
            bars_clearing=one.bars_clearing,
        )
        for one in examined.findings.get(account_id, ())
    )


def rows_to_explain(predictions: Predictions, explain: Explain) -> list[int]:
    """Positions of the accounts whose verdicts get their reasons."""
    labels, suspicion = predictions.decisions.labels, predictions.suspicion
    return [
        row
        for row in range(len(labels))
        if explain is Explain.ALL
        or (explain is Explain.FLAGGED and labels[row] in FLAGGED and suspicion[row] >= NOTABLE)
    ]


@lru_cache(maxsize=1024)
def _block(rows: int) -> BlockEvidence:
    return BlockEvidence(present=rows > 0, n=rows)
