"""``assay import``, and commands that take files of other programs directly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from accounts.reading import read
from cli.app import app

SAMPLES = Path(__file__).parents[1] / "accounts" / "importing" / "samples"


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(one) for one in arguments])
    return done.exit_code, done.stdout, done.stderr


def test_documents_are_written_and_what_was_understood_is_said(tmp_path: Path) -> None:
    out = tmp_path / "accounts.jsonl"
    code, shown, stderr = run(
        "import",
        "auto",
        SAMPLES / "youtube-api",
        SAMPLES / "spreadsheet",
        "--out",
        out,
        "--as-of",
        "2026-11-01",
    )
    assert (code, shown) == (0, "")
    assert "5 files read as youtube-api." in stderr
    assert "3 accounts written to" in stderr
    (chunk,) = read(out)
    assert set(chunk.order) == {"UCsynthetic", "bread.lab", "own.oven"}
    assert json.loads(out.read_text().splitlines()[0])["as_of"] == "2026-11-01T00:00:00Z"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("auto", "nowhere", "--out", "a.jsonl"), 3, "nowhere: must be a file that can be read"),
        (("youtube", SAMPLES, "--out", "a.jsonl"), 2, "youtube is no source"),
        (("auto", SAMPLES, "--out", "a.csv"), 2, "--out must end in .jsonl or .ndjson"),
        (
            ("auto", SAMPLES / "youtube-api", "--out", "a.jsonl", "--as-of", "soon"),
            2,
            "--as-of must be a time",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[object, ...], code: int, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    found, _, stderr = run("import", *arguments)
    assert found == code
    assert sentence in stderr
    assert not list(tmp_path.iterdir())


def test_screen_takes_files_of_a_source_directly(tmp_path: Path) -> None:
    starter = Path(__file__).parents[2] / "detector" / "starter"
    code, shown, stderr = run(
        "screen", SAMPLES / "instaloader", "--model", starter, "--json", "--processes", 1
    )
    assert code == 0, stderr
    assert json.loads(shown)["account_id"] == "bread.lab"
    assert "4 files read as instaloader." in stderr


def test_explain_takes_them_too() -> None:
    starter = Path(__file__).parents[2] / "detector" / "starter"
    code, shown, stderr = run(
        "explain", SAMPLES / "instaloader", "--account", "bread.lab", "--model", starter
    )
    assert code == 0, stderr
    assert "bread.lab" in shown
    assert "4 files read as instaloader." in stderr
