"""Kinds of spoiled input that people met in the field, by the number of the case: each ends as it should."""

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest

from accounts.checks.examine import examine
from accounts.importing import import_files
from accounts.importing.files import File
from accounts.importing.reading import read_any
from accounts.reading import read_documents
from accounts.schema import TABLES
from benchmarks.quality.handmade.creator import Creator, creator
from benchmarks.quality.handmade.evidence import with_evidence
from benchmarks.quality.handmade.exports import EXPORTS
from detector.bundle import load, starter_path
from detector.labels import Explain, Label
from detector.screening import Detector

ACCUSED = {Label.INFLATED, Label.AUTOMATED}
PLATFORMS = ("instagram", "youtube", "tiktok")
COUNTS = ("likes", "comments", "views", "shares")


def full_document(platform):
    return with_evidence(creator(Creator(account_id="whole", platform=platform, seed=7)), "all")


def time_of(text):
    return datetime.fromisoformat(text)


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def posts(**changes):
    def spoil(doc):
        for at, post in enumerate(doc["posts"]):
            post.update({name: change(at, post, doc) for name, change in changes.items()})

    return spoil


def comments(**changes):
    def spoil(doc):
        for at, one in enumerate(doc["comments"]):
            one.update({name: change(at, one, doc) for name, change in changes.items()})

    return spoil


def some(name, value, nth):
    """A value on all rows but every nth."""
    return lambda at, row, _: row.get(name) if at % nth == 0 else value


def but(name, value, nth):
    """A value on every nth row."""
    return lambda at, row, _: row.get(name) if at % nth else value


