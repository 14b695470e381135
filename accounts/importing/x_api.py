"""X API v2: pages of tweets and users as they come, or tweets flattened as twarc does it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.name_index import NameIndex
from accounts.importing.people import People
from accounts.importing.rows import objects, pictured, unescaped
from accounts.importing.shape import Shape, at, items, name_of, names, readable
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import count, flag, length, moment, text

__all__ = ["SOURCE"]

TWEET: Final = Shape(
    "tweets[]",
    {
        "published_at": ("created_at", moment),
        "caption": ("text", unescaped),
        "likes": ("public_metrics.like_count", count),
        "comments": ("public_metrics.reply_count", count),
        "shares": ("public_metrics.retweet_count", count),
        "views": ("public_metrics.impression_count", count),
        "saves": ("public_metrics.bookmark_count", count),
        "hashtags": ("entities.hashtags", length),
    },
    ignored=names(
        "id author_id conversation_id in_reply_to_user_id referenced_tweets attachments geo lang source"
        " withheld possibly_sensitive reply_settings context_annotations edit_controls author"
        " edit_history_tweet_ids note_tweet non_public_metrics organic_metrics promoted_metrics"
        " community_id article card_uri scopes display_text_range media_metadata in_reply_to_user"
        " suggested_source_links matching_rules __twarc public_metrics.quote_count"
    )
    | names("annotations cashtags mentions urls symbols", within="entities"),
)
USER: Final = Shape(
    "users[]",
    {
        "followers": ("public_metrics.followers_count", count),
        "following": ("public_metrics.following_count", count),
        "posts": ("public_metrics.tweet_count", count),
        "username": ("username", text),
        "full_name": ("name", unescaped),
        "bio": ("description", unescaped),
        "external_url": ("url", text),
        "has_picture": ("profile_image_url", pictured),
        "is_private": ("protected", flag),
        "is_verified": ("verified", flag),
        "created_at": ("created_at", moment),
    },
    ignored=names(
        "id location entities verified_type pinned_tweet_id pinned_tweet most_recent_tweet_id withheld parody"
        " profile_banner_url affiliation subscription_type subscription connection_status receives_your_dm"
        " is_identity_verified verified_followers_count confirmed_email"
    )
    | names("listed_count like_count media_count", within="public_metrics"),
)
_MARKS: Final = frozenset({"edit_history_tweet_ids", "author_id", "conversation_id", "referenced_tweets"})

_OF_OTHERS: Final = frozenset({
    "text", "acct", "bio", "biography", "join_date", "followers", "follower_count", "followers_count",
})  # fmt: skip
"""Names that users of X's interface do not have, and users of others do."""

_OF_OTHER_POSTS: Final = frozenset({"user", "parent", "author_is_uploader", "author_thumbnail"})
"""The same of tweets: yt-dlp's comments have an ``author_id``, too."""


@dataclass
class _Found:
    """What all pages hold: names of users by their ids, tweets, and those that others refer to."""

    people: People = field(default_factory=lambda: People("x", USER))
    known: NameIndex[str] = field(default_factory=NameIndex)
    tweets: Threads = field(default_factory=Threads)
    referred: Threads = field(default_factory=Threads)


def recognises(file: File) -> bool:
    """Whether a file has pages of tweets or users, or tweets one by one."""
    return any(_is_tweet(one) or _is_user(one) for page in file.head for one in _data(page))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Users looked up are accounts, and so is who posted; what others say below is comments."""
    found = _Found()
    for file in files:
        for page in file.objects:
            _page(page, file, found, drafts)
    found.people.place(drafts)

    def known_as(author: str | None) -> str | None:
        return found.known.get(author or "") or author

    found.tweets.place(drafts, known_as)
    found.referred.by(lambda author: ("x", known_as(author)) in drafts.by_id).place(drafts, known_as)


def _is_tweet(item: Mapping[str, Any]) -> bool:
    return "text" in item and not _MARKS.isdisjoint(item) and item.keys().isdisjoint(_OF_OTHER_POSTS)


def _is_user(item: Mapping[str, Any]) -> bool:
    return {"id", "name", "username"} <= item.keys() and _OF_OTHERS.isdisjoint(item)


def _data(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What a page holds, or a tweet or user that was taken out of one."""
    yield from objects(page if _is_alone(page) else page.get("data"))


