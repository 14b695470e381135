"""The labelled gambling comments: grouped by author and copy, and refused by name where they are others."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from accounts.errors import BadInput
from training.datasets.base import data_folder
from training.datasets.judol_comments import FILE, judol_comments

FOLDER = data_folder()
Row = dict[str, object]


def comments(folder: Path, *rows: Row, **columns: list[object]):
    (folder / FILE).parent.mkdir(exist_ok=True)
    numbered = [{"row": at, "author": f"author {at}", "label": 0, **row} for at, row in enumerate(rows)]
    pl.DataFrame(numbered).with_columns(**columns).write_parquet(folder / FILE)
    return judol_comments(folder, any_content=True)


def test_an_author_and_a_copy_in_other_letters_share_a_group(tmp_path: Path) -> None:
    found = comments(
        tmp_path,
        {"text": "main di VISI4D", "label": 1},
        {"text": "halo", "author": "b"},
        {"text": "main di 𝐕𝐈𝐒𝐈 𝟒𝐃!!", "label": 1, "author": "b"},
        {"text": "lagu apa ini"},
    )
    assert found.groups == [f"judol_comments:{first}" for first in (0, 0, 0, 3)]
    assert found.truth.tolist() == [True, False, True, False]


def test_a_text_with_both_labels_is_left_out(tmp_path: Path) -> None:
    found = comments(tmp_path, {"text": "mantap", "label": 1}, {"text": "Mantap!"}, {"text": "keren"})
    assert found.texts == ["keren"]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"text": "a", "label": 2}, "label must be 0 or 1"),
        ({"text": None}, "text must be known"),
        ({}, "columns"),
    ],
)
def test_another_shape_is_refused(tmp_path: Path, row: Row, rule: str) -> None:
    with pytest.raises(BadInput, match=rule):
        comments(tmp_path, row)


@pytest.mark.skipif(not (FOLDER / FILE).is_file(), reason="needs judol_comments in ASSAY_DATA")
def test_the_published_set() -> None:
    found = judol_comments(FOLDER)
    assert (len(found), int(found.truth.sum())) == (22_316, 5_068)
    assert found.held_out.mean() == pytest.approx(0.286, abs=0.001)
