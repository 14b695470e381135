"""Patterns that take time by the square of a text's length look at no long text of any file."""

import re
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from accounts.errors import BadInput
from accounts.importing import import_paths, studio_columns

LONG = 20_000
SLOW = {(studio_columns, "_WRITTEN"): 100, (studio_columns, "_NUMBERED"): 100}
"""Modules and names of patterns, with the characters that each may look at."""

STUDIO = (
    'Content,Video title,Video publish time,Views,Likes,Comments added\nabcdefghijk,a,"{}",5,1,1\n'
    'abcdefghijl,b,"28 sept. 2026",5,1,1\n'
)
FILES = {
    "Table data.csv": STUDIO.format("1 a" + "!" * LONG),
    "Table data (2).csv": STUDIO.format("2026" + "-" * LONG + "1"),
}


@dataclass
class Measured:
    """A pattern that notes the lengths of the texts it looks at."""

    pattern: re.Pattern[str]
    lengths: list[int] = field(default_factory=lambda: [0])

    def __getattr__(self, name):
        def look(*given):
            self.lengths.append(len(given[-1]))
            return getattr(self.pattern, name)(*given)

        return look


@pytest.mark.parametrize("name", FILES)
def test_a_slow_pattern_looks_at_no_long_text(tmp_path, monkeypatch, name):
    slow = {place: Measured(getattr(*place)) for place in SLOW}
    for place, measured in slow.items():
        monkeypatch.setattr(*place, measured)
    (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    with suppress(BadInput):
        list(import_paths([tmp_path / name]).documents)
    assert [place for place, measured in slow.items() if max(measured.lengths) > SLOW[place]] == []


def test_a_day_is_read_by_the_same_patterns():
    assert studio_columns.day_of("28 sept. 2026") == "2026-09-28"
