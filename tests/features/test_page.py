"""The generated page says what the catalogue says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from features import page
from features.catalogue import CATALOGUE
from features.declaration import Feature
from features.peers import PEERS
from features.views import View


def test_the_committed_page_is_up_to_date() -> None:
    assert page.PAGE.read_text(encoding="utf-8") == page.render(), "run: python -m features.page --write"


def test_every_feature_view_and_line_of_peers_is_on_it() -> None:
    text = page.render()
    for feature in CATALOGUE:
        assert f"`{feature.name}`" in text
        assert feature.source in text
    for view in (value for value in vars(page.views).values() if isinstance(value, View)):
        assert f"### `{view.name}`" in text
    assert all(f"| {line.platform} | {line.tier} |" in text for line in PEERS)


def test_every_table_has_one_width() -> None:
    lines = page.render().splitlines()
    for above, line in pairwise(lines):
        if above.startswith("|") and line.startswith("|"):
            assert cells(above) == cells(line)


def cells(line: str) -> int:
    return line.replace(r"\|", "").count("|")


def test_what_stays_out_is_said() -> None:
    text = page.render()
    for absent in ("type-token", "compression", "distinct-n", "Benford", "language"):
        assert absent in text


def test_the_command_says_whether_the_page_is_current(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = tmp_path / "features.md"
    assert page.main([], written) == 1
    assert "--write" in capsys.readouterr().out
    assert page.main(["--write"], written) == 0
    assert page.main([], written) == 0


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: feature.name)
def test_a_feature_has_one_line_of_meaning(feature: Feature) -> None:
    assert 10 < len(page._first_sentence(feature.about)) < 200
