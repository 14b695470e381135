"""One account's verdict as a page for the terminal, part by part; the words are those of desk and report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from accounts.tables import Tables
from cli.display.curve import Curve
from cli.display.plain_table import plain_table
from cli.display.reason_parts import plain_text, reason_parts
from cli.display.scale_line import scale_lines
from cli.display.statistics_part import statistics_lines
from cli.display.terminal import text
from cli.display.verdict_text import LABEL_STYLES, sources_summary
from detector.labels import YardstickOutcome
from detector.verdict import Verdict
from reporting.parts import Part, PartState
from reporting.presentation import Presentation, present

__all__ = ["WIDEST", "verdict_page"]

WIDEST: Final = 110
"""Columns of the page on a terminal that is wider: long lines are hard to read."""

STATES: Final[Mapping[PartState, tuple[str, str]]] = MappingProxyType({
    "in": ("●", "green"), "out": ("◆", "yellow"), "far out": ("▲", "red"), "not seen": ("–", "dim"),
})  # fmt: skip
"""By state of a part its mark and its style."""


def verdict_page(
    verdict: Verdict, tables: Tables, width: int, *, full: bool = False
) -> Iterator[RenderableType]:
    """The page's parts, from the label to the growth curve.

    Parameters
    ----------
    verdict
        One account's, screened with ``Explain.ALL``.
    tables
        That account, for its own numbers and its follower history.
    width
        Columns of the terminal.
    full
        Whether the statistician's numbers come, too.
    """
    shown = present(verdict.to_dict(), tables)
    yield heading(shown, width)
    if shown.key_numbers:
        yield section("Numbers", [numbers_table(shown)])
    yield section("Six parts", [parts_table(shown.parts)])
    yield section("What speaks against it", reason_parts(shown.reasons) or [text(shown.nothing_against)])
    yield section("What speaks for it", reason_parts(shown.in_favour) or [text("Nothing by itself.")])
    if verdict.annotations:
        yield section("What somebody explained", annotation_lines(shown))
    if shown.caveats:
        yield section("What else could explain it", [plain_text(one) for one in shown.caveats])
    agreed = [plain_text(shown.agreement)] if shown.agreement else []
    yield section("Yardsticks out of the usual", [*yardstick_lines(shown.parts), *agreed])
    sources = [plain_text(line) for line in sources_summary(verdict.evidence.sources)]
    yield section("What was seen, and what was not", [*sources, *evidence_lines(shown)])
    yield section("Its followers over time", growth_curve(tables.history, width - 2))
    if full:
        yield section("For statisticians", list(statistics_lines(verdict)))
    yield Text()
    yield text(f"Verdict {verdict.verdict_id} by model {verdict.model.version}.", "dim")
    more = "" if full else " --full shows the statistician's numbers."
    yield text(f"Signals for a person to weigh, and no proof of what anyone did or meant.{more}", "dim")


def heading(shown: Presentation, width: int) -> RenderableType:
    """A panel with the account, the label and its sentence, the scale, and the promise."""
    style = LABEL_STYLES[shown.label]
    label = Text.assemble((shown.label.value.upper(), style), ": ", plain_text(shown.label_name, style))
    lines = [plain_text(f"{shown.platform}, observed {shown.as_of}", "dim"), Text(), label]
    lines += [plain_text(shown.label_sentence), Text()]
    lines += scale_lines(shown.scale, shown.numbers, width - 6, style)
    lines += [
        Text(),
        *(plain_text(one) for one in (shown.scale.sentence, shown.scale.limited, shown.scale.rarity) if one),
    ]
    lines += [plain_text(one.sentence, "bold") for one in shown.added]
    lines += [plain_text(shown.promise.sentence, "dim")]
    name = "" if shown.name == shown.account_id else f"{shown.name[:40]}  "
    who = Text.assemble(text(name, "bold"), text(shown.account_id, "" if name else "bold"))
    return Panel(Group(*lines), title=who, title_align="left", width=width, padding=(1, 2))


def section(title: str, parts: Sequence[RenderableType]) -> RenderableType:
    """A title with parts indented below it."""
    return Group(Text(), Text(title, "bold underline"), Padding(Group(*parts), (0, 0, 0, 2)))


def annotation_lines(shown: Presentation) -> list[RenderableType]:
    """Each explained stretch of the history: who says what it was, and the verdict before."""
    lines, numbers = list[RenderableType](), shown.numbers
    for one in shown.verdict.annotations:
        score = one.before.authenticity_score
        before = one.before.label.value if score is None else f"{one.before.label.value}, {score} of 100"
        note = f": {one.note}" if one.note else ""
        who = "follower" if abs(one.gained) == 1 else "followers"
        ends = date.fromisoformat(one.from_), date.fromisoformat(one.to)
        lines.append(
            plain_text(
                f"{one.kind.replace('_', ' ').capitalize()}, {numbers.days(*ends)}, says {one.who}{note}."
                f" {numbers.signed(one.gained)} {who} in {numbers.counted(one.days, 'day', 'days')};"
                f" before it: {before}."
            )
        )
    return lines


def numbers_table(shown: Presentation) -> RenderableType:
    """What a team wants to know also where nothing is wrong."""
    table = plain_table(("", ""))
    table.show_header = False
    for one in shown.key_numbers:
        usual = f"; usual is {one.usual}" if one.usual else ""
        number = Text.assemble(plain_text(one.text, "bold"), plain_text(usual))
        table.add_row(plain_text(one.title), Group(number, plain_text(one.basis, "dim")))
    return table


def parts_table(parts: Sequence[Part]) -> RenderableType:
    """Each part with its state, its headline, and what was seen of it."""
    table = plain_table(("", "", ""))
    table.show_header = False
    for part in parts:
        mark, style = STATES[part.state]
        missing = f"not seen: {part.missing}" if part.missing else ""
        seen = "; ".join(filter(None, (part.seen, missing)))
        table.add_row(
            text(part.title, "bold"),
            text(f"{mark} {part.state_name}", style),
            Group(plain_text(part.headline), plain_text(seen, "dim")),
        )
    return table


def yardstick_lines(parts: Sequence[Part]) -> list[RenderableType]:
    """A sentence for each yardstick outside the usual range, and how many are inside."""
    known = [one for part in parts for one in part.yardsticks]
    lines: list[RenderableType] = [
        Text.assemble(text(f"{one.outcome.value}: ", "bold"), plain_text(one.sentence))
        for one in sorted(known, key=lambda one: one.outcome is not YardstickOutcome.FAR_OUT)
        if one.outcome is not YardstickOutcome.IN
    ]
    return [*lines, text(_inside(len(known) - len(lines), len(known)), "dim")]


def _inside(inside: int, known: int) -> str:
    """How many of the yardsticks that could be applied are in the usual range.

    >>> _inside(0, 0), _inside(0, 1)
    ('None could be applied to what was seen.', 'The one that could be applied is not in the usual range.')
    >>> _inside(1, 3)
    '1 of 3 that could be applied is in the usual range.'
    """
    if not known:
        return "None could be applied to what was seen."
    if known == 1:
        return f"The one that could be applied is {'' if inside else 'not '}in the usual range."
    return f"{inside} of {known} that could be applied {'is' if inside == 1 else 'are'} in the usual range."


def evidence_lines(shown: Presentation) -> list[RenderableType]:
    """What was found in the input, what is unfamiliar, the promise's limits, and what to send next."""
    evidence = shown.verdict.evidence
    lines = [f"Not seen, or too little of it: {', '.join(evidence.unseen)}."] if evidence.unseen else []
    if evidence.strange:
        lines.append(f"Unlike the accounts that the model knows in: {', '.join(evidence.strange)}.")
    lines += [f"Found in the input: {one}" for one in shown.findings]
    if len(evidence.families) == 1:
        lines.append(f"Everything rests on one kind of evidence: {evidence.families[0]}.")
    lines += shown.promise.limits
    if shown.send_next:
        lines.append(shown.send_next.sentence)
        lines += [f"  {way.title}: {way.how}" for way in shown.send_next.ways[:3]]
    return [plain_text(line) for line in lines]


def growth_curve(history: pl.DataFrame, width: int) -> list[RenderableType]:
    """The curve of follower counts over time, ``width`` columns wide."""
    counts = history.select("date", "followers").drop_nulls().sort("date")
    if counts.height < 2:
        return [text("No follower history was given.")]
    curve = Curve(counts["date"].to_list(), counts["followers"].to_list())
    return [Text(line, no_wrap=True) for line in curve.lines(width)]
