"""Fits the comment model that comes with Assay.

    ASSAY_DATA=... .venv/bin/python -m training.fit_comment_model

From the development parts of three public sets whose licences allow it, texts of the simulator, and
sentences written for it. The only file that fits with scikit-learn what the detector reads as plain arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

import detector.comments
from detector.arrays import Bools, Floats
from detector.comments.characters import Codes, Places
from detector.comments.encoding import BUCKETS, READINGS, encode
from detector.comments.model import KINDS, CommentClassifier, CommentModel, Singles
from training.comment_rows import PUBLIC, labelled_rows, respelt_rows, simulated_rows, written_rows
from training.datasets.base import data_folder, is_held_out

__all__ = ["SHIPPED", "CommentSettings", "fit_comments", "fit_kind", "public_rows", "training_rows"]

LARGEST: Final = 127
SHIPPED: Final = Path(detector.comments.__file__).with_name("model.parquet")


@dataclass(frozen=True)
class CommentSettings:
    """What a fit rests on, beside its rows.

    Attributes
    ----------
    inverse_penalty
        scikit-learn's C, by kind.
    weight
        Of all rows of a source together.
    simulated_each, written_each
        Texts drawn of every style and language.
    respelt_share, respelt_weight
        Of rows that stand a second time in another spelling; these copies' weight over their source's.
    most_false
        Share of ordinary comments, out of fold, that a threshold may let count as a kind.
    folds, seed
        Of the folds, by group, and of every draw.
    """

    inverse_penalty: float = 3.0
    weight: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({
        "judol_comments": 3000.0, "scamspot": 3000.0, "youtube_spam": 3000.0,
        "simulated": 2000.0, "written": 2000.0,
    }))  # fmt: skip
    simulated_each: int = 60
    written_each: int = 60
    respelt_share: float = 0.3
    respelt_weight: float = 0.4
    most_false: float = 0.02
    folds: int = 3
    seed: int = 20_261_128


def public_rows(folder: Path, name: str) -> pl.DataFrame:
    """A public set of :data:`training.comment_rows.PUBLIC` without its hold-out."""
    rows = labelled_rows(PUBLIC[name](folder))
    return rows.filter(~pl.col("group").map_elements(is_held_out, return_dtype=pl.Boolean))


def training_rows(public: Sequence[pl.DataFrame], settings: CommentSettings) -> pl.DataFrame:
    """Rows of public sets with those made here, and copies of some in other spellings.

    Parameters
    ----------
    public
        As :func:`public_rows` gives them; none for made rows alone.
    settings
        How many rows are made, and the seed.
    """
    rng = np.random.default_rng(settings.seed)
    written = simulated_rows(rng, settings.simulated_each), written_rows(rng, settings.written_each)
    rows = pl.concat([*public, *written])
    return pl.concat([rows, respelt_rows(rng, rows, settings.respelt_share)])


def design(texts: pl.Series) -> sparse.csr_matrix:
    """Comments x buckets and numbers, as :class:`CommentModel` weighs them."""
    encoded = encode(texts)
    cells = [
        cells_of(buckets, encoded.readings[reading][1], encoded.windows(reading))
        for reading in READINGS
        for buckets in encoded.buckets(reading)
    ]
    values, rows, columns = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    n_grams = sparse.coo_matrix((values, (rows, columns)), shape=(len(texts), BUCKETS)).tocsr()
    blocks: list[Any] = [n_grams, sparse.csr_matrix(encoded.numbers.astype(np.float32))]
    whole: sparse.csr_matrix = sparse.hstack(blocks, format="csr")
    return whole


def cells_of(buckets: Codes, starts: Places, windows: Places) -> tuple[Singles, Places, Places]:
    """Value, row and column of each n-gram of one length."""
    there = buckets > 0
    row = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(buckets)))[there]
    share = (1.0 / np.sqrt(np.maximum(windows, 1))).astype(np.float32)
    return share[row], row, buckets[there].astype(np.int64)


def row_weights(sources: NDArray[np.object_], settings: CommentSettings) -> Floats:
    """The weight of each row, so that each source has its weight whatever its size."""
    weights = np.zeros(len(sources))
    for name in np.unique(sources):
        bare = str(name).removesuffix(" respelt")
        share = 1.0 if name == bare else settings.respelt_weight
        weights[sources == name] = settings.weight[bare] * share / (sources == name).sum()
    return weights


def fit_comments(
    rows: pl.DataFrame, settings: CommentSettings, trained_on: Sequence[str] = ()
) -> CommentModel:
    """Fit all kinds.

    Parameters
    ----------
    rows
        As :func:`training_rows` gives them.
    settings
        Of the fit.
    trained_on
        Names of the sets, for the record.
    """
    return CommentModel(tuple(fit_kind(name, rows, settings) for name in KINDS), tuple(trained_on))


def fit_kind(name: str, rows: pl.DataFrame, settings: CommentSettings) -> CommentClassifier:
    """Fit one kind on the rows of which it is known, and calibrate it on what its folds say."""
    known = rows[name].is_not_null()
    labelled = rows.filter(known)
    values, truth = design(labelled["text"]), labelled[name].to_numpy() == 1.0
    rarity = rarity_of(values)
    values = sparse.csr_matrix(values @ sparse.diags(rarity))
    weights = row_weights(labelled["source"].to_numpy(), settings)
    out = out_of_fold(values, truth, weights, labelled["group"].to_numpy(), settings)
    model = fit_logistic(values, truth, weights, settings)
    return quantise(name, model, rarity, fit_platt(out, truth, weights, settings))


def rarity_of(values: sparse.csr_matrix) -> Singles:
    """What each column of a design is multiplied by, so that the penalty weighs less on rare n-grams.

    The logarithm of all rows over those that have the n-gram (Spärck Jones 1972, "A statistical
    interpretation of term specificity"), 1 on average over all cells; 1 for the comment's own numbers.
    """
    having = np.bincount(values.indices, minlength=values.shape[1])[:BUCKETS]
    rarity = np.log((values.shape[0] + 1.0) / (having + 1.0))
    rarity /= np.average(rarity, weights=having)
    return np.append(rarity, np.ones(values.shape[1] - BUCKETS)).astype(np.float32)


def fit_logistic(
    values: sparse.csr_matrix, truth: Bools, weights: Floats, settings: CommentSettings
) -> LogisticRegression:
    """A logistic regression on some rows."""
    model = LogisticRegression(C=settings.inverse_penalty, max_iter=300, tol=1e-4)
    with threadpool_limits(1):  # the same sums whatever the machine, and no threads that wait for each other
        return model.fit(values, truth, sample_weight=weights)


def out_of_fold(
    values: sparse.csr_matrix,
    truth: Bools,
    weights: Floats,
    groups: NDArray[np.object_],
    settings: CommentSettings,
) -> Floats:
    """Log-odds of each row by a model that saw no row of its group."""
    _, number = np.unique(groups, return_inverse=True)
    fold = np.random.default_rng(settings.seed).integers(0, settings.folds, int(number.max()) + 1)[number]
    found = np.empty(len(truth))
    for part in range(settings.folds):
        inside = fold == part
        model = fit_logistic(values[~inside], truth[~inside], weights[~inside], settings)
        found[inside] = model.decision_function(values[inside])
    return found


@dataclass(frozen=True)
class Calibration:
    """What makes log-odds out of fold probabilities (Platt 1999), and the threshold on these."""

    slope: float
    shift: float
    threshold: float


def fit_platt(log_odds: Floats, truth: Bools, weights: Floats, settings: CommentSettings) -> Calibration:
    """Fit the line through the log-odds, and put the threshold where few ordinary comments lie above."""
    line = LogisticRegression(C=1e6).fit(log_odds[:, None], truth, sample_weight=weights)
    slope, shift = float(line.coef_[0, 0]), float(line.intercept_[0])
    order = np.argsort(-log_odds[~truth], kind="stable")
    above = np.cumsum(weights[~truth][order]) / weights[~truth].sum()
    limit = log_odds[~truth][order][np.argmax(above > settings.most_false)]
    return Calibration(slope, shift, max(float(1.0 / (1.0 + np.exp(-limit * slope - shift))), 0.5))


def quantise(name: str, model: LogisticRegression, rarity: Singles, line: Calibration) -> CommentClassifier:
    """The model with its n-grams' weights, times their rarity, as whole numbers."""
    weights = model.coef_[0] * rarity * line.slope
    scale = float(np.abs(weights[:BUCKETS]).max()) / LARGEST
    steps = np.rint(weights[:BUCKETS] / scale).astype(np.int8)
    intercept = float(model.intercept_[0]) * line.slope + line.shift
    return CommentClassifier(
        name, steps, scale, weights[BUCKETS:].astype(np.float32), intercept, line.threshold
    )


def main() -> None:
    """Fit and write the model that comes with Assay."""
    settings = CommentSettings()
    rows = training_rows([public_rows(data_folder(), name) for name in PUBLIC], settings)
    content = fit_comments(rows, settings, (*PUBLIC, "simulated", "written")).to_bytes()
    SHIPPED.write_bytes(content)
    print(f"{SHIPPED.name}: {len(content):,} bytes from {rows.height:,} comments")


if __name__ == "__main__":
    main()
