"""How people mark a post as another account's by its text: "RT @x:", "♻️ Repost @x", "via @x", "#regram"."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["RETWEETED", "is_credited", "is_marked", "may_be_marked"]

_AT: Final = r"[@＠]\w"
_HARDLY_ANYTHING: Final = r"[^@＠\n]{0,16}"

RETWEETED: Final = r"(?i)^\s*rt:? @"
"""How old interfaces hand out somebody else's post."""

_SIGNS: Final = ("", " ", ":", ": ", ", ", ' "', " “")
_RETWEET: Final = tuple(f"{word}{sign}@" for word in ("rt", "mt", "qt", "rp") for sign in _SIGNS)
_EMOJI: Final = ("♻", "🔁", "🔄", "🔃")
_ENGLISH: Final = ("repost", "re-post", "regram", "re-gram", "reblog", "reshare", "republish", "shared by")
_LATIN: Final = (
    "reposte", "repostado", "repostagem", "republicado", "compartido de", "compartilhado de",
    "compartida de", "compartida por", "compartilhada por", "partagée par", "condiviso da",
    "repartag", "republi", "partagé de", "ricondivis", "repostato", "geteilt von", "übernommen von",
    "gedeeld van", "herplaatst", "delat från", "delt fra", "udostępni", "yeniden paylaş", "đăng lại",
    "dibagikan dari",
)  # fmt: skip
_OTHER: Final = (
    "репост", "перепост", "αναδημοσίευση", "ריפוסט", "إعادة نشر", "اعادة نشر", "منقول من", "ريبوست", "بازنشر",
    "ریپست", "रीपोस्ट", "पुनः पोस्ट", "รีโพสต์", "リポスト", "リグラム", "転載", "转发", "轉發", "转载", "轉載",
    "转自", "轉自", "리포스트", "리그램", "퍼온",
)  # fmt: skip
_MARKED: Final = "|".join((
    rf"^[^\pL\pN@#]*(?:{'|'.join(_RETWEET)})\w",
    rf"(?:{'|'.join((*_ENGLISH, *_LATIN, *_OTHER))}){_HARDLY_ANYTHING}{_AT}",
    rf"(?:{'|'.join(_EMOJI)})[^@\n]{{0,4}}{_AT}",
    r"[#＃](?:rp|repost|regram|reposted|regrammed|repost(?:by|from|app|android|plus|insta)\w*)\b",
    r"\bregram(?:m?ed|ming)?\b",
    rf"//{_AT}[\w.]*[:：]",
))  # fmt: skip
_VIA: Final = r"\bv[ií]a:? ?@\w"
_HINTS: Final = (
    *(f"{word}{sign}@" for word in ("via", "vía") for sign in ("", " ", ":", ": ")),
    "regram", "#rp", "＃rp", "//@", "//＠",
)  # fmt: skip
_WORDS: Final = (*_RETWEET, *_HINTS, *_EMOJI, *_ENGLISH, *_LATIN, *_OTHER)


def may_be_marked(column: str = "caption") -> pl.Expr:
    """Whether a text holds a word that marks a repost, or credits: cheap, and true where those below are."""
    spelt = {one for word in _WORDS for one in (word, word.capitalize(), word.upper())}
    words = sorted(one for one in spelt if one in _WORDS or not one.isascii())
    return pl.col(column).str.contains_any(words, ascii_case_insensitive=True)


def is_marked(column: str = "caption") -> pl.Expr:
    """Whether a text says that the post is another account's.

    >>> texts = ["RT @x: Rye", "♻️ Repost @x", "转发 @x", "Rye #regram", "Repost this", "Art @x"]
    >>> pl.DataFrame({"caption": texts}).select(is_marked()).to_series().to_list()
    [True, True, True, True, False, False]
    """
    return pl.col(column).str.contains(f"(?i){_MARKED}")


def is_credited(column: str = "caption") -> pl.Expr:
    """Whether a text says via whom it came.

    >>> pl.DataFrame({"caption": ["Rye via @x", "via Rome"]}).select(is_credited()).to_series().to_list()
    [True, False]
    """
    return pl.col(column).str.contains(f"(?i){_VIA}")
