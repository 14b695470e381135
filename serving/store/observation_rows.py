"""Stored observations: what was seen of a tenant's accounts, each time once."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, delete, insert, select, tuple_, update

from accounts.observations import COUNTS, OF_ACCOUNT, Observation, PostCounts, join_observations
from accounts.tables import Tables
from serving.store.audit_log import ChainHead, Event, append, lock_tenants, subjects_erased_after
from serving.store.expiry import expire
from serving.store.pseudonyms import account_sha256
from serving.store.store import Store
from serving.store.stored_documents import DocumentDamaged, read_list
from serving.store.tables import observations
from serving.store.timestamps import format_timestamp, now

__all__ = [
    "StoredCount", "expire_observations", "join_stored", "newest_observation", "observations_about",
    "store_observations",
]  # fmt: skip

STORED: Final = "observation.stored"
EXPIRED: Final = "observation.expired"
SERVICE: Final = "service"
EXPIRED_AT_ONCE: Final = 2_000
AT_ONCE: Final = 500
"""Observations that one transaction stores, and accounts that one query asks for."""

WRITTEN_AT_ONCE: Final = 2**19
"""Characters of posts' counts after which a transaction ends: whoever waits to write comes between."""

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


@dataclass(frozen=True)
class StoredCount:
    """How many of the observations given were new, added something to a stored one, or were known whole.

    Attributes
    ----------
    erased
        The accounts of those that were not stored, for they were erased meanwhile.
    """

    new: int = 0
    completed: int = 0
    known: int = 0
    erased: frozenset[str] = frozenset()

    def __add__(self, other: StoredCount) -> StoredCount:
        counts = (self.new + other.new, self.completed + other.completed, self.known + other.known)
        return StoredCount(*counts, self.erased | other.erased)


def store_observations(
    store: Store, tenant: str, actor: str, given: Iterable[Observation], since: int | None = None
) -> StoredCount:
    """Store observations of a tenant's accounts, each once; the audit log notes what was added.

    One observation is an account of a platform, seen at one time by one source. Where it is stored already,
    counts that it lacks are added, and none is replaced.

    Parameters
    ----------
    since
        The last entry of the tenant's audit log when they were asked to be stored: what is about an account
        that was erased after it is left out. None where nothing can be erased meanwhile.
    """
    count = StoredCount()
    for some in _transactions((one, _row_of(tenant, one)) for one in given):
        with store.database.writing() as connection:
            head = lock_tenants(connection, [tenant])[tenant]
            erased = _erased(connection, store, head, since)
            outcomes = [
                (one, StoredCount(erased=frozenset([one.account_id])))
                if store.subject(tenant, one.account_id) in erased
                else (one, _put(connection, row))
                for one, row in some
            ]
            append(connection, head, [
                Event(STORED, actor, store.subject(tenant, one.account_id), details={
                    "observed_at": format_timestamp(one.observed_at), "source": one.source,
                })
                for one, outcome in outcomes if outcome.new or outcome.completed
            ])  # fmt: skip
        count = sum((outcome for _, outcome in outcomes), count)
    return count


def _erased(connection: Connection, store: Store, head: ChainHead, since: int | None) -> Collection[str]:
    """The digests of the accounts that were erased after an entry of the log; hardly ever any."""
    if since is None or since >= head.entries:
        return ()
    return subjects_erased_after(connection, head.tenant, since)


def _transactions(
    given: Iterable[tuple[Observation, dict[str, Any]]],
) -> Iterator[list[tuple[Observation, dict[str, Any]]]]:
    """Observations with their rows, so many together as one transaction stores."""
    some, size = list[tuple[Observation, dict[str, Any]]](), 0
    for one, row in given:
        some.append((one, row))
        size += len(row["of_posts"])
        if len(some) == AT_ONCE or size >= WRITTEN_AT_ONCE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _pieces(values: Iterable[Value]) -> Iterator[list[Value]]:
    rest = iter(values)
    while piece := list(islice(rest, AT_ONCE)):
        yield piece


def _put(connection: Connection, row: Mapping[str, Any]) -> StoredCount:
    own = [column == row[column.name] for column in KEY]
    stored = connection.execute(select(observations).where(*own)).first()
    if stored is None:
        connection.execute(insert(observations).values(**row))
        return StoredCount(new=1)
    merged = _merged(stored._asdict(), row)
    if all(stored._mapping[name] == value for name, value in merged.items()):
        return StoredCount(known=1)
    connection.execute(update(observations).where(*own).values(**merged))
    return StoredCount(completed=1)


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
