import re

import pytest
from sqlalchemy import text

from serving.settings import Settings
from serving.store.engine import open_database


def listed(run):
    return [line.split() for line in run("keys", "list").stdout.splitlines()[1:]]


def test_a_key_is_made_listed_and_revoked(run, home):
    created = run(
        "keys", "create", "--name", "web", "--tenant", "acme", "--scopes", "read,admin", "--days", 3
    )
    assert created.exit_code == 0
    mark, key_id, secret = created.stdout.strip().split("_", 2)
    assert (mark, len(key_id), len(secret)) == ("assay", 12, 43)
    ((shown_id, tenant, name, scopes, *_, state),) = listed(run)
    assert (shown_id, tenant, name, scopes, state) == (key_id, "acme", "web", "admin,read", "good")
    assert run("keys", "revoke", key_id).exit_code == 0
    assert listed(run)[0][-1] == "revoked"
    assert secret.encode() not in (home / "assay.db").read_bytes()


def test_without_keys_it_says_so(run):
    assert run("keys", "list").stdout == "There is no key.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--tenant", "Acme"], "--tenant must be a short name of a-z, 0-9, '.', '_', '-'. Got 'Acme'."),
        (["--scopes", "read,write"], "--scopes must be of read, score, decide, admin. Got 'write'."),
        (["--scopes", ""], "--scopes must be of read, score, decide, admin. Got ''."),
    ],
)
def test_a_key_that_cannot_be_is_refused(run, home, arguments, sentence):
    done = run("keys", "create", "--name", "web", *arguments)
    assert (done.exit_code, done.stderr) == (2, f"{sentence}\n")
    assert not home.exists()


def test_a_key_that_is_not_there_cannot_be_revoked(run):
    done = run("keys", "revoke", "beef")
    assert (done.exit_code, done.stderr) == (2, "There is no key with the id beef.\n")


def test_a_database_is_made_where_there_is_none(run, home):
    done = run("store", "migrate")
    assert (done.exit_code, done.stdout) == (0, f"The database is up to date: {home / 'assay.db'}\n")


def test_a_database_of_a_newer_assay_ends_with_5(run, home):
    run("store", "migrate")
    change(home, "UPDATE alembic_version SET version_num = '9999'")
    done = run("store", "migrate")
    assert done.exit_code == 5
    assert "newer Assay" in done.stderr


def test_a_whole_log_is_shown_with_its_end(run):
    assert run("audit", "verify").stdout == "Nothing has been logged yet.\n"
    run("keys", "create", "--name", "web")
    done = run("audit", "verify")
    assert done.exit_code == 0
    assert done.stdout.startswith("default: 1 entries, the last ")


def test_a_changed_log_ends_with_1(run, home):
    run("keys", "create", "--name", "web")
    run("keys", "create", "--name", "app")
    change(
        home, "DROP TRIGGER audit_entries_update", "UPDATE audit_entries SET document = '{}' WHERE entry = 1"
    )
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout) == (1, "")
    schema, first, second = done.stderr.splitlines()
    assert schema == "The database: trigger audit_entries_update of table audit_entries is missing."
    assert first == "default: entry 1 was changed."
    assert re.fullmatch(
        r"default: API key \w+ was added, or an entry about it is among those above\.", second
    )


def test_a_database_without_a_column_ends_with_1(run, home):
    """Its logs cannot be read."""
    run("keys", "create", "--name", "web")
    change(home, "ALTER TABLE webhooks RENAME COLUMN given_up TO surrendered")
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "The database: column given_up of table webhooks is missing.\n"
        "The database: column surrendered of table webhooks was added: «integer not null».\n"
    )


def test_a_key_that_no_entry_fits_is_said_in_one_sentence(run, home, monkeypatch):
    """Also where only the database was changed: then the log is not whole either."""
    for name in ("web", "app"):
        run("keys", "create", "--name", name, "--tenant", name)
    sentence = (
        "No entry of any log fits the audit key ({}): it is another key than they were written with, or "
        "somebody without the key wrote or changed all of them.\n"
    )
    path = home / "audit.key"
    with monkeypatch.context() as patch:
        patch.setenv("ASSAY_AUDIT_KEY", "k" * 32)
        done = run("audit", "verify")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == sentence.format("the setting audit_key")
    assert run("audit", "verify").exit_code == 0
    change(home, "DROP TRIGGER audit_entries_update", "UPDATE audit_entries SET hash = tenant")
    done = run("audit", "verify")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", sentence.format(path))


@pytest.mark.parametrize("command", [("audit", "verify"), ("keys", "list")])
def test_a_log_whose_key_is_missing_ends_with_5(run, home, command):
    run("keys", "create", "--name", "web")
    path = home / "audit.key"
    path.unlink()
    done = run(*command)
    assert (done.exit_code, done.stdout) == (5, "")
    assert done.stderr.startswith(f"The audit key at {path} is missing, and the audit log of ")
    assert not path.exists()


def test_a_changed_log_has_a_line_for_each_fault(run, home):
    for number in range(102):
        run("keys", "create", "--name", f"key {number}")
    change(home, "UPDATE api_keys SET scopes = 'admin'")
    lines = run("audit", "verify").stderr.splitlines()
    assert len({line for line in lines if "has other rights than it was created with" in line}) == 100
    assert lines[100:] == ["default: and 2 more."]


def test_an_end_that_nothing_matches_ends_with_1(run):
    run("keys", "create", "--name", "web")
    own = run("audit", "verify").stdout.split("--expect ")[1].strip()
    assert run("audit", "verify", "--expect", own).exit_code == 0
    for wrong in (f"nobody:0:{'0' * 64}", f"default:0:{'1' * 64}", f"default:2:{own[-64:]}"):
        done = run("audit", "verify", "--expect", own, "--expect", wrong)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(wrong.partition(":")[0])


def change(home, *statements):
    database = open_database(Settings(home=home).home / "assay.db")
    with database.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))
    database.close()
