"""The command line with standard streams as a shell, cron or a service manager may leave them."""

import json
import os
import shlex
import signal
import subprocess

import pytest

BARE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def shell(program):
    """Run ``assay ARGUMENTS`` in a shell, with redirections."""

    def run(arguments, **environment):
        command = f"{shlex.join(map(str, program))} {arguments}"
        return subprocess.run(
            ["bash", "-c", command], capture_output=True, check=False, env=os.environ | environment
        )

    return run


def test_a_closed_standard_error_keeps_the_exit_code(shell, tmp_path):
    assert shell(f"screen {tmp_path}/nowhere.jsonl 2>&-").returncode == 3
    assert shell("screen 2>&-").returncode == 2


def test_a_closed_standard_output_is_one_sentence(shell, lines):
    done = shell(f"screen {lines} --json >&-")
    assert done.returncode == 2
    assert done.stderr.decode() == "Standard output is closed; name a file with --out.\n"


@pytest.mark.parametrize("command", ["keys create --name web", "desk invite Ana"])
@pytest.mark.parametrize("output", [">&-", ">/dev/full", "| true"])
def test_no_secret_is_stored_that_nobody_could_read(shell, command, output):
    first, *others = shell(f"{command} {output}; exit ${{PIPESTATUS[0]}}").stderr.decode().splitlines()
    assert first.endswith(":")
    assert len(others) == (output != "| true")
    assert "--out" not in "".join(others)
    assert shell("audit verify").stdout == b"Nothing has been logged yet.\n"
    assert shell("keys list").stdout == b"There is no key.\n"


def test_only_a_command_that_writes_to_a_file_instead_names_it(shell, lines, tmp_path):
    for command in ("keys list", f"drift {lines} {lines}", "model show", f"model show --model {tmp_path}"):
        done = shell(f"{command} >&-")
        assert done.returncode in (2, 4)
        assert "--out" not in done.stderr.decode()


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_meet_a_standard_output_that_fails(shell, option):
    closed, full = shell(f"{option} >&-"), shell(f"{option} >/dev/full")
    assert (closed.returncode, closed.stderr.count(b"\n")) == (2, 1)
    assert (full.returncode, full.stderr) == (
        3, b"The disk is full; nothing half written was left, but for what standard output goes to.\n",
    )  # fmt: skip
    assert shell(f"{option} | true; exit ${{PIPESTATUS[0]}}").returncode == 141


def test_with_both_closed_a_file_is_written_whole(shell, lines, tmp_path):
    out = tmp_path / "out.jsonl"
    assert shell(f"screen {lines} --out {out} <&- >&- 2>&-").returncode == 0
    assert len(out.read_text().splitlines()) == len(lines.read_text().splitlines())


@pytest.mark.parametrize("columns", ["0", "1", "-5", "many"])
def test_a_terminal_without_columns_gets_a_page(run, lines, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    done = run("screen", lines)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "10 accounts" in done.stdout


@pytest.mark.parametrize("columns", ["1001", "99999999999999"])
def test_a_terminal_of_any_width_gets_a_page_of_a_thousand_columns_at_most(run, lines, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    account = json.loads(lines.read_text().splitlines()[0])["account_id"]
    for arguments in (("screen", lines), ("explain", lines, "--account", account)):
        done = run(*arguments)
        assert (done.exit_code, done.stderr) == (0, "")
        assert max(map(len, done.stdout.splitlines())) <= 1_000


def test_a_plain_locale_gets_utf_8_in_a_pipe(shell, lines, population):
    account = population.tables.accounts["account_id"][0]
    done = shell(f"explain {lines} --account {account}", **BARE)
    assert done.returncode == 0, done.stderr
    assert "╭" in done.stdout.decode("utf-8")


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM])
def test_an_ending_leaves_no_draft(program, lines, tmp_path, ending):
    pipe = tmp_path / "accounts.jsonl"
    os.mkfifo(pipe)
    out = tmp_path / "out.jsonl"
    # Whoever runs the tests may ignore SIGHUP, as nohup does, and children inherit that.
    own = ["env", "--default-signal=HUP,TERM", *map(str, program)]
    command = [*own, "screen", str(pipe), "--out", str(out), "--processes", "1"]
    with subprocess.Popen(command) as process, pipe.open("w") as feeding:
        feeding.write(lines.read_text())
        feeding.flush()
        process.send_signal(ending)
        process.wait()
    assert process.returncode == 128 + ending
    assert os.listdir(tmp_path) == ["accounts.jsonl"]
