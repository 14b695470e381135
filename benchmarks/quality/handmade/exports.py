"""A document's posts and comments as other programs would have exported them: in their names and forms."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from html import escape
from types import MappingProxyType
from typing import Any, Final

__all__ = ["EXPORTS"]

Row = Mapping[str, Any]
Contents = Mapping[str, str]

OWNER: Final = "breadlab"
OWNER_ID: Final = "77001"


def _number(count: int | None) -> str | None:
    return None if count is None else str(count)


def _epoch(written: str | None) -> int | None:
    return None if written is None else int(datetime.fromisoformat(written).timestamp())


def _of_x(written: str | None) -> str | None:
    """A time as X has it."""
    return None if written is None else f"{datetime.fromisoformat(written):%a %b %d %H:%M:%S %z %Y}"


def _below(document: Row, post: Row) -> list[tuple[str, Row]]:
    """The comments under a post, each with an id of its own."""
    return [
        (f"8{at}", one)
        for at, one in enumerate(document.get("comments", ()))
        if one["post_id"] == post["post_id"]
    ]


def _said(document: Row) -> Iterator[tuple[str, Row]]:
    """All comments under posts of the document."""
    for post in document["posts"]:
        yield from _below(document, post)


def _digits(post_id: str) -> str:
    """A post's id as TikTok's are."""
    return "714" + "".join(filter(str.isdigit, post_id))


def _lines(rows: Iterable[Any]) -> str:
    return "\n".join(map(json.dumps, rows))


def _table(rows: Iterable[Mapping[str, Any]], mark: str = ",") -> str:
    """Rows as CSV, absent values as empty cells."""
    listed = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(listed[0]), delimiter=mark)
    writer.writeheader()
    writer.writerows(listed)
    return out.getvalue()


def apify_instagram(document: Row) -> Contents:
    """Posts with their latest comments."""
    items = [
        {
            "ownerUsername": OWNER, "id": post["post_id"], "shortCode": post["post_id"],
            "timestamp": post.get("published_at"), "likesCount": post.get("likes"),
            "commentsCount": post.get("comments"), "videoPlayCount": post.get("views"),
            "caption": post.get("caption"),
            "latestComments": [
                {"id": name, "ownerUsername": one.get("author_id"), "text": one.get("text"),
                 "timestamp": one.get("published_at"), "likesCount": one.get("likes")}
                for name, one in _below(document, post)
            ],
        }
        for post in document["posts"]
    ]  # fmt: skip
    return {"dataset.json": json.dumps(items)}


def apify_tiktok(document: Row) -> Contents:
    """Videos, and comments in a dataset of their own."""
    videos = [
        {
            "id": _digits(post["post_id"]), "authorMeta": {"name": OWNER}, "text": post.get("caption"),
            "createTimeISO": post.get("published_at"), "diggCount": post.get("likes"),
            "commentCount": post.get("comments"), "playCount": post.get("views"),
        }
        for post in document["posts"]
    ]  # fmt: skip
    comments = [
        {
            "videoWebUrl": f"https://www.tiktok.com/@{OWNER}/video/{_digits(one['post_id'])}", "cid": name,
            "createTimeISO": one.get("published_at"), "text": one.get("text"), "diggCount": one.get("likes"),
            "uniqueId": one.get("author_id"),
        }
        for name, one in _said(document)
    ]  # fmt: skip
    return {"dataset.json": json.dumps(videos), "comments.jsonl": _lines(comments)}


def tiktok_research(document: Row) -> Contents:
    """Pages of videos and of comments, times as epochs and counts as texts."""
    videos = [
        {
            "id": post["post_id"], "username": OWNER, "create_time": _epoch(post.get("published_at")),
            "like_count": _number(post.get("likes")), "comment_count": _number(post.get("comments")),
            "view_count": _number(post.get("views")), "video_description": post.get("caption"),
        }
        for post in document["posts"]
    ]  # fmt: skip
    comments = [
        {"id": name, "video_id": one["post_id"], "text": one.get("text"),
         "create_time": _epoch(one.get("published_at")), "like_count": _number(one.get("likes"))}
        for name, one in _said(document)
    ]  # fmt: skip
    return {"pages.jsonl": _lines([{"data": {"videos": videos}}, {"data": {"comments": comments}}])}


def youtube_api(document: Row) -> Contents:
    """Pages of videos and of comment threads."""
    videos = [
        {
            "kind": "youtube#video", "id": post["post_id"],
            "snippet": {"publishedAt": post.get("published_at"), "channelId": "UCbread",
                        "title": post.get("caption")},
            "statistics": {"viewCount": _number(post.get("views")), "likeCount": _number(post.get("likes")),
                           "commentCount": _number(post.get("comments"))},
        }
        for post in document["posts"]
    ]  # fmt: skip
    threads = [
        {
            "kind": "youtube#commentThread", "id": name,
            "snippet": {"channelId": "UCbread", "videoId": one["post_id"], "topLevelComment": {
                "kind": "youtube#comment", "id": name,
                "snippet": {
                    "videoId": one["post_id"], "textDisplay": escape(one.get("text") or ""),
                    "likeCount": one.get("likes"), "authorChannelId": {"value": one.get("author_id")},
                    "publishedAt": one.get("published_at"),
                },
            }},
        }
        for name, one in _said(document)
    ]  # fmt: skip
    return {
        "videos.json": json.dumps({"kind": "youtube#videoListResponse", "items": videos}),
        "comments.json": json.dumps({"kind": "youtube#commentThreadListResponse", "items": threads}),
    }


def apify_youtube(document: Row) -> Contents:
    """Videos, whose comments this actor does not give."""
    items = [
        {
            "id": post["post_id"], "title": post.get("caption"), "type": "video",
            "date": post.get("published_at"), "channelUrl": f"https://youtube.example/@{OWNER}",
            "channelName": OWNER, "channelId": "UCbread", "viewCount": post.get("views"),
            "likes": post.get("likes"), "commentsCount": post.get("comments"),
        }
        for post in document["posts"]
    ]  # fmt: skip
    return {"dataset.json": json.dumps(items)}


def instagram_graph(document: Row) -> Contents:
    """A user with media, and the comments of these."""
    media = [
        {
            "id": post["post_id"], "timestamp": post.get("published_at"), "like_count": post.get("likes"),
            "comments_count": post.get("comments"), "view_count": post.get("views"),
            "caption": post.get("caption"),
            "comments": {"data": [
                {"id": name, "timestamp": one.get("published_at"), "text": one.get("text"),
                 "from": {"id": one.get("author_id")}, "like_count": one.get("likes")}
                for name, one in _below(document, post)
            ]},
        }
        for post in document["posts"]
    ]  # fmt: skip
    user = {"username": OWNER, "followers_count": document["profile"]["followers"], "media_count": 512}
    return {"own.json": json.dumps(user | {"media": {"data": media}})}


def x_api(document: Row) -> Contents:
    """Pages of tweets, comments as replies by others."""

    def tweet(name: str, author: Any, row: Row, words: str, **more: Any) -> Row:
        return {
            "id": name, "author_id": author, "text": row.get(words) or "",
            "created_at": row.get("published_at"), "edit_history_tweet_ids": [name],
            "public_metrics": {"like_count": row.get("likes"), "reply_count": row.get("comments"),
                               "impression_count": row.get("views")},
        } | more  # fmt: skip

    tweets = [tweet(post["post_id"], OWNER_ID, post, "caption") for post in document["posts"]]
    replies = [
        tweet(name, one.get("author_id"), one, "text", conversation_id=one["post_id"],
              referenced_tweets=[{"type": "replied_to", "id": one["post_id"]}])
        for name, one in _said(document)
    ]  # fmt: skip
    users = [{"id": OWNER_ID, "username": OWNER, "name": OWNER}]
    return {
        "tweets.json": json.dumps({"data": tweets, "includes": {"users": users}, "meta": {}}),
        "replies.json": json.dumps({"data": replies, "meta": {}}),
    }


def apify_x(document: Row) -> Contents:
    """Tweets with their authors, comments as replies by others."""

    def tweet(name: str, author: Any, row: Row, words: str, **more: Any) -> Row:
        return {
            "type": "tweet", "id": name, "author": {"userName": author, "id": author},
            "text": row.get(words) or "", "createdAt": _of_x(row.get("published_at")),
            "likeCount": row.get("likes"), "replyCount": row.get("comments"), "viewCount": row.get("views"),
        } | more  # fmt: skip

    tweets = [tweet(post["post_id"], OWNER, post, "caption") for post in document["posts"]]
    replies = [
        tweet(name, one.get("author_id"), one, "text", inReplyToId=one["post_id"],
              conversationId=one["post_id"])
        for name, one in _said(document)
    ]  # fmt: skip
    return {"tweets.json": json.dumps([*tweets, *replies])}


def twscrape(document: Row) -> Contents:
    """Tweets with their authors, comments as replies by others."""

    def tweet(name: str, author: Any, row: Row, words: str, above: str | None = None) -> Row:
        return {
            "id_str": name, "user": {"username": author, "id_str": author},
            "rawContent": row.get(words) or "", "date": row.get("published_at"),
            "likeCount": row.get("likes"), "replyCount": row.get("comments"),
            "viewCount": row.get("views"), "inReplyToTweetIdStr": above, "conversationIdStr": above or name,
        }  # fmt: skip

    tweets = [tweet(post["post_id"], OWNER, post, "caption") for post in document["posts"]]
    replies = [
        tweet(name, one.get("author_id"), one, "text", one["post_id"]) for name, one in _said(document)
    ]
    return {"tweets.jsonl": _lines([*tweets, *replies])}


def x_archive(document: Row) -> Contents:
    """The account's own tweets, which have neither views nor what others replied."""
    tweets = [
        {"tweet": {
            "id_str": post["post_id"], "created_at": _of_x(post.get("published_at")),
            "full_text": post.get("caption") or "", "favorite_count": _number(post.get("likes")),
        }}
        for post in document["posts"]
    ]  # fmt: skip
    return {"tweets.js": f"window.YTD.tweets.part0 = {json.dumps(tweets)}"}


