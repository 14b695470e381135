"""How the pages write figures in Markdown: rates, intervals, tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["interval", "number", "rate", "refusals", "share", "table"]


def number(value: float | None, digits: int = 3) -> str:
    """A figure between 0 and 1 without its zero, or nothing.

    >>> number(0.98765), number(1.0), number(-0.012), number(None)
    ('.988', '1.000', '-.012', '')
    """
    if value is None:
        return ""
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def interval(figure: Mapping[str, Any] | None, digits: int = 3) -> str:
    """A figure with its interval.

    >>> interval({"value": 0.9, "low": 0.85, "high": 0.94})
    '.900 [.850, .940]'
    """
    if figure is None or figure["value"] is None:
        return ""
    value, low, high = (number(figure[part], digits) for part in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def share(value: float | None, digits: int = 1) -> str:
    """A share in per cent, or nothing.

    >>> share(0.0123), share(None)
    ('1.2 %', '')
    """
    return "" if value is None else f"{100 * value:.{digits}f} %"


def rate(one: Mapping[str, Any], *, counts: bool = True) -> str:
    """A share of counted accounts with its exact interval.

    >>> rate({"k": 1, "n": 50, "rate": 0.02, "low": 0.0005, "high": 0.106})
    '2.0 % [0.1, 10.6] (1 of 50)'
    """
    if one["rate"] is None:
        return "none of 0"
    text = f"{share(one['rate'])} [{100 * one['low']:.1f}, {100 * one['high']:.1f}]"
    return f"{text} ({one['k']:,} of {one['n']:,})" if counts else text


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""A Markdown table.

    >>> print(table(["set", "AUC"], [["made|up", ".9"]]))
    | set | AUC |
    |---|---|
    | made\|up | .9 |
    """
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles), *lines])


def refusals(refused: Mapping[str, str]) -> str:
    """What was not measured and why, as a list."""
    return "\n".join(f"- `{name}` was not measured: {sentence}" for name, sentence in refused.items())
