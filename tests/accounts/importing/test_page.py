"""docs/importing.md follows the sources."""

from __future__ import annotations

from accounts.importing.catalogue import SOURCES
from accounts.importing.page import PAGE, render
from accounts.schema import LISTS, PROFILE


def test_the_committed_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: make docs"


def test_every_source_says_what_it_gives_and_where_it_was_seen() -> None:
    parts = {"profile": PROFILE, **LISTS}
    for source in SOURCES.values():
        given = [path.partition(".")[::2] for path in source.gives]
        assert all(name.split(" ")[0] in parts[part] for part, name in given), source.name
        assert all((source.title, source.lacks, source.obtained, source.limits, source.seen)), source.name
