"""``assay serve``: the service on this machine, until it is stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from accounts.errors import AssayError, NoUsableModel, WrongUsage
from cli.options import Model
from serving.observe.parent_death import end_with_parent

if TYPE_CHECKING:
    from serving.settings import Settings

__all__ = ["app"]

LONGEST_START_SECONDS: Final = 120
SPARE_SECONDS: Final = 10
STANDARD_ERROR: Final = 2

app = typer.Typer()


class ServiceFailed(AssayError):
    """The service could not be started, or ended by itself."""

    exit_code = 1


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen at; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen at.", min=1, max=65535)] = 3000,
    model: Model = None,
    workers: Annotated[int, typer.Option(help="Processes that answer.", min=1)] = 1,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Ask nobody on this machine for an API key.")
    ] = False,
) -> None:
    """Serve verdicts over HTTP until Ctrl-C."""
    from serving.settings import Settings

    settings = Settings.read()
    open_to_all = no_auth or settings.no_auth
    variables = environment(settings, model, workers, open_to_all)
    host = address(host, port)
    alone = ip_address(host.partition("%")[0]).is_loopback
    if open_to_all and not alone:
        raise WrongUsage(f"--no-auth is for this machine alone, and others may reach {host}.")
    longest = settings.drain_seconds + settings.request_seconds + SPARE_SECONDS  # that any answer may take
    with (
        counted_together(workers) as more,
        running(command(host, port), variables | more, longest) as server,
    ):
        keys = any_keys(settings, open_to_all)  # meanwhile the service starts
        if not keys and not alone:
            raise WrongUsage(f"Nobody could ask at {host}: make an API key first, with `assay keys create`.")
        wait_until_ready(server, host, port)
        typer.echo(welcome(host, port, open_to_all=open_to_all, keys=keys), err=True)
        if code := server.wait():
            raise ServiceFailed(f"The service ended by itself, with exit code {code}.")


def command(host: str, port: int) -> list[str]:
    """How the service is started."""
    bento = [sys.executable, "-P", "-m", "bentoml", "serve", "serving.service:Assay"]
    # BentoML imports the service from this folder first, and from the current one if none is given.
    installed = Path(__file__).parents[1]
    return [*bento, "--quiet", "--working-dir", str(installed), "--host", host, "--port", str(port)]


def environment(settings: Settings, model: Path | None, workers: int, open_to_all: bool) -> dict[str, str]:
    """The service's environment: no telemetry, no tracing, so many workers, one thread of Polars in each."""
    from serving.settings import config_file

    home = settings.home
    configured = config_file().absolute()  # the service runs in another folder
    own = {
        "ASSAY_HOME": str(home),
        **({"ASSAY_CONFIG": str(configured)} if configured.exists() else {}),
        "BENTOML_HOME": os.environ.get("BENTOML_HOME", str(home / "bentoml")),
        "ASSAY_NO_AUTH": "true" if open_to_all else "false",
        "BENTOML_DO_NOT_TRACK": "True",
        "BENTOML_CONFIG_OVERRIDES": json.dumps({"services": {"Assay": {"workers": workers}}}),
        "OTEL_SDK_DISABLED": "true",
    }
    return {
        "POLARS_MAX_THREADS": "1",
        **os.environ,
        **own,
        **({"ASSAY_MODEL": str(model.absolute())} if model else {}),
    }


def any_keys(settings: Settings, open_to_all: bool) -> bool:
    """Whether there are keys, in a store that works.

    Raises
    ------
    NoUsableStore
        If the store does not work.
    """
    if open_to_all and not settings.store_verdicts:
        return False
    from serving.store.api_keys import any_key
    from serving.store.store import open_store

    store = open_store(settings)
    try:
        return any_key(store)
    finally:
        store.database.close()


@contextmanager
def counted_together(workers: int) -> Iterator[dict[str, str]]:
    """A folder through which several workers add up what they count, while they run."""
    if workers == 1:
        yield {}
        return
    with TemporaryDirectory(prefix="assay-metrics-") as folder:
        yield {"PROMETHEUS_MULTIPROC_DIR": folder}


@contextmanager
def running(
    arguments: list[str], variables: Mapping[str, str], patience: float
) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a child that ends with this process; Ctrl-C and SIGTERM are its good ends."""
    for end in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores the first unless told
        signal.signal(end, signal.default_int_handler)
    # A session of its own: Ctrl-C reaches this process alone, which then ends the service once.
    # Its log goes to standard error with everything else that is not an answer.
    server = subprocess.Popen(
        arguments, env=variables, stdin=subprocess.DEVNULL, stdout=STANDARD_ERROR, start_new_session=True,
        preexec_fn=partial(end_with_parent, os.getpid()),  # noqa: PLW1509 - this command has one thread
    )  # fmt: skip
    try:
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        stop(server, patience)


def stop(server: subprocess.Popen[bytes], patience: float) -> None:
    """End the service in good order, or after so many seconds at once, with all that it started."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(server.pid)
        family = [parent, *parent.children(recursive=True)]
        server.terminate()
        _, left = psutil.wait_procs(family, patience)
        for one in left:
            with suppress(psutil.NoSuchProcess):
                one.kill()
    server.wait()


def wait_until_ready(server: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Wait for the model to be loaded.

    Raises
    ------
    NoUsableModel
        If the service says that there is none.
    ServiceFailed
        If it ends, or does not get there.
    """
    deadline = time.monotonic() + LONGEST_START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ServiceFailed("The service could not be started; what it said stands above.")
        status, answer = asked(host, port)
        if status == 200:
            return
        if status == NoUsableModel.status:
            raise NoUsableModel(str(answer["detail"]))
        time.sleep(0.1)
    raise ServiceFailed(f"The service did not start within {LONGEST_START_SECONDS} seconds.")


def asked(host: str, port: int) -> tuple[int, dict[str, object]]:
    """Status and answer of /readyz; 0 while nothing answers."""
    from http.client import HTTPConnection, HTTPException

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
    """Where this machine reaches what listens at ``host``.

    >>> reachable("0.0.0.0"), reachable("::"), reachable("10.0.0.5")
    ('127.0.0.1', '::1', '10.0.0.5')
    """
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def address(host: str, port: int) -> str:
    """The address as numbers, found to be free.

    Raises
    ------
    WrongUsage
        If there is no such address here, or something listens there already.
    """
    try:
        family, _, _, _, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(found)
    except OSError as error:
        raise WrongUsage(f"Cannot listen at {host} port {port}: {error.strerror}.") from error
    return str(found[0])


def welcome(host: str, port: int, *, open_to_all: bool = True, keys: bool = False) -> str:
    """Where it is, and how to try it."""
    name = reachable(host)
    url = f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
    key = "" if open_to_all else ' -H "Authorization: Bearer $ASSAY_KEY"'
    lines = [
        f"Assay answers at {url} until Ctrl-C. Try it:",
        f"  curl -s{key} {url}/v1/verdicts --json @account.json",
        f"  curl -s{key} {url}/v1/openapi.json",
    ]
    if not open_to_all and not keys:
        lines.append("There is no API key yet: make one with `assay keys create`, or start with --no-auth.")
    return "\n".join(lines)
