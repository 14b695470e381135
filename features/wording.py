"""What a comment's text is like, in any language: normalised words and a few plain kinds."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["describe_texts"]

# Both classes are needed, each alone misses some; plain \p{Emoji} would match digits.
_EMOJI: Final = r"\p{Emoji_Presentation}\p{Extended_Pictographic}\x{200d}\x{fe0f}\x{1F3FB}-\x{1F3FF}\x{20e3}"
_EMOJI_ONLY: Final = rf"^[{_EMOJI}\s\p{{P}}\p{{S}}]+$"
_MENTION_ONLY: Final = r"^(?:\s*@[\w.]+)+\s*$"
_PROMOTION: Final = (
    r"https?://|www\.|\bdm\b|\bf4f\b|\bl4l\b|follow ?(?:for|4|me|back|my)|check (?:out )?my|my (?:page|profile|channel)"
    r"|link in bio|sub(?:scribe)? ?(?:to|4|for) ?(?:me|my|sub)|promo(?:te)? (?:it|this|on)|whats ?app|telegram|t\.me/|\bsígueme\b"
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
    """Add ``words``, ``tokens``, ``copies``, ``length`` and the four kinds to a frame with ``text``.

    ``words`` is the text in lower case without punctuation and runs of white space; a text of
    nothing but punctuation keeps itself. ``tokens`` are its distinct words.

    >>> frame = pl.DataFrame({"account": [0, 0], "text": ["Nice  pic!!", "@ana"]})
    >>> describe_texts(frame).select("words", "praise", "mention_only").rows()
    [('nice pic', True, False), ('ana', False, True)]
    """
    lower = pl.col("text").str.to_lowercase()
    plain = lower.str.replace_all(r"[\p{P}\p{S}&&[^\p{Extended_Pictographic}]]+|\s+", " ").str.strip_chars()
    frame = frame.with_columns(
        lower=lower, words=pl.when(plain.str.len_chars() > 0).then(plain).otherwise(lower.str.strip_chars())
    )
    frame = frame.with_columns(words=pl.col("words").str.replace_all(r" {2,}", " "))
    wordless = ~pl.col("text").str.contains(r"[\p{L}\p{N}]")
    return frame.with_columns(
        tokens=pl.col("words").str.split(" ").list.unique(),
        copies=pl.len().over("account", "words").cast(pl.Int64),
        length=pl.col("text").str.len_chars().cast(pl.Int64),
        emoji_only=wordless & pl.col("text").str.contains(_EMOJI_ONLY),
        mention_only=pl.col("text").str.contains(_MENTION_ONLY),
        praise=pl.col("words").str.contains(_PRAISE),
        promotion=pl.col("lower").str.contains(_PROMOTION),
    ).drop("lower")
