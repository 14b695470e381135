"""``python -m benchmarks.serving.generated_clients``: clients generated from openapi.json screen an account.

By ``openapi-python-client``, and by ``openapi-typescript`` with ``tsc`` and ``node``: neither is among the
pinned requirements, so each is run where it is installed, and named where it is not. Over loopback alone.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks.serving.servers import service

__all__ = ["main"]

ROOT: Final = Path(__file__).resolve().parents[2]
DOCUMENT: Final = ROOT / "docs" / "openapi.json"
CONFIG: Final = ROOT / "docs" / "openapi-python-client.yml"
EXAMPLES: Final = ROOT / "accounts" / "examples" / "creators.jsonl"

USE_PYTHON: Final = """
import json, sys
from assay_client import Client
from assay_client.api.accounts import get_account
from assay_client.api.verdicts import add_decision, list_verdicts, screen_account
from assay_client.models import Account, Decision, ListVerdictsDecision

document = json.loads(sys.stdin.read())
client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True, timeout=300)
account = Account.from_dict(document)
assert account.to_dict() == document
verdict = screen_account.sync(client=client, body=account)
made = {"outcome": "confirmed", "by": "Jo", "reason": "seen"}
add_decision.sync(client=client, verdict_id=verdict.verdict_id, body=Decision.from_dict(made))
page = list_verdicts.sync(client=client, decision=ListVerdictsDecision.CONFIRMED)
assert [one.verdict_id for one in page.verdicts] == [verdict.verdict_id]
assert get_account.sync(client=client, account_id=document["account_id"]).verdicts.count == 1
print(verdict.label)
"""

USE_TYPESCRIPT: Final = """
import type { components, operations, paths } from "./assay";
type Account = components["schemas"]["Account"];
type Verdict = paths["/v1/verdicts"]["post"]["responses"]["200"]["content"]["application/json"];
const asked: operations["listVerdicts"]["parameters"]["query"] = { label: "authentic", limit: 5 };
declare const process: { argv: string[] };
async function screen(url: string, account: Account): Promise<Verdict["label"]> {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify(account);
  const answer = await fetch(`${url}/v1/verdicts`, { method: "POST", headers, body });
  return ((await answer.json()) as Verdict).label;
}
const account = JSON.parse(process.argv[3]!) as Account;
screen(process.argv[2]!, account).then((label) => console.log(label, asked!.limit));
"""


def by_python(url: str, folder: Path, account: str) -> str:
    """What the client says that ``openapi-python-client`` generates; a warning of it is an error."""
    generate = ["openapi-python-client", "generate", "--path", str(DOCUMENT), "--config", str(CONFIG)]
    output = run([*generate, "--meta", "none", "--output-path", str(folder / "assay_client")], folder)
    if "WARNING" in output:
        raise SystemExit(output)
    tool = Path(shutil.which("openapi-python-client") or "").resolve()
    return run(
        [str(tool.with_name("python")), "-c", USE_PYTHON, url], folder, account, PYTHONPATH=str(folder)
    )


def by_typescript(url: str, folder: Path, account: str) -> str:
    """What a program says whose types ``openapi-typescript`` generates, checked strictly."""
    run(["openapi-typescript", str(DOCUMENT), "-o", "assay.ts"], folder)
    (folder / "use.ts").write_text(USE_TYPESCRIPT, encoding="utf-8")
    strict = [
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--module",
        "commonjs",
        "--lib",
        "es2022,dom",
    ]
    run(["tsc", *strict, "use.ts"], folder)
    return run(["node", "use.js", url, account], folder)


def run(command: list[str], folder: Path, given: str = "", **variables: str) -> str:
    """What a command says; ends with it where it fails."""
    done = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, check=False,
        env={**os.environ, **variables},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return (done.stdout + done.stderr).strip()


GENERATORS: Final[dict[tuple[str, ...], Callable[[str, Path, str], str]]] = {
    ("openapi-python-client",): by_python,
    ("openapi-typescript", "tsc", "node"): by_typescript,
}


def outcomes(url: str) -> Iterator[str]:
    """A line for each generator."""
    account = json.dumps(json.loads(EXAMPLES.read_text(encoding="utf-8").splitlines()[0]))
    for programs, use in GENERATORS.items():
        if missing := [name for name in programs if shutil.which(name) is None]:
            yield f"{programs[0]}: not run, for there is no {', '.join(missing)} on the PATH"
            continue
        with tempfile.TemporaryDirectory(prefix="assay-client-") as folder:
            yield f"{programs[0]}: {use(url, Path(folder), account)}"


def main() -> int:
    """Start a service, and screen an account by every generated client."""
    with (
        tempfile.TemporaryDirectory(prefix="assay-clients-") as home,
        service(home, 1, ASSAY_STORE_VERDICTS="true") as server,
    ):
        for line in outcomes(server.url):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
