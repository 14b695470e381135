"""Stored observations: what was seen of a tenant's accounts, each time once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from time import monotonic
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, tuple_, update

from accounts.observations import COUNTS, OF_ACCOUNT, Observation, PostCounts, join_observations
from accounts.tables import Tables
from serving.store.audit_log import Event, append, last_entry, lock_tenants, subjects_erased_after
from serving.store.engine import RowsHeld
from serving.store.expiry import expire
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged, read_list
from serving.store.tables import observations
from serving.store.timestamps import format_timestamp, now

__all__ = [
    "StoredCount", "expire_observations", "join_stored", "newest_observation", "observations_about",
    "store_observations", "stored_in_turns",
]  # fmt: skip

STORED: Final = "observation.stored"
EXPIRED: Final = "observation.expired"
SERVICE: Final = "service"
EXPIRED_AT_ONCE: Final = 2_000
AT_ONCE: Final = 500
"""Accounts that one query asks for."""

STORED_AT_ONCE: Final = 100
"""Observations that one transaction stores: whoever waits to write comes between."""

WRITTEN_AT_ONCE: Final = 2**19
"""Characters of posts' counts after which a transaction ends."""

LONGEST_SECONDS: Final = 0.2
"""Seconds after which a transaction completes no further stored observation."""

MOST_OBSERVATIONS: Final = 10_000
"""Observations of an account that are joined, the newest."""

MOST_COUNTS: Final = 100_000
"""Counts of posts that are joined of an account, those of the newest observations."""

MOST_READ: Final = 2**24
"""Characters of stored counts of posts that are read for these of an account, the newest."""

FEW: Final = 16
"""Observations whose posts are read at once: they may have a hundred thousand each."""

KEY: Final = (
    observations.c.tenant, observations.c.account_sha256, observations.c.platform, observations.c.observed_at,
    observations.c.source,
)  # fmt: skip


DIGEST: Final = "account_sha256"

counts_of = attrgetter(*COUNTS)
"""The counts of a post."""

Value = TypeVar("Value")


_WITHOUT_POSTS: Final = tuple(column for column in observations.c if column.name != "of_posts")


Key = tuple[Any, ...]
"""What tells an observation from the others: tenant, account's digest, platform, time, source."""


class Given(NamedTuple):
    """An observation that is to be stored: its account's id, and its row."""

    account_id: str
    row: dict[str, Any]

    @property
    def key(self) -> Key:
        """Its row's key."""
        return tuple(self.row[column.name] for column in KEY)

    @property
    def size(self) -> int:
        """Characters of its posts' counts."""
        return len(self.row["of_posts"])

    def subject(self, store: Store) -> str:
        """Its account, as the audit log calls it."""
        return store.subject(self.row["tenant"], self.account_id)


@dataclass(frozen=True)
class StoredCount:
    """How many of the observations given were new, added something to a stored one, or were known whole.

    Attributes
    ----------
    erased
        The accounts of those that were not stored, for they were erased meanwhile.
    is_held
        Whether another transaction holds what the next ones would change.
    """

    new: int = 0
    completed: int = 0
    known: int = 0
    erased: frozenset[str] = frozenset()
    is_held: bool = False

    def __add__(self, other: StoredCount) -> StoredCount:
        counts = (self.new + other.new, self.completed + other.completed, self.known + other.known)
        return StoredCount(*counts, self.erased | other.erased)


def store_observations(
    store: Store, tenant: str, actor: str, given: Iterable[Observation], since: int | None = None
) -> StoredCount:
    """Store observations of a tenant's accounts, each once; the audit log notes what was added.

    One observation is an account of a platform, seen at one time by one source. Where it is stored already,
    counts that it lacks are added, and none is replaced. What is known whole is found without a lock, and a
    transaction that has the tenant's row stores little, so that erasures and verdicts come between.

    Parameters
    ----------
    since
        The last entry of the tenant's audit log when they were asked to be stored: what is about an account
        that was erased after it is left out. None where nothing can be erased meanwhile.

    Raises
    ------
    RowsHeld
        If another transaction holds the tenant's row for too long; what was stored before stays.
    """
    count = StoredCount()
    for count in stored_in_turns(store, tenant, actor, given, since):
        if count.is_held:
            raise RowsHeld
    return count


