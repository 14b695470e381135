"""The schema of Assay's tables on PostgreSQL, by the server's catalogs.

Other tables, functions and views are nobody's business: none changes what a query of Assay's tables finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from serving.store.schema_part import SchemaPart

__all__ = ["postgresql_schema"]

OWN: Final = """WITH own AS (
    SELECT oid, relname::text AS name, relkind, relpersistence, relrowsecurity, relforcerowsecurity
    FROM pg_class
    WHERE relname = ANY(:tables) AND pg_table_is_visible(oid)
)"""
"""The tables that Assay's queries find by these names, in whichever schema."""

TABLES: Final = """SELECT name, 'table', concat_ws(', ',
    CASE relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' ELSE 'of kind ' || relkind::text END,
    CASE WHEN relpersistence <> 'p' THEN 'unlogged' END,
    CASE WHEN relrowsecurity OR relforcerowsecurity THEN 'with row level security' END,
    CASE WHEN EXISTS (SELECT FROM pg_inherits WHERE own.oid IN (inhparent, inhrelid))
        THEN 'with rows of another table' END,
    CASE WHEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = own.oid AND tgisinternal AND tgenabled <> 'O')
        THEN 'with foreign keys that are not checked' END
) FROM own"""

COLUMNS: Final = """SELECT name, 'column ' || attname, concat_ws(' ',
    format_type(atttypid, atttypmod),
    CASE WHEN attnotnull THEN 'not null' END,
    CASE attgenerated WHEN '' THEN 'default ' ELSE 'generated always as ' END || pg_get_expr(adbin, adrelid),
    CASE WHEN attidentity <> '' THEN 'generated as identity' END,
    CASE WHEN attcollation <> typcollation THEN 'collate ' || attcollation::regcollation END
) FROM own JOIN pg_attribute ON attrelid = own.oid AND attnum > 0 AND NOT attisdropped
JOIN pg_type ON pg_type.oid = atttypid
LEFT JOIN pg_attrdef ON (adrelid, adnum) = (attrelid, attnum)"""

CONSTRAINTS: Final = """SELECT name, 'constraint ' || conname, pg_get_constraintdef(pg_constraint.oid, true)
FROM own JOIN pg_constraint ON conrelid = own.oid
WHERE contype NOT IN ('n', 't')"""
"""Without those of columns that are never null, which newer servers list here too, and without triggers."""

INDEXES: Final = """SELECT own.name, 'index ' || own_index.relname,
    pg_get_indexdef(indexrelid, 0, true) ||
    CASE WHEN indisvalid AND indisready AND indislive THEN '' ELSE ', which is not valid' END
FROM own JOIN pg_index ON indrelid = own.oid JOIN pg_class AS own_index ON own_index.oid = indexrelid"""

TRIGGERS: Final = """SELECT name, 'trigger ' || tgname, concat_ws(', ',
    pg_get_triggerdef(pg_trigger.oid, true), lanname || ' ' || prosrc, proconfig::text,
    CASE WHEN tgenabled <> 'O' THEN 'which is disabled, or fires in replicas' END
) FROM own JOIN pg_trigger ON tgrelid = own.oid AND NOT tgisinternal
JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang"""

RULES: Final = """SELECT name, 'rule ' || rulename, pg_get_ruledef(pg_rewrite.oid, true)
FROM own JOIN pg_rewrite ON ev_class = own.oid AND ev_type <> '1'"""
"""Without what makes a view of a table, of which its kind says so: any rule may have its name, _RETURN."""

POLICIES: Final = """SELECT name, 'policy ' || polname, concat(pg_get_expr(polqual, polrelid))
FROM own JOIN pg_policy ON polrelid = own.oid"""

OPERATORS: Final = """SELECT '', 'operator ' || pg_operator.oid::regoperator, oprcode::text FROM pg_operator
WHERE oprname = ANY(:operators) AND oprleft = oprright AND pg_operator_is_visible(oid)
AND oprnamespace <> 'pg_catalog'::regnamespace
AND EXISTS (SELECT FROM pg_type WHERE oid = oprleft AND typnamespace = 'pg_catalog'::regnamespace)"""
"""Comparisons that somebody made for types that have theirs: a query takes the one that fits best."""

SETTINGS: Final = """SELECT '', 'setting ' || name, setting FROM pg_settings
WHERE name = 'session_replication_role'"""
"""Which triggers and foreign keys are at work; a role or a database may have its own."""

COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=", "~~")


def postgresql_schema(connection: Connection, tables: list[str]) -> Iterator[SchemaPart]:
    """Every part of the tables with these names that can change what a query of them finds or stores."""
    of_tables = (TABLES, COLUMNS, CONSTRAINTS, INDEXES, TRIGGERS, RULES, POLICIES)
    for query in of_tables:
        for row in connection.execute(text(f"{OWN} {query}"), {"tables": tables}):
            yield SchemaPart(*row)
    for row in connection.execute(text(OPERATORS), {"operators": list(COMPARISONS)}):
        yield SchemaPart(*row)
    for row in connection.execute(text(SETTINGS)):
        yield SchemaPart(*row)
