"""The one way from accounts to verdicts: for evaluation, command line, service and benchmarks."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd

from accounts.digest import digests
from accounts.tables import Tables, taken
from detector.amounts import COUNT_OF
from detector.arrays import Bools, Floats, matrix
from detector.audiences import audiences_of
from detector.bundle import Bundle
from detector.caveats import caveats_of
from detector.comments.quality import CommentQuality, comment_quality
from detector.decision import HEADS, Decisions, decide_all
from detector.levels import LevelRow
from detector.reasons import Explained, Reasons, reasons_for, written_time
from detector.signals import SIGNALS
from detector.verdict import (
    AudienceShare,
    BlockEvidence,
    Evidence,
    Guarantee,
    ModelName,
    Reason,
    SignalReading,
    Verdict,
)
from detector.weighing import Weighed
from detector.words import Explain, Label
from detector.yardsticks import YardstickReading, far_out, read_yardsticks
from features.declaration import Head
from features.derive import derive
from features.evidence import BLOCKS, Level, evidence_of
from features.views import Views, people

__all__ = ["FLAGGED", "Detector", "Judged", "Screened"]

FLAGGED: Final = frozenset({Label.INFLATED, Label.AUTOMATED, Label.REVIEW})
"""What somebody will look at, and so gets its reasons."""


@dataclass(frozen=True)
class Judged:
    """What the numbers say of some accounts, before anything is put into words.

    Attributes
    ----------
    numbers
        Features, one row per account.
    levels
        Key of each account's evidence level.
    weighed
        What the signals say.
    strange
        Blocks in which each account is unlike all that was trained on.
    far_out
        Accounts of which a yardstick is far out; these are never cleared.
    decisions
        The labels.
    """

    numbers: pd.DataFrame
    levels: Sequence[str]
    weighed: Weighed
    strange: Sequence[tuple[str, ...]]
    far_out: Bools
    decisions: Decisions

    @property
    def probabilities(self) -> Floats:
        """Of each label, accounts x ``HEADS``."""
        return self.weighed.probabilities

    @property
    def suspicion(self) -> Floats:
        """One per account, NaN where no signal is heard."""
        return self.weighed.suspicion

    @cached_property
    def unknown(self) -> Bools:
        """Accounts of which not one feature could be had."""
        known = np.count_nonzero(~np.isnan(matrix(self.numbers)), axis=1)
        unknown: Bools = np.equal(known, 0)
        return unknown

    def probabilities_of(self, row: int) -> dict[Head, float | None]:
        """The account's probabilities, as its verdict gives them: None where nothing could be computed."""
        chances = self.probabilities[row].tolist()
        return {
            head: None if self.unknown[row] else chance for head, chance in zip(HEADS, chances, strict=True)
        }


@dataclass(frozen=True)
class Screened:
    """Verdicts, and what the numbers say; the latter is None where there was no account.

    A verdict's probabilities, suspicion and label can be had again from its row of the numbers
    (:meth:`Detector.judge_numbers`), to the last bit.
    """

    verdicts: list[Verdict]
    judged: Judged | None


