"""Exports that mixed something up: columns, lists, kinds of posts, times of a list that was read."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from accounts.checks import examine
from accounts.reading import read_documents

AS_OF = datetime(2026, 11, 1, 14, 37, 12, tzinfo=UTC)
SEEDS = range(4)


def iso(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def examine_posts(posts, platform="instagram", comments=(), audience=()):
    document = {"audience": list(audience)} | {
        "schema": 1, "account_id": "a", "platform": platform, "as_of": iso(AS_OF),
        "posts": [{"post_id": f"p{at}"} | one for at, one in enumerate(posts)], "comments": list(comments),
    }  # fmt: skip
    chunk = read_documents([document])
    assert not chunk.faults
    found = examine(chunk.tables)
    return {one.check: one for one in found.findings.get("a", ())}, found.tables.posts


def ordinary_posts(seed, posts=24, platform="instagram"):
    """Posts of an ordinary creator, newest first, a few days apart."""
    rng = np.random.default_rng(seed)
    ago = np.cumsum(rng.lognormal(0.9, 0.5, posts)) + 0.7
    likes = (400 * rng.lognormal(0, 0.5, posts)).astype(int)
    rows = []
    for at, (days, count) in enumerate(zip(ago.tolist(), likes.tolist(), strict=True)):
        row = {
            "published_at": iso(AS_OF - timedelta(days=days)), "likes": count,
            "comments": int(count * 0.03 * rng.lognormal(0, 0.6)) + 2,
            "caption": f"Loaf number {at}, with seeds and rye",
        }  # fmt: skip
        rows.append(
            row | ({"views": int(count * 20 * rng.lognormal(0, 0.25))} if platform != "instagram" else {})
        )
    return rows


@pytest.mark.parametrize("seed", SEEDS)
def test_an_ordinary_export_is_left_as_it_is(seed):
    for platform in ("instagram", "youtube", "x"):
        assert not examine_posts(ordinary_posts(seed, platform=platform), platform)[0]


# Columns


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kept", ["likes", "comments"])
def test_one_column_for_likes_and_comments_leaves_both_out(seed, kept):
    found, posts = examine_posts(
        [post | {"likes": post[kept], "comments": post[kept]} for post in ordinary_posts(seed)]
    )
    assert found["one_column_twice"].bars_clearing
    assert posts["likes"].null_count() == posts["comments"].null_count() == posts.height


def test_likes_read_as_shares_leave_out_the_shares_alone():
    found, posts = examine_posts([post | {"shares": post["likes"]} for post in ordinary_posts(1)], "tiktok")
    assert not found["one_column_twice"].bars_clearing
    assert posts["shares"].null_count() == posts.height
    assert not posts["likes"].null_count()


def test_counts_that_happen_to_agree_on_some_posts_are_two_columns():
    few = [{"likes": at % 4, "comments": at % 4 if at % 3 else at % 5} for at in range(12)]
    assert "one_column_twice" not in examine_posts(few)[0]
    assert "one_column_twice" not in examine_posts([{"likes": 2, "comments": 2}] * 8)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_likes_and_comments_that_changed_places_contradict_each_other(seed):
    found, _ = examine_posts(
        [post | {"likes": post["comments"], "comments": post["likes"]} for post in ordinary_posts(seed)]
    )
    assert found["exchanged_columns"].contradiction
    assert not found["exchanged_columns"].left_out


def test_comments_bought_for_posts_that_nobody_likes_are_no_exchange():
    assert (
        "exchanged_columns"
        not in examine_posts([{"likes": at % 3, "comments": 20 + at} for at in range(20)])[0]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_loop_of_giveaways_with_five_comments_a_like_is_no_exchange(seed):
    found, _ = examine_posts([post | {"comments": 5 * post["likes"]} for post in ordinary_posts(seed)])
    assert "exchanged_columns" not in found


# Lists


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("seconds", [0, 1, 40])
def test_a_second_list_read_later_is_found_whatever_it_had_gained(seed, seconds):
    rng, posts = np.random.default_rng(seed), ordinary_posts(seed)
    later = [
        post
        | {
            "post_id": f"r{at}", "kind": "reel", "likes": int(post["likes"] * (1 + 0.03 * rng.random())),
            "comments": post["comments"] + int(rng.integers(0, 2)),
            "published_at": iso(datetime.fromisoformat(post["published_at"]) + timedelta(seconds=seconds)),
        }
        for at, post in enumerate(posts) if at % 5
    ]  # fmt: skip
    found, left = examine_posts([*posts, *later])
    assert found["repeated_posts"].rows == len(later)
    assert left.height == len(posts)


def test_four_lists_are_one_post_four_times():
    posts = ordinary_posts(3)
    others = [post | {"post_id": f"{name}{at}"} for name in "rst" for at, post in enumerate(posts)]
    assert examine_posts([*posts, *others])[1].height == len(posts)


def test_a_caption_written_again_within_the_minute_over_other_counts_stays():
    posts = ordinary_posts(2)
    again = [
        post | {"post_id": f"r{at}", "likes": 2 * post["likes"], "comments": 0,
                "published_at": iso(datetime.fromisoformat(post["published_at"]) + timedelta(seconds=40))}
        for at, post in enumerate(posts)
    ]  # fmt: skip
    assert "repeated_posts" not in examine_posts([*posts, *again])[0]


@pytest.mark.parametrize("none", [0, None])
@pytest.mark.parametrize("caption", ["", None, "that of the post"])
def test_pictures_of_a_carousel_without_counts_are_no_posts(none, caption):
    posts = ordinary_posts(1)
    pictures = [
        post | {"post_id": f"c{at}.{part}", "likes": none, "comments": none,
                "caption": post["caption"] if caption else caption}
        for at, post in enumerate(posts) if at % 3 == 0 for part in range(3)
    ]  # fmt: skip
    found, left = examine_posts([*posts, *pictures])
    assert left.height == len(posts)
    assert found["repeated_posts"].rows == len(pictures)


def test_posts_that_nobody_liked_stay_where_none_of_their_second_is_liked():
    batch = [post | {"likes": 0, "comments": 0, "published_at": iso(AS_OF - timedelta(days=at // 4 + 1))}
             for at, post in enumerate(ordinary_posts(1))]  # fmt: skip
    assert examine_posts(batch)[1].height == len(batch)


# Times


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("seconds", [3, 9])
def test_days_ago_asked_anew_for_each_post_are_dates_in_any_order(seed, seconds):
    rng = np.random.default_rng(seed)
    posts = [
        post
        | {"published_at": iso(AS_OF - timedelta(days=1 + at * 3, seconds=int(rng.integers(0, seconds))))}
        for at, post in enumerate(ordinary_posts(seed))
    ]
    found, left = examine_posts(posts)
    assert "rough_post_times" in found
    assert left["published_at"].null_count() == left["published_on"].len()


def test_posts_of_one_quarter_of_an_hour_keep_their_times():
    seconds = np.random.default_rng(5).integers(0, 900, 24).tolist()
    posts = [
        post | {"published_at": iso(AS_OF.replace(hour=3) - timedelta(days=at, seconds=seconds[at]))}
        for at, post in enumerate(ordinary_posts(5))
    ]
    assert "rough_post_times" not in examine_posts(posts)[0]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_second_on_a_third_of_the_posts_is_that_of_their_collection(seed):
    moment = iso(AS_OF - timedelta(days=9, hours=3))
    posts = [
        post | ({"published_at": moment} if at % 3 == 0 else {})
        for at, post in enumerate(ordinary_posts(seed))
    ]
    found, left = examine_posts(posts)
    assert found["posts_at_collection"].rows == left["published_at"].null_count() == 8


def test_batches_that_a_program_publishes_keep_their_seconds():
    posts = [
        post | {"published_at": iso(AS_OF - timedelta(days=1 + at // 6))}
        for at, post in enumerate(ordinary_posts(1))
    ]
    posts = [post | {"published_at": post["published_at"].replace(":12Z", f":{at // 6 + 10}Z")}
             for at, post in enumerate(posts)]  # fmt: skip
    assert "posts_at_collection" not in examine_posts(posts)[0]


def test_threads_are_written_on_networks_like_x():
    posts = ordinary_posts(4, platform="x")
    rest = [
        {"post_id": f"t{at}.{part}", "likes": 40 + 7 * at + part, "caption": f"part {part} of {at}",
         "published_at": iso(datetime.fromisoformat(post["published_at"]) + timedelta(seconds=2 * part))}
        for at, post in enumerate(posts) if at % 2 for part in (1, 2, 3)
    ]  # fmt: skip
    assert examine_posts([*posts, *rest], "other")[0]["threads"].rows == len(rest)
    assert "threads" not in examine_posts([*posts, *rest], "instagram")[0]


# Views, comments, captions


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("platform", "kinds"), [("youtube", ("video", "short")), ("tiktok", ("video", "image"))]
)
def test_views_of_two_kinds_that_are_counted_differently_are_not_compared(seed, platform, kinds):
    posts = [
        post | {"kind": kinds[at % 3 == 0], "views": post["views"] * (6 if at % 3 == 0 else 1)}
        for at, post in enumerate(ordinary_posts(seed, 30, "youtube"))
    ]
    found, left = examine_posts(posts, platform)
    assert found["views_of_kinds"].bars_clearing
    assert left["views"].null_count() == 10


@pytest.mark.parametrize("seed", SEEDS)
def test_views_of_two_kinds_that_are_alike_are_compared(seed):
    posts = [
        post | {"kind": ("video", "short")[at % 2]}
        for at, post in enumerate(ordinary_posts(seed, 30, "youtube"))
    ]
    assert "views_of_kinds" not in examine_posts(posts, "youtube")[0]


def test_likes_written_as_views_are_found_on_posts_with_few_likes_too():
    posts = [{"likes": 6 + at % 9, "views": 6 + at % 9 if at % 5 < 3 else 600 + 31 * at} for at in range(30)]
    found, left = examine_posts(posts, "x")
    assert found["likes_as_views"].rows == left["views"].null_count() == 18


def test_zero_comments_over_comments_that_were_given_are_believed_on_no_post():
    posts = [post | {"comments": 0} if at % 5 < 3 else post for at, post in enumerate(ordinary_posts(2))]
    comments = [
        {"post_id": f"p{at}", "author_id": f"u{number}", "text": f"how was number {number}?"}
        for at in (0, 1) for number in range(4)
    ]  # fmt: skip
    _, left = examine_posts(posts, comments=comments)
    assert left["comments"].null_count() == sum(at % 5 < 3 for at in range(len(posts)))


@pytest.mark.parametrize(
    "caption",
    ["View this post on Instagram", "Watch this video on TikTok", "Ver esta publicación en Instagram"],
)
def test_what_an_embedded_post_says_in_place_of_its_caption_is_none(caption):
    found, left = examine_posts([post | {"caption": caption} for post in ordinary_posts(1)])
    assert "placeholder_captions" in found
    assert left["caption"].null_count() == left.height


# Followers


@pytest.mark.parametrize("named", ["{:013d}", "{:032x}", "0a1b2c3d-77aa-4c1e-9a10-{:012x}"])
def test_ids_and_digests_in_place_of_handles_are_no_handles(named):
    sample = [{"username": named.format(10**12 + 7919 * at), "followers": 80 + at} for at in range(40)]
    assert examine_posts([], audience=sample)[0]["numbered_followers"].rows == 40


@pytest.mark.parametrize("named", ["ana.{}", "user{}", "{}_tom", "{}"])
def test_handles_with_digits_stay(named):
    sample = [{"username": named.format(100 + 37 * at), "followers": 80 + at} for at in range(40)]
    assert "numbered_followers" not in examine_posts([], audience=sample)[0]
