"""Every check takes out what its distortion put in, says so, and leaves honest evidence alone."""

import copy
import doctest
import json
import sys
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.checks import examine
from accounts.checks.catalogue import CHECKS
from accounts.document import to_documents
from accounts.reading import read_documents
from accounts.schema import TABLES
from accounts.simulation import simulate

AS_OF = datetime(2026, 11, 1, 14, 37, 12, tzinfo=UTC)


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def written(post):
    return datetime.fromisoformat(post["published_at"])


def document():
    """An account with everything, in which nothing is odd."""
    posts = [
        {
            "post_id": f"p{at}",
            "published_at": iso(AS_OF - timedelta(days=3 * at + 4, seconds=7919 * at % 86_399)),
            "likes": 120 + 37 * (at * at % 11), "comments": 6 + at % 5,
            "views": 21 * (120 + 37 * (at * at % 11)) + 91 * (at * 7 % 13),
            "caption": f"Loaf {at}: rye, seeds and a long rest of {at + 2} hours", "kind": "image",
        }
        for at in range(20)
    ]  # fmt: skip
    comments = [
        {
            "post_id": f"p{at % 5}", "author_id": f"u{at}", "text": f"Mine rose for {at} hours, and yours?",
            "published_at": iso(written(posts[at % 5]) + timedelta(minutes=11 + 173 * at, seconds=at)),
        }
        for at in range(20)
    ]  # fmt: skip
    history = [
        {"date": str(date(2026, 11, 1) - timedelta(days=at)), "followers": 25_000 - 9 * at}
        for at in range(40)
    ]
    audience = [
        {
            "followers": 10 + at,
            "following": 200 + at,
            "posts": at % 7,
            "has_picture": at % 9 > 0,
            "username": f"n{at}a",
        }
        for at in range(40)
    ]
    return {
        "schema": 1, "account_id": "bread", "platform": "instagram", "as_of": iso(AS_OF),
        "profile": {"followers": 25_004, "posts": 412, "bio": "Bread", "full_name": "Bread Lab"},
        "posts": posts, "comments": comments, "history": history, "audience": audience,
    }  # fmt: skip


def change_each(rows, change):
    for at, row in enumerate(rows):
        change(at, row)


def midnights(doc):
    change_each(
        doc["posts"], lambda _, post: post.update(published_at=post["published_at"][:10] + "T00:00:00Z")
    )