def ago(unit):
    def rough(_, row, doc):
        asked = time_of(doc["as_of"])
        return iso(asked - unit * ((asked - time_of(row["published_at"])) // unit))

    return rough


def later(**by):
    """A row's time on another clock, but never after the account was observed."""

    def shift(_, row, doc):
        return iso(min(time_of(row["published_at"]) + timedelta(**by), time_of(doc["as_of"])))

    return shift


def cut(after):
    return lambda _, row, __: row["published_at"][: -len(after)] + after


def twice(**changes):
    def spoil(doc):
        doc["posts"] += [
            post | {"post_id": f"again {post['post_id']}"} | changes
            for post in copy.deepcopy(doc["posts"][::2])
        ]

    return spoil


def pictures(count, seconds):
    def spoil(doc):
        for post in copy.deepcopy(doc["posts"][::3]):
            doc["posts"] += [
                post | {
                    "post_id": f"{post['post_id']} {at}",
                    "published_at": iso(time_of(post["published_at"]) - timedelta(seconds=at * seconds)),
                }
                for at in range(1, count)
            ]  # fmt: skip

    return spoil


def profile(**changes):
    return lambda doc: doc["profile"].update({name: change(doc) for name, change in changes.items()})


def misread(value):
    def spoil(doc):
        for day in doc["history"][5:-1:31]:
            day["followers"] = value

    return spoil


def reposted(at, post, _):
    return f"RT @somebody: {post.get('caption') or 'so true'}" if at % 2 else post.get("caption")


def with_larger_account(caption):
    """Every sixth post has thirty times every count."""

    def spoil(doc):
        for post in doc["posts"][2::6]:
            post.update({name: 30 * post[name] for name in COUNTS if post.get(name)})
            post["caption"] = caption or post.get("caption")

    return spoil


def passed_on(*texts):
    """Every third post is another account's by its text, with counts of its own."""

    def spoil(doc):
        for at, post in enumerate(doc["posts"][::3]):
            post.update({name: 17 * post[name] + 1_009 * at for name in COUNTS if post.get(name)})
            post["caption"] = texts[at % len(texts)]

    return spoil


def audience(**changes):
    return lambda doc: [follower.update(changes) for follower in doc["audience"]]


def listed(seconds):
    """Times as "5 months ago" has them, each asked anew so many seconds after the one before."""

    def spoil(doc):
        asked = time_of(doc["as_of"]) - timedelta(hours=14, minutes=28, seconds=43)
        for at, post in enumerate(doc["posts"]):
            days = max((asked - time_of(post["published_at"])).days, 1)
            unit = 30 if days >= 30 else 7 if days >= 7 else 1
            post["published_at"] = iso(
                asked + timedelta(seconds=seconds * at) - timedelta(days=days // unit * unit)
            )

    return spoil


def often_in_summer(_, post, doc):
    """Whole days before the collection, by a clock that stands an hour later in summer."""
    asked = time_of(doc["as_of"]) - timedelta(hours=14, minutes=28, seconds=43)
    then = asked - timedelta(days=max((asked - time_of(post["published_at"])).days, 1))
    return iso(then + timedelta(hours=4 <= then.month <= 10))


def cut_in_a_second_list(doc):
    doc["posts"] += [
        post | {"post_id": f"again {post['post_id']}", "caption": f"{post['caption'][:20]}…"}
        for post in copy.deepcopy(doc["posts"][::2])
    ]


def days_of_0(rows):
    return lambda doc: [day.update(followers=0) for day in doc["history"][rows]]


def off_by(factor, rows):
    return lambda doc: [
        day.update(followers=round(day["followers"] * factor)) for day in doc["history"][rows]
    ]


def grown_twice(factor):
    def spoil(doc):
        doc["posts"] += [
            post | {"post_id": f"again {post['post_id']}", "likes": int(post["likes"] * factor)}
            for post in copy.deepcopy(doc["posts"][::2])
        ]

    return spoil


def of_its_post(_, comment, doc):
    times = {post["post_id"]: post["published_at"] for post in doc["posts"]}
    return times.get(comment["post_id"], comment["published_at"])


KINDS = {
    "01 likes 3": (posts(likes=some("likes", 3, 6)), "hidden_likes"),
    "01 likes 7 on two in three": (posts(likes=some("likes", 7, 3)), "hidden_likes"),
    "01 likes 1 on all": (posts(likes=lambda *_: 1), "hidden_likes"),
    "01 likes 15 on half": (posts(likes=but("likes", 15, 2)), "placeholder_likes"),
    "01 likes 100 on two in three": (posts(likes=some("likes", 100, 3)), "placeholder_likes"),
    "01 likes 3 or 4": (
        posts(likes=lambda at, post, _: 3 + at % 2 if at % 6 else post["likes"]), "hidden_likes"
    ),
    "01 likes 99 on all": (posts(likes=lambda *_: 99), "capped_likes"),
    "01 likes 999 on all": (posts(likes=lambda *_: 999), "capped_likes"),
    **{
        f"01 likes {count} on all": (posts(likes=lambda *_, count=count: count), None)
        for count in (15, 49, 100, 250, 1_000)
    },
    "01 likes 3 to 9 on all": (posts(likes=lambda at, *_: 3 + at * 5 % 7), "hidden_likes"),
    "12 views 1,000 on all": (posts(views=lambda *_: 1_000), None),
    "12 views are the likes on all": (posts(views=lambda _, post, __: post["likes"]), "likes_as_views"),
    "12 views 1 on half, some of them hardly liked": (
        posts(
            views=lambda at, post, _: 1 if at % 2 else 19 * post["likes"],
            likes=lambda at, post, _: 2 + at % 5 if at % 10 == 1 else post["likes"],
        ),
        "uncounted_views",
    ),
    "01 likes in hundreds": (
        posts(likes=lambda _, post, __: round(post["likes"], -2)), "rounded_counts"
    ),
    "01 likes in whole hundreds, few": (
        posts(likes=lambda _, post, __: round(post["likes"] // 2, -2)), "rounded_counts"
    ),
    "12 likes in thousands on every third": (
        posts(likes=lambda at, post, _: post["likes"] * (1 if at % 3 else 1_000)), "thousands_among_counts"
    ),
    "04 by their texts": (
        passed_on("♻️ Repost @bo", "RT @bo: oat", "Oat, via @bo", "Seeds #regram", "#repost"), "reposts"
    ),
    "04 by their texts elsewhere": (
        passed_on("Repostado de @bo", "Репост от @bo", "转发 @bo", "リポスト @bo", "Geteilt von @bo"),
        "reposts",
    ),
    "15 with @bo": (with_larger_account("Two loaves with @bo"), "unmarked_co_posts"),
    "15 no sign": (with_larger_account(None), "unmarked_co_posts"),
    "01 likes 2 to 5": (
        posts(likes=lambda at, post, _: 2 + at % 4 if at % 9 else post["likes"]), "hidden_likes"
    ),
    "01 likes 1 to 3 on half": (
        posts(likes=lambda at, post, _: 1 + at % 3 if at % 2 else post["likes"]), "hidden_likes"
    ),
    "04 reshares": (
        posts(
            kind=lambda at, post, _: "Reshare" if at % 2 else post.get("kind"),
            likes=lambda at, post, _: 54_321 + 77 * at if at % 2 else post["likes"],
        ),
        "reposts",
    ),
    "05 a list asked a second later each": (listed(1), "rough_post_times"),
    "05 a list asked six seconds earlier each": (listed(-6), "rough_post_times"),
    "05 days ago, with summer time": (posts(published_at=often_in_summer), "rough_post_times"),
    "07 captions cut": (cut_in_a_second_list, "repeated_posts"),
    "12 views are the likes": (
        posts(views=lambda at, post, _: post["likes"] if at % 3 == 0 else 19 * post["likes"] + at),
        "likes_as_views",
    ),
    "12 comments 0 on some": (posts(comments=but("comments", 0, 3)), "uncollected_comments"),
    "13 followers 1": (
        lambda doc: (doc["profile"].update(followers=1), doc.pop("history")),
        "engagement_far_above_followers",
    ),
    "20 followers at the end of 32 bits": (
        lambda doc: (doc["profile"].update(followers=2**31 - 1), doc.pop("history")), "overflowed_profile"
    ),
    "27 the last days 0": (days_of_0(slice(-3, None)), "zeros_at_ends"),
    "27 the first days 0": (days_of_0(slice(5)), "zeros_at_ends"),
    "27 weekends 0": (
        lambda doc: [day.update(followers=0) for at, day in enumerate(doc["history"]) if at % 7 > 4],
        "misread_history",
    ),
    "27 another's count for six days": (off_by(5, slice(40, 46)), "misread_history"),
    "27 a fifth off on single days": (off_by(0.8, slice(10, -1, 40)), "misread_history"),
    "41 collected eight seconds apart": (
        posts(published_at=lambda at, _, doc: iso(time_of(doc["as_of"]) - timedelta(seconds=5 + 8 * at))),
        "collection_times",
    ),
    "41 collected a month ago": (
        posts(published_at=lambda at, _, doc: iso(time_of(doc["as_of"]) - timedelta(30, 5 + 2 * at))),
        "collection_times",
    ),
    "41 half at the collection": (
        posts(published_at=lambda at, post, doc: doc["as_of"] if at % 2 else post["published_at"]),
        "posts_at_collection",
    ),
    "41 opened at the collection": (profile(created_at=lambda doc: doc["as_of"]), "opened_after_posts"),
    "04 boosts": (
        posts(
            kind=lambda at, post, _: "Boosted" if at % 2 else post.get("kind"),
            likes=lambda at, post, _: 54_321 + 77 * at if at % 2 else post["likes"],
        ),
        "reposts",
    ),
    "04 RT": (posts(caption=reposted, likes=some("likes", 0, 2)), "reposts"),
    "04 marked": (posts(is_repost=lambda at, *_: at % 2 == 0, likes=but("likes", 90_210, 2)), "reposts"),
    "05 months ago": (posts(published_at=ago(timedelta(days=30))), None),
    "05 weeks ago": (posts(published_at=ago(timedelta(days=7))), "rough_post_times"),
    "05 days ago": (posts(published_at=ago(timedelta(days=1))), "rough_post_times"),
    "05 months of 30.44 days": (posts(published_at=lambda _, post, doc: iso(
        time_of(doc["as_of"]) - timedelta(days=30.44) * max(
            1, round((time_of(doc["as_of"]) - time_of(post["published_at"])) / timedelta(days=30.44))
        )
    )), "rough_post_times"),
    "06 midnights": (posts(published_at=cut("T00:00:00Z")), "rough_post_times"),
    "06 midnights of Tokyo": (posts(published_at=cut("T15:00:00Z")), "rough_post_times"),
    "06 whole hours": (posts(published_at=cut(":00:00Z")), "whole_hours"),
    "07 reels in two lists": (twice(kind="reel"), "repeated_posts"),
    "07 the second list read a day later": (
        grown_twice(1.2), "repeated_posts"
    ),
    "07 the second list on another clock": (
        lambda doc: doc["posts"].extend(
            post | {
                "post_id": f"again {post['post_id']}",
                "published_at": iso(min(
                    time_of(post["published_at"]) + timedelta(hours=2), time_of(doc["as_of"])
                )),
            }
            for post in copy.deepcopy(doc["posts"][::2])
        ),
        "shifted_posts",
    ),
    "07 without captions": (twice(caption=None), "repeated_posts"),
    "07 three pictures": (pictures(3, 0), "repeated_posts"),
    "07 ten pictures, two seconds apart": (pictures(10, 2), "repeated_posts"),
    "08 nan": (posts(caption=lambda *_: "nan"), "placeholder_captions"),
    "08 None on some": (posts(caption=some("caption", "None", 3)), "placeholder_captions"),
    "08 (no caption)": (posts(caption=lambda *_: "(no caption)"), "placeholder_captions"),
    **{
        f"08 {text}": (posts(caption=some("caption", text, 3)), "placeholder_captions")
        for text in ("No caption found", "pas de légende", "ไม่มีคำบรรยาย", "Photo by Bread Lab", "캡션 없음")
    },
    "08 a dash": (posts(caption=some("caption", "—", 2)), "placeholder_captions"),
    "11 views counted otherwise": (
        posts(views=lambda at, post, _: post.get("views") and int(post["views"] * (3.1 if at < 12 else 1))),
        None,
    ),
    "12 views below likes on half": (
        posts(views=lambda at, post, _: post.get("views") if at % 2 else int(post["likes"] * 0.6)),
        "views_below_likes",
    ),
    "12 views below likes": (posts(views=lambda _, post, __: int(post["likes"] * 0.6)), "views_below_likes"),
    "12 views of all the same": (posts(views=lambda *_: 25_137), "equal_views"),
    "12 likes in thousands until midway": (
        posts(likes=lambda at, post, _: post["likes"] * (1_000 if at < 12 else 1)), "posts_in_two_units"
    ),
    "12 views 1": (posts(views=some("views", 1, 2)), "uncounted_views"),
    "12 views 0": (posts(views=some("views", 0, 2)), "uncounted_views"),
    "13 hidden subscribers": (profile(followers=lambda _: 0), "engagement_without_followers"),
    "13 a thousandth": (
        profile(followers=lambda doc: doc["profile"]["followers"] // 1_000),
        "followers_against_history",
    ),
    "13 a thousandth, and no history": (
        lambda doc: (
            doc["profile"].update(followers=doc["profile"]["followers"] // 5_000),
            doc.pop("history"),
        ),
        "engagement_far_above_followers",
    ),
    "15 co-posts": (
        posts(is_collab=lambda at, *_: at % 3 == 0, likes=but("likes", 88_123, 3)), "co_posts"
    ),
    "16 comments days ago": (comments(published_at=ago(timedelta(days=1))), None),
    "16 comments at midnight": (comments(published_at=cut("T00:00:00Z")), None),
    "16 comments hours ago": (comments(published_at=ago(timedelta(hours=1))), "rough_comment_times"),
    "16 times of their posts": (comments(published_at=of_its_post), "copied_comment_times"),
    "16 posts in the zone of New York": (posts(published_at=later(hours=-4)), None),
    "16 posts in the zone of Tokyo": (posts(published_at=later(hours=9)), "comments_before_posts"),
    "16 comments in the zone of Denver": (comments(published_at=later(hours=-7)), "comments_before_posts"),
    "18 no disponible": (comments(text=some("text", "Comentario no disponible", 2)), "placeholder_comments"),
    "18 no longer available": (
        comments(text=some("text", "This message is no longer available", 2)), "placeholder_comments"
    ),
    **{
        f"18 {text}": (comments(text=some("text", text, 2)), "placeholder_comments")
        for text in (
            "Bình luận này đã bị gỡ", "This account no longer exists", "<Medien ausgeschlossen>",
            "<Multimedia omitido>", "<Без медиафайлов>", "<Média omis>",
        )
    },
    "18 stickers": (comments(text=some("text", "[Sticker]", 2)), "placeholder_comments"),
    "18 deleted": (comments(text=some("text", "[deleted]", 2)), "placeholder_comments"),
    "18 supprimé": (comments(text=some("text", "Ce commentaire a été supprimé.", 2)), "placeholder_comments"),
    "18 usunięty": (comments(text=some("text", "Komentarz usunięty", 2)), "placeholder_comments"),
    "18 削除": (comments(text=some("text", "このコメントは削除されました", 2)), "placeholder_comments"),
    "20 ends of 16 bits": (posts(likes=but("likes", 65_535, 4)), "overflowed_counts"),
    "20 no shares": (posts(shares=lambda *_: 0), "uncollected_counts"),
    **{
        f"16 authors {author}": (comments(author_id=lambda *_, author=author: author), "placeholder_authors")
        for author in ("unknown", "0", "Anonymous")
    },
    "16 one author": (comments(author_id=lambda *_: "u17"), "one_author"),
    "23 pictures expired": (audience(has_picture=False), "uncollected_audience"),
    "23 no counts": (audience(followers=0, following=0, posts=0), "uncollected_audience"),
    "27 days of 0": (misread(0), "misread_history"),
    "27 nine days of 0": (
        lambda doc: [day.update(followers=0) for day in doc["history"][30:39]], "misread_history"
    ),
    "27 in thousands until midway": (
        lambda doc: [day.update(followers=day["followers"] * 1_000) for day in doc["history"][:40]],
        "history_in_two_units",
    ),
    "27 another's count": (misread(7_654_321), "misread_history"),
    "41 milliseconds": (
        posts(published_at=lambda at, *_: f"1970-01-2{at % 2}T17:{at % 60:02}:0{at % 10}Z"),
        "impossible_post_times",
    ),
    "41 all at the collection": (
        posts(published_at=lambda _, __, doc: iso(time_of(doc["as_of"]) - timedelta(hours=3, seconds=7))),
        "collection_times",
    ),
    "41 all in two collections": (
        posts(published_at=lambda at, _, doc: iso(
            time_of(doc["as_of"]) - timedelta(hours=3 + 20 * (at % 2), seconds=7 + at % 2)
        )),
        "collection_times",
    ),
    "41 all seconds apart": (
        posts(published_at=lambda at, _, doc: iso(time_of(doc["as_of"]) - timedelta(seconds=2 * at))),
        "collection_times",
    ),
    "41 opened in 1970": (profile(created_at=lambda _: "1970-01-18T11:12:13Z"), "impossible_opening"),
    "48 posts published": (profile(posts=lambda _: 3), "more_posts_than_published"),
    "48 comments counted": (posts(comments=lambda *_: 0), "more_comments_than_counted"),
}  # fmt: skip
CLEARS_NOBODY = ("13", "41 milliseconds", "41 all", "48")


@pytest.fixture(scope="module")
def verdicts():
    """The verdict of the whole document of each platform, and of each spoiled one."""
    documents = []
    for platform in PLATFORMS:
        documents.append(full_document(platform) | {"account_id": f"{platform}: whole"})
        for name, (spoil, _) in KINDS.items():
            documents.append(full_document(platform) | {"account_id": f"{platform}: {name}"})
            spoil(documents[-1])
    chunk = read_documents(documents)
    assert not chunk.faults
    detector = Detector(load(starter_path()))
    return {one.account_id: one for one in detector.screen(chunk.tables, explain=Explain.NONE)}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", KINDS)
def test_spoiled_input_accuses_nobody_whom_the_whole_does_not(verdicts, platform, name):
    assert verdicts[f"{platform}: whole"].label not in ACCUSED
    assert verdicts[f"{platform}: {name}"].label not in ACCUSED


@pytest.mark.parametrize("name", [name for name, (_, check) in KINDS.items() if check])
def test_the_verdict_says_what_was_found(verdicts, name):
    found = {one.check for one in verdicts[f"instagram: {name}"].evidence.findings}
    assert KINDS[name][1] in found


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("name", [name for name in KINDS if name.startswith(CLEARS_NOBODY)])
def test_what_contradicts_itself_or_hides_schemes_clears_nobody(verdicts, platform, name):
    if name != "41 opened in 1970":
        assert verdicts[f"{platform}: {name}"].label is not Label.AUTHENTIC


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        ("02", {"likes": -1}, "Got -1: a count that is hidden is left out, or null."),
        ("06", {"published_at": "2026-09-11"}, ", a date: it can stand in published_on."),
        ("20", {"likes": "5"}, 'Got "5".'),
        ("20", {"likes": 22609.0}, "Got 22609.0."),
        ("37", {"platform": "instagramm"}, "did you mean instagram"),
    ],
)
def test_a_refusal_says_what_to_do(number, change, words):
    document = full_document("instagram")
    (document if "platform" in change else document["posts"][0]).update(change)
    fault = read_documents([json.loads(json.dumps(document))]).faults[0]
    assert words.lower() in str(fault).lower(), number


def test_09_a_post_that_comes_twice_is_named():
    document = full_document("instagram")
    document["posts"].append(document["posts"][3])
    assert "must be unique in the account" in str(read_documents([document]).faults[0])


@pytest.mark.parametrize("platform", ["instagram", "youtube", "tiktok", "x", "github", "twitch", "other"])
@pytest.mark.parametrize("followers", [0, 5_000, 12_300, 900_000_000])
def test_42_a_follower_count_clears_nobody(starter, platform, followers):
    document = {
        "schema": 1, "account_id": "a", "platform": platform, "as_of": "2026-11-01T00:00:00Z",
        "profile": {"followers": followers},
    }  # fmt: skip
    (verdict,) = starter.screen(read_documents([document]).tables, explain=Explain.NONE)
    assert verdict.label is Label.INSUFFICIENT


@pytest.fixture(scope="module")
def starter():
    return Detector(load(starter_path()))


def test_23_the_newest_followers_give_bounds_for_all(starter):
    document = full_document("instagram")
    for order in ("random", "newest"):
        document["audience_order"] = order
        (verdict,) = starter.screen(read_documents([document]).tables, explain=Explain.NONE)
        low, high = verdict.audience.interval
        found = [one.check for one in verdict.evidence.findings]
        assert (order == "newest") == ("newest_followers" in found) == (high - low > 0.9)


def spoiled(name):
    document = full_document("instagram") | {"account_id": "breadlab"}
    KINDS[name][0](document)
    return document


def found(tables):
    """What the checks find, without an account's name."""
    rows = [one for findings in examine(tables).findings.values() for one in findings]
    return sorted((one.check, one.rows, one.sentence) for one in rows)


def as_lines(tables, documents, folder):
    (folder / "creators.jsonl").write_text("".join(json.dumps(one) + "\n" for one in documents), "utf-8")
    return folder / "creators.jsonl"


def as_csv(tables, documents, folder):
    for name in TABLES:
        tables[name].write_csv(folder / f"{name}.csv")
    return folder


def as_parquet(tables, documents, folder):
    for name in TABLES:
        tables[name].write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("write", [as_lines, as_csv, as_parquet])
def test_every_reader_finds_the_same(write, tmp_path):
    documents = [spoiled(name) | {"account_id": name} for name in KINDS]
    tables = read_documents(documents).tables
    (chunk,) = read_any(write(tables, documents, tmp_path))
    assert all(chunk.tables[name].equals(tables[name]) for name in TABLES)
    assert found(chunk.tables) == found(tables)


OF_SOURCES = [
    name
    for name, (_, check) in KINDS.items()
    if name[:2] in {"01", "05", "06", "08", "12", "16", "18", "41"} and check and "opened" not in name
]
LACKS = {
    **dict.fromkeys(["apify-youtube", "crowdtangle", "meta-content-library", "spreadsheet"], ("16", "18")),
    "mastodon": ("12 views", "16 authors"),
    "twint": ("12 views",),
    "tiktok-research": ("16 authors", "16 one author"),
    "telegram": (
        "01 likes 3 or 4",
        "01 likes 2 to 5",
        "01 likes 1 to 3",
        "01 likes 3 to 9",
        "12 comments",
        "16",
        "18",
    ),
    "x-archive": (
        "01 likes 3 or 4",
        "01 likes 2 to 5",
        "01 likes 1 to 3",
        "01 likes 3 to 9",
        "12 views",
        "12 comments",
        "16",
        "18",
    ),
}
"""The kinds that a source does not carry: those of comments, of their number, of views."""
ABSENT = {"08": "caption", "12": "views", "41 milliseconds": "published_at"}
"""What an importer may read as absent itself, so that no check needs to."""


@pytest.fixture(scope="module")
def spoiled_documents():
    """The document of each kind; its spoiling may be written once and read in all sources."""
    return {name: spoiled(name) for name in OF_SOURCES}


def imported(document, source):
    """The account of a document that a source exported."""
    contents = EXPORTS[source](document)
    files = [File(at, text.encode(), datetime(2026, 11, 1, tzinfo=UTC)) for at, text in contents.items()]
    (account,) = import_files(files, source).documents
    assert len(account["posts"]) == len(document["posts"])
    return account


def is_absent(name, account):
    """Whether the importer read as absent what the kind spoils."""
    field = next((field for kind, field in ABSENT.items() if name.startswith(kind)), None)
    honest = {post.get(field) for post in full_document("instagram")["posts"]}
    return field is not None and {post.get(field) for post in account["posts"]} <= honest | {None, ""}


@pytest.mark.parametrize("source", EXPORTS)
def test_every_source_gives_what_the_checks_find(source, spoiled_documents):
    carried = [name for name in OF_SOURCES if not name.startswith(LACKS.get(source, ()))]
    accounts = {name: imported(spoiled_documents[name], source) | {"account_id": name} for name in carried}
    chunk = read_documents(list(accounts.values()))
    assert not chunk.faults
    findings = examine(chunk.tables).findings
    checks = {name: {one.check for one in findings.get(name, ())} for name in carried}
    unseen = [name for name in carried if KINDS[name][1] not in checks[name]]
    assert [name for name in unseen if not is_absent(name, accounts[name])] == []
