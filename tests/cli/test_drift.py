"""``assay drift`` on results in every form, on accounts, and on labels."""

import json
import re

import polars as pl
import pytest


def verdict_line(number, suspicion, label):
    """What drift reads of a verdict."""
    return {
        "verdict_id": f"{number:032x}",
        "account_id": f"=a{number}",
        "platform": "x",
        "label": label,
        "suspicion": suspicion,
        "authentic_p_value": None if suspicion is None else 1 - suspicion,
        "guarantee": {"evidence_level": "profile", "alpha": 0.01},
        "model": {"sha256": "m" * 64},
    }


def lines_of(path, shift):
    rows = [verdict_line(at, ((at * 7) % 200 / 200) ** shift, "review") for at in range(200)]
    rows[:40] = [row | {"label": "inflated"} for row in rows[:40]]
    problem = {"account_id": "broken", "problem": {"title": "x"}}
    path.write_text("".join(json.dumps(row) + "\n" for row in [problem, *rows]))
    return path


@pytest.fixture
def reference(tmp_path):
    return lines_of(tmp_path / "reference.jsonl", 1.0)


def test_the_same_accounts_have_not_drifted_and_others_have(run, reference, tmp_path):
    same = run("drift", reference, reference)
    assert same.exit_code == 0, same.output
    assert "have not drifted" in same.stdout
    drifted = run("drift", reference, lines_of(tmp_path / "new.jsonl", 0.2), "--json")
    assert drifted.exit_code == 1, drifted.output
    report = json.loads(drifted.stdout)
    assert report["alarm"] and report["comparison"]["sizes"] == [200, 200]
    assert "a12" not in drifted.stdout  # no account is named


def test_results_of_screen_and_the_accounts_themselves_are_read_alike(run, folder, tmp_path):
    assert run("screen", folder, "--out", tmp_path / "now.csv").exit_code == 0
    few = run("drift", folder, tmp_path / "now.csv")
    assert few.exit_code == 2
    assert "reference: 10" in few.stderr
    rows = pl.read_csv(tmp_path / "now.csv")
    many = pl.concat(
        [rows.with_columns(account_id=pl.lit(f"{at}-") + pl.col("account_id")) for at in range(3)]
    )
    many.write_csv(tmp_path / "many.csv")
    many.write_parquet(tmp_path / "many.parquet")
    assert run("drift", tmp_path / "many.csv", tmp_path / "many.parquet").exit_code == 0


def test_a_broken_promise_is_said_on_the_page(run, reference, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("account_id,label\n" + "".join(f"=a{at},authentic\n" for at in range(20)))
    page = tmp_path / "drift.html"
    answer = run("drift", reference, reference, "--labels", labels, "--out", page)
    assert answer.exit_code == 1, answer.output
    assert "20 of 200 accounts were accused and later confirmed authentic" in " ".join(answer.stdout.split())
    text = page.read_text()
    assert "Promise broken" in text and text.count("<svg") == 3
    assert not re.search(r"<script|https?://(?!www\.w3\.org/2000/svg)", text)


def test_what_is_wrong_is_said(run, reference, tmp_path):
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_text(reference.read_text().replace('"review"', '"fake"', 1))
    answer = run("drift", damaged, reference)
    assert answer.exit_code == 3
    assert "damaged.jsonl line 42: label must be one of" in answer.stderr
    torn = tmp_path / "torn.csv"
    for text, said in ((b'a,"' + b"x" * 200_000, "torn.csv line 1: must be a table"), (b"\xff,a", "UTF-8")):
        torn.write_bytes(text)
        answer = run("drift", torn, reference)
        assert answer.exit_code == 3 and said in answer.stderr
    none = tmp_path / "none.csv"
    none.write_text("account_id,label\nsomebody,authentic\n")
    assert "none of the current accounts" in run("drift", reference, reference, "--labels", none).stderr
    assert run("drift", reference, reference, "--unselected").exit_code == 2
    assert run("drift", reference, reference, "--out", tmp_path / "a.pdf").exit_code == 2
