"""The statistician's numbers of a verdict: signals, thresholds, and the figures behind every reason."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding

from cli.display.plain_table import plain_table
from cli.display.reason_parts import INDENT, figures
from cli.display.terminal import text
from cli.display.verdict_text import SIGNAL_NAMES, per_cent, verdict_promise
from detector.verdict import SignalReading, Verdict

__all__ = ["statistics_lines"]


def statistics_lines(verdict: Verdict) -> Iterator[RenderableType]:
    """Probabilities, suspicion and threshold; each signal; and what each feature adds."""
    chances = ", ".join(
        f"{head} {'unknown' if chance is None else per_cent(chance)}"
        for head, chance in verdict.probabilities.items()
    )
    yield text(f"Probabilities: {chances}.")
    if verdict.suspicion is not None:
        rarity = verdict.authentic_p_value
        rare = "" if rarity is None else f"; p among authentic accounts {per_cent(rarity)}"
        yield text(f"Suspicion {verdict.suspicion:.4f}, and 100 x (1 - suspicion) is the score{rare}.")
    yield text(verdict_promise(verdict))
    yield text(f"Evidence level {verdict.guarantee.evidence_level}.")
    if verdict.signals:
        yield text("")
        yield signals_table(verdict.signals)
    for title, reasons in (("Against", verdict.reasons), ("For", verdict.counter_reasons)):
        if reasons:
            yield text(f"{title}:", "bold")
        for place, reason in enumerate(reasons, 1):
            yield Padding(text(f"{place}. {figures(reason)}", "dim"), INDENT)
    if sums := [sum_line(verdict, one) for one in verdict.signals if one.base is not None]:
        yield text("Contributions add up, in log-odds before calibration:", "bold")
        yield from (Padding(text(one, "dim"), INDENT) for one in sums)


def sum_line(verdict: Verdict, signal: SignalReading) -> str:
    """A signal's average account, the reasons and counter-reasons cited for it, all else, and their sum."""
    cited = [
        one.contribution for one in (*verdict.reasons, *verdict.counter_reasons) if one.signal == signal.name
    ]
    base, rest = signal.base or 0.0, signal.rest or 0.0
    parts = [f"average {base:+.2f}", f"cited {sum(cited):+.2f}", f"all else {rest:+.2f}"]
    return f"{SIGNAL_NAMES[signal.name]}: {', '.join(parts)}, together {base + sum(cited) + rest:+.2f}"


def signals_table(signals: tuple[SignalReading, ...]) -> RenderableType:
    """Each kind of evidence: its probability, and its p-value among authentic accounts."""
    table = plain_table(("signal", "probability", "as high among authentic accounts", ""), header_style="dim")
    for one in signals:
        style = "bold" if one.over else ""
        table.add_row(
            text(SIGNAL_NAMES[one.name], style), text(per_cent(one.probability), style),
            text(per_cent(one.p_value), style), text("over the threshold" if one.over else "", style),
        )  # fmt: skip
    return table
