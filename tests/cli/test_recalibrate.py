"""``assay recalibrate`` and ``--columns`` from the command line."""

import json

import polars as pl
import pytest

from accounts.simulation import simulate
from detector.bundle import load, starter_path
from training.datasets.base import is_held_out
from training.tracking import ModelRegistry


@pytest.fixture(scope="module")
def verified(tmp_path_factory):
    """Authentic profiles as somebody else's CSV, with the mapping beside."""
    population = simulate(260, seed=8)
    guilty = population.labels["inflated"] | population.labels["automated"]
    accounts = population.tables.accounts.filter(~guilty).filter(pl.col("followers").is_not_null())
    folder = tmp_path_factory.mktemp("verified")
    accounts.select(
        pl.col("account_id").alias("Handle"),
        pl.col("followers").alias("Fans"),
        pl.col("posts").alias("Clips"),
    ).write_csv(folder / "people.csv", separator=";")
    (folder / "columns.toml").write_text("""
separator = ";"
[accounts.columns]
account_id = "Handle"
followers = "Fans"
posts = "Clips"
[accounts.constants]
platform = "tiktok"
as_of = 2026-11-01T00:00:00Z
""")
    return folder


@pytest.fixture
def labels_options(verified):
    return (verified / "people.csv", "--columns", verified / "columns.toml")


def small(path):
    """How many of the accounts are small enough that their profile alone says anything."""
    return (pl.read_csv(path, separator=";")["Fans"] < 10_000).sum()


def test_a_new_bundle_is_written_tracked_and_used(run, labels_options, tmp_path, monkeypatch):
    monkeypatch.setattr("training.gather.SIMULATED_ACCOUNTS", 120)
    out, store = tmp_path / "mine", f"sqlite:///{tmp_path}/mlflow.db"
    done = run(
        "recalibrate", *labels_options, "--out", out, "--alpha", "0.05", "--tracking", store, "--promote"
    )
    assert done.exit_code == 0, done.output
    bundle, starter = load(out), load(starter_path())
    accounts = len(labels_options[0].read_text().splitlines()) - 1
    assert bundle.facts.calibrated_on.startswith(f"{accounts} accounts verified by you, 20")
    assert bundle.facts.alpha == 0.05
    assert {name for name in starter.files if starter.files[name] != bundle.files[name]} == {
        "created.json", "levels.parquet", "manifest.json",
    }  # fmt: skip
    row, heard = bundle.levels["profile"], small(labels_options[0])
    assert (row.authentic_accounts, row.natural_share) == (heard, 1.0)
    assert 59 < heard < accounts
    assert row.clear_at_or_below == min(starter.levels["profile"].clear_at_or_below, row.accuse_above)
    assert "Registered as assay version 1, champion." in done.output
    (version,) = ModelRegistry.at(store).versions()
    assert version.sha256 == bundle.sha256 and version.aliases == ("champion",)
    screened = run("screen", *labels_options, "--json")
    verdict = json.loads(screened.stdout.splitlines()[0])
    assert verdict["guarantee"]["calibrated_on"] == bundle.facts.calibrated_on
    assert verdict["guarantee"]["calibration_accounts"] == heard


def test_too_few_are_refused_and_nothing_is_written(run, labels_options, tmp_path):
    tracking = f"sqlite:///{tmp_path}/mlflow.db"
    done = run(
        "recalibrate", *labels_options, "--out", tmp_path / "mine", "--alpha", "0.01", "--tracking", tracking
    )
    assert done.exit_code == 3
    assert "people.csv: must hold at least 299 authentic accounts" in done.stderr
    assert "more are needed." in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("alpha", ["0", "1", "-0.1"])
def test_alpha_lies_between_0_and_1(run, labels_options, tmp_path, alpha):
    done = run("recalibrate", *labels_options, "--out", tmp_path / "mine", "--alpha", alpha)
    assert done.exit_code == 2
    assert "--alpha must lie between 0 and 1" in done.stderr


def test_derive_and_explain_take_columns_too(run, labels_options, tmp_path):
    name = labels_options[0].read_text().splitlines()[1].split(";")[0]
    explained = run("explain", *labels_options, "--account", name)
    assert explained.exit_code == 0 and name in explained.stdout
    assert run("derive", *labels_options, "--out", tmp_path / "numbers.parquet").exit_code == 0
    assert pl.read_parquet(tmp_path / "numbers.parquet")["account_id"][0] == name


def test_a_wrong_mapping_is_bad_input(run, labels_options, tmp_path):
    (tmp_path / "wrong.toml").write_text("[accounts.columns]\nfollowers = 'Fans'\n")
    done = run("screen", labels_options[0], "--columns", tmp_path / "wrong.toml")
    assert done.exit_code == 3
    assert (
        "wrong.toml: accounts.columns.account_id must be a column or a constant. It is missing."
        in done.stderr
    )


def test_of_labelled_accounts_the_authentic_ones_count_that_are_not_held_out(
    run, labels_options, tmp_path, monkeypatch
):
    monkeypatch.setattr("training.gather.SIMULATED_ACCOUNTS", 120)
    ids = pl.read_csv(labels_options[0], separator=";")["Handle"].to_list()
    kinds = ["inflated" if at % 10 == 0 else "authentic" for at in range(len(ids))]
    labels, out, store = tmp_path / "labels.csv", tmp_path / "mine", f"sqlite:///{tmp_path}/mlflow.db"
    pl.DataFrame({"account_id": ids, "label": kinds}).write_csv(labels)
    done = run(
        "recalibrate",
        *labels_options,
        "--labels",
        labels,
        "--out",
        out,
        "--alpha",
        "0.1",
        "--tracking",
        store,
    )
    assert done.exit_code == 0, done.output
    wanted = sum(kind == "authentic" and not is_held_out(name) for name, kind in zip(ids, kinds, strict=True))
    assert 0 < wanted < kinds.count("authentic")
    assert load(out).facts.calibrated_on.startswith(f"{wanted} accounts verified by you, 20")
    assert "are held out for good." in done.stderr


def test_labels_of_which_none_is_authentic_are_refused(run, labels_options, tmp_path):
    ids = pl.read_csv(labels_options[0], separator=";")["Handle"].to_list()
    labels = tmp_path / "labels.csv"
    pl.DataFrame({"account_id": ids}).with_columns(label=pl.lit("inflated")).write_csv(labels)
    done = run("recalibrate", *labels_options, "--labels", labels, "--out", tmp_path / "mine")
    assert done.exit_code == 3
    assert "labels.csv: label must call accounts authentic that are not held out." in done.stderr
    assert list(tmp_path.iterdir()) == [labels]
