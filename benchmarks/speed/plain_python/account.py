"""One account as plain rows, with the few lists that several features read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final, TypeAlias

__all__ = ["Account", "Number", "Row", "is_text", "word_count"]

Row: TypeAlias = dict[str, Any]
Number: TypeAlias = float | None

FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
PLACEHOLDERS: Final = {"nan", "none", "null", "n/a", "undefined", "-"} | {
    f"[{name}]" for name in ("no caption", "no text", "deleted", "removed")
}
STRIPPED: Final = " \t\r\n\u00a0\u200b!\"'#()*+,-./:;<=>?[]^_`{|}~…“”‘’«»¡¿。、！？，।؟،"
UNSPACED: Final = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


class Account:
    """One account as plain rows, with the few lists that several features look at."""

    def __init__(self, profile: Row, parts: Mapping[str, list[Row]]):
        posts, comments, history = parts["posts"], parts["comments"], parts["history"]
        self.profile, self.audience = profile, parts["audience"]
        self.posts, self.observed = posts, parts["observed"]
        aged = [post for post in posts if is_settled(post, profile["as_of"])]
        enough = len(aged) >= 5
        self.settled = (
            sorted(aged, key=lambda post: (post["published_at"] or FIRST, post["post_id"])) if enough else []
        )
        self.dated = by_time([post for post in posts if post["published_at"]]) if len(posts) >= 5 else []
        self.published = {post["post_id"]: post["published_at"] for post in posts}
        self.comments = sorted(comments, key=total_key) if len(comments) >= 15 else []
        self.fans = [comment for comment in self.comments if not comment["by_creator"]]
        self.sample = even_sample([comment for comment in self.fans if is_text(comment["text"])], 100)
        self.worded = [comment for comment in self.sample if has_words(comment["text"])]
        self.words = [normalised(comment["text"]) for comment in self.worded]
        self.counts = follower_counts(history)

    def of(self, name: str) -> list[float]:
        """The known counts of settled posts, oldest first."""
        return [post[name] for post in self.settled if post[name] is not None]

    def with_both(self, one: str, other: str) -> list[Row]:
        """Settled posts of which both counts are known."""
        return [post for post in self.settled if post[one] is not None and post[other] is not None]

    @property
    def steps(self) -> list[tuple[Row, Row]]:
        """Neighbouring daily counts at most two days apart, where it is counted about daily."""
        gaps = [(later["date"] - sooner["date"]).days for sooner, later in pairwise(self.counts)]
        if not gaps or median(gaps) > 2:
            return []
        return [pair for pair, gap in zip(pairwise(self.counts), gaps, strict=True) if gap <= 2]

    @property
    def gains(self) -> list[float]:
        """Followers gained in each step; losses are negative."""
        return [later["followers"] - sooner["followers"] for sooner, later in self.steps]

    @property
    def gaps(self) -> list[float]:
        """Hours between neighbouring dated posts."""
        return [(b["published_at"] - a["published_at"]) / timedelta(hours=1) for a, b in pairwise(self.dated)]

    @property
    def delays(self) -> list[float]:
        """Minutes from post to comment, of fans' comments that do not come before their post."""
        found = []
        for comment in self.fans:
            posted = self.published.get(comment["post_id"])
            if posted and comment["published_at"] and comment["published_at"] >= posted:
                found.append((comment["published_at"] - posted) / timedelta(minutes=1))
        return found

    @property
    def authors(self) -> dict[str, list[Row]]:
        """Fans' comments by known author."""
        by: dict[str, list[Row]] = {}
        for comment in self.fans:
            if comment["author_id"]:
                by.setdefault(comment["author_id"], []).append(comment)
        return by


def is_settled(post: Row, as_of: datetime) -> bool:
    """Whether a post is at least 48 hours old; one without a date counts as settled."""
    return post["published_at"] is None or as_of - post["published_at"] >= timedelta(hours=48)


def by_time(posts: list[Row]) -> list[Row]:
    """Dated posts, oldest first."""
    return sorted(posts, key=lambda post: post["published_at"])


def total_key(comment: Row) -> tuple[Any, ...]:
    """Sorts comments by time, and those of one time by everything else; absent values first."""
    names = ("post_id", "author_id", "text", "likes", "by_creator")
    return (
        comment["published_at"] or FIRST,
        *((comment[name] is not None, 0 if comment[name] is None else comment[name]) for name in names),
    )


def even_sample(rows: list[Row], size: int) -> list[Row]:
    """At most ``size`` rows, at even strides.

    >>> [row["at"] for row in even_sample([{"at": at} for at in range(6)], 3)]
    [0, 2, 4]
    """
    n = len(rows)
    return [row for i, row in enumerate(rows) if n <= size or i == 0 or i * size // n > (i - 1) * size // n]


def is_text(text: str | None) -> bool:
    """Whether there is a text, and it is none of what exports write for an absent one.

    >>> is_text("nice"), is_text("[deleted]"), is_text("")
    (True, False, False)
    """
    return text not in (None, "") and str(text).strip().lower() not in PLACEHOLDERS


def has_words(text: str) -> bool:
    """Whether a text has a letter or a digit of any script."""
    return any(unicodedata.category(char)[0] in "LN" for char in text)


def normalised(text: str) -> str:
    """A text in lower case without the marks around it.

    >>> normalised("Nice pic!!"), normalised("!!!")
    ('nice pic', '!!!')
    """
    lower = unicodedata.normalize("NFKC", text).lower()
    return lower.strip(STRIPPED) or lower


def follower_counts(history: list[Row]) -> list[Row]:
    """Days with a follower count, oldest first; none if they are under five or span under 14 days."""
    rows = sorted((row for row in history if row["followers"] is not None), key=lambda row: row["date"])
    return rows if len(rows) >= 5 and (rows[-1]["date"] - rows[0]["date"]).days >= 14 else []


def word_count(text: str) -> int:
    """Words between white space; two letters of a script without spaces count as one word.

    >>> word_count("so so good"), word_count("真漂亮啊")
    (3, 2)
    """
    marks = "".join("z" if is_unspaced(char) else " " if char.isspace() else "a" for char in text)
    return sum(-(-len(run) // 2) if run[0] == "z" else 1 for run in re.findall("z+|a+", marks))


def is_unspaced(char: str) -> bool:
    """Whether a letter is of a script that puts no spaces between words."""
    return unicodedata.name(char, "").startswith(UNSPACED)
