"""``assay adapt`` from the command line."""

import json

import polars as pl
import pytest

from accounts.document import to_documents
from accounts.simulation import simulate
from accounts.tables import Tables
from detector.bundle import load, save
from detector.heads import ScorerParams
from training.config import TrainingConfig
from training.fit import fit
from training.tracking import ModelRegistry

ALPHA = "0.05"


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A small bundle to start from: nothing here needs a good one."""
    how = TrainingConfig(
        accounts=500,
        masked_copies=1,
        folds=2,
        masked_accounts=20,
        alpha=0.2,
        scorer=ScorerParams(trees=5, leaves=6),
    )
    folder = tmp_path_factory.mktemp("base") / "bundle"
    save(fit(simulate(how.accounts, seed=45), how, "2026-11-23T00:00:00Z").bundle, folder)
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Authentic accounts with profile and posts, and inflated ones, as JSON lines."""
    population = simulate(500, seed=43)
    guilty = population.labels["inflated"] | population.labels["automated"]
    shown = Tables.of(accounts=population.tables.accounts, posts=population.tables.posts)
    several = shown.posts.group_by("account_id").len().filter(pl.col("len") >= 5)["account_id"]
    folder = tmp_path_factory.mktemp("given")
    for name, rows, most in (("mine", ~guilty, 105), ("inflated", population.labels["inflated"], 20)):
        ids = population.labels.filter(
            rows & pl.Series(population.labels["account_id"].is_in(several.implode()))
        )
        part = shown.select(ids["account_id"].to_list()[:most])
        assert len(part) == most
        lines = "".join(json.dumps(document) + "\n" for document in to_documents(part))
        (folder / f"{name}.jsonl").write_text(lines)
    return folder


@pytest.fixture
def small(monkeypatch):
    """A few simulated accounts instead of the starter's, and two copies of each account instead of six."""
    population = simulate(150, seed=44)
    monkeypatch.setattr("training.starter.some_accounts", lambda count: population)
    monkeypatch.setattr("training.adapt_rows.COPIES_IN_ALL", 250)


def test_a_bundle_is_written_tracked_told_of_and_repeats_to_the_byte(run, small, files, base, tmp_path):
    out, store = tmp_path / "mine", f"sqlite:///{tmp_path}/mlflow.db"
    done = run(
        "adapt", files / "mine.jsonl", "--out", out, "--inflated", files / "inflated.jsonl", "--alpha", ALPHA,
        "--model", base, "--tracking", store,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    bundle = load(out)
    assert bundle.facts.calibrated_on.startswith("105 accounts given by you, 20")
    assert bundle.facts.alpha == 0.05
    assert "Registered as assay version 1." in done.stdout
    assert "+400 %" in done.stdout and "whole package" in done.stdout
    assert "Cannot be seen: how followers came; none of the accounts shows enough of history." in done.stdout
    assert "Of the 20 accounts known to be inflated," in done.stdout
    assert (
        "at most 5 % of authentic accounts like those calibrated on (105 accounts given by you"
        in " ".join(done.stdout.split())
    )
    (version,) = ModelRegistry.at(store).versions()
    assert (version.sha256, version.aliases) == (bundle.sha256, ("challenger",))
    again = run(
        "adapt", files / "mine.jsonl", "--out", tmp_path / "again", "--alpha", ALPHA, "--model", base,
        "--no-track", "--tracking", f"sqlite:///{tmp_path}/none.db",
    )  # fmt: skip
    assert again.exit_code == 0 and "Registered" not in again.stdout
    assert not (tmp_path / "none.db").exists()
    second = load(tmp_path / "again")
    assert {name for name in bundle.files if bundle.files[name] != second.files[name]} <= {"created.json"}
    screened = run("screen", files / "mine.jsonl", "--model", out, "--json")
    assert screened.exit_code == 0, screened.output
    verdict = json.loads(screened.stdout.splitlines()[0])
    assert verdict["guarantee"]["calibrated_on"] == bundle.facts.calibrated_on


def test_too_few_for_the_promise_are_refused_and_nothing_is_written(run, files, base, tmp_path):
    done = run("adapt", files / "mine.jsonl", "--out", tmp_path / "mine", "--alpha", "0.01", "--model", base)
    assert done.exit_code == 3
    assert "mine.jsonl: must hold at least 299 authentic accounts" in done.stderr
    assert "more are needed." in done.stderr
    assert not list(tmp_path.iterdir())


def test_fewer_than_100_are_refused(run, files, base, tmp_path):
    done = run(
        "adapt", files / "inflated.jsonl", "--out", tmp_path / "mine", "--alpha", ALPHA, "--model", base
    )
    assert done.exit_code == 3
    assert (
        "inflated.jsonl: must hold at least 100 authentic accounts with evidence to adapt to. Got 20."
        in done.stderr
    )


@pytest.mark.parametrize("alpha", ["0", "1", "-0.1"])
def test_alpha_lies_between_0_and_1(run, files, tmp_path, alpha):
    done = run("adapt", files / "mine.jsonl", "--out", tmp_path / "mine", "--alpha", alpha)
    assert done.exit_code == 2
    assert "--alpha must lie between 0 and 1" in done.stderr


def test_what_is_not_tracked_cannot_be_promoted(run, files, tmp_path):
    done = run("adapt", files / "mine.jsonl", "--out", tmp_path / "mine", "--promote", "--no-track")
    assert done.exit_code == 2
    assert "--promote needs the run tracked" in done.stderr
