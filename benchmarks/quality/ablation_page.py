"""The section on what may be left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks.quality.part import Result
from benchmarks.quality.promise_page import share, table

__all__ = ["page"]


def page(result: Result) -> str:
    """Markdown tables of what :mod:`benchmarks.quality.ablation` measured."""
    return "\n\n".join(sections(result["tasks"], result["refused"]))


def sections(tasks: Mapping[str, Result], refused: Mapping[str, str]) -> Iterable[str]:
    """What the tables say, one after the other."""
    columns = {
        f"{name}, {head}": one for name, task in tasks.items() for head, one in task["heads"].items()
    }  # fmt: skip
    yield (
        "Heads fitted again on one fixed population of 6,000 simulated accounts (the starter has 50,000), "
        "without one thing at a time; the AUC of *everything* on fresh accounts of the other regime and, "
        "zero-shot, on the development rows of the public sets, and below it the change, in points of .01, "
        "in bold where its 95 % interval (paired bootstrap over groups) leaves out 0. *Another seed* shows "
        "what chance does."
    )  # fmt: skip
    yield aucs(columns)
    yield changes(columns)
    yield (
        "**Strangeness**: the starter's accusations with it, and without it at the same thresholds.\n\n"
        + table(
            (
                "accounts",
                "strange, authentic",
                "strange, positive",
                "FAR with",
                "without",
                "recall with",
                "without",
            ),
            [strangeness(name, task["strangeness"]) for name, task in tasks.items()],
        )
    )
    if "simulated" in tasks:
        yield anew(tasks["simulated"]["strangeness"]["set_anew"])
    yield from (f"**{name}**: not measured. {why}" for name, why in refused.items())


def aucs(columns: Mapping[str, Result]) -> str:
    """The AUC of everything, set by set."""
    return table(
        ("accounts, head", "AUC of everything", "directed rank alone"),
        [
            (name, *(area(one[variant]["auc"]) for variant in ("everything", "directed rank alone")))
            for name, one in columns.items()
        ],
    )  # fmt: skip


def area(one: Result) -> str:
    """An AUC with its interval."""
    return f"{one['value']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"


def changes(columns: Mapping[str, Result]) -> str:
    """What each variant changes, set by set."""
    names = [name for name in next(iter(columns.values()), {}) if name != "everything"]
    rows = [(name, *(change(one[name]["lead"]) for one in columns.values())) for name in names]
    return table(("variant", *columns), rows)


def change(lead: Result) -> str:
    """A difference in points, in bold where it is surely one."""
    words = f"{100 * lead['value']:+.1f}"
    return f"**{words}**" if lead["low"] > 0 or lead["high"] < 0 else words


def strangeness(name: str, one: Result) -> tuple[str, ...]:
    """One line of accusations with and without strangeness."""
    return (
        name,
        share(one["strange"]["authentic"], 1),
        share(one["strange"]["guilty"], 1),
        *(share(one[kind][how], 1) for kind in ("far", "recall") for how in ("with", "without")),
    )


def anew(found: Result) -> str:
    """Thresholds that know of strangeness, and thresholds that do not."""
    one, other = found["with"], found["without"]
    return (
        "With the threshold set anew on either half of the simulated accounts and tested on the other (one "
        f"for all levels, alpha 1 %), recall is {share(one['recall'], 1)} with strangeness and "
        f"{share(other['recall'], 1)} without it, FAR {share(one['far'])} and {share(other['far'])}."
    )
