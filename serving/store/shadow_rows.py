"""What a challenger said of accounts whose verdicts were answered, beside what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, tuple_

from serving.store.engine import insert_if_absent
from serving.store.store import Store
from serving.store.tables import shadow_verdicts, verdicts
from serving.store.timestamps import now

__all__ = ["NewShadow", "ShadowPair", "newest_challenger", "shadow_pairs", "store_shadows"]


@dataclass(frozen=True)
class NewShadow:
    """A challenger's verdict that is to be stored beside the verdict that was answered."""

    tenant: str
    verdict_id: str
    challenger_sha256: str
    label: str
    suspicion: float | None
    challenger_label: str
    challenger_suspicion: float | None


@dataclass(frozen=True)
class ShadowPair:
    """What both models said of an account."""

    verdict_id: str
    model_sha256: str
    platform: str
    level: str
    label: str
    suspicion: float | None
    challenger_label: str
    challenger_suspicion: float | None


def store_shadows(store: Store, entries: Sequence[NewShadow]) -> None:
    """Store what a challenger said; of verdicts that were erased meanwhile nothing."""
    key = tuple_(verdicts.c.tenant, verdicts.c.verdict_id)
    names = [(one.tenant, one.verdict_id) for one in entries]
    with store.database.writing() as connection:
        found = connection.execute(
            select(verdicts.c.tenant, verdicts.c.verdict_id).where(key.in_(names)).with_for_update()
        )
        there = {(tenant, verdict_id) for tenant, verdict_id in found}
        rows = [vars(one) | {"made_at": now()} for one in entries if (one.tenant, one.verdict_id) in there]
        if rows:
            connection.execute(insert_if_absent(connection, shadow_verdicts), rows)


def newest_challenger(connection: Connection, tenant: str) -> str | None:
    """sha256 of the challenger that spoke last about a tenant's accounts."""
    table = shadow_verdicts
    last = select(table.c.challenger_sha256, func.max(table.c.made_at).label("at"))
    grouped = last.where(table.c.tenant == tenant).group_by(table.c.challenger_sha256)
    rows = connection.execute(grouped.order_by(func.max(table.c.made_at).desc()).limit(1)).all()
    return str(rows[0][0]) if rows else None


def shadow_pairs(connection: Connection, tenant: str, challenger: str) -> list[ShadowPair]:
    """All pairs of a tenant with a challenger, in the order in which they were stored."""
    own, answered = shadow_verdicts, verdicts
    rows = connection.execute(
        select(
            own.c.verdict_id, answered.c.model_sha256, answered.c.platform, answered.c.level,
            own.c.label, own.c.suspicion, own.c.challenger_label, own.c.challenger_suspicion,
        )
        .join(
            answered, (answered.c.tenant == own.c.tenant) & (answered.c.verdict_id == own.c.verdict_id)
        )
        .where(own.c.tenant == tenant, own.c.challenger_sha256 == challenger)
        .order_by(own.c.made_at, own.c.verdict_id)
    )  # fmt: skip
    return [ShadowPair(*row) for row in rows]