def stored_in_turns(
    store: Store, tenant: str, actor: str, given: Iterable[Observation], since: int | None
) -> Iterator[StoredCount]:
    """As :func:`store_observations`, in short transactions: yields what is stored so far after each.

    Where another transaction holds the tenant's row the count says so, and it is tried again when the next is
    asked for.
    """
    count, erasures = StoredCount(), ErasuresSince(since)
    for some in _pieces_to_store((one, _row_of(tenant, one)) for one in given):
        rest, known = _without_known(store, erasures, some)
        count += known
        while rest:
            try:
                with store.database.writing() as connection:
                    rest, stored = _store_some(connection, store, actor, erasures, rest)
            except RowsHeld:
                yield replace(count, is_held=True)
            else:
                count += stored
                yield count
    yield count


class ErasuresSince:
    """The accounts that were erased since an entry of a tenant's log, each later entry read once.

    Attributes
    ----------
    entry
        The last entry that was looked at; None where nothing can be erased meanwhile.
    """

    def __init__(self, entry: int | None) -> None:
        self.entry, self.subjects = entry, frozenset[str]()

    def up_to(self, connection: Connection, tenant: str, last: int) -> frozenset[str]:
        """The digests of the accounts that were erased up to the last entry; hardly ever any."""
        if self.entry is not None and self.entry < last:
            self.subjects |= subjects_erased_after(connection, tenant, self.entry)
            self.entry = last
        return self.subjects


def _without_known(
    store: Store, erasures: ErasuresSince, some: list[Given]
) -> tuple[list[Given], StoredCount]:
    """What is not stored whole, and how many of the others are; reads only."""
    tenant, known = some[0].row["tenant"], set[Key]()
    by_key = {one.key: one for one in some}
    with store.database.reading() as connection:
        erased = erasures.up_to(connection, tenant, last_entry(connection, tenant))
        wanted = select(observations).where(_are(tenant, by_key))
        with closing(connection.execution_options(yield_per=FEW).execute(wanted)) as rows:
            for stored in rows:
                one = by_key[_key_of(stored)]
                if _completing(stored, one.row) is None and one.subject(store) not in erased:
                    known.add(one.key)
    return [one for one in some if one.key not in known], StoredCount(known=len(known))


def _store_some(
    connection: Connection, store: Store, actor: str, erasures: ErasuresSince, some: list[Given]
) -> tuple[list[Given], StoredCount]:
    """Store observations until the transaction was long enough; which are left, and how many are stored."""
    tenant = some[0].row["tenant"]
    head, begun = lock_tenants(connection, [tenant])[tenant], monotonic()
    erased = erasures.up_to(connection, tenant, head.entries)
    gone = {one.key for one in some if one.subject(store) in erased}
    count = StoredCount(erased=frozenset(one.account_id for one in some if one.key in gone))
    wanted = select(*KEY).where(_are(tenant, [one.key for one in some]))
    stored = {_key_of(row) for row in connection.execute(wanted)}
    done, added = set(gone), set[Key]()
    if new := [one for one in some if one.key not in stored | gone]:
        connection.execute(insert(observations), [one.row for one in new])
        added |= {one.key for one in new}
        done |= added
        count += StoredCount(new=len(new))
    size = sum(one.size for one in new)
    for one in some:
        if one.key in done:
            continue
        if done and (size >= WRITTEN_AT_ONCE or monotonic() - begun >= LONGEST_SECONDS):
            break
        outcome, written = _complete(connection, one.row)
        size += written
        done.add(one.key)
        if outcome.completed:
            added.add(one.key)
        count += outcome
    append(connection, head, [
        Event(STORED, actor, one.subject(store), details={
            "observed_at": one.row["observed_at"], "source": one.row["source"],
        })
        for one in some if one.key in added
    ])  # fmt: skip
    return [one for one in some if one.key not in done], count


def _pieces_to_store(given: Iterable[tuple[Observation, dict[str, Any]]]) -> Iterator[list[Given]]:
    """Observations with their rows, so many together as one transaction stores, and none of them twice."""
    some, keys, size = list[Given](), set[Key](), 0
    for observation, row in given:
        one = Given(observation.account_id, row)
        if some and (len(some) == STORED_AT_ONCE or size >= WRITTEN_AT_ONCE or one.key in keys):
            yield some
            some, keys, size = [], set(), 0
        some.append(one)
        keys.add(one.key)
        size += one.size
    if some:
        yield some


