"""Nothing that a verdict says to a person contradicts another thing that it says, or is said in jargon."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from accounts.reading import read_documents
from accounts.simulation import simulate
from accounts.tables import Tables
from benchmarks.quality.handmade.cases import CASES
from benchmarks.quality.handmade.ways import all_series
from detector.causes import cause_of
from detector.labels import Explain, Label
from detector.screening import Detector
from reporting.figures import read_figure, read_range
from reporting.first_reason import first_reason
from reporting.presentation import Presentation, present
from reporting.reasons.growth import jump_sentence

Document = Mapping[str, Any]

_ONE = re.compile(r"(?<![\d.,:+−-])(?<! to )1[ \u00a0](\w+s)\b")
_SEVERAL = re.compile(
    r"(?<![\d.,])(?!1\b)\d[\d,]*[ \u00a0]"
    r"(day|post|comment|follower|account|week|month|hour|minute|second|person)\b(?! counts?\b)"
)
_ONE_OF = re.compile(
    r"(?<![\d.,])1 of (?:its )?[\d,]+ [\w ]*?(?:followers|comments|posts)"
    r" (have|follow|are|stand|mention|advertise|say)\b"
)
SINGULAR = {"times", "is", "was", "has", "plus", "less", "as"}
"""Words that end in s after a 1 and are no plural."""

JARGON = re.compile(
    r"\b(gini|coefficient|percentiles?|quantiles?|quartiles?|p-values?|standard deviations?|z-scores?"
    r"|robust z|CV|IQR|log|log-odds|logarithms?|spearman|pearson|entropy|correlations?|jaccard|simpson|median"
    r"|variance|variation|std|sd|skew\w*|kurtosis|autocorrelation|mad)\b",
    re.IGNORECASE,
)  # fmt: skip
EMPTY = re.compile(r"\b0 of 0\b|\bnan\b|\bNone\b(?! of)|\binf\b|\{|\}")


def spoken(shown: Presentation) -> Iterator[tuple[str, str]]:
    """Every sentence that page, report and terminal show of a verdict, with where it stands."""
    yield "label", shown.label_sentence
    for name in ("sentence", "limited", "rarity"):
        yield f"scale {name}", getattr(shown.scale, name)
    yield "promise", shown.promise.sentence
    yield from (("limits", one) for one in shown.promise.limits)
    for part in shown.parts:
        yield f"part {part.name}", part.headline
        yield f"part {part.name} seen", part.seen
        yield from ((f"added {part.name}", one.sentence) for one in part.added)
        yield from ((f"yardstick {one.name}", one.sentence) for one in part.yardsticks)
    for one in shown.key_numbers:
        yield f"number {one.name}", f"{one.title}: {one.text}; usual {one.usual}; {one.basis}"
    for side, reasons in (("against", shown.reasons), ("for", shown.in_favour)):
        for reason in reasons:
            yield f"{side} {reason.feature}", f"{reason.sentence} {reason.usual}".strip()
    yield from (("caveat", one) for one in shown.caveats)
    yield from (("finding", one) for one in shown.findings)
    if shown.growth:
        yield from (("jump", jump_sentence(one, shown.numbers)) for one in shown.growth.jumps)
    if shown.send_next:
        yield "send next", shown.send_next.sentence
    yield "first reason", first_reason(shown.verdict, shown.parts, shown.reasons, shown.numbers)


def written(document: Document) -> Iterator[tuple[str, str]]:
    """Every sentence of a verdict's own document, with where it stands."""
    for side in ("reasons", "counter_reasons", "yardsticks"):
        yield from (
            (f"{side} {one.get('feature', one.get('name'))}", one["sentence"]) for one in document[side]
        )
    yield from (("caveats", one) for one in document["caveats"])
    yield from (("findings", one["sentence"]) for one in document["evidence"]["findings"])


def without_quotes(sentence: str) -> str:
    """A sentence without what others wrote."""
    return re.sub("“[^”]*”", "“”", sentence)


