"""``assay audit``: whether the audit log is as it was written."""

from __future__ import annotations

import typer

from accounts.errors import AssayError

__all__ = ["app"]

app = typer.Typer(name="audit", help="The log of who did what.", no_args_is_help=True)


class LogBroken(AssayError):
    """The log, or what is kept, is not what was written."""

    exit_code = 1


@app.callback()
def audit() -> None:
    """Keep `verify` a command of its own, though it is the only one."""


@app.command()
def verify() -> None:
    """Find what was changed, removed or reordered; the end of each log is shown, to be noted elsewhere."""
    from cli.terminal import console, text
    from serving.settings import Settings
    from serving.store.audit_check import verify as check
    from serving.store.store import open_store

    store = open_store(Settings.read())
    checked = check(store)
    store.database.close()
    if faults := [f"{one.head.tenant}: {one.fault}." for one in checked if one.fault]:
        raise LogBroken("\n".join(faults))
    for one in checked:
        console().print(text(f"{one.head.tenant}: {one.head.entries:,} entries, the last {one.head.hash}"))
    if not checked:
        console().print(text("Nothing has been logged yet."))
