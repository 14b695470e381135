"""The process that unpacks a Parquet file in limited memory: no size that the file states is believed.

``python -m serving.jobs.parquet_child SOURCE TARGET`` reads its limits from standard input as JSON. It
prints an empty line before every few rows, and how it ended as a JSON object in the last line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from errno import ENOSPC
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from accounts.errors import AssayError, BadInput
from serving.jobs.child_limits import limit_memory
from serving.jobs.counting_writer import Excess, ExcessError
from serving.jobs.parquet_input import LARGEST_GROUP, input_fault, parquet_to_lines
from serving.observe.child_processes import end_with_parent

__all__ = ["InputDoesNotFit", "Unpacked", "unpack_parquet"]

MEMORY_BYTES: Final = LARGEST_GROUP + LARGEST_GROUP // 2
"""Bytes that the process may take for the file, beside what it has at its start."""

ONE_POOL: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1", "ARROW_IO_THREADS": "1"}
"""Every byte is then counted by the limit at once."""

MEMORY_RULE: Final = f"must have row groups that can be read in {MEMORY_BYTES // 2**20:,} MiB of memory."


class InputDoesNotFit(AssayError):
    """507: a job's own input fills the disk when it is unpacked."""

    status = 507

    def __init__(self) -> None:
        super().__init__("The input takes more space when it is unpacked than there is on the disk.")


class Unpacked(NamedTuple):
    """How many rows a Parquet file had, and how many bytes they are as JSON Lines."""

    rows: int
    bytes: int


def unpack_parquet(
    source: Path, target: Path, limits: dict[str, Any], on_progress: Callable[[], object]
) -> Unpacked:
    """Unpack a Parquet file in a process of its own.

    Parameters
    ----------
    limits
        ``most_rows``, ``most_bytes``, ``most_ratio``, ``memory_bytes`` where it is another than
        ``MEMORY_BYTES``, and ``erased``: digests of accounts that are left out.
    on_progress
        Called before every few rows.

    Raises
    ------
    BadInput
        If it is no such file, or has more than it may, or needs more memory.
    InputDoesNotFit
        If it fills the disk.
    OSError
        If the disk was full before it began, or cannot be read or written.
    """
    command = [sys.executable, "-m", "serving.jobs.parquet_child", str(source), str(target)]
    last = ""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | ONE_POOL,
    ) as child:  # fmt: skip
        assert child.stdin and child.stdout
        child.stdin.write(json.dumps(limits))
        child.stdin.close()
        for line in child.stdout:
            on_progress()
            last = line.strip() or last
    return outcome_of(last)


def outcome_of(last: str) -> Unpacked:
    """The outcome that a process printed last; one that printed none was ended by what it read."""
    ended: dict[str, Any] = json.loads(last) if last else {"rule": MEMORY_RULE}
    if "rule" in ended:
        raise input_fault(ended["rule"])
    if "written" in ended:
        raise InputDoesNotFit() if ended["written"] else OSError(ENOSPC, os.strerror(ENOSPC))
    if "errno" in ended:
        raise OSError(ended["errno"], os.strerror(ended["errno"]))
    return Unpacked(ended["rows"], ended["bytes"])


def work(source: Path, target: Path, limits: dict[str, Any]) -> dict[str, Any]:
    """Unpack a file in this process; how it ended."""
    from serving.jobs.input_lines import account_ids_in
    from serving.store.pseudonyms import account_sha256

    erased = frozenset(limits.pop("erased"))

    def unwanted(line: bytes) -> bool:
        return bool(erased) and not erased.isdisjoint(map(account_sha256, account_ids_in(line)))

    limit_memory(limits.pop("memory_bytes", MEMORY_BYTES))
    try:
        rows, size = parquet_to_lines(
            source, target, **limits, unwanted=unwanted, on_progress=partial(print, flush=True)
        )
    except BadInput as error:
        return {"rule": error.faults[0].rule}
    except MemoryError:
        return {"rule": MEMORY_RULE}
    except ExcessError as error:
        return {"written": error.written} if error.excess is Excess.SPACE else {"rule": str(error)}
    except OSError as error:
        return {"errno": error.errno}
    return {"rows": rows, "bytes": size}


if __name__ == "__main__":
    end_with_parent(os.getppid())
    print(json.dumps(work(Path(sys.argv[1]), Path(sys.argv[2]), json.load(sys.stdin))))
