"""Bright Data's records, and what Phyllo answers."""

import pytest

POST = {
    "url": "https://www.instagram.com/p/AAA/", "user_posted": "bread.lab",
    "date_posted": "2026-10-20T15:30:00.000Z", "num_comments": 4, "likes": 120,
}  # fmt: skip
CONTENT = {
    "id": "c1", "external_id": "1", "url": "https://a", "engagement": {"like_count": 120},
    "account": {"platform_username": "bread.lab"}, "work_platform": {"name": "Instagram"},
    "published_at": "2026-10-20T15:30:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrap", [lambda one: one, lambda one: [one], lambda one: {"status_code": 200, "body": [one]}]
)
def test_records_come_alone_in_a_list_or_in_a_body(imported, wrap):
    (document,) = imported(None, {"a.json": wrap(POST)}).documents
    assert (document["platform"], document["account_id"]) == ("instagram", "bread.lab")
    assert document["posts"][0]["likes"] == 120


def test_tiktoks_account_is_its_handle_and_not_its_title(imported):
    address = "https://www.tiktok.com/@bread.lab/video/714"
    record = {"url": address, "post_id": "714", "profile_username": "Bread Lab", "play_count": 5}
    assert imported("bright-data", {"a.json": record}).documents[0]["account_id"] == "bread.lab"


def test_a_repost_on_x_keeps_none_of_the_originals_counts(imported):
    record = POST | {"url": "https://x.com/a/status/1", "is_repost": True, "likes": 90_000}
    (post,) = imported("bright-data", {"a.json": record}).documents[0]["posts"]
    assert post["is_repost"] is True
    assert "likes" not in post


def test_what_is_no_sample_or_no_record_is_counted(imported):
    profile = {"url": "https://www.tiktok.com/@bread.lab", "account_id": "bread.lab", "nickname": "B",
               "followers": 9, "videos_count": 2, "top_videos": [{"video_id": "1"}, {"video_id": "2"}],
               }  # fmt: skip
    broken = {"error": "dead page", "error_code": "dead_page", "input": {"url": "https://a"}}
    found = imported("bright-data", {"a.json": [profile, broken]})
    assert "posts" not in found.documents[0]
    assert found.leftovers.homeless == {
        "posts that were picked for their counts, and are no sample": 2,
        "records of pages that could not be read": 1,
    }


def test_phyllo_takes_an_accounts_own_posts_alone(imported):
    others = CONTENT | {"id": "c2", "external_id": "2", "is_owned_by_platform_user": False}
    story = CONTENT | {"id": "c3", "external_id": "3", "type": "STORY"}
    found = imported("phyllo", {"a.json": {"data": [CONTENT, others, story]}})
    assert [post["post_id"] for post in found.documents[0]["posts"]] == ["1"]
    assert found.leftovers.homeless == {"contents that others own": 1, "stories": 1}


def test_phyllos_analytics_give_a_profile_and_its_latest_posts(imported):
    facts = {"platform_username": "bread.lab", "follower_count": 25100, "introduction": "Loaves",
             "reputation_history": [{"month": "2026-09", "follower_count": 25000}],
             "top_contents": [CONTENT], "recent_contents": [
                 {"url": "https://www.instagram.com/p/AAA/", "type": "photo", "engagement": {"like_count": 5},
                  "published_at": "2026-10-20T15:30:00Z"}]}  # fmt: skip
    found = imported(None, {"a.json": {"work_platform": {"name": "Instagram"}, "profile": facts}})
    assert set(found.sources.values()) == {"phyllo"}
    (document,) = found.documents
    assert (document["profile"]["followers"], document["posts"][0]["likes"]) == (25100, 5)
    assert found.leftovers.homeless == {
        "contents that were picked for their counts, and are no sample": 1,
        "counts of months without a day": 1,
    }
