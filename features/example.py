"""One made-up account from a few columns: what the catalogue's doctests are written with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from math import isnan

from accounts.schema import PROFILE, TABLES
from accounts.tables import Tables
from features import views
from features.catalogue import by_name
from features.declaration import Feature
from features.derive import derive
from features.views import View, Views

__all__ = ["column_of", "derive_one", "one_account"]

START = datetime(2026, 1, 1, tzinfo=UTC)
Columns = Mapping[str, Sequence[object]]


def derive_one(feature: Feature | str, **given: object) -> float | None:
    """The feature's value for one account, to nine decimals; None where it is absent.

    Parameters
    ----------
    feature
        A feature, or the name of one of the catalogue.
    given
        Lists are columns of the table that the feature's view shows, one value a row; mappings
        are whole tables; everything else is of the profile. Times may be hours after 2026-01-01.

    Examples
    --------
    >>> derive_one("likes_variation", likes=[100, 101, 99, 100, 100])
    0.007071068
    """
    feature = by_name(feature) if isinstance(feature, str) else feature
    value = derive(_given(feature.view, given), [feature])[feature.name].item()
    return None if isnan(value) else round(value, 9)


def column_of(view: str, column: str, **given: object) -> list[object]:
    """A column of a view of one account, numbers to six decimals; None where it is absent.

    Parameters
    ----------
    view, column
        Their names.
    given
        As for :func:`derive_one`.

    Examples
    --------
    >>> column_of("posts", "rate", followers=100, likes=[1, 2, 3, 4, 5], comments=[1] * 5)
    [0.02, 0.03, 0.04, 0.05, 0.06]
    """
    own: View = getattr(views, view)
    values = Views(_given(own, given)).frame(own, [column])[column].to_list()
    return [round(value, 6) if isinstance(value, float) else value for value in values]


def _given(view: View, given: Mapping[str, object]) -> Tables:
    """Tables of one account from what an example gives."""
    table = view.block
    tables = {name: value for name, value in given.items() if isinstance(value, Mapping)}
    own = {name: value for name, value in given.items() if isinstance(value, list)}
    profile = {name: value for name, value in given.items() if name not in tables and name not in own}
    if own:
        tables[table if table in TABLES else "posts"] = own
    return one_account(profile, tables)


def one_account(profile: Mapping[str, object], tables: Mapping[str, Columns]) -> Tables:
    """Tables of one account named ``one``, with dates and identifiers filled in."""
    account = {"account_id": "one", "platform": "instagram", "as_of": START + timedelta(days=300), **profile}
    account = {
        name: _typed("time", value) if name in ("as_of", "created_at") else value
        for name, value in account.items()
    }
    assert set(profile) <= {*PROFILE, "platform", "as_of"}, profile
    return Tables.of(accounts=[account], **{name: _rows(name, columns) for name, columns in tables.items()})


def _rows(table: str, columns: Columns) -> list[dict[str, object]]:
    n = len(next(iter(columns.values())))
    defaults: dict[str, Sequence[object]] = {
        "posts": {"post_id": [f"p{i}" for i in range(n)], "published_at": [24.0 * i for i in range(n)]},
        "comments": {"post_id": [f"p{i}" for i in range(n)]},
        "history": {"date": [START.date() + timedelta(days=i) for i in range(n)]},
        "audience": {},
        "observed": {},
    }[table]  # type: ignore[assignment]
    filled = {"account_id": ["one"] * n, **defaults, **columns}
    kinds = {name: TABLES[table][name].kind for name in filled}
    return [{name: _typed(kinds[name], values[i]) for name, values in filled.items()} for i in range(n)]


def _typed(kind: str, value: object) -> object:
    if kind == "time" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if kind == "time" and isinstance(value, int | float):
        return START + timedelta(hours=value)
    assert not (kind == "date" and not isinstance(value, date))
    return value
