"""What ``assay serve`` does: start the service as a child process, wait for its model, and stop it."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

import psutil
import typer

from accounts.errors import AssayError, NoUsableModel, WrongUsage
from cli import work
from cli.extras import EXTRAS, require
from serving.jobs.job_files import HELD, holding, remove_lost_folders
from serving.observe.child_processes import end_with_parent
from serving.observe.log import log_event, start_logging
from serving.settings import Settings, config_file

__all__ = ["SPARE_SECONDS", "ServiceFailed", "run"]

LONGEST_START_SECONDS: Final = 600
WATCH_SECONDS: Final = 1.0
SPARE_SECONDS: Final = 10
"""How long a service that was told to end gets beyond the longest answer before it is killed."""

STANDARD_ERROR: Final = 2

BENTOML_FILES: Final = "assay-bentoml-"
"""How the folders that BentoML has to itself begin."""


class ServiceFailed(AssayError):
    """The service could not be started, or ended by itself."""

    exit_code = 1


def run(  # noqa: PLR0913, PLR0917
    host: str, port: int, model: Path | None, workers: int, no_auth: bool, features: Sequence[str] = ()
) -> None:
    """Serve until Ctrl-C, SIGTERM or SIGHUP.

    Raises
    ------
    WrongUsage
        If the address is not free, or other machines reach it and could ask without a key, or with none.
    NoUsableModel, NoUsableStore
        If the service cannot work.
    ServiceFailed
        If it ends by itself.
    """
    require(EXTRAS["serve"], "serve")  # for the service's own process would only end
    settings = Settings.read()
    open_to_all = no_auth or settings.no_auth
    variables = environment(settings, model, workers, open_to_all)
    if files := Settings.split_files(list(features) or settings.features):
        variables["ASSAY_FEATURES"] = ",".join(files)  # absolute, for the service works in another folder
    host = free_address(host, port)
    local = ip_address(host.partition("%")[0]).is_loopback
    if open_to_all and not local:
        raise WrongUsage(f"--no-auth is for this machine alone, and others may reach {host}.")
    longest = settings.drain_seconds + settings.request_seconds + SPARE_SECONDS  # that any answer may take
    with (
        bentoml_folder(settings.home) as bentoml,
        running(command(host, port), variables | bentoml, longest) as server,
    ):
        # Imported and asked only where it matters, and now, while the service starts.
        needs_key = not open_to_all and not work.keys.any_keys(settings)
        if needs_key and not local and not work.keys.anybody_may_sign_in(settings):
            raise WrongUsage(f"Nobody could ask at {host}: make an API key first, with `assay keys create`.")
        wait_until_ready(server, host, port, settings)
        from serving.desk.unavailable import why_unavailable  # here: its libraries would hold up the start

        no_desk = why_unavailable(settings)
        shown = welcome(host, port, open_to_all=open_to_all, keys=not needs_key, no_desk=no_desk)
        typer.echo(shown, err=True)
        start_logging()
        if code := wait_for_end(server):
            raise ServiceFailed(f"The service ended by itself, with exit code {code}.")


def command(host: str, port: int) -> list[str]:
    """The command line that starts BentoML with the service."""
    bento = [sys.executable, "-P", "-m", "bentoml", "serve", "serving.service:Assay"]
    # BentoML imports the service from this folder first, and from the current one if none is given.
    installed = Path(__file__).parents[2]
    return [*bento, "--quiet", "--working-dir", str(installed), "--host", host, "--port", str(port)]


def environment(settings: Settings, model: Path | None, workers: int, open_to_all: bool) -> dict[str, str]:
    """The service's environment variables.

    They say which home, settings, model and number of workers, switch BentoML's telemetry off, and
    tracing where nobody wants it, and give Polars one thread in each worker.
    """
    home = settings.home
    configured = config_file().absolute()  # for the service's working directory is another one
    own = {
        "ASSAY_HOME": str(home),
        **({"ASSAY_CONFIG": str(configured)} if configured.exists() else {}),
        "ASSAY_NO_AUTH": "true" if open_to_all else "false",
        "BENTOML_DO_NOT_TRACK": "True",
        "BENTOML_CONFIG_OVERRIDES": json.dumps({"services": {"Assay": {"workers": workers}}}),
        "OTEL_SDK_DISABLED": "true" if settings.traces == "off" else "false",
    }
    return {
        "POLARS_MAX_THREADS": "1",
        **os.environ,
        **own,
        **({"ASSAY_MODEL": str(model.absolute())} if model else {}),
    }


@contextmanager
def bentoml_folder(home: Path) -> Iterator[dict[str, str]]:
    """The variable with a folder of this start's own, for BentoML and for the counts of all workers.

    It is made below ``BENTOML_HOME`` where that is set, else in Assay's own folder, or among temporary files
    where nothing can be made there. It is removed at the end; those of services that were killed are removed
    now. In one folder two services would clear each other's counts, and each would answer the sum of both.

    Raises
    ------
    WrongUsage
        If none can be made.
    """
    with ExitStack() as held:
        try:
            parent = folder_for_bentoml(home)
            remove_lost_folders(parent, BENTOML_FILES)
            own = TemporaryDirectory(prefix=BENTOML_FILES, dir=parent, ignore_cleanup_errors=True)
            folder = Path(held.enter_context(own))
            held.enter_context(holding(folder / HELD))
        except OSError as error:
            place = os.environ.get("BENTOML_HOME") or "temporary files"
            raise WrongUsage(f"No folder can be made in {place} (BENTOML_HOME): {error.strerror}.") from error
        yield {"BENTOML_HOME": str(folder)}


def folder_for_bentoml(home: Path) -> Path:
    """Where the folders of all starts lie; among temporary files a cleaner may take them from a service."""
    if named := os.environ.get("BENTOML_HOME"):
        Path(named).mkdir(parents=True, exist_ok=True)
        return Path(named)
    own = home / "bentoml"
    with suppress(OSError):  # a home may be read-only where nothing is stored, or elsewhere
        own.mkdir(parents=True, exist_ok=True)
    return own if os.access(own, os.W_OK) else Path(gettempdir())


@contextmanager
def running(
    arguments: list[str], variables: Mapping[str, str], patience: float
) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a child process, stopped at the end of the block.

    Ctrl-C, SIGTERM and SIGHUP end the block without an error; if this process is killed, the child ends, too.

    Parameters
    ----------
    arguments, variables
        The child's command line and environment.
    patience
        Seconds that it gets to stop before it is killed.
    """
    handle_ends(end_once)
    # In a session of its own Ctrl-C does not reach the child, which is then stopped once, by this process.
    # Its log goes to standard error: standard output is for results.
    server = subprocess.Popen(
        arguments, env=variables, stdin=subprocess.DEVNULL, stdout=STANDARD_ERROR, start_new_session=True,
        preexec_fn=partial(prepare_service, os.getpid()),  # noqa: PLW1509 - this command has one thread
    )  # fmt: skip
    try:
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        stop(server, patience)


