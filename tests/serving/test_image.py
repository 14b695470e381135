"""The image: its instructions hold to good practice, and it is built where something can build it."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
ENGINE = next(filter(None, map(shutil.which, ("docker", "podman"))), None)
ASKED_FOR = (
    "ASSAY_TEST_IMAGE" in os.environ
)  # building fetches packages: tests do not, unless they are asked to


def instructions():
    """Instructions of the Dockerfile in order, each with its arguments; lines that go on are joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "deploy" / "Dockerfile").read_text(), flags=re.M)
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line.strip()]


def stages():
    """Instructions by the stage's name."""
    found = {}
    for name, rest in instructions():
        if name == "FROM":
            current = found[rest.rpartition(" AS ")[2]] = []
        elif found:
            current.append((name, rest))
    return found


def pinned(path):
    return dict(re.findall(r"^([a-z0-9-]+)(?:\[\w+\])?==(\S+)", (ROOT / path).read_text(), re.M))


def test_the_image_holds_every_package():
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    copied = [rest.split() for name, rest in stages()["build"] if name == "COPY"]
    folders = {source for source, *_ in copied if (ROOT / source).is_dir()}
    assert folders == {name for name in packages if "." not in name}
    assert all((ROOT / source).exists() for source, *_ in copied[:-1])


def test_the_service_runs_a_command_without_rights():
    inherited = stages()["runtime"]
    assert ("USER", "assay") in inherited
    service = dict(stages()["service"])
    assert not {"USER", "RUN"} & set(service)
    assert json.loads(service["CMD"])[0] in COMMANDS
    assert "/readyz" in service["HEALTHCHECK"]
    assert list(stages())[-1] == "service", "what is built without a target is the service"


def test_the_service_holds_neither_training_nor_tests():
    service, everything = pinned("deploy/requirements.txt"), pinned("requirements.txt")
    assert service.items() <= everything.items(), "what is served is what is tested"
    assert not {"mlflow", "scikit-learn", "pytest", "playwright", "optuna", "matplotlib"} & set(service)
    assert {"bentoml", "lightgbm", "weasyprint", "psycopg"} <= set(service)


def test_the_instructions_hold_to_good_practice():
    for name, rest in instructions():
        assert name != "ADD"
        assert "latest" not in rest and "sudo" not in rest
        if "apt-get install" in rest:
            assert "--no-install-recommends" in rest and "rm -rf /var/lib/apt/lists/*" in rest
        if "pip install" in rest:
            assert "--require-hashes" in rest or "--no-deps" in rest
    bases = {rest.split()[0] for name, rest in instructions() if name == "FROM"}
    assert bases - set(stages()) == {"${BASE}"}
    assert re.fullmatch(r"BASE=python:3\.11-slim-\w+@sha256:[0-9a-f]{64}", dict(instructions())["ARG"])


@pytest.mark.skipif(not (ENGINE and ASKED_FOR), reason="no engine, or ASSAY_TEST_IMAGE is not set")
def test_the_image_is_built():
    build = ["build", "-f", "deploy/Dockerfile", "-t", "assay-test", "."]
    subprocess.run([ENGINE, *build], cwd=ROOT, check=True)
    run = ["run", "--rm", "--read-only", "--network", "none", "assay-test", "--version"]
    shown = subprocess.run([ENGINE, *run], capture_output=True, check=True)
    assert shown.stdout.startswith(b"assay ")
