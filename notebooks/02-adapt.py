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
# # Adapt the detector to your own creators
#
# The starter has only seen simulated creators and a few public sets. Yours differ: in what their fans do, in what their
# source shows. Given some hundred accounts that you know to be authentic, `assay adapt` puts every scheme into copies of
# them, refits the heads, and rests the promise on these accounts. This notebook does the same without a command line, and
# tests it on accounts that were left out.
#
# With `ASSAY_DATA` set (docs/data.md) the creators are real: Instagram accounts that their collectors judged not automated, the open
# part of `instafake_posts`. Without it they are simulated ones of another regime than the training's, and the notebook says
# so. Set `ASSAY_NOTEBOOK_ACCOUNTS` for more or fewer simulated training accounts. Everything is written to a temporary folder.

# %%
# %matplotlib inline
import os
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
from matplotlib import pyplot as plt
from sklearn.metrics import roc_auc_score, roc_curve

from accounts.errors import BadInput
from accounts.simulation import simulate
from accounts.simulation.regimes.test import TEST
from accounts.tables import Tables
from detector.locate import locate, open_detector
from features.derive import derive
from training.adapt import adapt
from training.adapt_trial import BANDS, WAYS
from training.datasets import instafake_posts
from training.datasets.base import data_folder, development
from training.injection import authentic, inject
from training.labelled_rows import labelled_rows
from training.tracking import ModelRegistry

SIMULATED = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "3000"))
FOLDER = Path(tempfile.mkdtemp(prefix="assay-notebook-"))
HOME = Path(os.environ.get("ASSAY_HOME", Path.home() / ".assay"))

# %% [markdown]
# ## The creators
#
# Only profile and posts are there: no history, no comments. That is what most exports hold, and what can be seen depends on it.

# %%
def with_posts(tables, least):
    several = tables.posts.group_by("account_id").len().filter(pl.col("len") >= least)
    return tables.select(several["account_id"].to_list())


try:
    creators, kind = with_posts(development(instafake_posts.load(data_folder())), 5), "real"
except BadInput:
    other = simulate(SIMULATED, seed=21, regime="test")
    honest = other.labels.filter(~pl.col("inflated") & ~pl.col("automated"))["account_id"].to_list()
    shown = Tables.of(accounts=other.tables.accounts, posts=other.tables.posts).select(honest)
    creators, kind = with_posts(shown, 5), "simulated, as no data folder is set"
