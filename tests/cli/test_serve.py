import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from accounts.errors import AssayError, WrongUsage
from benchmarks import free_port as ports
from cli.work import serve
from cli.work.serve import bentoml_folder, free_address, wait_for_end, wait_until_ready, welcome
from serving.jobs import job_files
from serving.settings import Settings


@pytest.fixture
def occupied_port():
    """A port that something else listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def free_port():
    return ports.free_port()


def test_a_name_becomes_an_address(free_port):
    assert free_address("127.0.0.1", free_port) == "127.0.0.1"
    assert free_address("localhost", free_port) in ("127.0.0.1", "::1")


def test_a_port_that_is_taken_is_said_at_once(run, occupied_port):
    done = run("serve", "--port", occupied_port)
    assert done.exit_code == 2
    assert done.stderr == f"Cannot listen at 127.0.0.1 port {occupied_port}: Address already in use.\n"


def test_an_address_of_another_machine_is_refused(free_port):
    with pytest.raises(WrongUsage, match=r"Cannot listen at 192\.0\.2\.1 "):
        free_address("192.0.2.1", free_port)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80 "), ("0.0.0.0", "http://127.0.0.1:80 "), ("::", "http://[::1]:80 ")],
)
def test_the_welcome_names_where_it_can_be_tried(host, url):
    assert url in welcome(host, 80)


@pytest.mark.parametrize(
    ("code", "exit_code"), [("no-usable-model", 4), ("no-usable-store", 5), ("service-unavailable", 1)]
)
def test_a_service_that_is_not_ready_ends_with_the_code_of_its_reason(monkeypatch, tmp_path, code, exit_code):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:

        def answer(*_):
            server.stdin.close()  # it ends by itself, and is asked no third time
            server.wait()
            return 503, {"status": 503, "detail": "It says why.", "code": code}

        monkeypatch.setattr(serve, "readiness", answer)
        with pytest.raises(AssayError) as refusal:
            wait_until_ready(server, "127.0.0.1", 80, Settings(home=tmp_path))
    assert refusal.value.exit_code == exit_code
    assert exit_code == 1 or str(refusal.value) == "It says why."


def test_without_keys_no_other_machine_is_answered(start, free_port):
    done = start("serve", "--host", "0.0.0.0", "--port", free_port)
    assert done.returncode == 2
    messages = [
        line for line in done.stderr.splitlines() if not line.startswith("{")
    ]  # a worker may log its end
    assert messages == ["Nobody could ask at 0.0.0.0: make an API key first, with `assay keys create`."]


def test_another_machine_is_never_answered_without_keys(run, free_port):
    run("keys", "create", "--name", "web")
    done = run("serve", "--no-auth", "--host", "0.0.0.0", "--port", free_port)
    assert done.exit_code == 2
    assert done.stderr == "--no-auth is for this machine alone, and others may reach 0.0.0.0.\n"


def test_a_database_that_cannot_be_used_ends_with_5(start, home, free_port):
    home.mkdir()
    (home / "assay.db").write_text("nothing of the kind, " * 100)
    done = start("serve", "--no-auth", "--port", free_port)
    assert done.returncode == 5
    assert done.stderr.endswith("file is not a database.\n")


def test_the_welcome_says_how_to_get_a_key():
    assert "assay keys create" in welcome("127.0.0.1", 80, open_to_all=False, keys=False)
    shown = welcome("127.0.0.1", 80, open_to_all=False, keys=True)
    assert "Bearer $ASSAY_KEY" in shown
    assert "assay keys create" not in shown


def test_the_welcome_says_why_there_is_no_desk():
    assert "The vetting desk is at" in welcome("127.0.0.1", 80)
    shown = welcome("127.0.0.1", 80, no_desk="It is switched off.")
    assert "The vetting desk is at" not in shown and "It is switched off." in shown


def test_without_a_usable_model_it_ends_with_4(start, free_port, tmp_path):
    done = start("serve", "--port", free_port, "--model", tmp_path / "nowhere")
    assert done.returncode == 4
    assert done.stdout == ""
    assert done.stderr == f"There is no bundle at {tmp_path / 'nowhere'}.\n"


def test_every_start_has_a_folder_of_its_own_for_bentoml(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    home, no_home = tmp_path / "home", tmp_path / "file"
    no_home.write_text("")
    for where, parent in ((home, home / "bentoml"), (no_home, tmp_path), (home, tmp_path / "named")):
        if parent.name == "named":
            monkeypatch.setenv("BENTOML_HOME", str(parent))
        else:
            monkeypatch.delenv("BENTOML_HOME", raising=False)
        with bentoml_folder(where) as one, bentoml_folder(where) as other:
            folders = [Path(variables["BENTOML_HOME"]) for variables in (one, other)]
            assert len({*folders}) == 2
            assert all(folder.is_dir() and folder.parent == parent for folder in folders)
        assert not any(folder.exists() for folder in folders)
    monkeypatch.setenv("BENTOML_HOME", str(no_home))
    with pytest.raises(WrongUsage, match=r"No folder can be made in .*file \(BENTOML_HOME\): File exists\."):
        bentoml_folder(home).__enter__()


HOLD_FOR_EVER = (
    "from pathlib import Path\nfrom cli.work import serve\n"
    "with serve.bentoml_folder(Path('home')) as one: print(one, flush=True); input()"
)


def test_the_folder_of_a_service_that_was_killed_is_removed_at_the_next_start_and_no_other(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("BENTOML_HOME", str(tmp_path))
    monkeypatch.setattr(job_files, "LOST_SECONDS", -3_600)  # at once
    command = [sys.executable, "-c", HOLD_FOR_EVER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as killed, bentoml_folder(tmp_path) as other:
        assert killed.stdout.readline()
        with bentoml_folder(tmp_path):
            assert len(list(tmp_path.iterdir())) == 3
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.iterdir())) == 2
        with bentoml_folder(tmp_path):
            assert len(list(tmp_path.iterdir())) == 2
    assert not Path(other["BENTOML_HOME"]).exists()


def test_a_home_that_cannot_be_made_is_one_sentence(start, free_port, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "file" / "home"))
    done = start("serve", "--port", free_port)
    assert done.returncode == 5
    *_, sentence = done.stderr.splitlines()  # after what the service may have logged by then
    assert "cannot be opened" in sentence


LOSES_A_WORKER = """
import subprocess, sys
worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print(worker.pid, flush=True)
worker.wait()
sys.stdin.read()
sys.exit(3)
"""


def test_a_worker_that_the_kernel_ends_is_logged(monkeypatch):
    server = subprocess.Popen(
        [sys.executable, "-c", LOSES_A_WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    pid, find, watched, logged = int(server.stdout.readline()), serve.workers_of, [], []

    def find_and_kill(server):
        found = find(server)
        if not watched:
            os.kill(pid, signal.SIGKILL)
        watched.append(found)
        return found

    def log(event, **facts):
        logged.append((event, facts["pid"]))
        server.stdin.close()

    monkeypatch.setattr(serve, "workers_of", find_and_kill)
    monkeypatch.setattr(serve, "log_event", log)
    monkeypatch.setattr(serve, "WATCH_SECONDS", 0.1)
    assert wait_for_end(server) == 3
    server.stdout.close()
    assert watched[0] == {pid} and logged == [("service_worker_ended", pid)]


def test_orphans_that_have_ended_are_let_go_and_the_service_s_own_process_is_not():
    orphan, server = (subprocess.Popen([sys.executable, "-c", ""]) for _ in range(2))
    for child in (orphan, server):
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    serve.reap_orphans(server.pid)
    assert not psutil.pid_exists(orphan.pid)
    assert server.wait() == 0
    orphan.returncode = 0
