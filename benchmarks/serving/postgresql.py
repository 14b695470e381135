"""A PostgreSQL server of one's own, in a temporary folder, at a socket there and at no address."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

__all__ = ["installed_programs", "postgresql_server"]

INSTALLED: Final = Path("/usr/lib/postgresql")
FAST: Final = (
    "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB -c listen_addresses='' -c max_connections=60"
)


def installed_programs() -> Path | None:
    """The folder of initdb and pg_ctl, or None."""
    found = shutil.which("pg_ctl")
    return Path(found).resolve().parent if found else max(INSTALLED.glob("*/bin"), default=None)


@contextmanager
def postgresql_server(place: Path | None = None) -> Iterator[Path]:
    """Run a server with a superuser ``assay``; yields the folder of its socket.

    Parameters
    ----------
    place
        Where its folder is made; None for the folder of temporary files.
    """
    folder = Path(tempfile.mkdtemp(prefix="assay-pg-", dir=place))
    owner = _owner()
    data = folder / "data"
    new = ("-U", "assay", "--auth=trust", "--no-sync", "-E", "UTF8", "--no-locale")
    try:
        if owner:
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _run(owner, "initdb", "-D", data, *new)
        _run(owner, "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", f"{FAST} -k {folder}", "start")
        try:
            yield folder
        finally:
            _run(owner, "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> pwd.struct_passwd | None:
    """Whom it runs as: it refuses to run as root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LookupError("there is nobody that PostgreSQL could run as")


def _run(owner: pwd.struct_passwd | None, program: str, *arguments: object) -> None:
    """Run one of its programs."""
    who: dict[str, Any] = {}
    if owner:
        who = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    folder = installed_programs()
    assert folder is not None
    command = [str(folder / program), *map(str, arguments)]
    with tempfile.TemporaryFile() as output:  # the server keeps what it is given, so no pipe
        done = subprocess.run(command, stdout=output, stderr=output, cwd="/", check=False, **who)
        output.seek(0)
        assert done.returncode == 0, output.read().decode()
