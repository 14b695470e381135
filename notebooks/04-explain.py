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
# # Explain
#
# A verdict that cannot be explained should not be acted on. This notebook takes the detector that comes with Assay apart on
# four scales: which numbers move each signal over all accounts, how two of them go together, one verdict down to its
# sentences, and last a verdict that is *wrong*, with what would have changed it.
#
# The accounts are simulated, so it is known who bought. `ASSAY_NOTEBOOK_ACCOUNTS` says how many.

# %%
import os

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from accounts.less import BLOCKS, without_block
from accounts.simulation import simulate
from detector.bundle import load, starter_path
from detector.causes import cause_of
from detector.screening import Detector
from detector.signals import SIGNALS

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
ACCOUNTS = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "2000"))
population = simulate(ACCOUNTS, seed=30)
detector = Detector(load(starter_path()))
predicted = detector.predict(population.tables)
features = predicted.features
labels = population.labels.to_pandas().set_index("account_id").loc[features.index]
authentic = ~(labels["inflated"] | labels["automated"]).to_numpy()
outcome = pd.Series([label.value for label in predicted.decisions.labels], index=features.index)
print(
    pd.crosstab(
        np.where(authentic, "authentic", "not authentic"), outcome, rownames=[""], colnames=["verdict"]
    ).to_string()
)

# %% [markdown]
# ## Globally: what moves each signal
#
# Each signal is a small model of its own. The bars are mean absolute contributions (exact SHAP values, in log-odds) over the
# accounts that the signal can be heard for, summed over numbers that tell one story.

# %%
def moved(signal):
    scorer = detector.bundle.scorers[signal.name]
    rows = features[list(scorer.features)].notna().any(axis=1)
    weights = pd.Series(np.abs(scorer.contributions(features[rows]))[:, :-1].mean(axis=0), scorer.features)
    return weights.groupby(cause_of).sum().sort_values().tail(5)


some = [
    signal for signal in SIGNALS if signal.name in ("followers_stock", "followers_flow", "likes", "comments")
]
figure, axes = plt.subplots(2, 2, figsize=(11, 5.4), layout="constrained")
for axis, signal in zip(axes.flat, some, strict=True):
    weights = moved(signal)
    axis.barh(weights.index, weights, color=BLUE)
    axis.set(title=signal.name)
    print(
        f"{signal.name}: most of all {weights.index[-1]}, {weights.iloc[-1] / weights.sum():.0%} of the five shown."
    )

# %% [markdown]
# ## How two numbers go together
#
# The score of `followers_stock` over a grid of followers and engagement, all else as in one authentic account of middling
# size. If the two did not interact, the right panel, which is what the sum of their separate effects leaves over, would be blank.

# %%
scorer = detector.bundle.scorers["followers_stock"]
full = features[authentic & features[["followers_size", "engagement_rate"]].notna().all(axis=1).to_numpy()]
one = full.loc[(full["followers_size"] - full["followers_size"].median()).abs().idxmin()]
sizes = np.linspace(*full["followers_size"].quantile([0.03, 0.97]), 24)
rates = np.logspace(*np.log10(full["engagement_rate"].clip(lower=1e-4).quantile([0.03, 0.97])), 24)
grid = pd.DataFrame([one] * (len(sizes) * len(rates))).reset_index(drop=True)
grid["followers_size"], grid["engagement_rate"] = np.repeat(sizes, len(rates)), np.tile(rates, len(sizes))
odds = np.log(np.clip(scorer.score(grid), 1e-9, 1 - 1e-9))
odds = (odds - np.log1p(-np.exp(odds))).reshape(len(sizes), len(rates)).T
rest = odds - odds.mean(axis=0, keepdims=True) - odds.mean(axis=1, keepdims=True) + odds.mean()
figure, axes = plt.subplots(1, 2, figsize=(11, 3.8), layout="constrained", sharey=True)
for axis, values, title, colours in zip(
    axes, (odds, rest), ("score, log-odds", "what their sum leaves over"), ("cividis", "RdBu_r"), strict=True
):
    most = np.abs(rest).max() or 1.0
    limits = {"vmin": -most, "vmax": most} if values is rest else {}
    mesh = axis.pcolormesh(sizes, rates, values, cmap=colours, **limits)
    figure.colorbar(mesh, ax=axis)
    axis.set(title=title, xlabel="followers, decimal logarithm", yscale="log")
