"""Comments: how well what they are is told, on videos, authors and texts that nothing was fitted on.

Of each public set the development part is judged in folds, by models fitted on the other folds and sets; then
each set by a model fitted on the other two. The model that comes with Assay judges ordinary comments in
twelve languages, one advertisement in many spellings, and, once, what is sealed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from accounts.simulation.text import STYLES, TextSupply, fan_texts, language, template_texts
from accounts.simulation.word_lists import COMMON
from benchmarks.quality.handmade.comment_spellings import SPELLINGS
from benchmarks.quality.handmade.ordinary_comments import ORDINARY_COMMENTS
from benchmarks.quality.harness.part import Progress, Result
from benchmarks.quality.harness.stored_results import ModelId
from detector.arrays import Floats
from detector.comments.model import KINDS, CommentModel, shipped
from detector.manifest import sha256
from features.folding import folded
from training.comment_rows import PUBLIC, labelled_rows
from training.datasets.base import PublicSet, data_folder, is_held_out
from training.datasets.comment_texts import SCAMSPOT, YOUTUBE_SPAM
from training.datasets.judol_comments import JUDOL
from training.fit_comment_model import SHIPPED, CommentSettings, fit_kind, public_rows, training_rows
from training.metrics import auc, rate, with_intervals

__all__ = [
    "SETS",
    "evaluate",
    "fit_settings",
    "fold_of",
    "measure_by_others",
    "measure_hold_out",
    "measure_in_folds",
    "measure_languages",
    "measure_simulated",
    "measure_spellings",
    "shipped_model",
]

SETS: Final[Mapping[str, PublicSet]] = {one.name: one for one in (JUDOL, SCAMSPOT, YOUTUBE_SPAM)}
FOLDS: Final = 2
# The simulator's other regime: its wording and its made-up words are in no training text.
OTHER_WORDING, OTHER_VOCABULARY = "b", 77_003
PROMOTION: Final = 0


def fold_of(group: str) -> int:
    """The fold of a group, by itself: videos by name, all others by their number.

    >>> fold_of("youtube_spam:Psy"), fold_of("youtube_spam:KatyPerry"), fold_of("scamspot:7")
    (0, 1, 1)
    """
    name = group.split(":")[1]
    return int(name) % FOLDS if name.isdigit() else int(name != "Psy")


def fit_model(public: list[pl.DataFrame]) -> CommentModel:
    """A model of promotion alone, fitted on these public comments and on simulated ones."""
    settings = CommentSettings()
    return CommentModel((fit_kind("promotion", training_rows(public, settings), settings),))


def promotion_probabilities(rows: pl.DataFrame, model: CommentModel) -> dict[str, Floats]:
    """Probability of promotion as written and folded, and what counts."""
    as_written, as_folded = model.probabilities(rows["text"]), model.probabilities(folded(rows["text"]))
    counted = model.above_thresholds(as_written)[:, PROMOTION].astype(np.float64)
    return {"written": as_written[:, PROMOTION], "folded": as_folded[:, PROMOTION], "counted": counted}


def evaluate(rows: pl.DataFrame, probabilities: Mapping[str, Floats]) -> Result:
    """AUCs with intervals over groups (over comments where a set has a few videos), and what counts."""
    truth = rows["promotion"].to_numpy() == 1.0
    groups = rows["group"].to_list()
    groups = groups if len(set(groups)) > 20 else [str(at) for at in range(len(groups))]
    curves = with_intervals({name: auc(truth, probabilities[name]) for name in ("written", "folded")}, groups)
    counted = probabilities["counted"] > 0
    return {
        "comments": rows.height,
        "promotion": int(truth.sum()),
        "auc": curves,
        "false_positives": rate(counted[~truth]),
        "recall": rate(counted[truth]),
    }


def measure_in_folds(name: str, progress: Progress) -> Result:
    """A set's development part, each fold by a model that saw neither it nor its groups."""
    rows = public_rows(data_folder(), name)
    others = [public_rows(data_folder(), other) for other in PUBLIC if other != name]
    fold = np.array([fold_of(group) for group in rows["group"]])
    parts, predictions = [], []
    for number in range(FOLDS):
        progress(f"fold {number + 1}", number / FOLDS)
        model = fit_model([*others, rows.filter(pl.Series(fold != number))])
        parts.append(rows.filter(pl.Series(fold == number)))
        predictions.append(promotion_probabilities(parts[-1], model))
    joined = {key: np.concatenate([one[key] for one in predictions]) for key in predictions[0]}
    return evaluate(pl.concat(parts), joined)


