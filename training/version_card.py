"""The model card of a trained detector, as the registry shows it beside its version."""

from __future__ import annotations

from typing import Final

from detector.bundle import Bundle
from training.evaluate import Report
from training.metrics import Rate

__all__ = ["MODEL_DESCRIPTION", "version_card"]

MODEL_DESCRIPTION: Final = """\
Assay says whether a creator's engagement is real, why, and how sure it is. A version reads account
documents (one column `document` of JSON texts) and answers with verdicts, each with its reasons:
`inflated`, `automated`, `authentic`, `review` or `insufficient`.

**Intended use**: vetting teams and platforms see what to look at, and a person decides. **Not intended**:
as the only ground of a decision about a person, or as proof of what anyone did or meant. It reports
*signals consistent with* inflated or automated engagement, and an account may be the victim of a bot attack.

`champion` is what screens, `previous` the champion before it, `challenger` the newest other. No file of it
is a pickle.
"""


def version_card(bundle: Bundle, report: Report | None = None) -> str:
    """What a version is, what it was made from, what it promises, and what the test split says of it."""
    facts = bundle.facts
    accusing = sum(row.accuse_above is not None for row in bundle.levels)
    clearing = sum(row.clear_at_or_below is not None for row in bundle.levels)
    parts = [
        f"**{facts.version}**, made {facts.created_at[:10]}, sha256 `{bundle.sha256}`.",
        f"- Trained on: {', '.join(facts.trained_on)} (data sha256 `{facts.data_sha256}`).",
        f"- Promise: at each evidence level at most {100 * facts.alpha:g} % of authentic accounts are"
        f" accused, with {100 * facts.confidence:g} % confidence, for accounts like those calibrated on:"
        f" {facts.calibrated_on}.",
        f"- {accusing} of its evidence levels may accuse, {clearing} may clear; it reads"
        f" {len(bundle.manifest.features)} features.",
    ]
    if report is not None:
        parts += figures(report)
    parts.append(
        "- Limits: the promise holds for each evidence level by itself; a profile alone speaks of"
        " automation only; weak inflation is often not told from luck; `authentic` means no signs of the"
        " schemes trained on."
    )
    return "\n".join(parts)


def figures(report: Report) -> list[str]:
    """The figures of the test split, with their intervals."""
    return [
        f"- On the test split, falsely accused: {in_words(report.false_accusations['all'])};"
        f" accused among the fakes: {in_words(report.recall['all'])}.",
        *(
            f"- AUC of `{one.head}`, {one.evidence}: {one.auc.value:.3f}"
            f" [{one.auc.low:.3f}, {one.auc.high:.3f}] ({one.accounts:,} accounts)."
            for one in report.heads
            if one.evidence == "all accounts"
        ),
    ]


def in_words(rate: Rate) -> str:
    """A rate with its exact 95 % interval.

    >>> in_words(Rate(1, 200))
    '0.50 % [0.01, 2.75] (1 of 200)'
    """
    if not rate.n:
        return "none to measure on"
    share, low, high = (100 * rate.as_dict()[name] for name in ("rate", "low", "high"))
    return f"{share:.2f} % [{low:.2f}, {high:.2f}] ({rate.k:,} of {rate.n:,})"
