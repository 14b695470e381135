"""Changes of the schema by somebody who has the database: each is named, and nothing else is."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import MetaData, insert, make_url, text

from serving.store.audit_check import verify_audit_logs
from serving.store.engine import AuditKey, open_database
from serving.store.migrate import migrate, migration_scripts, upgrade
from serving.store.schema_check import check_schema, due_schema, schema_of
from serving.store.store import Store, open_store
from serving.store.verdict_rows import store_verdicts

REVISIONS = sorted(script.revision for script in migration_scripts().walk_revisions())
DOCUMENT = '{"label":"review","at":"2026","decision_id":"x","outcome":"upheld"}'
VALUES = {str: "x", int: 1, float: 0.5, bytes: b"x", bool: False}


def faults(store):
    return list(check_schema(store).faults)


def test_the_schema_that_is_due_is_the_one_that_the_migrations_make(store):
    """Where it is not: `make schemas`."""
    with store.database.reading() as connection:
        assert schema_of(connection) == due_schema(connection.dialect.name)
    check = check_schema(store)
    assert (check.faults, check.more, check.is_readable) == ((), 0, True)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_an_older_revision_has_it_once_it_is_migrated(empty, revision):
    database = open_database(empty.database_url if empty.database else empty.home / "assay.db")
    with database.writing() as connection:
        upgrade(connection, "", None, revision)
        fill_every_table(connection)
    migrate(database.keyed(AuditKey(b"k" * 32)))
    assert faults(Store(database, b"")) == []
    database.close()


def fill_every_table(connection):
    """A row in each of the tables that there are."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            row = {column.name: VALUES[column.type.python_type] for column in table.columns}
            is_json = row.get("document") == "x"
            connection.execute(insert(table).values(row | ({"document": DOCUMENT} if is_json else {})))


def change_file(path, *statements):
    """Each on a connection of its own, which reads the schema as the one before left it."""
    for statement in statements:
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(f"PRAGMA writable_schema = ON; {statement}")


def in_statement(name, old, new):
    """Change the statement that SQLite reads a table or an index from."""
    return f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{name}'"


def out_of_schema(name):
    return f"DELETE FROM sqlite_master WHERE name = '{name}'"


