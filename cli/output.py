"""The three forms of many verdicts: JSON lines, a flat CSV, and a table for the terminal."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Protocol, TextIO

from rich.console import Console
from rich.table import Table

from cli.terminal import console, printable, text
from cli.wording import LABEL_STYLES, counted, evidence_in_short, promise
from detector.screening import Detector, Explain
from detector.verdict import Verdict

__all__ = ["OUTPUTS", "CsvOutput", "JsonOutput", "Output", "TableOutput", "flat", "harmless"]

REASONS_A_ROW: Final = 3


class Output(Protocol):
    """A form of verdicts, written as they come."""

    explain: Explain

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Add some verdicts."""

    def close(self, counts: Mapping[str, int]) -> None:
        """Add what stands below them."""


class JsonOutput:
    """One verdict a line. All ASCII, so that nobody's text can steer a terminal."""

    explain = Explain.FLAGGED

    def __init__(self, stream: TextIO, detector: Detector) -> None:
        self.stream = stream

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Add a line for each."""
        self.stream.writelines(json.dumps(verdict.to_dict()) + "\n" for verdict in verdicts)

    def close(self, counts: Mapping[str, int]) -> None:
        """Nothing stands below."""


class CsvOutput:
    """One account a row; absent is an empty cell."""

    explain = Explain.FLAGGED

    def __init__(self, stream: TextIO, detector: Detector) -> None:
        self.rows = csv.writer(stream, lineterminator="\n")
        self.rows.writerow(COLUMNS)

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Add a row for each."""
        self.rows.writerows([harmless(cell) for cell in flat(verdict).values()] for verdict in verdicts)

    def close(self, counts: Mapping[str, int]) -> None:
        """Nothing stands below."""


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers are left alone.

    >>> harmless("=1+1"), harmless("plain"), harmless(-1.5)
    ("'=1+1", 'plain', -1.5)
    """
    if not isinstance(cell, str):
        return cell
    return printable(f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell)


FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def flat(verdict: Verdict) -> dict[str, Any]:
    """The verdict's parts as the columns of a row; several values in one cell are joined by ``+``."""
    promised, evidence, audience = verdict.guarantee, verdict.evidence, verdict.audience
    low, high = audience.interval if audience else (None, None)
    sentences = [*(reason.sentence for reason in verdict.reasons), *[None] * REASONS_A_ROW]
    return {
        "account_id": verdict.account_id,
        "platform": verdict.platform,
        "as_of": verdict.as_of,
        "label": verdict.label.value,
        "labels_over_threshold": "+".join(verdict.labels_over_threshold),
        "authenticity_score": verdict.authenticity_score,
        **{f"probability_{head}": chance for head, chance in verdict.probabilities.items()},
        "suspicion": verdict.suspicion,
        "authentic_p_value": verdict.authentic_p_value,
        "alpha": promised.alpha,
        "confidence": promised.confidence,
        "threshold": promised.threshold,
        "calibration_accounts": promised.calibration_accounts,
        "calibrated_on": promised.calibrated_on,
        "evidence_level": promised.evidence_level,
        "unseen": "+".join(evidence.unseen),
        "strange": "+".join(evidence.strange),
        "families": "+".join(evidence.families),
        "expected_recall": evidence.expected_recall,
        "send_next": evidence.send_next,
        "audience_sampled": audience and audience.sampled,
        "audience_fake_share": audience and audience.fake_share,
        "audience_low": low,
        "audience_high": high,
        **{
            f"reason_{at}": sentence
            for at, sentence in zip(range(1, REASONS_A_ROW + 1), sentences, strict=False)
        },
        "verdict_id": verdict.verdict_id,
        "model_version": verdict.model.version,
        "model_sha256": verdict.model.sha256,
    }


COLUMNS: Final = (
    "account_id", "platform", "as_of", "label", "labels_over_threshold", "authenticity_score",
    "probability_inflated", "probability_automated", "suspicion", "authentic_p_value",
    "alpha", "confidence", "threshold", "calibration_accounts", "calibrated_on", "evidence_level",
    "unseen", "strange", "families", "expected_recall", "send_next",
    "audience_sampled", "audience_fake_share", "audience_low", "audience_high",
    "reason_1", "reason_2", "reason_3", "verdict_id", "model_version", "model_sha256",
)  # fmt: skip


class TableOutput:
    """A table for reading, whose columns have fixed widths so that it can be written as it grows."""

    explain = Explain.ALL

    def __init__(self, stream: TextIO, detector: Detector) -> None:
        self.console: Console = console()
        self.facts = detector.bundle.facts
        self.headed = False

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Add a row for each."""
        table = self._table()
        for verdict in verdicts:
            score = verdict.authenticity_score
            table.add_row(
                text(verdict.account_id),
                text(verdict.platform),
                text(verdict.label.value, LABEL_STYLES[verdict.label]),
                text("" if score is None else score),
                text(evidence_in_short(verdict.evidence.blocks)),
                text(verdict.reasons[0].sentence if verdict.reasons else ""),
            )
        if verdicts:
            self.console.print(table)
            self.headed = True

    def close(self, counts: Mapping[str, int]) -> None:
        """Add the counts, and what the promise rests on."""
        self.console.print()
        self.console.print(text(counted(counts)))
        self.console.print(text(promise(self.facts), "dim"))

    def _table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=not self.headed)
        free = max(self.console.width, 72) - sum(FIXED_WIDTHS) - 2 * 6
        account, evidence = free // 4, free // 4
        widths = (account, *FIXED_WIDTHS, evidence, free - account - evidence)
        for title, width in zip(TITLES, widths, strict=True):
            align = "right" if title == "score" else "left"
            table.add_column(title, width=width, overflow="fold", justify=align, header_style="bold")  # type: ignore[arg-type]
        return table


TITLES: Final = ("account", "platform", "label", "score", "evidence", "first reason")
FIXED_WIDTHS: Final = (9, 12, 5)

OUTPUTS: Final[Mapping[str, type[JsonOutput] | type[CsvOutput] | type[TableOutput]]] = MappingProxyType(
    {"json": JsonOutput, "csv": CsvOutput, "table": TableOutput}
)
