"""Documents in the database as they are read: one that was damaged there is refused, and named."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from accounts.errors import AssayError
from serving.store.audit_faults import MALFORMED

__all__ = ["DocumentDamaged", "damage_named", "read_list", "read_object"]


class DocumentDamaged(AssayError):
    """500: what is stored in the database is not what was written.

    Parameters
    ----------
    what
        What cannot be read, by its id, such as ``Verdict 6f1e...``.
    is_proven
        Whether the audit log proves it, so that its check names it too.
    """

    status = 500

    def __init__(self, what: str, *, is_proven: bool = True) -> None:
        hint = " `assay audit verify` names it." if is_proven else ""
        super().__init__(f"{what} is not what was stored: it was changed or damaged in the database.{hint}")


@contextmanager
def damage_named(what: str, *, is_proven: bool = True) -> Iterator[None]:
    """Refuse what cannot be read in the block as :class:`DocumentDamaged`."""
    try:
        yield
    except (*MALFORMED, zlib.error) as error:
        raise DocumentDamaged(what, is_proven=is_proven) from error


def read_object(text: object, what: str, names: Iterable[str] = (), *, is_proven: bool = True) -> Any:
    """The JSON object of a stored text.

    Parameters
    ----------
    names
        What it must have.

    Raises
    ------
    DocumentDamaged
        If it is none, or lacks a name.

    Examples
    --------
    >>> read_object('{"label": "review"}', "Verdict v1", ["label"])
    {'label': 'review'}
    >>> read_object('{"label": "rev', "Verdict v1")
    Traceback (most recent call last):
        ...
    serving.store.stored_documents.DocumentDamaged: Verdict v1 is not what was stored: it was changed or damaged in the database. `assay audit verify` names it.
    """  # noqa: E501
    document = parsed(text, dict, what, is_proven)
    if not document.keys() >= set(names):
        raise DocumentDamaged(what, is_proven=is_proven)
    return document


def read_list(text: object, what: str, *, is_proven: bool = True) -> Any:
    """The JSON list of a stored text; raises as :func:`read_object`."""
    return parsed(text, list, what, is_proven)


def parsed(text: object, kind: type, what: str, is_proven: bool) -> Any:
    """The JSON value of a stored text, which is of a kind; raises as :func:`read_object`."""
    with damage_named(what, is_proven=is_proven):
        if not isinstance(text, str):
            raise TypeError
        text.encode()  # bytes that are no UTF-8 are read all the same, and would be answered nowhere
        document = json.loads(text)
    if not isinstance(document, kind):
        raise DocumentDamaged(what, is_proven=is_proven)
    return document
