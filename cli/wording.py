"""What verdicts are called in words: always signals, never a fact about a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from detector.words import Label
from features.declaration import Head

if TYPE_CHECKING:
    from detector.manifest import Facts
    from detector.verdict import Verdict

__all__ = [
    "LABEL_STYLES",
    "MEANINGS",
    "SIGNALS",
    "SIGNAL_NAMES",
    "counted",
    "evidence_in_short",
    "guarantee",
    "promise",
    "share",
]

LABEL_STYLES: Final[Mapping[Label, str]] = MappingProxyType({
    Label.INFLATED: "bold red",
    Label.AUTOMATED: "bold magenta",
    Label.AUTHENTIC: "green",
    Label.REVIEW: "yellow",
    Label.INSUFFICIENT: "dim",
})  # fmt: skip

MEANINGS: Final[Mapping[Label, str]] = MappingProxyType({
    Label.INFLATED: "signals consistent with inflated engagement",
    Label.AUTOMATED: "signals consistent with an account run by a program",
    Label.AUTHENTIC: "no signs of the schemes that the model knows",
    Label.REVIEW: "unusual; a person should look before anything is concluded",
    Label.INSUFFICIENT: "nothing against it, and not enough to clear it",
})  # fmt: skip

SIGNALS: Final[Mapping[Head, str]] = MappingProxyType(
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

COUNTED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "posts": "posts",
        "comments": "comments",
        "history": "follower counts",
        "audience": "sampled followers",
    }
)


def share(value: float) -> str:
    """A share in per cent.

    >>> share(0.01), share(0.876)
    ('1 %', '87.6 %')
    """
    return f"{100 * value:.3g} %"


def counted(counts: Mapping[str, int]) -> str:
    """How many accounts got each label, in the labels' own order.

    >>> counted({"authentic": 2, "inflated": 1})
    '3 accounts: 1 inflated, 2 authentic'
    """
    total = sum(counts.values())
    each = ", ".join(f"{counts[label]:,} {label}" for label in map(str, Label) if counts.get(label))
    return f"{total:,} {'account' if total == 1 else 'accounts'}{': ' if each else ''}{each}"


def promise(facts: Facts) -> str:
    """What the verdicts rest on, in one line."""
    return (
        f"At each evidence level at most {share(facts.alpha)} of authentic accounts like those calibrated on "
        f"({facts.calibrated_on}) are flagged, with {share(facts.confidence)} confidence."
    )


def guarantee(verdict: Verdict) -> str:
    """What is promised about this verdict, in words."""
    promised = verdict.guarantee
    rests = f"{promised.calibration_accounts:,} authentic accounts ({promised.calibrated_on})"
    if promised.threshold is None:
        return f"Nobody is flagged with this evidence: it was calibrated on {rests}, which is too few."
    return (
        f"With this evidence accounts are flagged above {promised.threshold:.3f}: that is at most "
        f"{share(promised.alpha)} of authentic accounts like the {rests} it was calibrated on, "
        f"with {share(promised.confidence)} confidence."
    )


def evidence_in_short(seen: Mapping[str, int]) -> str:
    """How many rows of each block were seen, such as ``30 posts, 90 follower counts``.

    >>> evidence_in_short({"posts": 30, "comments": 0})
    '30 posts'
    >>> evidence_in_short({"profile": 9})
    'profile only'
    """
    told = [f"{n:,} {COUNTED[block]}" for block, n in seen.items() if n and block in COUNTED]
    return ", ".join(told) or ("profile only" if any(seen.values()) else "none")
