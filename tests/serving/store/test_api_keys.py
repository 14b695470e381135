import pytest

from accounts.errors import WrongUsage
from serving.store.api_keys import Scope, any_valid_key, create_key, find_caller, list_keys, revoke_key
from serving.store.audit_check import verify_audit_logs


def look_up(store, key):
    with store.database.reading() as connection:
        return find_caller(connection, key)


def make(store, **more):
    return create_key(
        store, **({"tenant": "acme", "name": "web", "scopes": [Scope.READ, Scope.SCORE]} | more)
    )


def test_a_key_says_whose_it_is(store):
    caller = look_up(store, make(store, requests_per_minute=7))
    assert (caller.tenant, caller.requests_per_minute) == ("acme", 7)
    assert caller.scopes == {Scope.READ, Scope.SCORE}
    assert not caller.expired


def test_a_key_that_was_made_up_is_nobodys(store):
    key = make(store)
    for wrong in (
        key[:-1],
        key + "x",
        key.replace("assay", "essay"),
        "",
        "_",
        "assay_",
        "assay__",
        "é\0",
        "assay_\0_x",
        "assay_é_x",
    ):
        assert look_up(store, wrong) is None
    other = make(store)
    assert look_up(store, "_".join([*key.split("_")[:2], other.split("_", 2)[2]])) is None


def test_nothing_kept_holds_the_secret(store):
    key = make(store)
    assert key.split("_", 2)[2] not in str(list_keys(store))
    assert "secret_sha256" not in list_keys(store)[0]


def test_a_revoked_key_is_nobodys(store):
    key = make(store)
    assert any_valid_key(store)
    (listed,) = list_keys(store)
    revoke_key(store, listed["key_id"])
    revoke_key(store, listed["key_id"])
    assert look_up(store, key) is None
    assert not any_valid_key(store)
    (checked,) = verify_audit_logs(store)
    assert (checked.head.entries, checked.fault) == (2, None)


def test_a_key_expires(store):
    caller = look_up(store, make(store, expires_at="2020-01-01T00:00:00.000000Z"))
    assert caller.expired
    assert not any_valid_key(store)


def test_a_key_that_is_not_there_cannot_be_revoked(store):
    with pytest.raises(WrongUsage, match="no key with the id beef"):
        revoke_key(store, "beef")
