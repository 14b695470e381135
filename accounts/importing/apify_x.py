"""Apify's actors for X (apidojo, and twitterapi.io with the same shape): items of tweets and users."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.people import People
from accounts.importing.rows import moment_of_x, pictured, unescaped
from accounts.importing.shape import Shape, at, items, name_of, names, readable, within
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import count, flag, length, text

__all__ = ["SOURCE"]

TWEET: Final = Shape(
    "items[] (tweets)",
    {
        "published_at": ("createdAt", moment_of_x),
        "caption": ("text", unescaped),
        "likes": ("likeCount", count),
        "comments": ("replyCount", count),
        "shares": ("retweetCount", count),
        "views": ("viewCount", count),
        "saves": ("bookmarkCount", count),
        "hashtags": ("entities.hashtags", length),
        "is_pinned": ("isPinned", flag),
    },
    ignored=names(
        "type id url twitterUrl fullText source quoteCount lang quoteId isReply inReplyToId conversationId"
        " inReplyToUserId inReplyToUsername author extendedEntities card place isRetweet isQuote"
        " media isConversationControlled possiblySensitive quote retweet quoted_tweet retweeted_tweet"
        " article searchTerm searchTermIndex isLimitedReply displayTextRange communityInfo"
    )
    | names("urls user_mentions symbols media timestamps", within="entities"),
)
USER: Final = Shape(
    "items[] (users)",
    {
        "followers": ("followers", count),
        "following": ("following", count),
        "posts": ("statusesCount", count),
        "username": ("userName", text),
        "full_name": ("name", unescaped),
        "bio": ("description", unescaped),
        "has_picture": ("profilePicture", pictured),
        "is_private": ("protected", flag),
        "is_verified": ("isVerified", flag),
        "created_at": ("createdAt", moment_of_x),
    },
    ignored=names(
        "type id url twitterUrl isBlueVerified verifiedType hasNftAvatar coverPicture location status"
        " canDm canMediaTag advertiserAccountType analyticsType entities fastFollowersCount"
        " favouritesCount mediaCount hasCustomTimelines isTranslator withheldInCountries"
        " affiliatesHighlightedLabel possiblySensitive pinnedTweetIds profile_bio isAutomated automatedBy"
        " translatorType professional unavailable message"
    ),
)


def recognises(file: File) -> bool:
    """Whether a file holds tweets or users of these actors."""
    return any(_is_tweet(one) or _is_user(one) for one in _listed(file.head))


def _recognises_rows(file: File) -> bool:
    """Whether rows are tweets; those of users have the columns of any list of creators."""
    return any(map(_is_tweet, file.head))


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Tweets by those who wrote them, what is said of their authors, and users listed by themselves."""
    people = People("x", USER)
    threads = Threads()
    for file in files:
        for item in _listed(file.objects):
            if _is_tweet(item):
                threads.add(_entry(item, file, people, drafts))
            elif _is_user(item):
                people.listed(name_of(item, "userName", "users[]", drafts.leftovers), item, file, drafts)
            else:
                drafts.leftovers.without_home("items that are neither tweets nor users")
    people.place(drafts)
    threads.place(drafts)


def _listed(pages: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Items alone, or those of a page's ``tweets``."""
    for page in pages:
        yield from items(page, "tweets") if "tweets" in page else [page]


def _is_tweet(item: Mapping[str, Any]) -> bool:
    known = item.get("type") == "tweet" or "twitterUrl" in item or at(item, "author.userName") is not None
    return known and "likeCount" in item and "createdAt" in item


def _is_user(item: Mapping[str, Any]) -> bool:
    return {"userName", "followers"} <= item.keys()


def _entry(tweet: Mapping[str, Any], file: File, people: People, drafts: Drafts) -> Entry:
    user = within(tweet, "author")
    author = name_of(user, "userName", "tweets[].author", drafts.leftovers)
    people.wrote(author, user, drafts)
    values = TWEET.read(tweet, drafts.leftovers)
    if isinstance(whole := tweet.get("fullText"), str):
        values["caption"] = readable(unescaped, whole, "tweets[].fullText", drafts.leftovers)
    parent = name_of(tweet, "inReplyToId", "tweets[]", drafts.leftovers)
    root = name_of(tweet, "conversationId", "tweets[]", drafts.leftovers) if parent else None
    return Entry(
        platform="x",
        post_id=name_of(tweet, "id", "tweets[]", drafts.leftovers),
        author=author,
        author_id=name_of(user, "id", "tweets[].author", drafts.leftovers),
        values=values,
        file=file,
        parents=tuple(filter(None, (parent, root))),
        repost=_passed_on(tweet) or str(values.get("caption")).startswith("RT @"),
    )


def _passed_on(tweet: Mapping[str, Any]) -> bool:
    inner = tweet.get("retweet") or tweet.get("retweeted_tweet")
    return tweet.get("isRetweet") is True or isinstance(inner, dict)


SOURCE: Final = Source(
    name="apify-x",
    title="Apify: X (apidojo/tweet-scraper and its like)",
    recognises=recognises,
    recognises_rows=_recognises_rows,
    read=read,
    gives=fields(
        profile="followers following posts bio created_at",
        posts="likes comments shares views saves caption kind",
        comments="text author_id likes",
        audience="followers",
    ),
    lacks="history; counts of what was only passed on",
    obtained="the actor's dataset, exported as JSON or JSON Lines; followers in a file whose name says so",
    limits="paid by item; a search gives what X shows; X forbids scraping",
    seen="apify.com/apidojo/tweet-scraper; twitterapi.io (shapes in public clients)",
)
