"""A verdict as the cells of a row, which no spreadsheet takes for a formula."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

from accounts.invisible import printable
from detector.labels import YardstickOutcome

__all__ = [
    "COLUMNS",
    "as_written",
    "csv_line",
    "flat",
    "harmless",
    "harmless_row",
    "marked",
    "may_be_formula",
]

REASONS_A_ROW: Final = 3


def harmless(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers are left alone.

    >>> harmless("=1+1"), harmless("plain"), harmless(-1.5), harmless(" ＝1+1")
    ("'=1+1", 'plain', -1.5, "' ＝1+1")
    """
    if not isinstance(cell, str):
        return cell
    return printable(marked(cell))


def harmless_row(row: Mapping[str, object]) -> list[object]:
    r"""The cells of a row, :func:`harmless`; the account's id is :func:`marked` alone, and stays exact.

    >>> harmless_row({"account_id": "=a\u200b", "reason_1": "=a\u200b"})
    ["'=a\u200b", "'=a\\u200b"]
    """
    return [
        marked(cell) if name == "account_id" and isinstance(cell, str) else harmless(cell)
        for name, cell in row.items()
    ]


def csv_line(cells: Iterable[object], end: str = "\n") -> str:
    r"""Cells as a line of CSV; None is empty. A tab is quoted too, since some spreadsheets split cells at it.

    >>> csv_line(["a", 1.5, None, "b\t=1", 'a "c" d'])
    'a,1.5,,"b\t=1","a ""c"" d"\n'
    """
    texts = ("" if cell is None else str(cell) for cell in cells)
    quoted = (f'"{text.replace(QUOTE, QUOTE * 2)}"' if SPLITS.search(text) else text for text in texts)
    return ",".join(quoted) + end


QUOTE: Final = '"'
SPLITS: Final = re.compile('[",\t\r\n]')


def marked(cell: str) -> str:
    """A text, with a mark before it where a spreadsheet may take it for a formula; see :func:`as_written`.

    >>> marked("=1"), marked("a"), as_written(marked("'=1"))
    ("'=1", 'a', "'=1")
    """
    return f"'{cell}" if may_be_formula(cell) else cell


def as_written(cell: str) -> str:
    """The text of a cell before :func:`marked`.

    >>> as_written("'=1+1"), as_written("'tis"), as_written("plain")
    ('=1+1', "'tis", 'plain')
    """
    return cell[1:] if cell.startswith("'") and may_be_formula(cell[1:]) else cell


def may_be_formula(cell: str) -> bool:
    r"""Whether a spreadsheet may take a text for a formula, in whatever width it is written.

    Spaces and what cannot be seen are passed over, as some spreadsheets do, and so are marks that stand there
    already; a text with a control character before all that can be seen may always be one.

    >>> [may_be_formula(cell) for cell in (" =1", "\ufeff\u3000＠a", "\u200b-1", "\ta", " a=1", "", "a")]
    [True, True, True, True, False, False, False]
    """
    if not cell or cell[0].isalnum():
        return False
    for one in cell:
        kind = unicodedata.category(one)
        if kind == "Cc":
            return True
        if one != "'" and kind[0] not in "ZC":
            return unicodedata.normalize("NFKC", one)[:1] in FORMULA_STARTS
    return False


FORMULA_STARTS: Final = frozenset("=+-@")


def flat(verdict: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict's parts as the columns of a row; several values in one cell are joined by ``+``."""
    promised, evidence, model = verdict["guarantee"], verdict["evidence"], verdict["model"]
    audience = verdict["audience"] or {"sampled": None, "fake_share": None, "interval": (None, None)}
    sentences = [*(reason["sentence"] for reason in verdict["reasons"]), *[None] * REASONS_A_ROW]
    plain = (
        "account_id", "platform", "as_of", "label", "labels_over_threshold", "authenticity_score",
        "suspicion", "authentic_p_value", "verdict_id",
    )  # fmt: skip
    parts = {
        **{name: verdict[name] for name in plain},
        **{f"probability_{head}": chance for head, chance in verdict["probabilities"].items()},
        **{name: promised[name] for name in promised},
        **{
            name: evidence[name] for name in ("unseen", "strange", "families", "expected_recall", "send_next")
        },
        **{f"audience_{name}": audience[name] for name in ("sampled", "fake_share")},
        **dict(zip(("audience_low", "audience_high"), audience["interval"], strict=True)),
        **{f"reason_{place + 1}": sentences[place] for place in range(REASONS_A_ROW)},
        **{f"model_{name}": model[name] for name in ("version", "sha256")},
        "findings": [one["check"] for one in evidence.get("findings", ())],
        "signals_over": [one["name"] for one in verdict["signals"] if one["over"]],
        "yardsticks_far_out": [
            one["name"] for one in verdict["yardsticks"] if one["outcome"] == YardstickOutcome.FAR_OUT.value
        ],
    }
    cells = ((name, parts[name]) for name in COLUMNS)
    return {name: "+".join(cell) if isinstance(cell, list) else cell for name, cell in cells}


COLUMNS: Final = (
    "account_id", "platform", "as_of", "label", "labels_over_threshold", "authenticity_score",
    "probability_inflated", "probability_automated", "suspicion", "authentic_p_value",
    "alpha", "confidence", "threshold", "calibration_accounts", "calibrated_on", "evidence_level",
    "unseen", "strange", "families", "expected_recall", "send_next",
    "audience_sampled", "audience_fake_share", "audience_low", "audience_high",
    "reason_1", "reason_2", "reason_3", "verdict_id", "model_version", "model_sha256",
    "signals_over", "yardsticks_far_out", "findings",
)  # fmt: skip
