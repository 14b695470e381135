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
# # Drift
#
# A model is judged on the accounts of the day it was made. This notebook watches it on later ones: what the scores look like when
# nothing has changed, how large a change must be before it is seen, and where to look once it is. It is `assay drift` in slow motion.
#
# The accounts are simulated, so that it is known what has changed. `ASSAY_NOTEBOOK_ACCOUNTS` says how many.

# %%
import os

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from accounts.simulation import simulate
from detector.bundle import load, starter_path
from detector.drift.comparison import compare
from detector.drift.limits import DriftLimits
from detector.drift.scored import ScoredAccounts
from detector.screening import Detector

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
ACCOUNTS = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "2000"))
population = simulate(ACCOUNTS, seed=30)
detector = Detector(load(starter_path()))
verdicts = detector.screen(population.tables, explain="none")
scored = ScoredAccounts.of(verdict.to_dict() for verdict in verdicts)
labels = population.labels.to_pandas().set_index("account_id").loc[list(scored.account_id)]
bought = (labels["inflated"] | labels["automated"]).to_numpy()
limits = DriftLimits(rounds=199)
draw = np.random.default_rng(7)


def month(share, accounts):
    """Places of so many accounts, of which that share is not authentic; drawn with replacement."""
    fakes = round(share * accounts)
    chosen = [
        draw.choice(np.flatnonzero(bought), fakes),
        draw.choice(np.flatnonzero(~bought), accounts - fakes),
    ]
    return scored.select(np.concatenate(chosen))


print(f"{len(scored):,} accounts, {100 * bought.mean():.0f} % of them not authentic.")

# %% [markdown]
# ## Nothing has changed
#
# Two months, each drawn from the same accounts. The distances (PSI and KS, of suspicion and p-values) are never zero: two samples always
# differ. So each is held against what random splits of these very accounts give.

# %%
usual = bought.mean()
size = 1000
first = month(usual, size)
same = compare(first, month(usual, size), limits)
for name, one in same.statistics.items():
    print(f"{name}: {one.value:.3f}, p = {one.p_value:.2f}")
print(f"All together p = {same.p_value:.2f}: {'an alarm' if same.alarm else 'no alarm'}.")

# %% [markdown]
# ## A seller has found your creators
#
# Now the share of accounts that are not authentic rises from month to month. When does it show?

# %%
shares = np.clip(np.array([usual, usual + 0.05, usual + 0.1, usual + 0.2, usual + 0.3, usual + 0.4]), 0, 1)
found = [compare(first, month(share, size), limits) for share in shares]
distance = [one.statistics["ks suspicion"].value for one in found]
figure, axis = plt.subplots(figsize=(8.5, 3.4), layout="constrained")
axis.plot(100 * shares, distance, color=GREY)
for share, value, one in zip(shares, distance, found, strict=True):
    axis.plot(100 * share, value, "o", color=RED if one.alarm else BLUE)
axis.axhline(limits.ks, color="black", linewidth=1)
axis.set(xlabel="not authentic, in %", ylabel="KS distance of suspicion")
alarms = [share for share, one in zip(shares, found, strict=True) if one.alarm]
print(
    "Red dots are alarms. "
    + (
        f"With {size:,} accounts a month the first comes at {100 * min(alarms):.0f} %, up from {100 * usual:.0f} %."
        if alarms
        else f"With {size:,} accounts a month there is none, up to {100 * shares[-1]:.0f} %."
    )
)

# %% [markdown]
# ## Do more accounts see more?
#
# A rise by a fifth, with more and more accounts a month.

# %%
sizes = (50, 100, 200, 400, 800, 1600)
p_values = [compare(month(usual, n), month(usual + 0.2, n), limits).p_value for n in sizes]
figure, axis = plt.subplots(figsize=(8.5, 3), layout="constrained")
axis.plot(sizes, p_values, "o-", color=BLUE)
axis.axhline(limits.level, color=RED, linewidth=1, label=f"level {100 * limits.level:g} %")
axis.set(xscale="log", yscale="log", xlabel="accounts a month", ylabel="p-value")
axis.legend(frameon=False)
clear = [n for n, p in zip(sizes, p_values, strict=True) if p <= limits.level]
print(
    f"A rise by a fifth is told apart {f'from {min(clear)} accounts a month on, in this draw' if clear else 'at none of these sizes'}."
)

# %% [markdown]
# ## Where to look
#
# Once there is an alarm, the histograms say which part of the scale has moved, and the labels of each platform where. These are no alarm
# themselves: other customers bring other labels.

# %%
last = found[-1]
edges = np.arange(20) / 20
figure, axis = plt.subplots(figsize=(8.5, 3), layout="constrained")
for shift, (name, values), colour in zip(
    (0, 0.02), zip(("before", "after"), last.histograms, strict=True), (BLUE, RED), strict=True
):
    axis.bar(edges + shift, 100 * np.array(values[:20]), width=0.02, align="edge", color=colour, label=name)
axis.set(xlabel="suspicion", ylabel="of the accounts, in %")
axis.legend(frameon=False)
rows = [
    {
        "platform": one.name,
        "before": sum(one.before.values()),
        "after": sum(one.after.values()),
        "p": one.p_value,
    }
    for one in last.slices
    if one.kind == "platform"
]
print(pd.DataFrame(rows).round(3).to_string(index=False, na_rep="too few"))

# %% [markdown]
# ## What to do next
#
# * `assay drift november.jsonl december.jsonl --out drift.html` does this with the files that `assay screen` writes, and exits with 1 at an alarm.
# * With `--labels` it also says whether the promise about false accusations still holds: [how](../docs/drift.md).
# * An alarm says that accounts changed, not that the model is wrong. Label some of the new ones ([05](05-own-labels.ipynb)) and evaluate.