KEY, NO_KEY = "PRIMARY KEY (tenant, verdict_id)", "CHECK (label <> ''x'')"
KEY_INDEX, PAGE = "sqlite_autoindex_verdicts_1", "ix_verdicts_page"
WITHOUT_KEY = f"{out_of_schema(KEY_INDEX)}; {in_statement('verdicts', KEY, NO_KEY)}"
TRIGGER = (
    "DROP TRIGGER audit_entries_update; CREATE TRIGGER audit_entries_update BEFORE UPDATE ON audit_entries "
    "WHEN NEW.entry > 9 BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
)
TWICE = (
    "CONSTRAINT pk_verdicts UNIQUE (tenant, verdict_id) ON CONFLICT IGNORE, CONSTRAINT pk_verdicts PRIMARY"
)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DROP INDEX ix_verdicts_page", "index ix_verdicts_page of table verdicts is missing"),
        ("DROP TRIGGER audit_entries_replace", "trigger audit_entries_replace of table audit_entries is mis"),
        (TRIGGER, "trigger audit_entries_update of table audit_entries was changed: it is «create trigger "),
        (
            "CREATE TRIGGER more AFTER INSERT ON decisions BEGIN DELETE FROM decisions; END",
            "trigger more of table decisions was added: «create trigger more after insert on decisions begin",
        ),
        ("DROP TABLE decisions", "table decisions is missing"),
        ("CREATE TABLE more (a)", "table more was added: «table»"),
        ("CREATE VIEW more AS SELECT 1", "view more of table more was added: «create view more as select 1»"),
        ("CREATE UNIQUE INDEX more ON verdicts (label)", "index more of table verdicts was added: «create u"),
        ("CREATE INDEX more ON verdicts (label) WHERE 1", "index more of table verdicts was added"),
        ("CREATE INDEX more ON verdicts (lower(label))", "index more of table verdicts was added"),
        ("CREATE INDEX more ON verdicts (label COLLATE NOCASE)", "index more of table verdicts was added"),
        ("ALTER TABLE verdicts ADD COLUMN more TEXT", "column more of table verdicts was added: «text»"),
        ("ALTER TABLE verdicts ADD COLUMN more AS (1)", "column more of table verdicts was added: «as ( 1"),
        (
            in_statement("verdicts", "DEFAULT ''none''", "DEFAULT ''upheld''"),
            "column decision of table verdicts was changed: it is «varchar ( 16 ) default 'upheld' not "
            "null», not «varchar ( 16 ) default 'none' not null»",
        ),
        (
            in_statement("verdicts", "verdict_id VARCHAR(32)", "verdict_id VARCHAR(32) COLLATE NOCASE"),
            "column verdict_id of table verdicts was changed: it is «varchar ( 32 ) collate nocase not null»",
        ),
        (
            in_statement("verdicts", "document TEXT NOT NULL", "document TEXT"),
            "column document of table verdicts was changed: it is «text», not «text not null»",
        ),
        (
            in_statement("verdicts", "document TEXT NOT NULL", 'document TEXT "NOT" NULL'),
            "column document of table verdicts was changed: it is «text \"NOT\" null», not «text not null»",
        ),
        (
            in_statement("verdicts", KEY, "PRIMARY KEY (verdict_id, tenant)"),
            "constraint pk_verdicts of table verdicts was changed: it is «constraint pk_verdicts primary key "
            "( verdict_id , tenant )»",
        ),
        (
            in_statement("verdicts", KEY, f"{KEY} ON CONFLICT IGNORE"),
            "constraint pk_verdicts of table verdicts was changed: it is «constraint pk_verdicts primary key "
            "( tenant , verdict_id ) on conflict ignore», not ",
        ),
        (
            WITHOUT_KEY,
            "constraint pk_verdicts of table verdicts was changed: it is «constraint pk_verdicts check ( l",
        ),
        (
            in_statement("verdicts", "CONSTRAINT pk_verdicts PRIMARY", TWICE),
            "constraint pk_verdicts of table verdicts was added: «constraint pk_verdicts unique ( tenant",
        ),
        (
            in_statement("decisions", "CASCADE", "CASCADE DEFERRABLE INITIALLY DEFERRED"),
            "constraint fk_decisions_verdict of table decisions was changed: it is ",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_change_of_sqlites_schema_is_named(on_sqlite, statement, fault):
    change_file(on_sqlite.home / "assay.db", statement)
    store = open_store(on_sqlite)
    (found,) = faults(store)
    assert found.startswith(fault)
    store.database.close()


@pytest.mark.parametrize("options", ["STRICT", "WITHOUT ROWID"])
def test_another_kind_of_table_is_named(on_sqlite, options):
    columns = "folder TEXT NOT NULL, PRIMARY KEY (folder)"
    anew = f"DROP TABLE job_folders; CREATE TABLE job_folders ({columns}) {options}"
    change_file(on_sqlite.home / "assay.db", anew)
    store = open_store(on_sqlite)
    assert f"table job_folders was changed: it is «table {options.lower()}», not «table»" in faults(store)
    store.database.close()


@pytest.mark.parametrize("name", ["verdicts", "api_keys"])
def test_a_view_in_the_place_of_a_table_is_named(on_sqlite, name):
    view = f"ALTER TABLE {name} RENAME TO hidden; CREATE VIEW {name} AS SELECT * FROM hidden"
    change_file(on_sqlite.home / "assay.db", view)
    store = open_store(on_sqlite)
    check = check_schema(store)
    assert {f"table {name} is missing", "table hidden was added: «table»"} <= set(check.faults)
    assert not check.is_readable
    store.database.close()


def test_as_many_faults_are_named_as_of_a_log(on_sqlite):
    change_file(on_sqlite.home / "assay.db", *(f"CREATE TABLE more{number} (a)" for number in range(103)))
    store = open_store(on_sqlite)
    check = check_schema(store)
    assert (len(check.faults), check.more) == (100, 3)
    store.database.close()


def test_what_others_keep_in_an_sqlite_file_is_not_named(on_sqlite):
    change_file(
        on_sqlite.home / "assay.db",
        "CREATE TABLE _litestream_seq (id INTEGER PRIMARY KEY, seq INTEGER)",
        "CREATE INDEX more ON verdicts (model_sha256, label)",
        "ANALYZE",
        "VACUUM",
    )
    store = open_store(on_sqlite)
    assert faults(store) == []
    store.database.close()


@pytest.fixture
def with_verdicts(on_sqlite, entry):
    """A store with three verdicts, and its file."""
    store = open_store(on_sqlite)
    store_verdicts(store, [entry(f"v{number}") for number in range(3)])
    yield store, on_sqlite.home / "assay.db"
    store.database.close()


def change_behind(path, index, change):
    """Change rows while the schema does not name an index, which knows nothing of it."""
    aside = (
        f"CREATE TABLE aside AS SELECT * FROM sqlite_master WHERE name = '{index}'; {out_of_schema(index)}"
    )
    put_back = "INSERT INTO sqlite_master SELECT * FROM aside; DROP TABLE aside"
    if index == KEY_INDEX:
        aside = f"{aside}; {in_statement('verdicts', KEY, NO_KEY)}"
        put_back = f"{in_statement('verdicts', NO_KEY, KEY)}; {put_back}"
    change_file(path, aside, change, put_back)


@pytest.mark.parametrize("index", [PAGE, "ix_verdicts_made_at", KEY_INDEX])
def test_a_row_that_was_taken_out_of_an_index_is_named(with_verdicts, index):
    store, path = with_verdicts
    change_behind(path, index, "UPDATE verdicts SET rowid = 9000 WHERE verdict_id = 'v1'")
    assert faults(store) == [f"index {index} of table verdicts does not lead to 1 of its rows"]


def test_an_entry_of_an_index_without_a_row_is_named(with_verdicts):
    store, path = with_verdicts
    change_behind(path, PAGE, "DELETE FROM verdicts WHERE verdict_id = 'v1'")
    assert faults(store) == [f"index {PAGE} of table verdicts has 3 entries for 2 rows"]


def test_an_index_that_leads_elsewhere_is_named(with_verdicts):
    store, path = with_verdicts
    other = "(SELECT rootpage FROM sqlite_master WHERE name = 'hollow')"
    change_file(
        path,
        "CREATE TABLE more (a, b, c); CREATE INDEX hollow ON more (a, b, c)",
        f"UPDATE sqlite_master SET rootpage = {other} WHERE name = '{PAGE}'; "
        "DELETE FROM sqlite_master WHERE tbl_name = 'more'",
    )
    assert faults(store) == [
        f"index {PAGE} of table verdicts has 0 entries for 3 rows",
        f"index {PAGE} of table verdicts does not lead to 3 of its rows",
    ]


def test_an_index_in_another_order_is_named(with_verdicts, entry):
    store, path = with_verdicts
    for number in range(9):
        store_verdicts(store, [entry(f"w{number}")])
    columns = "tenant, made_at DESC, verdict_id"
    change_file(
        path,
        f"DROP INDEX {PAGE}; CREATE INDEX {PAGE} ON verdicts ({columns})",
        in_statement(PAGE, "made_at DESC", "made_at"),
    )
    (found,) = faults(store)
    assert found.startswith(f"index {PAGE} of table verdicts does not lead to ")


FORGED = """INSERT INTO verdicts (rowid, tenant, verdict_id, account_sha256, platform, level, made_at,
    model_sha256, catalogue, features, document, label) SELECT -1, tenant, verdict_id, account_sha256,
    platform, level, made_at, model_sha256, catalogue, features, '{"label":"authentic"}', 'authentic'
    FROM verdicts WHERE verdict_id = 'v1'"""


def test_a_verdict_that_was_doubled_is_named(with_verdicts):
    """The table has its key again, whose index leads to both: a look-up finds the forged one."""
    store, path = with_verdicts
    change_file(
        path,
        f"{WITHOUT_KEY}; CREATE INDEX both ON verdicts (tenant, verdict_id)",
        FORGED,
        f"{in_statement('verdicts', NO_KEY, KEY)}; "
        f"UPDATE sqlite_master SET name = '{KEY_INDEX}', sql = NULL WHERE name = 'both'",
    )
    with store.database.reading() as connection:
        look_up = text("SELECT label FROM verdicts WHERE tenant = 'default' AND verdict_id = 'v1'")
        assert connection.execute(look_up).scalar() == "authentic"
    assert faults(store) == [f"index {KEY_INDEX} of table verdicts does not lead to 1 of its rows"]
    (checked,) = verify_audit_logs(store)
    assert "verdict v1 is there more than once" in checked.faults


def test_rows_are_looked_up_in_pieces_to_the_last(with_verdicts, monkeypatch):
    store, path = with_verdicts
    monkeypatch.setattr("serving.store.index_check.ROWS_AT_ONCE", 1)
    assert faults(store) == []
    change_behind(path, PAGE, f"UPDATE verdicts SET rowid = {2**63 - 1} WHERE verdict_id = 'v2'")
    assert faults(store) == [f"index {PAGE} of table verdicts does not lead to 1 of its rows"]


@pytest.fixture
def own_postgresql(empty_postgresql, postgresql):
    """Settings with a migrated database of the test's own, and what changes it."""
    open_store(empty_postgresql).database.close()
    name = make_url(empty_postgresql.database_url).database

    def change(*statements):
        with psycopg.connect(f"host={postgresql} user=assay dbname={name}", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.replace("DATABASE own", f"DATABASE {name}"))

    return empty_postgresql, change


OPERATOR = """CREATE FUNCTION never(varchar, varchar) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE OPERATOR = (LEFTARG = varchar, RIGHTARG = varchar, FUNCTION = never)"""
APPEND_ONLY = "audit_entries_append_only"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DROP INDEX ix_verdicts_page", "index ix_verdicts_page of table verdicts is missing"),
        (
            f"ALTER TABLE audit_entries DISABLE TRIGGER {APPEND_ONLY}",
            f"trigger {APPEND_ONLY} of table audit_entries was changed: it is «CREATE TRIGGER ",
        ),
        (
            f"CREATE OR REPLACE FUNCTION {APPEND_ONLY}() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NULL; END'",
            f"trigger {APPEND_ONLY} of table audit_entries was changed: it is «CREATE TRIGGER ",
        ),
        (
            f"CREATE TRIGGER more BEFORE INSERT ON verdicts EXECUTE FUNCTION {APPEND_ONLY}()",
            "trigger more of table verdicts was added: «CREATE TRIGGER more BEFORE INSERT ON verdicts ",
        ),
        (
            "ALTER TABLE decisions DISABLE TRIGGER ALL",
            "table decisions was changed: it is «table, with foreign keys that are not checked», not «table»",
        ),
        (
            "CREATE RULE more AS ON INSERT TO decisions DO INSTEAD NOTHING",
            "rule more of table decisions was added: «CREATE RULE more AS",
        ),
        (
            "CREATE RULE more AS ON DELETE TO observations DO INSTEAD NOTHING; "
            'ALTER RULE more ON observations RENAME TO "_RETURN"',
            "rule _RETURN of table observations was added: «CREATE RULE ",
        ),
        (
            "ALTER TABLE verdicts ENABLE ROW LEVEL SECURITY",
            "table verdicts was changed: it is «table, with row level security», not «table»",
        ),
        ("CREATE POLICY more ON verdicts", "policy more of table verdicts was added"),
        (
            "CREATE TABLE more () INHERITS (observations)",
            "table observations was changed: it is «table, with rows of another table», not «table»",
        ),
        (
            "ALTER TABLE drift_reports SET UNLOGGED",
            "table drift_reports was changed: it is «table, unlogged», not «table»",
        ),
        (
            "CREATE UNIQUE INDEX more ON verdicts (label)",
            "index more of table verdicts was added: «CREATE UNIQUE INDEX more ON verdicts USING btree (lab",
        ),
        (
            "ALTER TABLE verdicts ADD CONSTRAINT more CHECK (label <> 'x')",
            "constraint more of table verdicts was added: «CHECK (label::text <> 'x'::text)»",
        ),
        (
            "ALTER TABLE verdicts ADD COLUMN more text GENERATED ALWAYS AS ('x') STORED",
            "column more of table verdicts was added: «text generated always as 'x'::text»",
        ),
        (
            "ALTER TABLE verdicts ALTER decision SET DEFAULT 'upheld'",
            "column decision of table verdicts was changed: it is «character varying(16) not null default 'u",
        ),
        (
            'ALTER TABLE job_pieces ALTER file TYPE varchar(100) COLLATE "C"',
            "column file of table job_pieces was changed: it is «character varying(100) not null collate ",
        ),
        (
            "UPDATE pg_index SET indisready = false WHERE indexrelid = 'ix_verdicts_page'::regclass",
            "index ix_verdicts_page of table verdicts was changed: it is «CREATE INDEX ix_verdicts_page ON "
            "verdicts USING btree (tenant, made_at, verdict_id), which is not valid», not ",
        ),
        (OPERATOR, "operator =(character varying,character varying) was added: «never»"),
        (
            "ALTER ROLE assay IN DATABASE own SET session_replication_role = replica",
            "setting session_replication_role was changed: it is «replica», not «origin»",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_a_change_of_postgresqls_schema_is_named(own_postgresql, statement, fault):
    settings, change = own_postgresql
    change(statement)
    store = open_store(settings)
    (found,) = faults(store)
    assert found.startswith(fault)
    store.database.close()


def test_a_view_or_another_table_in_the_place_of_one_is_named(own_postgresql):
    settings, change = own_postgresql
    change(
        "ALTER TABLE list_rules RENAME TO hidden",
        "CREATE VIEW list_rules AS SELECT * FROM hidden",
        "CREATE SCHEMA assay",
        "CREATE TABLE assay.decisions (LIKE public.decisions)",
    )
    store = open_store(settings)
    assert {
        "table list_rules was changed: it is «view», not «table»",
        "constraint pk_decisions of table decisions is missing",
        "constraint fk_decisions_verdict of table decisions is missing",
    } < set(faults(store))
    store.database.close()


def test_what_others_keep_on_a_server_is_not_named(own_postgresql):
    settings, change = own_postgresql
    change(
        "CREATE INDEX more ON verdicts (model_sha256, label)",
        "CREATE TABLE other (a text PRIMARY KEY)",
        "CREATE VIEW another AS SELECT * FROM verdicts",
        "CREATE SCHEMA others",
        "CREATE TABLE others.verdicts (a text)",
        "CREATE FUNCTION round(float8, int) RETURNS numeric LANGUAGE sql AS 'SELECT round($1::numeric, $2)'",
    )
    store = open_store(settings)
    assert faults(store) == []
    store.database.close()
