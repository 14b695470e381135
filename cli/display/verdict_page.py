"""One account's verdict as a page for the terminal, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from accounts.tables import Tables
from cli.display.curve import Curve
from cli.display.plain_table import plain_table
from cli.display.reason_parts import as_sentence, reason_parts
from cli.display.terminal import text
from cli.display.verdict_text import (
    HEAD_NAMES,
    LABEL_MEANINGS,
    LABEL_STYLES,
    SIGNAL_NAMES,
    evidence_summary,
    per_cent,
    sources_summary,
    verdict_promise,
)
from detector.amounts import COUNT_OF
from detector.comments.quality import CommentQuality
from detector.verdict import AnnotationReading, AudienceShare, Evidence, SignalReading, Verdict
from detector.yardsticks import YardstickReading
from detector.yardsticks.declaration import YardstickOutcome

__all__ = ["WIDEST", "verdict_page"]

BAR_WIDTH: Final = 24
WIDEST: Final = 110
"""Columns of the page on a terminal that is wider: long lines are hard to read."""


def verdict_page(verdict: Verdict, tables: Tables, width: int) -> Iterator[RenderableType]:
    """The page's parts, from the label to the growth curve.

    Parameters
    ----------
    verdict
        One account's, screened with ``Explain.ALL``.
    tables
        That account, for its follower history.
    width
        Columns of the terminal.
    """
    yield heading(verdict, width)
    yield section("How sure", [text(verdict_promise(verdict))])
    yield section("What was seen", evidence_lines(verdict.evidence))
    if verdict.annotations:
        yield section(
            "What somebody explained", [text(line) for line in annotation_lines(verdict.annotations)]
        )
    yield section("Which counts", signals_table(verdict.signals))
    signals = signals_named(verdict)
    against, in_favour = reason_parts(verdict.reasons), reason_parts(verdict.counter_reasons)
    yield section(f"What speaks for {signals}", against or [text("Nothing.")])
    yield section(f"What speaks against {signals}", in_favour or [text("Nothing.")])
    if verdict.caveats:
        yield section("What else could explain it", [text(one) for one in verdict.caveats])
    yield section("An expert's yardsticks", yardstick_lines(verdict.yardsticks))
    yield section("Its comments", [text(line) for line in comment_lines(verdict.comments)])
    yield section("Its audience", [text(line) for line in audience_lines(verdict.audience)])
    yield section("Its followers over time", growth_curve(tables.history, width - 2))
    yield Text()
    yield text(f"Verdict {verdict.verdict_id} by model {verdict.model.version}.", "dim")
    yield text("Signals for a person to weigh, and no proof of what anyone did or meant.", "dim")


def heading(verdict: Verdict, width: int) -> RenderableType:
    """A panel with the account, the label and its meaning, the score, and both probabilities."""
    label = Text.assemble(
        (verdict.label.value.upper(), LABEL_STYLES[verdict.label]), f": {LABEL_MEANINGS[verdict.label]}"
    )
    scores = Table.grid(padding=(0, 2))
    score = verdict.authenticity_score
    scores.add_row(
        "authenticity score",
        share_bar(None if score is None else score / 100),
        text("unknown" if score is None else f"{score} of 100"),
    )
    for head, probability in verdict.probabilities.items():
        shown = "unknown" if probability is None else per_cent(probability)
        scores.add_row(f"probability {head}", share_bar(probability), text(shown))
    who = Text.assemble(
        text(verdict.account_id, "bold"), "  on ", text(verdict.platform), "  as of ", text(verdict.as_of)
    )
    return Panel(Group(label, Text(), scores), title=who, title_align="left", width=width, padding=(1, 2))


def share_bar(value: float | None) -> Text:
    """A share, 0 to 1, as a bar of 24 columns; empty for None."""
    full = round((value or 0.0) * BAR_WIDTH)
    return Text.assemble(("█" * full, "bold"), ("░" * (BAR_WIDTH - full), "dim"))


def section(title: str, parts: Sequence[RenderableType]) -> RenderableType:
    """A title with parts indented below it."""
    return Group(Text(), Text(title, "bold underline"), Padding(Group(*parts), (0, 0, 0, 2)))


def evidence_lines(evidence: Evidence) -> list[RenderableType]:
    """Blocks seen and not seen, what is unfamiliar, the expected recall, and what to send next."""
    lines = [f"Seen: {evidence_summary({name: block.n for name, block in evidence.blocks.items()})}."]
    if evidence.unseen:
        lines.append(f"Not seen, or too little of it: {', '.join(evidence.unseen)}.")
    if evidence.strange:
        lines.append(f"Unlike the accounts that the model knows in: {', '.join(evidence.strange)}.")
    lines += [f"Found in the input: {finding.sentence}" for finding in evidence.findings]
    lines += sources_summary(evidence.sources)
    if len(evidence.families) == 1:
        lines.append(f"Everything rests on one kind of evidence: {evidence.families[0]}.")
    if evidence.expected_recall is not None:
        found = per_cent(evidence.expected_recall)
        lines.append(f"With this much evidence {found} of known fakes (simulated) are flagged.")
    if evidence.send_next:
        lines.append(f"Send next: {evidence.send_next}.")
    return [text(line) for line in lines]


def annotation_lines(annotations: Sequence[AnnotationReading]) -> Iterator[str]:
    """Each explained stretch of the history: who says what it was, and the verdict before."""
    for one in annotations:
        until = "" if one.to == one.from_ else f" to {one.to}"
        score = one.before.authenticity_score
        scored = "" if score is None else f", {score} of 100"
        said = f": {one.note}" if one.note else ""
        yield (
            f"{one.kind.replace('_', ' ').capitalize()} from {one.from_}{until}, says {one.who}{said}. "
            f"It explains {one.days} days with {one.gained:+,} followers; before it: "
            f"{one.before.label.value}{scored}."
        )


def signals_table(signals: Sequence[SignalReading]) -> list[RenderableType]:
    """Each kind of evidence: its probability, its p-value among authentic accounts, how much was added."""
    if not signals:
        return [text("No kind of evidence can be weighed with this.")]
    titles = ("evidence", "probability", "as high among authentic accounts", "")
    table = plain_table(titles, header_style="dim")
    for one in signals:
        style = "bold" if one.over else ""
        table.add_row(
            text(SIGNAL_NAMES[one.name], style), text(per_cent(one.probability), style),
            text(per_cent(one.p_value), style), text(threshold_note(one), style),
        )  # fmt: skip
    return [table]


def threshold_note(one: SignalReading) -> str:
    """For a signal over the threshold: that it is, and the estimated share of its count that was added."""
    if not one.over:
        return ""
    if one.added_share is None or one.interval is None:
        return "over the threshold"
    low, high = (f"{100 * end:.0f}" for end in one.interval)
    count = COUNT_OF[one.name]
    return (
        f"over the threshold: about {100 * one.added_share:.0f} % ({low} to {high} %) of its {count} came "
        "in a way bought ones do"
    )


def yardstick_lines(readings: Sequence[YardstickReading]) -> list[RenderableType]:
    """A sentence for each yardstick outside the usual range, and how many are inside."""
    lines = [
        Text.assemble(text(f"{one.outcome.value}: ", "bold"), text(as_sentence(one.sentence)))
        for one in readings
        if one.outcome is not YardstickOutcome.IN
    ]
    inside = sum(one.outcome is YardstickOutcome.IN for one in readings)
    return [*lines, text(f"{inside} of {len(readings)} that could be applied are in the usual range.", "dim")]


def signals_named(verdict: Verdict) -> str:
    """The kinds of signals that the reasons speak for or against, joined by "and"."""
    heads = dict.fromkeys(reason.head for reason in (*verdict.reasons, *verdict.counter_reasons))
    return " and ".join(HEAD_NAMES[head] for head in heads) or "any signals"


def comment_lines(quality: CommentQuality | None) -> Iterator[str]:
    """Shares of promotion, generic praise and templates among the comments; None: too few comments."""
    if quality is None:
        yield "Too few comments to say anything."
        return
    kinds = {
        "promotion": quality.promotion,
        "praise for anything": quality.generic,
        "templates": quality.template,
    }
    yield (
        f"Of {quality.read:,} comments read "
        + ", ".join(
            f"{per_cent(one.share)} are {name} ({per_cent(one.interval[0])} to {per_cent(one.interval[1])})"
            for name, one in kinds.items()
        )
        + "."
    )
    if quality.bought_like.n:
        yield f"{quality.bought_like.n:,} of them came as bought ones do: same authors, texts or minutes."


def audience_lines(audience: AudienceShare | None) -> Iterator[str]:
    """Shares of fake and other followers in the sampled audience; None: too few were sampled."""
    if audience is None:
        yield "Too few sampled followers to say anything."
        return
    low, high = audience.interval
    yield (
        f"Of {audience.sampled:,} sampled followers {per_cent(audience.fake_share)} look fake "
        f"({per_cent(low)} to {per_cent(high)} of all, with 95 % confidence). "
        "That does not say who brought them."
    )
    others = (
        f"{name.replace('_', ' ')} {per_cent(one.share)}"
        for name, one in audience.types.items()
        if name != "suspicious"
    )
    yield f"The others: {', '.join(others)}."


def growth_curve(history: pl.DataFrame, width: int) -> list[RenderableType]:
    """The curve of follower counts over time, ``width`` columns wide."""
    counts = history.select("date", "followers").drop_nulls().sort("date")
    if counts.height < 2:
        return [text("No follower history was given.")]
    curve = Curve(counts["date"].to_list(), counts["followers"].to_list())
    return [Text(line, no_wrap=True) for line in curve.lines(width)]