axes[0].set(ylabel="engagement rate")
print(
    f"The score moves by {np.ptp(odds):.2f} over the grid; at most {np.abs(rest).max():.2f} of it is interaction."
)

# %% [markdown]
# ## Locally: one verdict
#
# The most suspicious account to which something was added. Bars to the right speak against it, to the left for it; each is one
# cause, told by its plainest number.

# %%
def verdict_of(account_id, tables=None):
    (verdict,) = detector.screen((tables or population.tables).select([account_id]), explain="all")
    return verdict


def draw(verdict, title):
    reasons = [*verdict.reasons[:6], *verdict.counter_reasons[:6]]
    reasons = sorted(reasons, key=lambda reason: reason.contribution)
    _, axis = plt.subplots(figsize=(9, 0.5 * len(reasons) + 1), layout="constrained")
    weights = [reason.contribution for reason in reasons]
    axis.barh(
        [f"{reason.feature} ({reason.signal})" for reason in reasons],
        weights,
        color=[RED if weight > 0 else BLUE for weight in weights],
    )
    axis.axvline(0, color=GREY, linewidth=1)
    axis.set(title=title, xlabel="contribution, log-odds")


suspicion = pd.Series(predicted.suspicion, index=features.index)
bought = suspicion[labels["inflated"].to_numpy()].idxmax()
verdict = verdict_of(bought)
draw(verdict, f"{bought}: {verdict.label}; what was simulated: {labels.loc[bought, 'scheme']}")
for reason in verdict.reasons[:4]:
    print(f"{reason.contribution:+.2f}  {reason.sentence}.")

# %% [markdown]
# ## A wrong verdict taken apart
#
# The authentic account that the detector likes least. It is accused only if it stands above the threshold, which happens to few;
# either way it is the one to learn from: what did it look like, which evidence did that, and what would have changed it?

# %%
wrong = suspicion[authentic].idxmax()
verdict = verdict_of(wrong)
event = labels.loc[wrong, "event"]
accused = verdict.label.value in ("inflated", "automated")
print(
    f"{wrong} is authentic{f' and had a {event}' if isinstance(event, str) else ''}; "
    f"the verdict is {verdict.label}, which is {'wrong' if accused else 'no accusation'}."
)
draw(verdict, f"{wrong}: {verdict.label}")
for reason in verdict.reasons[:3]:
    print(f"{reason.contribution:+.2f}  {reason.sentence}.")
for sentence in verdict.caveats[:2]:
    print(f"What else could explain it: {sentence}")

# %% [markdown]
# The same account without each block of its evidence, as `assay explain --without` does it: the block whose absence raises the score
# most is the one that spoke loudest against it. Leaving it out is no remedy, of course; looking at it is.

# %%
scores = {"all of it": verdict.authenticity_score}
for block in BLOCKS:
    if verdict.evidence.blocks[block].present:
        without = verdict_of(wrong, without_block(population.tables, block))
        scores[f"without {block}"] = without.authenticity_score
scores = pd.Series({name: np.nan if value is None else value for name, value in scores.items()}, dtype=float)
figure, axis = plt.subplots(figsize=(8, 2.6), layout="constrained")
axis.barh(scores.index, scores, color=[RED, *[BLUE] * (len(scores) - 1)])
axis.set(xlim=(0, 100), xlabel="score of 100; higher is better")
axis.invert_yaxis()
gain = (scores - scores.iloc[0]).iloc[1:].dropna()
if len(gain) and gain.max() >= 10:
    print(f"Most of it rests on one block: {gain.idxmax()} its score would be {gain.max():.0f} higher.")
else:
    print("No single block carries it: without any one of them the score rises by less than 10, if at all.")

# %% [markdown]
# ## What to do next
#
# * `assay explain accounts.jsonl --account ID` shows all of this for one account of yours; `--as-of DATE` what was known by a day.
# * If the wrong verdicts among *your* accounts have something in common, label them: [05, your own labels](05-own-labels.ipynb).
# * How often a verdict may be wrong at all is a promise with a number: [06, the promise](06-promise.ipynb).
