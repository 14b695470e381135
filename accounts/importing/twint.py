"""twint: tweets and users as JSON Lines or CSV, of before X closed what it read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.people import People
from accounts.importing.rows import pictured, unescaped
from accounts.importing.shape import Shape, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import Unreadable, count, flag, length, moment, text

__all__ = ["SOURCE"]

_OFFSET: Final = re.compile(r"[+-]\d{4}")

TWEET: Final = Shape(
    "tweets[]",
    {
        "caption": ("tweet", unescaped),
        "likes": ("likes_count", count),
        "comments": ("replies_count", count),
        "shares": ("retweets_count", count),
        "hashtags": ("hashtags", length),
    },
    ignored=names(
        "id conversation_id created_at date time timezone user_id user_id_str username name place language"
        " mentions urls photos cashtags link retweet quote_url video thumbnail near geo source user_rt_id"
        " user_rt retweet_id reply_to retweet_date translate trans_src trans_dest day hour nlikes nreplies"
        " nretweets search"
    ),
)
USER: Final = Shape(
    "users[]",
    {
        "followers": ("followers", count),
        "following": ("following", count),
        "posts": ("tweets", count),
        "username": ("username", text),
        "full_name": ("name", unescaped),
        "bio": ("bio", unescaped),
        "has_picture": ("profile_image_url|avatar", pictured),
        "is_private": ("private|is_private", flag),
        "is_verified": ("verified|is_verified", flag),
    },
    ignored=names("id location url join_date join_time likes media background_image"),
)


def recognises(file: File) -> bool:
    """Whether a file holds tweets or users by twint's names for what they have."""
    return any(_is_tweet(one) or _is_user(one) for one in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Tweets by those who wrote them, and users listed by themselves."""
    people = People("x", USER)
    threads = Threads()
    for file in files:
        for item in file.objects:
            if _is_tweet(item):
                threads.add(_entry(item, file, drafts))
            elif _is_user(item):
                people.listed(name_of(item, "username", "users[]", drafts.leftovers), item, file, drafts)
            else:
                drafts.leftovers.without_home("items that are neither tweets nor users")
    people.place(drafts)
    threads.place(drafts)


def _is_tweet(item: Mapping[str, Any]) -> bool:
    return {"tweet", "username", "conversation_id"} <= item.keys()


def _is_user(item: Mapping[str, Any]) -> bool:
    return {"username", "join_date", "tweets", "followers"} <= item.keys()


def _entry(tweet: Mapping[str, Any], file: File, drafts: Drafts) -> Entry:
    post = name_of(tweet, "id", "tweets[]", drafts.leftovers)
    root = name_of(tweet, "conversation_id", "tweets[]", drafts.leftovers)
    found = TWEET.read(tweet, drafts.leftovers)
    found["published_at"] = readable(_moment, tweet, "tweets[].created_at", drafts.leftovers)
    return Entry(
        platform="x",
        post_id=post,
        author=name_of(tweet, "username", "tweets[]", drafts.leftovers),
        author_id=name_of(tweet, "user_id|username", "tweets[]", drafts.leftovers),
        values=found,
        file=file,
        parents=(root,) if root and root != post else (),
        repost=readable(flag, tweet.get("retweet"), "tweets[].retweet", drafts.leftovers) is True,
    )


def _moment(tweet: Mapping[str, Any]) -> str | None:
    """When a tweet was written: its date and time in the zone beside them, which is the reader's own.

    >>> _moment({"date": "2020-03-02", "time": "13:19:06", "timezone": "-0500"})
    '2020-03-02T18:19:06Z'
    >>> _moment({"created_at": 1583173146000})
    '2020-03-02T18:19:06Z'
    """
    day, time, zone = (tweet.get(name) for name in ("date", "time", "timezone"))
    if isinstance(zone, str) and _OFFSET.fullmatch(zone):
        try:
            return moment(f"{day}T{time}{zone}")
        except Unreadable:
            return moment(tweet.get("created_at"))
    return moment(tweet.get("created_at"))


SOURCE: Final = Source(
    name="twint",
    title="twint",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio",
        posts="likes comments shares caption hashtags kind",
        comments="text author_id likes",
        audience="followers",
    ),
    lacks="views and history; the day of an account's opening; counts of what was only passed on",
    obtained="files that people kept: twint --json or --csv of tweets, --user-full of users (followers in a"
    " file whose name says so); it reads nothing any more",
    limits="times are in the zone of the computer that it ran on, which each row names",
    seen="github.com/twintproject/twint twint/storage/write_meta.py",
)
