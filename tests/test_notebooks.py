"""Every notebook runs from its first cell to its last, and is kept without what it printed."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SMALL = "600"


def read(path):
    return nbformat.read(path, as_version=4)


def outputs(notebook):
    return [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert not outputs(notebook)
    assert {cell.execution_count for cell in notebook.cells if cell.cell_type == "code"} == {None}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
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
        notebook, timeout=110, kernel_name="python3", resources={"metadata": {"path": str(here)}}
    ).execute()
    assert not list(here.iterdir())
    assert not (tmp_path / "home").exists()
    found = outputs(notebook)
    assert not [output for output in found if output.output_type == "error"]
    assert not [output for output in found if output.get("name") == "stderr" and "Warning" in output.text]
    assert sum("image/png" in output.get("data", {}) for output in found) >= 3


def test_there_is_a_notebook():
    assert NOTEBOOKS
