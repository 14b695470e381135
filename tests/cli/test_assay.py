import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from accounts.errors import AssayError, BadInput, Fault, NoUsableModel, WrongUsage
from cli.app import COMMANDS, app, exit_codes
from cli.exit_codes import UNEXPECTED_ERROR

CLI = Path(__file__).parents[2] / "cli"
PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
HEAVY = {"numpy", "pandas", "polars", "pyarrow", "lightgbm", "scipy", "bentoml", "mlflow"}
SHOW_IMPORTS = """
import sys
from cli.app import app
try:
    app(sys.argv[1:])
finally:
    print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
"""


def commands():
    for name, command in get_command(app).commands.items():
        yield from getattr(command, "commands", {name: command}).items()


@pytest.mark.parametrize("arguments", [["--help"], ["screen", "--help"], ["serve", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    done = subprocess.run(
        [sys.executable, "-c", SHOW_IMPORTS, *arguments], capture_output=True, text=True, check=True
    )
    assert "Usage: " in done.stdout
    assert "typer" in done.stderr.split()
    assert not HEAVY & set(done.stderr.split())


def test_the_module_is_the_command(tmp_path):
    module = [sys.executable, "-m", "cli.assay"]
    done = subprocess.run(
        [*module, "screen", tmp_path / "nowhere.jsonl"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.endswith("nowhere.jsonl: does not exist.\n")
    shown = subprocess.run([*module, "--help"], capture_output=True, text=True, check=True).stdout
    assert all(name in shown for name in COMMANDS)


def test_a_command_imports_its_work_when_it_runs():
    """Only these import inside functions: the program, which handles Ctrl-C before it loads the commands.

    And workers, which the command's own process must not resemble.

    And the store of observations and the names of settings, which need an extra that screening does not.

    And a refusal of the database's, whose libraries would hold up the start of a service that has none.
    """
    lazy = {
        "assay.py",
        "environment.py",
        "misspelt.py",
        "observation_store.py",
        "worker_pool.py",
        "work/screen_worker.py",
        "work/serve.py",
    }
    for path in sorted(CLI.rglob("*.py")):
        functions = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
        ]
        inside = [
            node
            for one in functions
            for node in ast.walk(one)
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert not inside or path.relative_to(CLI).as_posix() in lazy


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_every_command_and_option_is_documented(name, command):
    page = PAGE.read_text()
    assert name in page
    for parameter in command.params:
        for option in parameter.opts:
            assert not option.startswith("--") or option in page


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WrongUsage("No."), 2),
        (BadInput(Fault("a.jsonl", "", "is empty.")), 3),
        (NoUsableModel("None."), 4),
        (AssayError("Nothing."), 3),
        (FileNotFoundError(2, "No such file", "a.jsonl"), 3),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_refused_has_its_exit_code(error, code):
    with pytest.raises(typer.Exit) as exited, exit_codes():
        raise error
    assert exited.value.exit_code == code


def test_an_interrupt_that_python_wraps_is_one_all_the_same(capsys):
    with pytest.raises(typer.Exit) as exited, exit_codes():
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as interrupt:
            raise RuntimeError("Error calling __set_name__") from interrupt
    assert (exited.value.exit_code, capsys.readouterr().err) == (130, "")


INTERRUPTED_AT_ONCE = """
import sys
from importlib.abc import MetaPathFinder

class Interrupting(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt

if sys.argv.pop() == "loading":
    sys.meta_path.insert(0, Interrupting())
else:
    import typer.main
    def interrupting(*_): raise KeyboardInterrupt
    typer.main.get_command = interrupting
from cli.assay import main
main()
"""


@pytest.mark.parametrize("moment", ["loading", "putting the commands together"])
def test_an_interrupt_before_a_command_has_begun_says_nothing(moment):
    command = [sys.executable, "-c", INTERRUPTED_AT_ONCE, moment]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_a_bug_is_traced_and_is_no_verdict(capsys):
    with pytest.raises(typer.Exit) as exited, exit_codes():
        1 / 0  # noqa: B018
    assert exited.value.exit_code == UNEXPECTED_ERROR
    stderr = capsys.readouterr().err
    assert "ZeroDivisionError" in stderr
    assert "a fault of Assay" in stderr


def test_a_refusal_is_sentences_on_standard_error_only(start, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text('{"account_id": "a\\u001b[31m", "platform": "myspace"}')
    done = start("screen", bad)
    assert done.returncode == 3
    assert done.stdout == ""
    assert [line.partition(" must be ")[0] for line in done.stderr.splitlines()] == [
        "bad.json: platform",
        "bad.json: as_of",
    ]


def test_a_reader_that_went_away_is_no_error(program, lines):
    with subprocess.Popen(
        [*program, "screen", str(lines), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        complaints = process.stderr.read()
    assert (process.returncode, complaints) == (141, b"")


@pytest.mark.parametrize(
    "arguments",
    [
        ["screen"],
        ["screen", "x.jsonl", "--json", "--csv"],
        ["screen", "x.jsonl", "--fail-on", "fraud"],
        ["screen", "x.jsonl", "--out", "x.txt"],
        ["derive", "x.jsonl", "--out", "x.csv"],
        ["simulate", "--accounts", "0", "--out", "x"],
        ["serve", "--host", "no.such.host.invalid"],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(run, arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


@pytest.mark.parametrize(
    "command", [["screen"], ["explain", "--account", "a"], ["derive", "--out", "x.parquet"]]
)
def test_an_input_that_is_not_there_ends_with_3(run, tmp_path, command):
    done = run(*command, tmp_path / "nowhere.jsonl")
    assert done.exit_code == 3
    assert "does not exist" in done.stderr


@pytest.mark.parametrize(
    "command",
    [["screen"], ["explain", "--account", "a"], ["import", "auto", "--out", "x.jsonl"], ["observe"]],
)
def test_an_empty_path_is_refused_and_is_not_this_folder(run, lines, monkeypatch, command):
    monkeypatch.chdir(lines.parent)
    done = run(*command, "")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "PATH must name a file or a folder. Got an empty text.\n"


@pytest.mark.parametrize(
    "command", [["screen"], ["explain", "--account", "a"], ["import", "auto", "--out", "x.jsonl"]]
)
def test_a_device_is_named_by_its_whole_path(run, command):
    done = run(*command, os.devnull)
    assert done.exit_code == 3
    assert done.stderr.startswith(f"{os.devnull}: ")


@pytest.mark.parametrize("command", [["screen"], ["explain", "--account", "a"]])
def test_a_model_that_is_not_there_ends_with_4(run, lines, tmp_path, population, command):
    arguments = [population.labels["account_id"][0] if word == "a" else word for word in command]
    done = run(*arguments, lines, "--model", tmp_path / "nowhere")
    assert done.exit_code == 4
    assert done.stderr.startswith("There is no bundle at ")


@pytest.mark.parametrize("command", ["screen {lines}", "explain {lines} --account {account}", "model show"])
def test_a_reader_that_leaves_is_no_label(program, population, lines, command):
    account = population.tables.accounts["account_id"][0]
    arguments = command.format(lines=lines, account=account).split()
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*program, *arguments], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert done.returncode == 141
    assert "Traceback" not in done.stderr


def test_what_is_terminated_leaves_no_draft(program, lines, tmp_path):
    out = tmp_path / "out.jsonl"
    many = tmp_path / "many.jsonl"
    several = [json.loads(line) for line in lines.read_text().splitlines()]
    many.write_text("".join(
        json.dumps(one | {"account_id": f"{copy}-{one['account_id']}"}) + "\n"
        for copy in range(200) for one in several
    ))  # fmt: skip
    running = subprocess.Popen([*program, "screen", str(many), "--out", str(out), "--processes", "1"])
    while not list(tmp_path.glob(".out.jsonl-*")):
        assert running.poll() is None
        time.sleep(0.05)
    running.terminate()
    assert running.wait(timeout=60) == 143
    assert not list(tmp_path.glob("*out.jsonl*"))
