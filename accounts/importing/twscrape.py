"""twscrape (and snscrape, whose shape it keeps): tweets and users as JSON Lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.importing.drafts import Drafts
from accounts.importing.files import File
from accounts.importing.people import People
from accounts.importing.rows import pictured, unescaped
from accounts.importing.shape import Shape, name_of, names, within
from accounts.importing.source import Source, fields
from accounts.importing.threads import Entry, Threads
from accounts.importing.values import count, flag, length, moment, text

__all__ = ["SOURCE"]


def _opened(value: Any) -> str | None:
    """When an account was opened; 1970 is what twscrape writes where it does not know.

    >>> _opened("2019-03-02 10:00:00+00:00"), _opened("1970-01-01 00:00:00+00:00")
    ('2019-03-02T10:00:00Z', None)
    """
    found = moment(value)
    return None if found is None or found.startswith("1970") else found


TWEET: Final = Shape(
    "tweets[]",
    {
        "published_at": ("date", moment),
        "caption": ("rawContent", unescaped),
        "likes": ("likeCount", count),
        "comments": ("replyCount", count),
        "shares": ("retweetCount", count),
        "views": ("viewCount", count),
        "saves": ("bookmarkedCount", count),
        "hashtags": ("hashtags", length),
    },
    ignored=names(
        "id id_str url user lang quoteCount conversationId conversationIdStr cashtags mentionedUsers links"
        " media retweetedTweet quotedTweet place coordinates source inReplyToTweetId inReplyToTweetIdStr"
        " inReplyToUser inReplyToScreenName sourceUrl sourceLabel card possibly_sensitive isQuoteStatus"
        " isTranslatable displayTextRange editControl voiceInfo _type renderedContent vibe community"
    ),
)
USER: Final = Shape(
    "users[]",
    {
        "followers": ("followersCount", count),
        "following": ("friendsCount", count),
        "posts": ("statusesCount", count),
        "username": ("username", text),
        "full_name": ("displayname", unescaped),
        "bio": ("rawDescription", unescaped),
        "has_picture": ("profileImageUrl", pictured),
        "is_private": ("protected", flag),
        "is_verified": ("verified", flag),
        "created_at": ("created", _opened),
    },
    ignored=names(
        "id id_str url favouritesCount listedCount mediaCount location profileBannerUrl blue blueType _type"
        " descriptionLinks pinnedIds renderedDescription link label"
    ),
)


def recognises(file: File) -> bool:
    """Whether a file holds tweets or users in the shape that snscrape had."""
    return any(_is_tweet(one) or _is_user(one) for one in file.head)


def read(files: Sequence[File], drafts: Drafts) -> None:
    """Tweets by those who wrote them, what is said of their authors, and users listed by themselves."""
    people = People("x", USER)
    threads = Threads()
    for file in files:
        for item in file.objects:
            if _is_tweet(item):
                threads.add(_entry(item, file, people, drafts))
            elif _is_user(item):
                people.listed(name_of(item, "username", "users[]", drafts.leftovers), item, file, drafts)
            else:
                drafts.leftovers.without_home("items that are neither tweets nor users")
    people.place(drafts)
    threads.place(drafts)


def _is_tweet(item: Mapping[str, Any]) -> bool:
    return {"rawContent", "date"} <= item.keys()


def _is_user(item: Mapping[str, Any]) -> bool:
    return {"username", "followersCount", "rawDescription"} <= item.keys()


def _entry(tweet: Mapping[str, Any], file: File, people: People, drafts: Drafts) -> Entry:
    user = within(tweet, "user")
    author = name_of(user, "username", "tweets[].user", drafts.leftovers)
    people.wrote(author, user, drafts)
    parent = name_of(tweet, "inReplyToTweetIdStr|inReplyToTweetId", "tweets[]", drafts.leftovers)
    root = name_of(tweet, "conversationIdStr|conversationId", "tweets[]", drafts.leftovers)
    return Entry(
        platform="x",
        post_id=name_of(tweet, "id_str|id", "tweets[]", drafts.leftovers),
        author=author,
        author_id=name_of(user, "id_str|id", "tweets[].user", drafts.leftovers),
        values=TWEET.read(tweet, drafts.leftovers),
        file=file,
        parents=tuple(filter(None, (parent, root))) if parent else (),
        repost=isinstance(tweet.get("retweetedTweet"), dict),
    )


SOURCE: Final = Source(
    name="twscrape",
    title="twscrape",
    recognises=recognises,
    recognises_rows=recognises,
    read=read,
    gives=fields(
        profile="followers following posts bio created_at",
        posts="likes comments shares views saves caption hashtags kind",
        comments="text author_id likes",
        audience="followers",
    ),
    lacks="history; counts of what was only passed on",
    obtained="twscrape user_tweets_and_replies ID > tweets.jsonl; tweet_replies ID > replies.jsonl;"
    " user_by_login NAME > user.json; followers ID > followers.jsonl (the file's name must say that they"
    " are followers)",
    limits="a timeline ends after 3,200 tweets; followers come newest first; X forbids scraping",
    seen="github.com/vladkens/twscrape twscrape/models.py",
)
