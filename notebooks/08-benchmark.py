# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The real-data benchmark
#
# Simulated accounts are the detector's home game. This notebook reads what it does away: on public sets that people labelled, and on
# real accounts into which something was put. It draws what `make bench-real` measured and keeps in `benchmarks/quality/results/`;
# nothing is measured anew, so it takes seconds. Read it with two questions: is a trained detector worth more than a rule
# that anyone could write, and where does it fail?

# %%
import json
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

import accounts

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
RESULTS = Path(accounts.__file__).parents[1] / "benchmarks" / "quality" / "results"


def results_of(name, part="tasks"):
    tasks = json.loads((RESULTS / f"{name}.json").read_text())[part]
    return {task: one["result"] for task, one in tasks.items()}, {
        one["model"]["version"] for one in tasks.values()
    }


away, versions = results_of("zero_shot")
print(f"{len(away)} labelled sets, judged by model {', '.join(sorted(versions))}.")

# %% [markdown]
# ## Sets that others labelled
#
# For each set the AUC of the detector, which never saw it, beside two opponents: the untrained rank of the same numbers in their
# declared directions, and the best single number. Lines are 95 % intervals.

# %%
OPPONENTS = {
    "union auc": ("Assay", BLUE),
    "directed rank auc": ("untrained rank", GREY),
    "one number auc": ("one number", RED),
}
rows = [
    {"set": name, "who": who, **one["figures"][figure]}
    for name, one in away.items()
    for figure, (who, _) in OPPONENTS.items()
    if one["figures"].get(figure)
]
figures = pd.DataFrame(rows)
order = figures[figures["who"] == "Assay"].sort_values("value")["set"].tolist()
figure, axis = plt.subplots(figsize=(9, 0.5 * len(order) + 1), layout="constrained")
for offset, (who, colour) in zip((-0.2, 0, 0.2), OPPONENTS.values(), strict=True):
    own = figures[figures["who"] == who].set_index("set").reindex(order)
    place = np.arange(len(order)) - offset
    axis.hlines(place, own["low"], own["high"], color=colour, alpha=0.5)
    axis.plot(own["value"], place, "o", color=colour, label=who, markersize=5)
axis.axvline(0.5, color="black", linewidth=1)
axis.set_yticks(range(len(order)), order)
axis.set(xlabel="AUC")
axis.legend(frameon=False, loc="lower left")
table = figures.pivot_table(index="set", columns="who", values="value")
beaten = (table["Assay"] > table[["untrained rank", "one number"]].max(axis=1)).sum()
below = (figures[figures["who"] == "Assay"].set_index("set")["low"] <= 0.5).sum()
print(
    f"The detector is ahead of both opponents on {beaten} of {len(table)} sets; "
    f"on {below} its interval reaches down to a coin or below."
)
worst = table["Assay"].idxmin()
print(f"Worst: {worst}, {table.loc[worst, 'Assay']:.2f}.")

# %% [markdown]
# An AUC says that fakes stand higher than others on average, not that anyone is accused. And where a set shows so little that
# no signal can be heard, one half is silence, and no coin. So here is in how many accounts of each kind one was heard at all.

# %%
heard = pd.DataFrame(
    {
        name: {kind: one["heard"][kind]["rate"] for kind in ("authentic", "positives")}
        for name, one in away.items()
        if "heard" in one
    }
).T
print((100 * heard).round(0).astype(int).add_suffix(", % heard").to_string())
silent = heard.index[heard.max(axis=1) == 0]
alone = [name for name, one in away.items() if set(one["levels"]) == {"profile"}]
print(
    f"Silent on {len(silent)} sets{': ' + ', '.join(silent) if len(silent) else ''}; "
    f"{len(alone)} of {len(away)} show a profile and nothing else."
)

# %% [markdown]
# ## Real accounts into which something was put
#
# Nobody publishes real creators with a label "bought these followers on that day". So followers and engagement are *added* to real
# organic accounts, in known doses, and the detector is asked again. Left: how many of the accounts are accused as they are,
# which is as good as always a mistake. Right: how many once the dose is in; white where the set has no such count to add to.

# %%
real, _ = results_of("real_injected")
clean = pd.Series({name: one["as_found"]["everything"]["accused"]["rate"] for name, one in real.items()})
doses = pd.DataFrame(
    [
        {
            "set": name,
            "what": f"{one['way']} +{100 * one['dose']:g} %",
            "dose": one["dose"],
            "accused": one["accused"]["rate"],
        }
        for name, result in real.items()
        for one in result["injected"]
    ]
)
grid = doses.pivot_table(index="set", columns="what", values="accused", sort=False).reindex(
    clean.sort_values().index
)
figure, (left, right) = plt.subplots(
    1, 2, figsize=(12, 0.4 * len(grid) + 1.6), layout="constrained", width_ratios=(1, 3)
)
left.barh(grid.index, 100 * clean[grid.index], color=RED)
left.axvline(1, color="black", linewidth=1)
left.set(xlabel="accused as they are, in %", ylim=(len(grid) - 0.5, -0.5))
image = right.imshow(grid, cmap="cividis", vmin=0, vmax=1, aspect="auto")
right.set_xticks(range(grid.shape[1]), grid.columns, rotation=60, ha="right", fontsize=8)
right.set_yticks([])
figure.colorbar(image, ax=right, label="accused once it is in")
over = clean[clean > 0.01]
print(
    f"{len(over)} of {len(clean)} sets have more than 1 % accused as they are"
    f"{': ' + ', '.join(f'{name} {100 * rate:.1f} %' for name, rate in over.items()) if len(over) else ''}."
)
by_way = doses.assign(way=doses["what"].str.partition(" ")[0]).groupby("way")["accused"].mean().sort_values()
print("Found on average: " + ", ".join(f"{way} {100 * rate:.0f} %" for way, rate in by_way.items()) + ".")
largest = doses[doses["dose"] == doses["dose"].max()]
print(
    f"Even at the largest dose {100 * (1 - largest['accused'].mean()):.0f} % of the accounts are not accused."
)

# %% [markdown]
# ## What this shows, and what not
#
# * The sets on which it is no better than one number are the ones to distrust it on.
# * A set of followers' profiles says nothing about curves of growth, and the other way round: no set has all of it.
# * What was added by a script has the script's own regularity. Real orders may be hidden better; then these shares are too high.
#
# ## What to do next
#
# * All figures with their intervals, among them those of sealed halves: [what was measured](../docs/quality.md).
# * Get a set ([public data](../docs/data.md)) and measure one detector: `make bench-real NAME=youtube_channels MODEL=mine`.
# * `assay promote` counts a challenger's accusations among real accounts that train nobody (`ASSAY_DATA`), and refuses one that makes more; it asks nothing of the labelled sets above.
