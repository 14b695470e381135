"""What ``assay audit`` does."""

from __future__ import annotations

from accounts.errors import AssayError
from cli.display.terminal import console, text
from serving.settings import Settings
from serving.store.audit_check import verify_audit_logs
from serving.store.store import open_store

__all__ = ["verify"]


class AuditLogBroken(AssayError):
    """The audit log, or a stored verdict or decision, is not what was written."""

    exit_code = 1


def verify() -> None:
    """Check every tenant's audit log against its hashes and what is stored, and show where each ends.

    Raises
    ------
    AuditLogBroken
        With a sentence for each tenant whose log or data was changed.
    """
    store = open_store(Settings.read())
    checked = verify_audit_logs(store)
    store.database.close()
    if faults := [f"{one.head.tenant}: {one.fault}." for one in checked if one.fault]:
        raise AuditLogBroken("\n".join(faults))
    for one in checked:
        console().print(text(f"{one.head.tenant}: {one.head.entries:,} entries, the last {one.head.hash}"))
    if not checked:
        console().print(text("Nothing has been logged yet."))
