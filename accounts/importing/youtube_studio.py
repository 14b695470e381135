"""YouTube Studio's "Table data.csv", in any language: videos by row, one of totals, days without times."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath
from typing import Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, name_of, names
from accounts.importing.source import Source, fields
from accounts.importing.studio_columns import day_of, english_names
from accounts.importing.values import Unreadable, count, day_alone, is_absent, moment_or_day, text
from accounts.importing.vocabulary import concept_of

__all__ = ["SOURCE"]

_NAMELESS: Final = "youtube-studio"
_PROBED: Final = 20
_FOLDER: Final = re.compile(r"\S[^\d]* \d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d (.+?)(?:\.(?:csv|xlsx)(?: \[.*\])?)?")
_TOTAL: Final = frozenset({
    "total", "gesamt", "gesamtwert", "totale", "totaal", "łącznie", "suma", "razem", "toplam",
    "合計", "总计", "總計", "합계", "итого", "всего", "कुल", "المجموع", "الإجمالي", "إجمالي",
})  # fmt: skip
"""Words of a row of totals, by which it is known where a table lacks titles or times."""

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


_ENGLISH: Final = frozenset({name for name, _ in VIDEO.fields.values()} | VIDEO.ignored)
_VIDEO_ID: Final = re.compile(r"[\w-]{11}", re.ASCII)
_PLACES: Final = ("Content", "Video title", "Video publish time")
"""What the first three columns are, in every language."""


def recognises(file: File) -> bool:
    """Whether a table has the columns of Studio's table of videos, by name or by what stands in them.

    So have the tables of days that lie beside it, which are counted and not read.
    """
    if _is_by_day(file):
        return True
    known = set(english_names(file.header).values())
    named = {"Content", "Video title"} <= known
    if named and ("Video publish time" in known or "Video title" in file.columns):
        return True
    totals = _totals_above(file)
    return totals is not None and (named or (totals == 1 and "Views" in known))


def _is_by_day(file: File) -> bool:
    """Whether a table has a row for each day: of each video, or in Studio's folder of all together."""
    if not file.header or concept_of(file.header[0]) != "date":
        return False
    known = set(english_names(file.header).values())
    in_folder = any(map(_FOLDER.fullmatch, PurePath(file.name).parts))
    return {"Content", "Video title"} <= known or (in_folder and "Views" in known)


def _totals_above(file: File) -> int | None:
    """How many rows stand above those of videos: one of totals, or none.

    None where the others are not named as videos are, or not dated, as in Studio's table.
    """
    rows = list(islice(file.rows, _PROBED))
    if len(file.header) < len(_PLACES) or not rows:
        return None
    names, _, days = ([row.get(column, "") for row in rows] for column in file.header[: len(_PLACES)])
    totals = int(not days[0] and not _VIDEO_ID.fullmatch(names[0]))
    listed = all(map(_VIDEO_ID.fullmatch, names[totals:])) and all(map(_day, days[totals:]))
    return totals if listed and len(names) > totals else None


def _day(written: str) -> str | None:
    return day_alone(written) or day_of(written)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Rows of videos; the channel's name stands in the folder's name alone."""
    for file in files:
        if _is_by_day(file):
            drafts.leftovers.without_home("rows of single days", sum(1 for _ in file.rows))
            continue
        draft = drafts.account("youtube", _channel(file), file)
        names = _names(file)
        if not _ENGLISH.issuperset(file.columns):
            drafts.notes += list(_understood(file, names))
        for number, row in enumerate(file.rows):
            known = {names.get(column, column): cell for column, cell in row.items() if column}
            if _is_total(known, number, file, names):
                drafts.leftovers.without_home("rows of totals")
            else:
                _video({name: cell for name, cell in known.items() if name in _ENGLISH}, draft, drafts)


def _names(file: File) -> dict[str, str]:
    """The English names of a table's columns; the first three also by their places."""
    found = english_names(file.header)
    for column, name in zip(file.header, _PLACES, strict=False):
        if name not in found.values() and column not in found:
            found[column] = name
    return found


def _understood(file: File, names: Mapping[str, str]) -> Iterator[str]:
    """What the columns are that do not have their English names, for people."""
    read = ", ".join(f"{column} -> {name}" for column, name in names.items() if column != name)
    left = [column for column in file.header if names.get(column, column) not in _ENGLISH]
    if read:
        yield f"{file.name}: {read}"
    if left:
        yield f"{file.name}: left out: {', '.join(left)}"


def _channel(file: File) -> str:
    folders = [found[1] for part in PurePath(file.name).parts if (found := _FOLDER.fullmatch(part))]
    return folders[-1].strip() if folders else _NAMELESS


def _is_total(row: Mapping[str, str], number: int, file: File, names: Mapping[str, str]) -> bool:
    """Whether a row is none of a video: it has neither title nor time, and is not named as videos are.

    A word may look like a video's name; the first row is one of totals, too, where its views are those of all
    others.
    """
    name = row.get("Content", "").strip()
    if not name or name.casefold() in _TOTAL:
        return True
    if not set(_PLACES) <= set(names.values()) or any(row.get(place) for place in _PLACES[1:]):
        return False
    return not _VIDEO_ID.fullmatch(name) or (number == 0 and _is_sum(row, file, names))


def _is_sum(row: Mapping[str, str], file: File, names: Mapping[str, str]) -> bool:
    views = next((column for column, name in names.items() if name == "Views"), "")
    try:
        others = [count(one.get(views)) or 0 for one in islice(file.rows, 1, None)]
        return len(others) > 1 and count(row.get("Views")) == sum(others)
    except Unreadable:
        return False


def _video(row: Mapping[str, str], draft: AccountDraft, drafts: Drafts) -> None:
    name = name_of(row, "Content", "Table data.csv", drafts.leftovers)
    if name is None:
        drafts.leftovers.without_home("rows without a video")
        return
    given = {column: cell for column, cell in row.items() if not is_absent(cell)}
    when = given.get("Video publish time", "")
    if day_alone(when) is None and (day := day_of(when)):
        given["Video publish time"] = day
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
    limits="500 videos; counts are those of the period that was chosen, not of the video's life; columns in"
    " some fifteen languages are known by name, in others by what stands in them",
    seen="youtube-studio exports in public tools; YoutubeAnalytics issue 20, browserslist-ga-export issue 26;"
    " wdr-data/wdr-okr (German), and readers of French, Spanish, Portuguese, Japanese, Korean and Russian"
    " tables; Italian, Dutch, Polish, Turkish, Hindi and Arabic ones were not seen",
)