def faults_of_words(sentence: str) -> Iterator[str]:
    """Plurals, jargon and gaps in one sentence."""
    plain = without_quotes(sentence)
    for found in _ONE.finditer(plain):
        if found[1] not in SINGULAR:
            yield f"plural: {found[0]}"
    yield from (f"singular: {found[0]}" for found in _SEVERAL.finditer(plain))
    yield from (f"verb: {found[0]}" for found in _ONE_OF.finditer(plain))
    yield from (f"jargon: {found[0]}" for found in JARGON.finditer(plain))
    yield from (f"empty: {found[0]}" for found in EMPTY.finditer(plain))


def contradictions(document: Document, tables: Tables | None = None) -> list[str]:
    """What a verdict says that is not so by its own words; empty where all of it holds.

    Parameters
    ----------
    document
        The verdict's JSON document.
    tables
        Where the evidence is at hand; else what can be said without it is read.
    """
    shown = present(document, tables)
    found = [
        f"{where}: {fault}: {sentence}"
        for where, sentence in (*spoken(shown), *written(document))
        for fault in faults_of_words(sentence)
    ]
    return [
        *found,
        *_of_yardsticks(document),
        *_of_both_sides(document, shown),
        *_of_rows(shown),
        *_of_two_readings(document, shown),
        *_of_label(document, shown),
        *_of_reasons(shown),
    ]


def _of_yardsticks(document: Document) -> Iterator[str]:
    """A value within the range beside it that is called beyond it, or the other way round."""
    for one in document["yardsticks"]:
        value, usual = read_figure(one["value"]), read_range(one["usual"])
        if value is None or usual is None:
            yield f"yardstick {one['name']} cannot be read: {one['value']}, {one['usual']}"
            continue
        low, high = usual.low and usual.low.value, usual.high and usual.high.value
        inside = (low is None or value.value >= low) and (high is None or value.value <= high)
        if inside != (one["outcome"] == "in"):
            yield f"yardstick {one['name']} is {one['outcome']}: {one['value']}, usual {one['usual']}"


def _of_both_sides(document: Document, shown: Presentation) -> Iterator[str]:
    against, in_favour = (
        {cause_of(one["feature"]): one for one in document[side]} for side in ("reasons", "counter_reasons")
    )
    for cause in against.keys() & in_favour.keys():
        yield f"on both sides: {against[cause]['sentence']} / {in_favour[cause]['sentence']}"
    sides = [{cause_of(one.feature) for one in side} for side in (shown.reasons, shown.in_favour)]
    yield from (f"shown on both sides: {cause}" for cause in sides[0] & sides[1])
    out = {one["sentence"] for one in document["yardsticks"] if one["outcome"] != "in"}
    for one in shown.in_favour:
        if {one.sentence.lower().rstrip(".")} & {each.lower().rstrip(".") for each in out}:
            yield f"speaks for it and is unusual: {one.sentence}"
    for side in (document["reasons"], document["counter_reasons"]):
        causes = [(cause_of(one["feature"])) for one in side]
        yield from (f"one cause twice: {cause}" for cause in {c for c in causes if causes.count(c) > 1})


def _of_rows(shown: Presentation) -> Iterator[str]:
    """A jump of another size, or a text that stands there more or less often, than the row beside it says."""
    for reason in (*shown.reasons, *shown.in_favour):
        found = re.match(r"([+−][\d,]+) followers? from ", reason.sentence)
        if found and reason.rows and "change" in reason.rows.headers:
            place = reason.rows.headers.index("change")
            changes = [row[place].text for row in reason.rows.rows]
            if found[1] not in changes:
                yield f"{reason.sentence} beside {changes}"
        quoted = re.match(r"“.*” stands ([\d,]+) times", reason.sentence, re.DOTALL)
        if quoted and reason.rows and "times" in reason.rows.headers:
            place = reason.rows.headers.index("times")
            if quoted[1] not in [row[place].text for row in reason.rows.rows]:
                yield f"{reason.sentence} beside another number of times"


def _of_two_readings(document: Document, shown: Presentation) -> Iterator[str]:
    """Other days, or another count, where the evidence is at hand than where only the verdict is."""
    alone = present(document)
    spoken_alone = {one.feature: one.sentence for one in (*alone.reasons, *alone.in_favour)}
    for one in (*shown.reasons, *shown.in_favour):
        other = spoken_alone.get(one.feature, "")
        if re.match(
            r"[+−]\d|“|After its fastest|.* comments read", one.sentence
        ) and not one.sentence.startswith(other.rstrip(".")):
            yield f"{one.sentence} and without the evidence: {other}"


