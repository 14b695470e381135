"""``import assay``: light, typed, and the same as the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

import assay
from accounts.document import to_documents
from accounts.errors import BadInput
from accounts.simulation import simulate
from detector.bundle import starter_path
from features.derive import derive

ROOT = Path(__file__).parents[2]
HEAVY = (
    "{'numpy', 'pandas', 'polars', 'pyarrow', 'lightgbm', 'sklearn', 'typer', 'rich', 'mlflow', 'pydantic'}"
)


@pytest.fixture(scope="module")
def tables(creators):
    return creators.select(creators.accounts["account_id"].to_list()[:6])


@pytest.fixture(scope="module")
def documents(tables):
    return list(to_documents(tables))


@pytest.fixture
def lines(documents, tmp_path):
    path = tmp_path / "accounts.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in documents))
    return path


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT, check=False)


def test_importing_it_loads_nothing_heavy():
    done = run("-c", f"import sys, assay; print(assay.__all__ == dir(assay), {HEAVY} & set(sys.modules))")
    assert done.stdout == "True set()\n", done.stderr


def test_what_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module assay has no attribute judge"):
        assay.judge  # noqa: B018


def test_the_module_is_the_command():
    assert "Usage: assay" in run("-m", "assay", "--help").stdout.replace("python -m ", "")


def test_a_path_tables_and_documents_are_the_same(tables, documents, lines, detector):
    ways = [lines, str(lines), tables, documents, iter(documents)]
    verdicts = [[one.to_json() for one in assay.screen(way, model=detector)] for way in ways]
    assert all(one == verdicts[0] for one in verdicts)
    assert [one.to_json() for one in detector.screen(tables)] == verdicts[0]
    (alone,) = assay.screen(documents[0], model=detector)
    assert alone.to_json() == verdicts[0][0]


def test_features_are_those_of_derive(tables, lines):
    assert_frame_equal(assay.derive(lines), derive(tables))


def test_reading_nothing_gives_no_accounts(tmp_path):
    assert len(assay.read([])) == 0
    assert len(assay.screen([], model=starter_path())) == 0


def test_a_bad_document_is_named(documents):
    with pytest.raises(BadInput, match=r"^accounts\[1\]: as_of "):
        assay.read([documents[0], {"account_id": "b", "platform": "x"}])
    with pytest.raises(BadInput, match=r"^as_of "):
        assay.read({"account_id": "b", "platform": "x"})


def test_a_detector_is_trained_kept_and_loaded(tmp_path):
    simulate(500, seed=7).write(tmp_path / "population")
    config = tmp_path / "train.toml"
    config.write_text(
        "accounts = 500\ncopies = 1\nfolds = 2\nalpha = 0.2\n[scorer]\ntrees = 10\nleaves = 4\n"
    )
    detector = assay.train(tmp_path / "population", config)
    assert detector.bundle.facts.alpha == 0.2
    assay.save(detector, tmp_path / "mine")
    assert assay.load(tmp_path / "mine").bundle.sha256 == detector.bundle.sha256
