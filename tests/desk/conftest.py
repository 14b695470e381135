"""The real service with its desk on a free port of this machine, and Debian's Chromium before it."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from accounts.document import to_documents
from accounts.simulation import simulate
from benchmarks.free_port import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
START_SECONDS = 120

# Files are read in a process of its own, which waits for its turn where tests run beside each other.
expect.set_options(timeout=START_SECONDS * 1_000)
PASSWORD = "correct horse battery"
RUNNING = []
"""The service's process, as long as there is one."""


def pytest_runtest_teardown(item, nextitem):
    """The service ends with this folder's last test: what polls would run beside all tests that follow."""
    if nextitem is None or nextitem.path.parent != item.path.parent:
        while RUNNING:
            RUNNING.pop().terminate()


def assay(home, *arguments):
    command = [sys.executable, "-c", "from cli.assay import main; main()", *map(str, arguments)]
    variables = {**os.environ, "ASSAY_HOME": str(home)}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def shortlist(tmp_path_factory):
    """A file with simulated creators."""
    path = tmp_path_factory.mktemp("shortlist") / "shortlist.jsonl"
    documents = to_documents(simulate(12, seed=7).tables)
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))
    return path


@pytest.fixture(scope="session")
def address(home):
    """Where the service answers."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    port = free_port()
    command = [sys.executable, "-c", "from cli.assay import main; main()", "serve", "--port", str(port)]
    variables = {**os.environ, "ASSAY_HOME": str(home)}
    with subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + START_SECONDS
        with httpx.Client() as client:  # one for all tries: each new one reads all certificates
            while not is_ready(client, url):
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.2)
        RUNNING.append(process)
        yield url
        process.terminate()


def is_ready(client, url):
    try:
        return client.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def invite(home, address):
    """Makes one-time addresses."""

    def make(name, role="lead", tenant="default"):
        options = ("--role", role, "--tenant", tenant, "--address", address)
        return assay(home, "desk", "invite", name, *options)

    return make


@pytest.fixture(scope="module")
def chromium():
    """A browser for one file: while Playwright runs, no other test of this process can run an event loop."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(chromium, address, invite):
    """The cookies of a lead."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(invite("Lee"))
    join(page)
    state = context.storage_state()
    context.close()
    return state


def join(page):
    page.fill("#password", PASSWORD)
    page.fill("#again", PASSWORD)
    page.click("button[type=submit] >> text=Set the password")
    page.wait_for_url("**/lists")


@pytest.fixture(scope="session")
def filled(home, shortlist):
    """A list of the desk, filled from the command line."""
    return assay(home, "desk", "fill", shortlist, "--list", "Spring shortlist")


@pytest.fixture(scope="session")
def root():
    return Path(__file__).resolve().parents[2]
