"""Folding: a text in disguise becomes the text that it looks like; no language is touched."""

from __future__ import annotations

import unicodedata

import polars as pl
import pytest

from features.folding import CONFUSABLES, FANCY, fold, folded
from features.wording import bytes_said, describe_texts, word_count

PLAIN = (
    "check my page, it is nice", "привет, очень красиво", "καλημέρα σε όλους", "很漂亮的照片",
    "とても素敵です",
    "정말 멋져요", "صورة جميلة جدا", "תמונה יפה", "बहुत सुंदर", "สวยมากเลย", "ảnh đẹp quá", "çok güzel",
)  # fmt: skip


@pytest.mark.parametrize("disguised", [
    "сhесk my рagе", "ｃｈｅｃｋ ｍｙ ｐａｇｅ", "𝐜𝐡𝐞𝐜𝐤 𝐦𝐲 𝐩𝐚𝐠𝐞", "𝓬𝓱𝓮𝓬𝓴 𝓶𝔂 𝓹𝓪𝓰𝓮", "ᴄʜᴇᴄᴋ ᴍʏ ᴘᴀɢᴇ",
    "ⓒⓗⓔⓒⓚ ⓜⓨ ⓟⓐⓖⓔ",
    "🅲🅷🅴🅲🅺 🅼🆈 🅿🅰🅶🅴", "ch\u200beck my pa\u00adge", "check mу ρage", "check\u3000my\u2003page",
])  # fmt: skip
def test_disguises_are_seen_through(disguised: str) -> None:
    assert " ".join(folded(disguised).split()) == "check my page"
    assert describe_texts(pl.DataFrame({"text": [disguised]}))["promotion"].item()


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_of_one_script_stays_as_it_is(text: str) -> None:
    assert folded(text) == text == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("text", PLAIN)
def test_words_of_two_scripts_side_by_side_stay_as_they_are(text: str) -> None:
    assert folded(f"{text} iPhone 15 {text}") == f"{text} iPhone 15 {text}"


def test_folding_twice_changes_nothing_more() -> None:
    once = fold(pl.Series(["сhесk ｎｉｃｅ 🅿age", *PLAIN]))
    assert fold(once).to_list() == once.to_list()


def test_absent_texts_stay_absent_and_emoji_stay_emoji() -> None:
    given = [None, "", "🔥🔥", "❤\ufe0f", "👩\u200d👩\u200d👧", "🇧🇷"]
    assert fold(pl.Series(given, dtype=pl.String)).to_list() == given


def test_confusables_become_single_latin_letters() -> None:
    for table in (CONFUSABLES, FANCY):
        assert all(len(latin) == 1 and latin.isascii() and latin.isalpha() for latin in table.values())
    assert not any(chr(code).isascii() for code in CONFUSABLES)


def test_placeholders_say_nothing() -> None:
    texts = pl.Series(
        ["nan", "None", "NULL", "N/A", "-", "[Deleted]", "[no caption]", "nana", "- ok", "🔥", None]
    )
    sizes = texts.str.len_bytes().fill_null(0).to_numpy()
    assert bytes_said(texts, sizes).tolist() == [0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 0]


def test_words_are_counted_in_every_script() -> None:
    assert word_count(pl.Series(["very nice", "очень красиво", "很漂亮", "สวยมาก", "wow"])).tolist() == [
        2,
        2,
        2,
        3,
        1,
    ]
