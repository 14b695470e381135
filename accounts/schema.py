"""The one definition of an account, version 1: documents and tables both follow from it.

A :class:`Field` holds the rule of one value. A part (profile, posts, comments, history,
audience, annotations, observed) is a mapping of names to fields. The validator for documents, the types
of the tables, the JSON Schema and every refusal's rule are generated from these mappings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

import polars as pl

__all__ = [
    "ACCOUNT_KEYS",
    "ANNOTATIONS",
    "AUDIENCE",
    "BEGINNINGS",
    "COMMENTS",
    "EVENTS",
    "EVIDENCE",
    "HISTORY",
    "LATER",
    "LISTS",
    "MAX_ANNOTATIONS",
    "MAX_COUNT",
    "MAX_IDENTIFIER_LENGTH",
    "OBSERVED",
    "PLATFORMS",
    "POSTS",
    "PROFILE",
    "SCHEMA_VERSION",
    "TABLES",
    "UNIQUE",
    "YEARS",
    "Field",
    "Kind",
    "Part",
    "columns",
]

SCHEMA_VERSION: Final = 1
BEGINNINGS: Final[Mapping[str, dt.datetime]] = MappingProxyType({
    "instagram": dt.datetime(2010, 10, 6, tzinfo=dt.UTC), "tiktok": dt.datetime(2016, 9, 1, tzinfo=dt.UTC),
    "youtube": dt.datetime(2005, 2, 14, tzinfo=dt.UTC), "x": dt.datetime(2006, 3, 21, tzinfo=dt.UTC),
    "twitch": dt.datetime(2011, 6, 6, tzinfo=dt.UTC), "github": dt.datetime(2008, 2, 1, tzinfo=dt.UTC),
    "other": dt.datetime(1995, 1, 1, tzinfo=dt.UTC),
})  # fmt: skip
"""Days on which the platforms opened; of others the year in which the first ones did."""

PLATFORMS: Final = tuple(BEGINNINGS)

EVENTS: Final = ("giveaway", "press", "ads", "viral_post", "purge", "attack", "migration")
"""What may explain a stretch of a follower history."""

MAX_ANNOTATIONS: Final = 12
"""Most annotations of an account: each of them is judged with and without."""

MAX_IDENTIFIER_LENGTH: Final = 256
MAX_COUNT: Final = 10**15
YEARS: Final = (1970, 2199)

Kind = Literal["identifier", "platform", "event", "text", "count", "flag", "time", "date"]

RULES: Final[Mapping[Kind, str]] = {
    "identifier": f"must be a text of 1 to {MAX_IDENTIFIER_LENGTH} characters",
    "platform": f"must be one of {', '.join(PLATFORMS)}",
    "event": f"must be one of {', '.join(EVENTS)}",
    "text": "must be a text",
    "count": "must be a whole number from 0 to 10^15",
    "flag": "must be true or false",
    "time": f"must be a time with its zone from {YEARS[0]} to {YEARS[1]}, such as 2026-11-01T00:00:00Z",
    "date": f"must be a date from {YEARS[0]} to {YEARS[1]}, such as 2026-10-31",
}

DTYPES: Final[Mapping[Kind, pl.DataType]] = {
    "identifier": pl.String(),
    "platform": pl.String(),
    "event": pl.String(),
    "text": pl.String(),
    "count": pl.Int64(),
    "flag": pl.Boolean(),
    "time": pl.Datetime("us", "UTC"),
    "date": pl.Date(),
}


@dataclass(frozen=True)
class Field:
    """The rule of one value.

    >>> Field("count", "Likes.").rule
    'must be a whole number from 0 to 10^15 or null'

    Attributes
    ----------
    kind
        One of :data:`Kind`; it fixes the column's type and the words of the rule.
    about
        One line of description for the JSON Schema.
    required
        Whether an account without it is refused. Absent and null are the same, and never zero.
    past
        Whether a value after the account's ``as_of`` is refused.
    """

    kind: Kind
    about: str
    required: bool = False
    past: bool = False

    @property
    def rule(self) -> str:
        """The rule in words, as a refusal quotes it."""
        rule = RULES[self.kind]
        if self.required:
            return rule
        return f"{rule}, or null" if "," in rule or " or " in rule else f"{rule} or null"

    @property
    def dtype(self) -> pl.DataType:
        """The Polars type of the column in the tables."""
        return DTYPES[self.kind]


Part = Mapping[str, Field]

ACCOUNT_KEYS: Final[Part] = {
    "account_id": Field("identifier", "Your name for the account, unique in one input.", required=True),
    "platform": Field(
        "platform",
        "Where the account lives, in any case and by common names (Twitter); networks without norms of their"
        " own, such as Facebook, are judged as other.",
        required=True,
    ),
    "as_of": Field("time", "When the account was observed: the only 'now' there is.", required=True),
    "audience_order": Field("text", "How the audience was drawn: newest, random or unknown."),
}

PROFILE: Final[Part] = {
    "followers": Field("count", "Followers or subscribers."),
    "following": Field("count", "Accounts it follows."),
    "posts": Field("count", "Posts published in all, supplied here or not."),
    "username": Field("text", "Handle; may be replaced by the two fields below."),
    "username_length": Field("count", "Characters in the handle."),
    "username_digits": Field("count", "Digits in the handle."),
    "full_name": Field("text", "Displayed name; may be replaced by the field below."),
    "full_name_words": Field("count", "Words in the displayed name."),
    "bio": Field("text", "Description; may be replaced by the field below."),
    "bio_length": Field("count", "Characters in the description."),
    "has_picture": Field("flag", "Whether it has a picture of its own."),
    "is_private": Field("flag", "Whether its posts are hidden from strangers."),
    "is_verified": Field("flag", "Whether the platform vouches for it."),
    "is_business": Field("flag", "Whether it is registered as a business."),
    "external_url": Field("text", "Link in the profile; never opened. Any text says that there is one."),
    "created_at": Field("time", "When the account was opened.", past=True),
    "platform_id": Field("text", "The platform's own name for it, where account_id is another."),
}

POSTS: Final[Part] = {
    "post_id": Field("identifier", "The post's name, unique in the account; comments refer to it."),
    "published_at": Field("time", "When it was published.", past=True),
    "likes": Field("count", "Likes; null where hidden."),
    "comments": Field("count", "Comments; null where disabled or hidden."),
    "views": Field("count", "Views or plays."),
    "shares": Field("count", "Shares or reposts."),
    "saves": Field("count", "Saves or bookmarks."),
    "caption": Field("text", "Caption or the post's own text."),
    "hashtags": Field("count", "Hashtags in the caption."),
    "kind": Field("text", "Sort of post: image, video, reel, text ..."),
    "is_sponsored": Field("flag", "Whether it is marked as paid for."),
    "has_location": Field("flag", "Whether it names a place."),
    "published_on": Field(
        "date", "Day on which it was published, where the time of day is not known.", past=True
    ),
    "is_pinned": Field("flag", "Whether it is pinned above the others."),
    "is_repost": Field("flag", "Whether it is somebody else's; its counts are then the original's."),
    "is_collab": Field("flag", "Whether it is shared with another account, whose audience sees it, too."),
    "views_kind": Field("text", "What views counts: plays, starts, viewers, impressions ..."),
}

COMMENTS: Final[Part] = {
    "post_id": Field("identifier", "The post it stands under; kept even where that post was not supplied."),
    "author_id": Field("identifier", "Who wrote it; never shown, and in no verdict."),
    "text": Field("text", "What it says."),
    "published_at": Field("time", "When it was written.", past=True),
    "likes": Field("count", "Likes it received."),
    "by_creator": Field("flag", "Whether the creator wrote it."),
    "reply_to": Field("text", "Name of the comment that it answers."),
}

HISTORY: Final[Part] = {
    "date": Field("date", "Day of the count, in UTC; once per account.", past=True),
    "followers": Field("count", "Followers on that day."),
    "following": Field("count", "Accounts it followed on that day."),
    "posts": Field("count", "Posts published until that day."),
    "source": Field("text", "Where the counts of that day come from; the verdict names it."),
}

AUDIENCE: Final[Part] = MappingProxyType(
    {name: field for name, field in PROFILE.items() if name not in {"is_business", "platform_id"}}
)

ANNOTATIONS: Final[Part] = {
    "kind": Field("event", "What happened.", required=True),
    "from": Field("date", "First day on which it moved the followers.", required=True, past=True),
    "to": Field("date", "Last such day, the same or a later one.", required=True, past=True),
    "note": Field("text", "What there is to say about it."),
    "link": Field("text", "Where it can be seen; never opened."),
    "who": Field("identifier", "Who says so: the verdict names them.", required=True),
    "when": Field("time", "When they said so; the earliest is read first."),
}

OBSERVED: Final[Part] = {
    "post_id": Field("identifier", "The post whose counts they are."),
    "observed_at": Field("time", "When the post had these counts.", past=True),
    "views": Field("count", "Views at that time."),
    "likes": Field("count", "Likes at that time."),
    "comments": Field("count", "Comments at that time."),
    "shares": Field("count", "Shares at that time."),
    "saves": Field("count", "Saves at that time."),
    "source": Field("text", "Where the counts come from; the verdict names it."),
}

LISTS: Final[Mapping[str, Part]] = MappingProxyType(
    {
        "posts": POSTS,
        "comments": COMMENTS,
        "history": HISTORY,
        "audience": AUDIENCE,
        "annotations": ANNOTATIONS,
        "observed": OBSERVED,
    }
)

EVIDENCE: Final = ("accounts", "posts", "comments", "history", "audience")
"""The tables that every account had from the first; annotations are what people say of them."""

TABLES: Final[Mapping[str, Part]] = {
    "accounts": MappingProxyType({**ACCOUNT_KEYS, **PROFILE}),
    **{
        name: MappingProxyType({"account_id": ACCOUNT_KEYS["account_id"], **part})
        for name, part in LISTS.items()
    },
}

# Fields that version 1 did not have at first: where all of an account's are absent, its digest is as it was.
LATER: Final[Mapping[str, frozenset[str]]] = {
    "accounts": frozenset({"audience_order", "platform_id"}),
    "posts": frozenset({"published_on", "is_pinned", "is_repost", "is_collab", "views_kind"}),
    "comments": frozenset({"reply_to"}),
    "history": frozenset({"source"}),
    "annotations": frozenset(ANNOTATIONS),
    "observed": frozenset(OBSERVED),
}

# The field of a list that names its rows: no value of it twice in one account.
UNIQUE: Final[Mapping[str, str]] = MappingProxyType({"posts": "post_id", "history": "date"})


def columns(table: str) -> dict[str, pl.DataType]:
    """Names and types of one table's columns, in order.

    >>> columns("history")["followers"]
    Int64
    >>> list(columns("history"))
    ['account_id', 'date', 'followers', 'following', 'posts', 'source']
    """
    return {name: field.dtype for name, field in TABLES[table].items()}
