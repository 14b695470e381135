"""YouTube Studio's "Table data.csv": a table of videos with a row of totals, dates without a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.values import count, day_alone, is_absent, moment_or_day, text

__all__ = ["SOURCE"]

_NAMELESS: Final = "youtube-studio"
_FOLDER: Final = re.compile(r"Content \d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d (.+)")
_TOTAL: Final = frozenset({"total", "gesamt", "totale", "totaal", "合計", "总计", "итого"})

VIDEO: Final = Shape(
    "Table data.csv",
    {
        "published_at": ("Video publish time", moment_or_day),
        "published_on": ("Video publish time", day_alone),
        "caption": ("Video title", text),
        "views": ("Views", count),
        "likes": ("Likes", count),
        "comments": ("Comments added", count),
        "shares": ("Shares", count),
    },
    ignored=names(
        "Content|Duration|Dislikes|Likes (vs. dislikes) (%)|Watch time (hours)|Subscribers|Subscribers gained"
        "|Subscribers lost|Impressions|Impressions click-through rate (%)|Thumbnail impressions"
        "|Thumbnail click-through rate (%)|Average view duration|Average percentage viewed (%)|Unique viewers"
        "|New viewers|Returning viewers|Casual viewers|Regular viewers|Estimated revenue (USD)"
        "|Estimated revenue (EUR)|RPM (USD)|RPM (EUR)|CPM (USD)|CPM (EUR)|Engaged views"
        "|Average views per viewer|Post likes|Stayed to watch (%)",
        mark="|",
    ),
    flat=True,
)  # fmt: skip


def recognises(file: File) -> bool:
    """Whether a table has the columns of Studio's table of videos."""
    return {"Content", "Video title"} <= file.columns


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Rows of videos; the channel's name stands in the folder's name alone."""
    for file in files:
        draft = drafts.account("youtube", _channel(file), file)
        for row in file.rows:
            _video(row, draft, drafts)


def _channel(file: File) -> str:
    folders = [found[1] for part in PurePath(file.name).parts if (found := _FOLDER.fullmatch(part))]
    return folders[-1].strip() if folders else _NAMELESS


def _video(row: Mapping[str, str], draft: AccountDraft, drafts: Drafts) -> None:
    name = name_of(row, "Content", "Table data.csv", drafts.leftovers)
    if name is None or name.lower() in _TOTAL:
        drafts.leftovers.without_home("rows of totals")
        return
    given = {column: cell for column, cell in row.items() if column and not is_absent(cell)}
    drafts.post(draft, name, VIDEO.read(given, drafts.leftovers))


SOURCE: Final = Source(
    name="youtube-studio",
    title="YouTube Studio, table of videos",
    recognises=recognises,
    read=read,
    gives=fields(posts="published_on views caption likes comments shares"),
    lacks="subscribers; comments' texts; the time of day of publishing; history; the channel's id",
    obtained="Analytics, Advanced mode, Content, Lifetime, with likes, comments and shares; Export, CSV; the"
    " folder as it is: its name has the channel's",
    limits="500 videos; counts are those of the period that was chosen, not of the video's life; English"
    " columns",
    seen="youtube-studio exports in public tools; YoutubeAnalytics issue 20, browserslist-ga-export issue 26",
)