names = np.random.default_rng(0).permutation(np.array(creators.accounts["account_id"], dtype=object)).tolist()
own = creators.select(names[: min(300, max(SIMULATED // 5, 100), len(names) * 2 // 3)])
left_out = creators.select(names[len(own) :][: SIMULATED // 10][:150])
alpha = 0.01 if len(own) >= 300 else 0.05
print(f"{len(own)} creators to adapt to and {len(left_out)} left out ({kind}); promise {alpha:.0%}")

# %%
population = simulate(SIMULATED, seed=20)
guilty = (population.labels["inflated"] | population.labels["automated"]).to_numpy()
clouds = {"simulated, honest": derive(population.tables)[~guilty], f"yours ({kind})": derive(own)}
figure, axis = plt.subplots(figsize=(7, 3.6), layout="constrained")
for (name, numbers), colour in zip(clouds.items(), ("#9aa5b1", "#24567a"), strict=True):
    rate = np.log10(numbers["engagement_rate"].replace(0, np.nan))
    axis.scatter(numbers["followers_size"], rate, s=8, alpha=0.6, color=colour, label=name)
axis.set(xlabel="followers, decimal logarithm", ylabel="engagement rate, decimal logarithm")
_ = axis.legend(frameon=False)

# %% [markdown]
# Where your creators lie closer together than the simulated ones, a purchase stands out sooner among them: that is what adapting
# can gain.
#
# ## Adapting
#
# `adapt` is a function from values to values: no path, no clock. It keeps an account and all its copies in one fold, and sets
# thresholds on each account by heads that saw neither.

# %%
base = open_detector(None, HOME).bundle
now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
adapted = adapt(base, own, population, created_at=now, digest="0" * 64, alpha=alpha)
facts = adapted.bundle.facts
print(f"from {locate(None, HOME).name} to version {facts.version}: calibrated on {facts.calibrated_on}")
pd.DataFrame(
    [
        {
            "level": row.level,
            "accounts": row.authentic_accounts,
            "threshold": row.accuse_above,
            "expected recall": row.expected_recall,
        }
        for row in adapted.bundle.levels
        if row.accuse_above is not None
    ]
).round(3)

# %% [markdown]
# ## What to expect
#
# Copies of accounts in the held-out fold got schemes with the habits of the *test* regime. The bars are the shares accused at the
# promised rate, with exact 95 % intervals.

# %%
recall = adapted.trial.recall
ways = [way for way in WAYS if (way, "+100 %") in recall]
figure, axis = plt.subplots(figsize=(8, 3.4), layout="constrained")
for number, (band, colour) in enumerate(zip(BANDS, ("#c9d3dc", "#7b9bb5", "#24567a"), strict=True)):
    known = [recall[way, band].as_dict() for way in ways]
    at = np.arange(len(ways)) + (number - 1) * 0.27
    value = np.array([one["rate"] for one in known])
    error = [value - [one["low"] for one in known], [one["high"] for one in known] - value]
    axis.bar(at, value, width=0.25, color=colour, label=band, yerr=error, ecolor="#55606b", capsize=2)
axis.set(xticks=np.arange(len(ways)), xticklabels=ways, ylabel="share accused", ylim=(0, 1))
_ = axis.legend(frameon=False, ncols=3)

# %%
print("cannot be seen with this evidence:", ", ".join(adapted.trial.unheard) or "nothing")
print(
    "hardly ever seen:", ", ".join(" ".join(mark).strip() for mark in adapted.trial.rarely_found) or "nothing"
)
print(f"{len(adapted.outlying)} of your accounts look unlike the others")
for one in adapted.outlying[:5]:
    print(f"  {one.why}")

# %% [markdown]
# ## Before and after, on creators left out
#
# Neither detector has seen these. AUC is of the suspicion, the one number that the threshold is put on.

# %%
def suspicion(bundle, population):
    rows = labelled_rows(population)
    return np.nan_to_num(bundle.signal_models.suspicion(rows.features, rows.levels, rows.platforms))


detectors = {"before": base, "adapted": adapted.bundle}
untouched = authentic(left_out)
figure, axes = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained", sharey=True)
lines = []
for axis, way in zip(axes, ("likes", "followers", "whole package"), strict=True):
    schemes = {name: odds for name, odds in TEST.inflated.items() if name in WAYS[way]}
    regime = replace(TEST, inflated=schemes, automated={})
    altered = inject(left_out, 5, regime, strength=BANDS["+400 %"])
    for (name, bundle), colour in zip(detectors.items(), ("#9aa5b1", "#24567a"), strict=True):
        honest, fakes = suspicion(bundle, untouched), suspicion(bundle, altered)
        truth, scores = np.repeat([0, 1], [len(honest), len(fakes)]), np.concatenate([honest, fakes])
        false, true, _ = roc_curve(truth, scores)
        axis.plot(false, true, color=colour, label=name)
        lines.append({"way": way, "detector": name, "AUC": roc_auc_score(truth, scores)})
    axis.set(title=f"{way}, +400 %", xlabel="false accusations")
axes[0].set_ylabel("found")
_ = axes[0].legend(frameon=False)

# %%
pd.DataFrame(lines).pivot_table(index="way", columns="detector", values="AUC").round(2)

# %%
rows = labelled_rows(untouched)
over = (
    suspicion(adapted.bundle, untouched)
    > adapted.bundle.levels.limits(rows.levels, rows.platforms).accuse_above
)
print(f"{over.sum()} of {len(over)} creators left out are accused; promised are at most {alpha:.0%}")

# %% [markdown]
# ## The run in MLflow
#
# What is kept: the settings, the expected recall with both ends of its interval, and the bundle as a new version of the model.

# %%
store = ModelRegistry.at(f"sqlite:///{FOLDER}/mlflow.db")
measured = {f"recall.{way}.{band.strip('+ %') or 'any'}": rate.value for (way, band), rate in recall.items()}
store.record_adapted(adapted.bundle, base.sha256, measured, {"unheard": list(adapted.trial.unheard)}).version

# %% [markdown]
# ## What this does not show
#
# * Copies hold the simulator's schemes. Your vendors' may be subtler: the shares accused are a guide.
# * The promise holds for authentic accounts like those given. It rests on their scores by heads that had not seen them.
# * With 300 accounts and 1 %, the threshold is the most suspicious of them. More accounts raise recall more than anything else.
# * An account that looks unlike the others may be inflated, or just unusual. Look at it; its place on the list proves nothing.