def mastodon(document: Row) -> Contents:
    """Statuses, comments as replies in their contexts."""

    def status(name: str, author: Any, row: Row, words: str, above: str | None = None) -> Row:
        return {
            "id": name, "created_at": row.get("published_at"), "in_reply_to_id": above,
            "content": f"<p>{escape(row.get(words) or '')}</p>", "reblogs_count": 0, "reblog": None,
            "favourites_count": row.get("likes"), "replies_count": row.get("comments"),
            "account": {"id": author, "acct": author, "username": author, "url": "https://oven.example/@a"},
        }  # fmt: skip

    statuses = [status(post["post_id"], OWNER, post, "caption") for post in document["posts"]]
    replies = [
        status(name, one.get("author_id"), one, "text", one["post_id"]) for name, one in _said(document)
    ]
    return {
        "statuses.json": json.dumps(statuses),
        "context.json": json.dumps({"ancestors": [], "descendants": replies}),
    }


def telegram(document: Row) -> Contents:
    """A channel's messages, which have reactions in place of likes."""
    messages = [
        {
            "id": at, "type": "message", "date_unixtime": _number(_epoch(post.get("published_at"))),
            "text": post.get("caption") or "", "views": post.get("views"),
            "reactions": [{"type": "emoji", "count": post.get("likes"), "emoji": "+"}],
        }
        for at, post in enumerate(document["posts"])
    ]  # fmt: skip
    return {
        "result.json": json.dumps({"name": OWNER, "type": "public_channel", "id": 141, "messages": messages})
    }


