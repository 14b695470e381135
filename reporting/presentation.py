"""What a verdict says to a person: one reading for the desk's pages, the report and the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.tables import Tables
from detector.labels import Label
from detector.verdict import Reason, Verdict
from reporting.agreement import agreement
from reporting.cited import cited_growth, cited_posts
from reporting.document import read_verdict
from reporting.estimates import Added, KeyNumber, added_of, key_numbers
from reporting.evidence import Evidence
from reporting.growth import Explained, GrowthPicture, growth_picture
from reporting.next_evidence import NextEvidence, next_evidence
from reporting.numbers import DEFAULT_LOCALE, Numbers
from reporting.parts import Part, PartContents, parts_of
from reporting.pictures import (
    AudiencePicture,
    ClockPicture,
    PostsPicture,
    Waterfall,
    audience_picture,
    clock_picture,
    posts_picture,
    waterfalls,
)
from reporting.promise import Promise, promise_of
from reporting.reasons import ReasonText, both_sides
from reporting.review import insufficiency_sentence, review_sentence
from reporting.scale import Scale, scale_of
from reporting.wording import LABEL_NAMES, LABEL_SENTENCES, PLATFORM_NAMES, TONES, Tone, as_sentence, joined

__all__ = ["Presentation", "present"]


@dataclass(frozen=True, kw_only=True)
class Presentation:
    """Everything that a page, a report or a terminal shows of one verdict.

    Attributes
    ----------
    verdict
        The verdict itself, typed; its numbers are for statisticians.
    numbers
        Writes numbers in the reader's locale.
    account_id, handle, name, platform
        Who: the customer's id, the handle (empty where it is not known), the displayed name (else the handle,
        else the id), the platform's name.
    as_of
        When the account was observed, in words.
    label, label_name, label_sentence, tone
        The verdict's label, what people call it, a sentence for it (of a review also what leads to it, of an
        account against which nothing stands why it is not cleared), and the colour that goes with it.
    scale, promise
        The account's place with the thresholds, and what is promised.
    parts
        Six, always all of them, in order.
    reasons, in_favour
        What speaks against the account, and what for it, the weightiest first.
    caveats
        What else could explain it.
    findings
        What the checks found in the input before anything was judged.
    evidence_at_hand
        Whether the account's tables are known: without them there are no charts of curve, posts and clock.
    added
        How much was added, by count.
    key_numbers
        The numbers that a team wants also where nothing is wrong; those not known are absent.
    send_next
        What would help most; None where nothing would.
    growth, posts, clock, audience
        What the charts show; None where the evidence is not at hand or too thin.
    cited_growth, cited_posts
        The counts and posts that the verdict's own rows name; None where the evidence is at hand, or too few.
    waterfalls
        How each explained signal adds up.
    """

    verdict: Verdict
    numbers: Numbers
    account_id: str
    handle: str
    name: str
    platform: str
    as_of: str
    label: Label
    label_name: str
    label_sentence: str
    tone: Tone
    scale: Scale
    promise: Promise
    parts: tuple[Part, ...]
    reasons: tuple[ReasonText, ...]
    in_favour: tuple[ReasonText, ...]
    caveats: tuple[str, ...]
    findings: tuple[str, ...]
    evidence_at_hand: bool
    added: tuple[Added, ...]
    key_numbers: tuple[KeyNumber, ...]
    send_next: NextEvidence | None
    growth: GrowthPicture | None
    posts: PostsPicture | None
    clock: ClockPicture | None
    audience: AudiencePicture | None
    cited_growth: GrowthPicture | None
    cited_posts: PostsPicture | None
    waterfalls: tuple[Waterfall, ...]

    @property
    def agreement(self) -> str:
        """Which yardsticks agree with an accusation; empty where nobody is accused."""
        return agreement(self.verdict)

    @property
    def nothing_against(self) -> str:
        """What stands in the place of reasons against an account where there are none."""
        titles = [part.title.lower() for part in self.parts if part.state in ("out", "far out")]
        if not titles:
            return "Nothing."
        return f"No number weighs against it in the signals; unusual all the same: {joined(titles)}."

    def part(self, name: str) -> Part:
        """The part of that name; KeyError where there is none."""
        return {part.name: part for part in self.parts}[name]

    def number(self, name: str) -> KeyNumber | None:
        """The key number of that name; None where it is not known."""
        return next((one for one in self.key_numbers if one.name == name), None)


def present(
    verdict_document: Mapping[str, Any], tables: Tables | None = None, locale: str = DEFAULT_LOCALE
) -> Presentation:
    """The presentation of a verdict.

    Parameters
    ----------
    verdict_document
        The verdict's JSON document as it is stored and answered.
    tables
        Tables that hold the account, where its evidence is at hand: then reasons name its own numbers, and
        there are charts. Other accounts in them are left out.
    locale
        Of the reader, such as en_GB, de or pt-BR.

    Raises
    ------
    BadInput
        If the document is no verdict of version 1.
    WrongUsage
        If no locale is called so.
    """
    verdict, numbers = read_verdict(verdict_document), Numbers(locale)
    evidence = Evidence.of(tables, verdict.account_id) if tables is not None else None
    reasons, in_favour = both_sides(verdict, evidence, numbers)
    known, tone = key_numbers(verdict, evidence, numbers), TONES[verdict.label]
    contents = PartContents(reasons=reasons, in_favour=in_favour, known=known)
    parts, wanted = parts_of(verdict, evidence, contents, numbers), next_evidence(verdict)
    scale = scale_of(verdict, tone, numbers)
    why = (
        review_sentence(verdict, parts, wanted, numbers),
        insufficiency_sentence(verdict, scale, numbers),
    )
    return Presentation(
        verdict=verdict,
        numbers=numbers,
        account_id=verdict.account_id,
        handle=_handle(evidence),
        name=_name(verdict, evidence),
        platform=PLATFORM_NAMES.get(verdict.platform, verdict.platform),
        as_of=numbers.moment(datetime.fromisoformat(verdict.as_of)),
        label=verdict.label,
        label_name=LABEL_NAMES[verdict.label],
        label_sentence=" ".join(filter(None, (LABEL_SENTENCES[verdict.label], *why))),
        tone=tone,
        scale=scale,
        promise=promise_of(verdict, numbers),
        parts=parts,
        reasons=reasons,
        in_favour=in_favour,
        caveats=verdict.caveats,
        findings=tuple(as_sentence(numbers.dated(one.sentence)) for one in verdict.evidence.findings),
        evidence_at_hand=evidence is not None,
        added=added_of(verdict.signals, numbers),
        key_numbers=known,
        send_next=wanted,
        growth=growth_picture(evidence, _windows(verdict.reasons), _explained(verdict)) if evidence else None,
        posts=posts_picture(evidence) if evidence else None,
        clock=clock_picture(evidence) if evidence else None,
        audience=audience_picture(verdict),
        cited_growth=None if evidence else cited_growth(verdict),
        cited_posts=None if evidence else cited_posts(verdict),
        waterfalls=waterfalls(verdict),
    )


def _handle(evidence: Evidence | None) -> str:
    return (evidence.account["username"] or "").strip() if evidence else ""


def _name(verdict: Verdict, evidence: Evidence | None) -> str:
    own = (evidence.account["full_name"], evidence.account["username"]) if evidence else ()
    return next((one.strip() for one in own if one and one.strip()), verdict.account_id)


def _explained(verdict: Verdict) -> list[Explained]:
    """The stretches of the history that somebody explained."""
    return [
        Explained(date.fromisoformat(one.from_), date.fromisoformat(one.to), one.kind)
        for one in verdict.annotations
        if one.days
    ]


def _windows(reasons: Iterable[Reason]) -> list[tuple[date, date]]:
    """The spans of days that reasons name."""
    found = [(row.get("starts"), row.get("ends")) for one in reasons for row in one.rows[:1]]
    return [
        (date.fromisoformat(start), date.fromisoformat(end))
        for start, end in found
        if isinstance(start, str) and isinstance(end, str)
    ]
