"""Letters that only look like others are read as what they look like; a script of its own is left alone."""

from __future__ import annotations

import polars as pl
import pytest

from features.folding import fold_text, folded


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("𝐏𝐔𝐋𝐀𝐔 𝟕𝟕𝟕", "PULAU 777"),
        ("𝓟𝓾𝓵𝓪𝓾", "Pulau"),
        ("Ｐｕｌａｕ７７７", "Pulau777"),
        ("🅿️🆄🅻🅰️🆄", "PULAU"),
        ("ⓟⓤⓛⓐⓤ ❶❻❽", "pulau 168"),
        ("4️⃣𝗗", "4D"),
        ("P̶U̶L̶A̶U̶ 8̲8", "PULAU 88"),
        ("ᴛʀᴀᴅᴇ", "trade"),
        ("hāźeł", "hazel"),
        ("Аwеsоmе рiс", "Awesome pic"),
        ("AЕЯ𝙊88", "AERO88"),
        ("pro\u200bfi\u00adle", "profile"),
        ("𐊗", "X"),
    ],
)
def test_disguised_letters_are_read(written: str, read: str) -> None:
    assert fold_text(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "спасибо большое, мой iPhone",
        "хор пел о море",
        "στο σπίτι μου",
        "यह किताब बहुत अच्छी है",
        "ما شاء الله",
        "がぎぐ、ほんとうに",
        "정말 좋아요",
        "น้ำเย็นมาก".replace("ำ", "ํา"),
        "a plain text 🔥🔥",
        "",
    ],
)
def test_a_text_in_its_own_script_stays(text: str) -> None:
    assert fold_text(text) == text


def test_a_column_keeps_its_name_its_order_and_what_is_absent() -> None:
    read = folded(pl.Series("said", ["ᴀ", None, "сhесk"]))
    assert read.name == "said"
    assert read.to_list() == ["a", None, "check"]


def test_folding_twice_changes_nothing() -> None:
    once = fold_text("𝓐𝔀𝓮𝓼 Аwеsоmе hāźeł ❶ がま")
    assert fold_text(once) == once
