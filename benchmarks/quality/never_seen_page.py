"""The tables on kinds that training never held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from benchmarks.quality.part import Result
from benchmarks.quality.writing import rate, share, table

__all__ = ["tables"]

MOST_ACCUSED: Final = 0.02
MOST_CLEARED: Final = 0.20


def tables(result: Result) -> Iterable[str]:
    """Both tables, the worst first, and what was aimed at.

    Parameters
    ----------
    result
        By hand and kind what :func:`benchmarks.quality.never_seen.compared` found, under ``tasks``.
    """
    kinds: Mapping[str, Any] = {
        name: one
        for hand in result["tasks"].values()
        for name, one in hand.items()
        if one["unseen"]["accused"]["n"]
    }
    if honest := ranked(kinds, "accused", honest=True):
        yield verdict(kinds, honest, "accused", MOST_ACCUSED, "honest kind")
        yield honest_table(kinds, honest)
    if fraud := ranked(kinds, "cleared", honest=False):
        yield verdict(kinds, fraud, "cleared", MOST_CLEARED, "scheme")
        yield fraud_table(kinds, fraud)


def ranked(kinds: Mapping[str, Any], what: str, *, honest: bool) -> list[str]:
    """The honest kinds or the schemes, the worst first."""
    names = [name for name, one in kinds.items() if one["honest"] is honest]
    return sorted(names, key=lambda name: -kinds[name]["unseen"][what]["rate"])


def verdict(kinds: Mapping[str, Any], names: Sequence[str], what: str, most: float, of: str) -> str:
    """The worst, and how many miss the aim."""
    worst, over = names[0], [name for name in names if kinds[name]["unseen"][what]["rate"] > most]
    return (
        f"**Aim: no unseen {of} {what} in more than {share(most, 0)}.** The worst is `{worst}` with "
        f"{shown(kinds[worst]['unseen'][what])}; {len(over)} of {len(names)} miss the aim"
        + (f": {', '.join(f'`{name}`' for name in over)}." if over else ".")
    )


def honest_table(kinds: Mapping[str, Any], names: Collection[str]) -> str:
    """False accusations, seen and unseen."""
    titles = (
        "left out", "accounts", "accused, unseen", "accused, seen", "more", "review, unseen",
        "cleared, unseen",
    )  # fmt: skip
    rows = [
        (
            f"`{name}`", str(unseen["accused"]["n"]), shown(unseen["accused"]), shown(seen["accused"]),
            signed(more["accused"]), *(share(unseen[label]["rate"], 0) for label in ("review", "cleared")),
        )
        for name in names
        for unseen, seen, more in [[kinds[name][part] for part in ("unseen", "seen", "more")]]
    ]  # fmt: skip
    return table(titles, rows)


def fraud_table(kinds: Mapping[str, Any], names: Collection[str]) -> str:
    """What is cleared and what is found, seen and unseen."""
    titles = (
        "left out", "accounts", "cleared, unseen", "cleared, seen", "more", "cleared, strength from 50 %",
        "recall, unseen", "recall, seen", "recall, full evidence",
    )  # fmt: skip
    rows = [
        (
            f"`{name}`", str(unseen["cleared"]["n"]), shown(unseen["cleared"]), shown(seen["cleared"]),
            signed(more["cleared"]), shown(kinds[name]["strong"]["cleared"]),
            *(shown(one["accused"]) for one in (unseen, seen, kinds[name]["full evidence"])),
        )
        for name in names
        for unseen, seen, more in [[kinds[name][part] for part in ("unseen", "seen", "more")]]
    ]  # fmt: skip
    return table(titles, rows)


def shown(one: Result) -> str:
    """A rate with its interval, a dash where there is none."""
    return rate(one, counts=False) if one["n"] else "–"


def signed(one: Result) -> str:
    """A difference in per cent of accounts."""
    return f"{100 * one['value']:+.1f} [{100 * one['low']:+.1f}, {100 * one['high']:+.1f}]"
