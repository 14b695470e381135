"""``python -m benchmarks.attack.run [NAME ...]``: every attack on a service of its own, over loopback.

Ends with the number of steps that did not come out as they should, and writes what came of each attack into
results/attack.json beside it.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from benchmarks.attack import (
    audit,
    clock,
    command_line,
    connections,
    day,
    dense,
    desk,
    downloads,
    erasing,
    fairness,
    forged,
    full_disks,
    headers,
    kills,
    made_up_keys,
    model_changes,
    paths,
    sizes,
    soak,
    storage,
    tenants,
    the_end,
)
from benchmarks.attack.drawn import attack as drawn
from benchmarks.attack.outcome import NotRun, Outcome
from benchmarks.serving.servers import Server, serving

__all__ = ["main"]

RESULTS: Final = Path(__file__).with_name("results") / "attack.json"


class Attack(NamedTuple):
    """An attack, and the service that it is for.

    Attributes
    ----------
    run
        Takes the service and its home, and gives the outcome of each step.
    settings
        Of the service.
    prepare
        Makes keys in the home before the service starts, which then asks everybody for one.
    open_files
        How many files each of its processes may open at most; None for as many as the machine allows.
    """

    run: Callable[[Server, Path], Iterator[Outcome]]
    settings: Mapping[str, str] = {}
    prepare: Callable[[Path], None] | None = None
    open_files: int | None = None


Alone: TypeAlias = Callable[[Path], Iterator[Outcome]]
"""An attack that starts what it attacks by itself, in a home that it is given."""

ATTACKS: Final[Mapping[str, Attack | Alone]] = {
    "paths": Attack(paths.attack),
    "headers": Attack(headers.attack),
    "audit": Attack(audit.attack),
    "clock": clock.attack,
    "command_line": command_line.attack,
    "connections": Attack(
        connections.attack,
        {"ASSAY_LARGEST_BATCH_BYTES": "1048576"},
        open_files=connections.OPEN_FILES,
    ),
    "day": day.attack,
    "dense": Attack(dense.attack, dense.SETTINGS),
    "desk": Attack(desk.attack),
    "downloads": Attack(downloads.attack),
    "erasing": Attack(erasing.attack, erasing.SETTINGS),
    "fairness": Attack(fairness.attack, {"ASSAY_TENANT_SHARE": "0.75", "ASSAY_REQUEST_SECONDS": "600"}),
    "forged": Attack(forged.attack, prepare=forged.prepare),
    "made_up_keys": Attack(made_up_keys.attack),
    "model_changes": Attack(model_changes.attack, {"ASSAY_MODEL_POLL_SECONDS": model_changes.POLL_SECONDS}),
    "kills": kills.attack,
    "kills_postgresql": kills.attack_postgresql,
    "requests": Attack(drawn.attack, drawn.SETTINGS, drawn.prepare),
    "soak": Attack(soak.attack, soak.SETTINGS),
    "sizes": Attack(sizes.attack, sizes.SETTINGS),
    # Another process that opens the file meanwhile would write into the other one's log.
    "storage": Attack(storage.attack, {"ASSAY_RUN_JOBS": "false"}),
    "full_disk": Attack(storage.attack_full, {"ASSAY_RUN_JOBS": "false"}),
    "full_home": full_disks.attack_home,
    "full_postgresql": full_disks.attack_postgresql,
    "read_only": Attack(storage.attack_read_only, {"ASSAY_RUN_JOBS": "false"}),
    "tenants": Attack(tenants.attack, tenants.SETTINGS),
    "the_end": Attack(the_end.attack),
}


def outcomes(attack: Attack | Alone) -> Iterator[Outcome]:
    """The outcomes of an attack on a service that keeps verdicts in a new home."""
    with tempfile.TemporaryDirectory(prefix="assay-attack-") as folder:
        home = Path(folder)
        if not isinstance(attack, Attack):
            yield from attack(home)
            return
        if attack.prepare is not None:
            attack.prepare(home)
        temporary = home / "temporary"
        temporary.mkdir()
        own = {"ASSAY_HOME": folder, "ASSAY_STORE_VERDICTS": "true", "TMPDIR": str(temporary)}
        no_auth, log = attack.prepare is None, home / "service.log"
        with serving(
            1, own | dict(attack.settings), no_auth=no_auth, log=log, open_files=attack.open_files
        ) as server:
            yield from attack.run(server, home)


def main(names: list[str]) -> int:
    """Run the attacks with these names, or all of them; how many steps broke something."""
    if unknown := set(names) - ATTACKS.keys():
        raise SystemExit(f"There is no attack {', '.join(sorted(unknown))}; there are {', '.join(ATTACKS)}.")
    broken = 0
    for name in names or ATTACKS:
        print(f"== {name}", flush=True)
        began, found = time.perf_counter(), []
        try:
            for outcome in outcomes(ATTACKS[name]):
                print(outcome.line(), flush=True)
                found.append(asdict(outcome))
                broken += not outcome.holds
        except NotRun as reason:
            print(f"not run: {reason}", flush=True)
            continue
        record(name, {"seconds": round(time.perf_counter() - began), "steps": found})
    return broken


def record(name: str, found: Mapping[str, Any]) -> None:
    """Put what came of an attack in its place among the results."""
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    about = {"python": platform.python_version(), "cores": os.cpu_count()}
    results[name] = about | dict(found)
    RESULTS.parent.mkdir(exist_ok=True)
    ordered = {one: results[one] for one in ATTACKS if one in results}
    RESULTS.write_text(json.dumps(ordered, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
