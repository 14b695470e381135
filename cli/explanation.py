"""A verdict as a page for the terminal, part by part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import polars as pl
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from accounts.tables import Tables
from cli.curve import Curve
from cli.terminal import text
from cli.wording import LABEL_STYLES, MEANINGS, SIGNAL_NAMES, SIGNALS, evidence_in_short, guarantee, share
from detector.amounts import COUNT_OF
from detector.verdict import Evidence, Reason, Scalar, SignalReading, Verdict
from detector.yardsticks import YardstickReading
from detector.yardsticks.declaration import Outcome
from features.sentences import written

__all__ = ["WIDEST", "explanation"]

BAR: Final = 24
WIDEST: Final = 110
LONGEST_CELL: Final = 60


def explanation(verdict: Verdict, tables: Tables, width: int) -> Iterator[RenderableType]:
    """The page's parts, from the label to the growth curve.

    Parameters
    ----------
    verdict
        Of one account, with its reasons.
    tables
        That account.
    width
        Columns of the terminal.
    """
    yield heading(verdict, width)
    yield section("How sure", [text(guarantee(verdict))])
    yield section("What was seen", seen(verdict.evidence))
    yield section("Which counts", readings(verdict.signals))
    signals = spoken_of(verdict)
    yield section(f"What speaks for {signals}", reasons(verdict.reasons) or [text("Nothing.")])
    yield section(f"What speaks against {signals}", reasons(verdict.counter_reasons) or [text("Nothing.")])
    if verdict.caveats:
        yield section("What else could explain it", [text(one) for one in verdict.caveats])
    yield section("An expert's yardsticks", yardsticks(verdict.yardsticks))
    yield section("Its comments", [text(line) for line in comments(verdict)])
    yield section("Its audience", [text(line) for line in audience(verdict)])
    yield section("Its followers over time", growth(tables.history, width - 2))
    yield Text()
    yield text(f"Verdict {verdict.verdict_id} by model {verdict.model.version}.", "dim")
    yield text("Signals for a person to weigh, and no proof of what anyone did or meant.", "dim")


def heading(verdict: Verdict, width: int) -> RenderableType:
    """Who, the label with what it means, the score, and the probabilities."""
    label = Text.assemble(
        (verdict.label.value.upper(), LABEL_STYLES[verdict.label]), f": {MEANINGS[verdict.label]}"
    )
    scores = Table.grid(padding=(0, 2))
    score = verdict.authenticity_score
    scores.add_row(
        "authenticity score", bar(None if score is None else score / 100), text(known(score, " of 100"))
    )
    for head, chance in verdict.probabilities.items():
        scores.add_row(
            f"probability {head}", bar(chance), text("unknown" if chance is None else share(chance))
        )
    who = Text.assemble(
        text(verdict.account_id, "bold"), "  on ", text(verdict.platform), "  as of ", text(verdict.as_of)
    )
    return Panel(Group(label, Text(), scores), title=who, title_align="left", width=width, padding=(1, 2))


def known(value: object, unit: str) -> str:
    """A value with its unit, or that it is unknown."""
    return "unknown" if value is None else f"{value}{unit}"


def bar(part: float | None) -> Text:
    """A share as a bar."""
    full = round((part or 0.0) * BAR)
    return Text.assemble(("█" * full, "bold"), ("░" * (BAR - full), "dim"))


def section(title: str, parts: Sequence[RenderableType]) -> RenderableType:
    """A titled part of the page."""
    return Group(Text(), Text(title, "bold underline"), Padding(Group(*parts), (0, 0, 0, 2)))


def seen(evidence: Evidence) -> list[RenderableType]:
    """What the verdict rests on, and what would help."""
    lines = [f"Seen: {evidence_in_short({name: block.n for name, block in evidence.blocks.items()})}."]
    if evidence.unseen:
        lines.append(f"Not seen, or too little of it: {', '.join(evidence.unseen)}.")
    if evidence.strange:
        lines.append(f"Unlike the accounts that the model knows in: {', '.join(evidence.strange)}.")
    if len(evidence.families) == 1:
        lines.append(f"Everything rests on one kind of evidence: {evidence.families[0]}.")
    if evidence.expected_recall is not None:
        found = share(evidence.expected_recall)
        lines.append(f"With this much evidence {found} of known fakes (simulated) are flagged.")
    if evidence.send_next:
        lines.append(f"Send next: {evidence.send_next}.")
    return [text(line) for line in lines]


def readings(signals: Sequence[SignalReading]) -> list[RenderableType]:
    """Each kind of evidence with how rare its score is among authentic accounts, and how much was added."""
    if not signals:
        return [text("No kind of evidence can be weighed with this.")]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("evidence", "probability", "as high among authentic accounts", ""):
        table.add_column(name, overflow="fold")
    for one in signals:
        style = "bold" if one.over else ""
        table.add_row(
            text(SIGNAL_NAMES[one.name], style), text(share(one.probability), style),
            text(share(one.p_value), style), text(over(one), style),
        )  # fmt: skip
    return [table]


def over(one: SignalReading) -> str:
    """That a signal is over the threshold, and how much of its count came as bought ones do."""
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


def yardsticks(found: Sequence[YardstickReading]) -> list[RenderableType]:
    """Those that are out, a sentence each, and how many are in."""
    lines = [
        Text.assemble(text(f"{one.outcome.value}: ", "bold"), text(capital(one.sentence)))
        for one in found
        if one.outcome is not Outcome.IN
    ]
    inside = sum(one.outcome is Outcome.IN for one in found)
    return [*lines, text(f"{inside} of {len(found)} that could be applied are in the usual range.", "dim")]


def spoken_of(verdict: Verdict) -> str:
    """What the reasons are about."""
    heads = dict.fromkeys(reason.head for reason in (*verdict.reasons, *verdict.counter_reasons))
    return " and ".join(SIGNALS[head] for head in heads) or "any signals"


def reasons(found: Iterable[Reason]) -> list[RenderableType]:
    """Each reason with its numbers and its rows."""
    return [part for number, reason in enumerate(found, 1) for part in one_reason(number, reason)]


def one_reason(number: int, reason: Reason) -> Iterator[RenderableType]:
    """A sentence, the numbers behind it, and the account's own rows."""
    yield Text.assemble(f"{number}. ", text(capital(reason.sentence), "bold"))
    yield Padding(text(numbers(reason), "dim"), (0, 0, 0, 3))
    if reason.rows:
        yield Padding(rows_table(reason.rows), (0, 0, 0, 3))


