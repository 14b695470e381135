"""Figures in Markdown: rates, intervals, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

__all__ = [
    "auc_of_suspicion",
    "hold_out",
    "interval",
    "number",
    "rate",
    "rate_interval",
    "section",
    "share",
    "spaced_table",
    "table",
]


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


def auc_of_suspicion(one: Mapping[str, Any], figure: str = "union auc") -> str:
    """The AUC of the suspicion on a set; words where no account's evidence reaches a signal.

    All accounts are as suspicious as each other then, and an AUC of .5 was not measured but follows.

    >>> even = {"value": 0.5, "low": 0.5, "high": 0.5}
    >>> auc_of_suspicion({"figures": {"union auc": even}})
    'no signal is heard'
    >>> auc_of_suspicion({"figures": {"union auc": even | {"high": 0.6}}})
    '.500 [.500, .600]'
    """
    found = one["figures"][figure]
    unheard = {found[part] for part in ("value", "low", "high")} == {0.5}
    return "no signal is heard" if unheard else interval(found)


def share(value: float | None, digits: int = 1) -> str:
    """A share in per cent, or nothing.

    >>> share(0.0123), share(None)
    ('1.2 %', '')
    """
    return "" if value is None else f"{100 * value:.{digits}f} %"


def rate(one: Mapping[str, Any], digits: int = 1) -> str:
    """A rate in per cent with its exact interval, and how many of how many it is.

    >>> rate({"k": 1, "n": 50, "rate": 0.02, "low": 0.0005, "high": 0.106})
    '2.0 % [0.1, 10.6] (1 of 50)'
    """
    text = rate_interval(one, digits)
    return text if one["rate"] is None else f"{text} ({one['k']:,} of {one['n']:,})"


def rate_interval(one: Mapping[str, Any], digits: int = 1) -> str:
    """A rate in per cent with its exact interval.

    >>> rate_interval({"k": 1, "n": 50, "rate": 0.02, "low": 0.0005, "high": 0.106}, 0)
    '2 % [0, 11]'
    >>> rate_interval({"k": 0, "n": 0, "rate": None, "low": 0.0, "high": 1.0})
    'none of 0'
    """
    if one["rate"] is None:
        return "none of 0"
    low, high = (f"{100 * one[end]:.{digits}f}" for end in ("low", "high"))
    return f"{share(one['rate'], digits)} [{low}, {high}]"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, rule: str = "---") -> str:
    r"""A Markdown table.

    >>> print(table(["set", "AUC"], [["made|up", ".9"]]))
    | set | AUC |
    |---|---|
    | made\|up | .9 |
    """
    lines = ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(titles) + " |", "|" + f"{rule}|" * len(titles), *lines])


def spaced_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table with spaces in the rule below the titles."""
    return table(titles, rows, rule=" --- ")


def section(texts: Iterable[str], refused: Mapping[str, str]) -> str:
    r"""Texts as one section, empty ones left out; at its end what was not measured.

    >>> section(["About.", ""], {"some_set": "It is missing."})
    'About.\n\n- `some_set` was not measured: It is missing.'
    """
    return "\n\n".join(filter(None, [*texts, refusals(refused)]))


def hold_out(
    result: Mapping[str, Any], heading: str, write: Callable[[Mapping[str, Any]], Iterable[str]]
) -> list[str]:
    """A part's texts on its hold-out, written from the figures under ``sealed``; a sentence if unopened."""
    if not result["sealed"]:
        return ["The sealed accounts have not been opened."]
    return [heading, *write(result["sealed"])]


def refusals(refused: Mapping[str, str]) -> str:
    """Why tasks were not measured, as a list."""
    return "\n".join(f"- `{name}` was not measured: {sentence}" for name, sentence in refused.items())
