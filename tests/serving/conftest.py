"""The real service, started once, on a free port of this machine."""

import json
import os
import socket
import subprocess
import sys
import time

import httpx
import pytest

from accounts.document import to_documents
from accounts.simulation import simulate

LONGEST_START_SECONDS = 90


@pytest.fixture(scope="session")
def population():
    return simulate(8, seed=4)


@pytest.fixture(scope="session")
def documents(population):
    """Account documents as they would be sent."""
    return [json.dumps(document).encode() for document in to_documents(population.tables)]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of nobody's, so that the starter speaks."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(home):
    """Where the service answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from cli.assay import main; main()", "serve", "--port", str(port)]
    environment = {**os.environ, "ASSAY_HOME": str(home)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield wait_for(process, f"http://127.0.0.1:{port}")
        finally:
            end(process)
    assert process.returncode == 0


def wait_for(process, url):
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return url
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the service did not start: exit code {process.poll()}")


def end(process):
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.fixture
def client(address):
    with httpx.Client(base_url=address, timeout=60) as one:
        yield one