def instaloader(document: Row) -> Contents:
    """A file for each post, and one of its comments."""
    contents = {}
    for at, post in enumerate(document["posts"]):
        node = {
            "shortcode": post["post_id"], "taken_at_timestamp": _epoch(post.get("published_at")),
            "owner": {"id": "178", "username": OWNER}, "video_play_count": post.get("views"),
            "edge_media_to_caption": {"edges": [{"node": {"text": post.get("caption") or ""}}]},
            "edge_media_preview_like": {"count": post.get("likes")},
            "edge_media_to_comment": {"count": post.get("comments")},
        }  # fmt: skip
        said = [
            {"id": name, "text": one.get("text"), "created_at": _epoch(one.get("published_at")),
             "likes_count": one.get("likes"), "owner": {"username": one.get("author_id")}}
            for name, one in _below(document, post)
        ]  # fmt: skip
        stem = f"{OWNER}/2026-{at:04}_UTC"
        contents[f"{stem}.json"] = json.dumps({"instaloader": {"node_type": "Post"}, "node": node})
        if said:
            contents[f"{stem}_comments.json"] = json.dumps(said)
    return contents


def crowdtangle(document: Row) -> Contents:
    """A table of posts, in which views that are not counted are 0."""
    rows = (
        {
            "Account": OWNER, "User Name": OWNER, "Followers at Posting": document["profile"]["followers"],
            "Post Created": str(post.get("published_at") or "").replace("T", " ").replace("Z", " UTC"),
            "Type": "Photo", "Total Interactions": "", "Likes": post.get("likes"),
            "Comments": post.get("comments"), "Views": post.get("views"), "URL": f"https://e.example/{at}",
            "Link": "", "Photo": "", "Title": "", "Description": post.get("caption"),
        }
        for at, post in enumerate(document["posts"])
    )  # fmt: skip
    return {"instagram.csv": _table(rows)}


