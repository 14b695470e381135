"""No command writes its result over or into what it reads, a bundle, or Assay's own files."""

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from cli.app import app
from cli.result_place import OWN_NAMES, Command, refuse_place
from detector.bundle import load, starter_path

RESULTS = {
    "import": ["import", "auto", "{lines}"],
    "derive": ["derive", "{folder}"],
    "evaluate": ["evaluate", "{bundle}", "--accounts", "{lines}", "--labels", "{labels}"],
    "drift": ["drift", "{lines}", "{folder}", "--model", "{bundle}"],
    "screen": ["screen", "{folder}", "--model", "{bundle}", "--columns", "{labels}"],
    "report": ["report", "{lines}", "--model", "{bundle}"],
    "export": ["model", "export", "--model", "{bundle}"],
    "recalibrate": ["recalibrate", "{folder}", "--model", "{bundle}", "--labels", "{labels}"],
    "adapt": ["adapt", "{lines}", "--model", "{bundle}", "--inflated", "{folder}"],
    "tune": ["tune", "--population", "{folder}", "--config", "{labels}"],
    "page": ["features", "page", "{labels}"],
    "labels": ["labels", "export"],
    "simulate": ["simulate", "--accounts", "3"],
}
"""How each command that has ``--out`` is called, and what it reads."""

SUFFIXES = {
    "import": ".jsonl", "derive": ".parquet", "evaluate": ".json", "drift": ".json", "screen": ".jsonl",
    "report": ".html", "tune": ".toml", "page": ".md", "labels": ".csv",
}  # fmt: skip


@pytest.fixture
def places(tmp_path, folder, lines, home):
    """A bundle, a link to a population, lines and a file of labels, and a home with something in it."""
    found = {name: tmp_path / name for name in ("bundle", "folder", "lines", "labels")}
    shutil.copytree(starter_path(), found["bundle"])
    found["folder"].symlink_to(folder)
    found["lines"].write_bytes(lines.read_bytes())
    found["labels"].write_text("account_id,label\n")
    (home / "models").mkdir(parents=True)
    (home / "assay.db").write_text("rows")
    return found


def files_below(*folders):
    """Every file, and what it holds."""
    return {
        Path(place, name): Path(place, name).read_bytes()
        for folder in folders
        for place, _, names in os.walk(folder, followlinks=True)
        for name in names
    }


def test_every_command_with_a_result_looks_at_its_place():
    commands, found = [get_command(app)], []
    while commands:
        command = commands.pop()
        commands += getattr(command, "commands", {}).values()
        if any(one.name == "out" for one in command.params):
            assert isinstance(command, Command)
            found.append(command.name)
    called = {"model": "export", "labels": "export"}
    assert sorted(found) == sorted(called.get(name, name) for name in RESULTS)


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_lies_in_nothing_that_is_read_and_in_no_place_of_assay(run, places, home, tmp_path, name):
    words = [word.format(**places) for word in RESULTS[name]]
    into = f"new{SUFFIXES.get(name, '')}"
    read = [places[key] for key in places if any(f"{{{key}}}" in word for word in RESULTS[name])]
    (tmp_path / "link").symlink_to(places["bundle"])
    around = places["bundle"] / ".."
    outs = [one for given in read for one in (given, given / into, around / given.name / into)]
    outs += [tmp_path / "link" / into, home, home / "models" / into, home / "assay.db", home / "audit.key"]
    before = files_below(tmp_path)
    for out in outs:
        done = run(*words, "--out", out)
        assert done.exit_code == 2, (out, done.output)
        assert f"--out {out} " in done.stderr
    assert files_below(tmp_path) == before
    load(places["bundle"])


def test_the_settings_searched_for_are_not_written_beside_what_is_read(run, places, tmp_path):
    """``assay tune`` writes a table and a picture, too."""
    labels = tmp_path / "mine.csv"
    labels.write_text("account_id,label\n")
    done = run("tune", "--accounts", places["lines"], "--labels", labels, "--out", tmp_path / "mine.toml")
    assert done.exit_code == 2
    assert "would replace what is read" in done.stderr
    assert labels.read_text() == "account_id,label\n"


def test_a_home_may_hold_results_beside_what_assay_keeps_there(run, lines, home):
    home.mkdir()
    assert run("derive", lines, "--out", home / "numbers.parquet").exit_code == 0
    assert run("model", "export", "--out", home / "mine").exit_code == 0
    assert load(home / "mine").sha256
    assert (home / "numbers.parquet").exists()


def test_whatever_assay_makes_in_its_folder_is_known_as_its_own(run, lines, home, tmp_path):
    run("keys", "create", "--name", "web")
    labels = tmp_path / "labels.csv"
    account = json.loads(lines.read_text().splitlines()[0])["account_id"]
    labels.write_text(f"account_id,label\n{account},authentic\n")
    assert run("labels", "import", labels).exit_code == 0
    assert run("desk", "fill", lines, "--list", "Spring").exit_code == 0
    assert {path.name for path in home.iterdir()} <= {*OWN_NAMES}


def test_a_home_that_is_not_there_yet_is_no_place_for_a_result(tmp_path):
    for out in (tmp_path / "home", tmp_path / "home" / "models", tmp_path / "home" / "assay.db"):
        with pytest.raises(Exception, match="a place of Assay's own"):
            refuse_place(out, tmp_path / "home")
    refuse_place(tmp_path, tmp_path / "home")
