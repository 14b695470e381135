# ruff: noqa: E501
"""Characters that cannot be seen, in terminals and on pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.invisible import printable, visible
from accounts.reading.quoting import escape
from reporting.report.texts import plain
from serving.desk.hostile_text import plainly

WALES = "\U0001f3f4" + "".join(chr(0xE0000 + ord(char)) for char in "gbwls\x7f")
NAMES = [
    "Zoë Müller-O’Brien", "Jose\u0301 Nu\u0301n\u0303ez", "Łukasz", "Ελένη", "Ева", "张伟", "田中さくら", "김민준", "محمد", "דניאל",
    "علی\u200cرضا محمدی", "iPhone\u200cهای ۵\u200cستاره", "मनीषा शर्मा", "क्\u200dष क्\u200cष", "മോഹന്\u200d ലാല്\u200d", "শ্রী র\u200d্যাম",
    "ශ්\u200dරී ලංකා", "ᠮᠣᠩᠭᠣᠯ\u180b", "葛\U000e0100城", "𞤀\u200c𞤁",
    "Ana ❤️", "❤️\u200d🔥 Bo", "👩🏽\u200d🚒", "👨\u200d👩\u200d👧\u200d👦", "🏳️\u200d🌈", "🏴\u200d☠️", "👁️\u200d🗨️", "🙂\u200d↔️", "🧑\u200d⚕️", "1️⃣ #️⃣",
    "ℹ️ ‼️ ™️ ☎︎", "🇩🇪 🇧🇷", f"{WALES} Gwen",
]  # fmt: skip
"""Names as people write them, with all that their writing needs."""

HIDDEN = [
    *"\u00ad\u034f\u115f\u1160\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u2060\u2064\u202e\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9",
    *"\U0001d173\U000e0001\U000e0041\U000e007f\U000e0100\U000e0fff",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_person_s_name_is_shown_as_it_is_written(name):
    assert (printable(name), visible(name), escape(name), plain(name), plainly(name)) == (name,) * 5


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
@pytest.mark.parametrize(
    "name", ["nas{}a", "{}nasa", "nasa{}", "nasa {} b", "김{0}{0}민", "❤{0}{0}", "é{}a", "e\u0301{}a", "7{}"]
)
def test_what_cannot_be_seen_is_shown_by_its_code(hidden, name):
    given_name, code = name.format(hidden), f"[U+{ord(hidden):04X}]"
    assert code in visible(given_name)
    assert plain(given_name) == plainly(given_name) == visible(given_name)
    assert hidden.encode("unicode_escape").decode() in printable(given_name)
    assert escape(given_name) == printable(given_name)


@pytest.mark.parametrize("name", ["🏴{}", "🏴gb{}", "{}"])
def test_tags_are_shown_outside_the_flag_of_a_part_of_a_country(name):
    tags = "".join(chr(0xE0000 + ord(char)) for char in "hidden text\x7f")
    assert visible(name.format(tags)).count("[U+E00") == len(tags)


@given(st.text(st.characters(categories=["L", "N", "P", "S"], exclude_characters=HIDDEN)))
def test_what_can_be_seen_is_not_changed(text):
    assert printable(text) == visible(text) == text