def handle_ends(handler: Callable[..., object]) -> None:
    """Call ``handler`` at Ctrl-C, at SIGTERM, and at SIGHUP, unless that is ignored, as nohup sets it.

    A shell has its background jobs ignore SIGINT; the service takes it all the same.
    """
    hangs_up = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN
    for end in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hangs_up else [])):
        signal.signal(end, handler)


def end_once(*_: object) -> None:
    """Raise KeyboardInterrupt, and let pass what comes with the first signal until :func:`stop` listens.

    Whoever ends a terminal or a unit of systemd may send several at a time.
    """
    handle_ends(lambda *_: None)
    raise KeyboardInterrupt


def prepare_service(parent: int) -> None:
    """Have the service's own process, before it begins, end with ``parent`` and leave SIGHUP to that.

    systemd may send SIGHUP to every process of a unit: it would end the workers in the middle of their
    answers, and BentoML's own process would start them anew. A signal that is blocked is blocked in all
    processes that a process starts, too.
    """
    end_with_parent(parent)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGHUP])


def stop(server: subprocess.Popen[bytes], patience: float) -> None:
    """Terminate the service; kill it, and every process that it started, after ``patience`` seconds.

    A second Ctrl-C or SIGTERM kills them at once; SIGHUP, which may follow either by itself, does nothing.
    """
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(server.pid)
        family = [parent, *parent.children(recursive=True)]
        for end in (signal.SIGINT, signal.SIGTERM):
            signal.signal(end, lambda *_: kill(family))
        server.terminate()
        _, left = psutil.wait_procs(family, patience)
        kill(left)
    server.wait()


