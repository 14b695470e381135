"""How fast other programs' JSON becomes account documents: MB/s of a core's time, its parts, and memory.

``python -m benchmarks.speed.importing`` writes benchmarks/speed/results/importing.json.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, product
from operator import itemgetter
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from accounts.importing import import_paths
from accounts.importing.reading import chunks_of

RESULTS = Path(__file__).with_name("results") / "importing.json"
MEGABYTE = 10**6
CAPTION = "Loaf number {0} with seeds, oat and a crust that sings when it cools on the rack. " * 3
DESCRIPTION = "Flour 500 g, water 360 g, salt 10 g, and time. Links to everything that I use are below. " * 10
NOW = 1_792_510_200
POSTS = 50
CREATORS = 997
PICTURE = "https://scontent.example/v/" + "x" * 400
AS_OF = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def youtube_pages() -> Iterator[Any]:
    """Pages of videos with descriptions and thumbnails, as the API answers with part=snippet,statistics."""
    for page in count():
        items = [youtube_video(page, at) for at in range(POSTS)]
        yield {"kind": "youtube#videoListResponse", "etag": "x" * 27, "items": items}


def youtube_video(page: int, at: int) -> dict[str, Any]:
    """One video, of about 3 KB."""
    title = CAPTION.format(at)[:90]
    picture = {"url": "https://i.example/vi/abcdefghijk/maxresdefault.jpg", "width": 1280, "height": 720}
    snippet = {
        "publishedAt": moment(page * POSTS + at),
        "channelId": f"UC{page % CREATORS:022d}",
        "title": title,
        "description": DESCRIPTION,
        "channelTitle": "Bread Lab",
        "tags": ["rye", "bread", "loaf"],
        "categoryId": "26",
        "liveBroadcastContent": "none",
        "thumbnails": dict.fromkeys(("default", "medium", "high", "standard", "maxres"), picture),
        "localized": {"title": title, "description": DESCRIPTION},
    }
    counts = {"viewCount": "5300", "likeCount": str(120 + at), "favoriteCount": "0", "commentCount": "4"}
    about = {"kind": "youtube#video", "etag": "x" * 27, "id": f"v{page}-{at}"}
    return about | {"snippet": snippet, "statistics": counts}


def apify_items() -> Iterator[Any]:
    """Posts with ten comments each, as the Instagram actor gives them."""
    for at in count():
        post = {
            "id": str(at),
            "type": "Sidecar",
            "shortCode": f"C{at}",
            "url": f"https://www.example/p/C{at}/",
        }
        text = {"caption": CAPTION.format(at), "hashtags": ["rye"], "mentions": [], "alt": None}
        counts = {
            "likesCount": 120 + at % 977,
            "commentsCount": 10,
            "timestamp": moment(at),
            "isPinned": False,
        }
        owner = {"ownerUsername": f"creator_{at % CREATORS}", "ownerId": str(at % CREATORS)}
        pictures = {"displayUrl": PICTURE, "images": [PICTURE] * 3, "dimensionsHeight": 1350}
        yield (
            post | text | counts | owner | pictures | {"latestComments": [comment(at, n) for n in range(10)]}
        )


def comment(post: int, number: int) -> dict[str, Any]:
    """One comment under a post, of about 600 bytes."""
    return {
        "id": f"{post}-{number}",
        "text": "Mine never rises, what is wrong with it?",
        "ownerUsername": f"someone_{number}",
        "ownerProfilePicUrl": PICTURE,
        "timestamp": moment(post + number),
        "likesCount": number,
        "repliesCount": 0,
        "replies": [],
    }


def research_pages() -> Iterator[Any]:
    """Pages of videos of the TikTok Research API, the densest shape: hardly anything in it is left aside."""
    for page in count():
        videos = [research_video(page, at) for at in range(POSTS)]
        yield {"data": {"videos": videos, "cursor": page, "has_more": True}, "error": {"code": "ok"}}


def research_video(page: int, at: int) -> dict[str, Any]:
    """One video, of about 900 bytes."""
    return {
        "id": page * POSTS + at,
        "username": f"creator_{page % CREATORS}",
        "create_time": NOW - page - at,
        "like_count": 120 + at,
        "comment_count": 4,
        "share_count": 2,
        "view_count": 5300,
        "favorites_count": 6,
        "video_description": CAPTION.format(at),
        "hashtag_names": ["rye", "bread"],
        "region_code": "PT",
        "music_id": 6,
        "voice_to_text": DESCRIPTION[:400],
    }


def tweets() -> Iterator[Any]:
    """Tweets with their author's profile, as Apify's actors for X give them: one in four is an answer."""
    for at in count():
        creator = at % CREATORS
        author = {
            "type": "user", "userName": f"creator_{creator}", "id": str(creator),
            "name": f"Creator {creator}",
            "url": f"https://x.example/creator_{creator}", "followers": 25_100 + creator, "following": 310,
            "statusesCount": 4_120, "description": DESCRIPTION[:150], "isVerified": False, "protected": False,
            "profilePicture": PICTURE[:90], "createdAt": "Tue Mar 02 10:00:00 +0000 2019",
        }  # fmt: skip
        answers = {"isReply": True, "inReplyToId": str(at - at % 4), "conversationId": str(at - at % 4)}
        yield {
            "type": "tweet", "id": str(at), "url": f"https://x.example/status/{at}",
            "twitterUrl": f"https://x.example/status/{at}", "text": CAPTION.format(at),
            "likeCount": 120 + at % 977, "replyCount": 4, "retweetCount": 2, "viewCount": 5_300,
            "quoteCount": 0,
            "bookmarkCount": 1, "lang": "en", "createdAt": "Tue Oct 20 15:30:00 +0000 2026", "author": author,
            "entities": {"hashtags": [{"text": "rye", "indices": [3, 7]}], "urls": []}, "isRetweet": False,
            "isQuote": False, **(answers if at % 4 else {}),
        }  # fmt: skip


def x_pages() -> Iterator[Any]:
    """Pages of a hundred tweets with their authors, as X's API v2 answers: one tweet in four is no answer."""
    for page in count():
        tweets = [x_tweet(page * 100 + at) for at in range(100)]
        users = [x_user(creator) for creator in dict.fromkeys(int(one["author_id"]) for one in tweets)]
        yield {
            "data": tweets, "includes": {"users": users},
            "meta": {"result_count": 100, "newest_id": tweets[0]["id"], "next_token": "x" * 56},
        }  # fmt: skip


