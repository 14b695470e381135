import io
from dataclasses import replace

import pytest
from rich.console import Console

from accounts.tables import Tables
from cli.display.verdict_page import verdict_page
from detector.labels import Explain, Label
from detector.locate import open_detector
from features.declaration import Head

HOSTILE = "\x1b]0;owned\x07[red]=1+1[/red]\u202e\nnext"


@pytest.fixture(scope="module")
def account(population):
    """One with a history."""
    return population.tables.select([population.tables.history["account_id"][0]])


@pytest.fixture(scope="module")
def verdict(account, tmp_path_factory):
    detector = open_detector(None, tmp_path_factory.mktemp("nobody"))
    (one,) = detector.screen(account, explain=Explain.ALL)
    return one


def page(verdict, tables):
    stream = io.StringIO()
    shown = Console(file=stream, width=100, force_terminal=False, markup=False, highlight=False)
    for part in verdict_page(verdict, tables, 100):
        shown.print(part)
    return stream.getvalue()


def test_the_page_holds_the_whole_verdict(run, lines, verdict):
    shown = " ".join(run("explain", lines, "--account", verdict.account_id).stdout.split())
    assert verdict.label.value.upper() in shown
    assert f"{verdict.authenticity_score} of 100" in shown
    for reason in (*verdict.reasons, *verdict.counter_reasons):
        assert reason.feature in shown
        assert f"contribution {reason.contribution:+.2f}" in shown
    assert all(block in shown for block in verdict.evidence.unseen)
    assert "largest jump: +" in shown


@pytest.mark.parametrize("label", list(Label))
def test_no_label_says_more_than_signals(verdict, account, label):
    shown = page(replace(verdict, label=label), account).lower()
    assert label.value in shown
    assert not {"fraud", "fraudster", "bought", "cheat"} & set(shown.split())


def test_inflated_is_worded_as_signals(verdict, account):
    shown = page(replace(verdict, label=Label.INFLATED), account)
    assert "signals consistent with inflated engagement" in shown


def test_hostile_texts_are_written_out(verdict, account):
    reason = replace(
        verdict.reasons[0], head=Head.INFLATED, rows=({"text": HOSTILE, "likes": 3, "by": None},)
    )
    shown = page(replace(verdict, account_id=HOSTILE, reasons=(reason,)), account)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b]0;owned\\x07[red]=1+1[/red]\\u202e\\nnext" in shown


def test_without_a_history_it_says_so(verdict):
    assert "No follower history was given." in page(verdict, Tables.of())


def test_an_unknown_account_ends_with_3(run, lines):
    done = run("explain", lines, "--account", "nobody\x1b[31m")
    assert done.exit_code == 3
    assert done.stderr == "accounts.jsonl: holds no account nobody\\x1b[31m.\n"


def test_a_bad_account_ends_with_3_and_its_faults(run, lines, tmp_path, population):
    path = tmp_path / "mixed.jsonl"
    path.write_text(f'{lines.read_text().splitlines()[0]}\n{{"account_id": "bad", "platform": "x"}}\n')
    done = run("explain", path, "--account", "bad")
    assert done.exit_code == 3
    assert done.stderr.startswith("mixed.jsonl line 2: as_of must be ")
