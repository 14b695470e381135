"""What verdicts are found by: their label, what was decided about them, and an index for each question."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

ROWS_AT_ONCE = 1_000


def upgrade() -> None:
    """Add the columns, fill them from the documents, and make the indexes."""
    op.add_column("verdicts", sa.Column("label", sa.String(16), nullable=False, server_default=""))
    op.add_column("verdicts", sa.Column("decision", sa.String(16), nullable=False, server_default="none"))
    connection = op.get_bind()
    fill_labels(connection)
    fill_decisions(connection)
    op.drop_index("ix_verdicts_tenant_account_sha256", "verdicts")
    op.create_index("ix_verdicts_page", "verdicts", ["tenant", "made_at", "verdict_id"])
    for name, column in (
        ("account", "account_sha256"), ("label", "label"), ("decision", "decision"), ("model", "model_sha256")
    ):  # fmt: skip
        op.create_index(f"ix_verdicts_{name}", "verdicts", ["tenant", column, "made_at", "verdict_id"])


def fill_labels(connection: sa.Connection) -> None:
    """Repeat the label of every verdict's document in its row."""
    wanted = sa.text(
        "SELECT tenant, verdict_id, document FROM verdicts WHERE tenant > :tenant OR (tenant = :tenant AND "
        "verdict_id > :name) ORDER BY tenant, verdict_id LIMIT :most"
    )
    fill = sa.text("UPDATE verdicts SET label = :label WHERE tenant = :tenant AND verdict_id = :name")
    place: dict[str, Any] = {"tenant": "", "name": "", "most": ROWS_AT_ONCE}
    while rows := connection.execute(wanted, place).all():
        connection.execute(
            fill,
            [
                {"label": label_of(document), "tenant": tenant, "name": name}
                for tenant, name, document in rows
            ],
        )
        place |= {"tenant": rows[-1][0], "name": rows[-1][1]}


def label_of(document: str) -> str:
    """The label of a verdict's document."""
    read = json.loads(document)
    return str(read.get("label", "")) if isinstance(read, dict) else ""


def fill_decisions(connection: sa.Connection) -> None:
    """Note in the row of every verdict that was decided about what was decided."""
    about: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for tenant, name, document in connection.execute(
        sa.text("SELECT tenant, verdict_id, document FROM decisions")
    ):
        about[tenant, name].append(json.loads(document))
    fill = sa.text("UPDATE verdicts SET decision = :decision WHERE tenant = :tenant AND verdict_id = :name")
    for (tenant, name), documents in about.items():
        in_order = sorted(documents, key=lambda one: (one["at"], one["decision_id"]))
        connection.execute(fill, {"decision": standing(in_order), "tenant": tenant, "name": name})


def standing(documents: list[dict[str, Any]]) -> str:
    """What stands of some decisions about one verdict, the oldest first; here as it was at this revision."""
    answers = {one["approves"]: one["agrees"] for one in documents if "approves" in one}
    last = [one for one in documents if "approves" not in one][-1]
    if last.get("waits") and last["decision_id"] not in answers:
        return "waiting"
    return str(last["outcome"]) if answers.get(last["decision_id"], True) else "none"
