"""Patterns that take time by the square of a text's length look at no long text of any file."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from accounts.errors import BadInput
from accounts.importing import import_paths, row_owner, sheet_times, studio_columns, texts, vocabulary
from accounts.importing.values import Unreadable, count

LONG = 3_000
SLOW = {
    (studio_columns, "_WRITTEN"): 100,
    (studio_columns, "_NUMBERED"): 100,
    (sheet_times, "_SLASHED"): 64,
    (row_owner, "_OF_POST"): 512,
}
"""Modules and names of patterns, with the characters that each may look at."""

STUDIO = (
    'Content,Video title,Video publish time,Views,Likes,Comments added\nabcdefghijk,a,"{}",5,1,1\n'
    'abcdefghijl,b,"28 sept. 2026",5,1,1\n'
)
FILES = {
    "Table data.csv": STUDIO.format("1 a" + "!" * LONG),
    "Table data (2).csv": STUDIO.format("2026" + "-" * LONG + "1"),
    "posts.csv": f'platform,username,date,likes\ninstagram,ana,"1/1/2026{" " * LONG}x\nx",5\n',
    "links.csv": f"platform,username,link,likes,date\nx,ana,{'x.com/' * LONG},5,2026-10-20\n",
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


def test_the_same_patterns_read_what_is_short():
    assert studio_columns.day_of("28 sept. 2026") == "2026-09-28"
    assert sheet_times.SheetTimes(day_first=True).day("25/4/2026") == "2026-04-25"
    assert row_owner.post_of_address("https://x.com/ana/status/99") == "99"


def test_no_long_text_is_a_count_in_thousands(monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(Unreadable, match="is no count"):
        patch.setattr(unicodedata, "normalize", None)
        count("1" + "\u0301\u0316" * LONG, 3)


def test_only_the_beginning_of_a_label_is_remembered():
    vocabulary._plain_name.cache_clear()
    for end in "ab":
        vocabulary.concept_of("followers" * LONG + end)
    assert vocabulary._plain_name.cache_info().currsize == 1


def test_a_place_in_a_list_is_no_number_of_thousands_of_digits(tmp_path):
    (tmp_path / "a.csv").write_text(f"username,followers,tags/{'1' * 5_000}\nana,5,rye\n", encoding="utf-8")
    assert len(import_paths([tmp_path / "a.csv"]).documents) == 1


def test_an_encoding_is_known_by_the_first_columns(monkeypatch):
    asked = []
    monkeypatch.setattr(texts, "concept_of", asked.append)
    texts.decoded(";".join(["é"] * LONG).encode("latin-1"), "")
    assert len(asked) <= 200 * len(texts._NATIONAL)
