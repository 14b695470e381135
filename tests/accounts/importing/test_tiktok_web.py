"""TikTok's own pages, and what TikTok-Api gives of them."""

import json

import pytest

ITEM = {
    "id": "7140000000000000001", "desc": "Rye", "createTime": 1792510200, "author": {"uniqueId": "bread.lab"},
    "stats": {"diggCount": 120, "playCount": 5300, "commentCount": 4, "shareCount": 2},
}  # fmt: skip
USER = {"user": {"uniqueId": "bread.lab", "id": "68"}, "stats": {"followerCount": 25100, "videoCount": 412}}


@pytest.mark.parametrize(
    "page",
    [
        ITEM,
        {"itemList": [ITEM], "hasMore": False},
        {"item_list": [ITEM]},
        {"data": [{"type": 1, "item": ITEM}]},
        {"itemInfo": {"itemStruct": ITEM}},
        {"ItemModule": {ITEM["id"]: ITEM | {"author": "bread.lab", "nickname": "Bread Lab"}}},
        {"__DEFAULT_SCOPE__": {"webapp.video-detail": {"itemInfo": {"itemStruct": ITEM}}}},
    ],
)
def test_an_item_is_found_wherever_pages_have_it(imported, page):
    (document,) = imported(None, {"a.json": page}).documents
    assert document["account_id"] == "bread.lab"
    (post,) = document["posts"]
    assert (post["likes"], post["views"], post["comments"], post["shares"]) == (120, 5300, 4, 2)


@pytest.mark.parametrize(
    "page",
    [
        USER,
        {"userInfo": USER},
        {"UserModule": {"users": {"bread.lab": USER["user"]}, "stats": {"bread.lab": USER["stats"]}}},
        {"__DEFAULT_SCOPE__": {"webapp.user-detail": {"userInfo": USER}}},
    ],
)
def test_a_user_is_found_wherever_pages_have_it(imported, page):
    (document,) = imported(None, {"a.json": page}).documents
    assert (document["profile"]["followers"], document["profile"]["posts"]) == (25100, 412)


def test_exact_counts_come_before_rounded_ones(imported):
    item = ITEM | {"stats": {"diggCount": 1_200_000}, "statsV2": {"diggCount": "1204331"}}
    assert imported("tiktok-web", {"a.json": item}).documents[0]["posts"][0]["likes"] == 1_204_331


def test_comments_without_their_video_are_counted(imported):
    lines = "\n".join(
        json.dumps(
            {"cid": name, "aweme_id": video, "text": "Rye", "digg_count": 1, "user": {"unique_id": "a"}}
        )
        for name, video in (("1", ITEM["id"]), ("2", "5"))
    )
    found = imported("tiktok-web", {"items.json": ITEM, "comments.jsonl": lines})
    assert len(found.documents[0]["comments"]) == 1
    assert found.leftovers.homeless == {"comments under unknown videos": 1}


def test_research_rows_stand_alone_too(imported):
    video = {
        "id": 1,
        "username": "bread.lab",
        "create_time": 1792510200,
        "like_count": 5,
        "region_code": "PT",
    }
    comment = {"id": 2, "video_id": 1, "text": "Rye", "create_time": 1792510300, "like_count": 0}
    user = {"username": "bread.lab", "display_name": "Bread", "follower_count": 9, "video_count": 2}
    answers = {
        "v.json": [video],
        "c.json": {"data": [comment]},
        "u.json": user,
        "page.json": {"videos": [video]},
    }
    found = imported(None, answers)
    assert set(found.sources.values()) == {"tiktok-research"}
    (document,) = found.documents
    assert (document["profile"]["followers"], len(document["posts"]), len(document["comments"])) == (9, 1, 1)
