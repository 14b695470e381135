"""Google Takeout of YouTube: tables of a channel, its videos, and the comments that it wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from pydantic_core import from_json

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import identifier, moment, text

__all__ = ["SOURCE"]


def spoken(value: Any) -> str | None:
    """The text of a comment, which comes as JSON in pieces.

    >>> spoken('{"takeoutSegments":[{"text":"Warm "},{"text":"water"}]}'), spoken("Rye")
    ('Warm water', 'Rye')
    """
    written = text(value)
    if written is None or not written.lstrip().startswith("{"):
        return written
    try:
        found = from_json(f"[{written}]")
    except ValueError:
        return written
    pieces = [piece.get("text") for part in items(found) for piece in [part, *items(part, "takeoutSegments")]]
    return "".join(piece for piece in pieces if isinstance(piece, str))


CHANNEL: Final = Shape(
    "channel.csv",
    {"full_name": ("Channel Title (Original)", text)},
    ignored=frozenset({"Channel ID", "Channel Country", "Channel Tag 1", "Channel Visibility"}),
    flat=True,
)
VIDEO: Final = Shape(
    "videos.csv",
    {"published_at": ("Video Publish Timestamp", moment), "caption": ("Video Title (Original)", text)},
    ignored=names(
        "Video ID|Approximate Duration (ms)|Video Audio Language|Video Category|Video Description"
        " (Original)|Video Description (Original) Language|Channel ID|Video Tag 1|Video Title (Original)"
        " Language|Privacy|Video State|Video Create Timestamp",
        mark="|",
    ),
    flat=True,
)  # fmt: skip
COMMENT: Final = Shape(
    "comments.csv",
    {
        "post_id": ("Video ID", identifier),
        "author_id": ("Channel ID", identifier),
        "text": ("Comment Text", spoken),
        "published_at": ("Comment Create Timestamp", moment),
        "reply_to": ("Parent Comment ID", text),
    },
    ignored=frozenset({"Comment ID", "Price", "Post ID", "Top-Level Comment ID"}),
    flat=True,
)
_VIDEO: Final = frozenset({"Video ID", "Channel ID", "Video Publish Timestamp"})
_COMMENT: Final = frozenset({"Comment ID", "Channel ID", "Comment Text"})
_CHANNEL: Final = frozenset({"Channel ID", "Channel Title (Original)", "Channel Visibility"})


def recognises(file: File) -> bool:
    """Whether a table has Takeout's columns of a channel, of videos, or of comments."""
    return any(wanted <= file.columns for wanted in (_VIDEO, _COMMENT, _CHANNEL))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Every table by its columns; a comment waits for the videos, as most stand under others' videos."""
    for file in files:
        for row in file.rows:
            given = {column: cell for column, cell in row.items() if column and cell}
            if file.columns >= _COMMENT:
                drafts.later(partial(_comment, given, drafts))
            elif file.columns >= _VIDEO:
                _video(given, file, drafts)
            elif (name := name_of(given, "Channel ID", "channel.csv", drafts.leftovers)) is not None:
                drafts.account("youtube", name, file).describe(CHANNEL.read(given, drafts.leftovers))
            else:
                drafts.leftovers.without_home("channels without an id")


def _video(row: Mapping[str, str], file: File, drafts: Drafts) -> None:
    owner, name = (
        name_of(row, column, "videos.csv", drafts.leftovers) for column in ("Channel ID", "Video ID")
    )
    if owner is None or name is None:
        drafts.leftovers.without_home("videos without an id or a channel")
    elif at(row, "Privacy") not in {None, "Public", "public"}:
        drafts.leftovers.without_home("videos that not everybody can see")
    else:
        drafts.post(drafts.account("youtube", owner, file), name, VIDEO.read(row, drafts.leftovers))


def _comment(row: Mapping[str, str], drafts: Drafts) -> None:
    found = COMMENT.read(row, drafts.leftovers)
    draft = drafts.owner("youtube", found.get("post_id"))
    if draft is None:
        drafts.leftovers.without_home("own comments under others' videos")
        return
    mine = found.get("author_id") == draft.account_id
    draft.comment(found | {"by_creator": mine}, name_of(row, "Comment ID", "comments.csv", drafts.leftovers))


SOURCE: Final = Source(
    name="youtube-takeout",
    title="Google Takeout, YouTube",
    recognises=recognises,
    read=read,
    gives=fields(profile="full_name", posts="published_at caption", comments="text published_at"),
    lacks="every count: views, likes, subscribers; comments of others; history",
    obtained="takeout.google.com, YouTube and YouTube Music, CSV; the folder as it is",
    limits="of one's own channel only; add YouTube Studio's table for the counts; English columns",
    seen="Takeout exports of 2023 to 2026 in public tools",
)
