"""Text of comments in any language: normalised words, and kinds such as praise and promotion."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from features.folding import folded

__all__ = ["PLACEHOLDERS", "describe_texts", "text_bytes", "word_count"]

Index = npt.NDArray[np.int64]

# What sources write where there is no text.
PLACEHOLDERS: Final = (
    "nan",
    "none",
    "null",
    "n/a",
    "undefined",
    "-",
    "[no caption]",
    "[no text]",
    "[deleted]",
    "[removed]",
)
_SIZES: Final = np.isin(np.arange(max(map(len, PLACEHOLDERS)) + 2), [len(text) for text in PLACEHOLDERS])
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD: Final = rf"[{_UNSPACED}]{{1,2}}|[^\s{_UNSPACED}]+"

_AROUND: Final = " \t\r\n\u00a0\u200b!\"'#()*+,-./:;<=>?[]^_`{|}~…“”‘’«»¡¿。、！？，।؟،"
# Both classes are needed, each alone misses some; plain \p{Emoji} would match digits.
_EMOJI: Final = r"\p{Emoji_Presentation}\p{Extended_Pictographic}\x{200d}\x{fe0f}\x{1F3FB}-\x{1F3FF}\x{20e3}"
_EMOJI_ONLY: Final = rf"^[{_EMOJI}\s\p{{P}}\p{{S}}]+$"
_MENTION_ONLY: Final = r"^(?:\s*@[\w.]+)+\s*$"
_PROMOTION: Final = (
    r"https?://|www\.|\bdm\b|\bf4f\b|\bl4l\b|follow ?(?:for|4|me|back|my)|check (?:out )?my"
    r"|my (?:page|profile|channel)|link in bio|sub(?:scribe)? ?(?:to|4|for) ?(?:me|my|sub)"
    r"|promo(?:te)? (?:it|this|on)|whats ?app|telegram|t\.me/|\bsígueme\b"
    r"|\bme siga\b|\bsuivez[- ]moi\b|\btakip et|\bfolge mir\b|\bподпи(?:шись|сывайся)"
)
# Praise that would fit under any post: the same few words in the languages of our sources.
_PRAISE: Final = (
    r"^(?:(?:so|very|really|muy|muito|très|sehr|çok|what an?|such an?|the|this is|wow|omg|que|qué|ótimo|"
    r"очень)?\s*(?:nice|great|good|cool|wow|amazing|awesome|beautiful|gorgeous|stunning|perfect|love|loved|lovely|best|"
    r"fire|fantastic|super|incredible|excellent|brilliant|cute|lindo|linda|hermoso|hermosa|bonito|bonita|genial|increíble|"
    r"excelente|lindíssima|perfeito|perfeita|maravilhosa|magnifique|superbe|génial|schön|toll|wunderschön|bello|bella|"
    r"bellissima|harika|güzel|mooi|супер|класс|красиво|круто|رائع|جميل|keren|mantap|cantik|すごい|素敵|최고|멋져요|很棒|"
    r"सुंदर|बढ़िया)"
    r"(?:\s+(?:it|this|you|post|pic|picture|photo|shot|content|work|job|one|video|feed|style|look|vibes|foto|trabalho|"
    r"photo|bild|dear|bro|man|girl|friend|stuff|capture|page))?\s*)+$"
)


def describe_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``words``, ``words_code``, ``spaces``, ``phrase``, ``length`` and the four kinds to a frame.

    ``words`` is its ``text`` with look-alike letters folded, in lower case and without white space and
    punctuation around it; a text of nothing else keeps itself. ``spaces`` are counted in it. A
    ``phrase`` has three words or more.

    >>> frame = pl.DataFrame({"text": ["Nice pic!!", "@ana"]})
    >>> describe_texts(frame).select("words", "praise", "mention_only").rows()
    [('nice pic', True, False), ('@ana', False, True)]
    """
    lowered = frame.with_columns(folded(frame["text"]).str.to_lowercase().alias("lower"))
    described = lowered.with_columns(_trimmed()).with_columns(_described())
    described = described.with_columns((described["spaces"] >= 2).alias("phrase"))
    described.drop_in_place("lower")
    return described


def text_bytes(texts: pl.Series, sizes: Index) -> Index:
    """Bytes of each text, 0 for a placeholder such as "[deleted]".

    ``sizes`` are the texts' own bytes, 0 of none.

    >>> text_bytes(pl.Series(["NaN", "nap", None]), np.array([3, 3, 0]))
    array([0, 3, 0])
    """
    short = np.flatnonzero(_SIZES[np.minimum(sizes, _SIZES.size - 1)])
    absent = texts.gather(short).str.to_lowercase().is_in(PLACEHOLDERS).to_numpy()
    byte_counts = sizes.astype(np.int64)
    byte_counts[short[absent]] = 0
    return byte_counts


def word_count(texts: pl.Series) -> Index:
    """Number of words of each text; in scripts written without spaces two letters count as one.

    >>> word_count(pl.Series(["so nice", "真漂亮啊", "สวยสวย", ""]))
    array([2, 2, 3, 0])
    """
    return texts.str.count_matches(_WORD).fill_null(0).to_numpy().astype(np.int64)


@cache
def _trimmed() -> pl.Expr:
    trimmed = pl.col("lower").str.strip_chars(_AROUND)
    return pl.when(trimmed.str.len_bytes() > 0).then(trimmed).otherwise("lower").alias("words")


@cache
def _described() -> tuple[pl.Expr, ...]:
    text, words = pl.col("text"), pl.col("words")
    return (
        words.hash().alias("words_code"),
        words.str.count_matches(" ", literal=True).alias("spaces"),
        text.str.len_chars().cast(pl.Int64).alias("length"),
        text.str.contains(_EMOJI_ONLY).alias("emoji_only"),
        text.str.contains(_MENTION_ONLY).alias("mention_only"),
        words.str.contains(_PRAISE).alias("praise"),
        pl.col("lower").str.contains(_PROMOTION).alias("promotion"),
    )
