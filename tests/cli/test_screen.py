import csv
import io
import json

import pytest

from cli.display.reason_parts import plain_text
from cli.display.terminal import printable
from cli.display.verdict_writers import COLUMNS, CsvWriter, flat, leading_reason
from detector.labels import Explain, Label
from detector.locate import open_detector
from detector.spreadsheet import as_written, harmless, marked
from reporting.numbers import Numbers

HOSTILE = "=cmd|'/c calc'!A1\x1b[31m[bold]\u202eevil"


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    return open_detector(None, tmp_path_factory.mktemp("nobody"))


@pytest.fixture(scope="module")
def verdicts(detector, population):
    return detector.screen(population.tables)


@pytest.fixture
def hostile(tmp_path):
    path = tmp_path / "hostile.jsonl"
    document = {"account_id": HOSTILE, "platform": "x", "as_of": "2026-11-01T00:00:00Z"}
    path.write_text(json.dumps(document | {"profile": {"followers": 10, "following": 5000, "posts": 0}}))
    return path


@pytest.fixture
def mixed(tmp_path, lines):
    """Two good accounts around a bad one."""
    good = lines.read_text().splitlines()
    path = tmp_path / "mixed.jsonl"
    path.write_text(f'{good[0]}\n{{"account_id": "bad", "platform": "x"}}\n{good[1]}\n')
    return path


def test_json_is_the_verdicts_in_input_order(run, lines, folder, verdicts):
    done = run("screen", lines, "--json")
    assert done.exit_code == 0
    assert done.stdout.isascii()
    assert [json.loads(line) for line in done.stdout.splitlines()] == [one.to_dict() for one in verdicts]
    assert run("screen", folder, "--json").stdout == done.stdout


def test_csv_has_a_row_for_each_account(run, lines, verdicts):
    done = run("screen", lines, "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["account_id"] for row in rows] == [one.account_id for one in verdicts]
    assert [row["label"] for row in rows] == [one.label.value for one in verdicts]
    for row, verdict in zip(rows, verdicts, strict=True):
        assert row["suspicion"] == ("" if verdict.suspicion is None else repr(verdict.suspicion))
        assert row["reason_1"] == (verdict.reasons[0].sentence if verdict.reasons else "")


def test_the_columns_are_those_of_a_row(verdicts):
    assert all(tuple(flat(verdict.to_dict())) == COLUMNS for verdict in verdicts)


STARTS = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠", "﹢", "⁼", "'="]
BEFORE = ["", " ", "\t", "\r", "\u00a0", "\u2003", "\u3000", "\u200b", "\ufeff", "\u2028", " \u3000 "]


@pytest.mark.parametrize("start", [before + start for start in STARTS for before in BEFORE])
def test_no_text_is_a_formula(start):
    assert harmless(f"{start}1+1") == f"'{printable(start)}1+1"
    assert as_written(marked(f"{start}1+1")) == f"{start}1+1"
    assert harmless(-1.5) == -1.5


def test_a_hostile_id_is_harmless_in_csv(run, hostile):
    rows = list(csv.DictReader(io.StringIO(run("screen", hostile, "--csv").stdout)))
    assert rows[0]["account_id"] == f"'{HOSTILE}"


def test_csv_on_a_terminal_does_not_steer_it(verdicts):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    CsvWriter(stream, "").write([json.dumps(verdicts[0].to_dict() | {"account_id": HOSTILE})])
    assert "\x1b" not in stream.getvalue() and f"'{printable(HOSTILE)}" in stream.getvalue()


def test_a_hostile_id_is_harmless_in_a_terminal(run, hostile, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")
    shown = run("screen", hostile).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert printable(HOSTILE) in shown


def test_the_table_says_what_the_promise_rests_on(run, lines, verdicts):
    shown = run("screen", lines).stdout
    assert all(verdict.label.value in shown for verdict in verdicts)
    assert f"{len(verdicts)} accounts: " in shown
    assert f"calibrated on ({verdicts[0].guarantee.calibrated_on})" in " ".join(shown.split())


def test_the_table_explains_every_account(run, lines, detector, population, monkeypatch):
    monkeypatch.setenv("COLUMNS", "600")
    shown = run("screen", lines).stdout
    explained = detector.screen(population.tables, explain=Explain.ALL)
    reason_lines = [plain_text(leading_reason(one.to_dict(), Numbers())).plain for one in explained]
    assert all(reason_lines)
    assert {line.startswith("In its favour: ") for line in reason_lines} == {True, False}
    assert all(line in shown for line in reason_lines)


@pytest.mark.parametrize(("columns", "whole"), [("72", False), ("100", True), ("160", True)])
def test_a_name_is_broken_only_where_the_terminal_is_narrow(run, tmp_path, monkeypatch, columns, whole):
    monkeypatch.setenv("COLUMNS", columns)
    name = "case26:listed-on-trending-a-week"
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"account_id": name, "platform": "x", "as_of": "2026-11-01T00:00:00Z"}))
    shown = run("screen", path).stdout
    assert (name in shown) == whole
    assert all(len(line) <= int(columns) for line in shown.splitlines())