def x_tweet(at: int) -> dict[str, Any]:
    """One tweet, of about 900 bytes."""
    above, hashtag = str(at - at % 4), {"start": 12, "end": 16, "tag": "rye"}
    answers = {"referenced_tweets": [{"type": "replied_to", "id": above}], "in_reply_to_user_id": "17"}
    return {
        "id": str(at), "author_id": str(at % CREATORS), "conversation_id": above, "text": CAPTION.format(at),
        "created_at": moment(at)[:-1] + ".000Z", "lang": "en", "edit_history_tweet_ids": [str(at)],
        "possibly_sensitive": False, "reply_settings": "everyone",
        "public_metrics": {
            "retweet_count": 2, "reply_count": 4, "like_count": 120 + at % 977, "quote_count": 0,
            "bookmark_count": 1, "impression_count": 5_300,
        },
        "entities": {"hashtags": [hashtag], "annotations": [{"start": 0, "end": 3, "probability": 0.9}]},
        **(answers if at % 4 else {}),
    }  # fmt: skip


def x_user(creator: int) -> dict[str, Any]:
    """One author of X's API v2."""
    return {
        "id": str(creator), "username": f"creator_{creator}", "name": f"Creator {creator}",
        "protected": False,
        "created_at": "2019-03-02T10:00:00.000Z", "description": DESCRIPTION[:150], "verified": False,
        "profile_image_url": PICTURE[:90],
        "public_metrics": {
            "followers_count": 25_100 + creator, "following_count": 310, "tweet_count": 4_120,
            "listed_count": 3,
        },
    }  # fmt: skip


def scraped_tweets() -> Iterator[Any]:
    """Tweets with their author's profile, as twscrape writes them: one in four is no answer."""
    for at in count():
        above, creator = at - at % 4, at % CREATORS
        user = {
            "id": creator, "id_str": str(creator), "url": f"https://x.example/creator_{creator}",
            "username": f"creator_{creator}", "displayname": f"Creator {creator}",
            "rawDescription": DESCRIPTION[:150],
            "created": "2019-03-02 10:00:00+00:00", "followersCount": 25_100 + creator, "friendsCount": 310,
            "statusesCount": 4_120, "favouritesCount": 9, "listedCount": 3, "mediaCount": 12, "location": "",
            "profileImageUrl": PICTURE[:90], "protected": False, "verified": False, "blue": True,
            "descriptionLinks": [], "_type": "snscrape.modules.twitter.User",
        }  # fmt: skip
        answers = {"inReplyToTweetId": above, "inReplyToTweetIdStr": str(above)}
        yield {
            "id": at, "id_str": str(at), "url": f"https://x.example/status/{at}",
            "date": moment(at)[:10] + " " + moment(at)[11:-1] + "+00:00", "user": user, "lang": "en",
            "rawContent": CAPTION.format(at), "replyCount": 4, "retweetCount": 2,
            "likeCount": 120 + at % 977, "quoteCount": 0, "viewCount": 5_300, "bookmarkedCount": 1,
            "conversationId": above, "conversationIdStr": str(above), "hashtags": ["rye"], "cashtags": [],
            "mentionedUsers": [], "links": [], "media": {"photos": [], "videos": [], "animated": []},
            "retweetedTweet": None, "quotedTweet": None, "place": None, "source": "Web App",
            "_type": "snscrape.modules.twitter.Tweet", **(answers if at % 4 else {}),
        }  # fmt: skip


