"""Groups among an account's comments: one text by many."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from reporting.evidence import Evidence

__all__ = ["RepeatedText", "repeated_texts"]


@dataclass(frozen=True)
class RepeatedText:
    """A text that stands there twice or more, look-alike letters and case aside.

    Attributes
    ----------
    text
        As it was written first.
    times
        How often.
    people
        By how many known people; 0 where nobody's name is known.
    posts
        Under how many posts.
    """

    text: str
    times: int
    people: int
    posts: int


def repeated_texts(evidence: Evidence) -> list[RepeatedText]:
    """Texts of words that stand there twice or more, the most frequent first; emoji alone are none."""
    frame = evidence.comments
    if not frame.height:
        return []
    grouped = (
        frame.filter(~pl.col("emoji_only"))
        .group_by("words", maintain_order=True)
        .agg(
            text=pl.col("text").first(),
            times=pl.len(),
            people=pl.col("author_id").drop_nulls().n_unique(),
            posts=pl.col("post_id").n_unique(),
        )
        .filter(pl.col("times") > 1)
        .sort("times", "people", descending=True, maintain_order=True)
    )
    return [RepeatedText(*row) for row in grouped.select("text", "times", "people", "posts").rows()]
