"""The tables on kinds that training never held."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from benchmarks.quality.harness.part import Part, Result, Task
from benchmarks.quality.measurements.never_seen import (
    CONFIG,
    DEALT,
    HANDS,
    SEEDS,
    TESTED_ON,
    TRAINED_ON,
    measure,
)
from benchmarks.quality.page.markdown import rate_interval, share, table

__all__ = ["PART", "page"]

ABOUT: Final = f"""\
The kinds are dealt out to {DEALT} hands; one hand at a time is left out of the training and threshold
population ({TRAINED_ON:,} simulated accounts, {CONFIG.masked_copies} copies of each training account, alpha
{CONFIG.alpha:.0%}), and its kinds are judged among {TESTED_ON:,} accounts of the other regime, which hold
every kind in full number, at the evidence each came with. *Seen* is the same detector fitted with
everything, on the same accounts. Intervals 95 %. These detectors are fitted on an eighth of the accounts
that the starter is, so read seen against unseen."""

MOST_ACCUSED: Final = 0.02
MOST_CLEARED: Final = 0.20


def page(result: Result) -> str:
    """The section in Markdown."""
    return "\n\n".join([ABOUT, *tables(result)])


def tables(result: Result) -> Iterable[str]:
    """Both tables, the worst first, and what was aimed at.

    Parameters
    ----------
    result
        Under ``tasks``, by hand and kind, a result of
        :func:`benchmarks.quality.measurements.never_seen.compare`.
    """
    kinds: Mapping[str, Any] = {
        name: one
        for hand in result["tasks"].values()
        for name, one in hand.items()
        if one["unseen"]["accused"]["n"]
    }
    if honest := ranked(kinds, "accused", honest=True):
        yield aim_sentence(kinds, honest, "accused", MOST_ACCUSED, "honest kind")
        yield honest_table(kinds, honest)
    if fraud := ranked(kinds, "cleared", honest=False):
        yield aim_sentence(kinds, fraud, "cleared", MOST_CLEARED, "scheme")
        yield fraud_table(kinds, fraud)


def ranked(kinds: Mapping[str, Any], what: str, *, honest: bool) -> list[str]:
    """The honest kinds or the schemes, the worst first."""
    names = [name for name, one in kinds.items() if one["honest"] is honest]
    return sorted(names, key=lambda name: -kinds[name]["unseen"][what]["rate"])


def aim_sentence(kinds: Mapping[str, Any], names: Sequence[str], what: str, most: float, of: str) -> str:
    """The worst, and how many miss the aim."""
    worst, over = names[0], [name for name in names if kinds[name]["unseen"][what]["rate"] > most]
    return (
        f"**Aim: no unseen {of} {what} in more than {share(most, 0)}.** The worst is `{worst}` with "
        f"{rate_or_dash(kinds[worst]['unseen'][what])}; {len(over)} of {len(names)} miss the aim"
        + (f": {', '.join(f'`{name}`' for name in over)}." if over else ".")
    )


def honest_table(kinds: Mapping[str, Any], names: Collection[str]) -> str:
    """False accusations by the detector that was trained on the kind, and by the one that was not."""
    titles = (
        "left out", "accounts", "accused, unseen", "accused, seen", "more", "review, unseen",
        "cleared, unseen",
    )  # fmt: skip
    rows = [
        (
            f"`{name}`", str(unseen["accused"]["n"]),
            rate_or_dash(unseen["accused"]), rate_or_dash(seen["accused"]),
            signed_difference(more["accused"]),
            *(share(unseen[label]["rate"], 0) for label in ("review", "cleared")),
        )
        for name in names
        for unseen, seen, more in [[kinds[name][part] for part in ("unseen", "seen", "more")]]
    ]  # fmt: skip
    return table(titles, rows)


def fraud_table(kinds: Mapping[str, Any], names: Collection[str]) -> str:
    """Schemes cleared and found by the detector that was trained on them, and by the one that was not."""
    titles = (
        "left out", "accounts", "cleared, unseen", "cleared, seen", "more", "cleared, strength from 50 %",
        "recall, unseen", "recall, seen", "recall, full evidence",
    )  # fmt: skip
    rows = [
        (
            f"`{name}`", str(unseen["cleared"]["n"]),
            rate_or_dash(unseen["cleared"]), rate_or_dash(seen["cleared"]),
            signed_difference(more["cleared"]), rate_or_dash(kinds[name]["strong"]["cleared"]),
            *(rate_or_dash(one["accused"]) for one in (unseen, seen, kinds[name]["full evidence"])),
        )
        for name in names
        for unseen, seen, more in [[kinds[name][part] for part in ("unseen", "seen", "more")]]
    ]  # fmt: skip
    return table(titles, rows)


def rate_or_dash(one: Result) -> str:
    """A rate with its interval, a dash where there is none."""
    return rate_interval(one) if one["n"] else "–"


def signed_difference(one: Result) -> str:
    """A difference in per cent of accounts."""
    return f"{100 * one['value']:+.1f} [{100 * one['low']:+.1f}, {100 * one['high']:+.1f}]"


PART: Final = Part(
    title="Never seen: schemes and honest events left out of training",
    tasks=MappingProxyType({name: Task(partial(measure, name)) for name in HANDS}),
    page=page,
    settings=MappingProxyType({
        "trained_on": TRAINED_ON, "tested_on": TESTED_ON, "seeds": SEEDS, "dealt": DEALT,
        "config": CONFIG.as_dict(), "version": 2,
    }),
    uses_starter=False,
)  # fmt: skip
