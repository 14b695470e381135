"""The one way from accounts to verdicts: for evaluation, command line, service and benchmarks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import pandas as pd
import polars as pl

from accounts.digest import digests
from accounts.tables import Tables
from detector.arrays import Bools, Floats, matrix
from detector.bundle import Bundle
from detector.decision import HEADS, Decision, Decisions, Label, decide_all, suspicion
from detector.levels import LevelRow
from detector.reasons import Explained, Witness, reasons_for, written_time
from detector.threshold import clopper_pearson
from detector.verdict import AudienceShare, BlockEvidence, Evidence, Guarantee, ModelName, Reason, Verdict
from features.declaration import AUTOMATED, Head
from features.derive import derive
from features.evidence import BLOCKS, Level, measure
from features.views import Views, followers, people

__all__ = ["Detector", "Explain", "Judged"]

FLAGGED: Final = frozenset({Label.INFLATED, Label.AUTOMATED, Label.REVIEW})


class Explain(StrEnum):
    """Which verdicts get their reasons: they cost more than the verdict itself."""

    NONE = "none"
    FLAGGED = "flagged"
    ALL = "all"


@dataclass(frozen=True)
class Judged:
    """What the numbers say of some accounts, before anything is put into words.

    Attributes
    ----------
    numbers
        Features, one row per account.
    evidence
        Rows per block and the evidence level, one row per account.
    probabilities
        Accounts x heads, in the order of ``HEADS``.
    suspicion
        One per account, NaN where nothing may be accused by; strange accounts included.
    strange
        Blocks in which each account is strange.
    decisions
        The labels.
    """

    numbers: pd.DataFrame
    evidence: pd.DataFrame
    probabilities: Floats
    suspicion: Floats
    strange: Sequence[tuple[str, ...]]
    decisions: Decisions


@dataclass(frozen=True)
class Detector:
    """A bundle at work.

    Attributes
    ----------
    bundle
        The models, thresholds and tables.
    """

    bundle: Bundle

    def judge(self, views: Views) -> Judged:
        """Numbers, probabilities and labels of all accounts of the views."""
        return self.judge_numbers(derive(views), measure(views))

    def judge_numbers(self, numbers: pd.DataFrame, evidence: pd.DataFrame) -> Judged:
        """The same from features that are already there."""
        levels = evidence["level"].tolist()
        chances = self.bundle.probabilities(numbers, levels)
        strange = self.bundle.strange(numbers, levels)
        accusable = accusable_by(levels)
        seen = np.array([level != "none" for level in levels], dtype=bool)
        odd = np.array([bool(blocks) for blocks in strange], dtype=bool)
        decisions = decide_all(chances, accusable, odd, seen, self.bundle.levels.limits(levels))
        return Judged(numbers, evidence, chances, suspicion(chances, accusable), strange, decisions)

    def screen(self, tables: Tables, *, explain: Explain | str = Explain.FLAGGED) -> list[Verdict]:
        """Verdicts of all accounts, in input order.

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
            return []
        views = Views(tables)
        judged = self.judge(views)
        audiences = self._audiences(views)
        explained = self._explained(judged, views, wanted)
        ids = digests(tables)
        about = views[people].select("account_id", "platform", "as_of").iter_rows()
        return [
            self._verdict(
                row,
                about=who,
                digest=ids[row],
                judged=judged,
                reasons=explained.get(row, ((), ())),
                audience=audiences.get(row),
            )
            for row, who in enumerate(about)
        ]

    def _verdict(  # noqa: PLR0913
        self,
        row: int,
        *,
        about: tuple[Any, ...],
        digest: bytes,
        judged: Judged,
        reasons: tuple[tuple[Reason, ...], tuple[Reason, ...]],
        audience: AudienceShare | None,
    ) -> Verdict:
        account_id, platform, as_of = about
        decision, evidence = judged.decisions[row], judged.evidence.iloc[row]
        level = self.bundle.levels.speaking_for(str(evidence["level"]))
        suspected = None if np.isnan(judged.suspicion[row]) else float(judged.suspicion[row])
        return Verdict(
            verdict_id=hashlib.sha256(bytes.fromhex(self.bundle.sha256) + digest).hexdigest()[:32],
            account_id=account_id,
            platform=platform,
            as_of=written_time(as_of),
            label=decision.label,
            labels_over_threshold=decision.labels_over_threshold,
            probabilities=self._probabilities(judged, row),
            suspicion=suspected,
            authentic_p_value=None if suspected is None else level.p_value(suspected),
            guarantee=self._guarantee(level),
            evidence=self._evidence(judged, row, reasons[0]),
            reasons=reasons[0],
            counter_reasons=reasons[1],
            audience=audience,
            model=self.name,
        )

    @property
    def name(self) -> ModelName:
        """What every verdict calls the model."""
        facts = self.bundle.facts
        return ModelName(
            version=facts.version,
            sha256=self.bundle.sha256,
            catalogue=facts.catalogue,
            trained_on=facts.trained_on,
        )

    def _probabilities(self, judged: Judged, row: int) -> dict[Head, float | None]:
        nothing = bool(judged.numbers.iloc[row].isna().all())
        return {
            head: None if nothing else float(judged.probabilities[row, at]) for at, head in enumerate(HEADS)
        }

    def _guarantee(self, row: LevelRow) -> Guarantee:
        facts = self.bundle.facts
        return Guarantee(
            alpha=facts.alpha,
            confidence=facts.confidence,
            threshold=row.threshold,
            calibration_accounts=row.n0,
            calibrated_on=facts.calibrated_on,
            evidence_level=row.level,
        )

    def _evidence(self, judged: Judged, row: int, reasons: Sequence[Reason]) -> Evidence:
        counted = judged.evidence.iloc[row]
        level = Level.of(str(counted["level"]))
        weights: dict[str, float] = {}
        for reason in reasons:
            weights[reason.family] = weights.get(reason.family, 0.0) + reason.contribution
        return Evidence(
            blocks={
                block: BlockEvidence(present=bool(counted[block]), n=int(counted[block])) for block in BLOCKS
            },
            unseen=tuple(block for block in BLOCKS if not counted[block]),
            strange=judged.strange[row],
            families=tuple(sorted(weights, key=lambda family: -weights[family])),
            expected_recall=self._recall(level),
            send_next=self._send_next(level),
        )

    def _send_next(self, level: Level) -> str | None:
        """The absent block that raises the expected recall most, if any does."""
        now = self._recall(level) or 0.0
        gains = {block: (self._recall(more) or 0.0) - now for block, more in level.extended()}
        best = max(gains, key=gains.__getitem__, default=None)
        return best if best is not None and gains[best] > 0 else None

    def _recall(self, level: Level) -> float | None:
        return self.bundle.levels.speaking_for(level.key).expected_recall

    def _explained(
        self, judged: Judged, views: Views, explain: Explain
    ) -> dict[int, tuple[tuple[Reason, ...], tuple[Reason, ...]]]:
        labels = judged.decisions.labels
        rows = [
            row for row in range(len(labels))
            if explain is Explain.ALL or (explain is Explain.FLAGGED and labels[row] in FLAGGED)
        ]  # fmt: skip
        rows = [row for row in rows if not judged.numbers.iloc[row].isna().all()]
        if not rows:
            return {}
        part = judged.numbers.iloc[rows]
        contributions = {head: self.bundle.scorers[head].contributions(part) for head in HEADS}
        about = views[people].select("platform", "tier").rows()
        peers = [about[row] for row in rows]
        percentiles = matrix(self.bundle.peers.percentiles(part, *zip(*peers, strict=True)))
        values, witness, names = part.to_numpy(), Witness(views), list(part.columns)
        found = {}
        for at, row in enumerate(rows):
            heads = heads_spoken_of(judged.decisions[row], judged.probabilities[row])
            moved = {head: contributions[head][at, :-1] for head in heads}
            platform, tier = peers[at]
            one = Explained(row, platform, tier, values[at], percentiles[at], names, moved)
            found[row] = reasons_for(one, self.bundle.peers, witness)
        return found

    def _audiences(self, views: Views) -> dict[int, AudienceShare]:
        """How many of each account's sampled followers are judged automated, each on its own profile."""
        sampled = views[followers]
        limit = self.bundle.levels["profile"].threshold
        if sampled.is_empty() or limit is None:
            return {}
        owner = sampled["account"].to_numpy()
        about = views[people][["platform", "as_of"]][owner]
        profiles = sampled.hstack(about).with_columns(account_id=pl.int_range(pl.len()).cast(pl.String))
        numbers = derive(Tables.of(accounts=profiles))
        known = numbers["followers_size"].notna().to_numpy()
        chances = self.bundle.probabilities(numbers, ["profile"] * len(numbers))
        fake = known & (chances[:, HEADS.index(AUTOMATED)] > limit)
        size = len(views.tables)
        n, k = np.bincount(owner[known], minlength=size), np.bincount(owner[fake], minlength=size)
        return {int(account): _share(int(k[account]), int(n[account])) for account in np.flatnonzero(n)}


def _share(k: int, n: int) -> AudienceShare:
    low, high = clopper_pearson(k, n, 0.95)
    return AudienceShare(sampled=n, fake_share=k / n, interval=(float(low), float(high)))


def accusable_by(levels: Sequence[str]) -> Bools:
    """Accounts x heads: what each level may accuse by."""
    known = {level: Level.of(level).accusable for level in set(levels)}
    return np.array([[head in known[level] for head in HEADS] for level in levels], dtype=bool).reshape(
        -1, len(HEADS)
    )


def heads_spoken_of(decision: Decision, probabilities: Floats) -> list[Head]:
    """The heads that a verdict's reasons are about: those accused by, else the likelier one."""
    if decision.labels_over_threshold:
        return [Head(label.value) for label in decision.labels_over_threshold]
    return [HEADS[int(np.argmax(probabilities))]]
