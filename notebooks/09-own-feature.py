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
# # A feature of your own
#
# You know something of your market that Assay's numbers do not say. This notebook takes it from an idea to a model that screens with
# it: declare, check, look, train, carry, promote. The idea: bought likes are dealt out to *every* post, so the posts that did
# worst do oddly well. If nine in ten posts lie close to the median, nobody ever flopped.
#
# Everything is written to a temporary folder. The training here is a tiny one, to show the way: its figures are not to be
# relied on. `ASSAY_NOTEBOOK_ACCOUNTS` says how many accounts (500 at least).

# %%
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from sklearn.metrics import roc_auc_score

from accounts.errors import NoUsableModel
from accounts.simulation import simulate
from detector.bundle import load, save
from detector.heads import ScorerParams
from detector.model_store import ModelStore
from detector.outside_check import check_file, readers_of
from detector.screening import Detector
from features.derive import derive
from features.outside import drop_features, use_features
from features.page import render_features
from training.config import TrainingConfig
from training.evaluate import evaluate
from training.fit import fit
from training.fitness import fit_to_judge

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
ACCOUNTS = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "2000"))
FOLDER = Path(tempfile.mkdtemp(prefix="assay-notebook-"))

# %% [markdown]
# ## Declare it
#
# A file of Python. `FAMILY` says with which of Assay's features the signals read it; `direction`, which of its values are suspicious;
# `sentence`, what a verdict says; `rows`, what it shows; `known`, how much evidence it takes; `cause`, which other numbers tell the
# same story. The docstring holds an example, which is tried.

# %%
MY_FEATURES = '''
import polars as pl

from assay.features import HIGH, INFLATED, Rows, feature, posts, quotient
from assay.testing import derive_one

FAMILY = "engagement"


@feature(
    posts, unit="ratio", speaks_to=INFLATED, direction=HIGH, known={"likes": 5}, cause="spread of likes",
    sentence="the likes that nine in ten of its posts exceed are {value} times the median",
    source="ours: whoever buys likes for every post never flops",
    rows=Rows(by="likes", show=("published_at", "likes"), descending=False),
)
def worst_posts() -> pl.Expr:
    """Likes that nine in ten posts exceed, over the median of all.

    >>> derive_one(worst_posts, likes=[50, 100, 100, 100, 100, 200])
    0.75
    """
    return quotient(pl.col("likes").quantile(0.1, "linear"), pl.col("likes").median())
'''
file = FOLDER / "my_features.py"
file.write_text(MY_FEATURES)
(used,) = use_features([file])
(mine,) = used.features
print(render_features(file.name, used.features).split("\n## Views")[0])

# %% [markdown]
# ## Check it
#
# The same checks that every feature of the catalogue passes: absent where its evidence is, the same bits in any order, partition or
# number of threads, untouched by what it does not read, and scale, clock and gaps only where excused. On the command line:
# `assay features check my_features.py`.

# %%
check_file(used)
print(f"{mine.name} passes, and is read by {', '.join(readers_of(mine))}.")

# %% [markdown]
# ## Look at it
#
# Before anything is trained: does it tell anything at all, and does it tell more than what is there already?

# %%
population = simulate(ACCOUNTS, seed=30)
numbers = derive(population.tables)
labels = population.labels.to_pandas().set_index("account_id").loc[numbers.index]
authentic = ~(labels["inflated"] | labels["automated"]).to_numpy()
likes = labels["scheme"].fillna("").str.contains("likes").to_numpy()
known = numbers[mine.name].notna().to_numpy()
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.4), layout="constrained")
edges = np.linspace(0, 1.05, 30)
for rows, colour, name in ((authentic, BLUE, "authentic"), (likes, RED, "bought likes")):
    left.hist(numbers.loc[rows & known, mine.name], edges, density=True, color=colour, alpha=0.6, label=name)
    right.scatter(
        numbers.loc[rows & known, "likes_variation"],
        numbers.loc[rows & known, mine.name],
        s=8,
        alpha=0.5,
        color=colour,
    )
left.set(xlabel=mine.name, ylabel="density")
left.legend(frameon=False)
right.set(xlabel="likes_variation, which is there already", ylabel=mine.name)


def auc(name, sign=1):
    rows = (authentic | likes) & numbers[name].notna().to_numpy()
    return roc_auc_score(likes[rows], sign * numbers.loc[rows, name])


