"""Checks that stand close to what schemes leave behind: each finds spoilt evidence and keeps what accuses."""

import copy
from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.checks import examine
from accounts.reading import read_documents

AS_OF = datetime(2026, 11, 1, 14, 37, 12, tzinfo=UTC)


def found(posts=(), **document):
    """Findings of an account's evidence, by their checks."""
    written = {"schema": 1, "account_id": "a", "platform": "instagram", "as_of": iso(AS_OF)} | document
    chunk = read_documents(
        [written | {"posts": [{"post_id": f"p{at}"} | one for at, one in enumerate(posts)]}]
    )
    assert not chunk.faults
    return {one.check: one for one in examine(chunk.tables).findings.get("a", ())}


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def liked(at):
    return 120 + 37 * (at * at % 11)


# views


@pytest.mark.parametrize(
    ("platform", "nth", "bars"),
    [("youtube", 1, True), ("tiktok", 1, True), ("instagram", 1, False), ("youtube", 2, False)],
)
def test_a_channel_of_videos_without_any_views_is_not_cleared(platform, nth, bars):
    posts = [{"likes": liked(at), "views": 0 if at % nth == 0 else 40 * liked(at)} for at in range(12)]
    assert found(posts, platform=platform)["uncounted_views"].bars_clearing is bars


def test_likes_in_place_of_views_are_found_where_others_are_seen_more():
    posts = [{"likes": liked(at), "views": liked(at) * (1 if at % 3 == 0 else 25)} for at in range(12)]
    assert found(posts, platform="tiktok")["likes_as_views"].rows == 4


def test_likes_bought_up_to_the_views_stay_evidence():
    views = [1_900 + 83 * (at * 5 % 12) for at in range(12)]
    posts = [{"likes": each if at % 3 == 0 else each // 2, "views": each} for at, each in enumerate(views)]
    assert "likes_as_views" not in found(posts, platform="tiktok")


def test_a_package_of_likes_above_the_views_of_some_posts_stays_evidence():
    views = [4_364, 4_420, 43_904, 4_099, 33_270, 43_897, 6_000, 6_000, 43_804, 55_017, 6_000, 6_000]
    posts = [{"likes": 250 + at if at < 6 else 6_000, "views": each} for at, each in enumerate(views)]
    assert "likes_as_views" not in found(posts, platform="tiktok")


# counts


@pytest.mark.parametrize("end", [99_999, 999_999, 9_999_999])
@pytest.mark.parametrize(("times", "above", "gone"), [(3, 0, True), (2, 0, False), (3, 1, False)])
def test_three_counts_of_nines_and_none_above_are_ends_of_a_counter(end, times, above, gone):
    likes = [end] * times + [end + 17] * above + [end // 3 + 991 * at for at in range(8)]
    assert ("overflowed_counts" in found([{"likes": each} for each in likes])) is gone


@pytest.mark.parametrize(("storm", "hidden"), [(False, True), (True, False)])
def test_small_likes_are_hidden_ones_where_people_write_as_usual(storm, hidden):
    posts = [
        {"likes": liked(at), "comments": 6 + at % 5} if at % 2 else
        {"likes": 1 + at // 2 % 3, "comments": 200 * (at == 8) if storm else 5 + at % 7}
        for at in range(20)
    ]  # fmt: skip
    assert ("hidden_likes" in found(posts)) is hidden


def test_few_likes_beside_the_comments_of_a_round_stay_evidence():
    likes = [3, 8, 2, 5, 6, 5, 7, 11, 11, 2, 9, 3, 6, 4, 44, 1, 2]
    comments = [9, 13, 6, 9, 9, 10, 13, 14, 23, 10, 12, 10, 6, 13, 10, 13, 10]
    posts = [{"likes": one, "comments": other} for one, other in zip(likes, comments, strict=True)]
    assert "hidden_likes" not in found(posts)


@pytest.mark.parametrize(
    ("comments", "absent"),
    [
        ([0, 6, 9, 0, 8, 12, 0, 7, 10, 0, 6, 9] * 2, True),
        ([0, 2, 9, 0, 2, 12, 0, 3, 10, 0, 2, 4] * 2, False),
    ],
)
def test_zero_comments_are_absent_where_nearly_all_others_have_some(comments, absent):
    posts = [{"likes": liked(at), "comments": each} for at, each in enumerate(comments)]
    assert ("uncollected_comments" in found(posts)) is absent


# posts that stand twice


@pytest.mark.parametrize(
    ("likes", "comments", "once"), [(1.05, 1.05, True), (1.05, 0.95, False), (1.3, 1.3, False)]
)
def test_copies_without_a_caption_are_one_post_where_all_counts_grew_a_little(likes, comments, once):
    posts = [
        {
            "likes": 10 * liked(at),
            "comments": 40 + 3 * at,
            "caption": f"Loaf {at}: rye and a long rest of {at + 2} hours",
            "published_at": iso(AS_OF - timedelta(days=3 * at + 4, seconds=7919 * at % 86_399)),
        }
        for at in range(12)
    ]
    copies = copy.deepcopy(posts[:6])
    for one in copies:
        one |= {"likes": int(likes * one["likes"]), "comments": round(comments * one["comments"])}
        del one["caption"]
    assert ("repeated_posts" in found(posts + copies)) is once


# times


@pytest.mark.parametrize(("before", "gone"), [(timedelta(minutes=1), True), (timedelta(hours=6), False)])
def test_posts_that_a_program_publishes_in_a_row_keep_their_times(before, gone):
    posts = [{"published_at": iso(AS_OF - before - timedelta(seconds=11 * at))} for at in range(7)]
    assert ("collection_times" in found(posts)) is gone


@pytest.mark.parametrize("rows", ["posts", "history"])
def test_only_posts_from_before_its_opening_deny_it(rows):
    """A history may go back to when somebody else had the name."""
    posts = [{"published_at": iso(AS_OF - timedelta(days=30 * (at + 2)))} for at in range(4)]
    old = {"posts": posts} if rows == "posts" else {"history": history([800 + at for at in range(90)])}
    profile = {"created_at": iso(AS_OF - timedelta(days=20))}
    assert ("opened_after_posts" in found(**old, profile=profile)) is (rows == "posts")


# histories


def history(counts):
    return [
        {"date": str(date(2026, 10, 31) - timedelta(days=len(counts) - at)), "followers": each}
        for at, each in enumerate(counts)
    ]


def test_a_day_that_is_off_is_a_misreading_in_a_quiet_history():
    counts = [20_000 + 9 * at for at in range(40)]
    counts[21] = 17_000
    assert found(history=history(counts))["misread_history"].rows == 1


def test_orders_that_lose_and_are_refilled_stay_evidence():
    losses = [0, 1_900, 700, 2_300, 1_200, 2_700, 150, 2_500, 900, 1_700]
    counts = [15_000 + 9 * at for at in range(10)] + [22_000 - each for each in losses * 3]
    assert "misread_history" not in found(history=history(counts))


@pytest.mark.parametrize(
    ("away", "gone"), [([90_000] * 6, True), ([60_000, 75_000, 90_000, 90_000] * 2, False)]
)
def test_another_accounts_counts_are_level_and_delivered_orders_climb(away, gone):
    counts = [20_000 + 9 * at for at in range(30)]
    counts[12 : 12 + len(away)] = away
    assert ("misread_history" in found(history=history(counts))) is gone