def archived_tweets() -> Iterator[Any]:
    """Tweets of one account, as X's archive holds them; three in four answer the fourth."""
    for at in count():
        above = str(at - at % 4)
        answers = {
            "in_reply_to_status_id_str": above, "in_reply_to_status_id": above,
            "in_reply_to_user_id_str": "77001", "in_reply_to_user_id": "77001",
            "in_reply_to_screen_name": "breadlab",
        }  # fmt: skip
        editable = {"editTweetIds": [str(at)], "editableUntil": moment(at), "editsRemaining": "5"}
        yield {"tweet": {
            "edit_info": {"initial": editable | {"isEditEligible": False}}, "retweeted": False,
            "source": '<a href="https://x.example" rel="nofollow">Web App</a>',
            "entities": {
                "hashtags": [{"text": "rye", "indices": ["0", "4"]}], "symbols": [], "user_mentions": [],
                "urls": [],
            },
            "display_text_range": ["0", "90"], "favorite_count": str(120 + at % 977), "id_str": str(at),
            "truncated": False, "retweet_count": "3", "id": str(at), "possibly_sensitive": False,
            "created_at": "Tue Oct 20 15:30:00 +0000 2026", "favorited": False,
            "full_text": CAPTION.format(at), "lang": "en", **(answers if at % 4 else {}),
        }}  # fmt: skip


def moment(at: int) -> str:
    """The time that many minutes before a day in October, as interfaces write it."""
    return dt.datetime.fromtimestamp(NOW - at * 60, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


SOURCES: dict[str, Callable[[], Iterator[Any]]] = {
    "youtube-api": youtube_pages,
    "apify-instagram": apify_items,
    "tiktok-research": research_pages,
    "apify-x": tweets,
    "x-api": x_pages,
    "twscrape": scraped_tweets,
    "x-archive": archived_tweets,
}


def write(path: Path, rows: Iterator[Any], megabytes: int) -> int:
    """JSON Lines of about that size, or an array where the file is no JSON Lines; gives the bytes."""
    ends = ("[", ",\n", "]") if path.suffix == ".json" else ("", "\n", "")
    with path.open("w", encoding="utf-8") as stream:
        written = stream.write(ends[0])
        for row in rows:
            written += stream.write(json.dumps(row))
            if written > megabytes * MEGABYTE:
                break
            written += stream.write(ends[1])
        written += stream.write(ends[2])
    return written


def measure(source: str, megabytes: int, suffix: str) -> dict[str, Any]:
    """Rates of a source in MB/s: parsing alone, importing, importing with the schema's check; peak memory.

    Of JSON Lines and of one array, which stand for the two ways in which items come. Importing ends when each
    account was put together once, which is done anew where they are checked. ``load`` is that of all cores.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows{suffix}"
        size = write(path, SOURCES[source](), megabytes) / MEGABYTE
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
        started = time.process_time()
        for line in path.open("rb"):
            from_json(line.strip(b"[],\n") if suffix == ".json" else line)
        parsed = time.process_time()
        imported = import_paths([path], as_of=AS_OF)
        read = time.process_time()
        for _ in imported.accounts:
            pass
        done = time.process_time()
        for _ in chunks_of(imported):
            pass
        checked = time.process_time() - done + read
    return {
        "source": source,
        "form": suffix,
        "megabytes": round(size),
        "parse_mb_s": round(size / (parsed - started), 1),
        "import_mb_s": round(size / (done - parsed), 1),
        "import_and_check_mb_s": round(size / (checked - parsed), 1),
        "parsing_share": round((parsed - started) / (done - parsed), 2),
        "load": round(os.getloadavg()[0], 1),
        "mib_before": before,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }


def in_own_process(source: str, megabytes: int, suffix: str) -> dict[str, Any]:
    """What :func:`measure` gives in a process of its own, whose peak memory is its own, too."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(measure, source, megabytes, suffix).result()


def main() -> None:
    """Measure every source, in both forms and all sizes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--times", type=int, default=3, help="of so many the fastest counts")
    options = parser.parse_args()
    rows = []
    for source, suffix, size in product(SOURCES, (".jsonl", ".json"), options.megabytes):
        measured = [in_own_process(source, size, suffix) for _ in range(options.times)]
        rows.append(max(measured, key=itemgetter("import_mb_s")))
        print(rows[-1], flush=True)
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
