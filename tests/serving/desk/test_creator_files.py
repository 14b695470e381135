"""Files of creators are kept while there is room for their bytes, and no longer than they may."""

from types import SimpleNamespace

import pytest

from serving.desk import creator_files
from serving.desk.creator_files import MOST_BYTES, CreatorFile, CreatorFiles
from serving.store.store import open_store


@pytest.fixture
def files():
    """Files that are read anew where they are not kept; each says how many bytes its evidence has."""
    read = []

    def read_file(connection, entry, locale):
        read.append((entry.verdict_id, locale))
        return CreatorFile({}, None, None, None, entry.bytes)

    return SimpleNamespace(kept=CreatorFiles(read_file), read=read)


@pytest.fixture
def store(on_sqlite):
    return open_store(on_sqlite)


def get(files, store, name, size, locale="en"):
    entry = SimpleNamespace(tenant="a", verdict_id=name, evidence_sha256="", bytes=size)
    return files.kept.get(store, entry, locale)


def test_files_are_kept_as_long_as_there_is_room_for_their_bytes(files, store):
    for name in ("first", "second", "third", "third", "second"):
        get(files, store, name, MOST_BYTES // 2)
    assert [name for name, _ in files.read] == ["first", "second", "third"]
    get(files, store, "first", MOST_BYTES // 2)
    assert [name for name, _ in files.read] == ["first", "second", "third", "first"]


def test_a_large_one_is_kept_alone_in_one_locale(files, store):
    for locale in ("en", "en", "de", "en"):
        get(files, store, "large", 10 * MOST_BYTES, locale)
    assert [locale for _, locale in files.read] == ["en", "de", "en"]
    assert len(files.kept.kept) == 1


def test_what_is_too_old_is_forgotten_whoever_asks(files, store, monkeypatch):
    get(files, store, "old", 1)
    later = creator_files.time.monotonic() + creator_files.KEPT_SECONDS
    monkeypatch.setattr(creator_files.time, "monotonic", lambda: later)
    get(files, store, "new", 1)
    assert [key[1] for key in files.kept.kept] == ["new"]
