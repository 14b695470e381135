"""What changed between two verdicts of one account: evidence, model, annotations, label, score, signals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detector.labels import Label
from reporting.numbers import DEFAULT_LOCALE, Numbers
from reporting.wording import BLOCK_ROWS, LABEL_NAMES, SIGNAL_NAMES, as_sentence

__all__ = ["Difference", "verdict_differences"]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was.

    Attributes
    ----------
    kind
        label, score, evidence, annotation, finding, signal, reason or model.
    sentence
        In words.
    """

    kind: str
    sentence: str


def verdict_differences(
    before: Mapping[str, Any], after: Mapping[str, Any], locale: str = DEFAULT_LOCALE
) -> tuple[Difference, ...]:
    """What changed from one verdict document to a later one, the weightiest first; empty where nothing did.

    >>> verdict_differences({}, {})
    ()
    """
    numbers = Numbers(locale)
    found = (
        *_outcome(before, after),
        *_annotations(before, after, numbers),
        *_evidence(before, after, numbers),
        *_signals(before, after),
        *_reasons(before, after),
        *_model(before, after),
    )
    return tuple(replace(one, sentence=numbers.dated(one.sentence)) for one in found)


def _outcome(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = before.get("label"), after.get("label")
    if old != new:
        yield Difference("label", f"“{_label(old)}” became “{_label(new)}”.")
    old, new = before.get("authenticity_score"), after.get("authenticity_score")
    if old != new:
        yield Difference("score", f"The score went from {_known(old)} to {_known(new)} of 100.")


def _label(name: Any) -> str:
    return LABEL_NAMES[Label(name)] if name in list(Label) else str(name)


def _known(value: Any) -> str:
    return "none" if value is None else str(value)


def _annotations(
    before: Mapping[str, Any], after: Mapping[str, Any], numbers: Numbers
) -> Iterator[Difference]:
    old, new = (
        [_annotation_text(one, numbers) for one in document.get("annotations", ())]
        for document in (before, after)
    )
    for annotation in new:
        if annotation not in old:
            yield Difference("annotation", f"New: {annotation}")
    for annotation in old:
        if annotation not in new:
            yield Difference("annotation", f"No longer there: {annotation}")


def _annotation_text(one: Mapping[str, Any], numbers: Numbers) -> str:
    days = numbers.days(*(date.fromisoformat(one[end]) for end in ("from", "to")))
    return f"{one['who']} explains {days} as {one['kind'].replace('_', ' ')}."


def _evidence(before: Mapping[str, Any], after: Mapping[str, Any], numbers: Numbers) -> Iterator[Difference]:
    if before.get("as_of") != after.get("as_of"):
        yield Difference(
            "evidence", f"Observed {str(after.get('as_of'))[:10]}, before {str(before.get('as_of'))[:10]}."
        )
    old, new = before.get("evidence", {}), after.get("evidence", {})
    for block, (_, rows) in BLOCK_ROWS.items():
        had, has = (one.get("blocks", {}).get(block, {}).get("n", 0) for one in (old, new))
        if had != has:
            yield Difference(
                "evidence", as_sentence(f"{numbers.count(has)} {rows} instead of {numbers.count(had)}")
            )
    found = [one["sentence"] for one in old.get("findings", ())]
    for one in new.get("findings", ()):
        if one["sentence"] not in found and one["check"] != "explained_windows":
            yield Difference("finding", as_sentence(one["sentence"]))


def _signals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = (
        {one["name"]: one["over"] for one in document.get("signals", ())} for document in (before, after)
    )
    for name, title in SIGNAL_NAMES.items():
        had, has = old.get(name), new.get(name)
        if had is not has:
            words = {None: "not heard", True: "over the line for flagging", False: "not over that line"}
            yield Difference("signal", f"{title}: {words[has]}, before {words[had]}.")


def _reasons(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old = {one["feature"] for one in before.get("reasons", ())}
    for one in after.get("reasons", ()):
        if one["feature"] not in old:
            yield Difference("reason", f"New reason: {as_sentence(one['sentence'])}")
    new = {one["feature"] for one in after.get("reasons", ())}
    for one in before.get("reasons", ()):
        if one["feature"] not in new:
            yield Difference("reason", f"No longer a reason: {as_sentence(one['sentence'])}")


def _model(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = before.get("model", {}), after.get("model", {})
    if old.get("sha256") != new.get("sha256"):
        yield Difference("model", f"Judged by model {new.get('version')}, before by {old.get('version')}.")