@pytest.mark.parametrize("present", [True, False])
def test_fail_on(run, lines, verdicts, tmp_path, present):
    one = tmp_path / "one.jsonl"
    one.write_text(lines.read_text().splitlines()[0] + "\n")
    found = {verdicts[0].label.value}
    named = found if present else set(Label) - found
    done = run("screen", one, "--json", "--fail-on", ",".join(named))
    assert done.exit_code == int(present)
    assert len(done.stdout.splitlines()) == 1


def test_the_first_bad_account_stops(run, mixed):
    done = run("screen", mixed, "--json")
    assert done.exit_code == 3
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.startswith("mixed.jsonl line 2: as_of must be ")


def test_keep_going_loses_nothing(run, mixed, verdicts):
    done = run("screen", mixed, "--json", "--keep-going")
    assert done.exit_code == 3
    assert [json.loads(line)["account_id"] for line in done.stdout.splitlines()] == [
        verdict.account_id for verdict in verdicts[:2]
    ]
    assert done.stderr.splitlines() == [
        done.stderr.splitlines()[0],
        "1 fault (above); the accounts and rows at fault were left out.",
    ]
    assert done.stderr.startswith("mixed.jsonl line 2: as_of must be ")


def test_what_is_asked_for_goes_before_what_is_bad(run, mixed):
    assert run("screen", mixed, "--keep-going", "--fail-on", ",".join(Label)).exit_code == 1


@pytest.mark.parametrize(("name", "flag"), [("out.jsonl", None), ("out.csv", None), ("out.txt", "--csv")])
def test_out_holds_what_would_be_printed(run, lines, tmp_path, name, flag):
    form = flag or ("--csv" if name.endswith(".csv") else "--json")
    done = run("screen", lines, "--out", tmp_path / name, *([flag] if flag else []))
    assert (done.exit_code, done.stdout) == (0, "")
    assert (tmp_path / name).read_text() == run("screen", lines, form).stdout


def test_out_is_whole_or_not_there(run, mixed, tmp_path):
    before = sorted(tmp_path.iterdir())
    assert run("screen", mixed, "--out", tmp_path / "out.jsonl").exit_code == 3
    assert sorted(tmp_path.iterdir()) == before


def test_out_needs_a_folder(run, lines, tmp_path):
    done = run("screen", lines, "--out", tmp_path / "nowhere" / "out.csv")
    assert done.exit_code == 2
    assert "cannot be written" in done.stderr


def test_nothing_to_write_is_a_header_only(detector):
    stream = io.StringIO()
    CsvWriter(stream, "").write([])
    assert stream.getvalue() == ",".join(COLUMNS) + "\n"


def test_several_processes_say_what_one_says(run, start, folder):
    many = start("screen", folder, "--json", "--processes", "2")
    assert (many.returncode, many.stderr) == (0, "")
    assert many.stdout == run("screen", folder, "--json").stdout


def test_a_fault_ends_several_processes_as_it_ends_one(start, mixed, tmp_path):
    out = tmp_path / "out.jsonl"
    done = start("screen", mixed, "--out", out, "--processes", "2")
    assert done.returncode == 3
    assert "line 2" in done.stderr and "Traceback" not in done.stderr
    assert not out.exists()


def test_a_short_name_leaves_the_heading_whole(run, tmp_path):
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({"account_id": "a", "platform": "x", "as_of": "2026-11-01T00:00:00Z"}))
    assert run("screen", path).stdout.startswith("account ")