def measure_by_others(name: str, progress: Progress) -> Result:
    """A set's development part by a model fitted on the other two sets and on what is made here."""
    rows = public_rows(data_folder(), name)
    model = fit_model([public_rows(data_folder(), other) for other in PUBLIC if other != name])
    return evaluate(rows, promotion_probabilities(rows, model))


def measure_hold_out(name: str, progress: Progress) -> Result:
    """Figures of the hold-out of a set, by the model that comes with Assay."""
    rows = labelled_rows(PUBLIC[name](data_folder()))
    rows = rows.filter(pl.col("group").map_elements(is_held_out, return_dtype=pl.Boolean))
    return evaluate(rows, promotion_probabilities(rows, shipped()))


def measure_languages(progress: Progress) -> Result:
    """How many ordinary comments count as each kind, by language."""
    model = shipped()
    counted = {
        name: model.above_thresholds(model.probabilities(pl.Series(lines)))
        for name, lines in ORDINARY_COMMENTS.items()
    }
    return {name: {kind: rate(one[:, at]) for at, kind in enumerate(KINDS)} for name, one in counted.items()}


def measure_spellings(progress: Progress) -> Result:
    """One advertisement in many spellings: its probability, and whether it counts."""
    model = shipped()
    probabilities = model.probabilities(pl.Series(SPELLINGS))
    counted = model.above_thresholds(probabilities)[:, PROMOTION]
    return {
        text: {"probability": float(p), "counts": bool(one)}
        for text, p, one in zip(SPELLINGS, probabilities[:, PROMOTION], counted, strict=True)
    }


def measure_simulated(progress: Progress) -> Result:
    """Generic praise and spun templates of the simulator's other regime, against its fans' own words."""
    rng, model = np.random.default_rng(0), shipped()
    praise, own = (
        fan_comments(rng, styles) for styles in (("praise",), ("plain", "question", "long", "mention"))
    )
    english = language("en", OTHER_VOCABULARY)
    vendors = [template_texts(rng, english, 100, TextSupply(seed, OTHER_WORDING)) for seed in range(10)]
    spun = [text for texts in vendors for text in texts if any(map(str.isalpha, text))]
    return {"generic": evaluate_kind(model, 1, praise, own), "template": evaluate_kind(model, 2, spun, own)}


def fan_comments(rng: np.random.Generator, styles: tuple[str, ...]) -> list[str]:
    """Honest comments of some styles in all of the simulator's languages."""
    odds = np.array([style in styles for style in STYLES], dtype=np.float64)
    return [
        text for name in COMMON for text in fan_texts(rng, language(name, OTHER_VOCABULARY), 200, odds, 3)
    ]


def evaluate_kind(model: CommentModel, kind: int, found: list[str], others: list[str]) -> Result:
    """How well the model tells texts of the kind (its column) from others."""
    probabilities = model.probabilities(pl.Series(found + others))
    truth, counted = (
        np.arange(len(probabilities)) < len(found),
        model.above_thresholds(probabilities)[:, kind],
    )
    return {
        "auc": with_intervals(
            {"written": auc(truth, probabilities[:, kind])}, [str(at) for at in range(len(probabilities))]
        ),
        "false_positives": rate(counted[~truth]),
        "recall": rate(counted[truth]),
    }


def fit_settings() -> Mapping[str, Any]:
    """The settings of the fit, in JSON's own types."""
    given = vars(CommentSettings())
    return given | {"weight": dict(given["weight"])}


def shipped_model() -> ModelId:
    """The comment model that comes with Assay."""
    return ModelId("comments", sha256(SHIPPED.read_bytes()))