def meta_content_library(document: Row) -> Contents:
    """A table of posts, its columns paths."""
    rows = (
        {
            "content_type": "photos", "creation_time": post.get("published_at"), "id": post["post_id"],
            "mcl_url": "", "post_owner.type": "instagram_account", "post_owner.id": "141",
            "post_owner.username": OWNER, "statistics.comment_count": post.get("comments"),
            "statistics.like_count": post.get("likes"), "statistics.views": post.get("views"),
            "text": post.get("caption"),
        }
        for post in document["posts"]
    )  # fmt: skip
    return {"instagram.csv": _table(rows)}


def spreadsheet(document: Row) -> Contents:
    """A table of posts with columns as people name them."""
    names = {
        "Post ID": "post_id", "Datum": "published_at", "Likes": "likes", "Kommentare": "comments",
        "Aufrufe": "views", "Text": "caption",
    }  # fmt: skip
    rows = ({column: post.get(name) for column, name in names.items()} for post in document["posts"])
    return {f"instagram {OWNER}.csv": _table(rows, ";")}


def tiktok_web(document: Row) -> Contents:
    """Items of a page, counts as texts, and comments as the pages have them."""
    listed = [
        {
            "id": _digits(post["post_id"]), "desc": post.get("caption"), "author": {"uniqueId": OWNER},
            "createTime": _epoch(post.get("published_at")), "stats": {},
            "statsV2": {"diggCount": _number(post.get("likes")), "playCount": _number(post.get("views")),
                        "commentCount": _number(post.get("comments"))},
        }
        for post in document["posts"]
    ]  # fmt: skip
    comments = [
        {
            "cid": name, "aweme_id": _digits(one["post_id"]), "text": one.get("text"), "reply_id": "0",
            "create_time": _epoch(one.get("published_at")), "digg_count": one.get("likes"),
            "user": {"unique_id": one.get("author_id")},
        }
        for name, one in _said(document)
    ]  # fmt: skip
    return {
        "items.json": json.dumps({"itemList": listed}),
        "comments.json": json.dumps({"comments": comments}),
    }


def instagram_web(document: Row) -> Contents:
    """A feed as the app has it, with the comments of each medium."""
    media = [
        {
            "pk": f"31{at}", "code": post["post_id"], "taken_at": _epoch(post.get("published_at")),
            "media_type": 2, "user": {"pk": "178", "username": OWNER}, "like_count": post.get("likes"),
            "comment_count": post.get("comments"), "play_count": post.get("views"),
            "caption": {"text": post.get("caption")},
            "comments": [
                {"pk": name, "user": {"username": one.get("author_id")}, "text": one.get("text"),
                 "created_at_utc": _epoch(one.get("published_at")), "comment_like_count": one.get("likes")}
                for name, one in _below(document, post)
            ],
        }
        for at, post in enumerate(document["posts"])
    ]  # fmt: skip
    return {"feed.json": json.dumps({"items": media, "status": "ok"})}


