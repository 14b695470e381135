"""The verdict, version 1: frozen results whose dictionaries are the JSON that every door hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final, TypeAlias

from detector.comments.quality import CommentQuality
from detector.json_result import Count, JsonResult, Scalar, Share
from detector.labels import Label
from detector.yardsticks.reading import YardstickReading
from features.declaration import Head

__all__ = [
    "AnnotationReading", "AudienceShare", "BlockEvidence", "Evidence", "EvidenceSource", "Guarantee",
    "ModelName", "Reason", "Scalar", "SignalReading", "Verdict", "VerdictBefore", "authenticity_score",
]  # fmt: skip

VERDICT_SCHEMA: Final = 1

Score: TypeAlias = Annotated[int, ("minimum", 0), ("maximum", 100)]
IsoTime: TypeAlias = Annotated[
    str,
    ("format", "date-time"),
    ("pattern", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z$"),
]
"""A time in UTC as :func:`detector.reasons.iso_time` writes it."""


@dataclass(frozen=True, kw_only=True)
class Guarantee(JsonResult):
    """What is promised about accusations, and on what it rests.

    Attributes
    ----------
    alpha
        Largest false-accusation rate at this evidence level.
    confidence
        Probability that the promise holds, over the draw of the accounts calibrated on.
    threshold
        Accounts are accused strictly above it; null where too few accounts were there to promise anything.
    calibration_accounts
        Authentic accounts that the promise rests on.
    calibrated_on
        What those accounts are.
    evidence_level
        Which blocks were present, and how deep each was.
    clears_at_or_below
        Accounts may be cleared at or below it; null where nobody may be at this evidence level.
    reviews_above
        Accounts are sent to a person above it; null where unknown.
    """

    alpha: Share
    confidence: Share
    threshold: Share | None
    calibration_accounts: Count
    calibrated_on: str
    evidence_level: str
    clears_at_or_below: Share | None = None
    reviews_above: Share | None = None


@dataclass(frozen=True, kw_only=True)
class BlockEvidence(JsonResult):
    """Whether a block was there in enough depth to be used.

    Attributes
    ----------
    present
        Whether it was used.
    n
        Rows of evidence in it.
    """

    present: bool
    n: Count


@dataclass(frozen=True, kw_only=True)
class EvidenceFinding(JsonResult):
    """Something in the input that cannot be evidence, or that contradicts the rest.

    Attributes
    ----------
    check
        Name of the check that found it.
    field
        The field concerned, such as posts.likes.
    rows
        How many rows are concerned.
    sentence
        What was found, and what was done about it.
    left_out
        What is absent from the evidence for it.
    contradiction
        Whether parts of the input contradict each other: such an account is not authentic, and where nothing
        could be left out it is not accused, either.
    bars_clearing
        Whether what was left out is what schemes would show in: such an account is not authentic, either.
    """

    check: str
    field: str
    rows: Count
    sentence: str
    left_out: tuple[str, ...]
    contradiction: bool
    bars_clearing: bool = False


@dataclass(frozen=True, kw_only=True)
class EvidenceSource(JsonResult):
    """Where rows of the follower history, or of the posts' earlier counts, come from.

    Attributes
    ----------
    table
        history or observed.
    source
        As the rows name it; null for rows of the same account that name none.
    rows
        How many rows come from it.
    """

    table: str
    source: str | None
    rows: Count


@dataclass(frozen=True, kw_only=True)
class Evidence(JsonResult):
    """What the verdict saw, and what it did not see.

    Attributes
    ----------
    blocks
        profile, posts, comments, history and audience.
    unseen
        Blocks that were absent or too thin.
    strange
        Blocks in which the account is too unlike those trained on.
    families
        Families of features that the reasons come from, the weightiest first.
    expected_recall
        Share of known fakes that are accused at this evidence level; null where unknown.
    send_next
        The absent block that would help most; null where there is none.
    findings
        What the checks of the input found before anything was judged.
    sources
        Where the follower history and the posts' earlier counts come from; empty where they do not say it.
    """

    blocks: Mapping[str, BlockEvidence]
    unseen: tuple[str, ...]
    strange: tuple[str, ...]
    families: tuple[str, ...]
    expected_recall: Share | None
    send_next: str | None
    findings: tuple[EvidenceFinding, ...] = ()
    sources: tuple[EvidenceSource, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignalReading(JsonResult):
    """What one kind of evidence says, how likely that is, and how rare among authentic accounts.

    Attributes
    ----------
    name
        followers_stock (followers that do not answer), audience (who they are), followers_flow (their
        history), likes, views,
        comments, rhythm (programs that publish, repeat, follow), fake_account (made to follow others) or
        inflation (all ways together).
    label
        The accusation that it supports.
    probability
        Calibrated, against authentic accounts.
    p_value
        Share of authentic accounts of the same platform and evidence that score as high or higher.
    suspicion
        How suspicious it is by itself, by its p-value, its weight and how many signals are heard; the
        largest is the account's. Null in verdicts of before 2026-11-29.
    over
        Whether it is over the threshold.
    added_share
        Estimated share of the count that came in a way bought ones do; null where the signal speaks of no one
        count or is not over the threshold.
    interval
        80 % interval of it; null where that is.
    base, rest
        Where everything is explained: the signal's average log-odds, and what all that is not among the
        reasons and counter-reasons adds. With their contributions these sum to the log-odds of its score.
        Else null.
    """

    name: str
    label: Head
    probability: Share
    p_value: Share
    over: bool
    suspicion: Share | None = None
    added_share: Share | None = None
    interval: tuple[Share, Share] | None = None
    base: float | None = None
    rest: float | None = None


@dataclass(frozen=True, kw_only=True)
class Reason(JsonResult):
    """A feature that moved the verdict, with what is ordinary and the rows behind it.

    Attributes
    ----------
    feature
        Its name in the catalogue.
    family
        The family it belongs to.
    head
        The accusation that its signal supports: inflated or automated.
    signal
        The signal that it moved.
    value
        Its value; a reason never cites an absent one.
    unit
        share, ratio, days, count and the like.
    typical
        The range that nine in ten of the peers lie in; null where too few peers are known.
    typical_of
        Whose range that is: creators, where figures are published for the platform and size; real creators,
        where enough of the same platform and tier were trained on; or simulated creators. Null where too few
        peers are known.
    typical_source
        Who published the range; null where it is of accounts that this detector was trained on.
    percentile
        Where the value stands among the peers, 0 to 100; null where too few are known, and of published
        ranges.
    contribution
        What it adds to the log-odds of the signal's uncalibrated score, together with the other features of
        the same cause, which say the same in other numbers.
    sentence
        The reason in words.
    rows
        The account's own rows that show it.
    """

    feature: str
    family: str
    head: Head
    signal: str
    value: float
    unit: str
    typical: tuple[float, float] | None
    typical_of: str | None
    typical_source: str | None = None
    percentile: Annotated[float, ("minimum", 0), ("maximum", 100)] | None
    contribution: float
    sentence: str
    rows: tuple[Mapping[str, Scalar], ...] = ()


@dataclass(frozen=True, kw_only=True)
class AudienceType(JsonResult):
    """How many of the sampled followers are of one type.

    Attributes
    ----------
    share
        Of the followers judged.
    interval
        95 % interval of that share among all followers.
    """

    share: Share
    interval: tuple[Share, Share]


@dataclass(frozen=True, kw_only=True)
class AudienceShare(JsonResult):
    """How much of the sampled audience looks fake; it does not say who brought it.

    Attributes
    ----------
    sampled
        Followers judged.
    fake_share
        Share of them that look fake.
    interval
        95 % interval of that share among all followers; of a sample of the newest ones, the bounds of it, as
        the others may be anybody.
    types
        ``suspicious`` (looks fake), ``mass_followers`` (follow over 1,500 accounts), ``inactive`` (without a
        post) and ``people`` (all others), each follower once. An honest creator has 10 to 45 % of the first
        three, by platform and size.
    """

    sampled: Count
    fake_share: Share
    interval: tuple[Share, Share]
    types: Mapping[str, AudienceType]


@dataclass(frozen=True, kw_only=True)
class VerdictBefore(JsonResult):
    """What the account was called without an annotation and those given after it.

    Attributes
    ----------
    label, authenticity_score
        As in a verdict.
    """

    label: Label
    authenticity_score: Score | None


@dataclass(frozen=True, kw_only=True)
class AnnotationReading(JsonResult):
    """What somebody said of a stretch of the follower history, and what it changed.

    What is promised about accusations was not measured on explained histories, and does not cover them.

    Attributes
    ----------
    kind, from_, to, note, link, who, when
        As given: giveaway, press, ads, viral_post, purge, attack or migration, its first and last day, and
        who says so. No link is opened.
    days
        Days of the history that it explains; 0 where it lies outside.
    gained
        Followers that came in these days, negative where they went: growth is read without them.
    before
        The verdict before it.
    """

    kind: str
    from_: Annotated[str, ("format", "date")]
    to: Annotated[str, ("format", "date")]
    note: str | None
    link: str | None
    who: str
    when: IsoTime | None
    days: Count
    gained: int
    before: VerdictBefore


@dataclass(frozen=True, kw_only=True)
class ModelName(JsonResult):
    """Which model spoke.

    Attributes
    ----------
    version
        The bundle's version.
    sha256
        Of the bundle's manifest, which names every other file by its own.
    catalogue
        Digest of the features that it reads, and of the version of each.
    trained_on
        What it was trained on.
    """

    version: str
    sha256: str
    catalogue: str
    trained_on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Verdict(JsonResult):
    """What Assay says of one account.

    Attributes
    ----------
    schema
        Version of this form.
    verdict_id
        Digest of the document and the model.
    account_id, platform, as_of
        As given.
    label
        inflated, automated, authentic, review or insufficient.
    labels_over_threshold
        Every accusation that a signal over the threshold supports.
    signals
        What each kind of evidence says that could be heard, the most suspicious first.
    authenticity_score
        round(100 * (1 - suspicion)), higher is better, within the label's own part of the scale: at least 50
        for authentic, at most 49 for review and for an accusation; null where suspicion is.
    probabilities
        Of each label, at every evidence level; null where nothing at all could be computed.
    suspicion
        How rare the most suspicious signal is among authentic accounts: 0 ordinary, .5 one in ten, .75 one in
        a hundred, .875 one in a thousand; null where no signal can be heard.
    authentic_p_value
        Share of authentic accounts at least as suspicious as this one; null where none are known.
    guarantee, evidence
        What is promised, and what was seen.
    reasons, counter_reasons
        What speaks for the signals, and what against them.
    caveats
        What else could explain the signals that the verdict is about; none where nothing is held against it.
        From a service that found what its model promises not to hold at present, that, too.
    yardsticks
        An expert's rules that could be applied, those far out first; they accuse nobody. Empty where neither
        reasons were asked for nor one is far out.
    comments
        What the comments are made of, read one by one; null where reasons were not asked for or too few are
        there. It speaks of the comments, and not of who brought them.
    annotations
        What people said of stretches of its follower history, in the order in which they said so; growth is
        read without these days.
    audience
        The sampled followers, judged; null where there are too few.
    model
        Which model spoke.
    """

    schema: Annotated[int, ("const", VERDICT_SCHEMA)] = field(default=VERDICT_SCHEMA, init=False)
    verdict_id: str
    account_id: str
    platform: str
    as_of: IsoTime
    label: Label
    labels_over_threshold: tuple[Label, ...]
    signals: tuple[SignalReading, ...]
    authenticity_score: Score | None = field(init=False)
    probabilities: Mapping[Head, Share | None]
    suspicion: Share | None
    authentic_p_value: Share | None
    guarantee: Guarantee
    evidence: Evidence
    reasons: tuple[Reason, ...]
    counter_reasons: tuple[Reason, ...]
    caveats: tuple[str, ...]
    yardsticks: tuple[YardstickReading, ...]
    comments: CommentQuality | None
    audience: AudienceShare | None
    annotations: tuple[AnnotationReading, ...] = ()
    model: ModelName

    def __post_init__(self) -> None:
        object.__setattr__(self, "authenticity_score", authenticity_score(self.label, self.suspicion))


def authenticity_score(label: Label, suspicion: float | None) -> int | None:
    """The score that a verdict gives: within its label's own part of the scale.

    >>> authenticity_score(Label.AUTHENTIC, 0.6), authenticity_score(Label.REVIEW, None)
    (50, None)
    """
    low, high = _SCALE[label]
    return None if suspicion is None else min(max(round(100 * (1 - suspicion)), low), high)


_SCALE: Final[Mapping[Label, tuple[int, int]]] = {
    Label.AUTHENTIC: (50, 100),
    Label.INSUFFICIENT: (0, 100),
    Label.REVIEW: (0, 49),
    Label.INFLATED: (0, 49),
    Label.AUTOMATED: (0, 49),
}
"""A score never contradicts its label."""
