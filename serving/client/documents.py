"""What the service answers, as a client hands it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, Self, TypedDict

__all__ = [
    "AccountRecord", "DamagedVerdict", "Decision", "Erasure", "Job", "LabelledAccount", "Observed", "Refusal",
    "Replay", "UnreadableAnswer", "VerdictResult", "VerdictSummary",
]  # fmt: skip


@dataclass(frozen=True)
class VerdictResult:
    """The verdict on one account.

    Attributes
    ----------
    verdict_id, account_id
        The verdict's id, and the account's as it was sent.
    label
        inflated, automated, authentic, review or insufficient.
    suspicion
        From 0 to 1; None where the evidence is too little for any accusation.
    authenticity_score
        From 0 to 100, higher is better; None where suspicion is.
    reasons
        The sentences of the reasons, the weightiest first.
    model_sha256
        The model that gave the verdict.
    document
        The whole verdict, as in docs/verdict.schema.json.
    """

    verdict_id: str
    account_id: str
    label: str
    suspicion: float | None
    authenticity_score: int | None
    reasons: tuple[str, ...]
    model_sha256: str
    document: Mapping[str, Any]

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The result of a verdict's document, as in docs/verdict.schema.json."""
        return cls(
            verdict_id=document["verdict_id"],
            account_id=document["account_id"],
            label=document["label"],
            suspicion=document["suspicion"],
            authenticity_score=document["authenticity_score"],
            reasons=tuple(reason["sentence"] for reason in document["reasons"]),
            model_sha256=document["model"]["sha256"],
            document=document,
        )


class Refusal(Exception):
    """The service refused; its text is the problem's detail.

    Attributes
    ----------
    status
        The HTTP status.
    problem
        The problem document (RFC 9457); ``errors`` names every fault of a document.
    code
        The problem's kind, as docs/problems.md lists them; empty where the answer has none.
    account_id
        The account it belongs to, where that is known.
    """

    def __init__(self, status: int, problem: Mapping[str, Any], account_id: str | None = None) -> None:
        detail = problem.get("detail")
        super().__init__(detail if isinstance(detail, str) else f"The service answered {status}.")
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", ""))
        self.account_id = account_id


class UnreadableAnswer(Exception):
    """What came back is no answer of the service's: a proxy's page, or one that was cut off.

    Attributes
    ----------
    status
        The HTTP status.
    """

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"The answer ({status}) is none of Assay's, or not whole: {why}.")
        self.status = status


class VerdictSummary(TypedDict):
    """What a list says of a verdict; times are texts, as everywhere below."""

    verdict_id: str
    account_id: str
    platform: str
    as_of: str
    label: str
    suspicion: float | None
    authenticity_score: int | None
    level: str
    made_at: str
    model_sha256: str
    decision: str


class DamagedVerdict(TypedDict):
    """What a list says of a verdict that was damaged in the service's database."""

    verdict_id: str
    made_at: str
    problem: Mapping[str, Any]


class Decision(TypedDict):
    """A person's decision about a verdict."""

    decision_id: str
    verdict_id: str
    outcome: Literal["confirmed", "overturned", "needs data", "withdrawn"]
    by: str
    reason: str
    at: str
    actor: NotRequired[str]
    becomes_label: NotRequired[bool]
    waits: NotRequired[bool]
    approves: NotRequired[str]
    agrees: NotRequired[bool]


class AccountVerdicts(TypedDict):
    """The verdicts on an account: how many, the newest, and where the list goes on."""

    count: int
    history: list[VerdictSummary | DamagedVerdict]
    next: str | None


class AccountRecord(TypedDict):
    """All that is stored of one account."""

    account_id: str
    platforms: list[str]
    verdicts: AccountVerdicts
    waiting: list[Decision]
    observations: Mapping[str, Any]
    lists: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]


class Replay(TypedDict):
    """A verdict computed again, and whether it is the same to the last bit."""

    verdict_id: str
    same: bool
    replayed: Mapping[str, Any]
    kept: Mapping[str, Any]
    model: Mapping[str, Any]


class Observed(TypedDict):
    """How much of what was sent was stored."""

    new: int
    completed: int
    known: int
    empty: int
    refused: list[Mapping[str, Any]]


class Erasure(TypedDict):
    """How much was erased, and whether the database's write-ahead log may still hold it."""

    verdicts: int
    decisions: int
    answers: int
    observations: int
    entries: int
    evidence: int
    deliveries: int
    job_lines: int
    pending: bool


class LabelledAccount(TypedDict):
    """What the newest decision that holds says that an account is."""

    account_id: str
    label: str
    counts: list[str]
    source: str
    when: str
    confidence: float
    who: str


class Job(TypedDict):
    """A bulk job."""

    job_id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    created_at: str
    started_at: str | None
    ended_at: str | None
    expires_at: str | None
    input: Mapping[str, Any]
    accounts: Mapping[str, int | None]
    model: Mapping[str, str] | None
    stalled: str | None
    problem: Mapping[str, Any] | None
    results: str | None
    understood: NotRequired[Mapping[str, Any]]
