"""A feature of one's own by every command: checked, searched with, trained on, promoted, screened with."""

import json

import pytest

from detector.bundle import load
from detector.model_store import ModelStore
from features.outside import drop_features, files_in_use
from training.tracking import ModelRegistry

SETTINGS = """
accounts = 500
seed = 3
train_share = 0.38
calibration_share = 0.25
test_share = 0.33
masked_accounts = 20
masked_copies = 1
folds = 2
alpha = 0.2
max_cleared_share = 0.3
[scorer]
trees = 5
leaves = 7
least_accounts = 15
"""


@pytest.fixture
def command(run, tmp_path, monkeypatch):
    """Run a command as a process of its own would, with no file in use, where no public set is."""
    monkeypatch.setenv("ASSAY_DATA", str(tmp_path / "data"))

    def command(*arguments):
        drop_features(files_in_use())
        return run(*arguments)

    yield command
    drop_features(files_in_use())


def test_from_the_declaration_to_a_verdict_that_knows_it(command, my_features, lines, home, tmp_path):
    settings, gates = tmp_path / "mine.toml", tmp_path / "gates.toml"
    settings.write_text(SETTINGS)
    gates.write_text("accounts = 40\ndosed_accounts = 2\n")
    store = f"sqlite:///{tmp_path}/mlflow.db"
    with_it, tracked = ("--features", my_features), ("--tracking", store)

    checked = command("features", "check", my_features)
    assert "likes_tenth version 1: good, read by followers_stock, likes" in checked.stdout

    tuned = tmp_path / "tuned.toml"
    search = command("tune", *with_it, *tracked, "--trials", "1", "--config", settings, "--out", tuned)
    assert search.exit_code == 0, search.output
    trained = command("train", *with_it, *tracked, "--config", tuned)
    assert trained.exit_code == 0, trained.output
    assert "likes_tenth of my_features.py is read by followers_stock, likes" in trained.stderr
    (version,) = ModelRegistry.at(store).versions()

    without = command("promote", version.number, *tracked, "--gates", gates, "--force")
    assert without.exit_code == 4
    assert "The bundle reads likes_tenth from my_features.py" in without.stderr
    assert not ModelStore(home).has_champion
    promoted = command("promote", version.number, *tracked, "--gates", gates, "--force", *with_it)
    assert promoted.exit_code == 0, promoted.output
    assert ModelStore(home).champion().sha256 == version.sha256

    assert command("screen", lines, "--json").exit_code == 4
    screened = command("screen", lines, "--json", *with_it)
    assert screened.exit_code == 0, screened.output
    verdicts = [json.loads(line) for line in screened.stdout.splitlines()]
    assert {verdict["model"]["sha256"] for verdict in verdicts} == {version.sha256}
    bundle = load(ModelStore(home).folder_of(version.sha256))
    assert "likes_tenth" in bundle.signal_models.scorers["likes"].features
