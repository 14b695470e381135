"""Labels, signals and promises in words: they speak of signals, never of a fact about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from detector.labels import Label
from features.declaration import Head

if TYPE_CHECKING:
    from detector.manifest import Facts
    from detector.verdict import EvidenceSource, Verdict

__all__ = [
    "HEAD_NAMES",
    "LABEL_MEANINGS",
    "LABEL_STYLES",
    "SIGNAL_NAMES",
    "evidence_summary",
    "findings_summary",
    "label_counts",
    "model_promise",
    "per_cent",
    "sources_summary",
    "verdict_promise",
]

LABEL_STYLES: Final[Mapping[Label, str]] = MappingProxyType({
    Label.INFLATED: "bold red",
    Label.AUTOMATED: "bold magenta",
    Label.AUTHENTIC: "green",
    Label.REVIEW: "yellow",
    Label.INSUFFICIENT: "dim",
})  # fmt: skip

LABEL_MEANINGS: Final[Mapping[Label, str]] = MappingProxyType({
    Label.INFLATED: "signals consistent with inflated engagement",
    Label.AUTOMATED: "signals consistent with an account run by a program",
    Label.AUTHENTIC: "no signs of the schemes that the model knows",
    Label.REVIEW: "unusual; a person should look before anything is concluded",
    Label.INSUFFICIENT: "nothing against it, and not enough to clear it",
})  # fmt: skip

HEAD_NAMES: Final[Mapping[Head, str]] = MappingProxyType(
    {Head.INFLATED: "inflated engagement", Head.AUTOMATED: "automation"}
)

SIGNAL_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "followers_stock": "followers that do not answer",
    "audience": "who the followers are",
    "followers_flow": "how followers came",
    "likes": "likes",
    "views": "views",
    "comments": "comments",
    "rhythm": "rhythm of a program",
    "fake_account": "made to follow others",
    "inflation": "all counts together",
})  # fmt: skip

BLOCK_ROWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "posts": "posts",
        "comments": "comments",
        "history": "follower counts",
        "audience": "sampled followers",
    }
)


def per_cent(value: float) -> str:
    """A share, 0 to 1, in per cent with three significant digits.

    >>> per_cent(0.01), per_cent(0.876)
    ('1 %', '87.6 %')
    """
    return f"{100 * value:.3g} %"


def label_counts(counts: Mapping[str, int]) -> str:
    """How many accounts there are, and how many got each label.

    >>> label_counts({"authentic": 2, "inflated": 1})
    '3 accounts: 1 inflated, 2 authentic'
    """
    total = sum(counts.values())
    each = ", ".join(f"{counts[label]:,} {label}" for label in map(str, Label) if counts.get(label))
    return f"{total:,} {'account' if total == 1 else 'accounts'}{': ' if each else ''}{each}"


def sources_summary(sources: Sequence[EvidenceSource]) -> list[str]:
    """Where the history and the posts' earlier counts come from, a line each.

    >>> from detector.verdict import EvidenceSource
    >>> sources_summary([EvidenceSource(table="history", source="observed (feed)", rows=1_200)])
    ['Follower history from: observed (feed) (1,200 rows)']
    """
    titles = {"history": "Follower history", "observed": "Earlier counts of posts"}
    lines = []
    for table, title in titles.items():
        own = [
            f"{one.source or 'the input itself'} ({one.rows:,} row{'s' if one.rows != 1 else ''})"
            for one in sources
            if one.table == table
        ]
        lines += [f"{title} from: {', '.join(own)}"] if own else []
    return lines


def findings_summary(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """The first thing found in the input, and how many more there are; empty where nothing was.

    >>> findings_summary([{"sentence": "3 posts stand twice."}, {"sentence": "1 row is a total."}])
    ['found in the input: 3 posts stand twice. (1 more)']
    """
    if not findings:
        return []
    more = f" ({len(findings) - 1} more)" if len(findings) > 1 else ""
    return [f"found in the input: {findings[0]['sentence']}{more}"]


def model_promise(facts: Facts) -> str:
    """The false-accusation rate that a model promises, and the accounts that the promise rests on."""
    return (
        f"At each evidence level at most {per_cent(facts.alpha)} of authentic accounts like those calibrated "
        f"on ({facts.calibrated_on}) are flagged, with {per_cent(facts.confidence)} confidence."
    )


def verdict_promise(verdict: Verdict) -> str:
    """The threshold at this verdict's evidence level, and the false-accusation rate that it promises."""
    promised = verdict.guarantee
    rests = f"{promised.calibration_accounts:,} authentic accounts ({promised.calibrated_on})"
    if promised.threshold is None:
        return f"Nobody is flagged with this evidence: it was calibrated on {rests}, which is too few."
    return (
        f"With this evidence accounts are flagged above {promised.threshold:.3f}: that is at most "
        f"{per_cent(promised.alpha)} of authentic accounts like the {rests} it was calibrated on, "
        f"with {per_cent(promised.confidence)} confidence."
    )


def evidence_summary(seen: Mapping[str, int]) -> str:
    """The number of rows of each block that was seen, such as ``30 posts, 90 follower counts``.

    >>> evidence_summary({"posts": 30, "comments": 0})
    '30 posts'
    >>> evidence_summary({"profile": 9})
    'profile only'
    """
    rows = [f"{n:,} {BLOCK_ROWS[block]}" for block, n in seen.items() if n and block in BLOCK_ROWS]
    return ", ".join(rows) or ("profile only" if any(seen.values()) else "none")
