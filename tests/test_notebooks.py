"""Every notebook runs from its first cell to its last, and is kept without what it printed."""

import functools
import importlib.util
import os
import re
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from nbclient import NotebookClient

import accounts.simulation
import training.adapt
import training.adapt_rows
import training.config
from detector.heads import ScorerParams
from features.outside import drop_features, files_in_use
from training.config import TrainingConfig, config_of

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IN_A_KERNEL = [path for path in NOTEBOOKS if path.stem == "03-features"]
IN_HERE = [path for path in NOTEBOOKS if path not in IN_A_KERNEL]
SAYING_WHAT_NEXT = [path for path in NOTEBOOKS if path.stem not in ("01-retrain", "02-adapt")]
RENDERED = ROOT / "docs" / "notebooks"
SMALL = "500"
SMALL_HEADS = ScorerParams(trees=10, leaves=7, least_accounts=15, l2=3.0)
MOST_BYTES = 1 << 20


def read(path):
    return nbformat.read(path, as_version=4)


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.fixture(scope="module")
def pair():
    """The script that keeps the notebooks' two forms alike."""
    spec = importlib.util.spec_from_file_location("pair", ROOT / "notebooks" / "pair.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def simulated():
    """The simulation, which gives the accounts that several notebooks look at once."""
    return functools.cache(accounts.simulation.simulate)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_and_beside_its_text(path, pair):
    notebook = read(path)
    nbformat.validate(notebook)
    assert not outputs(notebook)
    assert {cell.execution_count for cell in notebook.cells if cell.cell_type == "code"} == {None}
    text = path.with_suffix(".py").read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8") == pair.as_file(pair.to_notebook(text))
    assert pair.to_text(notebook) == text


@pytest.mark.parametrize("path", IN_A_KERNEL, ids=lambda path: path.stem)
def test_a_notebook_runs_and_leaves_the_reader_s_folders_alone(path, tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    settings = {
        "ASSAY_NOTEBOOK_ACCOUNTS": SMALL,
        "ASSAY_HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    notebook = read(path)
    NotebookClient(
        notebook, timeout=1_100, kernel_name="python3", resources={"metadata": {"path": str(here)}}
    ).execute()
    assert not list(here.iterdir())
    assert not (tmp_path / "home").exists()
    found = outputs(notebook)
    assert not [output for output in found if output.output_type == "error"]
    assert not [output for output in found if output.get("name") == "stderr" and "Warning" in output.text]
    assert sum("image/png" in output.get("data", {}) for output in found) >= 2


@dataclass(frozen=True)
class SmallTraining(TrainingConfig):
    """Few and small trees on few rows: what the cells show holds for any detector."""

    masked_accounts: int = 50
    masked_copies: int = 1
    folds: int = 2
    alpha: float = 0.2
    scorer: ScorerParams = SMALL_HEADS


@pytest.fixture
def trained_small(monkeypatch):
    """Training takes seconds, and so does adapting."""
    monkeypatch.setattr(training.config, "TrainingConfig", SmallTraining)
    monkeypatch.setattr(
        training.adapt, "config_of", lambda facts: replace(config_of(facts), scorer=SMALL_HEADS)
    )
    monkeypatch.setattr(training.adapt_rows, "COPIES_IN_ALL", 250)


@pytest.mark.usefixtures("trained_small")
@pytest.mark.parametrize("path", IN_HERE, ids=lambda path: path.stem)
def test_a_notebook_s_cells_run_one_after_the_other(path, tmp_path, monkeypatch, capsys, simulated):
    """In this process, where the libraries are loaded already: a kernel of its own takes seconds to start."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_of(tmp_path, "temporary")))
    monkeypatch.setenv("ASSAY_NOTEBOOK_ACCOUNTS", SMALL)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(accounts.simulation, "simulate", simulated)
    names = {"__name__": "__main__"}
    try:
        for cell in read(path).cells:
            if cell.cell_type == "code":
                source = cell.source.removeprefix("%matplotlib inline\n")
                exec(compile(source, f"{path.stem} {cell.id}", "exec"), names)
        assert len(plt.get_fignums()) >= 2
    finally:
        plt.close("all")
        drop_features(files_in_use())
    assert [one.name for one in tmp_path.iterdir()] == ["temporary"]
    assert "nan" not in capsys.readouterr().out.split()


def tmp_path_of(folder, name):
    """A new folder in one."""
    (folder / name).mkdir()
    return folder / name


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_rendered_is_what_the_notebook_says(path, pair):
    """Prose and code of the rendered page are the notebook's own, and its pictures are there and small."""
    page = (RENDERED / f"{path.stem}.md").read_text(encoding="utf-8")
    for cell in read(path).cells:
        prose = cell.cell_type == "markdown"
        assert (pair.moved_links(cell.source) if prose else f"```python\n{cell.source}\n```") in page
    pictures = [RENDERED / name for name in re.findall(r"!\[\]\((\S+)\)", page)]
    assert len(pictures) >= 2
    assert len(page.encode()) + sum(picture.stat().st_size for picture in pictures) < MOST_BYTES


@pytest.mark.parametrize("path", SAYING_WHAT_NEXT, ids=lambda path: path.stem)
def test_no_figure_stands_in_the_prose_of_what_the_run_finds(path):
    """Shares and areas under curves are printed by the run; prose states at most what was chosen."""
    prose = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    assert not re.findall(r"\b\d+\.\d+ %|AUC (?:of )?\.?\d", prose)
    assert "What to do next" in prose


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 9