@dataclass(frozen=True)
class Standing:
    """What all verdicts at one evidence level of one platform say alike.

    Attributes
    ----------
    row
        The level that speaks for it.
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

    def judge(self, views: Views) -> Judged:
        """Numbers, probabilities and labels of all accounts of the views."""
        return self.judge_numbers(
            derive(views), evidence_of(views).levels, views[people]["platform"].to_list()
        )

    def judge_numbers(
        self, numbers: pd.DataFrame, levels: Sequence[str], platforms: Sequence[str] | None = None
    ) -> Judged:
        """The same from features that are already there, and the key of each account's evidence level.

        Where the platforms are known, an account is held against authentic accounts of its own, and judged
        by its thresholds, if there are any.
        """
        weighed = self.bundle.weigh(numbers, levels, platforms)
        strange = self.bundle.strange(numbers, levels)
        seen = np.array([level != "none" for level in levels], dtype=bool)
        odd = np.array([bool(blocks) for blocks in strange], dtype=bool)
        limits = self.bundle.levels.limits(levels, platforms)
        far = far_out(numbers, platforms if platforms is not None else [""] * len(levels))
        decisions = decide_all(weighed.p_values, seen, odd, clearable(numbers, levels) & ~far, limits)
        return Judged(numbers, levels, weighed, strange, far, decisions)

    def screen(self, tables: Tables, *, explain: Explain | str = Explain.FLAGGED) -> list[Verdict]:
        """Verdicts of all accounts, in input order; as :meth:`screen_all`, without what they rest on."""
        return self.screen_all(tables, explain=explain).verdicts

    def screen_all(self, tables: Tables, *, explain: Explain | str = Explain.FLAGGED) -> Screened:
        """Verdicts of all accounts, in input order, and the numbers that they rest on.

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
            return Screened([], None)
        views = Views(tables)
        evidence, about = evidence_of(views), views[people][["account_id", "platform", "as_of"]].rows()
        platforms = [platform for _, platform, _ in about]
        judged = self.judge_numbers(derive(views), evidence.levels, platforms)
        audiences, explained = audiences_of(views, self.bundle), self._explained(judged, views, wanted)
        yardsticks = self._yardsticks(judged, views, platforms, explained)
        comments = comment_quality(views, self.bundle.comments, explained)
        places = list(zip(evidence.levels, platforms, strict=True))
        standings = {place: self._standing(Level.of(place[0]), place[1]) for place in set(places)}
        seen = list(zip(*(evidence.rows[block].tolist() for block in BLOCKS), strict=True))
        verdicts = [
            self._verdict(
                row,
                about=about[row],
                digest=digest,
                judged=judged,
                standing=standings[places[row]],
                seen=seen[row],
                reasons=explained.get(row, ((), ())),
                yardsticks=yardsticks.get(row, ()),
                comments=comments.get(row),
                audience=audiences.get(row),
            )
            for row, digest in enumerate(digests(tables))
        ]
        return Screened(verdicts, judged)

    def _verdict(  # noqa: PLR0913
        self,
        row: int,
        *,
        about: tuple[Any, ...],
        digest: bytes,
        judged: Judged,
        standing: Standing,
        seen: Sequence[int],
        reasons: Reasons,
        yardsticks: tuple[YardstickReading, ...],
        comments: CommentQuality | None,
        audience: AudienceShare | None,
    ) -> Verdict:
        account_id, platform, as_of = about
        decision, suspected = judged.decisions[row], float(judged.suspicion[row])
        known = not np.isnan(suspected)
        return Verdict(
            verdict_id=hashlib.sha256(bytes.fromhex(self.bundle.sha256) + digest).hexdigest()[:32],
            account_id=account_id,
            platform=platform,
            as_of=written_time(as_of),
            label=decision.label,
            labels_over_threshold=decision.labels_over_threshold,
            probabilities=judged.probabilities_of(row),
            signals=self._readings(judged, row),
            suspicion=suspected if known else None,
            authentic_p_value=standing.row.p_value(suspected) if known else None,
            guarantee=standing.guarantee,
            evidence=Evidence(
                blocks=dict(zip(BLOCKS, map(_block, seen), strict=True)),
                unseen=tuple(block for block, n in zip(BLOCKS, seen, strict=True) if not n),
                strange=judged.strange[row],
                families=families_of(reasons[0]),
                expected_recall=standing.row.expected_recall,
                send_next=standing.send_next,
            ),
            reasons=reasons[0],
            counter_reasons=reasons[1],
            caveats=self._caveats(judged, row) if decision.label in FLAGGED else (),
            yardsticks=yardsticks,
            comments=comments,
            audience=audience,
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

    def _readings(self, judged: Judged, row: int) -> tuple[SignalReading, ...]:
        """What each signal that is heard says of an account, the most suspicious first."""
        rarity, chances = judged.weighed.p_values[row].tolist(), judged.weighed.chances[row].tolist()
        over = judged.decisions.over[row].tolist()
        heard = np.flatnonzero(~np.isnan(judged.weighed.p_values[row])).tolist()
        added = {at: self._added(judged, row, SIGNALS[at].name) if over[at] else None for at in heard}
        return tuple(
            SignalReading(
                name=SIGNALS[at].name,
                label=SIGNALS[at].label,
                probability=chances[at],
                p_value=rarity[at],
                over=over[at],
                added_share=None if (share := added[at]) is None else share[1],
                interval=None if share is None else (share[0], share[2]),
            )
            for at in sorted(heard, key=rarity.__getitem__)
        )

    def _caveats(self, judged: Judged, row: int) -> tuple[str, ...]:
        """What else could explain the signals over the threshold, or the most suspicious one."""
        one = slice(row, row + 1)
        spoken = signals_spoken_of(judged.decisions.over[one], judged.weighed.p_values[one])[0]
        names = [SIGNALS[at].name for at in np.flatnonzero(spoken).tolist()]
        return tuple(caveats_of(names, judged.levels[row], judged.strange[row]))

    def _added(self, judged: Judged, row: int, signal: str) -> list[float] | None:
        """Low end, estimate and high end of the share that was added to the signal's count."""
        amount = self.bundle.amounts.by_count.get(COUNT_OF.get(signal, ""))
        if amount is None:
            return None
        ends: list[float] = amount.estimate(judged.numbers.iloc[[row]])[0].tolist()
        return ends

    def _standing(self, level: Level, platform: str) -> Standing:
        facts, row = self.bundle.facts, self.bundle.levels.speaking_for(level.key, platform)
        guarantee = Guarantee(
            alpha=facts.alpha,
            confidence=facts.confidence,
            threshold=row.threshold,
            calibration_accounts=row.n0,
            calibrated_on=facts.calibrated_on,
            evidence_level=row.level,
        )
        return Standing(row, guarantee, self._send_next(level, platform, row.expected_recall or 0.0))

    def _send_next(self, level: Level, platform: str, recall: float) -> str | None:
        """The absent block that raises the expected recall most, if any does."""
        gains = {
            block: (self.bundle.levels.speaking_for(more.key, platform).expected_recall or 0.0) - recall
            for block, more in level.extended()
        }
        best = max(gains, key=gains.__getitem__, default=None)
        return best if best is not None and gains[best] > 0 else None

    def _explained(self, judged: Judged, views: Views, explain: Explain) -> dict[int, Reasons]:
        labels = judged.decisions.labels
        rows = [
            row for row in range(len(labels))
            if explain is Explain.ALL or (explain is Explain.FLAGGED and labels[row] in FLAGGED)
        ]  # fmt: skip
        rows = [row for row in rows if not judged.unknown[row]]
        if not rows:
            return {}
        part, chosen = judged.numbers.iloc[rows], np.array(rows)
        spoken = signals_spoken_of(judged.decisions.over[chosen], judged.weighed.p_values[chosen])
        platforms, tiers = zip(*taken(views[people][["platform", "tier"]], chosen).rows(), strict=True)
        some = Explained(
            accounts=chosen,
            platforms=platforms,
            tiers=tiers,
            names=list(part.columns),
            values=matrix(part),
            percentiles=matrix(self.bundle.peers.percentiles(part, platforms, tiers)),
            contributions=self._contributions(part, spoken),
        )
        return dict(zip(rows, reasons_for(some, self.bundle.peers, views), strict=True))

    def _yardsticks(
        self, judged: Judged, views: Views, platforms: Sequence[str], explained: Collection[int]
    ) -> dict[int, tuple[YardstickReading, ...]]:
        """All yardsticks of accounts that are explained, and of those of which one is far out."""
        rows = sorted({*explained, *np.flatnonzero(judged.far_out).tolist()})
        return dict(zip(rows, read_yardsticks(judged.numbers, platforms, views, rows), strict=True))

    def _contributions(self, part: pd.DataFrame, spoken: Bools) -> Floats:
        """Accounts x signals x features, in log-odds; NaN where not spoken of, or not read."""
        found = np.full((len(part), len(SIGNALS), part.shape[1]), np.nan)
        for at, signal in enumerate(SIGNALS):
            rows = np.flatnonzero(spoken[:, at])
            if rows.size:
                scorer = self.bundle.scorers[signal.name]
                columns = part.columns.get_indexer(pd.Index(scorer.features))
                found[rows[:, None], at, columns] = scorer.contributions(part.iloc[rows])[:, :-1]
        return found


@lru_cache(maxsize=1024)
def _block(rows: int) -> BlockEvidence:
    return BlockEvidence(present=rows > 0, n=rows)


def families_of(reasons: Sequence[Reason]) -> tuple[str, ...]:
    """The families that the reasons come from, the weightiest first."""
    weights: dict[str, float] = {}
    for reason in reasons:
        weights[reason.family] = weights.get(reason.family, 0.0) + reason.contribution
    return tuple(sorted(weights, key=lambda family: -weights[family]))


def clearable(numbers: pd.DataFrame, levels: Sequence[str]) -> Bools:
    """Accounts whose evidence would show the schemes: settled posts in relation to followers, or a history.

    Parameters
    ----------
    numbers
        Features, one row per account.
    levels
        Evidence level of each.
    """
    related = numbers[list(_ENGAGEMENT)].notna().to_numpy().any(axis=1)
    history = {level: "history" in Level.of(level).blocks for level in set(levels)}
    shows: Bools = related | np.array([history[level] for level in levels], dtype=bool)
    return shows


_ENGAGEMENT: Final = ("engagement_rate", "views_per_follower")


def signals_spoken_of(over: Bools, p_values: Floats) -> Bools:
    """Accounts x signals: what the reasons are about, the signals over the threshold, else the rarest.

    >>> signals_spoken_of(np.array([[True, True], [False, False]]), np.array([[0.01, 0.02], [0.3, 0.2]]))
    array([[ True,  True],
           [False,  True]])
    """
    rarest = np.where(np.isnan(p_values), np.inf, p_values)
    leading = rarest.argmin(axis=1)[:, None] == np.arange(p_values.shape[1])
    heard = ~np.isnan(p_values).all(axis=1, keepdims=True)
    return np.where(over.any(axis=1, keepdims=True), over, leading & heard)
