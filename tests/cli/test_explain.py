import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from rich.cells import cell_len
from rich.console import Console

from accounts.less import published_by, without_block
from accounts.tables import Tables
from cli.display.reason_parts import plain_text
from cli.display.verdict_page import verdict_page
from detector.labels import Explain, Label
from detector.locate import open_detector
from features.declaration import Head
from reporting.presentation import present

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


def page(verdict, tables, width=100, *, full=False):
    stream = io.StringIO()
    shown = Console(file=stream, width=width, force_terminal=False, markup=False, highlight=False)
    for part in verdict_page(verdict, tables, width, full=full):
        shown.print(part)
    return stream.getvalue()


def test_the_page_says_what_the_desk_and_the_report_say(run, lines, verdict, account):
    shown = " ".join(run("explain", lines, "--account", verdict.account_id).stdout.split())
    words = present(verdict.to_dict(), account)
    assert verdict.label.value.upper() in shown
    assert f"{verdict.authenticity_score} of 100" in shown
    sentences = [one.sentence for one in (*words.reasons, *words.in_favour)]
    assert sentences
    for sentence in (*sentences, words.label_sentence, *words.promise.limits):
        assert " ".join(plain_text(sentence).plain.split()) in shown.replace("│ ", "")
    assert all(part.title in shown for part in words.parts)
    assert all(block in shown for block in verdict.evidence.unseen)
    assert "largest jump: +" in shown and "contribution" not in shown


def test_the_statistician_s_numbers_are_asked_for(run, lines, verdict):
    shown = " ".join(run("explain", lines, "--account", verdict.account_id, "--full").stdout.split())
    for reason in (*verdict.reasons, *verdict.counter_reasons):
        assert reason.feature in shown
        assert f"contribution {reason.contribution:+.2f}" in shown
    assert "Probabilities: inflated" in shown and f"Suspicion {verdict.suspicion:.4f}" in shown


def test_contributions_add_up_in_the_statistician_s_numbers(verdict, account):
    shown = " ".join(page(verdict, account, full=True).split())
    explained = [one for one in verdict.signals if one.base is not None]
    assert explained
    for one in explained:
        cited = sum(
            reason.contribution
            for reason in (*verdict.reasons, *verdict.counter_reasons)
            if reason.signal == one.name
        )
        parts = f"average {one.base:+.2f}, cited {cited:+.2f}, all else {one.rest:+.2f}, together"
        assert f"{parts} {one.base + cited + one.rest:+.2f}" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(verdict, account, width):
    shown = page(verdict, account, width, full=True)
    assert max(cell_len(line) for line in shown.splitlines()) <= width


@pytest.mark.parametrize("label", list(Label))
def test_no_label_says_more_than_signals(verdict, account, label):
    shown = page(replace(verdict, label=label), account).lower()
    assert label.value in shown
    assert not {"fraud", "fraudster", "cheat", "guilty"} & set(shown.split())


def test_inflated_is_worded_as_signals(verdict, account):
    shown = page(replace(verdict, label=Label.INFLATED), account)
    assert "Signals of inflation" in shown and "is consistent with" in " ".join(shown.split())


def test_hostile_texts_are_written_out(verdict, account):
    reason = replace(
        (verdict.reasons + verdict.counter_reasons)[0],
        head=Head.INFLATED,
        rows=({"text": HOSTILE, "likes": 3, "by": None},),
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


def test_less_evidence_stands_beside_the_whole(run, lines, verdict, account):
    """The table's lines are the verdicts of what is left; the page is that of the least."""
    as_of = account.accounts["as_of"][0].date() - timedelta(days=40)
    given = ("explain", lines, "--account", verdict.account_id, "--without", "history", "--as-of", as_of)
    shown = " ".join(run(*given).stdout.split())
    assert f"The verdict as of {as_of}, without history, beside the whole:" in shown
    assert f"all of it {verdict.label.value} {verdict.authenticity_score} as of {as_of} " in shown
    assert "The counts of its posts (likes, views, comments) are today's" in shown
    detector = open_detector(None, Path("nobody"))
    (less,) = detector.screen(without_block(published_by(account, as_of), "history"))
    assert f"as of {as_of}, without history {less.label.value} {less.authenticity_score}" in shown
    assert f"Verdict {less.verdict_id} by model" in shown
    assert not less.evidence.blocks["history"].present and less.as_of == f"{as_of}T23:59:59Z"


def test_what_was_published_by_a_day_is_all_that_is_left(account):
    day = account.history["date"].sort()[-30]
    cut = published_by(account, day)
    assert cut.history["date"].max() == day and cut.history.height == account.history.height - 29
    assert cut.posts.filter(pl.col("published_at").dt.date() > day).is_empty()
    assert cut.posts.height == account.posts.filter(pl.col("published_at").dt.date() <= day).height
    last = account.history.sort("date").filter(pl.col("date") <= day)["followers"].drop_nulls()[-1]
    assert cut.accounts["followers"].to_list() == [last]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["--as-of", "soon"], '--as-of must be a day such as 2026-09-30. Got "soon".'),
        (["--as-of", "2099-01-01"], "--as-of must be before {account} was observed, on "),
        (["--without", "likes"], "--without must name one of profile, posts, comments, history, audience."),
    ],
)
def test_evidence_that_cannot_be_left_out_is_refused(given, sentence, run, lines, verdict):
    answer = run("explain", lines, "--account", verdict.account_id, *given)
    assert answer.exit_code in (2, 3)
    assert answer.stderr.startswith(sentence.format(account=verdict.account_id))
