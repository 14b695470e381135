"""Comments by group: one text many times, the same people across posts, emoji alone, promotion; with marks.

Nobody is named: people are numbered within the account, by their first comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Final, Literal, TypeAlias

import polars as pl

from detector.comments.model import KINDS, CommentModel
from reporting.evidence import Evidence

__all__ = ["GROUP_TITLES", "CommentGroup", "CommentKind", "CommentListing", "ListedComment"]

CommentKind: TypeAlias = Literal["same_text", "same_people", "emoji_only", "promotion"]

GROUP_TITLES: Final[dict[CommentKind, str]] = {
    "same_text": "The same text",
    "same_people": "The same people across posts",
    "emoji_only": "Emoji alone",
    "promotion": "Promotion",
}
LEAST_TIMES: Final = 3
"""Comments with one text from which on they are a group."""

LEAST_POSTS: Final = 3
"""Posts under which somebody wrote from which on they are of those who return."""

MOST_READ: Final = 2_000
"""Different texts that the model reads; of more, those that stand there most often."""


@dataclass(frozen=True)
class CommentGroup:
    """Comments that have something in common.

    Attributes
    ----------
    kind, key
        Which; of the same text its digest, else empty.
    text
        The text, of a group of one; else empty.
    comments, people, posts
        How many, by how many known people, under how many posts.
    share
        Of all comments with a text by others than the creator.
    """

    kind: CommentKind
    key: str
    text: str
    comments: int
    people: int
    posts: int
    share: float


@dataclass(frozen=True)
class ListedComment:
    """One comment with what marks it.

    Attributes
    ----------
    text
        As it was written.
    person
        The writer's number within the account; None where they are not known.
    post_id, published_at, likes
        As given.
    marks
        What it has in common with others, in words.
    """

    text: str
    person: int | None
    post_id: str
    published_at: datetime | None
    likes: int | None
    marks: tuple[str, ...]


@dataclass(frozen=True)
class CommentListing:
    """An account's comments, grouped.

    Attributes
    ----------
    evidence
        The account's.
    model
        Reads what a comment is.
    """

    evidence: Evidence
    model: CommentModel

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The comments in the order of their times, each with its marks."""
        comments = self.evidence.comments
        if not comments.height:
            return comments
        marked = comments.with_columns(
            times=pl.len().over("words"),
            author_posts=pl.when(pl.col("author_id").is_not_null()).then(
                pl.col("post_id").n_unique().over("author_id")
            ),
        ).join(self._read(comments), on="words", how="left", maintain_order="left")
        return marked.sort("published_at", nulls_last=True, maintain_order=True).with_columns(
            person=pl.col("author_id").rank("dense"),
            promotes=pl.col("promotion") | pl.col("is_promotion").fill_null(value=False),
        )

    def _read(self, comments: pl.DataFrame) -> pl.DataFrame:
        """What the model says of the texts, the most frequent first."""
        texts = (
            comments.group_by("words", maintain_order=True)
            .agg(pl.col("text").first(), times=pl.len())
            .sort("times", descending=True, maintain_order=True)
            .head(MOST_READ)
        )
        counted = self.model.above_thresholds(self.model.probabilities(texts["text"]))
        return texts.select("words").with_columns(
            pl.Series(f"is_{kind}", counted[:, at]) for at, kind in enumerate(KINDS)
        )

    @property
    def total(self) -> int:
        """Comments with a text by others than the creator."""
        return self.evidence.comments.height

    def _of(self, kind: CommentKind) -> pl.DataFrame:
        frame = self.frame
        if not frame.height:
            return frame
        wanted = {
            "same_text": (pl.col("times") >= LEAST_TIMES) & ~pl.col("emoji_only"),
            "same_people": pl.col("author_posts").fill_null(0) >= LEAST_POSTS,
            "emoji_only": pl.col("emoji_only"),
            "promotion": pl.col("promotes"),
        }[kind]
        return frame.filter(wanted)

    @cached_property
    def groups(self) -> Sequence[CommentGroup]:
        """Each kind as a whole, in the order of :data:`GROUP_TITLES`; those with no comment are left out."""
        every = ((kind, self._of(kind)) for kind in GROUP_TITLES)
        return [self._group(kind, "", "", frame) for kind, frame in every if frame.height]

    @cached_property
    def texts(self) -> Sequence[CommentGroup]:
        """The texts that stand there three times or more, the most frequent first."""
        frame = self._of("same_text")
        if not frame.height:
            return []
        grouped = (
            frame.group_by("words", maintain_order=True)
            .agg(
                pl.col("text").first(),
                comments=pl.len(),
                people=pl.col("author_id").drop_nulls().n_unique(),
                posts=pl.col("post_id").n_unique(),
            )
            .sort("comments", descending=True, maintain_order=True)
        )
        return [
            CommentGroup("same_text", _key(words), text, comments, people, posts, comments / self.total)
            for words, text, comments, people, posts in grouped.rows()
        ]

    def _group(self, kind: CommentKind, key: str, text: str, frame: pl.DataFrame) -> CommentGroup:
        people = frame["author_id"].drop_nulls().n_unique()
        return CommentGroup(
            kind, key, text, frame.height, people, frame["post_id"].n_unique(), frame.height / self.total
        )

    def comments(
        self, kind: CommentKind, key: str = "", start: int = 0, limit: int = 50
    ) -> tuple[int, list[ListedComment]]:
        """How many comments a group has, and some of them; with a key those of one text alone."""
        frame = self._of(kind)
        if key and frame.height:
            wanted = [words for words in frame["words"].unique().to_list() if _key(words) == key]
            frame = frame.filter(pl.col("words").is_in(wanted))
        elif kind == "same_people" and frame.height:
            frame = frame.sort("person", maintain_order=True)
        page = frame.slice(max(start, 0), limit)
        return frame.height, [_listed(row) for row in page.iter_rows(named=True)] if page.height else []


def _key(words: str) -> str:
    return sha256(words.encode(errors="surrogatepass")).hexdigest()[:16]


def _listed(row: dict[str, object]) -> ListedComment:
    return ListedComment(
        text=str(row["text"]),
        person=None if row["person"] is None else int(str(row["person"])),
        post_id=str(row["post_id"] or ""),
        published_at=row["published_at"] if isinstance(row["published_at"], datetime) else None,
        likes=row["likes"] if isinstance(row["likes"], int) else None,
        marks=tuple(_marks(row)),
    )


def _marks(row: dict[str, object]) -> list[str]:
    times, posts = int(str(row["times"])), int(str(row["author_posts"] or 0))
    found = [
        (times >= LEAST_TIMES and not row["emoji_only"], f"this text {times} times"),
        (posts >= LEAST_POSTS, f"wrote under {posts} posts"),
        (bool(row["emoji_only"]), "emoji alone"),
        (bool(row["mention_only"]), "a mention alone"),
        (bool(row["promotes"]), "promotion"),
        (bool(row["praise"]) or bool(row["is_generic"]), "praise for anything"),
        (bool(row["is_template"]), "as from a template"),
    ]
    return [words for holds, words in found if holds]
