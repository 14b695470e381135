"""Counts of the verdicts of bulk jobs, which other processes screen: in the database, once for each piece."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, func, select, update

from features.evidence import BLOCKS
from serving.store.engine import insert_if_absent
from serving.store.tables import job_verdict_counts
from serving.store.verdict_rows import NewVerdict

__all__ = ["CountKey", "add_verdict_counts", "blocks_of", "count_job_verdicts"]

TABLE = job_verdict_counts.c


class CountKey(NamedTuple):
    """What verdicts are counted by; ``evidence`` as :func:`blocks_of` says."""

    label: str
    platform: str
    evidence: str


def blocks_of(level: str) -> str:
    """The blocks of an evidence level, whatever their depth: few values.

    >>> blocks_of("profile+posts30+history90"), blocks_of("none")
    ('profile+posts+history', 'none')
    """
    parts = level.split("+")
    present = [block for block in BLOCKS if any(part.startswith(block) for part in parts)]
    return "+".join(present) or "none"


def add_verdict_counts(connection: Connection, tenant: str, verdicts: Iterable[NewVerdict]) -> None:
    """Add verdicts to a tenant's counts, in the connection's transaction; the tenant is locked."""
    found = Counter(CountKey(one.label.value, one.platform, blocks_of(one.level)) for one in verdicts)
    for counted, count in found.items():
        row = {"tenant": tenant, **counted._asdict()}
        connection.execute(insert_if_absent(connection, job_verdict_counts), row | {"verdicts": 0})
        own = (job_verdict_counts.c[name] == value for name, value in row.items())
        connection.execute(update(job_verdict_counts).where(*own).values(verdicts=TABLE.verdicts + count))


def count_job_verdicts(connection: Connection) -> Mapping[tuple[str, str, str], int]:
    """How many verdicts bulk jobs have given so far, of all tenants, as :class:`CountKey` says."""
    by = (TABLE.label, TABLE.platform, TABLE.evidence)
    rows = connection.execute(select(*by, func.sum(TABLE.verdicts)).group_by(*by).order_by(*by))
    return {CountKey(*row[:3]): int(row[3]) for row in rows}