def yt_dlp(document: Row) -> Contents:
    """A file for each video, with its comments."""
    return {
        f"{post['post_id']}.info.json": json.dumps({
            "id": post["post_id"], "title": post.get("caption"), "extractor_key": "Youtube", "formats": [],
            "channel_id": "UCbread", "timestamp": _epoch(post.get("published_at")),
            "view_count": post.get("views"), "like_count": post.get("likes"),
            "comment_count": post.get("comments"),
            "comments": [
                {"id": name, "parent": "root", "text": one.get("text"), "author_id": one.get("author_id"),
                 "timestamp": _epoch(one.get("published_at")), "like_count": one.get("likes")}
                for name, one in _below(document, post)
            ],
        })
        for post in document["posts"]
    }  # fmt: skip


def twint(document: Row) -> Contents:
    """Tweets, which have no views, and what others replied."""

    def tweet(name: str, author: Any, row: Row, words: str, above: str | None = None) -> Row:
        return {
            "id": name, "conversation_id": above or name, "created_at": row.get("published_at"),
            "username": author, "user_id": author, "tweet": row.get(words) or "",
            "likes_count": row.get("likes"), "replies_count": row.get("comments"), "retweet": False,
        }  # fmt: skip

    tweets = [tweet(post["post_id"], OWNER, post, "caption") for post in document["posts"]]
    replies = [
        tweet(name, one.get("author_id"), one, "text", one["post_id"]) for name, one in _said(document)
    ]
    return {"tweets.json": _lines([*tweets, *replies])}


def bright_data(document: Row) -> Contents:
    """Records of posts, and of comments under them."""
    address = "https://www.instagram.com/p/{}/"
    posts = [
        {
            "url": address.format(post["post_id"]), "user_posted": OWNER, "description": post.get("caption"),
            "date_posted": post.get("published_at"), "likes": post.get("likes"),
            "num_comments": post.get("comments"), "video_play_count": post.get("views"),
        }
        for post in document["posts"]
    ]  # fmt: skip
    comments = [
        {
            "post_url": address.format(one["post_id"]), "comment_id": name, "comment": one.get("text"),
            "comment_user": one.get("author_id"), "comment_date": one.get("published_at"),
            "likes_number": one.get("likes"),
        }
        for name, one in _said(document)
    ]  # fmt: skip
    return {"posts.json": json.dumps(posts), "comments.json": json.dumps(comments)}


def phyllo(document: Row) -> Contents:
    """Contents, and comments that name them."""
    known = {"account": {"platform_username": OWNER}, "work_platform": {"name": "Instagram"}}
    contents = [
        known | {
            "id": f"c{post['post_id']}", "external_id": post["post_id"], "description": post.get("caption"),
            "published_at": post.get("published_at"), "engagement": {
                "like_count": post.get("likes"), "comment_count": post.get("comments"),
                "view_count": post.get("views"),
            },
        }
        for post in document["posts"]
    ]  # fmt: skip
    comments = [
        known | {
            "id": name, "content": {"id": f"c{one['post_id']}"}, "text": one.get("text"),
            "commenter_username": one.get("author_id"), "published_at": one.get("published_at"),
            "like_count": one.get("likes"),
        }
        for name, one in _said(document)
    ]  # fmt: skip
    return {"contents.json": json.dumps({"data": contents}), "comments.json": json.dumps({"data": comments})}


EXPORTS: Final[Mapping[str, Callable[[Row], Contents]]] = MappingProxyType(
    {
        one.__name__.replace("_", "-"): one
        for one in (
            apify_instagram, apify_tiktok, apify_x, apify_youtube, bright_data, crowdtangle, instagram_graph,
            instagram_web, instaloader, mastodon, meta_content_library, phyllo, spreadsheet, telegram,
            tiktok_research, tiktok_web, twint, twscrape, x_api, x_archive, youtube_api, yt_dlp,
        )
    }
)  # fmt: skip
"""By the name of the source: the contents of its files, by their names."""
