"""Who can write the database, and has no key, makes no row that opens anything; `audit verify` names it."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from serving.store.api_keys import Scope, create_key, find_caller, revoke_key
from serving.store.audit_check import verify_audit_logs
from serving.store.audit_log import Event, sha256_of
from serving.store.contests import close_contest, find_contest, open_contest
from serving.store.engine import NoUsableStore, open_database
from serving.store.idempotency_keys import (
    AnswerDamaged,
    KeyedRequest,
    RememberedAnswer,
    claim_key,
    remember_answer_of,
)
from serving.store.list_entries import NewEntry, put_entries_in
from serving.store.lists import create_list
from serving.store.members import (
    Invitee,
    Role,
    accept_invitation,
    change_member,
    find_invitation,
    invite,
    member_and_hash,
)
from serving.store.migrate import upgrade
from serving.store.row_seals import NARROWER, SEALED, has_seal, seal_of
from serving.store.seal_switch import LAST_PLAIN_REVISION, ROWS_SEALED
from serving.store.sessions import SessionOwner, end_session, find_session, start_session
from serving.store.store import open_store, record_event
from serving.store.tables import (
    api_keys,
    audit_entries,
    contests,
    idempotency,
    idempotency_accounts,
    invitations,
    list_entries,
    members,
    sessions,
    tenants,
)
from serving.store.timestamps import now
from serving.store.verdict_rows import store_verdicts

HOUR = timedelta(hours=1)
LATER = "2099-01-01T00:00:00.000000Z"


def change(store, *statements):
    with store.database.writing() as connection:
        for statement in statements:
            connection.execute(statement)


def fault(store):
    return next((one.fault for one in verify_audit_logs(store) if one.fault), None)


def look(store, find, *args):
    with store.database.reading() as connection:
        return find(connection, *args)


def session_of(store, secret):
    return look(store, find_session, secret, HOUR)


def row_of(store, table):
    with store.database.reading() as connection:
        return connection.execute(select(table)).one()._asdict()


@pytest.fixture
def ana(store):
    """A lead who has joined."""
    return accept_invitation(store, invite(store, Invitee("default", "Ana", Role.LEAD), HOUR, "test"), "hash")


@pytest.fixture
def ben(store, ana):
    """An analyst who has joined."""
    secret = invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    return accept_invitation(store, secret, "his hash")


def signed_in(store, member):
    _, password_hash = look(store, member_and_hash, member.tenant, member.name)
    owner = SessionOwner(member.tenant, member.actor, member.member_id, password_hash=password_hash)
    return start_session(store, owner, HOUR)


@pytest.mark.parametrize("whose", ["nobody's", "a member's"])
def test_a_session_that_was_added_opens_nothing(store, ana, whose):
    row = {
        "tenant": "default", "session_sha256": sha256_of("forged"), "created_at": ana.created_at,
        "seen_at": ana.created_at, "ends_at": LATER, "member_id": None,
    }  # fmt: skip
    owner = {} if whose == "nobody's" else {"member_id": ana.member_id}
    for seal in (None, "0" * 64):
        change(store, delete(sessions), insert(sessions).values(row | owner | {"seal": seal}))
        assert session_of(store, "forged") is None
        assert fault(store) == f"the session of {ana.created_at} was added or changed"


def test_a_session_under_a_tenant_without_a_log_is_named(store):
    row = {"tenant": "other", "session_sha256": "0" * 64, "created_at": "2026", "seen_at": "2026"}
    change(store, insert(sessions).values(row | {"ends_at": LATER}))
    assert fault(store) == "its tenant was removed"


@pytest.mark.parametrize("forged", ["member", "tenant", "end", "seal"])
def test_a_session_that_was_changed_opens_nothing(store, ana, ben, forged):
    hers, his = signed_in(store, ana), signed_in(store, ben)
    assert session_of(store, his).role is Role.ANALYST
    assert fault(store) is None
    own = sessions.c.session_sha256 == sha256_of(his)
    her_row = select(sessions.c.seal).where(sessions.c.session_sha256 == sha256_of(hers)).scalar_subquery()
    values = {
        "member": {"member_id": ana.member_id},
        "tenant": {"tenant": "other"},
        "end": {"ends_at": LATER},
        "seal": {"member_id": ana.member_id, "seal": her_row},
    }
    change(store, update(sessions).where(own).values(values[forged]))
    assert session_of(store, his) is None
    assert session_of(store, hers).role is Role.LEAD
    assert fault(store) is not None


def test_a_session_that_was_put_back_after_its_end_is_named(store, ana):
    secret = signed_in(store, ana)
    row = row_of(store, sessions)
    end_session(store, session_of(store, secret))
    assert fault(store) is None
    change(store, insert(sessions).values(row))
    assert fault(store) == f"the session of {row['created_at']} was put back after its end"


def test_sessions_that_a_member_loses_are_named_where_they_come_back(store, ana, ben):
    for act in (
        lambda: change_member(store, "default", ben.member_id, Role.LEAD, "test"),
        lambda: accept_invitation(
            store, invite(store, Invitee("default", "Ben", Role.LEAD), HOUR, "test"), "new"
        ),
        lambda: change_member(store, "default", ben.member_id, None, "test"),
    ):
        signed_in(store, ben)
        row = row_of(store, sessions)
        act()
        assert fault(store) is None
        change(store, insert(sessions).values(row))
        assert "was put back after its end" in fault(store)
        change(store, delete(sessions))


@pytest.mark.parametrize("change_of", ["password", "disabled", "revoked", "expired", "nothing"])
def test_a_session_begins_only_where_what_was_checked_still_holds(store, ana, ben, change_of):
    more = {"expires_at": now()} if change_of == "expired" else {}
    key = create_key(store, tenant="default", name="web", scopes=[Scope.READ], **more)
    key_id = key.split("_")[1]
    if change_of == "password":
        accept_invitation(store, invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test"), "new")
    if change_of == "disabled":
        change_member(store, "default", ben.member_id, None, "test")
    if change_of == "revoked":
        revoke_key(store, key_id)
    by_password = SessionOwner("default", ben.actor, ben.member_id, password_hash="his hash")
    by_key = SessionOwner("default", f"key:{key_id}", key_id=key_id)
    begun = [start_session(store, owner, HOUR) is not None for owner in (by_password, by_key)]
    assert begun == [change_of not in {"password", "disabled"}, change_of not in {"revoked", "expired"}]
    assert fault(store) is None


@pytest.mark.parametrize(
    "values", [{"role": "lead"}, {"password_hash": "other"}, {"name_key": "zoe"}], ids=lambda one: str(*one)
)
def test_a_member_whose_row_was_changed_may_not_sign_in(store, ben, values):
    secret = signed_in(store, ben)
    assert look(store, member_and_hash, "default", "Ben")[1] == "his hash"
    change(store, update(members).where(members.c.member_id == ben.member_id).values(values))
    name = "Zoe" if "name_key" in values else "Ben"
    assert look(store, member_and_hash, "default", name) == (None, None)
    assert session_of(store, secret) is None
    assert change_member(store, "default", ben.member_id, Role.LEAD, "test") is None
    assert fault(store).startswith(f"member {ben.member_id} ")


def test_a_disabled_member_who_was_made_good_again_may_not_sign_in(store, ana, ben):
    change_member(store, "default", ben.member_id, None, "test")
    change(store, update(members).values(disabled_at=None))
    assert look(store, member_and_hash, "default", "Ben") == (None, None)
    assert look(store, member_and_hash, "default", "Ana")[0] == ana


@pytest.mark.parametrize("values", [{"role": "lead"}, {"expires_at": LATER}, {"name": "Ana"}, {"seal": None}])
def test_an_invitation_that_was_changed_opens_nothing(store, ana, values):
    secret = invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    assert look(store, find_invitation, secret).name == "Ben"
    assert fault(store) is None
    created_at = row_of(store, invitations)["created_at"]
    change(store, update(invitations).values(values))
    assert look(store, find_invitation, secret) is None
    assert accept_invitation(store, secret, "hash") is None
    assert fault(store) == f"the invitation of {created_at} was added or changed"


@pytest.mark.parametrize("end", ["used", "replaced"])
def test_an_invitation_that_was_put_back_after_its_end_is_named(store, end):
    secret = invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    row = row_of(store, invitations)
    if end == "used":
        accept_invitation(store, secret, "hash")
    else:
        invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    assert fault(store) is None
    change(store, insert(invitations).values(row))
    assert fault(store) == f"the invitation of {row['created_at']} was put back after its end"


@pytest.mark.parametrize(
    "values", [{"scopes": "admin,read"}, {"secret_sha256": sha256_of("s")}, {"tenant": "other"},
               {"expires_at": None}, {"requests_per_minute": None}],
    ids=lambda one: str(*one),
)  # fmt: skip
def test_an_api_key_whose_row_was_changed_opens_nothing(store, values):
    more = {"expires_at": LATER, "requests_per_minute": 7}
    key = create_key(store, tenant="default", name="web", scopes=[Scope.READ], **more)
    key_id = look(store, find_caller, key).actor.partition(":")[2]
    owner = SessionOwner("default", f"key:{key_id}", key_id=key_id)
    secret = start_session(store, owner, HOUR)
    assert session_of(store, secret).role is Role.ANALYST
    change(store, update(api_keys).values(values))
    assert look(store, find_caller, key) is None
    assert look(store, find_caller, f"assay_{key_id}_s") is None
    assert session_of(store, secret) is None


def test_a_revoked_key_that_was_made_good_again_opens_nothing(store):
    key = create_key(store, tenant="default", name="web", scopes=[Scope.READ])
    revoke_key(store, row_of(store, api_keys)["key_id"])
    change(store, update(api_keys).values(revoked_at=None))
    assert look(store, find_caller, key) is None


def test_a_key_whose_row_lost_its_seal_is_named(store):
    create_key(store, tenant="default", name="web", scopes=[Scope.READ])
    change(store, update(api_keys).values(seal=None))
    assert fault(store) == f"API key {row_of(store, api_keys)['key_id']} was changed"


@pytest.fixture
def link(store):
    """The secret of a link to one of two entries."""
    list_id = create_list(store, "default", "Spring", "test")
    with store.database.writing() as connection:
        put_entries_in(connection, "default", list_id, [entry_about("a"), entry_about("b")])
        entry_id = connection.execute(
            select(list_entries.c.entry_id).where(list_entries.c.account_id == "a")
        ).scalar_one()
    return open_contest(store, "default", list_id, entry_id, HOUR, "test")


def entry_about(account):
    texts = dict.fromkeys(NewEntry.__dataclass_fields__, "")
    numbers = {"risk": 0.5, "suspicion": None, "threshold": None, "score": None, "followers": None}
    return NewEntry(**(texts | numbers | {"account_id": account, "label": "review", "verdict_id": account}))


def test_a_link_that_was_led_to_another_creator_opens_nothing(store, link):
    assert find_contest(store, link).is_open
    assert fault(store) is None
    other = select(list_entries.c.entry_id).where(list_entries.c.account_id == "b").scalar_subquery()
    created_at = row_of(store, contests)["created_at"]
    change(store, update(contests).values(entry_id=other))
    assert find_contest(store, link) is None
    assert fault(store) == f"the contest of {created_at} was added or changed"


def test_a_link_that_was_opened_again_opens_nothing(store, link):
    before = row_of(store, contests)
    close_contest(store, find_contest(store, link), "test")
    assert not find_contest(store, link).is_open
    assert fault(store) is None
    change(store, update(contests).values(expires_at=LATER))
    assert find_contest(store, link) is None
    change(store, update(contests).values(expires_at=before["expires_at"], seal=before["seal"]))
    assert fault(store) == f"the contest of {before['created_at']} was put back after its end"


def test_an_answer_that_was_changed_is_not_given_again(store, entry):
    one, two = (KeyedRequest.of("default", key, "/v1/verdicts", b"{}") for key in ("k1", "k2"))
    store_verdicts(store, [entry()])
    for request, answer in ((one, b"authentic"), (two, b"inflated")):
        claim_key(store, request, HOUR)
        remember_answer_of(store, request, RememberedAnswer(answer, None), ["yt:UC42"])
    assert claim_key(store, one, HOUR) == (b"authentic", None)
    with store.database.reading() as connection:
        packed = connection.execute(select(idempotency.c.answer).limit(1)).scalar_one()
    change(store, update(idempotency).values(answer=packed + b"f" * 64))  # another model behind the body
    with pytest.raises(AnswerDamaged, match="is not what was given"):
        claim_key(store, one, HOUR)
    change(store, update(idempotency).values(answer=packed))
    own = idempotency.c.key_sha256 == two.key_sha256
    others = select(idempotency.c.answer).where(idempotency.c.key_sha256 == one.key_sha256).scalar_subquery()
    change(store, update(idempotency).where(own).values(answer=others))
    with pytest.raises(AnswerDamaged, match="is not what was given"):
        claim_key(store, two, HOUR)


@pytest.fixture
def answered(store, entry):
    """A request whose answer, about an account, is remembered."""
    request = KeyedRequest.of("default", "k1", "/v1/verdicts", b"{}")
    store_verdicts(store, [entry()])
    claim_key(store, request, HOUR)
    remember_answer_of(store, request, RememberedAnswer(b"{}", None), ["yt:UC42"])
    return request


def test_an_answer_whose_accounts_were_removed_is_not_given_again(store, answered):
    """An erasure would not find it."""
    change(store, delete(idempotency_accounts))
    with pytest.raises(AnswerDamaged):
        claim_key(store, answered, HOUR)


@pytest.mark.parametrize("ahead", [timedelta(minutes=50), timedelta(days=900)])
def test_an_answer_is_not_given_for_longer_by_a_time_that_was_changed(store, answered, ahead):
    change(store, update(idempotency).values(claimed_at=now(plus=ahead)))
    if ahead < HOUR:
        with pytest.raises(AnswerDamaged):
            claim_key(store, answered, HOUR)
    else:
        assert claim_key(store, answered, HOUR) is True  # it is removed, and computed anew


def test_an_answer_that_an_older_assay_sealed_is_given_again(store, answered):
    row = row_of(store, idempotency)
    older = row | {"answer_sha256": sha256(row["answer"]).hexdigest()}
    seal = seal_of(store.key, idempotency, older, NARROWER[idempotency])
    change(store, update(idempotency).values(seal=seal))
    assert claim_key(store, answered, HOUR) == (b"{}", None)
    change(store, update(idempotency).values(answer=row["answer"] + b"x"))
    with pytest.raises(AnswerDamaged):
        claim_key(store, answered, HOUR)


def test_values_of_other_types_bear_no_seal():
    row = dict.fromkeys(SEALED[contests], "a")
    sealed = row | {"seal": seal_of(b"secret", contests, row)}
    assert has_seal(b"secret", contests, sealed)
    for odd in (
        {"seal": 1.5},
        {"seal": b"a"},
        {"seal": "é"},
        {"expires_at": b"a"},
        {"expires_at": float("nan")},
    ):
        assert not has_seal(b"secret", contests, sealed | odd)


OLD_KEY = {
    "key_id": "abc", "tenant": "default", "name": "team", "secret_sha256": sha256_of("secret"),
    "scopes": "read", "created_at": "2026",
}  # fmt: skip
OLD_ROWS = {
    api_keys: OLD_KEY,
    invitations: {
        "tenant": "default", "invitation_sha256": sha256_of("invited"), "name": "Ben", "role": "analyst",
        "created_at": "2026", "created_by": "test", "expires_at": LATER,
    },
    sessions: {
        "tenant": "default", "session_sha256": sha256_of("signed in"), "key_id": "abc", "created_at": "2026",
        "seen_at": LATER, "ends_at": LATER,
    },
}  # fmt: skip


@pytest.fixture
def older(empty):
    """The settings of a store that an Assay without seals has left."""
    database = open_database(empty.database_url if empty.database else empty.home / "assay.db")
    with database.writing() as connection:
        upgrade(connection, "", None, LAST_PLAIN_REVISION)
        for table, row in OLD_ROWS.items():
            connection.execute(insert(table).values(row))
    database.close()
    return empty


def test_rows_of_an_older_assay_are_sealed_and_its_sessions_end(older):
    store = open_store(older)
    assert look(store, find_caller, "assay_abc_secret").scopes == {Scope.READ}
    assert look(store, find_invitation, "invited").name == "Ben"
    with store.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(sessions)).scalar() == 0
    store.database.close()


def test_a_database_that_was_set_back_is_not_sealed_again(empty):
    """A start would seal whatever stands there."""
    store = open_store(empty)
    invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    with store.database.writing() as connection:
        for table in ("api_keys", "members", "sessions", "invitations", "contests", "jobs", "idempotency"):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN seal"))
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{LAST_PLAIN_REVISION}'"))
    store.database.close()
    with pytest.raises(NoUsableStore, match="audit log of default that it is not: it was set back"):
        open_store(empty)


def test_a_log_whose_rows_were_sealed_again_is_named(store):
    """As where the entries that said so were put away for the time of a start."""
    invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    record_event(store, "default", Event(ROWS_SEALED, "service", details={"seals": []}))
    assert fault(store) == "rows were sealed again as they stood: the database was set back"


def test_a_store_that_was_upgraded_once_is_whole(older, entry):
    """Its log holds entries of before, without any seal."""
    store = open_store(older)
    assert fault(store) == "its tenant was removed"  # its rows came without a log
    change(store, delete(api_keys), delete(invitations))
    store_verdicts(store, [entry()])
    secret = invite(store, Invitee("default", "Ben", Role.ANALYST), HOUR, "test")
    with store.database.reading() as connection:
        assert connection.execute(select(tenants.c.tenant)).scalars().all() == ["default"]
        assert connection.execute(select(func.count()).select_from(audit_entries)).scalar() == 2
    assert fault(store) is None
    assert accept_invitation(store, secret, "hash")
    assert fault(store) is None
    store.database.close()
