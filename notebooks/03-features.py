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
# # Explore the features
#
# Assay derives its numbers from an account before any model looks at it. This notebook asks four questions of them: what is
# known of whom, what is usual, which of them tell bought from earned engagement by themselves, and which say the same thing
# twice. Last, it opens one value down to the rows that it was made of.
#
# The accounts are simulated, so every figure here is about *these* accounts. With accounts of your own, replace the first
# cell's population by `assay.read("creators.jsonl")` and leave out what needs labels. `ASSAY_NOTEBOOK_ACCOUNTS` says how many.

# %%
import os

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from sklearn.metrics import roc_auc_score

from accounts.simulation import simulate
from detector.causes import cause_of
from features.catalogue import CATALOGUE, by_name
from features.declaration import INFLATED, Direction
from features.derive import derive
from features.evidence import BLOCKS
from features.sentences import format_value
from features.supporting_rows import supporting_rows
from features.views import Views

BLUE, RED, GREY = "#24567a", "#b5403b", "#9aa5b1"
ACCOUNTS = int(os.environ.get("ASSAY_NOTEBOOK_ACCOUNTS", "2000"))
population = simulate(ACCOUNTS, seed=30)
views = Views(population.tables)
numbers = derive(views)
labels = population.labels.to_pandas().set_index("account_id").loc[numbers.index]
authentic = ~(labels["inflated"] | labels["automated"]).to_numpy()
inflated = labels["inflated"].to_numpy()
print(f"{numbers.shape[1]} numbers of {len(numbers):,} accounts, of which {authentic.sum():,} are authentic.")

# %% [markdown]
# ## What is known of whom
#
# Absent is never zero. A number whose evidence is missing is NaN, and stays NaN down to the model. So the first thing to look
# at is what is there: each bar is the share of accounts that have a value, averaged over the features that need that block.

# %%
known = numbers.notna().mean()
needs = {block: [one.name for one in CATALOGUE if block in one.blocks] for block in BLOCKS}
coverage = pd.Series({block: known[names].mean() for block, names in needs.items()})
figure, axis = plt.subplots(figsize=(8, 2.6), layout="constrained")
axis.barh(coverage.index, coverage, color=BLUE)
axis.set(xlim=(0, 1), xlabel="share of accounts that have a value")
axis.invert_yaxis()
rarest = known[known > 0].idxmin()
print(
    f"{(known == 0).sum()} numbers are known of nobody here: their evidence, such as posts seen twice, is not simulated."
)
print(f"Of the others the least often known is {rarest}, in {100 * known[rarest]:.1f} % of the accounts.")

# %% [markdown]
# ## What is usual
#
# Engagement falls with size, which is why a rate alone says little. The band holds nine in ten authentic accounts of a size;
# red dots are accounts to which something was added.

# %%
size, rate = numbers["followers_size"], np.log10(numbers["engagement_rate"].replace(0, np.nan))
both = size.notna() & rate.notna()
bins = pd.cut(size, np.arange(1.5, 7.6, 0.5))
bands = (
    rate[both & authentic]
    .groupby(bins[both & authentic], observed=True)
    .quantile([0.05, 0.5, 0.95])
    .unstack()
)
middle = [interval.mid for interval in bands.index]
figure, axis = plt.subplots(figsize=(9, 4), layout="constrained")
axis.fill_between(
    middle, bands[0.05], bands[0.95], color=GREY, alpha=0.4, label="nine in ten authentic accounts"
)
axis.plot(middle, bands[0.5], color=BLUE, label="their median")
rows = both & inflated
axis.scatter(size[rows], rate[rows], s=9, color=RED, alpha=0.6, label="something was added")
axis.set(xlabel="followers, decimal logarithm", ylabel="engagement rate, decimal logarithm")
axis.legend(frameon=False)
inside = rate[rows].between(*(np.interp(size[rows], middle, bands[edge]) for edge in (0.05, 0.95)))
print(
    f"{100 * inside.mean():.0f} % of the accounts to which something was added lie inside the band all the same."
)

# %% [markdown]
# ## Which of them tell by themselves
#
# The area under the ROC curve (AUC) of each number alone, authentic against inflated accounts, in the direction that its
# declaration gives. A half is a coin. Only numbers known of three accounts in ten are shown.

