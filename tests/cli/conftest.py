"""A few simulated accounts as a folder and as lines, and the command line to run on them."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from accounts.document import to_documents
from accounts.simulation import simulate
from cli.app import app


@pytest.fixture(scope="session")
def population():
    return simulate(10, seed=4)


@pytest.fixture(scope="session")
def folder(population, tmp_path_factory):
    place = tmp_path_factory.mktemp("accounts") / "population"
    population.write(place)
    return place


@pytest.fixture(scope="session")
def lines(population, tmp_path_factory):
    place = tmp_path_factory.mktemp("accounts") / "accounts.jsonl"
    place.write_text("".join(json.dumps(document) + "\n" for document in to_documents(population.tables)))
    return place


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home of nobody's, so that the starter speaks."""
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "home"


@pytest.fixture
def run(home):
    """Run the command line in this process."""
    runner = CliRunner()

    def run_it(*arguments):
        return runner.invoke(app, [str(argument) for argument in arguments])

    return run_it


@pytest.fixture
def program(home):
    """What starts the command line in a process of its own."""
    return [sys.executable, "-c", "from cli.assay import main; main()"]


@pytest.fixture
def start(program):
    """Run the command line in a process of its own."""

    def start_it(*arguments):
        command = [*program, *(str(argument) for argument in arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return start_it
