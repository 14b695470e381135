"""A missing library is said by name with what to install; a misspelt setting with the one that is near."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from cli.extras import EXTRAS

ROOT = Path(__file__).resolve().parents[2]
EXTRAS_THAT_NOBODY_IMPORTS = {"image", "audit", "dev"}

BLOCKED = """
import sys
from importlib.abc import MetaPathFinder

class Absent(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

BLOCKED = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Absent())
from cli.assay import main
main()
"""

WITHOUT = {
    "train": ("sklearn,mlflow", ["train"], "train"),
    "adapt": ("sklearn,mlflow", ["adapt", "none.jsonl", "--out", "new"], "train"),
    "evaluate": ("sklearn", ["evaluate", "--accounts", "none.jsonl"], "train"),
    "serve": ("psutil", ["serve"], "serve"),
    "serve without the server": ("bentoml", ["serve"], "serve"),
    "desk": ("sqlalchemy", ["desk", "members"], "serve"),
}


@pytest.mark.parametrize(("blocked", "command", "extra"), WITHOUT.values(), ids=WITHOUT)
def test_a_command_without_its_extra_says_what_to_install(blocked, command, extra, home):
    answer = subprocess.run(
        [sys.executable, "-c", BLOCKED, blocked, *command], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2, answer.stderr
    message = re.fullmatch(r"assay (\w+) needs (\w+), which is not installed: (.*)\n", answer.stderr)
    assert message, answer.stderr
    assert (
        message[1] == command[0] and message[2] in blocked and message[3] == f"pip install 'assay[{extra}]'."
    )


def declared():
    """The extras of pyproject.toml, each with the distributions that it names."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    return {name: {re.split(r"[\[<>=]", one)[0] for one in needs} for name, needs in extras.items()}


def test_the_extras_are_those_of_the_project():
    """Under the names of modules; httpx and the like are the names of both."""
    of_module = {
        module: {one.lower().replace("_", "-") for one in names}
        for module, names in metadata.packages_distributions().items()
    }
    wanted = {name: needs for name, needs in declared().items() if name not in EXTRAS_THAT_NOBODY_IMPORTS}
    assert wanted.keys() == EXTRAS.keys()
    for extra, modules in EXTRAS.items():
        assert wanted[extra] <= set().union(*(of_module[module] for module in modules)), extra
        for module in modules:
            assert of_module[module] & wanted[extra], module


def test_the_table_of_extras_is_whole():
    text = (ROOT / "docs" / "python.md").read_text()
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, flags=re.MULTILINE))
    assert {name: set(cell.split(", ")) for name, cell in rows.items()} == {
        name: needs for name, needs in declared().items() if name != "dev"
    }


def test_a_misspelt_variable_is_said_with_the_one_that_is_near(run, monkeypatch):
    monkeypatch.setenv("ASSAY_REQUEST_PER_MINUTE", "5")
    monkeypatch.setenv("ASSAY_STORE_VERDICTS", "true")
    monkeypatch.setenv("ASSAY_DEPLOYED_BY", "somebody")
    answer = run("config", "show")
    assert answer.exit_code == 0
    assert answer.stderr == (
        "ASSAY_REQUEST_PER_MINUTE is no setting of Assay; did you mean ASSAY_REQUESTS_PER_MINUTE?\n"
    )


def test_a_misspelt_key_of_a_file_is_refused_with_the_one_that_is_near(run, tmp_path, home):
    file = tmp_path / "run.toml"
    file.write_text("masked_copy = 2\n[scorer]\nleafs = 7\n")
    answer = run("train", "--config", file)
    assert answer.exit_code == 3
    assert answer.stderr.splitlines() == [
        f"{file}: masked_copy is not a setting of a training run; did you mean masked_copies?",
        f"{file}: scorer.leafs is not a setting of a training run; did you mean leaves?",
    ]
    home.mkdir()
    (home / "assay.toml").write_text(f"databse = {json.dumps('sqlite:////tmp/no.db')}\n")
    answer = run("config", "show")
    assert answer.exit_code == 2
    assert (
        answer.stderr == f"databse in {home / 'assay.toml'} is no setting of Assay; did you mean database?\n"
    )