# %%
def auc_of(name):
    rows = numbers[name].notna().to_numpy() & (authentic | inflated)
    if known[name] < 0.3 or min(inflated[rows].sum(), (~inflated[rows]).sum()) < 20:
        return np.nan
    value = roc_auc_score(inflated[rows], numbers.loc[rows, name])
    low = by_name(name).direction_for(INFLATED) is Direction.LOW
    return 1 - value if low else value


declared = [one.name for one in CATALOGUE if one.direction_for(INFLATED) is not Direction.NEITHER]
alone = pd.Series({name: auc_of(name) for name in declared}).dropna().sort_values()
best = alone.tail(14)
figure, axis = plt.subplots(figsize=(8, 4.6), layout="constrained")
axis.hlines(best.index, 0.5, best, color=GREY)
axis.plot(best, best.index, "o", color=BLUE)
axis.axvline(0.5, color=GREY, linewidth=1)
axis.set(xlabel="AUC of the number alone")
wrong_way = alone[alone < 0.5]
print(
    f"The best by itself is {alone.index[-1]} with {alone.iloc[-1]:.2f}; "
    f"{len(wrong_way)} of {len(alone)} point the wrong way here, against their declared direction."
)

# %% [markdown]
# One number sees one way of buying: what was bought for likes leaves the follower curve alone. The table splits the same
# accounts by what was added, for the five best numbers.

# %%
kinds = labels["scheme"].where(inflated).value_counts().head(6).index


def auc_for(name, scheme):
    rows = numbers[name].notna().to_numpy() & (authentic | (labels["scheme"] == scheme).to_numpy())
    if min((rows & inflated).sum(), (rows & authentic).sum()) < 5:
        return np.nan
    value = roc_auc_score(inflated[rows], numbers.loc[rows, name])
    return 1 - value if by_name(name).direction_for(INFLATED) is Direction.LOW else value


by_kind = pd.DataFrame({name: {kind: auc_for(name, kind) for kind in kinds} for name in alone.index[-5:]}).T
print(by_kind.round(2).to_string(na_rep="-"))

# %% [markdown]
# ## Which say the same twice
#
# Rank correlations among the numbers of engagement. Bright blocks tell one story in several numbers; a reader of a verdict
# gets one number of each *cause* (`detector.causes`), the plainest.

# %%
own = [name for name in numbers.columns if by_name(name).family == "engagement" and known[name] > 0.3]
own = sorted(own, key=lambda name: (cause_of(name), name))
correlation = numbers[own].corr(method="spearman").abs()
figure, axis = plt.subplots(figsize=(8.5, 7), layout="constrained")
image = axis.imshow(correlation, cmap="cividis", vmin=0, vmax=1)
axis.set_xticks(range(len(own)), own, rotation=90, fontsize=6)
axis.set_yticks(range(len(own)), own, fontsize=6)
figure.colorbar(image, label="rank correlation, either sign", shrink=0.7)
pairs = correlation.where(np.triu(np.ones(correlation.shape, bool), 1)).stack()
twins = pairs[pairs > 0.9]
together = sum(cause_of(left) == cause_of(right) for left, right in twins.index)
print(f"{len(twins)} pairs correlate above .9; {together} of them stand under one cause.")

# %% [markdown]
# ## One value, down to its rows
#
# A feature declares which rows show it. Here is the most extreme value of the best number above.

# %%
shown = next(name for name in reversed(alone.index) if by_name(name).rows is not None)
feature = by_name(shown)
extreme = numbers[shown].idxmin() if feature.direction is Direction.LOW else numbers[shown].idxmax()
place = numbers.index.get_loc(extreme)
(found,) = supporting_rows(feature, np.array([place]), views)
print(f"{extreme}: {feature.sentence.format(value=format_value(numbers.loc[extreme, shown], feature.unit))}.")
print(
    f"It is {'one to which something was added' if inflated[place] else 'not one to which something was added'}."
)
print(pd.DataFrame(found).to_string(index=False))

# %% [markdown]
# ## What to do next
#
# * Look every number up in [the list of features](../docs/features.md): meaning, evidence that it needs, source.
# * See what the models make of them together: [04, explain](04-explain.ipynb).
# * Miss one? A file of Python adds it: [a feature of your own](../docs/python.md#a-feature-of-your-own).
