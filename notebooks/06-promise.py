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
# # The promise
#
# Assay says: of authentic accounts like those it was calibrated on, at most alpha are accused, with 95 % confidence. This notebook
# tries that claim. How many accounts does it take, does it hold when drawn again and again, what breaks it, and what does it cost?
#
# Nothing here needs a model but the last part; the rest is arithmetic that you can change. `ASSAY_NOTEBOOK_ACCOUNTS` says how many
# simulated accounts that part judges.

# %%
import os

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from accounts.simulation import simulate
from detector.bundle import load, starter_path
from detector.screening import Detector
from detector.threshold import accusation_threshold, allowed_errors

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
ACCOUNTS = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "2000"))
ALPHA = 0.01

# %% [markdown]
# ## How many accounts it takes
#
# The threshold is the suspicion that only k authentic accounts exceed, where k is the most that can be borne: with more, the true
# rate could be over alpha. Under a certain number of accounts not even none is few enough, and nobody is accused at all.

# %%
sizes = np.arange(50, 3001, 10)
borne = {alpha: [allowed_errors(int(n), alpha) for n in sizes] for alpha in (0.05, 0.02, 0.01)}
figure, axis = plt.subplots(figsize=(8.5, 3.6), layout="constrained")
for (alpha, ks), colour in zip(borne.items(), (BLUE, GREY, RED), strict=True):
    values = np.array([np.nan if k is None else 100 * k / n for k, n in zip(ks, sizes, strict=True)])
    axis.plot(sizes, values, color=colour, label=f"alpha {100 * alpha:g} %")
    first = next(n for n in range(1, 3001) if allowed_errors(n, alpha) is not None)
    print(f"alpha {100 * alpha:g} %: from {first} authentic accounts on somebody can be accused.")
axis.set(xlabel="authentic accounts that set the threshold", ylabel="of these above it, in %")
axis.legend(frameon=False)
n = 3000
print(
    f"Even {n:,} accounts set the line where {100 * allowed_errors(n, ALPHA) / n:.2f} % of them lie above, not {100 * ALPHA:g} %: "
    "the difference pays for not knowing."
)

# %% [markdown]
# ## Does it hold?
#
# Draw authentic accounts, set the threshold, look up the true rate above it; 4,000 times. The promise allows one draw in twenty to
# end up over alpha. The rule beside it is what one would do without thinking of chance: the plain quantile.

# %%
draw = np.random.default_rng(6)
ROUNDS = 4000
rules = {"Assay": [], "plain quantile": []}
for _ in range(ROUNDS):
    suspicion = draw.random(400)  # uniform: the true rate above a threshold t is then 1 - t
    rules["Assay"].append(1 - accusation_threshold(suspicion, ALPHA))
    rules["plain quantile"].append(1 - np.quantile(suspicion, 1 - ALPHA))
figure, axis = plt.subplots(figsize=(8.5, 3.2), layout="constrained")
edges = np.linspace(0, 0.04, 60)
for (name, rates), colour in zip(rules.items(), (BLUE, RED), strict=True):
    axis.hist(rates, edges, color=colour, alpha=0.6, label=name)
    print(
        f"{name}: over {100 * ALPHA:g} % in {100 * np.mean(np.array(rates) > ALPHA):.1f} % of the draws; mean {100 * np.mean(rates):.2f} %."
    )
axis.axvline(ALPHA, color="black", linewidth=1)
axis.set(xlabel="true false-accusation rate", ylabel="draws")
axis.legend(frameon=False)

# %% [markdown]
# ## What breaks it
#
# The promise is for accounts *like those* that set the threshold. Suppose authentic accounts at a customer's look a little more suspicious:
# their log-odds are shifted. The line shows how fast the rate leaves what was promised.

# %%
def moved(rate, shift):
    odds = rate / (1 - rate)
    return 1 / (1 + np.exp(-shift) / odds)


shifts = np.linspace(0, 2, 41)
typical = np.median(rules["Assay"])
rates = 100 * moved(typical, shifts)
figure, axis = plt.subplots(figsize=(8.5, 3), layout="constrained")
axis.plot(shifts, rates, color=BLUE)
axis.axhline(100 * ALPHA, color=RED, linewidth=1)
axis.set(xlabel="shift of the authentic accounts, log-odds", ylabel="accused, in %")
broken = shifts[rates > 100 * ALPHA]
print(f"A shift of {broken[0]:.2f} breaks it for the median draw; at 2 the rate is {rates[-1]:.1f} %.")

# %% [markdown]
# That is why a verdict says what it was `calibrated_on`, and why `assay recalibrate` asks for accounts of your own.
#
# ## What it costs
#
# A strict promise finds less. Here the starter judges simulated accounts of the kind that trained it, which flatters; half of the authentic ones set the threshold,
# the other half count who is wrongly accused, at each alpha.

# %%
population = simulate(ACCOUNTS, seed=30)
detector = Detector(load(starter_path()))
suspicion = detector.predict(population.tables).suspicion
labels = population.labels.to_pandas()
authentic = ~(labels["inflated"] | labels["automated"]).to_numpy()
strong = ~authentic & (labels["strength"].fillna(0) >= 0.5).to_numpy()
known = ~np.isnan(suspicion)
honest = np.flatnonzero(authentic & known)
draw.shuffle(honest)
sets, counts = honest[::2], honest[1::2]
lines = []
for alpha in (0.01, 0.02, 0.03, 0.05, 0.1, 0.2):
    threshold = accusation_threshold(suspicion[sets], alpha)
    if threshold is not None:
        above = suspicion > threshold
        lines.append(
            (alpha, above[counts].mean(), above[~authentic & known].mean(), above[strong & known].mean())
        )
costs = pd.DataFrame(lines, columns=["alpha", "falsely accused", "found", "found of the strong"])
print((100 * costs).round(1).to_string(index=False))
figure, axis = plt.subplots(figsize=(8.5, 3.4), layout="constrained")
for column, colour in zip(costs.columns[1:], (RED, GREY, BLUE), strict=True):
    axis.plot(100 * costs["alpha"], 100 * costs[column], "o-", color=colour, label=column)
axis.set(xlabel="alpha, in %", ylabel="of the accounts, in %")
axis.legend(frameon=False)
first, last = costs.iloc[0], costs.iloc[-1]
print(
    f"With {len(sets)} accounts to set it, the strictest alpha possible here is {100 * first['alpha']:g} %: it finds "
    f"{100 * first['found']:.0f} % of all that is not authentic, against {100 * last['found']:.0f} % at {100 * last['alpha']:g} %."
)

# %% [markdown]
# These figures judge all evidence alike, to keep the arithmetic in sight; Assay sets a threshold for each evidence level, and
# an account with little evidence is often neither accused nor cleared.
#
# ## What to do next
#
# * Have authentic accounts of your own? `assay recalibrate verified.jsonl --out mine --alpha 0.05` takes 59 of them.
# * What the starter's promise is worth on real accounts was measured: [what was measured](../docs/quality.md), and
#   [08, the benchmark](08-benchmark.ipynb).
# * Accounts change: look again every month. [07, drift](07-drift.ipynb).
