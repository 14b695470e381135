"""Fits the comment model that comes with Assay.

    ASSAY_DATA=... .venv/bin/python -m training.comments

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
from scipy import sparse
from sklearn.linear_model import LogisticRegression

import detector.comments
from detector.arrays import Bools, Floats
from detector.comments.encoding import BUCKETS, READINGS, encode
from detector.comments.model import KINDS, CommentModel, Kind
from training.comment_rows import PUBLIC, labelled_rows, respelt_rows, simulated_rows, written_rows
from training.datasets.base import data_folder, is_sealed

__all__ = ["SHIPPED", "CommentSettings", "fit_comments", "shipped_rows", "training_rows"]

SHIPPED: Final = Path(detector.comments.__file__).with_name("model.parquet")


@dataclass(frozen=True)
class CommentSettings:
    """What a fit rests on, beside its rows.

    Attributes
    ----------
    inverse_penalty
        scikit-learn's C, by kind.
    weight
        Of all rows of a source together; a copy in another spelling weighs a fifth of it.
    simulated_each, written_each
        Texts drawn of every style and language.
    respelt_share
        Of rows that stand a second time in another spelling.
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
    respelt_share: float = 0.2
    most_false: float = 0.01
    folds: int = 3
    seed: int = 20_261_128


def training_rows(
    folder: Path, settings: CommentSettings, sets: Sequence[str] = tuple(PUBLIC), *, spare: bool = False
) -> pl.DataFrame:
    """Rows of public sets with those made here.

    Parameters
    ----------
    folder
        The data folder.
    settings
        How many rows are made.
    sets
        Names of public sets; none for made rows alone.
    spare
        Whether to leave out groups that are sealed.
    """
    rng = np.random.default_rng(settings.seed)
    found = [labelled_rows(PUBLIC[name](folder)) for name in sets]
    made = [simulated_rows(rng, settings.simulated_each), written_rows(rng, settings.written_each)]
    rows = pl.concat([*found, *made])
    if spare:
        rows = rows.filter(~pl.col("group").map_elements(is_sealed, return_dtype=pl.Boolean))
    return pl.concat([rows, respelt_rows(rng, rows, settings.respelt_share)])


def design(texts: pl.Series) -> sparse.csr_matrix:
    """Comments x buckets and numbers, as :class:`CommentModel` weighs them."""
    encoded = encode(texts)
    total = sparse.csr_matrix((len(texts), BUCKETS), dtype=np.float32)
    for reading in READINGS:
        starts = encoded.readings[reading][1]
        for buckets in encoded.buckets(reading):
            total = total + _counted(buckets, starts, encoded.windows(reading))
    return sparse.hstack([total, encoded.numbers.astype(np.float32)], format="csr")


def _counted(buckets: Any, starts: Any, windows: Any) -> sparse.csr_matrix:
    owner = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(buckets)))
    there = buckets > 0
    shares = (1.0 / np.sqrt(np.maximum(windows, 1)))[owner[there]].astype(np.float32)
    return sparse.csr_matrix((shares, (owner[there], buckets[there])), shape=(len(starts), BUCKETS))


def row_weights(rows: pl.DataFrame, known: Bools, settings: CommentSettings) -> Floats:
    """The weight of each known row, so that each source has its weight whatever its size."""
    source, weights = rows["source"].to_numpy()[known], np.zeros(int(known.sum()))
    for name in np.unique(source):
        bare = str(name).removesuffix(" respelt")
        whole = settings.weight[bare] * (1.0 if name == bare else 0.2)
        weights[source == name] = whole / (source == name).sum()
    return weights


def fit_comments(rows: pl.DataFrame, settings: CommentSettings, trained_on: Sequence[str] = ()) -> CommentModel:
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
    whole = design(rows["text"])
    return CommentModel(tuple(_kind(name, whole, rows, settings) for name in KINDS), tuple(trained_on))


def _kind(name: str, whole: sparse.csr_matrix, rows: pl.DataFrame, settings: CommentSettings) -> Kind:
    known = rows[name].is_not_null().to_numpy()
    truth = rows[name].to_numpy()[known] == 1.0
    weights, values = row_weights(rows, known, settings), whole[known]
    out = out_of_fold(values, truth, weights, rows["group"].to_numpy()[known], settings)
    return _quantised(name, fitted(values, truth, weights, settings), *calibrated(out, truth, weights, settings))


def fitted(values: sparse.csr_matrix, truth: Bools, weights: Floats, settings: CommentSettings) -> Any:
    """A logistic regression on some rows."""
    model = LogisticRegression(C=settings.inverse_penalty, max_iter=300, tol=1e-5)
    return model.fit(values, truth, sample_weight=weights)


def out_of_fold(
    values: sparse.csr_matrix, truth: Bools, weights: Floats, groups: Any, settings: CommentSettings
) -> Floats:
    """Log-odds of each row by a model that saw no row of its group."""
    _, number = np.unique(groups, return_inverse=True)
    fold = np.random.default_rng(settings.seed).integers(0, settings.folds, int(number.max()) + 1)[number]
    found = np.empty(len(truth))
    for part in range(settings.folds):
        inside = fold == part
        model = fitted(values[~inside], truth[~inside], weights[~inside], settings)
        found[inside] = model.decision_function(values[inside])
    return found


def calibrated(
    log_odds: Floats, truth: Bools, weights: Floats, settings: CommentSettings
) -> tuple[float, float, float]:
    """Slope and shift that calibrate log-odds (Platt 1999), and the threshold as a probability."""
    line = LogisticRegression(C=1e6).fit(log_odds[:, None], truth, sample_weight=weights)
    slope, shift = float(line.coef_[0, 0]), float(line.intercept_[0])
    order = np.argsort(log_odds[~truth])[::-1]
    passed = np.cumsum(weights[~truth][order]) > settings.most_false * weights[~truth].sum()
    limit = log_odds[~truth][order][np.argmax(passed)] * slope + shift
    return slope, shift, max(float(1.0 / (1.0 + np.exp(-limit))), 0.5)


def _quantised(name: str, model: Any, slope: float, shift: float, threshold: float) -> Kind:
    """The model with its n-grams' weights as whole numbers."""
    weights = model.coef_[0] * slope
    scale = float(np.abs(weights[:BUCKETS]).max()) / 127.0
    steps = np.rint(weights[:BUCKETS] / scale).astype(np.int8)
    steps[0] = 0
    numbers = weights[BUCKETS:].astype(np.float32)
    return Kind(name, steps, scale, numbers, float(model.intercept_[0]) * slope + shift, threshold)


def shipped_rows(folder: Path, settings: CommentSettings) -> pl.DataFrame:
    """The rows behind the model that comes with Assay: nothing that is sealed."""
    return training_rows(folder, settings, spare=True)


def main() -> None:
    """Fit and write the model that comes with Assay."""
    settings = CommentSettings()
    rows = shipped_rows(data_folder(), settings)
    content = fit_comments(rows, settings, (*PUBLIC, "simulated", "written")).to_bytes()
    SHIPPED.write_bytes(content)
    print(f"{SHIPPED.name}: {len(content):,} bytes from {rows.height:,} comments")


if __name__ == "__main__":
    main()
