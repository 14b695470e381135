"""The shipped comment model: what it finds, what it leaves alone, and that it gives the same bits always."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from accounts.errors import NoUsableModel
from benchmarks.quality.handmade.comment_spellings import SPELLINGS
from benchmarks.quality.handmade.ordinary_comments import ORDINARY_COMMENTS
from detector.comments.model import KINDS, CommentModel, shipped

MODEL = shipped()
LARGEST = 400_000  # bytes


def kinds_of(*texts: str | None) -> dict[str, list[bool]]:
    above = MODEL.above_thresholds(MODEL.probabilities(pl.Series(texts, dtype=pl.String)))
    return dict(zip(KINDS, above.T.tolist(), strict=True))


@pytest.mark.parametrize("name", ORDINARY_COMMENTS)
def test_no_language_is_suspicious(name: str) -> None:
    lines = ORDINARY_COMMENTS[name]
    assert sum(kinds_of(*lines)["promotion"]) <= 0.02 * len(lines)


@pytest.mark.parametrize("text", SPELLINGS)
def test_an_advertisement_is_found_in_any_spelling(text: str) -> None:
    assert kinds_of(text)["promotion"] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "check out my channel",
        "dm @crypto_anna to invest $500 and get $5000 in a week",
        "subscribe to me please",
        "subscribe to me please" + "!" * 60,
    ],
)
def test_promotion_is_found(text: str) -> None:
    assert kinds_of(text) == {"promotion": [True], "generic": [False], "template": [False]}


@pytest.mark.parametrize("text", ["nice pic", "great photo!!", "so beautiful", "amazing content"])
def test_generic_praise_is_found(text: str) -> None:
    found = kinds_of(text)
    assert found["generic"] == [True]
    assert found["promotion"] == [False]


def test_nothing_to_read_is_nothing() -> None:
    assert kinds_of(None, "", "🔥🔥🔥", "...") == {kind: [False] * 4 for kind in KINDS}


def test_a_comment_has_the_same_bits_alone_in_a_batch_and_in_another_order() -> None:
    texts = pl.Series([line for lines in ORDINARY_COMMENTS.values() for line in lines] * 10)
    together = MODEL.probabilities(texts)
    assert np.array_equal(MODEL.probabilities(texts.reverse())[::-1], together)
    alone = np.concatenate([MODEL.probabilities(texts[at : at + 1]) for at in range(40)])
    assert np.array_equal(alone, together[:40])


@pytest.mark.parametrize("column", ["readings", "numbers"])
def test_a_model_that_reads_texts_otherwise_is_refused(column: str) -> None:
    frame = pl.read_parquet(MODEL.to_bytes()).with_columns(pl.col(column).list.head(2))
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    with pytest.raises(NoUsableModel, match=r"reads texts otherwise. Train or adapt"):
        CommentModel.from_bytes(buffer.getvalue())


def test_a_model_of_before_is_refused() -> None:
    buffer = io.BytesIO()
    pl.read_parquet(MODEL.to_bytes()).drop("readings").write_parquet(buffer)
    with pytest.raises(NoUsableModel, match=r"of before. Train or adapt"):
        CommentModel.from_bytes(buffer.getvalue())


def test_no_comments_have_no_probabilities() -> None:
    assert MODEL.probabilities(pl.Series([], dtype=pl.String)).shape == (0, len(KINDS))


def test_bytes_give_the_model_back() -> None:
    content = MODEL.to_bytes()
    again = CommentModel.from_bytes(content)
    texts = pl.Series(SPELLINGS)
    assert len(content) < LARGEST
    assert again.to_bytes() == content
    assert again.trained_on == MODEL.trained_on != ()
    assert np.array_equal(again.probabilities(texts), MODEL.probabilities(texts))


@pytest.mark.parametrize("content", [b"", b"PAR1", MODEL.to_bytes()[:-9]])
def test_a_damaged_model_is_refused(content: bytes) -> None:
    with pytest.raises(NoUsableModel):
        CommentModel.from_bytes(content)


def test_a_model_with_other_kinds_is_refused() -> None:
    content = CommentModel(MODEL.kinds[:2], MODEL.trained_on).to_bytes()
    with pytest.raises(NoUsableModel, match="reads texts otherwise"):
        CommentModel.from_bytes(content)


def test_judging_imports_no_scikit_learn() -> None:
    code = "import sys, detector.comments.quality; print('sklearn' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert done.stdout.strip() == "False"