def _of_label(document: Document, shown: Presentation) -> Iterator[str]:
    if shown.label in (Label.REVIEW, Label.INSUFFICIENT) and not re.search(
        r"because|cleared from|Nobody is cleared|could be weighed by none|stands where accounts are cleared",
        f"{shown.label_sentence} {shown.scale.limited}",
    ):
        yield f"{shown.label} without a why: {shown.label_sentence}"
    if shown.scale.score is None and document["suspicion"] is not None:
        yield "no score beside a suspicion"


def _of_reasons(shown: Presentation) -> Iterator[str]:
    for one in shown.reasons:
        if "By itself it is usual" in one.usual:
            yield f"usual and against: {one.sentence} {one.usual}"
        if (
            one.measured
            and one.outside
            and one.measured.value_text in one.measured.typical_text.split(" to ")
        ):
            yield f"outside and equal: {one.sentence} {one.usual}"


def screened(detector: Detector, tables: Tables) -> list[tuple[Document, Tables]]:
    """Each account's verdict document, beside its evidence."""
    verdicts = detector.screen(tables, explain=Explain.ALL)
    return [(one.to_dict(), tables.select([one.account_id])) for one in verdicts]


def faults_in(screened_accounts: list[tuple[Document, Tables]]) -> list[str]:
    """What contradicts itself in any of them, with the evidence at hand and without."""
    return [
        f"{document['account_id']}, {'with evidence' if given else 'alone'}: {fault}"
        for document, tables in screened_accounts
        for given in (tables, None)
        for fault in contradictions(document, given)
    ]


def handmade() -> Tables:
    """All cases that an expert judged, and of every second series of doses the highest."""
    highest = [{**list(series.documents())[-1], "account_id": series.name} for series in all_series()[::2]]
    chunk = read_documents([*(case.document for case in CASES), *highest])
    assert not chunk.faults
    return chunk.tables


def test_accounts_made_by_hand_hear_nothing_untrue(detector: Detector) -> None:
    assert faults_in(screened(detector, handmade())) == []


@pytest.mark.parametrize(("regime", "seed"), [("train", 12), ("test", 5)])
def test_simulated_accounts_hear_nothing_untrue(detector: Detector, regime: Any, seed: int) -> None:
    population = simulate(100, seed=seed, regime=regime, events="many")
    assert faults_in(screened(detector, population.tables)) == []


def test_the_examples_hear_nothing_untrue(documents: Mapping[str, Document], tables: Tables) -> None:
    assert faults_in([(one, tables.select([one["account_id"]])) for one in documents.values()]) == []


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("1 posts by 3 people", "plural"), ("1\xa0likes and comments a post", "plural"),
        ("20 post in a week", "singular"), ("1 of 80 sampled followers have no post", "verb"),
        ("a Gini coefficient of 0.4", "jargon"), ("the median post", "jargon"),
        ("0 of 0 that could be applied", "empty"), ("nan % of its posts", "empty"),
    ],
)  # fmt: skip
def test_faults_of_words_are_found(sentence: str, fault: str) -> None:
    assert any(one.startswith(fault) for one in faults_of_words(sentence))


@pytest.mark.parametrize(
    "sentence",
    ["1 times as many", "21 posts", "1 post of 0.1 % by 1 in 10", "half have 0 to 1 likes", "“1 likes”"],
)
def test_what_is_said_well_is_no_fault(sentence: str) -> None:
    assert list(faults_of_words(sentence)) == []


def test_contradictions_of_numbers_are_found(documents: Mapping[str, Document]) -> None:
    document = dict(documents["burst-of-followers"])
    beyond = {**document["yardsticks"][-1], "value": "10 %", "usual": "up to 10 %", "outcome": "out"}
    assert any("is out: 10 %" in one for one in contradictions(document | {"yardsticks": [beyond]}))
    both = document | {"counter_reasons": document["reasons"][:1]}
    assert any(one.startswith("on both sides") for one in contradictions(both))
