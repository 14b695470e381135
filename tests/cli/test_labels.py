import json
from pathlib import Path

import polars as pl
import pytest

TRUTH = pl.when("inflated").then(pl.lit("inflated")).when("automated").then(pl.lit("automated"))


@pytest.fixture
def labels(population, tmp_path):
    """The true labels of the accounts as a file, with a contradiction."""
    rows = population.labels.select(
        "account_id", label=TRUTH.otherwise(pl.lit("authentic")), who=pl.lit("ana")
    )
    both = pl.concat(
        [
            rows,
            rows.head(1).with_columns(label=pl.lit("not sure")),
            rows.head(1).with_columns(
                label=pl.when(pl.col("label") == "authentic")
                .then(pl.lit("inflated"))
                .otherwise(pl.lit("authentic"))
            ),
        ]
    )
    path = tmp_path / "labels.csv"
    both.write_csv(path)
    return path


def test_labels_are_imported_once_listed_and_exported(run, labels, population, tmp_path):
    first = run("labels", "import", labels)
    assert first.exit_code == 0, first.output
    assert "12 labels added, 0 were there already" in first.stdout
    assert "1 accounts have labels that contradict each other" in first.stderr
    assert "0 labels added, 12 were there already" in run("labels", "import", labels).stdout
    shown = run("labels", "list").stdout
    assert all(name in shown for name in population.labels["account_id"].to_list()[1:])
    out = tmp_path / "out.csv"
    assert run("labels", "export", "--out", out).exit_code == 0
    assert pl.read_csv(out).height == 12
    assert run("labels", "import", out).stdout.startswith("0 labels added")


def test_bad_labels_change_nothing(run, labels, tmp_path, home):
    run("labels", "import", labels)
    before = (home / "labels.csv").read_bytes()
    bad = tmp_path / "bad.csv"
    bad.write_text("account_id,label\nnew,authentic\na,fraud\n")
    answer = run("labels", "import", bad)
    assert answer.exit_code == 3
    assert answer.stderr.startswith("bad.csv row 2: label must be one of")
    assert (home / "labels.csv").read_bytes() == before


def test_a_check_says_what_trains_and_what_is_held_out(run, labels, lines):
    answer = run("labels", "check", labels, "--accounts", lines)
    assert answer.exit_code == 0, answer.output
    assert "are held out for good" in answer.stdout
    assert "labels to look at again" in answer.stdout


@pytest.mark.parametrize("command", [["labels", "list"], ["labels", "check"]])
def test_without_labels_it_says_how_to_import_them(run, command):
    answer = run(*command)
    assert answer.exit_code == 2
    assert "assay labels import FILE" in answer.stderr


def test_an_evaluation_is_shown_written_and_tracked(run, labels, lines, tmp_path):
    store = f"sqlite:///{tmp_path}/mlflow.db"
    out = tmp_path / "report.json"
    answer = run(
        "evaluate", "--accounts", lines, "--labels", labels, "--out", out, "--track", "--tracking", store
    )
    assert answer.exit_code == 0, answer.output
    assert "Measured on all 9 labelled accounts." in answer.stdout
    assert "Tracked as run " in answer.stdout
    report = json.loads(out.read_text())
    assert report["falsely_accused"]["n"] + report["accused"]["n"] == 9
    page = tmp_path / "report.html"
    assert run("evaluate", "starter", "--accounts", lines, "--labels", labels, "--out", page).exit_code == 0
    answer = run("evaluate", "7", "--accounts", lines, "--labels", labels, "--tracking", store)
    assert answer.exit_code == 4 and "No version 7 of the model assay is registered" in answer.stderr
    assert "<h2>Worst errors</h2>" in page.read_text()


def test_an_evaluation_never_replaces_its_input(run, labels, lines):
    before = Path(labels).read_bytes()
    renamed = labels.rename(labels.with_suffix(".json"))
    answer = run("evaluate", "--accounts", lines, "--labels", renamed, "--out", renamed)
    assert answer.exit_code == 2
    assert renamed.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--labels", "x.csv"], "--labels needs the accounts that they are about: --accounts PATH."),
        (["--no-simulated"], "--no-simulated needs accounts of your own: --accounts PATH."),
    ],
)
def test_training_says_what_is_missing(run, arguments, message):
    answer = run("train", *arguments)
    assert (answer.exit_code, answer.stderr.strip()) == (2, message)


def test_too_few_own_accounts_cannot_train_alone(run, labels, lines):
    answer = run("train", "--accounts", lines, "--labels", labels, "--no-simulated")
    assert answer.exit_code == 3
    assert "--no-simulated takes 500 accounts" in answer.stderr
