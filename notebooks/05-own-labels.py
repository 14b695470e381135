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
# # Your own labels
#
# A team has looked at creators and said what they are. This notebook takes that table the whole way to the point where a model
# may be trained on it: read it, settle what contradicts itself, look again at what looks mistaken, set accounts aside, and
# find out what the detector that is in use is worth on them.
#
# So that it is known which labels are mistaken, the team is played: simulated accounts stand in for yours, with three people
# who label, disagree now and then, and err in one of fifteen. `ASSAY_NOTEBOOK_ACCOUNTS` says how many accounts.

# %%
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from accounts.simulation import simulate
from detector.bundle import load, starter_path
from detector.screening import Detector
from detector.threshold import clopper_pearson, upper_bound
from training.labelled_evaluation import evaluate_labelled
from training.own_labels.label_doubts import label_doubts
from training.own_labels.label_file import read_labels
from training.own_labels.own_accounts import label_accounts
from training.own_labels.resolve import resolve

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
ACCOUNTS = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "2000"))
FOLDER = Path(tempfile.mkdtemp(prefix="assay-notebook-"))
population = simulate(ACCOUNTS, seed=30)
tables = population.tables

# %% [markdown]
# ## The table
#
# One row for each judgement. Only `account_id` and `label` must be there; `counts` says what is not its own, and is what teaches
# a head about followers, likes or comments in particular. [Every column](../docs/labels.md).

# %%
draw = np.random.default_rng(4)
true = population.labels.to_pandas()
true_labels = np.where(true["automated"], "automated", np.where(true["inflated"], "inflated", "authentic"))
mistaken = draw.random(len(true)) < 1 / 15
judged_labels = np.where(mistaken, np.where(true_labels == "authentic", "inflated", "authentic"), true_labels)
labels = pd.DataFrame(
    {
        "account_id": true["account_id"],
        "label": judged_labels,
        "labelled_at": "2026-11-02",
        "labelled_by": draw.choice(["ada", "ben", "cho"], len(true)),
        "confidence": draw.choice(["0.7", "0.9", "1"], len(true)),
    }
)
again = labels.sample(frac=0.1, random_state=4).assign(
    labelled_by="ben", labelled_at="2026-11-20", confidence="1"
)
again["label"] = true_labels[again.index]
table = pd.concat([labels, again])
file = FOLDER / "labels.csv"
table.to_csv(file, index=False)
rows = read_labels(file)
print(table.head(4).to_string(index=False))
print(
    f"{len(rows):,} judgements of {len(labels):,} accounts, of which {mistaken.sum()} are mistaken at first."
)

# %% [markdown]
# ## Who is right where two disagree
#
# The more confident, then the newer; where both are equal, nobody, and the account trains nothing. Every conflict is shown by
# `assay labels check`; here are the first.

# %%
resolved = resolve(rows)
for conflict in resolved.conflicts[:3]:
    print(conflict)
settled = resolved.labels.to_pandas().set_index("account_id")["label"].reindex(true["account_id"])
still = (settled.to_numpy() != true_labels) & settled.notna().to_numpy()
print(f"{len(resolved.conflicts)} conflicts; after the rule {still.sum()} labels are still mistaken.")

# %% [markdown]
# ## Labels to look at again
#
# Links between accounts and an expert's yardsticks name labels that a person should see once more. The detector's score is no part
# of it on purpose: labels that a detector chose would teach and measure it by itself.

# %%
detector = Detector(load(starter_path()))
doubts = label_doubts(tables, resolved.labels, detector)
listed = {one.account_id for one in doubts}
wrong = set(true["account_id"][still])
found = len(listed & wrong)
for one in doubts[:3]:
    print(f"{one.account_id}: {one.why}.")
if listed:
    share = found / len(listed)
    print(
        f"{len(listed)} listed, {found} of them mistaken ({share:.0%}, against {still.mean():.0%} among all); "
        f"{len(wrong) - found} mistaken labels are not listed."
    )
else:
    print(f"None is listed; {len(wrong)} are mistaken all the same.")

# %% [markdown]
# ## A hold-out for good
#
# Three in ten accounts, by a digest of their ids, never train. They are the same ones next month, whatever is added.

