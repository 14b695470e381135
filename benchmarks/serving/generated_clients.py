"""``python -m benchmarks.serving.generated_clients``: clients generated from openapi.json screen accounts.

By ``openapi-python-client``, and by ``openapi-typescript`` with ``tsc`` and ``node``, as ``make generators``
installs them, with the programs of ``tests/clients``. Over loopback alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.free_port import free_port
from benchmarks.serving.servers import service, webhook_settings

__all__ = ["GENERATORS", "Answers", "Generator", "Target", "accounts", "main"]

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = ROOT / "docs" / "openapi.json"
CONFIG: Final = ROOT / "docs" / "openapi-python-client.yml"
EXAMPLES: Final = ROOT / "accounts" / "examples" / "creators.jsonl"
SCREENED: Final = ("example:everyday-creator", "example:burst-of-followers")
PROGRAMS: Final = ROOT / "tests" / "clients"

Answers = dict[str, Any]
"""What a program was answered, by a name for each question."""


@dataclass(frozen=True)
class Target:
    """The service that a client is to speak to.

    Attributes
    ----------
    url
        Where it answers.
    webhook_port
        The port of this machine to which its webhooks may lead.
    """

    url: str
    webhook_port: int


@dataclass(frozen=True)
class Generator:
    """A generator of clients.

    Attributes
    ----------
    name
        Of its program.
    tools
        The folder of its program, and of those that go with it.
    answers
        Generates a client into a folder, and runs a program that uses it on account documents.
    """

    name: str
    tools: Path
    answers: Callable[[Target, Path, Sequence[Any]], Answers]

    @property
    def is_installed(self) -> bool:
        """Whether ``make generators`` has installed it."""
        return (self.tools / self.name).exists()


PYTHON_TOOLS: Final = PROGRAMS / ".venv" / "bin"
NODE_TOOLS: Final = PROGRAMS / "node_modules" / ".bin"


def python_answers(target: Target, folder: Path, documents: Sequence[Any]) -> Answers:
    """What the client that ``openapi-python-client`` generates is answered; a warning of it is an error."""
    generate = ["openapi-python-client", "generate", "--path", str(DOCUMENT), "--config", str(CONFIG)]
    done = run([*generate, "--meta", "none", "--output-path", "assay_client"], PYTHON_TOOLS, folder)
    if "WARNING" in (output := done.stdout + done.stderr):
        raise RuntimeError(output)
    program = ["python", str(PROGRAMS / "program.py"), target.url, str(target.webhook_port)]
    return answers_of(run(program, PYTHON_TOOLS, folder, "\n".join(map(json.dumps, documents))))


def typescript_answers(target: Target, folder: Path, documents: Sequence[Any]) -> Answers:
    """What a program is answered whose types ``openapi-typescript`` generates, checked strictly."""
    run(["openapi-typescript", str(DOCUMENT), "-o", "assay.ts"], NODE_TOOLS, folder)
    shutil.copy(PROGRAMS / "program.ts", folder)
    strict = ["--strict", "--skipLibCheck", "--target", "es2022", "--module", "commonjs"]
    run(["tsc", *strict, "--lib", "es2022,dom", "program.ts"], NODE_TOOLS, folder)
    return answers_of(run(["node", "program.js", target.url, json.dumps(documents)], NODE_TOOLS, folder))


def answers_of(done: subprocess.CompletedProcess[str]) -> Answers:
    """What a program printed, which is JSON."""
    answers: Answers = json.loads(done.stdout)
    return answers


def run(command: list[str], tools: Path, folder: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    """A command that has ended, found among the tools first; ends with it where it failed."""
    path = os.pathsep.join((str(tools), os.environ["PATH"]))
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(folder)}
    program = shutil.which(command[0], path=path) or command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, input=given, capture_output=True, text=True, check=False,
        env=environment,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done


GENERATORS: Final = (
    Generator("openapi-python-client", PYTHON_TOOLS, python_answers),
    Generator("openapi-typescript", NODE_TOOLS, typescript_answers),
)


def accounts() -> list[Any]:
    """Two account documents to screen, of which verdicts say different things."""
    documents = map(json.loads, EXAMPLES.read_text(encoding="utf-8").splitlines())
    return [one for one in documents if one["account_id"] in SCREENED]


def main() -> int:
    """Start a service, and screen accounts by every generated client."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="assay-clients-") as home,
        service(home, 1, ASSAY_STORE_VERDICTS="true", **webhook_settings(port)) as server,
    ):
        for generator in GENERATORS:
            if not generator.is_installed:
                print(f"{generator.name}: not installed", flush=True)
                continue
            with tempfile.TemporaryDirectory(prefix="assay-client-") as folder:
                answers = generator.answers(Target(server.url, port), Path(folder), accounts())
                print(f"{generator.name}: {json.dumps(answers)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
