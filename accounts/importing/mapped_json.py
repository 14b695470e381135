"""JSON of no known source, read by a mapping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts, Values, Waiting
from accounts.importing.files import File
from accounts.importing.leftovers import Leftovers
from accounts.importing.shape import Shape
from accounts.importing.source import Source
from accounts.importing.values import count, day, flag, identifier, moment, text
from accounts.networks import NETWORKS, network_of
from accounts.schema import LISTS, TABLES, Kind

__all__ = ["source_of"]

_EACH: Final = "[]"

Chain = tuple[Any, ...]
"""A value and all that it stands in, from the outermost."""


@dataclass(frozen=True)
class _Part:
    steps: tuple[str, ...]
    shape: Shape

    def within(self, other: _Part | None) -> int | None:
        """Where in a chain the other part's object stands; None where this is not within it."""
        if other is None or self.steps[: len(other.steps)] != other.steps:
            return None
        return len(other.steps)


@dataclass(frozen=True)
class _Mapping:
    platform: str
    parts: Mapping[str, _Part]

    def read(self, files: Sequence[File], drafts: Drafts) -> None:
        rest = drafts.waiting(lambda file, table, found: self._rest(table, found, file, drafts))
        for file in files:
            for value in file.values:
                for table in ("accounts", *LISTS):
                    if table in self.parts:
                        for chain in _chains(value, self.parts[table].steps):
                            self._place(table, chain, file, drafts, rest)

    def _place(self, table: str, chain: Chain, file: File, drafts: Drafts, rest: Waiting) -> None:
        if not isinstance(chain[-1], dict):
            drafts.leftovers.without_home(f"values in the place of {table} that are no objects")
            return
        found = self.parts[table].shape.read(chain[-1], drafts.leftovers)
        name = found.pop("account_id", None) if table != "accounts" else found.get("account_id")
        name = name or self._above(table, chain, "accounts", "account_id")
        network = found.get("platform") or self._above(table, chain, "accounts", "platform") or self.platform
        if table == "comments":
            above = self._above(table, chain, "posts", "post_id")
            found = {"post_id": above} | found
        if name is None:
            rest.add(file, table, found)
        else:
            _add(table, found, drafts.account(network, name, file, _when(found)), drafts)

    def _above(self, table: str, chain: Chain, other: str, field: str) -> Any:
        """What the object of another part says in which this one stands; it is counted where it is read."""
        depth = self.parts[table].within(self.parts.get(other))
        if depth is None or not isinstance(chain[depth], dict):
            return None
        shape = self.parts[other].shape
        wanted = {name: reader for name, reader in shape.fields.items() if name == field}
        return Shape(other, wanted).read(chain[depth], Leftovers()).get(field)

    def _rest(self, table: str, found: Values, file: File, drafts: Drafts) -> None:
        """A row that names no account: its post's, or the only one that there is."""
        post = found.get("post_id")
        owners = (drafts.owner(one, post) for one in (*NETWORKS, "other")) if table == "comments" else ()
        draft = next((owner for owner in owners if owner is not None), None)
        if draft is None and len(drafts.by_id) == 1:
            draft = next(iter(drafts.by_id.values()))
        if draft is None:
            drafts.leftovers.without_home(f"{table} that name no account")
            return
        draft.named_in(file)
        _add(table, found, draft, drafts)


def _add(table: str, found: dict[str, Any], draft: AccountDraft, drafts: Drafts) -> None:
    if table == "accounts":
        draft.describe(found)
    elif table == "posts":
        drafts.post(draft, found.get("post_id") or f"post {draft.posts + 1}", found)
    elif table == "comments":
        draft.comment(found)
    elif table == "audience":
        draft.follower(found)
    elif found.get("date"):
        draft.add_history(found["date"], found)
    else:
        drafts.leftovers.without_home("counts of no day")


def _when(found: Mapping[str, Any]) -> dt.datetime | None:
    written = found.get("as_of")
    return dt.datetime.fromisoformat(written) if written else None


def _chains(value: Any, steps: tuple[str, ...], above: Chain = ()) -> Iterator[Chain]:
    """Every value at a path, with what it stands in; steps that lead nowhere give none.

    >>> [chain[-1] for chain in _chains({"users": [{"id": 1}, {"id": 2}]}, ("users", "[]", "id"))]
    [1, 2]
    """
    chain = (*above, value)
    if not steps:
        yield chain
    elif steps[0] == _EACH:
        for one in value if isinstance(value, list) else ():
            yield from _chains(one, steps[1:], chain)
    elif isinstance(value, dict) and steps[0] in value:
        yield from _chains(value[steps[0]], steps[1:], chain)


def _steps(path: str) -> tuple[str, ...]:
    """Steps of a path.

    >>> _steps("data.users[].posts[]"), _steps("[]"), _steps("")
    (('data', 'users', '[]', 'posts', '[]'), ('[]',), ())
    """
    return tuple(step for step in path.replace(_EACH, f".{_EACH}").split(".") if step)


def _network(value: Any) -> str | None:
    written = text(value)
    return None if written is None else network_of(written) or "other"


def _inner(steps: tuple[str, ...], others: Iterable[tuple[str, ...]]) -> frozenset[str]:
    """Names of what other parts read within an object of this one."""
    depth = len(steps)
    return frozenset(other[depth] for other in others if len(other) > depth and other[:depth] == steps)


def _is_json(file: File) -> bool:
    return file.suffix not in {".csv", ".tsv", ".xlsx"}


def source_of(given: Mapping[str, Any], zone: dt.tzinfo) -> Source:
    """A source whose shape a checked mapping declares."""
    readers: Mapping[Kind, Callable[[Any], Any]] = {
        "identifier": identifier, "platform": _network, "text": text, "count": count, "flag": flag,
        "time": partial(moment, zone=zone), "date": day, "event": text,
    }  # fmt: skip
    steps = {name: _steps(part["path"]) for name, part in given.items() if name in TABLES}
    parts = {
        name: _Part(
            steps[name],
            Shape(
                given[name]["path"] or name,
                {
                    field: (path, readers[TABLES[name][field].kind])
                    for field, path in given[name].get("fields", {}).items()
                },
                _inner(steps[name], steps.values()),
            ),
        )
        for name in steps
    }
    mapping = _Mapping(network_of(given.get("platform", "")) or "other", parts)
    return Source(
        name="mapping", title="JSON by a mapping", recognises=_is_json,
        read=mapping.read, gives=(), lacks="", obtained="", limits="", seen="", generic=True,
    )  # fmt: skip