def _pieces(values: Iterable[Value]) -> Iterator[list[Value]]:
    rest = iter(values)
    while piece := list(islice(rest, AT_ONCE)):
        yield piece


def _are(tenant: str, keys: Iterable[Key]) -> ColumnElement[bool]:
    return and_(observations.c.tenant == tenant, tuple_(*KEY[1:]).in_([key[1:] for key in keys]))


def _complete(connection: Connection, row: Mapping[str, Any]) -> tuple[StoredCount, int]:
    """Add the counts that a stored observation lacks; how that ended, and how many characters were read."""
    own = [column == row[column.name] for column in KEY]
    stored = connection.execute(select(observations).where(*own)).one()
    merged = _completing(stored, row)
    size = len(stored.of_posts) + len(row["of_posts"])
    if merged is None:
        return StoredCount(known=1), size
    connection.execute(update(observations).where(*own).values(**merged))
    return StoredCount(completed=1), size


def _completing(stored: Row[Any], row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The counts of a stored observation with these of a row; None where it lacks none of them."""
    merged = _merged(stored._asdict(), row)
    return None if all(stored._mapping[name] == value for name, value in merged.items()) else merged


def _row_of(tenant: str, one: Observation) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "account_sha256": account_sha256(one.account_id),
        "platform": one.platform,
        "observed_at": format_timestamp(one.observed_at),
        "source": one.source,
        **{name: getattr(one, name) for name in OF_ACCOUNT},
        "of_posts": _written(one.of_posts),
        "stored_at": now(),
    }


def _merged(stored: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of a stored row, completed by those of another one."""
    counts = {name: row[name] if stored[name] is None else stored[name] for name in OF_ACCOUNT}
    own = {post.post_id: post for post in _read(stored["of_posts"], row["observed_at"])}
    more = {post.post_id: post for post in _read(row["of_posts"], row["observed_at"])}
    posts = [_completed(own.get(name), more.get(name)) for name in own | more]
    return {**counts, "of_posts": _written(posts)}


def _completed(own: PostCounts | None, more: PostCounts | None) -> PostCounts:
    if own is None or more is None:
        found = own or more
        assert found is not None
        return found
    known = {name: value for name, value in asdict(own).items() if value is not None}
    return replace(more, **known)


def _written(posts: Iterable[PostCounts]) -> str:
    r"""Posts as JSON in ASCII, by their names.

    >>> _written([PostCounts("é", likes=3)])
    '[["\\u00e9",null,null,3,null,null,null]]'
    """
    rows = [
        [post.post_id, post.published_at and format_timestamp(post.published_at), *counts_of(post)]
        for post in sorted(posts, key=attrgetter("post_id"))
    ]
    return json.dumps(rows, separators=(",", ":"))


def _read(text: str, observed_at: str) -> list[PostCounts]:
    """The posts of an observation; raises as :func:`_post_rows`."""
    return [
        PostCounts(name, time and datetime.fromisoformat(time), *counts)
        for name, time, *counts in _post_rows(text, observed_at)
    ]


def _post_rows(text: str, observed_at: str) -> list[list[Any]]:
    """The posts of an observation as they are stored: name, time, and counts.

    Raises
    ------
    DocumentDamaged
        If they are none.
    """
    what = f"What was observed at {observed_at}"
    rows: list[list[Any]] = read_list(text, what, is_proven=False)
    if not all(isinstance(row, list) and len(row) == 2 + len(COUNTS) for row in rows):
        raise DocumentDamaged(what, is_proven=False)
    return rows


def observations_about(
    connection: Connection, tenant: str, account_ids: Sequence[str]
) -> Iterator[Observation]:
    """A tenant's observations of some accounts on any platform, the oldest first of each account."""
    by_digest = {account_sha256(name): name for name in account_ids}
    for some in _pieces(by_digest):
        wanted = select(observations).where(
            observations.c.tenant == tenant, observations.c.account_sha256.in_(some)
        )
        for row in connection.execute(wanted.order_by(*KEY)):
            yield _observation(row, by_digest[row.account_sha256], _read(row.of_posts, row.observed_at))


def _observation(row: Row[Any], account_id: str, posts: Iterable[PostCounts]) -> Observation:
    return Observation(
        account_id=account_id,
        platform=row.platform,
        observed_at=datetime.fromisoformat(row.observed_at),
        source=row.source,
        followers=row.followers,
        following=row.following,
        posts=row.posts,
        of_posts=tuple(posts),
    )


def newest_observation(
    connection: Connection, tenant: str, account_id: str, platform: str
) -> Observation | None:
    """The newest observation of an account on a platform, without its posts; None where there is none."""
    own = (
        observations.c.tenant == tenant,
        observations.c.account_sha256 == account_sha256(account_id),
        observations.c.platform == platform,
    )
    order = (observations.c.observed_at.desc(), observations.c.source)
    row = connection.execute(select(*_WITHOUT_POSTS).where(*own).order_by(*order).limit(1)).first()
    return None if row is None else _observation(row, account_id, ())


def join_stored(store: Store, tenant: str, tables: Tables) -> Tables:
    """The accounts with what a tenant's store holds of them: the one way for command line and service.

    How they are joined, :func:`accounts.observations.join_observations` says. Of each account at most
    ``MOST_OBSERVATIONS`` are joined, and ``MOST_COUNTS`` counts of posts, out of ``MOST_READ`` characters of
    such: those of the newest.
    """
    by_digest = {account_sha256(name): name for name in tables.accounts["account_id"].to_list()}
    brought: dict[str, set[str]] = {}
    for name, post_id in tables.posts.select("account_id", "post_id").drop_nulls().iter_rows():
        brought.setdefault(name, set()).add(post_id)
    known: list[Observation] = []
    with store.database.reading() as connection:
        for some in _pieces(by_digest):
            for digest, rows in groupby(_newest_first(connection, tenant, some), attrgetter(DIGEST)):
                name, newest = by_digest[digest], list(islice(rows, MOST_OBSERVATIONS))
                posts = _counts_of(connection, tenant, digest, brought.get(name, set()))
                known += [_observation(row, name, posts.get(_key_of(row), ())) for row in newest]
    return join_observations(tables, known)


def _newest_first(connection: Connection, tenant: str, digests: Sequence[str]) -> Iterator[Row[Any]]:
    """Observations of some accounts without their posts, the newest first of each account."""
    wanted = select(*_WITHOUT_POSTS).where(
        observations.c.tenant == tenant, observations.c.account_sha256.in_(digests)
    )
    order = (observations.c.account_sha256, observations.c.observed_at.desc(), *KEY)
    yield from connection.execute(wanted.order_by(*order))


def _counts_of(
    connection: Connection, tenant: str, digest: str, names: Collection[str]
) -> dict[tuple[Any, ...], tuple[PostCounts, ...]]:
    """The counts of an account's posts with these names, by their observation's key, the newest first."""
    found: dict[tuple[Any, ...], tuple[PostCounts, ...]] = {}
    if not names:
        return found
    room, unread = MOST_COUNTS, MOST_READ
    wanted = select(*KEY, observations.c.of_posts).where(
        observations.c.tenant == tenant, observations.c.account_sha256 == digest
    )
    newest = wanted.order_by(observations.c.observed_at.desc(), *KEY).limit(MOST_OBSERVATIONS)
    with closing(connection.execution_options(yield_per=FEW).execute(newest)) as rows:
        for row in rows:
            unread -= len(str(row.of_posts))
            if unread < 0:
                break
            rows_of_posts = _post_rows(row.of_posts, row.observed_at)
            posts = tuple(
                PostCounts(name, None, *counts) for name, _, *counts in rows_of_posts if name in names
            )
            room -= len(posts)
            if room < 0:
                break
            found[_key_of(row)] = posts
    return found


def _key_of(row: Row[*tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(row._mapping[column] for column in KEY)


def expire_observations(store: Store, before: str) -> int:
    """Remove the observations stored before a timestamp; how many."""
    return expire(store, observations.c.stored_at, before, _remove_some)


def _remove_some(connection: Connection, tenant: str, before: str) -> tuple[int, list[Event]]:
    key = observations.primary_key.columns
    old = (observations.c.tenant == tenant, observations.c.stored_at < before)
    some = tuple_(*key).in_(select(*key).where(*old).limit(EXPIRED_AT_ONCE))
    count = connection.execute(delete(observations).where(some)).rowcount
    return count, [Event(EXPIRED, SERVICE, details={"observations": count})]
