"""A wheel, installed where nothing else of Assay is, screens the examples and serves."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import tomllib
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.free_port import free_port

ROOT = Path(__file__).parents[1]
PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
LABELS = {"authentic": 5, "insufficient": 1, "inflated": 5, "automated": 2}
LONGEST_START_SECONDS = 120


def run(*arguments, **how):
    done = subprocess.run([*map(str, arguments)], capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy: a build leaves folders beside its sources."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    for name in (name for name in PACKAGES if "." not in name):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    run(sys.executable, *build, "--wheel-dir", folder / "dist", folder)
    (path,) = (folder / "dist").iterdir()
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The scripts of an environment with the wheel, and of what else is installed here only the libraries."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    install = ("install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    run(sys.executable, "-m", "pip", "--python", python, *install, wheel)
    (own,) = folder.glob("lib/python*/site-packages")
    # Files .pth in a folder that is named in such a file are not read: the checkout stays unknown.
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture
def environment(tmp_path):
    hidden = ("PYTHONPATH", "ASSAY_CONFIG")
    variables = {name: value for name, value in os.environ.items() if name not in hidden}
    return variables | {"ASSAY_HOME": str(tmp_path / "home")}


@pytest.fixture
def examples(installed, environment, tmp_path):
    code = "from importlib.resources import files; print(files('accounts.examples') / 'creators.jsonl')"
    path = Path(run(installed / "python", "-c", code, cwd=tmp_path, env=environment).strip())
    assert path.is_relative_to(installed.parent)
    return path


def test_the_installed_command_screens_the_examples(installed, environment, examples, tmp_path):
    said = run(installed / "assay", "screen", examples, "--json", cwd=tmp_path, env=environment)
    assert Counter(json.loads(line)["label"] for line in said.splitlines()) == LABELS


def test_the_installed_library_screens_the_examples(installed, environment, examples, tmp_path):
    code = (
        "import assay, collections, json, sys\n"
        "labels = [str(one.label) for one in assay.screen(sys.argv[1])]\n"
        "print(json.dumps([assay.__file__, collections.Counter(labels)]))"
    )
    place, labels = json.loads(run(installed / "python", "-c", code, examples, cwd=tmp_path, env=environment))
    assert Path(place).is_relative_to(installed.parent)
    assert labels == LABELS


def test_the_installed_command_verifies_the_schema_of_a_new_database(installed, environment, tmp_path):
    said = run(installed / "assay", "audit", "verify", cwd=tmp_path, env=environment)
    assert said == "Nothing has been logged yet.\n"


def test_the_installed_service_answers(installed, environment, examples, tmp_path):
    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as stream:
        service = subprocess.Popen(
            [str(installed / "assay"), "serve", "--no-auth", "--port", str(port)],
            cwd=tmp_path, env=environment, stderr=stream, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    try:
        wait_for("Assay answers at", log, service)
        body = examples.read_bytes().splitlines()[0]
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/verdicts", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            verdict = json.loads(answer.read())
        assert verdict["account_id"] == json.loads(body)["account_id"]
        assert verdict["label"] == "authentic"
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0


def wait_for(words, log, service):
    """Wait until a running service has said these words."""
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while words not in log.read_text():
        assert service.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
