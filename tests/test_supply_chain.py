"""What ``make sbom`` and ``make audit`` run: a licence for each library, and no look-up means failure."""

import json
import os
import shlex
import subprocess
from pathlib import Path

from benchmarks.free_port import free_port

ROOT = Path(__file__).parents[1]
WITHOUT_LICENCE = {"huey", "axe-playwright-python"}


def command_of(target, program):
    """The words of the command that a target of the Makefile ends with."""
    shown = subprocess.run(
        ["make", "-n", "--no-print-directory", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    text = shown.stdout.replace("\\\n", " ")
    return shlex.split(text[text.rindex(f".venv/bin/{program}") :])


def test_each_library_has_a_licence_but_for_those_that_the_page_names(tmp_path):
    command = command_of("sbom", "cyclonedx-py")
    assert command[-1] == "sbom.json"
    # What is written is the same, and its validation takes a quarter of a minute.
    done = [*command[:-1], tmp_path / "sbom.json", "--no-validate"]
    subprocess.run(done, cwd=ROOT, capture_output=True, check=True)
    components = json.loads((tmp_path / "sbom.json").read_text())["components"]
    assert len(components) > 100
    assert {one["name"] for one in components if not one.get("licenses")} == WITHOUT_LICENCE
    page = (ROOT / "docs" / "serving.md").read_text()
    assert all(name in page for name in WITHOUT_LICENCE)


def test_an_audit_is_strict_about_what_the_database_does_not_know():
    assert "--strict" in command_of("audit", "pip-audit")


def test_an_audit_that_cannot_look_anything_up_fails(tmp_path):
    proxy = f"http://127.0.0.1:{free_port()}"
    variables = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), proxy)
    # Nor may it remember what it looked up before.
    empty = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "PIP_CACHE_DIR"), str(tmp_path))
    done = subprocess.run(
        command_of("audit", "pip-audit"),
        env=os.environ | variables | empty | {"no_proxy": "", "NO_PROXY": ""},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert proxy.removeprefix("http://127.0.0.1:") in done.stderr
