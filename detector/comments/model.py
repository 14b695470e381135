"""The comment model: the probability that a comment is promotion, generic praise, or machine-spun.

Logistic regressions over hashed n-grams, kept as whole numbers from -127 to 127 with one scale, so that
sums are exact and a comment gets the same bits alone and in any batch.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from accounts.errors import NoUsableModel
from detector.arrays import Bools, Floats
from detector.comments.encoding import BUCKETS, NUMBERS, READINGS, Encoded, encode

__all__ = ["KINDS", "TRAINED_ON", "CommentClassifier", "CommentModel", "shipped"]

KINDS: Final = ("promotion", "generic", "template")
AGAIN: Final = "Train or adapt the detector again."
CHUNK: Final = 4096  # comments that are read at once: bounds memory, changes nothing

Weights = NDArray[np.int8]
Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CommentClassifier:
    """One logistic regression.

    Attributes
    ----------
    name
        What it finds.
    weights
        By bucket; the first one is no bucket and weighs nothing.
    scale
        What a weight of 1 adds to the log-odds for one n-gram among n: scale / sqrt(n).
    numbers
        Weights of the comment's own numbers.
    intercept
        Log-odds of a comment with nothing in it.
    threshold
        Probability from which a comment counts as one of this kind.
    """

    name: str
    weights: Weights
    scale: float
    numbers: Singles
    intercept: float
    threshold: float


@dataclass(frozen=True, eq=False)
class CommentModel:
    """All kinds of comments.

    Attributes
    ----------
    kinds
        In the order of :data:`KINDS`.
    trained_on
        The sets of texts.
    """

    kinds: tuple[CommentClassifier, ...]
    trained_on: tuple[str, ...] = ()

    def probabilities(self, texts: pl.Series) -> Floats:
        """Comments x kinds: how probable each is.

        Parameters
        ----------
        texts
            As they were written, in any language; null has no character.
        """
        parts = [self._judged(texts[start : start + CHUNK]) for start in range(0, len(texts), CHUNK)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.kinds)))

    def above_thresholds(self, probabilities: Floats) -> Bools:
        """Comments x kinds: whether the probability is at or above the threshold of the kind."""
        return probabilities >= np.array([kind.threshold for kind in self.kinds])

    def _judged(self, texts: pl.Series) -> Floats:
        encoded = encode(texts)
        log_odds = np.empty((len(texts), len(self.kinds)))
        for at, kind in enumerate(self.kinds):
            log_odds[:, at] = kind.intercept
            # Column by column: a matrix product may differ in the last bit with the number of rows.
            for number, weight in enumerate(kind.numbers.tolist()):
                log_odds[:, at] += encoded.numbers[:, number] * weight
        for reading in READINGS:
            log_odds += self._n_grams(encoded, reading)
        return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))

    def _n_grams(self, encoded: Encoded, reading: str) -> Floats:
        """What a reading's n-grams add to the log-odds, comments x kinds."""
        starts = encoded.readings[reading][1]
        sums = np.zeros((len(self.kinds), len(starts)), dtype=np.int64)
        for buckets in encoded.buckets(reading):
            for at, weights in enumerate(self._weights):
                sums[at] += np.add.reduceat(weights[buckets], starts)
        scales = np.array([kind.scale for kind in self.kinds])
        return np.asarray((sums.T * scales) / np.sqrt(np.maximum(encoded.windows(reading), 1))[:, None])

    @cached_property
    def _weights(self) -> list[NDArray[np.int32]]:
        return [kind.weights.astype(np.int32) for kind in self.kinds]

    def to_bytes(self) -> bytes:
        """Parquet: one row for each kind, its weights as bytes."""
        buffer = io.BytesIO()
        frame = pl.DataFrame([self._row(kind) for kind in self.kinds], schema=SCHEMA, orient="row")
        frame.write_parquet(buffer, compression="zstd", compression_level=19, statistics=False)
        return buffer.getvalue()

    def _row(self, kind: CommentClassifier) -> tuple[object, ...]:
        weights = kind.weights.tobytes(), kind.scale, kind.intercept, kind.threshold
        return (
            kind.name,
            *weights,
            list(READINGS),
            list(NUMBERS),
            kind.numbers.tolist(),
            list(self.trained_on),
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> CommentModel:
        """The inverse of :meth:`to_bytes`.

        Raises
        ------
        NoUsableModel
            If the table is another one, or made for other readings, numbers or buckets.
        """
        try:
            frame = pl.read_parquet(io.BytesIO(content)).match_to_schema(pl.Schema(SCHEMA))
        except pl.exceptions.PolarsError:
            raise NoUsableModel(f"The comment model is not readable, or of before. {AGAIN}") from None
        rows = frame.to_dicts()
        if tuple(row["kind"] for row in rows) != KINDS or any(not _fits(row) for row in rows):
            raise NoUsableModel(f"The comment model reads texts otherwise. {AGAIN}")
        return cls(tuple(_read(row) for row in rows), tuple(rows[0]["trained_on"]))


SCHEMA: Final = {
    "kind": pl.String(),
    "weights": pl.Binary(),
    "scale": pl.Float64(),
    "intercept": pl.Float64(),
    "threshold": pl.Float64(),
    "readings": pl.List(pl.String()),
    "numbers": pl.List(pl.String()),
    "number_weights": pl.List(pl.Float32()),
    "trained_on": pl.List(pl.String()),
}


def _fits(row: Mapping[str, Any]) -> bool:
    if row["readings"] != list(READINGS) or row["numbers"] != list(NUMBERS):
        return False
    return isinstance(row["weights"], bytes) and len(row["weights"]) == BUCKETS


def _read(row: Mapping[str, Any]) -> CommentClassifier:
    return CommentClassifier(
        name=row["kind"],
        weights=np.frombuffer(row["weights"], dtype=np.int8),
        scale=row["scale"],
        numbers=np.array(row["number_weights"], dtype=np.float32),
        intercept=row["intercept"],
        threshold=row["threshold"],
    )


TRAINED_ON: Final = ("judol_comments", "scamspot", "youtube_spam")
"""Public sets of comments that the shipped model was trained on, beside simulated texts."""


def shipped() -> CommentModel:
    """The model that comes with Assay, made by ``python -m training.fit_comment_model``."""
    return CommentModel.from_bytes(Path(__file__).with_name("model.parquet").read_bytes())
