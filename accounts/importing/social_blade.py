"""Social Blade: its CSV of daily counts, and answers of its business API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from accounts.importing.drafts import AccountDraft, Drafts
from accounts.importing.files import File
from accounts.importing.shape import Shape, at, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.values import count, day, identifier, moment, text

__all__ = ["SOURCE"]

DAY: Final = Shape(
    "daily[]",
    {
        "date": ("date", day),
        "followers": ("followers", count),
        "following": ("following", count),
        "posts": ("posts", count),
    },
    ignored=names(
        "views video_views total_views total_video_views likes total_likes favorites avg_likes"
        " avg_comments grade estimated_earnings subscribers_change followers_change following_change"
        " views_change video_views_change uploads_change media_change rank engagement_rate day weekday"
    ),
)
PROFILE: Final = Shape(
    "data",
    {
        "followers": ("total.followers", count),
        "following": ("total.following", count),
        "posts": ("total.posts", count),
        "username": ("id.username", text),
        "full_name": ("id.display_name", text),
        "created_at": ("general.created_at", moment),
    },
    ignored=names("daily misc ranks statistics")
    | names("views likes engagement_rate", within="total")
    | names("id cusername handle", within="id")
    | names("channel_type geo branding", within="general"),
)
_SAME: Final = {
    **dict.fromkeys(
        (
            "subs",
            "subscribers",
            "total_subscribers",
            "subscribers_total",
            "total_followers",
            "followers_total",
        ),
        "followers",
    ),
    **dict.fromkeys(("uploads", "videos", "media", "tweets", "total_uploads", "total_media"), "posts"),
    "total_following": "following",
}
_ONLY_ITS: Final = frozenset({"estimated_earnings", "subscribers_change", "followers_change"})
_ITS_NAME: Final = re.compile(r"social[\s_-]?blade", re.IGNORECASE)
_PLATFORMS: Final = ("youtube", "instagram", "tiktok", "twitch", "twitter")


def recognises(file: File) -> bool:
    """Whether a table counts followers by day and is Social Blade's, or a file is an answer of its API."""
    columns = {_plain_name(one) for one in file.header}
    counted = "date" in columns and bool({"followers", *_SAME} & columns)
    marked = bool(_ITS_NAME.search(PurePath(file.name).name)) or bool(_ONLY_ITS & columns)
    return (counted and marked) or any(_is_answer(one) for one in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """The counts of days; a table names no account, so that the file's name does."""
    for file in files:
        for answer in file.objects:
            _answer(answer, file, drafts)
        if file.header:
            draft = drafts.account(_platform(file, file.header), _named(file, drafts), file)
            for row in file.rows:
                _day(row, draft, drafts)


def _is_answer(item: Mapping[str, Any]) -> bool:
    return all(at(item, f"data.{name}") is not None for name in ("id", "statistics", "daily"))


def _answer(answer: Mapping[str, Any], file: File, drafts: Drafts) -> None:
    data, daily = answer.get("data"), list(items(answer, "data", "daily"))
    name = name_of(answer, "data.id.username|data.id.id", "answer", drafts.leftovers)
    if not isinstance(data, dict) or name is None:
        drafts.leftovers.without_home("answers about nobody")
        return
    total = at(data, "statistics.total")
    words = [*(daily[0] if daily else ()), *(total if isinstance(total, dict) else ())]
    draft = drafts.account(_platform(file, words), name, file)
    draft.describe(PROFILE.read(data | {"total": _renamed(total)}, drafts.leftovers))
    for row in daily:
        _day(row, draft, drafts)


def _day(row: Mapping[str, Any], draft: AccountDraft, drafts: Drafts) -> None:
    found = DAY.read(_renamed(row), drafts.leftovers)
    date = found.pop("date", None)
    if date is None:
        drafts.leftovers.without_home("counts of no day, such as totals")
    else:
        draft.add_history(date, found)


def _renamed(row: Any) -> dict[str, Any]:
    """A row by names that are the same on every platform.

    >>> _renamed({"Date": "2026-10-20", "Total Subscribers": "1,520,000"})
    {'date': '2026-10-20', 'followers': '1,520,000'}
    """
    known = row.items() if isinstance(row, Mapping) else ()
    return {_SAME.get(name, name): value for key, value in known if (name := _plain_name(key))}


def _plain_name(column: str) -> str:
    return re.sub(r"\W+", "_", column.strip().lower()).strip("_")


def _platform(file: File, words: Iterable[str]) -> str:
    """The platform in the file's name, else the one whose words its columns use."""
    named = next((one for one in _PLATFORMS if one in PurePath(file.name).name.lower()), None)
    used = " ".join(words).lower()
    marks = (("subs", "youtube"), ("tweet", "x"), ("media", "instagram"))
    found = named or next((platform for word, platform in marks if word in used), "other")
    return "x" if found == "twitter" else found


def _named(file: File, drafts: Drafts) -> str:
    """The account's name: what is left of the file's name.

    >>> import datetime as dt
    >>> file = File("socialblade_youtube_ana-bakes.csv", b"", dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    >>> _named(file, Drafts())
    'ana-bakes'
    """
    words = "|".join([_ITS_NAME.pattern, *_PLATFORMS])
    stem = PurePath(file.name).stem
    left = re.sub(words, "", stem, flags=re.IGNORECASE).strip(" _-.")
    return readable(identifier, left or stem, "name of the file", drafts.leftovers) or "social-blade"


SOURCE: Final = Source(
    name="social-blade",
    title="Social Blade",
    recognises=recognises,
    read=read,
    gives=fields(
        history="followers following posts",
        profile="followers",
    ),
    lacks="posts, comments and audience",
    obtained="a page's daily counts as CSV, or the business API; name the file after the platform and the"
    " account, such as socialblade_youtube_NAME.csv",
    limits="YouTube's subscribers are rounded to three figures since September 2019; days that it did not"
    " visit are missing; an account is followed from the day when somebody first looked it up",
    seen="socialblade.com/blog (abbreviated counts); matrix.socialblade.com in public clients; no copy of"
    " the CSV was found: its columns are read by their words",
)
