"""The MLflow project: every entry point is a command that exists, with options that it has."""

import shlex
import sqlite3
import subprocess
from pathlib import Path

import pytest
import typer
import yaml

from cli.app import app

FOLDER = Path(__file__).parents[2] / "mlflow"
ENTRIES = yaml.safe_load((FOLDER / "MLproject").read_text())["entry_points"]
COMMANDS = typer.main.get_command(app).commands


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_point_is_a_command_with_these_options(entry):
    declared = ENTRIES[entry].get("parameters", {})
    values = {name: f"value-of-{name}" for name in declared}
    program, name, *arguments = shlex.split(ENTRIES[entry]["command"].format(**values))
    assert (program, name) == ("assay", "train" if entry == "main" else entry)
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {one for one in arguments if one.startswith("--")} <= known
    assert set(values.values()) <= set(arguments)


def test_a_data_scientist_s_commands_are_all_there():
    wanted = {"simulate", "train", "adapt", "tune", "evaluate", "compare", "promote", "drift"}
    assert wanted <= set(ENTRIES)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            'host = "0.0.0.0"\nauthentication = false',
            "without authentication host must be 127.0.0.1. Got 0.0.0.0.",
        ),
        ("port = 'five'", "port must be one of host, port,"),
        ("colour = 3", "colour must be one of host, port,"),
    ],
)
def test_the_server_is_not_started_open_to_everybody_or_on_a_slip(changed, sentence, tmp_path):
    names = {line.partition(" = ")[0] for line in changed.splitlines()}
    lines = (FOLDER / "tracking.toml").read_text().splitlines()
    other_lines = [line for line in lines if line.partition(" = ")[0] not in names]
    settings = tmp_path / "tracking.toml"
    settings.write_text("\n".join([*other_lines, changed, f'# store = "{tmp_path}"']))
    done = subprocess.run([FOLDER / "start.sh", settings], capture_output=True, text=True, check=False)
    assert done.returncode == 3 and sentence in done.stderr and len(done.stderr.splitlines()) == 1


def test_a_backup_holds_the_databases_and_the_artifacts(tmp_path):
    store = tmp_path / "store"
    (store / "artifacts").mkdir(parents=True)
    (store / "artifacts" / "model.txt").write_text("tree")
    with sqlite3.connect(store / "mlflow.db") as database:
        database.execute("create table runs (name text)")
        database.execute("insert into runs values ('first')")
    archive = tmp_path / "backup.tar.gz"
    subprocess.run([FOLDER / "backup.sh", archive, store], capture_output=True, check=True)
    back = tmp_path / "back"
    back.mkdir()
    subprocess.run(["tar", "-C", back, "-xzf", archive], check=True)
    assert (back / "store" / "artifacts" / "model.txt").read_text() == "tree"
    with sqlite3.connect(back / "store" / "mlflow.db") as database:
        assert database.execute("select name from runs").fetchall() == [("first",)]
    assert {path.name for path in tmp_path.iterdir()} == {"store", "back", "backup.tar.gz"}