both = numbers.loc[known, [mine.name, "likes_variation"]].corr(method="spearman").iloc[0, 1]
print(
    f"AUC by itself {auc(mine.name):.2f}; likes_variation has {auc('likes_variation', -1):.2f}; the two correlate by {both:+.2f}."
)
if auc(mine.name) < 0.5:
    print("Under a half: here it points the other way than was thought.")
elif abs(both) > 0.8:
    print("Much of it is there already.")
else:
    print("It says something that likes_variation does not.")

# %% [markdown]
# ## Train on it
#
# The file stands behind Assay's own features now, so that training derives, masks, fits and explains it like these. On the command
# line: `assay train --features my_features.py`.

# %%
config = TrainingConfig(
    accounts=ACCOUNTS,
    seed=30,
    train_share=0.38,
    calibration_share=0.25,
    test_share=0.33,
    masked_accounts=60,
    masked_copies=2,
    folds=2,
    alpha=0.2,
    max_cleared_share=0.3,
    scorer=ScorerParams(trees=25, leaves=7, least_accounts=15, l2=3.0),
)
fitted = fit(population, config, "2026-11-29T00:00:00Z")
scorer = fitted.bundle.scorers["likes"]
rows = fitted.test.features[list(scorer.features)].notna().any(axis=1)
weights = pd.Series(
    np.abs(scorer.contributions(fitted.test.features[rows]))[:, :-1].mean(axis=0), scorer.features
).sort_values(ascending=False)
rank = list(weights.index).index(mine.name) + 1
top = weights.head(12).iloc[::-1]
figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
axis.barh(top.index, top, color=[RED if name == mine.name else BLUE for name in top.index])
axis.set(xlabel="mean contribution to the signal likes, log-odds")
print(
    f"{mine.name} is number {rank} of {len(weights)} in the signal likes"
    f"{'' if weights[mine.name] > 0 else ', and moves nothing: the trees had no use for it'}."
)

# %% [markdown]
# Does a verdict cite it, with its sentence and its rows?

# %%
detector = Detector(fitted.bundle)
verdicts = detector.screen(fitted.test_population.tables, explain="all")
cited = [
    reason
    for verdict in verdicts
    for reason in (*verdict.reasons, *verdict.counter_reasons)
    if reason.feature == mine.name
]
print(f"{len(cited)} of {len(verdicts)} verdicts cite it.")
for reason in sorted(cited, key=lambda reason: -abs(reason.contribution))[:1]:
    print(f"{reason.contribution:+.2f}  {reason.sentence}.")
    print(pd.DataFrame(reason.rows).to_string(index=False))

# %% [markdown]
# ## Carry it
#
# The bundle names the file and its sha256 and does not hold it: code runs because somebody gives it, never because a model names it.

# %%
save(fitted.bundle, FOLDER / "bundle")
print({name: one.sha256[:12] for name, one in fitted.bundle.manifest.outside.items()})
drop_features([used])
try:
    load(FOLDER / "bundle")
except NoUsableModel as refusal:
    print(f"Without the file: {refusal}")
use_features([file])
print(f"With it: {load(FOLDER / 'bundle').facts.version}.")

# %% [markdown]
# ## Promote it
#
# `assay promote` holds a challenger against what screens, gate by gate. Here only the first question is asked: does it accuse and
# clear anyone at all? If so it becomes the champion of a home of its own, once a child process has loaded it.

# %%
report = evaluate(fitted)
rate = report.false_accusations["all"].as_dict()
print(
    f"{rate['k']} of {rate['n']} authentic accounts of the test part accused ({100 * config.alpha:g} % promised)."
)
models = ModelStore(FOLDER / "home")
if fit_to_judge(fitted.bundle):
    model = models.add(fitted.bundle).name
    models.check_in_child(model)
    models.make_champion(model)
    print(f"Champion of {models.home.name}: {models.champion_folder().name[:12]}.")
else:
    print("It cannot be a champion: no level has enough accounts to accuse, or to clear. Train on more.")
drop_features([used])

# %% [markdown]
# ## What to do next
#
# * If the look speaks against the idea, change the declaration or drop it: that is what looking is for. The constraints hold the
#   trees to the declared direction: what points the other way over all can move a verdict only where it points as declared.
# * Else train it properly, on 6,000 accounts or your own, with and without the file, and let `assay compare` say whether it was worth it.
# * Wherever the model goes the file goes: `--features my_features.py`, or `ASSAY_FEATURES` for the service.
# * A feature that helps everybody belongs in the catalogue: [contributing](../CONTRIBUTING.md).