def capital(sentence: str) -> str:
    """The sentence with a capital letter and a full stop."""
    return f"{sentence[:1].upper()}{sentence[1:]}."


def numbers(reason: Reason) -> str:
    """Value, what is typical, where the value stands, and what it adds."""
    low, high = (written(bound, reason.unit) for bound in reason.typical) if reason.typical else ("", "")
    parts = [
        f"{reason.feature} ({reason.family})",
        f"value {written(reason.value, reason.unit)}",
        f"typical {low} to {high}" if reason.typical else "typical range unknown",
        "" if reason.percentile is None else f"percentile {reason.percentile:.3g}",
        f"contribution {reason.contribution:+.2f} to {reason.signal}",
    ]
    return " · ".join(part for part in parts if part)


def rows_table(rows: Sequence[Mapping[str, Scalar]]) -> Table:
    """The rows that show a reason."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in rows[0]:
        numeric = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(text(cell(value)) for value in row.values()))
    return table


def cell(value: Scalar) -> str:
    """One value of a row.

    >>> cell(21400), cell(0.123456), cell(None), cell("x" * 99)[-1]
    ('21,400', '0.123', '–', '…')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"
    return value if len(value) <= LONGEST_CELL else f"{value[: LONGEST_CELL - 1]}…"


def comments(verdict: Verdict) -> Iterator[str]:
    """What its comments are made of."""
    found = verdict.comments
    if found is None:
        yield "Too few comments to say anything."
        return
    kinds = {"promotion": found.promotion, "praise for anything": found.generic, "templates": found.template}
    yield (
        f"Of {found.read:,} comments read "
        + ", ".join(
            f"{share(one.share)} are {name} ({share(one.interval[0])} to {share(one.interval[1])})"
            for name, one in kinds.items()
        )
        + "."
    )
    if found.bought_like.n:
        yield f"{found.bought_like.n:,} of them came as bought ones do: same authors, texts or minutes."


def audience(verdict: Verdict) -> Iterator[str]:
    """Who the sampled followers are."""
    found = verdict.audience
    if found is None:
        yield "Too few sampled followers to say anything."
        return
    low, high = found.interval
    yield (
        f"Of {found.sampled:,} sampled followers {share(found.fake_share)} look fake "
        f"({share(low)} to {share(high)} of all, with 95 % confidence). That does not say who brought them."
    )
    others = (
        f"{name.replace('_', ' ')} {share(one.share)}"
        for name, one in found.types.items()
        if name != "suspicious"
    )
    yield f"The others: {', '.join(others)}."


def growth(history: pl.DataFrame, width: int) -> list[RenderableType]:
    """The curve of followers."""
    counts = history.select("date", "followers").drop_nulls().sort("date")
    if counts.height < 2:
        return [text("No follower history was given.")]
    curve = Curve(counts["date"].to_list(), counts["followers"].to_list())
    return [Text(line, no_wrap=True) for line in curve.lines(width)]