def _is_alone(page: Mapping[str, Any]) -> bool:
    return _is_tweet(page) or ("public_metrics" in page and _is_user(page))


def _page(page: Mapping[str, Any], file: File, found: _Found, drafts: Drafts) -> None:
    for user in [
        *items(page, "includes", "users"),
        *(objects(page.get("author")) if _is_tweet(page) else ()),
    ]:
        found.people.wrote(_known(user, found, drafts), user, drafts)
    for item in _data(page):
        if _is_tweet(item):
            found.tweets.add(_entry(item, file, drafts))
        elif _is_user(item):
            _user(item, "meta" in page or item is page, file, found, drafts)
        else:
            drafts.leftovers.without_home("items that are neither tweets nor users")
    for item in items(page, "includes", "tweets"):
        found.referred.add(_entry(item, file, drafts))


def _known(user: Mapping[str, Any], found: _Found, drafts: Drafts) -> str | None:
    if type(key := user.get("id")) is str and (name := found.known.get(key)):
        return name
    key, name = (
        name_of(user, "id", "users[]", drafts.leftovers),
        name_of(user, "username|id", "users[]", drafts.leftovers),
    )
    if key and name:
        found.known[key] = name
    return name


def _user(user: Mapping[str, Any], many: bool, file: File, found: _Found, drafts: Drafts) -> None:
    """A user that was looked up, or one of a page of many, such as of followers."""
    name = _known(user, found, drafts)
    if many or name is None:
        found.people.listed(name, user, file, drafts)
    else:
        drafts.account("x", name, file).describe(USER.read(user, drafts.leftovers))


def _entry(tweet: Mapping[str, Any], file: File, drafts: Drafts) -> Entry:
    values = TWEET.read(tweet, drafts.leftovers)
    if "note_tweet" in tweet and isinstance(whole := at(tweet, "note_tweet.text"), str):
        values["caption"] = readable(unescaped, whole, "tweets[].note_tweet.text", drafts.leftovers)
    author = name_of(tweet, "author_id", "tweets[]", drafts.leftovers)
    referenced = objects(tweet.get("referenced_tweets"))
    return Entry(
        platform="x",
        post_id=name_of(tweet, "id", "tweets[]", drafts.leftovers),
        author=author,
        author_id=author,
        values=values,
        file=file,
        parents=_parents(tweet, referenced, drafts) if referenced else (),
        repost=any(one.get("type") == "retweeted" for one in referenced),
    )


def _parents(
    tweet: Mapping[str, Any], referenced: Sequence[Mapping[str, Any]], drafts: Drafts
) -> tuple[str, ...]:
    replied = [
        name_of(one, "id", "referenced_tweets[]", drafts.leftovers)
        for one in referenced
        if one.get("type") == "replied_to"
    ]
    root = name_of(tweet, "conversation_id", "tweets[]", drafts.leftovers) if replied else None
    return tuple(filter(None, (*replied, root)))


SOURCE: Final = Source(
    name="x-api",
    title="X API v2",
    recognises=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio created_at",
        posts="likes comments shares views saves caption kind",
        comments="text author_id likes",
        audience="followers",
    ),
    lacks="history; views of tweets from before December 2022; counts of what was only passed on",
    obtained="GET /2/users/by/username/NAME, /2/users/ID/tweets,"
    " /2/tweets/search/recent?query=conversation_id:ID and /2/users/ID/followers with"
    " tweet.fields=created_at,public_metrics,referenced_tweets,conversation_id,entities,"
    " user.fields=public_metrics,created_at,description,verified,protected and expansions=author_id; pages"
    " as they come, followers in files whose names say so",
    limits="a timeline ends after 3,200 tweets, recent search after seven days; followers come newest first",
    seen="developer.x.com/en/docs/x-api/data-dictionary; docs.rs/twitter-v2; github.com/DocNow/twarc",
)
