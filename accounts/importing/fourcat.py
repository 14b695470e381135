"""4CAT's CSV of TikTok, Instagram, X and Telegram: one row a post, with columns by platform."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.fourcat_columns import INSTAGRAM, TELEGRAM, TIKTOK, TIKTOK_AUTHOR, X, today
from accounts.importing.people import People
from accounts.importing.shape import Shape, name_of, readable
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import identifier

__all__ = ["SOURCE"]

Row = Mapping[str, Any]


def _never(row: Row) -> bool:
    return False


@dataclass(frozen=True)
class _Platform:
    """A platform's rows.

    Attributes
    ----------
    platform
        Its own name.
    marks
        Columns that only it has.
    shape
        Of a row.
    owner
        Column of the account that published.
    repost, reply
        Whether a row passes on somebody else's post, or answers one.
    parent
        Column of the post that is answered.
    """

    platform: str
    marks: frozenset[str]
    shape: Shape
    owner: str = "author"
    repost: Callable[[Row], bool] = _never
    reply: Callable[[Row], bool] = _never
    parent: str = "thread_id"


def _forwarded(row: Row) -> bool:
    return bool(row.get("author_forwarded_from_name") or row.get("author_forwarded_from_username"))


def _by_a_member(row: Row) -> bool:
    """Whether somebody else than the channel itself wrote into a chat."""
    author = row.get("author_username")
    return bool(author) and author != row.get("chat")


_PLATFORMS: Final = (
    _Platform("tiktok", frozenset({"tiktok_url"}), TIKTOK),
    _Platform("instagram", frozenset({"num_likes", "num_comments"}), INSTAGRAM),
    _Platform(
        "x",
        frozenset({"retweet_count", "like_count", "is_retweet"}),
        X,
        repost=lambda row: row.get("is_retweet") == "yes",
        reply=lambda row: row.get("is_reply") == "yes",
    ),
    _Platform(
        "telegram",
        frozenset({"chat", "author_is_bot", "author_forwarded_from_name"}),
        TELEGRAM,
        owner="chat",
        repost=_forwarded,
        reply=_by_a_member,
        parent="reply_to",
    ),
)


def recognises(file: File) -> bool:
    """Whether a table has 4CAT's columns and those of a platform that is known."""
    return _platform(file) is not None


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Posts by their authors; answers to posts among the rows are comments."""
    people = People("tiktok", TIKTOK_AUTHOR)
    threads = Threads()
    for file in files:
        found = _platform(file)
        for row in file.rows:
            if found is None:
                drafts.leftovers.without_home("rows of a platform that is not known")
            else:
                threads.add(_entry(today(row), found, file, people, drafts))
    people.place(drafts)
    threads.place(drafts)


def _platform(file: File) -> _Platform | None:
    if not {"id", "thread_id", "author", "body", "timestamp"} <= file.columns:
        return None
    return next((one for one in _PLATFORMS if one.marks <= file.columns), None)


def _entry(row: Row, found: _Platform, file: File, people: People, drafts: Drafts) -> Entry:
    reply = found.reply(row)
    author = name_of(row, "author_username|author" if reply else found.owner, "rows[]", drafts.leftovers)
    if found.platform == people.platform:
        people.wrote(author, {name: row.get(name) for name in _OF_AUTHOR}, drafts)
    parent = _within(row, name_of(row, found.parent, "rows[]", drafts.leftovers) or "-", found, drafts)
    return Entry(
        platform=found.platform,
        post_id=_within(row, name_of(row, "id", "rows[]", drafts.leftovers), found, drafts),
        author=author,
        author_id=name_of(row, "author_id|author", "rows[]", drafts.leftovers),
        values=found.shape.read(row, drafts.leftovers),
        file=file,
        parents=(parent,) if reply and parent else (),
        repost=found.repost(row),
    )


_OF_AUTHOR: Final = ("author", "author_followers", "author_videos")


def _within(row: Row, name: str | None, found: _Platform, drafts: Drafts) -> str | None:
    """The name of a post; messages on Telegram are numbered within their chat."""
    if name is None or found.owner == "author":
        return name
    return readable(identifier, f"{row.get(found.owner)}/{name}", "rows[].id", drafts.leftovers)


SOURCE: Final = Source(
    name="4cat",
    title="4CAT (CSV of TikTok, Instagram, X, Telegram)",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers",
        posts="likes comments views shares caption hashtags kind",
        comments="text author_id",
    ),
    lacks="history and audience; profiles, but for TikTok's followers; reactions on Telegram",
    obtained="4CAT, a dataset of TikTok, Instagram, X or Telegram, Download CSV",
    limits="what a browser showed while Zeeschuimer listened: a feed is no account's whole list of posts",
    seen="github.com/digitalmethodsinitiative/4cat datasources/{tiktok,instagram,twitter-import,telegram}",
)
