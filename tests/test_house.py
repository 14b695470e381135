"""The house: floors, one gate for each heavy library, and what may be imported when."""

from __future__ import annotations

import ast
import functools
import json
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("accounts", "features", "detector", "reporting", "training", "serving", "cli", "assay")
GATES = {
    "mlflow": "training/tracking.py",
    "bentoml": "serving/service.py",
    "shap": "detector/shap_plots.py",
    "weasyprint": "reporting/report/pdf.py",
}


def modules() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@functools.cache
def imported(path: Path) -> set[str]:
    """Top-level names of everything that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_floors_import_only_from_below() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("library", GATES)
def test_a_heavy_library_has_one_gate(library: str) -> None:
    users = {path.relative_to(ROOT).as_posix() for path in modules() if library in imported(path)}
    assert users == {GATES[library]}


def test_the_folder_mlflow_holds_no_python() -> None:
    assert not list((ROOT / "mlflow").rglob("*.py"))
    assert "site-packages" in run("from importlib.util import find_spec; print(find_spec('mlflow').origin)")


def test_screening_and_serving_import_neither_mlflow_nor_shap() -> None:
    floors = "accounts.reading, detector.screening, serving.service, serving.app.application"
    loaded = run(f"import sys, {floors}; print({{'mlflow', 'shap', 'bentoml'}} & set(sys.modules))")
    assert loaded.strip().splitlines()[-1] == "{'bentoml'}"


def test_screening_imports_none_of_the_large_parts_of_scipy() -> None:
    floors = (
        "detector.light_import, detector.screening, serving.desk.reading_child, serving.jobs.job_run, "
        "serving.jobs.sent_files_child"
    )
    large = "{'scipy.stats', 'scipy.optimize', 'scipy.integrate', 'sklearn'}"
    assert run(f"import sys, {floors}; print({large} & set(sys.modules))").strip() == "set()"


def test_help_imports_nothing_heavy() -> None:
    heavy = (
        "{'pandas', 'polars', 'numpy', 'lightgbm', 'sklearn', 'mlflow', 'shap', 'bentoml', 'pydantic', "
        "'weasyprint', 'babel', 'jinja2'}"
    )
    code = (
        "import sys\nsys.argv = ['assay', '--help']\n"
        "from cli.assay import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print({heavy} & set(sys.modules))"
    )
    assert run(code).strip().splitlines()[-1] == "set()"


def test_importing_any_module_does_nothing(tmp_path: Path) -> None:
    names = [path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in modules()]
    names = [name.removesuffix(".__init__") for name in names if not name.startswith("serving.")]
    code = (
        f"import importlib, os, sys\nsys.path.insert(0, {str(ROOT)!r})\nos.chdir({str(tmp_path)!r})\n"
        f"for name in {names!r}: importlib.import_module(name)"
    )
    run(code)
    assert not list(tmp_path.iterdir())


def test_every_package_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = {path.parent.relative_to(ROOT) for path in modules() if path.name == "__init__.py"}
    found = {folder.as_posix().replace("/", ".") for folder in folders}
    assert sorted(listed) == sorted(found)
    assert not {"schema", "datasets", "mlflow"} & set(listed)


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    names = {re.split(r"[^\w.-]", each)[0].lower() for each in declared}
    owners = packages_distributions()
    parts_of_declared = {"pydantic_core", "threadpoolctl"}  # of pydantic and of scikit-learn
    known = {*sys.stdlib_module_names, *PACKAGES, "benchmarks", *parts_of_declared}
    undeclared = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in modules()
        for name in imported(path) - known
        if names.isdisjoint(owner.lower().replace("_", "-") for owner in owners.get(name, [name]))
    }
    assert not undeclared


def test_no_other_distribution_owns_our_names() -> None:
    owners = defaultdict(set)
    for distribution in distributions():
        for file in distribution.files or []:
            if file.parts and file.parts[0].removesuffix(".py") in PACKAGES:
                owners[file.parts[0]].add(distribution.metadata["Name"])
    assert not {name: who for name, who in owners.items() if who != {"assay"}}


@pytest.mark.parametrize(
    ("file", "least"), [("requirements.txt", 100), ("tests/clients/requirements.txt", 20)]
)
def test_requirements_are_pinned_with_hashes_and_name_no_registry(file: str, least: int) -> None:
    text = (ROOT / file).read_text()
    assert "://" not in text and "index-url" not in text
    pins = re.findall(r"^[a-z0-9._-]+(?:\[[^\]]*\])?==\S+", text, flags=re.MULTILINE | re.IGNORECASE)
    assert len(pins) > least
    blocks = re.split(r"\n(?=[a-z0-9])", text, flags=re.IGNORECASE)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)


def test_packages_of_node_are_pinned_with_hashes_and_name_no_registry() -> None:
    lock = json.loads((ROOT / "tests" / "clients" / "package-lock.json").read_text())
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert len(packages) > 10
    assert all("integrity" in entry and "resolved" not in entry for entry in packages)


def test_no_pickle_is_read() -> None:
    assert not [path for path in modules() if imported(path) & {"pickle", "joblib", "cloudpickle", "dill"}]
    assert not [path for path in modules() if "allow_pickle=True" in path.read_text(encoding="utf-8")]


def test_a_declared_link_in_the_documentation_exists() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        (page.relative_to(ROOT).as_posix(), target)
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith(("http", "mailto")) and not (page.parent / target).exists()
    ]
    assert not broken


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted in /proc")
def test_importing_starts_no_thread_of_polars() -> None:
    """A process that is forked after such a thread was started waits for it for ever."""
    count = (
        "import os\n"
        "names = [open(f'/proc/self/task/{one}/comm').read() for one in os.listdir('/proc/self/task')]\n"
        "print([name for name in names if name.startswith('polars-') and 'ooc' not in name])"
    )
    assert run(f"import detector.screening, training.fit, serving.screening.service\n{count}").strip() == "[]"


def test_files_that_share_what_a_session_makes_are_named_together(request: pytest.FixtureRequest) -> None:
    plugins = request.config.pluginmanager.get_plugins()
    (conftest,) = (plugin for plugin in plugins if hasattr(plugin, "TOGETHER"))
    named = [*conftest.FIRST, *(name for names in conftest.TOGETHER.values() for name in names)]
    assert not [name for name in named if not (ROOT / "tests" / name).exists()]
    asking = {item.nodeid.split("::")[0] for item in request.session.items if conftest.asks_for_run(item)}
    assert not [file for file in asking if conftest.unit_of(file) != "training"]
