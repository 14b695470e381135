"""What ``assay audit`` does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from accounts.errors import AssayError, WrongUsage
from cli.display.terminal import console, text
from cli.work.noted_ends import ends_in
from serving.settings import Settings
from serving.store.audit_check import ChainCheck, verify_audit_logs
from serving.store.audit_log import ChainHead
from serving.store.schema_check import SchemaCheck, check_schema
from serving.store.store import open_store

__all__ = ["verify"]

EXPECTED: Final = re.compile(r"([a-z0-9._-]{1,64}):([0-9]{1,18}):([0-9a-f]{64})")


class AuditLogBroken(AssayError):
    """The audit log, or a stored verdict or decision, is not what was written."""

    exit_code = 1


def verify(since: Sequence[Path], expect: Sequence[str]) -> None:
    """Check every tenant's audit log against its hashes and what is stored, and show where each ends.

    Parameters
    ----------
    since
        Logs of the service, whose ``audit_end`` events must be in the chains.
    expect
        Ends as ``TENANT:ENTRIES:HASH``, as this command shows them.

    Raises
    ------
    AuditLogBroken
        With a sentence for each fault of the database's schema, and of a tenant's log or data, up to a
        largest number; with a single one where no entry of any tenant fits the key. Where a table or a column
        is not as it should be, there are those of the schema alone.
    NoUsableStore
        If the store, or its key, cannot be used.
    WrongUsage
        If a log cannot be read, notes no end or is damaged where it notes one, or an expected end is none.
    """
    noted = set().union(*map(ends_in, since), map(expected_end, expect))
    settings = Settings.read()
    store = open_store(settings, check_key=False)
    schema = check_schema(store)
    checked = verify_audit_logs(store, noted) if schema.is_readable else []
    store.database.close()
    fitting = {one.fits_key for one in checked}
    if False in fitting and True not in fitting:
        place = "the setting audit_key" if settings.audit_key else settings.home / "audit.key"
        raise AuditLogBroken(
            f"No entry of any log fits the audit key ({place}): it is another key than they were "
            "written with, or somebody without the key wrote or changed all of them."
        )
    faults = [f"The database: {sentence}." for sentence in sentences_of(schema)]
    faults += [f"{one.head.tenant}: {sentence}." for one in checked for sentence in sentences_of(one)]
    if faults:
        raise AuditLogBroken("\n".join(faults))
    for one in checked:
        console().print(text(f"{one.head.tenant}: {one.head.entries:,} entries, the last {one.head.hash}"))
        console().print(text(f"  --expect {one.head.tenant}:{one.head.entries}:{one.head.hash}"))
    if not checked:
        console().print(text("Nothing has been logged yet."))


def sentences_of(check: ChainCheck | SchemaCheck) -> list[str]:
    """What is wrong with a tenant's log or data, or with the database's schema.

    >>> sentences_of(ChainCheck(ChainHead("a", 3, "0f"), ("entry 3 was changed",), 1_200))
    ['entry 3 was changed', 'and 1,200 more']
    """
    return [*check.faults, *([f"and {check.more:,} more"] if check.more else [])]


def expected_end(text: str) -> ChainHead:
    """The end that ``--expect`` names.

    >>> expected_end("default:3:" + "0f" * 32).entries
    3
    """
    found = EXPECTED.fullmatch(text)
    if not found:
        raise WrongUsage(f"--expect must be TENANT:ENTRIES:HASH, as the command shows it. Got {text!r}.")
    return ChainHead(found[1], int(found[2]), found[3])