def months_ago(doc):
    change_each(
        doc["posts"],
        lambda at, post: post.update(published_at=iso(AS_OF - timedelta(days=30 * (at // 4 + 1)))),
    )


def local_midnights(doc):
    change_each(
        doc["posts"],
        lambda at, post: post.update(published_at=post["published_at"][:10] + f"T0{7 + at % 2}:00:00Z"),
    )


def cut_to_the_hour(doc):
    change_each(doc["posts"], lambda _, post: post.update(published_at=post["published_at"][:13] + ":00:00Z"))


def one_second(doc):
    change_each(doc["posts"], lambda _, post: post.update(published_at=iso(AS_OF - timedelta(days=9))))


def milliseconds(doc):
    change_each(
        doc["posts"], lambda at, post: post.update(published_at=iso(datetime(1970, 1, 21, 17, at, 3)))
    )


def comments_days_ago(doc):
    change_each(doc["comments"], lambda at, one: one.update(published_at=iso(AS_OF - timedelta(days=at % 4))))


def comments_on_another_clock(doc):
    posted = {post["post_id"]: datetime.fromisoformat(post["published_at"]) for post in doc["posts"]}
    change_each(
        doc["comments"],
        lambda at, one: one.update(published_at=iso(posted[one["post_id"]] - timedelta(hours=5, minutes=at))),
    )


def constant_small_likes(doc):
    change_each(doc["posts"], lambda at, post: post.update(likes=3) if at % 6 else None)


def half_hidden(doc):
    change_each(doc["posts"], lambda at, post: post.update(likes=3) if at < 10 else None)


def nearly_all_have_one(doc):
    change_each(
        doc["posts"], lambda at, post: post.update(likes=1 if at % 7 else 2, comments=4 + at % 2, views=None)
    )


def a_quarter_hidden(doc):
    change_each(
        doc["posts"], lambda at, post: post.update(likes=9 if at % 5 < 2 else 40 + at, comments=5, views=None)
    )


def zeros_on_the_newest_half(doc):
    change_each(doc["posts"], lambda at, post: post.update(likes=0, comments=2) if at < 10 else None)


def views_counted_otherwise(doc):
    change_each(
        doc["posts"],
        lambda at, post: post.update(views=(37 if at < 8 else 12) * post["likes"] + 13 * (at % 5)),
    )


def no_likes(doc):
    change_each(doc["posts"], lambda _, post: post.update(likes=0))


def views_not_collected(doc):
    change_each(doc["posts"], lambda _, post: (post.update(views=0), post.pop("likes"), post.pop("comments")))


def views_of_half_not_collected(doc):
    change_each(doc["posts"], lambda at, post: (post.update(views=0) if at % 2 else None, post.pop("likes")))


def all_of_five_hidden(doc):
    doc["posts"] = doc["posts"][:5]
    change_each(doc["posts"], lambda _, post: (post.update(likes=2, comments=5), post.pop("views")))
    del doc["comments"]


def zeros_on_the_newest_few(doc):
    change_each(doc["posts"], lambda at, post: post.update(likes=0 if at < 5 else 3 + at * at % 17))


def views_not_counted(doc):
    change_each(doc["posts"], lambda at, post: post.update(views=0) if at % 3 == 0 else None)


def overflow(doc):
    doc["posts"][3]["views"] = 2**31 - 1


def captions(text):
    return lambda doc: change_each(
        doc["posts"], lambda at, post: post.update(caption=text) if at % 3 == 0 else None
    )


def comment_texts(text):
    return lambda doc: change_each(
        doc["comments"], lambda at, one: one.update(text=text) if at % 4 == 0 else None
    )


def broken_encoding(doc):
    doc["posts"][2]["caption"] = "Café über alles".encode().decode("latin-1")


def two_lists(doc):
    doc["posts"] += [post | {"post_id": f"r{post['post_id']}", "kind": "reel"} for post in doc["posts"][:8]]


def two_lists_read_one_after_the_other(doc):
    doc["posts"] += [
        post | {"post_id": f"r{post['post_id']}", "kind": "reel", "caption": "", "likes": post["likes"] + 2}
        for post in doc["posts"][:8]
    ]


def pictures_seconds_apart(doc):
    doc["posts"] += [
        post | {"post_id": f"{post['post_id']}-2", "published_at": iso(written(post) - timedelta(seconds=2))}
        for post in doc["posts"][:4]
    ]


def pictures_without_likes(doc):
    change_each(
        doc["posts"], lambda at, post: post.update(likes=0, comments=0, views=None) if at == 7 else None
    )
    doc["posts"] += [post | {"post_id": f"{post['post_id']}-2"} for post in doc["posts"][:8]]


def total(doc):
    sums = {name: sum(post[name] for post in doc["posts"]) for name in ("likes", "comments", "views")}
    doc["posts"].append({"post_id": "Total"} | sums)


def reposts(doc):
    change_each(
        doc["posts"], lambda at, post: post.update(caption=f"RT @somebody: {at}", likes=0) if at % 2 else None
    )


def shared(doc):
    doc["posts"][4] |= {"is_collab": True, "likes": 90_000}


def pinned(doc):
    doc["posts"].append(
        {"post_id": "top", "published_at": "2020-01-01T10:11:12Z", "likes": 90_000, "is_pinned": True}
    )


def same_comment(doc):
    doc["comments"] += copy.deepcopy(doc["comments"][:3])


def own_replies(doc):
    change_each(doc["comments"], lambda at, one: one.update(author_id="bread") if at % 5 == 0 else None)


def rounded_ids(doc):
    change_each(doc["comments"], lambda _, one: one.update(post_id="7140000000000000000"))


def no_pictures(doc):
    change_each(doc["audience"], lambda _, one: one.update(has_picture=False))


def zero_counts(doc):
    change_each(doc["audience"], lambda _, one: one.update(followers=0, following=0))


def some_followers_not_counted(doc):
    change_each(
        doc["audience"], lambda at, one: one.update(followers=0, following=0, posts=0) if at % 3 else None
    )


def zero_days(doc):
    for at in (7, 8, 20):
        doc["history"][at]["followers"] = 0


def anothers_count(doc):
    doc["history"][12]["followers"] = 981_000


def in_thousands_from_midway(name):
    return lambda doc: change_each(
        doc["posts"], lambda at, post: post.update({name: post[name] * 1_000}) if at < 10 else None
    )


def history_in_thousands(doc):
    change_each(doc["history"], lambda at, day: day.update(followers=day["followers"] // 1_000 + at // 30))
    change_each(doc["history"][:20], lambda at, day: day.update(followers=25_000 - 9 * at))


def a_count_written_again(doc):
    """The history is newest first, so the day after the standstill stands before it."""
    for day in doc["history"][8:18]:
        day["followers"] = doc["history"][18]["followers"]


def shares_not_collected(doc):
    change_each(doc["posts"], lambda _, post: post.update(shares=0, saves=post["likes"] // 9))


def a_week_unseen(doc):
    change_each(doc["history"][18:], lambda _, day: day.update(followers=day["followers"] // 4))
    del doc["history"][10:18]


def writes_threads(doc):
    doc["platform"] = "x"
    for first, second in zip(doc["posts"][::2], doc["posts"][1::2], strict=False):
        second["published_at"] = first["published_at"]


def authors_called(name):
    return lambda doc: change_each(doc["comments"], lambda _, one: one.update(author_id=name))


def some_authors_called(name):
    return lambda doc: change_each(
        doc["comments"], lambda at, one: one.update(author_id=name) if at % 3 == 0 else None
    )


def all_of_99(doc):
    change_each(doc["posts"], lambda _, post: post.update(likes=99))


def fewer_likes_than_comments(doc):
    change_each(doc["posts"], lambda _, post: post.update(likes=15, comments=2 * post["comments"] + 16))


def in_thousands_on_every_third(name):
    return lambda doc: change_each(
        doc["posts"], lambda at, post: post.update({name: post[name] * (1 if at % 3 else 1_000)})
    )


def whole_hundreds(doc):
    change_each(doc["posts"], lambda _, post: post.update(likes=round(post["likes"], -2)))


def with_a_larger_account(caption):
    def times_30(at, post):
        if at % 5 == 1:
            post.update({name: post[name] * 30 for name in ("likes", "comments", "views")}, caption=caption)

    return lambda doc: change_each(doc["posts"], times_30)


def passed_on(caption):
    return lambda doc: change_each(
        doc["posts"],
        lambda at, post: post.update(caption=caption, likes=90_000 + at) if at % 3 == 1 else None,
    )


def thousands(doc):
    change_each(doc["history"], lambda at, day: day.update(followers=25_000 - 1_000 * (at // 8)))
    doc["profile"]["followers"] = 25_000


REPOSTS = (
    "♻️ Repost @bo.baker: rye and oat", "RT @bo: oat", "Oat, via @bo", "Oat and seeds #regram", "#repost",
    "Repost from @bo with @get_repost", "🔁 @bo", "Repostado de @bo", "Geteilt von @bo", "Репост от @bo",
    "转发 @bo", "リポスト @bo", "إعادة نشر @bo",
)  # fmt: skip

DISTORTIONS = [
    (all_of_99, "capped_likes"),
    (fewer_likes_than_comments, "capped_likes"),
    *((in_thousands_on_every_third(name), "thousands_among_counts") for name in ("likes", "views")),
    (whole_hundreds, "rounded_counts"),
    *((with_a_larger_account(text), "unmarked_co_posts") for text in ("Oat with @bo", "A collab!", "Oat")),
    *((passed_on(caption), "reposts") for caption in REPOSTS),
    *((in_thousands_from_midway(name), "posts_in_two_units") for name in ("likes", "views")),
    (history_in_thousands, "history_in_two_units"),
    (a_count_written_again, "stale_counts"),
    (shares_not_collected, "uncollected_counts"),
    (a_week_unseen, "growth_in_a_gap"),
    (writes_threads, "threads"),
    *((authors_called(name), "placeholder_authors") for name in ("unknown", "Anonymous", "n/a", "0", "匿名")),
    (some_authors_called("[deleted]"), "placeholder_authors"),
    (authors_called("u17"), "one_author"),
    (thousands, "coarse_history"),
    (midnights, "rough_post_times"),
    (months_ago, "rough_post_times"),
    (local_midnights, "rough_post_times"),
    (cut_to_the_hour, "whole_hours"),
    (one_second, "collection_times"),
    (milliseconds, "impossible_post_times"),
    (comments_days_ago, "rough_comment_times"),
    (comments_on_another_clock, "comments_before_posts"),
    (constant_small_likes, "hidden_likes"),
    (half_hidden, "hidden_likes"),
    (nearly_all_have_one, "hidden_likes"),
    (a_quarter_hidden, "hidden_likes"),
    (zeros_on_the_newest_half, "uncollected_likes"),
    (views_counted_otherwise, "split_view_counter"),
    (no_likes, "uncollected_likes"),
    (views_not_counted, "uncounted_views"),
    (views_not_collected, "uncounted_views"),
    (views_of_half_not_collected, "uncounted_views"),
    (zeros_on_the_newest_few, "uncollected_likes"),
    (all_of_five_hidden, "hidden_likes"),
    (overflow, "overflowed_counts"),
    (captions("nan"), "placeholder_captions"),
    (captions("[no caption]"), "placeholder_captions"),
    (captions("N/A"), "placeholder_captions"),
    (comment_texts("[deleted]"), "placeholder_comments"),
    (comment_texts("Kommentar gelöscht."), "placeholder_comments"),
    (comment_texts("This comment was removed by its author"), "placeholder_comments"),
    (comment_texts("Kommentaren har tagits bort"), "placeholder_comments"),
    (comment_texts("Bình luận đã bị xóa"), "placeholder_comments"),
    (comment_texts("Комментарий скрыт"), "placeholder_comments"),
    (broken_encoding, "broken_captions"),
    (two_lists, "repeated_posts"),
    (two_lists_read_one_after_the_other, "repeated_posts"),
    (pictures_seconds_apart, "repeated_posts"),
    (pictures_without_likes, "repeated_posts"),
    (total, "total_rows"),
    (reposts, "reposts"),
    (shared, "co_posts"),
    (pinned, "pinned_posts"),
    (same_comment, "repeated_comments"),
    (own_replies, "unmarked_replies"),
    (rounded_ids, "comments_under_no_post"),
    (no_pictures, "uncollected_audience"),
    (zero_counts, "uncollected_audience"),
    (some_followers_not_counted, "impossible_followers"),
    (zero_days, "misread_history"),
    (anothers_count, "misread_history"),
]


def examined(doc):
    chunk = read_documents([doc])
    assert not chunk.faults
    return examine(chunk.tables)


def test_nothing_is_found_where_nothing_is_odd():
    assert examined(document()).findings == {}


@pytest.mark.parametrize(("distort", "name"), DISTORTIONS)
def test_a_distortion_is_found_by_name_and_nothing_else_is(distort, name):
    doc = document()
    distort(doc)
    found = examined(doc).findings["bread"]
    assert {one.check for one in found} == {name}
    assert all(one.sentence.endswith(".") and one.rows >= 1 for one in found)
    assert not any(one.contradiction for one in found)


@pytest.mark.parametrize(("distort", "name"), DISTORTIONS)
def test_what_was_found_once_is_not_found_again(distort, name):
    doc = document()
    distort(doc)
    again = examine(examined(doc).tables)
    repeated_checks = {
        "unmarked_replies",
        "comments_under_no_post",
        "comments_of_other_posts",
        "reposts",
        "co_posts",
        "growth_in_a_gap",
    }
    assert {one.check for found in again.findings.values() for one in found} <= repeated_checks


@pytest.mark.parametrize(
    "distort", [one_second, milliseconds, zeros_on_the_newest_half, views_counted_otherwise]
)
def test_nobody_is_cleared_where_what_schemes_show_in_is_gone(distort):
    doc = document()
    distort(doc)
    found = examined(doc)
    assert found.doubtful("bread")
    assert not found.contradictory("bread")


def test_comments_about_deleting_are_texts():
    doc = document()
    texts = ["Why did you delete my comment", "I removed the stones", "comment on this: hidden gem"]
    change_each(doc["comments"], lambda at, one: one.update(text=texts[at % 3]) if at < 6 else None)
    assert examined(doc).findings == {}


def contradiction(name):
    doc = document()
    match name:
        case "followers_against_history":
            doc["profile"]["followers"] = 250
        case "engagement_without_followers":
            doc["profile"]["followers"] = 0
            del doc["history"]
        case "more_posts_than_published":
            doc["profile"]["posts"] = 3
        case "more_comments_than_counted":
            doc["posts"][0]["comments"] = 1
    return examined(doc)


@pytest.mark.parametrize(
    "name", ["followers_against_history", "engagement_without_followers", "more_posts_than_published"]
)
def test_what_is_left_contradicts_itself(name):
    found = contradiction(name)
    assert {one.check for one in found.findings["bread"]} == {name}
    assert found.doubtful("bread")
    assert found.contradictory("bread")


def test_a_count_that_can_be_left_out_bars_clearing_alone():
    found = contradiction("more_comments_than_counted")
    assert found.doubtful("bread")
    assert not found.contradictory("bread")
    assert found.tables.posts.filter(post_id="p0")["comments"].to_list() == [None]


def test_other_accounts_are_left_as_they_are():
    first, second = document(), document() | {"account_id": "second"}
    months_ago(first)
    together = examine(read_documents([first, second]).tables)
    alone = examine(read_documents([second]).tables)
    for name in ("posts", "comments", "history", "audience"):
        assert together.tables[name].filter(account_id="second").equals(alone.tables[name])


def test_rows_and_their_order_do_not_matter():
    doc = document()
    constant_small_likes(doc)
    turned = doc | {"posts": doc["posts"][::-1]}
    assert [one.rows for one in examined(doc).findings["bread"]] == [
        one.rows for one in examined(turned).findings["bread"]
    ]


def test_few_simulated_accounts_have_anything_odd():
    tables = simulate(300, 20261128).tables
    found = examine(tables).findings
    assert len(found) <= 0.08 * 300
    documents = [json.loads(json.dumps(one)) for one in to_documents(tables.select(list(found)[:3]))]
    assert examine(read_documents(documents).tables).findings.keys() <= found.keys()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_example_of_a_check_holds(check):
    """A check is no function, in whose text doctest would look for examples by itself."""
    module = vars(sys.modules[check.examine.__module__])
    (example,) = doctest.DocTestFinder(recurse=False).find(check.examine, check.name, globs=dict(module))
    assert not doctest.DocTestRunner(verbose=False).run(example).failed


def test_every_check_says_what_it_does():
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.about.strip()
        assert check.table in TABLES


@pytest.mark.parametrize(("views", "bars"), [(900, False), (20, True), (None, True)])
def test_nobody_is_cleared_on_equal_likes_that_no_other_count_denies(views, bars):
    """Three likes beside 900 views are a page's few likers; beside 20 they may be paid for."""
    doc = document()
    del doc["comments"]
    change_each(
        doc["posts"], lambda at, post: post.update(likes=3, comments=at % 2, views=views and views + at)
    )
    (finding,) = examined(doc).findings["bread"]
    assert finding.check == "hidden_likes"
    assert finding.bars_clearing is bars


def test_a_program_s_captions_stay_evidence():
    doc = document()
    change_each(
        doc["posts"], lambda at, post: post.update(caption="Best deals today only") if at % 3 else None
    )
    assert "bread" not in examined(doc).findings


@pytest.mark.parametrize(("days", "bars"), [(20, False), (4, True)])
def test_dates_clear_nobody_who_posts_several_times_a_day(days, bars):
    doc = document()
    for at, post in enumerate(doc["posts"]):
        post["published_at"] = iso(AS_OF - timedelta(days=at % days + 5))[:10] + "T00:00:00Z"
    del doc["comments"]
    found = {one.check: one for one in examined(doc).findings["bread"]}
    assert found["rough_post_times"].bars_clearing is bars