def kill(processes: Sequence[psutil.Process]) -> None:
    """Kill processes; those that have ended are none."""
    for one in processes:
        with suppress(psutil.NoSuchProcess):
            one.kill()


def wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int, settings: Settings) -> None:
    """Wait until the service answers that it is ready, for ten minutes at most.

    Raises
    ------
    NoUsableModel, NoUsableStore
        If the service answers that it has none.
    ServiceFailed
        If it ends, or is not ready in time.
    """
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ServiceFailed("The service could not be started; what it said stands above.")
        status, answer = readiness(host, port)
        if status == 200:
            return
        if answer.get("code") == "no-usable-model":
            raise NoUsableModel(str(answer["detail"]))
        if answer.get("code") == "no-usable-store":
            from serving.store.engine import NoUsableStore  # here: its libraries would hold up the start

            work.keys.any_keys(settings)  # says why, which the service says in its log alone
            raise NoUsableStore(str(answer["detail"]))
        time.sleep(0.1)
    raise ServiceFailed(f"The service did not start within {LONGEST_START_SECONDS} seconds.")


def wait_for_end(server: subprocess.Popen[bytes]) -> int:
    """Wait for the service's exit code, and log each worker of its that ends meanwhile.

    BentoML starts another in its place without a word, and one that the kernel ends, as it does where
    memory is short, says nothing itself.
    """
    workers = workers_of(server)
    while True:
        with suppress(subprocess.TimeoutExpired):
            return server.wait(WATCH_SECONDS)
        if os.getpid() == 1:  # as in a container
            reap_orphans(server.pid)
        before, workers = workers, workers_of(server)
        for pid in sorted(before - workers):
            log_event("service_worker_ended", level=logging.ERROR, pid=pid)


def reap_orphans(server: int) -> None:
    """Let processes go that have ended and whose parents ended before them, but for the service's own.

    The first process of a machine or container becomes their parent.
    """
    for child in psutil.Process().children():
        with suppress(psutil.Error, ChildProcessError):
            if child.pid != server and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)


def workers_of(server: subprocess.Popen[bytes]) -> set[int]:
    """The processes that the service's own process started."""
    try:
        return {child.pid for child in psutil.Process(server.pid).children()}
    except psutil.NoSuchProcess:
        return set()


def readiness(host: str, port: int) -> tuple[int, dict[str, object]]:
    """Status and body of ``/readyz``; status 0 while nothing answers."""
    connection = HTTPConnection(reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()


def reachable(host: str) -> str:
    """The address under which this machine reaches a service that listens at ``host``.

    >>> reachable("0.0.0.0"), reachable("::"), reachable("10.0.0.5")
    ('127.0.0.1', '::1', '10.0.0.5')
    """
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def free_address(host: str, port: int) -> str:
    """The IP address of ``host``, after a trial that its port can be listened at.

    Raises
    ------
    WrongUsage
        If there is no such address here, or something listens there already.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise WrongUsage(f"Cannot listen at {host} port {port}: {error.strerror}.") from error
    return str(address[0])


def welcome(
    host: str, port: int, *, open_to_all: bool = True, keys: bool = False, no_desk: str | None = None
) -> str:
    """What is printed when the service is ready: its URL, and ``curl`` commands to try it.

    Parameters
    ----------
    host, port
        Where it listens.
    open_to_all
        Whether requests need no API key.
    keys
        Whether there is any API key.
    no_desk
        Why there is no desk; None where there is one.
    """
    name = reachable(host)
    url = f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
    key = "" if open_to_all else ' -H "Authorization: Bearer $ASSAY_KEY"'
    desk = (
        f"The vetting desk is at {url}/ (`assay desk invite NAME --address {url}` makes a sign-in address)."
    )
    lines = [
        f"Assay answers at {url} until Ctrl-C. Try it:",
        f"  curl -s{key} {url}/v1/verdicts --json @account.json",
        f"  curl -s{key} {url}/v1/openapi.json",
        no_desk or desk,
    ]
    if not open_to_all and not keys:
        lines.append("There is no API key yet: make one with `assay keys create`, or start with --no-auth.")
    return "\n".join(lines)
