"""The shares of honest accounts outside of each yardstick are counted as far_out counts them."""

import json

import pandas as pd
from typer.testing import CliRunner

from benchmarks.quality import yardsticks
from detector.yardsticks import YARDSTICKS


def test_shares_count_who_a_yardstick_applies_to_and_who_is_far_out() -> None:
    numbers = pd.DataFrame({
        "followers_size": [4.398] * 4,
        "engagement_rate": [0.0003, 0.005, 0.02, float("nan")],
    })  # fmt: skip
    found = yardsticks.shares_of(numbers, ["instagram"] * 4)
    assert (found["accounts"], found["far_out"]) == (4, 1)
    assert found["interval"][0] < 0.25 < found["interval"][1]
    assert found["yardsticks"]["engagement"] == {"applied": 3, "out": 1, "far_out": 1}
    assert list(found["yardsticks"]) == [one.name for one in YARDSTICKS]


def test_the_command_goes_on_without_the_public_sets(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path))
    command = yardsticks.typer.Typer()
    command.command()(yardsticks.main)
    kept = tmp_path / "shares.json"
    result = CliRunner().invoke(command, ["--accounts", "40", "--output", str(kept)])
    assert result.exit_code == 0, result.output
    assert "is missing" in result.output
    assert list(json.loads(kept.read_text())) == [yardsticks.SIMULATED]
