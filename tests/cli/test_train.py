"""What ``assay train`` refuses before it has simulated anything."""

import pytest

from benchmarks.free_port import free_port

NAMES = (
    "instafake_automated, instafake_fake, kaggle_instagram, purba2020, cresci2015, cresci2017_tweets,"
    " gilani2017, bot_or_not_30, bot_or_not_31, starscout"
)


def refused(run, *arguments):
    answer = run("train", *arguments)
    return answer.exit_code, answer.stderr.removesuffix("\n")


@pytest.mark.parametrize("option", ["twibot=data", "twibot", "=data", "Cresci2015=data"])
def test_a_set_that_nobody_knows_is_refused_in_one_sentence(run, option):
    code, message = refused(run, "--dataset", option)
    assert code == 2
    assert message == f'--dataset must name one of {NAMES}. Got "{option.partition("=")[0]}".'


@pytest.mark.parametrize("option", ["cresci2015", "cresci2015="])
def test_a_set_without_its_folder_is_refused(run, option):
    code, message = refused(run, "--dataset", option)
    assert code == 2
    assert message == "--dataset cresci2015 needs the data folder: --dataset cresci2015=FOLDER."


def test_a_set_twice_is_refused(run, tmp_path):
    code, message = refused(run, *["--dataset", f"cresci2015={tmp_path}"] * 2)
    assert code == 2
    assert message == "--dataset must name each set once. Got cresci2015 twice."


def test_a_folder_without_the_set_is_refused(run, tmp_path):
    code, message = refused(run, "--dataset", f"cresci2015={tmp_path}")
    assert code == 3
    assert message == "cresci2015/accounts.csv: must be in ASSAY_DATA. It is missing; see docs/data.md."


def test_a_run_that_is_not_there_is_named(run, tmp_path):
    code, message = refused(run, "--from-run", "0123", "--tracking", f"sqlite:///{tmp_path}/mlflow.db")
    assert (code, message) == (4, f"No run 0123 is tracked at sqlite:///{tmp_path}/mlflow.db.")
    code, message = refused(run, "--from-run", "0123", "--config", tmp_path / "a.toml")
    assert (code, message) == (2, "--from-run has the settings of its run: leave --config out.")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def closed_port_address():
    """The address of a port of this machine at which nothing listens."""
    return f"http://127.0.0.1:{free_port()}"


NEW = ("gone.jsonl", "--out", "mine")


@pytest.mark.parametrize("command", [("train",), ("tune",), ("recalibrate", *NEW), ("adapt", *NEW)])
def test_a_store_that_takes_nothing_in_is_refused_before_anything_is_done(
    run, command, closed_port_address, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    within_a_file = f"sqlite:///{tmp_path}/file/mlflow.db"
    for store, sentence in (
        (closed_port_address, f"The tracking server {closed_port_address} cannot be reached."),
        (within_a_file, f"Nothing can be written to {tmp_path}/file, where {within_a_file} shall lie."),
    ):
        answer = run(*command, "--tracking", store)
        assert (answer.exit_code, answer.stderr) == (2, f"{sentence}\n")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
