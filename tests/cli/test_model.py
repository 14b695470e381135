import json

import pytest

from detector.bundle import load, starter_path


def words(shown):
    return " ".join(shown.split())


def test_show_says_what_the_model_is_and_promises(run):
    bundle = load(starter_path())
    done = run("model", "show")
    shown = words(done.stdout)
    assert done.exit_code == 0
    for fact in (bundle.sha256, bundle.facts.version, bundle.facts.created_at, bundle.facts.calibrated_on):
        assert fact in shown
    most = max(bundle.levels, key=lambda row: row.authentic_accounts)
    assert f"{most.level} {most.authentic_accounts:,} " in shown


def test_export_copies_the_same_bundle(run, tmp_path):
    assert run("model", "export", "--out", tmp_path / "copy").exit_code == 0
    assert load(tmp_path / "copy").sha256 == load(starter_path()).sha256
    shown = run("model", "show", "--model", tmp_path / "copy")
    assert load(starter_path()).sha256 in shown.stdout


def test_export_never_overwrites_anything_else(run, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert run("model", "export", "--out", tmp_path).exit_code == 2
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_changed_bundle_is_no_model(run, tmp_path):
    run("model", "export", "--out", tmp_path / "copy")
    levels = tmp_path / "copy" / "levels.parquet"
    levels.write_bytes(levels.read_bytes() + b"!")
    done = run("model", "show", "--model", tmp_path / "copy")
    assert done.exit_code == 4
    assert "levels.parquet was changed" in done.stderr


@pytest.mark.usefixtures("home")
def test_the_champion_goes_before_the_starter(run, home):
    home.mkdir(parents=True, exist_ok=True)
    (home / "champion.json").write_text(json.dumps({"sha256": "0" * 64}))
    done = run("model", "show")
    assert done.exit_code == 4
    assert f"names the model {'0' * 64}, which is not in" in words(done.stderr)


@pytest.mark.usefixtures("home")
def test_an_old_champion_that_is_no_bundle_goes_before_the_starter_too(run, home):
    (home / "champion").mkdir(parents=True)
    done = run("model", "show")
    assert done.exit_code == 4
    assert "manifest.json" in done.stderr


def test_a_list_of_nothing_says_so_and_makes_nothing(start, tmp_path):
    done = start("model", "list", "--tracking", f"sqlite:///{tmp_path}/new/mlflow.db")
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        words(done.stdout)
        == f"Nothing has been trained yet: sqlite:///{tmp_path}/new/mlflow.db holds no version of assay."
    )
    assert not (tmp_path / "new").exists()