# %%
own = label_accounts(tables, resolved.labels, "labels.csv")
for part, accounts in (("train", own.train), ("held out", own.hold_out)):
    authentic, fake = own.counts(accounts)
    print(f"{part}: {authentic} authentic, {fake} not.")

# %% [markdown]
# ## What the detector in use is worth on them
#
# Measured on the hold-out by the same path that screens.

# %%
found = evaluate_labelled(detector, own.hold_out)
authentic, fake = own.counts(own.hold_out)
verdicts = detector.screen(own.hold_out.tables, explain="none")
truth = own.hold_out.labels.to_pandas().set_index("account_id")
answers = pd.crosstab(
    np.where(
        truth.loc[[one.account_id for one in verdicts], ["inflated", "automated"]].any(axis=1),
        "not",
        "authentic",
    ),
    [one.label.value for one in verdicts],
    rownames=["labelled"],
    colnames=["verdict"],
)
print(answers.to_string())
accused = answers.reindex(columns=["inflated", "automated"]).fillna(0).sum(axis=1)
for kind, n in (("authentic", authentic), ("not", fake)):
    k = int(accused.get(kind, 0))
    low, high = clopper_pearson(k, n)
    print(f"{kind}: {k} of {n} accused, {100 * low:.1f} to {100 * high:.1f} %.")

# %% [markdown]
# How many of the authentic ones that it accuses are labelled so by mistake? A measurement is no better than its labels.

# %%
by_mistake = wrong & {one.account_id for one in verdicts if one.label.value in ("inflated", "automated")}
by_mistake &= set(truth.index[~truth[["inflated", "automated"]].any(axis=1)])
print(
    f"{len(by_mistake)} of the {int(accused.get('authentic', 0))} authentic accounts accused are mistaken labels."
)

# %% [markdown]
# ## How many labels are enough?
#
# For a *promise*, authentic accounts count, and none accused. The curve is the largest false-accusation rate that is still possible,
# with 95 % confidence, where none of so many was accused, and where one was.

# %%
sizes = np.unique(np.geomspace(20, 3000, 40).astype(int))
figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
for wrongs, colour in ((0, BLUE), (1, RED)):
    bounds = [100 * upper_bound(wrongs, int(n)) for n in sizes]
    axis.plot(sizes, bounds, color=colour, label=f"{wrongs} accused")
own_authentic = own.counts(own.train)[0] + authentic
axis.axvline(own_authentic, color=GREY, linestyle="--", label=f"yours: {own_authentic:,}")
axis.axhline(1, color=GREY, linewidth=1)
axis.set(xscale="log", yscale="log", xlabel="authentic accounts", ylabel="still possible, in %")
axis.legend(frameon=False)
print(
    f"With {own_authentic:,} authentic accounts and none accused at most {100 * upper_bound(0, own_authentic):.2f} % is possible."
)

# %% [markdown]
# And how the hold-out's answers spread over the score: where the two colours overlap, no threshold divides them.

# %%
suspicion = detector.predict(own.hold_out.tables).suspicion
fakes = truth[["inflated", "automated"]].any(axis=1).loc[[one.account_id for one in verdicts]].to_numpy()
known = ~np.isnan(suspicion)
figure, axis = plt.subplots(figsize=(8, 3), layout="constrained")
edges = np.linspace(0, 1, 21)
axis.hist(suspicion[known & ~fakes], edges, color=BLUE, alpha=0.6, label="labelled authentic")
axis.hist(suspicion[known & fakes], edges, color=RED, alpha=0.6, label="labelled otherwise")
axis.set(xlabel="suspicion", ylabel="accounts")
axis.legend(frameon=False)

# %% [markdown]
# ## What to do next
#
# * `assay labels import labels.csv`, then `assay train --accounts creators.jsonl`: the table that you made trains beside simulated accounts.
# * Authentic ones alone are worth giving: `assay adapt` takes 100 ([02](02-adapt.ipynb)), `assay recalibrate` 59 for 5 % or 299 for 1 %.
# * [From labels to a promoted model](../docs/retraining.md) is the same as commands, to the drift report.
